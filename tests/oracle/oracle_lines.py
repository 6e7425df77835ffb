"""The oracle's lines: canonical form, category and brand, choices of goods (docs/rules.md, 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.oracle.oracle_numbers import down

Doc = dict[str, Any]

#: Lines that are equal in all of these are one canonical line; they are sorted by these too.
IDENTITY = (
    "sku",
    "price_minor",
    "barcode",
    "category",
    "min_price_minor",
    "kind",
    "no_discount",
    "no_points",
    "excise",
    "marked",
    "weighed",
)

LINE_DEFAULTS: Doc = {
    "barcode": "",
    "category": "",
    "min_price_minor": 0,
    "external_discount_minor": 0,
    "kind": "goods",
    "no_discount": False,
    "no_points": False,
    "excise": False,
    "marked": False,
    "weighed": False,
}


@dataclass(eq=False)
class CanonicalLine:
    """Equal till lines taken as one, and what became of them."""

    tills: list[Doc]
    category: str
    brand: str
    discount: int = 0
    value: int = 0
    spent: int = 0
    earned: int = 0
    discounts: list[Doc] = field(default_factory=list)
    points: list[Doc] = field(default_factory=list)

    def of(self, name: str) -> Any:
        """An attribute that all till lines of this line share."""
        return self.tills[0][name]

    def total(self, name: str) -> int:
        """A number summed over the till lines."""
        return sum(till[name] for till in self.tills)

    @property
    def counted(self) -> bool:
        """A delivery charge is paid, and nothing else."""
        return bool(self.of("kind") != "delivery")

    @property
    def start(self) -> int:
        return sum(start_of(till) for till in self.tills)

    @property
    def units(self) -> int:
        if self.of("weighed"):
            return len(self.tills)
        return down(Fraction(self.total("quantity_milli"), 1000))

    @property
    def room(self) -> int:
        if self.of("no_discount"):
            return 0
        return max(
            0, self.start - floor_of(self.of("min_price_minor"), self.total("quantity_milli"))
        )

    @property
    def room_left(self) -> int:
        return max(0, self.room - self.discount)

    @property
    def current(self) -> int:
        """The price after the discounts granted so far; after all of them, the payable."""
        return self.start - self.discount


def start_of(till: Doc) -> int:
    """The amount less the external discount."""
    amount: int = till["amount_minor"]
    external: int = till["external_discount_minor"]
    return amount - external


def floor_of(min_price_minor: int, quantity_milli: int) -> int:
    """The least that may remain to be paid."""
    return down(Fraction(min_price_minor * quantity_milli, 1000))


def canonical_lines(snapshot: Doc, receipt: Doc) -> list[CanonicalLine]:
    """Merge equal till lines and sort them."""
    tills = [{**LINE_DEFAULTS, **line} for line in receipt["lines"]]
    tills.sort(key=lambda till: int(till["position"]))
    groups: dict[tuple[Any, ...], list[Doc]] = {}
    for till in tills:
        groups.setdefault(tuple(till[name] for name in IDENTITY), []).append(till)
    return [
        CanonicalLine(group, *category_and_brand(snapshot, group[0]))
        for _, group in sorted(groups.items(), key=lambda item: item[0])
    ]


def category_and_brand(snapshot: Doc, till: Doc) -> tuple[str, str]:
    """The catalogue's; of an unknown article the line's category, if the tree has it."""
    for product in snapshot.get("products", []):
        if product["sku"] == till["sku"]:
            return product.get("category", ""), product.get("brand", "")
    for category in snapshot.get("categories", []):
        if category["code"] == till["category"]:
            return till["category"], ""
    return "", ""


def with_parents(snapshot: Doc, category: str) -> list[str]:
    """The category and everything above it."""
    path = []
    while category:
        path.append(category)
        parents = [c.get("parent", "") for c in snapshot["categories"] if c["code"] == category]
        category = parents[0]
    return path


def has_a_list(goods: Doc | None) -> bool:
    """Whether the choice of goods names anything."""
    return goods is not None and any(goods.get(n) for n in ("skus", "categories", "brands"))


def means(snapshot: Doc, goods: Doc | None, line: CanonicalLine, reached: set[str]) -> bool:
    """Whether the choice of goods means the line; no choice means every counted line."""
    if not line.counted:
        reached.add("goods: delivery is never meant")
        return False
    if goods is None:
        return True
    path = with_parents(snapshot, line.category)
    by_sku = line.of("sku") in goods.get("skus", [])
    by_category = any(code in goods.get("categories", []) for code in path)
    by_brand = line.brand != "" and line.brand in goods.get("brands", [])
    if has_a_list(goods) and not (by_sku or by_category or by_brand):
        return False
    if goods.get("but_not") is not None and means(snapshot, goods["but_not"], line, reached):
        reached.add("goods: but_not")
        return False
    if by_category and path[0] not in goods["categories"]:
        reached.add(f"goods: by a category {path.index(next_in(path, goods)) + 1} levels up")
    if by_category and line.category == line.of("category"):
        reached.add("goods: by the line's own category")
    reached.update(
        f"goods: by {name}"
        for name, named in (("sku", by_sku), ("category", by_category), ("brand", by_brand))
        if named
    )
    return True


def next_in(path: list[str], goods: Doc) -> str:
    """The nearest category of the path that the goods name."""
    return next(code for code in path if code in goods["categories"])
