"""What customers of a cell carry beside cards: certificates, coupons, codes of campaigns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from checkout.client import messages
from tests.service.coupons import ISSUING

if TYPE_CHECKING:
    import random

    from tests.faults.journal import Purchase

#: A code that many know: who shows it gets a gift.
GIFT_CODE: Final = "MUG"
#: The article that sells a certificate, and what is on one.
CERTIFICATE_SKU: Final = "gift"
FACE_MINOR: Final = 100_00
#: How many of a hundred baskets have it.
SHARES: Final = {"sold": 4, "paid": 12, "coupon": 12, "issuing": 5, "gift": 6}


@dataclass(slots=True)
class Codes:
    """Each cell has its own."""

    #: Certificates on the rack: a sale activates them.
    for_sale: list[str] = field(default_factory=list)
    #: Certificates that something may be on; those that were sold come to them.
    spendable: list[str] = field(default_factory=list)
    #: Unique coupons off towels, of one use each; they are shown again and again.
    coupons: list[str] = field(default_factory=list)

    def copy(self) -> Codes:
        """The same for another cell."""
        return Codes([*self.for_sale], [*self.spendable], [*self.coupons])

    def put_into(self, purchase: Purchase, chance: random.Random) -> None:
        """What this customer buys, or pays with, beside the goods."""
        sale = purchase.sale
        wanted = {name for name, share in SHARES.items() if 100 * chance.random() < share}
        if "sold" in wanted and self.for_sale:
            self._sell(purchase)
        if "paid" in wanted and self.spendable:
            sale.certificates.add(code=chance.choice(self.spendable))
        if "coupon" in wanted and self.coupons:
            sale.coupons.append(chance.choice(self.coupons))
        if "issuing" in wanted:
            sale.coupons.append(ISSUING)
        if "gift" in wanted:
            sale.coupons.append(GIFT_CODE)

    def _sell(self, purchase: Purchase) -> None:
        """One more line, which no return of this cell takes back."""
        purchase.sold = self.for_sale.pop()
        position = 1 + max(line.position for line in purchase.sale.lines)
        purchase.sale.lines.add(
            position=position,
            sku=CERTIFICATE_SKU,
            quantity_milli=1_000,
            price_minor=FACE_MINOR,
            amount_minor=FACE_MINOR,
        )
        purchase.settlement = messages.Settlement(
            certificates_sold=[messages.SoldCertificate(position=position, code=purchase.sold)]
        )
