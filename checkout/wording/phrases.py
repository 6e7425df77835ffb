"""Phrases by the answers of a closed list, complete by an assertion when the module is loaded."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from checkout.wording.speech import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Answer = TypeVar("_Answer", bound=enum.Enum)


class Phrases(Mapping[_Answer, str]):
    """What is said for each answer, in the language that is spoken; some have places for values."""

    def __init__(self, told: Mapping[_Answer, str]) -> None:
        self._told = dict(told)

    def __getitem__(self, answer: _Answer) -> str:
        """The phrase of an answer."""
        return said(self._told[answer])

    def __iter__(self) -> Iterator[_Answer]:
        """The answers."""
        return iter(self._told)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._told)

    def but(self, answer: _Answer, like: _Answer) -> Phrases[_Answer]:
        """The same, but for an answer that is said like another one."""
        return Phrases({**self._told, answer: self._told[like]})


def phrases(answers: type[_Answer], told: Mapping[_Answer, str]) -> Phrases[_Answer]:
    """What is said for each answer: no answer is without a phrase, none has that of another."""
    assert set(told) == set(answers), f"{answers.__name__} has answers without a phrase"
    assert len(set(told.values())) == len(told), f"{answers.__name__}: two answers, one phrase"
    return Phrases(told)


def either(texts: Iterable[str]) -> str:
    """One of several: ``a, b or c``."""
    return _joined(texts, said("or"))


def both(texts: Iterable[str]) -> str:
    """All of several: ``a, b and c``."""
    return _joined(texts, said("and"))


def _joined(texts: Iterable[str], word: str) -> str:
    *most, last = texts
    return f"{', '.join(most)} {word} {last}" if most else last
