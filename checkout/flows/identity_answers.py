"""Answers about who is who: households, merges, persons, and who was erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(slots=True, kw_only=True)
class HouseholdAnswer:
    """A household (none: in none), how many members it has, and whether something changed."""

    household_id: UUID | None
    members: int
    changed: bool


@dataclass(slots=True, kw_only=True)
class MergeAnswer:
    """Two members who are one now (or were before), and the points that moved, by currency."""

    merge_id: UUID
    survivor_id: UUID
    changed: bool
    moved: dict[str, int]


@dataclass(slots=True, kw_only=True)
class UnmergeAnswer:
    """Two members who are two again, and the points and debts that went back, by currency."""

    absorbed_id: UUID
    survivor_id: UUID
    changed: bool
    moved: dict[str, int]
    debts: dict[str, int]


@dataclass(slots=True, kw_only=True)
class PersonAnswer:
    """The person that a member is, or (none) was none of; whether something changed."""

    person_id: UUID | None
    changed: bool


@dataclass(slots=True, kw_only=True)
class EraseAnswer:
    """Whether a person was erased now; by currency, points that ended and debts that are none."""

    changed: bool
    written_off: dict[str, int]
    debts: dict[str, int]


IdentityAnswer = HouseholdAnswer | MergeAnswer | UnmergeAnswer | PersonAnswer | EraseAnswer
IDENTITY_ANSWERS: Final = (HouseholdAnswer, MergeAnswer, UnmergeAnswer, PersonAnswer, EraseAnswer)
