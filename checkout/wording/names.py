"""What codes of a program's rules are called, and how its money and points are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from checkout.wording.numbers import decimal, money_text
from checkout.wording.phrases import either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from checkout.engine.schema.program import PointCurrency, Program
    from checkout.engine.schema.snapshot import Snapshot


class Names:
    """The names that a snapshot gives to codes, in the eyes of one of its programs."""

    def __init__(self, snapshot: Snapshot, program: Program) -> None:
        """Look all names up once."""
        self.program: Final = program
        self.snapshot: Final = snapshot
        self._currency = snapshot.partner.currency
        self._points: Mapping[str, PointCurrency] = {one.code: one for one in program.currencies}
        self._articles = {product.sku: product.name for product in snapshot.products}
        self._campaigns = {one.code: one.name for one in snapshot.campaigns}
        self._categories = {category.code: category.name for category in snapshot.categories}
        self._chains = {chain.code: chain.name for chain in snapshot.chains}
        self._gifts = {gift.code: gift.name for gift in program.gifts}
        self._stores = {store.code: store.name for store in snapshot.stores}
        self._tiers = {tier.code: tier.name for tier in program.tiers}

    @classmethod
    def of_program(cls, snapshot: Snapshot, code: str) -> Self:
        """In the eyes of the program of that code, which a checked snapshot has."""
        return cls(snapshot, next(one for one in snapshot.programs if one.code == code))

    @property
    def main_currency(self) -> str:
        """The program's first point currency."""
        return self.program.currencies[0].code

    @property
    def smallest_money(self) -> str:
        """One minor unit."""
        return self.money(1)

    @property
    def one_money(self) -> str:
        """One whole unit of money."""
        return self.money(10**self._currency.exponent)

    def money(self, value_minor: int) -> str:
        """An amount with its currency."""
        return money_text(value_minor, self._currency.code, self._currency.exponent)

    def points(self, value_minor: int, currency: str) -> str:
        """Points with their currency."""
        return f"{decimal(value_minor, self.exponent(currency))} {currency}"

    def exponent(self, currency: str) -> int:
        """How many decimals points of the currency have."""
        return self._points[currency].exponent

    def articles(self, skus: Iterable[str]) -> str:
        """Any of the articles."""
        return either(titled(sku, self._articles.get(sku, "")) for sku in skus)

    def campaigns(self, codes: Iterable[str]) -> str:
        """Any of the campaigns."""
        return either(titled(code, self._campaigns.get(code, "")) for code in codes)

    def categories(self, codes: Iterable[str]) -> str:
        """Any of the categories."""
        return either(titled(code, self._categories.get(code, "")) for code in codes)

    def chains(self, codes: Iterable[str]) -> str:
        """Any of the chains."""
        return either(titled(code, self._chains.get(code, "")) for code in codes)

    def stores(self, codes: Iterable[str]) -> str:
        """Any of the stores."""
        return either(titled(code, self._stores.get(code, "")) for code in codes)

    def gift(self, code: str) -> str:
        """The gift of the program's list, or the code of one that is only named."""
        return titled(code, self._gifts.get(code, ""))

    def tiers(self, codes: Iterable[str]) -> str:
        """Any of the tiers."""
        return either(titled(code, self._tiers.get(code, "")) for code in codes)


def titled(code: str, name: str) -> str:
    """A name with its code behind it; a code alone if it has no other name."""
    return f"{name} ({code})" if name and name != code else code
