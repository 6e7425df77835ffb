"""Conditions and schedules that name nothing, say nothing or can never hold."""

from __future__ import annotations

import pytest

from checkout.engine.problems.claims import DEPTH_MAX
from tests.unit.spoiled_rules import (
    IDENTIFIED,
    MILK,
    PERCENT,
    POINTS,
    TEA,
    Case,
    Doc,
    both,
    either,
    expect_one,
    no,
    problems_of_campaign,
)


def compared(kind: str, compare: str, bound: int, **more: object) -> Doc:
    """A condition that compares, with the name of its bound."""
    names = {
        "receipt_amount": "amount_minor",
        "receipt_quantity": "quantity_milli",
        "distinct_goods": "count",
        "age": "years",
        "purchase_number": "number",
        "days_since_purchase": "days",
        "spend_in_window": "amount_minor",
        "visits_in_window": "count",
        "activity_in_window": "count",
        "member_attribute": "value",
    }
    return {"kind": kind, "compare": compare, names[kind]: bound} | more


def amount(compare: str, bound: int, **more: object) -> Doc:
    """A condition on the receipt's amount."""
    return compared("receipt_amount", compare, bound, **more)


def nested(depth: int) -> Doc:
    """Conditions so deep."""
    condition: Doc = {"kind": "identified"}
    for _ in range(depth - 1):
        condition = {"kind": "not", "of": condition}
    return condition


def named(kind: str, *values: str) -> Doc:
    """A condition that names values of a kind of which there is one."""
    fields = {
        "tier": "tiers",
        "gender": "genders",
        "card_type": "types",
        "lifecycle": "states",
        "channel": "channels",
    }
    return {"kind": kind, fields[kind]: list(values)}


def during(**schedule: object) -> Doc:
    return {"kind": "schedule", "schedule": schedule}


SPEND: Doc = {"window_days": 30}
REVIEWS: Doc = {"window_days": 30, "activity": "review"}
WEDDING: Doc = {"kind": "member_attribute", "name": "wedding"}
START, END = "2026-02-01T00:00:00", "2026-03-01T00:00:00"
NEVER = "can never hold"
PLACE: Doc = {"kind": "place"}
ALONE: list[Case] = [
    (PLACE, "", "name at least one store"),
    (PLACE | {"stores": ["x"]}, ".stores", "no store 'x'"),
    (PLACE | {"chains": ["x"]}, ".chains", "no chain 'x'"),
    (PLACE | {"formats": ["x"]}, ".formats", "no store format 'x'"),
    (PLACE | {"regions": ["x"]}, ".regions", "no store region 'x'"),
    (
        PLACE | {"terminals": [{"store": "x", "terminal": "1"}]},
        ".terminals[0].store",
        "no store 'x'",
    ),
    ({"kind": "tender"}, "", "name at least one kind, bin or token"),
    ({"kind": "coupon_series", "series": "x"}, ".series", "words.coupon_series"),
    (named("tier", "x"), ".tiers", "no tier 'x'"),
    (named("card_type", "x"), ".types", "no card type 'x'; words.card_types"),
    (named("lifecycle", "x"), ".states", "no lifecycle 'x'"),
    ({"kind": "member_list", "list": "x"}, ".list", "no member list 'x'"),
    ({"kind": "segment", "segments": ["old", "x"]}, ".segments", "no segment 'x'"),
    ({"kind": "member_tag", "tags": ["x"]}, ".tags", "no member tag 'x'"),
    ({"kind": "consent", "channel": "x"}, ".channel", "no consent 'x'"),
    ({"kind": "favourite_category", "categories": ["x"]}, ".categories", "no category 'x'"),
    ({"kind": "contains_goods", "goods": {"skus": ["x"]}}, ".goods.skus", "no product 'x'"),
    (amount("at_least", 5, goods={"brands": ["x"]}), ".goods.brands", "no brand 'x'"),
    (
        compared("spend_in_window", "at_least", 5, **SPEND, category="x"),
        ".category",
        "no category 'x'",
    ),
    (
        compared("visits_in_window", "at_least", 5, **SPEND, category="x"),
        ".category",
        "no category 'x'",
    ),
    (
        compared("activity_in_window", "at_least", 5, window_days=1, activity="x"),
        ".activity",
        "no activity 'x'",
    ),
    (no(both(IDENTIFIED, named("tier", "x"))), ".of.of[1].tiers", "no tier 'x'"),
    (amount("less_than", 0), ".amount_minor", "nothing is less than zero"),
    (amount("at_least", 0), ".amount_minor", "this always holds"),
    (compared("receipt_quantity", "less_than", 0), ".quantity_milli", "nothing is less than zero"),
    (compared("distinct_goods", "less_than", 0), ".count", "nothing is less than zero"),
    (compared("distinct_goods", "more_than", 1_000), ".count", "at most 1000 different"),
    (compared("distinct_goods", "at_most", 1_000), ".count", "this always holds"),
    (
        compared("distinct_goods", "at_least", 3, goods={"skus": ["milk", "tea"]}),
        ".count",
        "the goods are at most 2 different",
    ),
    (
        compared("distinct_goods", "less_than", 3, goods={"skus": ["milk", "tea"]}),
        ".count",
        "this always holds",
    ),
    (compared("age", "less_than", 0), ".years", "nothing is less than zero"),
    (compared("days_since_purchase", "less_than", 0), ".days", "nothing is less than zero"),
    (compared("purchase_number", "less_than", 1), ".number", "nothing is less than 1"),
    (compared("purchase_number", "at_least", 1), ".number", "say identified instead"),
    (compared("spend_in_window", "at_least", 0, **SPEND), ".amount_minor", "say identified"),
    (compared("visits_in_window", "at_least", 0, **SPEND), ".count", "say identified"),
    (compared("activity_in_window", "less_than", 0, **REVIEWS), ".count", NEVER),
    ({"kind": "purchase_number"}, "", "either number or every"),
    ({"kind": "purchase_number", "number": 2, "every": 2}, "", "either number or every"),
    ({"kind": "purchase_number", "every": 2, "compare": "at_most"}, ".compare", "not compared"),
    (
        {"kind": "member_attribute", "name": "x", "value": 1},
        ".name",
        "words.attributes",
    ),
    ({"kind": "member_attribute", "name": "city", "value": 1}, ".value", "city is a text"),
    ({"kind": "member_attribute", "name": "children", "value": "1"}, ".value", "a whole number"),
    ({"kind": "member_attribute", "name": "children", "value": True}, ".value", "a whole number"),
    ({"kind": "member_attribute", "name": "pet", "value": 1}, ".value", "true or false"),
    ({"kind": "member_attribute", "name": "wedding", "value": "20261121"}, ".value", "2026-11-21"),
    ({"kind": "member_attribute", "name": "wedding", "value": "2026-02-30"}, ".value", "a date"),
    (
        {"kind": "member_attribute", "name": "city", "value": "A", "compare": "less_than"},
        ".compare",
        "compare it with equal",
    ),
    (
        {"kind": "member_attribute", "name": "pet", "value": True, "compare": "at_least"},
        ".compare",
        "compare it with equal",
    ),
    ({"kind": "campaign_applied", "campaigns": ["x"]}, ".campaigns", "no campaign 'x'"),
    ({"kind": "campaign_applied", "campaigns": ["c"]}, ".campaigns", "never applied before itself"),
    ({"kind": "campaign_applied", "campaigns": ["gives"]}, ".campaigns", "has no rewards"),
    ({"kind": "campaign_applied", "campaigns": ["before"]}, ".campaigns", "no lane before"),
    ({"kind": "campaign_applied", "campaigns": ["after"]}, ".campaigns", NEVER),
    (during(), ".schedule", "always in force"),
    (nested(DEPTH_MAX + 1), "", f"nest at most {DEPTH_MAX} deep"),
    (both(*[both(*[IDENTIFIED] * 99)] * 4), "", "a campaign has at most 300 conditions"),
]
TOGETHER: list[Case] = [
    (both(IDENTIFIED, no(IDENTIFIED)), ".of[1].of", "campaigns[c].when.of[0]: it demands the oppo"),
    (both(no(either(IDENTIFIED, named("channel", "app"))), IDENTIFIED), ".of[0].of.of[0]", NEVER),
    (both(named("tier", "gold"), both(named("tier", "silver"))), ".of[1].of[0]", "no tiers"),
    (both(named("tier", "gold"), no(named("tier", "gold", "silver"))), ".of[1].of", "no tiers"),
    (both(named("gender", "f"), named("gender", "m")), ".of[1]", "no genders"),
    (both(named("lifecycle", "new"), named("lifecycle", "lost")), ".of[1]", "no states"),
    (both(named("card_type", "app"), named("card_type", "plastic")), ".of[1]", "no types"),
    (both(named("channel", "till"), named("channel", "app")), ".of[1]", "no channels"),
    (both(PLACE | {"stores": ["one"]}, PLACE | {"stores": ["two"]}), ".of[1]", "no stores"),
    (
        both(amount("at_least", 10), amount("at_most", 9)),
        ".of[0]",
        "at least 0.10 and at most 0.09",
    ),
    (both(amount("at_least", 10), no(amount("at_least", 5))), ".of[0]", "of[1].of: nothing is"),
    (both(amount("equal", 10), no(amount("equal", 10, goods=None))), ".of[1].of", "opposite"),
    (
        both(amount("at_least", 5), amount("less_than", 6), no(amount("equal", 5))),
        ".of[0]",
        "only 0.05 is left, and that is excluded",
    ),
    (
        both(amount("at_least", 10, goods=MILK), amount("less_than", 10, goods=MILK)),
        ".of[0]",
        NEVER,
    ),
    (
        both(amount("at_least", 10, goods=MILK), amount("less_than", 10)),
        ".of[0]",
        "of a part at least 0.10, of the whole at most 0.09",
    ),
    (both(compared("age", "at_least", 65), compared("age", "at_most", 18)), ".of[0]", NEVER),
    (both(compared("age", "at_least", 65), no(compared("age", "at_least", 18))), ".of[0]", NEVER),
    (
        both(
            compared("spend_in_window", "at_least", 9, **SPEND),
            compared("spend_in_window", "at_most", 8, **SPEND),
        ),
        ".of[0]",
        NEVER,
    ),
    *(
        (both(compared(k, "at_least", 9, **m), compared(k, "at_most", 8, **m)), ".of[0]", NEVER)
        for k, m in (
            ("receipt_quantity", {}),
            ("distinct_goods", {}),
            ("visits_in_window", SPEND),
            ("activity_in_window", REVIEWS),
        )
    ),
    (
        both(
            {"kind": "member_attribute", "name": "pet", "value": True},
            {"kind": "member_attribute", "name": "pet", "value": False},
        ),
        ".of[0]",
        NEVER,
    ),
    (
        both(
            compared("member_attribute", "more_than", 3, name="children"),
            compared("member_attribute", "equal", 2, name="children"),
        ),
        ".of[0]",
        NEVER,
    ),
    (
        both(
            WEDDING | {"compare": "at_least", "value": "2026-06-01"},
            WEDDING | {"compare": "less_than", "value": "2026-06-01"},
        ),
        ".of[0]",
        NEVER,
    ),
    (
        both(
            {"kind": "member_attribute", "name": "city", "value": "Oslo"},
            {"kind": "member_attribute", "name": "city", "value": "Rome"},
        ),
        ".of[1]",
        "city is one text",
    ),
    (
        both({"kind": "purchase_number", "every": 5}, compared("purchase_number", "at_most", 4)),
        ".of[0]",
        "no such number up to 4",
    ),
    (
        both(
            compared("purchase_number", "equal", 1), compared("days_since_purchase", "at_most", 9)
        ),
        ".of[1]",
        "before the first purchase",
    ),
    (both(no(IDENTIFIED), named("tier", "gold")), ".of[1]", "a guest has no such thing"),
    (both(no(IDENTIFIED), {"kind": "personal_offer"}), ".of[1]", "a guest"),
    (
        either(IDENTIFIED, both(named("tier", "gold"), named("tier", "silver"))),
        ".of[1].of[1]",
        NEVER,
    ),
    (either(IDENTIFIED, no(IDENTIFIED)), "", "one of these always holds"),
    (
        either(named("tier", "gold"), either(IDENTIFIED, no(IDENTIFIED))),
        ".of[1]",
        "one of these always holds",
    ),
    (
        both(
            WEDDING | {"compare": "at_least", "value": "2026-06-01"},
            WEDDING | {"value": "2026-05-01"},
        ),
        ".of[0]",
        "nothing is at least 2026-06-01 and at most 2026-05-01",
    ),
    (
        both(
            {"kind": "member_attribute", "name": "pet", "value": True},
            {"kind": "member_attribute", "name": "pet", "value": False},
        ),
        ".of[0]",
        "nothing is at least yes and at most no",
    ),
    (either(amount("less_than", 9), amount("at_least", 5)), "", "one of these always holds"),
    (no(both(named("tier", "gold"), named("tier", "silver"))), ".of", "one of these always fails"),
    (both(during(weekdays=[1]), during(weekdays=[2])), ".of[1].schedule", "no moment lies"),
    (
        both(during(starts_at=END), during(ends_at=START)),
        ".of[1].schedule",
        "the other schedules",
    ),
    (
        both(during(dates=["2026-01-01"]), during(dates=["2026-01-02"])),
        ".of[1].schedule",
        NEVER,
    ),
]
POSSIBLE: list[Doc] = [
    both({"kind": "coupon", "code": "A"}, {"kind": "coupon", "code": "B"}),
    both(named("tier", "gold"), no(named("tier", "silver"))),
    both(no(named("tier", "gold")), no(IDENTIFIED)),
    both(no(compared("age", "at_least", 18)), no(compared("age", "less_than", 18))),
    both(named("tier", "gold", "silver"), named("tier", "silver")),
    both(amount("at_least", 10), amount("at_most", 10)),
    both(amount("at_least", 10), amount("at_most", 9, after="earlier_lanes")),
    both(amount("at_least", 10, goods=MILK), amount("at_most", 9, goods=TEA)),
    both(amount("at_least", 9, goods={"kinds": ["delivery"]}), amount("at_most", 5)),
    both({"kind": "tender", "kinds": ["cash"]}, {"kind": "tender", "kinds": ["card"]}),
    both({"kind": "segment", "segments": ["old"]}, {"kind": "segment", "segments": ["young"]}),
    both(PLACE | {"stores": ["one"]}, no(PLACE | {"regions": ["east"]})),
    both({"kind": "purchase_number", "every": 5}, compared("purchase_number", "at_most", 5)),
    both(compared("purchase_number", "equal", 1), no(compared("days_since_purchase", "equal", 1))),
    either(named("tier", "gold"), named("tier", "silver")),
    either(compared("age", "at_least", 9), compared("age", "less_than", 9)),
    both(during(ends_at="2026-01-31T12:00:00", weekdays=[6]), during(last_day_of_month=True)),
    both(during(weekdays=[1, 2]), during(weekdays=[2, 3], days_of_month=[31])),
    compared("age", "at_least", 0),
    {"kind": "birthday"},
    {"kind": "member_attribute", "name": "wedding", "compare": "at_least", "value": "2026-11-21"},
    no({"kind": "member_attribute", "name": "pet", "value": False}),
    nested(DEPTH_MAX),
]
SCHEDULES: list[Case] = [
    ({"starts_at": START, "ends_at": START}, ".ends_at", "after the start"),
    ({"starts_at": f"{START}Z"}, ".starts_at", "without a zone"),
    ({"time_until": "10:00:00+01:00"}, ".time_until", "without a zone"),
    ({"dates": ["2026-01-01"], "but_not_dates": ["2026-01-01"]}, ".dates", "no date is left"),
    ({"starts_at": START, "dates": ["2026-01-01"]}, ".dates", "no date is left"),
    ({"ends_at": START, "dates": ["2026-02-01"]}, ".dates", "no date is left"),
    (
        {"starts_at": START, "ends_at": "2026-02-02T00:00:00", "but_not_dates": ["2026-02-01"]},
        ".but_not_dates",
        "no date is left",
    ),
    (
        {"starts_at": START, "ends_at": "2026-02-04T00:00:00", "weekdays": [3]},
        ".weekdays",
        "such a weekday",
    ),
    ({"dates": ["2026-02-01"], "weekdays": [1]}, ".weekdays", "such a weekday"),
    ({"starts_at": START, "ends_at": END, "days_of_month": [29, 31]}, ".days_of_month", "no month"),
    (
        {"starts_at": START, "ends_at": "2026-02-28T00:00:00", "last_day_of_month": True},
        ".last_day_of_month",
        "no month",
    ),
    (
        {"starts_at": START, "ends_at": "2026-02-01T10:00:00", "time_from": "10:00:00"},
        ".time_from",
        "such a time",
    ),
    ({"time_until": "00:00:00"}, ".time_until", "such a time"),
]
SCHEDULES_THAT_ARE_RIGHT: list[Doc] = [
    {"starts_at": START, "ends_at": END, "days_of_month": [28, 31]},
    {"starts_at": START, "ends_at": END, "last_day_of_month": True},
    {"days_of_month": [29], "weekdays": [1], "starts_at": "2026-02-01T00:00:00"},
    {"time_from": "22:00:00", "time_until": "06:00:00"},
    {"time_from": "06:00:00", "time_until": "06:00:00"},
    {"time_until": "00:00:01"},
    {"ends_at": "1999-01-01T00:00:00"},
    {
        "starts_at": START,
        "ends_at": "2026-02-01T05:00:00",
        "time_from": "22:00:00",
        "time_until": "01:00:00",
    },
    {"dates": ["2026-02-01", "2026-02-02"], "but_not_dates": ["2026-02-01"], "weekdays": [1]},
    {"but_not_dates": ["2026-02-01"]},
    {"ends_at": "0001-01-02T00:00:00"},
    {"starts_at": "9999-12-31T00:00:00", "last_day_of_month": True},
]


@pytest.mark.parametrize(("when", "field", "sentence"), ALONE)
def test_a_condition_that_says_nothing_is_told(when: Doc, field: str, sentence: str) -> None:
    """Conditions name what exists, and may hold or not."""
    expect_one(problems_of_campaign({"when": when}), f"campaigns[c].when{field}", sentence)


@pytest.mark.parametrize(("when", "field", "sentence"), TOGETHER)
def test_conditions_that_contradict_each_other_are_told(
    when: Doc, field: str, sentence: str
) -> None:
    """What demands two things at once that exclude each other never holds."""
    expect_one(problems_of_campaign({"when": when}), f"campaigns[c].when{field}", sentence)


@pytest.mark.parametrize("when", POSSIBLE)
def test_conditions_that_may_hold_together_are_right(when: Doc) -> None:
    """Only what obviously contradicts itself is refused."""
    assert problems_of_campaign({"when": when}) == []


@pytest.mark.parametrize(("schedule", "field", "sentence"), SCHEDULES)
def test_a_schedule_without_a_moment_is_told(schedule: Doc, field: str, sentence: str) -> None:
    """A schedule that is never in force names the part that empties it, wherever it stands."""
    found = problems_of_campaign({"schedule": schedule})
    expect_one(found, f"campaigns[c].schedule{field}", sentence)
    found = problems_of_campaign({"when": no(during(**schedule))})
    expect_one(found, f"campaigns[c].when.of.schedule{field}", sentence)


@pytest.mark.parametrize("schedule", SCHEDULES_THAT_ARE_RIGHT)
def test_a_schedule_with_a_moment_is_right(schedule: Doc) -> None:
    """A schedule that is over, or that seldom is in force, is one all the same."""
    assert problems_of_campaign({"schedule": schedule}) == []


def test_a_schedule_and_the_campaigns_own_have_a_common_moment() -> None:
    """A condition outside of the campaign's own schedule never holds."""
    changes: Doc = {"schedule": {"weekdays": [6, 7]}, "when": during(weekdays=[1])}
    expect_one(problems_of_campaign(changes), "campaigns[c].when.schedule", "the other schedules")


def test_a_campaign_that_keeps_this_one_away_never_comes_before_it() -> None:
    """It cannot be both demanded and kept apart."""
    changes: Doc = {
        "when": {"kind": "campaign_applied", "campaigns": ["before"]},
        "rewards": [PERCENT | {"lane": "late"}],
    }
    assert problems_of_campaign(changes) == []
    changes["not_with"] = ["before"]
    expect_one(problems_of_campaign(changes), "campaigns[c].when.campaigns", "not_with keeps")


@pytest.mark.parametrize(
    "changes",
    [
        {"rewards": [POINTS]},
        {"rewards": [PERCENT, PERCENT | {"lane": "late"}]},
        {"rewards": [], "issues": [{"kind": "give_gift", "gift": "cup"}]},
    ],
)
def test_a_campaign_comes_after_one_of_an_earlier_lane(changes: Doc) -> None:
    """Points come after all discounts, and what is issued after everything."""
    when = {"kind": "campaign_applied", "campaigns": ["before"]}
    assert problems_of_campaign({"when": when} | changes) == []
