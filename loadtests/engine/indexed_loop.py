"""The least that any engine does: find campaigns by sku, take percents off.

No limits, floors, exclusions, lanes, points, reasons or claims; the best percent of a line wins. It
is a yardstick for the machine and for the interpreter, not a rival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.rewards import Amount, FixedPrice, Percent

if TYPE_CHECKING:
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.snapshot import Snapshot

#: What amounts and fixed prices count as here.
INSTEAD_BP = 1_000

Index = dict[str, list[tuple[str, int]]]


def percents_by_sku(snapshot: Snapshot) -> Index:
    """Code and rate of every discount on goods, by each sku that they name in any way."""
    by_category: dict[str, list[str]] = {}
    by_brand: dict[str, list[str]] = {}
    for product in snapshot.products:
        by_category.setdefault(product.category, []).append(product.sku)
        by_brand.setdefault(product.brand, []).append(product.sku)
    index: Index = {}
    for campaign in snapshot.campaigns:
        for reward in campaign.rewards:
            goods = reward.goods if isinstance(reward, Percent | Amount | FixedPrice) else None
            if goods is None:
                continue
            rate_bp = reward.rate_bp if isinstance(reward, Percent) else None
            named = set(goods.skus)
            named.update(sku for code in goods.categories for sku in by_category[code])
            named.update(sku for brand in goods.brands for sku in by_brand[brand])
            for sku in named:
                index.setdefault(sku, []).append((campaign.code, rate_bp or INSTEAD_BP))
    return index


def price(index: Index, receipt: Receipt) -> tuple[int, list[tuple[int, str, int]]]:
    """What is to be paid, and position, campaign and discount of each reduced line."""
    payable_minor = 0
    discounts = []
    for line in receipt.lines:
        best_minor, best_code = 0, ""
        for code, rate_bp in index.get(line.sku, ()):
            discount_minor = (line.amount_minor * rate_bp + 5_000) // 10_000
            if discount_minor > best_minor:
                best_minor, best_code = discount_minor, code
        if best_minor:
            discounts.append((line.position, best_code, best_minor))
        payable_minor += line.amount_minor - best_minor
    return payable_minor, discounts
