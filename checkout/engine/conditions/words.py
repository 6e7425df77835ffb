"""How explanations write what has a unit or a code: for machines here, for people elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.schema.document import Comparison
    from checkout.engine.schema.goods import Goods


class Words:
    """Values as they stand in rules and outcomes: minor units, thousandths, codes.

    Outcomes are written so, and stay the same. Who reads them out to people has other words.
    """

    __slots__ = ()

    def money(self, value_minor: int) -> str:
        """An amount of money."""
        return str(value_minor)

    def day(self, day: dt.date) -> str:
        """A date."""
        return day.isoformat()

    def moment(self, moment: dt.datetime) -> str:
        """A local moment, to the minute."""
        return moment.isoformat(timespec="minutes")

    def points(self, value_minor: int, currency: str, *, with_code: bool = True) -> str:
        """Points of a currency of the program; of its first one, if none is named."""
        del currency, with_code
        return str(value_minor)

    def quantity(self, value_milli: int) -> str:
        """Pieces or kilograms."""
        return str(value_milli)

    def units(self, number: int) -> str:
        """So many units."""
        return f"{number} unit" if number == 1 else f"{number} units"

    def comparison(self, how: Comparison) -> str:
        """How a value has to stand to its bound."""
        return how.value

    def kind(self, kind: str) -> str:
        """What a part of a longer explanation is about."""
        return kind

    def say(self, text: str, /, **values: object) -> str:
        """A text that stands in the code, with its values."""
        return text.format_map(values) if values else text

    def code(self, code: str) -> str:
        """A word of the schema that is a value, such as a flag of goods."""
        return code

    def of_goods(self, goods: Goods | None) -> str:
        """Of which goods a sum is, with a space before it; not said here."""
        del goods
        return ""


#: The words of outcomes.
AS_WRITTEN: Final = Words()
