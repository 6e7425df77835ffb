"""Conditions: when each holds, at its bounds, and what it says of itself when it does not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from checkout.engine.conditions.compile import compile_condition
from checkout.engine.facts import MemberState, Offer
from checkout.engine.goods import Selector
from checkout.engine.receipt import PlannedTender
from checkout.engine.schema.conditions import Condition
from checkout.engine.schema.program import CouponRules
from tests.unit.engine_cases import case_of, delivery, line

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.conditions.base import CompiledCondition
    from checkout.engine.schema.goods import Goods

Doc = dict[str, Any]

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)

MILK = line("milk-1", 500, 2_000, external_discount_minor=100)
WINE = line("wine", 2_000)
#: 900 + 2,000 counted, 3 pieces of 2 articles; delivery never counts.
LINES = (MILK, WINE, delivery(300))
CARD = PlannedTender(kind="card", bin="427600", token="t1")
CASH = PlannedTender(kind="cash")


def compiled(condition: Doc, **receipt: Any) -> tuple[CompiledCondition, Case]:
    """A condition of the campaign `c`, and a receipt; `member`: what is known of one."""
    selectors: list[Selector] = []

    def selector_of(goods: Goods | None) -> Selector | None:
        if goods is None:
            return None
        selectors.append(Selector(goods, None))
        return selectors[-1]

    made = compile_condition(_CONDITION.validate_python(condition), selector_of, "c")
    if "member" in receipt:
        receipt["member"] = MemberState(member_id="m", **receipt["member"])
    lines = receipt.pop("lines", LINES)
    granted = receipt.pop("granted", ())
    case = case_of(*lines, selectors=selectors, **receipt)
    case.granted.update(granted)
    return made, case


def holds(condition: Doc, **receipt: Any) -> bool:
    """Whether a condition holds for a receipt."""
    made, case = compiled(condition, **receipt)
    return made.holds(case)


def told(condition: Doc, **receipt: Any) -> tuple[str, str]:
    """What a condition needs, and what it saw of a receipt."""
    made, case = compiled(condition, **receipt)
    return made.needed(), made.seen(case)


def amount(compare: str, bound: int, **rest: Any) -> Doc:
    return {"kind": "receipt_amount", "compare": compare, "amount_minor": bound} | rest


@pytest.mark.parametrize(
    ("compare", "below", "equal", "above"),
    [
        ("less_than", True, False, False),
        ("at_most", True, True, False),
        ("equal", False, True, False),
        ("at_least", False, True, True),
        ("more_than", False, False, True),
    ],
)
def test_a_sum_is_compared_with_its_bound(
    compare: str, below: bool, equal: bool, above: bool
) -> None:
    """2,900 in money after external discounts, against a bound just above, at and just below it."""
    seen = [holds(amount(compare, bound)) for bound in (2_901, 2_900, 2_899)]
    assert seen == [below, equal, above]


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        (amount("equal", 900, goods={"categories": ["milk"]}), True),
        (amount("equal", 300, goods={"kinds": ["delivery"]}), True),
        (amount("equal", 0, goods={"skus": ["pencil"]}), True),
        (amount("equal", 2_000, goods={"but_not": {"categories": ["food"]}}), True),
        ({"kind": "receipt_quantity", "compare": "equal", "quantity_milli": 3_000}, True),
        ({"kind": "receipt_quantity", "compare": "more_than", "quantity_milli": 3_000}, False),
        ({"kind": "distinct_goods", "compare": "equal", "count": 2}, True),
        (
            {
                "kind": "distinct_goods",
                "compare": "equal",
                "count": 1,
                "goods": {"brands": ["Alpha"]},
            },
            True,
        ),
        ({"kind": "contains_goods", "goods": {"skus": ["wine"]}}, True),
        ({"kind": "contains_goods", "goods": {"skus": ["delivery"]}}, False),
        ({"kind": "contains_goods", "goods": {"price_min_minor": 2_001}}, False),
    ],
)
def test_sums_are_over_the_goods_that_are_meant(condition: Doc, *, held: bool) -> None:
    """Goods narrow down what counts; a delivery charge counts where its kind is named."""
    assert holds(condition) == held


def test_an_article_on_several_lines_is_one_of_the_distinct() -> None:
    """Lines of one sku at two prices are one article."""
    two = {"kind": "distinct_goods", "compare": "at_least", "count": 2}
    assert not holds(two, lines=(line("wine", 100), line("wine", 200)))


@pytest.mark.parametrize(
    ("place", "held"),
    [
        ({"stores": ["one"]}, True),
        ({"stores": ["two"]}, False),
        ({"stores": ["two"], "chains": ["chain"]}, True),
        ({"formats": ["mini"]}, True),
        ({"regions": ["south"]}, False),
        ({"regions": ["north"]}, True),
        ({"terminals": [{"store": "one", "terminal": "5"}]}, True),
        ({"terminals": [{"store": "one", "terminal": "6"}]}, False),
        ({"terminals": [{"store": "two", "terminal": "5"}]}, False),
    ],
)
def test_a_place_is_a_store_what_it_stands_under_or_a_till(place: Doc, *, held: bool) -> None:
    """One of the named is enough; a till counts in its own store only."""
    assert holds({"kind": "place"} | place, terminal="5") == held


@pytest.mark.parametrize(
    ("tender", "tenders", "held"),
    [
        ({}, (), False),
        ({"kinds": ["cash"]}, (CASH,), True),
        ({"kinds": ["cash"]}, (CARD,), False),
        ({"bins": ["4276"]}, (CARD,), True),
        ({"bins": ["427601", "427600"]}, (CARD,), True),
        ({"bins": ["42760012"]}, (CARD,), False),
        ({"tokens": ["t1"]}, (CASH, CARD), True),
        ({"tokens": ["t2"]}, (CASH, CARD), False),
        ({"kinds": ["card"], "bins": ["4276"], "tokens": ["t1"]}, (CARD,), True),
        ({"kinds": ["cash"], "bins": ["4276"]}, (CASH, CARD), False),
        ({"bins": ["4"]}, (CASH,), False),
    ],
)
def test_one_planned_tender_has_everything_that_is_asked(
    tender: Doc, tenders: tuple[PlannedTender, ...], *, held: bool
) -> None:
    """Kind, first digits and token must be those of the same tender."""
    assert holds({"kind": "tender"} | tender, tenders=tenders) == held


@pytest.mark.parametrize(
    ("condition", "receipt", "held"),
    [
        ({"kind": "channel", "channels": ["app", "till"]}, {}, True),
        ({"kind": "channel", "channels": ["app"]}, {}, False),
        ({"kind": "schedule", "schedule": {"weekdays": [6]}}, {}, True),
        ({"kind": "schedule", "schedule": {"weekdays": [7]}}, {}, False),
        ({"kind": "schedule", "schedule": {"ends_at": "2026-11-21T18:30"}}, {}, False),
        ({"kind": "coupon_series", "series": "s"}, {"coupons": ("A1",)}, False),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("A1",), "coupon_series": {"A1": "s"}},
            True,
        ),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("A1",), "coupon_series": {"A1": "t"}},
            False,
        ),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("B1",), "coupon_series": {"A1": "s"}},
            False,
        ),
        ({"kind": "campaign_applied", "campaigns": ["a", "b"]}, {"granted": ["b"]}, True),
        ({"kind": "campaign_applied", "campaigns": ["a"]}, {"granted": ["b"]}, False),
    ],
)
def test_conditions_about_the_sale_itself(condition: Doc, receipt: Doc, *, held: bool) -> None:
    """Channel, moment, series of unique coupons, and what other campaigns have granted."""
    assert holds(condition, **receipt) == held


@pytest.mark.parametrize(
    ("typed", "rules", "held"),
    [
        (("SAVE",), CouponRules(), True),
        (("save",), CouponRules(), True),
        (("SAVE2",), CouponRules(), False),
        (("save",), CouponRules(case_matters=True), False),
        (("SAVE",), CouponRules(case_matters=True), True),
        (("SAVE", "save"), CouponRules(), True),
        (("SAVE", "save"), CouponRules(repeated_refused=True), False),
        (("SAVE", "save"), CouponRules(repeated_refused=True, case_matters=True), True),
        (("SAVE", "SAVE"), CouponRules(repeated_refused=True, case_matters=True), False),
    ],
)
def test_codes_are_read_as_the_program_says(
    typed: tuple[str, ...], rules: CouponRules, *, held: bool
) -> None:
    """Without regard to case unless it matters; twice is once unless that is refused."""
    assert holds({"kind": "coupon", "code": "SAVE"}, coupons=typed, coupon_rules=rules) == held


@pytest.mark.parametrize(
    ("condition", "member", "other"),
    [
        ({"kind": "tier", "tiers": ["gold"]}, {"tier": "gold"}, {"tier": "silver"}),
        ({"kind": "gender", "genders": ["f"]}, {"gender": "f"}, {"gender": "m"}),
        (
            {"kind": "card_type", "types": ["family"]},
            {"card_type": "family"},
            {"card_type": "staff"},
        ),
        ({"kind": "lifecycle", "states": ["new"]}, {"lifecycle": "new"}, {"lifecycle": "lost"}),
        ({"kind": "member_list", "list": "vip"}, {"lists": {"vip"}}, {"lists": {"staff"}}),
        ({"kind": "segment", "segments": ["a", "b"]}, {"segments": {"b"}}, {"segments": {"c"}}),
        ({"kind": "member_tag", "tags": ["x"]}, {"tags": {"x", "y"}}, {"tags": {"y"}}),
        ({"kind": "consent", "channel": "sms"}, {"consents": {"sms"}}, {"consents": {"push"}}),
        (
            {"kind": "favourite_category", "categories": ["milk"]},
            {"favourites": {"milk"}},
            {"favourites": {"dairy"}},
        ),
        ({"kind": "personal_offer"}, {"offers": {"c": Offer()}}, {"offers": {"d": Offer()}}),
    ],
)
def test_a_member_has_one_of_the_named_values(condition: Doc, member: Doc, other: Doc) -> None:
    """It holds for who has it, and for nobody else, of whom nothing is known, or who is a guest."""
    assert holds(condition, member=member)
    assert not holds(condition, member=other)
    assert not holds(condition, member={})
    assert not holds(condition)


def test_who_is_known_by_a_card_is_identified() -> None:
    """A member is, of whom nothing else is known; a guest is not."""
    assert holds({"kind": "identified"}, member={})
    assert not holds({"kind": "identified"})


def attribute(compare: str, value: object) -> Doc:
    return {"kind": "member_attribute", "name": "x", "compare": compare, "value": value}


@pytest.mark.parametrize(
    ("compare", "value", "known", "held"),
    [
        ("equal", True, True, True),
        ("equal", True, False, False),
        ("equal", True, 1, False),
        ("equal", 1, True, False),
        ("equal", 1, 1, True),
        ("at_least", 5, 5, True),
        ("more_than", 5, 5, False),
        ("equal", "5", 5, False),
        ("equal", "blue", "blue", True),
        ("equal", "blue", "Blue", False),
        ("at_most", "2026-11-21", "2026-11-21", True),
        ("less_than", "2026-11-21", "2026-02-28", True),
        ("less_than", "2026-11-21", "2027-01-01", False),
    ],
)
def test_an_attribute_compares_with_a_value_of_its_type(
    compare: str, value: object, known: object, held: bool
) -> None:
    """Numbers with numbers, texts and dates by their characters; yes is not 1."""
    condition = attribute(compare, value)
    assert holds(condition, member={"attributes": {"x": known}}) == held
    assert not holds(condition, member={"attributes": {"y": known}})
    assert not holds(condition)


@pytest.mark.parametrize(
    ("condition", "member", "held"),
    [
        ({"kind": "age", "compare": "at_least", "years": 18}, {"age_years": 18}, True),
        ({"kind": "age", "compare": "at_least", "years": 18}, {"age_years": 17}, False),
        ({"kind": "age", "compare": "at_most", "years": 18}, {}, False),
        ({"kind": "birthday"}, {"days_to_birthday": 0, "days_since_birthday": 0}, True),
        ({"kind": "birthday"}, {"days_to_birthday": 1, "days_since_birthday": 364}, False),
        (
            {"kind": "birthday", "days_before": 3},
            {"days_to_birthday": 3, "days_since_birthday": 362},
            True,
        ),
        (
            {"kind": "birthday", "days_before": 3, "days_after": 7},
            {"days_to_birthday": 358, "days_since_birthday": 7},
            True,
        ),
        (
            {"kind": "birthday", "days_before": 3, "days_after": 7},
            {"days_to_birthday": 357, "days_since_birthday": 8},
            False,
        ),
        ({"kind": "birthday", "days_before": 180, "days_after": 180}, {}, False),
        ({"kind": "purchase_number", "number": 1}, {}, True),
        ({"kind": "purchase_number", "number": 1}, {"purchases": 1}, False),
        (
            {"kind": "purchase_number", "number": 3, "compare": "at_most"},
            {"purchases": 2},
            True,
        ),
        ({"kind": "purchase_number", "every": 5}, {"purchases": 9}, True),
        ({"kind": "purchase_number", "every": 5}, {"purchases": 10}, False),
        (
            {"kind": "days_since_purchase", "compare": "at_least", "days": 30},
            {"days_since_purchase": 30},
            True,
        ),
        ({"kind": "days_since_purchase", "compare": "at_least", "days": 0}, {}, False),
    ],
)
def test_numbers_of_a_member_stand_to_their_bounds(
    condition: Doc, member: Doc, *, held: bool
) -> None:
    """At the bound and beside it; what is not known fails, and so does a guest."""
    assert holds(condition, member=member) == held
    assert not holds(condition)


@pytest.mark.parametrize(
    ("condition", "field", "key"),
    [
        ({"kind": "spend_in_window", "window_days": 30, "amount_minor": 5}, "spend", "30"),
        (
            {"kind": "spend_in_window", "window_days": 30, "category": "milk", "amount_minor": 5},
            "spend",
            "30/milk",
        ),
        ({"kind": "visits_in_window", "window_days": 7, "count": 5}, "visits", "7"),
        (
            {"kind": "visits_in_window", "window_days": 7, "category": "milk", "count": 5},
            "visits",
            "7/milk",
        ),
        (
            {"kind": "activity_in_window", "activity": "app", "window_days": 7, "count": 5},
            "activities",
            "app/7",
        ),
    ],
)
def test_a_window_is_read_from_the_facts(condition: Doc, field: str, key: str) -> None:
    """Under the key of its days and category or activity; absent means 0, but not for a guest."""
    assert holds(condition | {"compare": "at_least"}, member={field: {key: 5}})
    assert not holds(condition | {"compare": "at_least"}, member={field: {key: 4}})
    assert not holds(condition | {"compare": "at_least"}, member={field: {"31": 5, "x": 5}})
    assert holds(condition | {"compare": "less_than"}, member={})
    assert not holds(condition | {"compare": "less_than"})


YES: Doc = {"kind": "channel", "channels": ["till"]}
NO: Doc = {"kind": "identified"}


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({"kind": "all", "of": [YES, YES]}, True),
        ({"kind": "all", "of": [YES, NO]}, False),
        ({"kind": "any", "of": [NO, YES]}, True),
        ({"kind": "any", "of": [NO, NO]}, False),
        ({"kind": "not", "of": YES}, False),
        ({"kind": "not", "of": {"kind": "any", "of": [NO, NO]}}, True),
        ({"kind": "not", "of": {"kind": "all", "of": [YES, NO]}}, True),
    ],
)
def test_conditions_are_combined(condition: Doc, *, held: bool) -> None:
    """Every one, at least one, and not the one inside."""
    assert holds(condition) == held


LATE: Doc = {"kind": "campaign_applied", "campaigns": ["a"]}


@pytest.mark.parametrize(
    ("condition", "late"),
    [
        (LATE, True),
        (amount("at_least", 1, after="earlier_lanes"), True),
        (amount("at_least", 1), False),
        (YES, False),
        ({"kind": "not", "of": LATE}, True),
        ({"kind": "any", "of": [YES, {"kind": "all", "of": [NO, LATE]}]}, True),
        ({"kind": "all", "of": [YES, NO]}, False),
    ],
)
def test_what_looks_at_earlier_lanes_is_late(condition: Doc, *, late: bool) -> None:
    """So is everything that has such a condition inside."""
    made, _ = compiled(condition)
    assert made.is_late == late


def test_an_amount_after_earlier_lanes_is_the_price_that_they_left() -> None:
    """The original amount stays what it was."""
    made, case = compiled(amount("equal", 2_400, after="earlier_lanes"))
    original, _ = compiled(amount("equal", 2_900))
    assert not made.holds(case)
    case.counted[0].current_minor -= 500
    assert made.holds(case)
    assert original.holds(case)


@pytest.mark.parametrize(
    ("condition", "receipt", "needed", "seen"),
    [
        (amount("at_least", 3_000), {}, "at_least 3000", "2900"),
        (
            {"kind": "contains_goods", "goods": {"skus": ["a", "b"], "brands": ["c"]}},
            {},
            "a, b, c",
            "none",
        ),
        (
            {"kind": "contains_goods", "goods": {"skus": list("abcdefg"), "price_max_minor": 9}},
            {},
            "a, b, c, d, e and 2 more priced up to 9",
            "none",
        ),
        (
            {"kind": "contains_goods", "goods": {"but_not": {"flags": ["alcohol"]}}},
            {"lines": (WINE,)},
            "goods but not (goods marked alcohol)",
            "none",
        ),
        (
            {"kind": "place", "stores": ["two"], "terminals": [{"store": "one", "terminal": "6"}]},
            {"terminal": "5"},
            "one/6, two",
            "one/5",
        ),
        (
            {"kind": "schedule", "schedule": {"weekdays": [7, 1], "time_from": "22:00"}},
            {},
            "Mon, Sun; from 22:00",
            "2026-11-21T18:30",
        ),
        (
            {"kind": "tender", "kinds": ["card"], "bins": ["2200"], "tokens": ["t1", "t2"]},
            {"tenders": (CASH, CARD)},
            "card beginning with 2200 with one of 2 tokens",
            "cash, card 427600",
        ),
        (
            {"kind": "coupon", "code": "Save"},
            {"coupons": ("B", "a", "B")},
            "Save",
            "B, a",
        ),
        ({"kind": "coupon_series", "series": "s"}, {}, "a coupon of s", "none"),
        (
            {"kind": "tier", "tiers": ["silver", "gold"]},
            {"member": {"tier": "basic"}},
            "gold, silver",
            "basic",
        ),
        ({"kind": "tier", "tiers": ["gold"]}, {}, "gold", "a guest"),
        ({"kind": "tier", "tiers": ["gold"]}, {"member": {}}, "gold", "no tier"),
        (
            {"kind": "segment", "segments": ["a"]},
            {"member": {"segments": {"b"}}},
            "a",
            "none",
        ),
        (
            {"kind": "member_list", "list": "vip"},
            {"member": {}},
            "vip",
            "not in the list",
        ),
        (
            {"kind": "age", "compare": "at_least", "years": 18},
            {"member": {}},
            "at_least 18",
            "not known",
        ),
        (
            {"kind": "birthday", "days_before": 3, "days_after": 7},
            {"member": {"days_to_birthday": 300, "days_since_birthday": 65}},
            "3 days before to 7 days after",
            "65 days ago",
        ),
        (
            {"kind": "purchase_number", "every": 5},
            {"member": {"purchases": 7}},
            "each 5",
            "8",
        ),
        (
            {"kind": "days_since_purchase", "compare": "at_least", "days": 30},
            {"member": {}},
            "at_least 30",
            "never bought",
        ),
        (
            {
                "kind": "spend_in_window",
                "window_days": 30,
                "category": "milk",
                "compare": "at_least",
                "amount_minor": 500,
            },
            {"member": {"spend": {"30/milk": 499}}},
            "at_least 500 in 30 days (milk)",
            "499",
        ),
        (
            attribute("equal", True),
            {"member": {"attributes": {"x": False}}},
            "x equal yes",
            "no",
        ),
    ],
)
def test_a_condition_says_what_it_needs_and_what_it_saw(
    condition: Doc, receipt: Doc, needed: str, seen: str
) -> None:
    """Short, with numbers, and without tokens or what else a member has."""
    assert told(condition, **receipt) == (needed, seen)


def any_of(*conditions: Doc) -> Doc:
    return {"kind": "any", "of": list(conditions)}


def all_of(*conditions: Doc) -> Doc:
    return {"kind": "all", "of": list(conditions)}


def no(condition: Doc) -> Doc:
    return {"kind": "not", "of": condition}


APP: Doc = {"kind": "channel", "channels": ["app"]}
GOLD: Doc = {"kind": "tier", "tiers": ["gold"]}
TILL: Doc = {"kind": "channel", "channels": ["till"]}


@pytest.mark.parametrize(
    ("condition", "needed", "seen"),
    [
        (any_of(APP, GOLD), "channel app or tier gold", "channel till; tier a guest"),
        (all_of(TILL, GOLD), "channel till and tier gold", "tier a guest"),
        (
            any_of(APP, all_of(GOLD, TILL)),
            "channel app or (tier gold and channel till)",
            "channel till; tier a guest",
        ),
        (no(TILL), "not (channel till)", "channel till"),
        (no(any_of(TILL, GOLD)), "not (channel till or tier gold)", "channel till"),
        (
            no(all_of(TILL, amount("at_least", 1))),
            "not (channel till and receipt_amount at_least 1)",
            "channel till; receipt_amount 2900",
        ),
        (
            no({"kind": "contains_goods", "goods": {"categories": ["drinks", "food"]}}),
            "not (contains_goods drinks, food)",
            "contains_goods milk-1, wine",
        ),
        (no(no(APP)), "not (not (channel app))", "channel till"),
        (
            all_of(no(TILL), no(APP)),
            "not (channel till) and not (channel app)",
            "channel till",
        ),
    ],
)
def test_combinations_say_which_of_their_parts_decided(
    condition: Doc, needed: str, seen: str
) -> None:
    """The failing parts of `all`, all of `any`, and inside `not` what made it hold."""
    assert not holds(condition)
    assert told(condition) == (needed, seen)


def test_a_moment_at_the_edge_of_the_calendar_is_judged() -> None:
    """The last minute that a date can hold lies in the last day of its month."""
    schedule = {"kind": "schedule", "schedule": {"last_day_of_month": True}}
    assert holds(schedule, local_time=dt.datetime(9999, 12, 31, 23, 59))  # noqa: DTZ001
