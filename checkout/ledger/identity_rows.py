"""Rows that say who is who: merges, persons, erasures, and what profiles say beside names.

A test holds fields and columns equal, in name and order.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class Merge:
    """Two members of a partner who are one, until they are taken apart.

    `debts` is what the survivor was given to owe, in minor units by currency.
    """

    bucket: int
    merge_id: UUID
    partner_id: UUID
    absorbed_id: UUID
    survivor_id: UUID
    merged_at: dt.datetime
    unmerged_at: dt.datetime | None
    debts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Person:
    """Somebody who is a member of several partners."""

    bucket: int
    person_id: UUID
    made_at: dt.datetime


@dataclass(slots=True)
class PersonLink:
    """Which member of a partner a person is, or (then it has ended) was."""

    bucket: int
    person_id: UUID
    member_id: UUID
    partner_id: UUID
    linked_at: dt.datetime
    unlinked_at: dt.datetime | None


@dataclass(slots=True)
class MemberTraits:
    """Traits of a profile, and contacts (empty: as they were): changed without the rest."""

    bucket: int
    member_id: UUID
    traits: dict[str, Any] = field(default_factory=dict)
    phone: str = ""
    external_id: str = ""


@dataclass(slots=True)
class Erasure:
    """A member whose person is erased: what names them goes, from whichever table."""

    bucket: int
    member_id: UUID
    erased_at: dt.datetime
