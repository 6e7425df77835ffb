"""Small receipts under evaluation, for tests of the engine's rooms."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checkout.engine.canonical import canonical_lines
from checkout.engine.case import Case
from checkout.engine.catalogue import Catalogue, compile_shard, shard_products
from checkout.engine.facts import Facts
from checkout.engine.goods_index import GoodsIndex
from checkout.engine.places import CompiledStore
from checkout.engine.receipt import Line, LineKind, Receipt
from checkout.engine.schema.program import CouponRules
from checkout.engine.schema.snapshot import Category, Product, Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.facts import MemberState
    from checkout.engine.goods import Selector

#: Saturday, the last but nine of its month.
NOW = dt.datetime(2026, 11, 21, 18, 30)  # noqa: DTZ001 - local by its nature
CATEGORIES = [
    Category(code="food"),
    Category(code="dairy", parent="food"),
    Category(code="milk", parent="dairy"),
    Category(code="drinks"),
]
PRODUCTS = [
    Product(sku="milk-1", category="milk", brand="Alpha", supplier="North"),
    Product(sku="cheese", category="dairy", brand="Beta", tags=("organic", "new")),
    Product(sku="wine", category="drinks", flags=("alcohol",), attributes={"colour": "red"}),
    Product(sku="pencil"),
]
STORE = Store(code="one", chain="chain", program="club", name="One", format="mini", region="north")
NO_COUPON_RULES = CouponRules()


def catalogue() -> Catalogue:
    """Four articles under four categories."""
    return Catalogue([compile_shard(shard) for shard in shard_products(PRODUCTS)], CATEGORIES)


def line(sku: str = "pencil", price: int = 1_000, quantity: int = 1_000, **rest: Any) -> Line:
    """A line that costs price × quantity; its position is set by the receipt."""
    fields: dict[str, Any] = {"position": 1, "amount_minor": price * quantity // 1_000} | rest
    return Line(sku=sku, price_minor=price, quantity_milli=quantity, **fields)


def delivery(price: int = 300) -> Line:
    """A charge for delivery."""
    return line("delivery", price, kind=LineKind.DELIVERY)


def case_of(
    *lines: Line,
    member: MemberState | None = None,
    selectors: Iterable[Selector] = (),
    coupon_rules: CouponRules = NO_COUPON_RULES,
    coupon_series: dict[str, str] | None = None,
    **receipt: Any,
) -> Case:
    """A receipt of these lines, numbered in order, whose goods the selectors mean or not."""
    sent = tuple(replace(each, position=i) for i, each in enumerate(lines, start=1))
    fields: dict[str, Any] = {"store": STORE.code, "local_time": NOW} | receipt
    index = GoodsIndex(catalogue())
    index.add(selectors)
    facts = Facts(member=member, coupon_series=coupon_series or {})
    canonical = canonical_lines(sent)
    for each_line in canonical:
        index.resolve(each_line, member)
    receipt_sent = Receipt(lines=sent, **fields)
    return Case(receipt_sent, facts, CompiledStore(STORE), canonical, coupon_rules)
