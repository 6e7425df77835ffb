"""Conditions, compiled: each says whether it holds, and if not what it needs and what it saw.

One class per condition kind of `checkout.engine.campaign`. Rules of meaning: ``docs/rules.md`` §2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine import campaign as schema
from checkout.engine.goods import Selector
from checkout.engine.schema.document import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.case import Case
    from checkout.engine.places import CompiledStore


#: Goods or places that an explanation names.
NAMED_MAX: Final = 5


class CompiledCondition(ABC):
    """A question about a case."""

    __slots__ = ()
    #: The `kind` of the schema.
    kind: str

    @abstractmethod
    def holds(self, case: Case) -> bool:
        """Whether the case fulfils it."""

    @abstractmethod
    def needed(self) -> str:
        """What it needs, for an explanation."""

    @abstractmethod
    def seen(self, case: Case) -> str:
        """What it saw instead."""


class AllHold(CompiledCondition):
    """`all`."""

    __slots__ = ("of",)
    kind = "all"

    def __init__(self, of: tuple[CompiledCondition, ...]) -> None:
        """Keep the parts."""
        self.of = of

    def holds(self, case: Case) -> bool:
        """Every part holds."""
        return all(part.holds(case) for part in self.of)

    def needed(self) -> str:
        """All parts' needs."""
        return " and ".join(f"{part.kind} {part.needed()}" for part in self.of)

    def seen(self, case: Case) -> str:
        """What the failing parts saw."""
        return "; ".join(f"{p.kind} {p.seen(case)}" for p in self.of if not p.holds(case))


class AnyHolds(CompiledCondition):
    """`any`."""

    __slots__ = ("of",)
    kind = "any"

    def __init__(self, of: tuple[CompiledCondition, ...]) -> None:
        """Keep the parts."""
        self.of = of

    def holds(self, case: Case) -> bool:
        """At least one part holds."""
        return any(part.holds(case) for part in self.of)

    def needed(self) -> str:
        """One of the parts' needs."""
        return " or ".join(f"{part.kind} {part.needed()}" for part in self.of)

    def seen(self, case: Case) -> str:
        """What each part saw."""
        return "; ".join(f"{part.kind} {part.seen(case)}" for part in self.of)


class DoesNotHold(CompiledCondition):
    """`not`."""

    __slots__ = ("of",)
    kind = "not"

    def __init__(self, of: CompiledCondition) -> None:
        """Keep what must not hold."""
        self.of = of

    def holds(self, case: Case) -> bool:
        """The inner condition fails."""
        return not self.of.holds(case)

    def needed(self) -> str:
        """The contrary of the inner need."""
        return f"not ({self.of.kind} {self.of.needed()})"

    def seen(self, case: Case) -> str:
        """The inner condition held."""
        del case
        return f"{self.of.kind} {self.of.needed()}"


class Compares(CompiledCondition):
    """A sum over goods against a bound: `receipt_amount` and `receipt_quantity`."""

    __slots__ = ("bound", "compare", "selector")

    def __init__(self, compare: Comparison, bound: int, selector: Selector | None) -> None:
        """Keep operator, bound and goods."""
        self.compare = compare
        self.bound = bound
        self.selector = selector

    @abstractmethod
    def value(self, case: Case) -> int:
        """The sum that is compared."""

    def holds(self, case: Case) -> bool:
        """The sum stands to the bound as the operator says."""
        return compares(self.value(case), self.compare, self.bound)

    def needed(self) -> str:
        """Operator and bound."""
        return f"{self.compare.value} {self.bound}"

    def seen(self, case: Case) -> str:
        """The sum."""
        return str(self.value(case))


class AmountCompares(Compares):
    """`receipt_amount`."""

    __slots__ = ()
    kind = "receipt_amount"

    def value(self, case: Case) -> int:
        """Sum of starts of the goods."""
        return sum(line.start_minor for line in case.meant_by(self.selector))


class QuantityCompares(Compares):
    """`receipt_quantity`."""

    __slots__ = ()
    kind = "receipt_quantity"

    def value(self, case: Case) -> int:
        """Sum of quantities of the goods."""
        return sum(line.quantity_milli for line in case.meant_by(self.selector))


class HasGoods(CompiledCondition):
    """`contains_goods`."""

    __slots__ = ("selector",)
    kind = "contains_goods"

    def __init__(self, selector: Selector | None) -> None:
        """Keep the goods."""
        self.selector = selector

    def holds(self, case: Case) -> bool:
        """A line is of the goods."""
        return bool(case.meant_by(self.selector))

    def needed(self) -> str:
        """The goods, shortened."""
        goods = self.selector.goods if self.selector is not None else schema.Goods()
        named = (*goods.skus, *goods.categories, *goods.brands)
        more = len(named) - NAMED_MAX
        return ", ".join(named[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")

    def seen(self, case: Case) -> str:
        """None of them."""
        del case
        return "none"


class AtPlace(CompiledCondition):
    """`place`."""

    __slots__ = ("chains", "formats", "regions", "stores")
    kind = "place"

    def __init__(self, place: schema.Place) -> None:
        """Keep the sets."""
        self.stores = frozenset(place.stores)
        self.chains = frozenset(place.chains)
        self.formats = frozenset(place.formats)
        self.regions = frozenset(place.regions)

    def includes(self, store: CompiledStore) -> bool:
        """The store is meant."""
        return (
            store.code in self.stores
            or store.chain in self.chains
            or store.format in self.formats
            or store.region in self.regions
        )

    def holds(self, case: Case) -> bool:
        """The receipt's store is meant."""
        return self.includes(case.store)

    def needed(self) -> str:
        """The named places."""
        places = self.stores | self.chains | self.formats | self.regions
        return ", ".join(sorted(places)[:NAMED_MAX])

    def seen(self, case: Case) -> str:
        """The store."""
        return case.store.code


class IsIdentified(CompiledCondition):
    """`identified`."""

    __slots__ = ()
    kind = "identified"

    def holds(self, case: Case) -> bool:
        """There is a member."""
        return case.member is not None

    def needed(self) -> str:
        """A member."""
        return "a member"

    def seen(self, case: Case) -> str:
        """A guest."""
        del case
        return "a guest"


class InTier(CompiledCondition):
    """`tier`."""

    __slots__ = ("tiers",)
    kind = "tier"

    def __init__(self, tiers: tuple[str, ...]) -> None:
        """Keep the tiers."""
        self.tiers = frozenset(tiers)

    def holds(self, case: Case) -> bool:
        """The member has one of them."""
        return case.member is not None and case.tier in self.tiers

    def needed(self) -> str:
        """The tiers."""
        return ", ".join(sorted(self.tiers))

    def seen(self, case: Case) -> str:
        """The member's tier, or a guest."""
        return "a guest" if case.member is None else case.tier or "no tier"


class InList(CompiledCondition):
    """`member_list`."""

    __slots__ = ("list_code",)
    kind = "member_list"

    def __init__(self, list_code: str) -> None:
        """Keep the list's code."""
        self.list_code = list_code

    def holds(self, case: Case) -> bool:
        """The member stands in it."""
        return self.list_code in case.lists

    def needed(self) -> str:
        """The list."""
        return self.list_code

    def seen(self, case: Case) -> str:
        """Not in it, or a guest."""
        return "a guest" if case.member is None else "not in the list"


class HasCoupon(CompiledCondition):
    """`coupon`."""

    __slots__ = ("code",)
    kind = "coupon"

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code

    def holds(self, case: Case) -> bool:
        """The receipt carries it."""
        return self.code in case.coupons

    def needed(self) -> str:
        """The code."""
        return self.code

    def seen(self, case: Case) -> str:
        """The codes given."""
        return ", ".join(sorted(case.coupons)) or "none"


_IDENTIFIED: Final = IsIdentified()


def compares(value: int, how: Comparison, bound: int) -> bool:
    """Whether `value` stands to `bound` as the operator says."""
    match how:
        case Comparison.LESS_THAN:
            return value < bound
        case Comparison.AT_MOST:
            return value <= bound
        case Comparison.EQUAL:
            return value == bound
        case Comparison.AT_LEAST:
            return value >= bound
        case Comparison.MORE_THAN:
            return value > bound
        case _:
            assert_never(how)


def compile_condition(
    condition: schema.Condition, selector_of: Callable[[schema.Goods | None], Selector | None]
) -> CompiledCondition:
    """The compiled form of one condition of the schema."""
    match condition:
        case schema.All():
            return AllHold(tuple(compile_condition(part, selector_of) for part in condition.of))
        case schema.Any():
            return AnyHolds(tuple(compile_condition(part, selector_of) for part in condition.of))
        case schema.Not():
            return DoesNotHold(compile_condition(condition.of, selector_of))
        case schema.ReceiptAmount():
            return AmountCompares(
                condition.compare, condition.amount_minor, selector_of(condition.goods)
            )
        case schema.ReceiptQuantity():
            return QuantityCompares(
                condition.compare, condition.quantity_milli, selector_of(condition.goods)
            )
        case schema.ContainsGoods():
            return HasGoods(selector_of(condition.goods))
        case schema.Place():
            return AtPlace(condition)
        case schema.Identified():
            return _IDENTIFIED
        case schema.Tier():
            return InTier(condition.tiers)
        case schema.MemberList():
            return InList(condition.list)
        case schema.Coupon():
            return HasCoupon(condition.code)
        case _:
            assert_never(condition)
