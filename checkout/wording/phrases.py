"""Phrases by the answers of a closed list, complete by an assertion when the module is loaded."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Answer = TypeVar("_Answer", bound=enum.Enum)


def phrases(answers: type[_Answer], told: Mapping[_Answer, str]) -> Mapping[_Answer, str]:
    """What is said for each answer: no answer is without a phrase, none has that of another."""
    assert set(told) == set(answers), f"{answers.__name__} has answers without a phrase"
    assert len(set(told.values())) == len(told), f"{answers.__name__}: two answers, one phrase"
    return told


def either(texts: Iterable[str]) -> str:
    """One of several: ``a, b or c``."""
    return _joined(texts, "or")


def both(texts: Iterable[str]) -> str:
    """All of several: ``a, b and c``."""
    return _joined(texts, "and")


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 unit``, ``3 units``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _joined(texts: Iterable[str], word: str) -> str:
    *most, last = texts
    return f"{', '.join(most)} {word} {last}" if most else last
