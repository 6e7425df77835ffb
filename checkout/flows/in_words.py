"""How explanations write what conditions needed and saw, when people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.conditions.words import AS_WRITTEN, Words
from checkout.wording.conditions import COMPARISONS
from checkout.wording.kinds import code_text, kind_text, of_goods_text
from checkout.wording.numbers import MONEY_SIGNS, decimal, shortened
from checkout.wording.speech import counted, say

if TYPE_CHECKING:
    from checkout.engine.schema.document import Comparison
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.snapshot import Currency

_MILLI_DECIMALS: Final = 3


class InWords(Words):
    """Money with its decimals, quantities in pieces or kilograms, no codes of the schema."""

    __slots__ = ("_exponent", "_sign")

    def __init__(self, exponent: int, sign: str = "") -> None:
        """Keep the decimals of the currency, and what is written behind amounts, if anything."""
        self._exponent = exponent
        self._sign = sign

    def money(self, value_minor: int) -> str:
        """Such as 1000.00, or 1000.00 ₽."""
        amount = decimal(value_minor, self._exponent)
        return f"{amount}\u00a0{self._sign}" if self._sign else amount

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


def words_for(language: str, currency: Currency) -> Words:
    """Words of a language for amounts of a currency; as rules are written, if none is asked for."""
    if not language:
        return AS_WRITTEN
    return InWords(currency.exponent, MONEY_SIGNS.get(currency.code, currency.code))
