"""How explanations write what conditions needed and saw, when people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.conditions.words import AS_WRITTEN, Words
from checkout.wording.conditions import COMPARISONS
from checkout.wording.kinds import code_text, kind_text, of_goods_text
from checkout.wording.numbers import MONEY_SIGNS, day_text, decimal, shortened
from checkout.wording.speech import counted, say

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.document import Comparison
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.program import PointCurrency

_MILLI_DECIMALS: Final = 3


class InWords(Words):
    """Money with its decimals, quantities in pieces or kilograms, no codes of the schema."""

    __slots__ = ("_currencies", "_exponent", "_sign")

    def __init__(
        self, exponent: int, sign: str = "", currencies: Sequence[PointCurrency] = ()
    ) -> None:
        """Keep the decimals of money and of a program's points, and what stands behind amounts."""
        self._exponent = exponent
        self._sign = sign
        self._currencies = {each.code: each for each in reversed(currencies)}
        if currencies:
            self._currencies[""] = currencies[0]

    def money(self, value_minor: int) -> str:
        """Such as 1000.00, or 1000.00 ₽."""
        amount = decimal(value_minor, self._exponent)
        return f"{amount}\u00a0{self._sign}" if self._sign else amount

    def day(self, day: dt.date) -> str:
        """Such as 2026-11-21, or 21.11.2026."""
        return day_text(day)

    def moment(self, moment: dt.datetime) -> str:
        """Such as 2026-11-21 18:30, or 21.11.2026 18:30."""
        return f"{day_text(moment)} {moment:%H:%M}"

    def points(self, value_minor: int, currency: str, *, with_code: bool = True) -> str:
        """Such as 12.50 points, by the code of the currency."""
        known = self._currencies.get(currency)
        if known is None:
            return super().points(value_minor, currency)
        amount = decimal(value_minor, known.exponent)
        return f"{amount}\u00a0{known.code}" if with_code else amount

    def quantity(self, value_milli: int) -> str:
        """Such as 3 or 1.5."""
        return shortened(value_milli, _MILLI_DECIMALS)

    def comparison(self, how: Comparison) -> str:
        """Such as "at least"."""
        return COMPARISONS[how]

    def kind(self, kind: str) -> str:
        """Such as "sum of goods:"."""
        return f"{kind_text(kind)}:"

    def say(self, text: str, /, **values: object) -> str:
        """In the language that is spoken."""
        return say(text, **values)

    def code(self, code: str) -> str:
        """Such as "no discount"."""
        return code_text(code)

    def units(self, number: int) -> str:
        """Such as "3 units"."""
        return counted(number, "unit")

    def of_goods(self, goods: Goods | None) -> str:
        """Such as " of milk"; nothing where all goods count."""
        return "" if goods is None else of_goods_text(goods_text(goods, self))


def words_for(language: str, snapshot: CompiledSnapshot, store: str) -> Words:
    """Words of a language for what a store sells; as rules are written, if none is asked for."""
    if not language:
        return AS_WRITTEN
    money = snapshot.currency
    return InWords(
        money.exponent, MONEY_SIGNS.get(money.code, money.code), points_of(snapshot, store)
    )


def points_of(snapshot: CompiledSnapshot, store: str) -> Sequence[PointCurrency]:
    """The point currencies of the program that a store sells under."""
    return snapshot.programs[snapshot.stores[store].program].document.currencies
