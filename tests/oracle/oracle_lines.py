"""The oracle's lines: canonical form, discounts given by hand, the discount cap.

docs/rules.md, 1, and of 3 the cap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.oracle.oracle_numbers import down, part_of, spread

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
#: Weighed lines, which are never merged, are sorted by these, too.
OF_WEIGHED = (
    "quantity_milli",
    "amount_minor",
    "external_discount_minor",
    "manual_discount_minor",
    "position",
)

LINE_DEFAULTS: Doc = {
    "barcode": "",
    "category": "",
    "min_price_minor": 0,
    "external_discount_minor": 0,
    "manual_discount_minor": 0,
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

    #: In order of position.
    tills: list[Doc]
    #: The catalogue's article; empty if the catalogue does not know it.
    product: Doc
    #: The category and everything above it, from below; empty without a category.
    path: list[str]
    #: The manual discount that is granted.
    manual: int = 0
    #: The price when the current lane opened.
    opened: int = 0
    value: int = 0
    spent: int = 0
    #: Of the discounts granted, the sum of those that were spread over several lines.
    spread: int = 0
    discounts: list[Doc] = field(default_factory=list)
    points: list[Doc] = field(default_factory=list)
    #: What passes, then certificates paid, in the order in which they were spent.
    paid: list[Doc] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.quantity = self.total("quantity_milli")
        self.amount = self.total("amount_minor")
        self.external = self.total("external_discount_minor")
        #: The manual discount that is asked for.
        self.asked = self.total("manual_discount_minor")
        self.weighed = bool(self.of("weighed"))
        #: A delivery charge is paid, and nothing else, but where goods name its kind.
        self.counted = bool(self.of("kind") != "delivery")
        self.units = 1 if self.weighed else self.quantity // 1000
        self.floor = floor_of(self.of("min_price_minor"), self.quantity)

    def of(self, name: str) -> Any:
        """An attribute that all till lines of this line share."""
        return self.tills[0][name]

    def total(self, name: str) -> int:
        """A number summed over the till lines."""
        return sum(till[name] for till in self.tills)

    @property
    def known(self) -> bool:
        """Whether the catalogue knows the article."""
        return self.product != {}

    @property
    def start(self) -> int:
        """The price before our rewards."""
        return self.amount - self.external - self.manual

    @property
    def discount(self) -> int:
        """What our rewards have taken off so far."""
        return sum(each["granted_minor"] for each in self.discounts)

    @property
    def current(self) -> int:
        """The price after the discounts granted so far; after all of them, the payable."""
        return self.start - self.discount

    @property
    def units_paid(self) -> int:
        """Units that passes paid."""
        return sum(int(part["units"]) for part in self.paid)

    @property
    def due(self) -> int:
        """What is still to be paid: the current price less what all these have paid."""
        return self.current - self.value - sum(int(part["minor"]) for part in self.paid)

    @property
    def room(self) -> int:
        """What our rewards may still take off."""
        if self.of("no_discount"):
            return 0
        return max(0, self.start - self.floor) - self.discount

    @property
    def reduced(self) -> bool:
        """Whether anything at all has been taken off."""
        return self.current < self.amount


def floor_of(min_price_minor: int, quantity_milli: int) -> int:
    """The least that may remain to be paid."""
    return down(Fraction(min_price_minor * quantity_milli, 1000))


def canonical_lines(snapshot: Doc, receipt: Doc) -> list[CanonicalLine]:
    """Merge equal till lines, but for weighed ones, and sort them."""
    tills = [{**LINE_DEFAULTS, **line} for line in receipt["lines"]]
    tills.sort(key=lambda till: int(till["position"]))
    groups: dict[tuple[Any, ...], list[Doc]] = {}
    for till in tills:
        key = tuple(till[name] for name in IDENTITY)
        if till["weighed"]:
            key += tuple(till[name] for name in OF_WEIGHED)
        groups.setdefault(key, []).append(till)
    return [canonical_line(snapshot, groups[key]) for key in sorted(groups)]


def canonical_line(snapshot: Doc, tills: list[Doc]) -> CanonicalLine:
    """Equal till lines with what the catalogue knows about them."""
    product = article(snapshot, tills[0]["sku"])
    category = product.get("category", "") if product else tills[0]["category"]
    return CanonicalLine(tills, product, with_parents(snapshot, category))


def article(snapshot: Doc, sku: str) -> Doc:
    """The catalogue's article, or an empty document."""
    for product in snapshot.get("products", []):
        if product["sku"] == sku:
            found: Doc = product
            return found
    return {}


def with_parents(snapshot: Doc, category: str) -> list[str]:
    """The category and everything above it; nothing if the tree does not have it."""
    parents = {each["code"]: each.get("parent", "") for each in snapshot.get("categories", [])}
    path = []
    while category in parents:
        path.append(category)
        category = parents[category]
    return path


# --- The cap, and discounts given by hand -----------------------------------------------------


def discount_cap(program: Doc, lines: list[CanonicalLine]) -> int | None:
    """The lesser of a rate of the amounts and an amount; none if there is neither."""
    cap = program.get("discount_cap", {})
    bounds = []
    if cap.get("rate_bp") is not None:
        amounts = sum(line.amount for line in lines if line.counted)
        bounds.append(down(part_of(amounts, cap["rate_bp"])))
    if cap.get("amount_minor") is not None:
        bounds.append(cap["amount_minor"])
    return min(bounds) if bounds else None


def cap_left(program: Doc, lines: list[CanonicalLine], reached: set[str]) -> int | None:
    """What external and (with `in_cap`) manual discounts leave of the cap; none without a cap.

    Before any manual discount is granted: what these may have together.
    """
    cap = discount_cap(program, lines)
    if cap is None:
        return None
    external = sum(line.external for line in lines if line.counted)
    manual = sum(line.manual for line in lines)
    if external > cap:
        reached.add("cap: external discounts are more than it")
    in_cap = program.get("manual_discounts", {}).get("in_cap", True)
    if manual:
        reached.add(f"cap: manual discounts are {'in' if in_cap else 'beside'} it")
    return max(0, cap - external - (manual if in_cap else 0))


def permitted_rate_bp(program: Doc, receipt: Doc) -> int | None:
    """The rate of the permission of which the receipt carries the code; none without one."""
    for permission in program.get("manual_discounts", {}).get("permissions", []):
        if permission["code"] == receipt.get("manual_permission", ""):
            rate_bp: int = permission["rate_bp"]
            return rate_bp
    return None


def grant_manual(
    program: Doc, receipt: Doc, lines: list[CanonicalLine], reached: set[str]
) -> list[Doc]:
    """Grant what the cashier gives by hand as far as it fits; answer what was cut."""
    rate_bp = permitted_rate_bp(program, receipt)
    cut_by = {}
    fits = []
    for line in lines:
        if rate_bp is None or line.of("no_discount") or not line.counted:
            most = 0
        else:
            most = down(part_of(line.amount, rate_bp))
        fit = min(line.asked, most)
        if fit < line.asked:
            cut_by[line] = "maximum"
        least = max(0, line.amount - line.external - line.floor)
        if fit > least:
            fit = least
            cut_by[line] = "floor"
        fits.append(fit)

    granted = fits
    left = cap_left(program, lines, reached)
    if program.get("manual_discounts", {}).get("in_cap", True) and left is not None:
        granted = spread(min(sum(fits), left), fits, fits, reached)
    cuts = []
    for line, fit, grant in zip(lines, fits, granted, strict=True):
        line.manual = grant
        line.opened = line.start
        if grant < fit:
            cut_by[line] = "cap"
        if line in cut_by:
            reached.add(f"manual cut by {cut_by[line]}: {'in part' if grant else 'to nothing'}")
            cuts.append(
                {
                    "campaign": "",
                    "lane": "",
                    "by": cut_by[line],
                    "limit": "",
                    "wanted_minor": line.asked,
                    "granted_minor": grant,
                }
            )
        elif grant:
            reached.add("manual: granted whole")
    return cuts
