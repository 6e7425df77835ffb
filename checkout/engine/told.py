"""Sentences of the engine for managers: English, and able to be said in another language, too.

A sentence is a text in English as everywhere else. Beside that it keeps of what it was made, so
that `checkout.wording.again` says it in the language of whoever reads it. Values that are texts
(codes, names, fields) stay as they are in every language; what is a sentence itself is said, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.primitives import format_minor

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence


class Told(str):
    """A sentence, or words of one, with the values in their places."""

    __slots__ = ("text", "values")

    def __new__(cls, text: str, values: Mapping[str, object] | None = None) -> Told:  # noqa: PYI034
        """Fill the values in; without any the text stands as it is."""
        made = super().__new__(cls, text.format_map(values) if values else text)
        made.text = text
        made.values = values or {}
        return made

    text: str
    values: Mapping[str, object]


def told(text: str, /, **values: object) -> Told:
    """A sentence; one that is told already is the same."""
    return text if isinstance(text, Told) else Told(text, values)


class ToldNumber(str):
    """A number in decimals: ``12.50``; the short form leaves noughts out that say nothing."""

    __slots__ = ("exponent", "is_short", "unit", "value")

    value: int
    exponent: int
    is_short: bool
    #: What stands behind it, such as a percent sign.
    unit: str

    def __new__(  # noqa: PYI034
        cls, value: int, exponent: int, *, is_short: bool = False, unit: str = ""
    ) -> ToldNumber:
        """Write it as English does."""
        text = format_minor(value, exponent)
        if is_short and exponent:
            text = text.rstrip("0").rstrip(".")
        made = super().__new__(cls, f"{text}{unit}")
        made.value, made.exponent, made.is_short, made.unit = value, exponent, is_short, unit
        return made


class ToldCount(str):
    """So many of something: ``1 unit``, ``2 units``."""

    __slots__ = ("noun", "number")

    number: int
    noun: str

    def __new__(cls, number: int, noun: str, nouns: str = "") -> ToldCount:  # noqa: PYI034
        """Write it as English does."""
        made = super().__new__(cls, f"{number} {noun if number == 1 else nouns or f'{noun}s'}")
        made.number, made.noun = number, noun
        return made


class ToldList(str):
    """Words with commas, the last one after "and" or "or"."""

    __slots__ = ("last", "words")

    words: Sequence[str]
    last: str

    def __new__(cls, words: Sequence[str], last: str) -> ToldList:  # noqa: PYI034
        """Join them as English does."""
        *before, end = words
        made = super().__new__(cls, f"{', '.join(before)} {last} {end}" if before else end)
        made.words, made.last = words, last
        return made


class ToldDay(str):
    """A date: ``2026-11-21``."""

    __slots__ = ("day",)

    day: dt.date

    def __new__(cls, day: dt.date) -> ToldDay:  # noqa: PYI034
        """Write it as documents do."""
        made = super().__new__(cls, day.isoformat())
        made.day = day
        return made
