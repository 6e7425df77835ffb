"""Conditions, one by one: what they name, and bounds that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.choices import most_skus
from checkout.engine.problems.company import check_applied
from checkout.engine.problems.goods import check_goods
from checkout.engine.problems.member_attributes import check_member_attribute
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.problems.schedules import check_schedule
from checkout.engine.problems.shown import counted
from checkout.engine.receipt import LINES_MAX
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.schedule import Schedule
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.document import Document

#: Fields that hold codes, and what the codes are of.
_REFERENCES: Final[dict[type[Document], tuple[tuple[str, str], ...]]] = {
    schema.Place: (
        ("stores", "store"),
        ("chains", "chain"),
        ("formats", "store format"),
        ("regions", "store region"),
    ),
    schema.CouponSeries: (("series", "coupon series"),),
    member.Tier: (("tiers", "tier"),),
    member.MemberList: (("list", "member list"),),
    member.Segment: (("segments", "segment"),),
    member.MemberTag: (("tags", "member tag"),),
    member.FavouriteCategory: (("categories", "category"),),
    member.CardType: (("types", "card type"),),
    member.Consent: (("channel", "consent"),),
    member.Lifecycle: (("states", "lifecycle"),),
    member.SpendInWindow: (("category", "category"),),
    member.VisitsInWindow: (("category", "category"),),
    member.ActivityInWindow: (("activity", "activity"),),
}
_OF_GOODS: Final = (
    schema.ReceiptAmount,
    schema.ReceiptQuantity,
    schema.DistinctGoods,
    schema.ContainsGoods,
)
_EVERYBODY: Final = "this holds for every member: say identified instead"


class _Measure(NamedTuple):
    """What a condition compares: the field of the bound, its least value, what "always" means."""

    field: str
    least: int = 0
    #: What a bound that nobody misses amounts to; empty if it still says something.
    always: str = "this always holds: leave it out"


_MEASURES: Final[dict[type[Document], _Measure]] = {
    schema.ReceiptAmount: _Measure("amount_minor"),
    schema.ReceiptQuantity: _Measure("quantity_milli"),
    schema.DistinctGoods: _Measure("count"),
    member.Age: _Measure("years", always=""),
    member.PurchaseNumber: _Measure("number", least=1, always=_EVERYBODY),
    member.DaysSincePurchase: _Measure("days", always=""),
    member.SpendInWindow: _Measure("amount_minor", always=_EVERYBODY),
    member.VisitsInWindow: _Measure("count", always=_EVERYBODY),
    member.ActivityInWindow: _Measure("count", always=_EVERYBODY),
}


def check_condition(
    path: str, condition: Condition, campaign: Campaign, ground: Ground
) -> Iterator[Problem]:
    """Each condition on its own; they nest no deeper than can be read."""
    match condition:
        case schema.All() | schema.Any():
            for i, part in enumerate(condition.of):
                yield from check_condition(f"{path}.of[{i}]", part, campaign, ground)
        case schema.Not():
            yield from check_condition(f"{path}.of", condition.of, campaign, ground)
        case schema.CampaignApplied():
            yield from check_applied(path, condition, campaign, ground)
        case _:
            yield from _check_alone(path, condition, ground)


def _check_alone(path: str, condition: Condition, ground: Ground) -> Iterator[Problem]:
    """A condition that has no other inside and looks at no other campaign."""
    kind = type(condition)
    for field, noun in _REFERENCES.get(kind, ()):
        codes = getattr(condition, field)
        yield from unknown(
            f"{path}.{field}", noun, (codes,) if isinstance(codes, str) else codes or (), ground
        )
    if kind in _MEASURES:
        yield from _check_bound(path, condition, _MEASURES[kind])
    if kind in _OF_GOODS:
        yield from check_goods(f"{path}.goods", getattr(condition, "goods"), ground)  # noqa: B009
    match condition:
        case schema.InSchedule():
            if condition.schedule == Schedule():
                yield Problem(f"{path}.schedule", "say when: this schedule is always in force")
            yield from check_schedule(f"{path}.schedule", condition.schedule)
        case schema.Place():
            yield from _check_place(path, condition, ground)
        case schema.Tender():
            if condition == schema.Tender():
                yield Problem(path, "name at least one kind, bin or token")
        case schema.DistinctGoods():
            yield from _check_distinct(path, condition)
        case member.MemberAttribute():
            yield from check_member_attribute(path, condition, ground)
        case member.PurchaseNumber():
            yield from _check_purchase_number(path, condition)
        case _:
            pass


def _check_place(path: str, place: schema.Place, ground: Ground) -> Iterator[Problem]:
    if place == schema.Place():
        yield Problem(path, "name at least one store, chain, format, region or till")
    for i, terminal in enumerate(place.terminals):
        yield from unknown(f"{path}.terminals[{i}].store", "store", (terminal.store,), ground)


def _check_bound(path: str, condition: Document, measure: _Measure) -> Iterator[Problem]:
    bound: int | None = getattr(condition, measure.field)
    compare: Comparison = getattr(condition, "compare")  # noqa: B009 - not of every document
    if bound is None:
        return
    here = f"{path}.{measure.field}"
    least = told("zero") if measure.least == 0 else str(measure.least)
    if (compare is Comparison.LESS_THAN and bound <= measure.least) or (
        compare is Comparison.AT_MOST and bound < measure.least
    ):
        yield Problem(here, told("nothing is less than {least}: this can never hold", least=least))
    elif measure.always and compare is Comparison.AT_LEAST and bound <= measure.least:
        yield Problem(
            here,
            told(
                "everything is at least {least}: {always}", least=least, always=told(measure.always)
            ),
        )


def _check_distinct(path: str, condition: schema.DistinctGoods) -> Iterator[Problem]:
    """No receipt has more different articles than lines, or than the goods name."""
    most, whose = LINES_MAX, "a receipt has"
    named = None if condition.goods is None else most_skus(condition.goods)
    if named is not None:
        most, whose = named, "the goods are"
    articles = counted(most, "different article")
    needed = {
        Comparison.AT_LEAST: condition.count,
        Comparison.EQUAL: condition.count,
        Comparison.MORE_THAN: condition.count + 1,
    }.get(condition.compare, 0)
    if needed > most:
        yield Problem(
            f"{path}.count",
            told(
                "{whose} at most {articles}: this can never hold",
                whose=told(whose),
                articles=articles,
            ),
        )
    certain = {Comparison.AT_MOST: condition.count, Comparison.LESS_THAN: condition.count - 1}
    if certain.get(condition.compare, -1) >= most:
        yield Problem(
            f"{path}.count",
            told(
                "{whose} at most {articles}: this always holds",
                whose=told(whose),
                articles=articles,
            ),
        )


def _check_purchase_number(path: str, condition: member.PurchaseNumber) -> Iterator[Problem]:
    if (condition.number is None) == (condition.every is None):
        yield Problem(path, "give either number or every: the n-th purchase, or each n-th")
    elif condition.every is not None and condition.compare is not Comparison.EQUAL:
        yield Problem(f"{path}.compare", "each n-th purchase is not compared: leave compare out")
