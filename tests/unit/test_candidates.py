"""Candidates: through which index a campaign is reached, and whether it is open, nearly, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.candidates import candidates, judge, late_lacked
from checkout.engine.candidates import unmet as told_unmet
from checkout.engine.case import open_case
from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
from checkout.engine.facts import BudgetUse, Facts, MemberState, Offer
from checkout.engine.places import CompiledStore
from checkout.engine.receipt import Receipt
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.program import Program
from checkout.engine.schema.snapshot import Currency
from checkout.engine.unindexed import DATES_MAX
from tests.unit.engine_cases import NOW, STORE, catalogue, delivery, line

if TYPE_CHECKING:
    from checkout.engine.case import Case

Doc = dict[str, Any]

PERCENT: Doc = {"kind": "percent", "lane": "off", "rate_bp": 1_000}
MILK: Doc = {"skus": ["milk-1"]}
WINE: Doc = {"skus": ["wine"]}
PROGRAM: Doc = {
    "code": "club",
    "name": "Club",
    "currencies": [{"code": "points", "name": "Points"}],
    "tiers": [{"code": "gold", "name": "Gold"}],
    "lanes": [{"code": "off", "phase": "discount"}],
}


def opened(
    campaign: Doc, *skus: str, facts: Doc | None = None, program: Doc | None = None, **receipt: Any
) -> tuple[CompiledProgram, Case, CompiledCampaign]:
    """One campaign `c` in a program, and a receipt of these goods, or of a pencil."""
    whole = {"code": "c", "program": "club", "name": "C", "rewards": [PERCENT]} | campaign
    compiled = CompiledCampaign(Campaign.model_validate(whole))
    club = CompiledProgram(Program.model_validate(PROGRAM | (program or {})), catalogue())
    club.add(compiled)
    snapshot = CompiledSnapshot(
        "p", Currency(code="EUR"), catalogue(), {"one": CompiledStore(STORE)}, {"club": club}
    )
    fields = facts or {}
    if "member" in fields:
        fields = fields | {"member": MemberState(member_id="m", **fields["member"])}
    lines = [delivery() if sku == "delivery" else line(sku) for sku in skus or ("pencil",)]
    for position, each in enumerate(lines, start=1):
        each.position = position
    sent: Doc = {"store": "one", "local_time": NOW, "lines": tuple(lines)} | receipt
    case, found = open_case(snapshot, Facts(**fields), Receipt(**sent))
    return found, case, compiled


def is_reached(campaign: Doc, *skus: str, **rest: Any) -> bool:
    """Whether a receipt reaches the campaign."""
    program, case, compiled = opened(campaign, *skus, **rest)
    found = candidates(program, case)
    assert found in ([], [compiled])
    return bool(found)


def unmet(campaign: Doc, *skus: str, **rest: Any) -> tuple[str, str, str] | bool | None:
    """True if the campaign is open, the one condition that it lacks, or none."""
    _, case, compiled = opened(campaign, *skus, **rest)
    verdict = judge(compiled, case)
    if verdict.is_open:
        assert verdict.lacked is None
        return True
    if verdict.lacked is None:
        return None
    told = told_unmet(compiled, verdict.lacked, case)
    assert (told.campaign, told.name) == ("c", "C")
    return told.condition, told.needed, told.seen


def all_of(*conditions: Doc) -> Doc:
    return {"when": {"kind": "all", "of": list(conditions)}}


COUPON: Doc = {"kind": "coupon", "code": "SAVE"}
SERIES: Doc = {"kind": "coupon_series", "series": "s"}
HAS_MILK: Doc = {"kind": "contains_goods", "goods": MILK}
OFFER: Doc = {"kind": "personal_offer"}
LIST: Doc = {"kind": "member_list", "list": "vip"}
SEGMENT: Doc = {"kind": "segment", "segments": ["a", "b"]}
TIER: Doc = {"kind": "tier", "tiers": ["gold"]}
PLACE: Doc = {"kind": "place", "regions": ["north"]}
TILL: Doc = {"kind": "place", "terminals": [{"store": "one", "terminal": "5"}]}
ELSEWHERE: Doc = {"kind": "place", "stores": ["two"]}
APP: Doc = {"kind": "channel", "channels": ["app"]}


@pytest.mark.parametrize(
    ("conditions", "reaching", "missing"),
    [
        ([COUPON], {"coupons": ("save",)}, {"coupons": ("SAVE1",)}),
        (
            [SERIES],
            {"coupons": ("A1",), "facts": {"coupon_series": {"a1": "s"}}},
            {"coupons": ("B1",), "facts": {"coupon_series": {"A1": "s"}}},
        ),
        (
            [OFFER],
            {"facts": {"member": {"offers": {"c": Offer()}}}},
            {"facts": {"member": {"offers": {"d": Offer()}}}},
        ),
        ([LIST], {"facts": {"member": {"lists": {"vip"}}}}, {"facts": {"member": {}}}),
        ([SEGMENT], {"facts": {"member": {"segments": {"b"}}}}, {"facts": {"member": {}}}),
        ([TIER], {"facts": {"member": {"tier": "gold"}}}, {}),
        ([TILL], {"terminal": "5"}, {"terminal": "6"}),
    ],
)
def test_a_condition_at_the_top_is_an_index(
    conditions: list[Doc], reaching: Doc, missing: Doc
) -> None:
    """The campaign is reached with it, whatever else it asks, and not without."""
    campaign = all_of(APP, *conditions)
    assert is_reached(campaign, **reaching)
    assert not is_reached(campaign, **missing)


def test_a_place_is_an_index_of_its_stores() -> None:
    """A campaign for the region is reached in it, one for another store is not."""
    assert is_reached(all_of(PLACE))
    assert not is_reached(all_of(ELSEWHERE))


@pytest.mark.parametrize(
    ("rewards", "reached_by"),
    [
        ([PERCENT | {"goods": MILK}], {"milk-1"}),
        ([PERCENT | {"goods": MILK}, PERCENT | {"goods": WINE}], {"milk-1", "wine"}),
        ([PERCENT | {"goods": MILK}, PERCENT], {"milk-1", "wine", "pencil", "delivery"}),
        (
            [PERCENT | {"goods": {"but_not": MILK}}],
            {"milk-1", "wine", "pencil", "delivery"},
        ),
        ([PERCENT | {"goods": {"skus": ["delivery"], "kinds": ["delivery"]}}], {"delivery"}),
        ([PERCENT | {"goods": {"skus": ["delivery"]}}], set()),
        (
            [{"kind": "buy_get", "lane": "off", "buy": [{"goods": MILK}], "goods": WINE}],
            {"milk-1", "wine"},
        ),
        (
            [{"kind": "buy_get", "lane": "off", "buy": [{"goods": {}}], "goods": WINE}],
            {"milk-1", "wine", "pencil", "delivery"},
        ),
        (
            [
                {
                    "kind": "bundle",
                    "lane": "off",
                    "parts": [{"goods": MILK}, {"goods": {"categories": ["drinks"]}}],
                    "effect": {"rate_bp": 1_000},
                }
            ],
            {"milk-1", "wine"},
        ),
        (
            [{"kind": "gift", "lane": "off", "goods": MILK, "missing": "gift"}],
            {"milk-1", "wine", "pencil", "delivery"},
        ),
        ([{"kind": "gift", "lane": "off", "goods": MILK, "missing": "part"}], {"milk-1"}),
        ([], {"milk-1", "wine", "pencil", "delivery"}),
    ],
)
def test_goods_of_rewards_are_an_index_if_all_have_lists(
    rewards: list[Doc], reached_by: set[str]
) -> None:
    """One reward for all goods, or goods that are not there yet, and every receipt reaches it."""
    skus = ("milk-1", "wine", "pencil", "delivery")
    assert {sku for sku in skus if is_reached({"rewards": rewards}, sku)} == reached_by


def test_the_first_index_of_the_order_is_the_one() -> None:
    """Coupons before goods, goods before members and places; the others do not reach it."""
    member = {"facts": {"member": {"lists": {"vip"}, "tier": "gold"}}}
    both = all_of(LIST, HAS_MILK, COUPON, PLACE)
    assert is_reached(both, coupons=("SAVE",))
    assert not is_reached(both, "milk-1", **member)
    goods = all_of(PLACE, LIST, HAS_MILK)
    assert is_reached(goods, "milk-1")
    assert not is_reached(goods, "wine", **member)
    of_rewards = all_of(LIST) | {"rewards": [PERCENT | {"goods": WINE}]}
    assert is_reached(of_rewards, "wine")
    assert not is_reached(of_rewards, "milk-1", **member)
    listed = all_of(PLACE, TIER, LIST)
    assert not is_reached(listed, facts={"member": {"tier": "gold"}})
    assert is_reached(listed, **member)


def test_any_of_codes_and_series_is_an_index_of_all_of_them() -> None:
    """Each of them reaches the campaign; with anything else inside, every receipt does."""
    codes = {"kind": "any", "of": [COUPON, {**COUPON, "code": "GIVE"}, SERIES]}
    of_series = {"coupons": ("A1",), "facts": {"coupon_series": {"a1": "s"}}}
    for reaching in ({"coupons": ("save",)}, {"coupons": ("GIVE",)}, of_series):
        assert is_reached(all_of(APP, codes), **reaching)
        assert is_reached({"when": codes}, **reaching)
    assert not is_reached({"when": codes}, coupons=("TAKE",))
    assert not is_reached(all_of(HAS_MILK, codes), "milk-1")
    assert is_reached({"when": {"kind": "any", "of": [COUPON, {"kind": "all", "of": [SERIES]}]}})
    assert is_reached(all_of(COUPON, codes), coupons=("SAVE",))
    assert not is_reached(all_of(COUPON, codes), coupons=("GIVE",))


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ({}, {20, 21, 22}),
        ({"starts_at": "2026-11-21T18:31"}, {21, 22}),
        ({"ends_at": "2026-11-21T00:01"}, {20, 21}),
        ({"ends_at": "2026-11-21T00:00"}, {20}),
        ({"starts_at": "2026-11-21T00:00", "ends_at": "2026-11-22T00:00"}, {21}),
        ({"weekdays": [7]}, {20, 21, 22}),
    ],
)
@pytest.mark.parametrize("when", [None, PLACE])
def test_only_campaigns_of_the_day_are_candidates(
    schedule: Doc, days: set[int], when: Doc | None
) -> None:
    """Those whose dates lie on other days are not; asked for all, they are."""
    campaign = {"schedule": schedule, "when": when}
    moments = {day: NOW.replace(day=day) for day in (20, 21, 22)}
    reached = {day for day in moments if is_reached(campaign, local_time=moments[day])}
    assert reached == days
    for moment in moments.values():
        program, case, compiled = opened(campaign, local_time=moment)
        assert candidates(program, case, whole=True) == [compiled]


def test_few_days_are_remembered() -> None:
    """Receipts of any number of dates leave as much behind as those of a few."""
    program, case, compiled = opened({"schedule": {"starts_at": "2026-11-15T00:00"}})
    for _ in range(2):
        for day in range(10, 20):
            date = NOW.date().replace(day=day)
            expected = (compiled,) if day >= 15 else ()
            assert program.unindexed.everywhere(date) == expected
            assert program.unindexed.at_store(case.store, date) == ()
            assert len(program.unindexed._days) <= DATES_MAX


def test_a_condition_below_the_top_is_no_index() -> None:
    """Inside `any` and `not` it may be missing, so that every receipt reaches the campaign."""
    assert is_reached({"when": {"kind": "any", "of": [COUPON, TIER]}})
    assert is_reached({"when": {"kind": "not", "of": COUPON}})
    assert is_reached(all_of({"kind": "contains_goods", "goods": {"price_min_minor": 9_999}}))
    nested = {"kind": "all", "of": [APP, {"kind": "all", "of": [COUPON]}]}
    assert not is_reached({"when": nested})


def test_codes_are_found_as_the_program_reads_them() -> None:
    """One compiled campaign serves programs that read codes differently."""
    exact = {"coupons": {"case_matters": True}}
    assert not is_reached(all_of(COUPON), coupons=("save",), program=exact)
    assert is_reached(all_of(COUPON), coupons=("SAVE",), program=exact)
    program, _, compiled = opened(
        {"when": {"kind": "any", "of": [COUPON, {"kind": "not", "of": {**COUPON, "code": "NO"}}]}}
    )
    assert program.by_coupon_named == {"save": [compiled]}


LIMIT: Doc = {"code": "l", "name": "Once", "bound": 1, "period": "day"}


@pytest.mark.parametrize(
    ("campaign", "rest", "expected"),
    [
        ({}, {}, True),
        (all_of(APP), {}, ("channel", "app", "till")),
        (all_of(APP, TIER), {}, None),
        ({"schedule": {"weekdays": [7]}}, {}, ("schedule", "Sun", "2026-11-21T18:30")),
        ({"schedule": {"weekdays": [7]}} | all_of(APP), {}, None),
        ({"schedule": {"ends_at": "2026-11-21T18:30"}}, {}, None),
        ({"schedule": {"starts_at": "2026-11-21T18:30"}}, {}, True),
        ({"limits": [LIMIT]}, {}, ("limit", "Once: at most 1 per day", "a guest")),
        (
            {"limits": [LIMIT]},
            {"facts": {"member": {}, "limit_uses": {"c/l/2026-11-21": 1}}},
            ("limit", "Once: at most 1 per day", "1"),
        ),
        ({"limits": [LIMIT]}, {"facts": {"member": {}, "limit_uses": {"c/l/2026-11-20": 1}}}, True),
        ({"limits": [LIMIT]} | all_of(APP), {}, None),
        (
            {"budget": {"uses": 2}},
            {"facts": {"budgets": {"c": BudgetUse(uses=2)}}},
            ("budget", "budget left", "none"),
        ),
        ({"budget": {"uses": 2}}, {"facts": {"budgets": {"c": BudgetUse(uses=1)}}}, True),
        (
            {"budget": {"discount_minor": 100}},
            {"facts": {"budgets": {"c": BudgetUse(discount_minor=100)}}},
            ("budget", "budget left", "none"),
        ),
    ],
)
def test_a_campaign_that_lacks_one_thing_is_nearly_open(
    campaign: Doc, rest: Doc, expected: tuple[str, str, str] | bool | None
) -> None:
    """Hours, conditions, limits and the budget count one each; outside its dates it never is."""
    assert unmet(campaign, **rest) == expected


def test_late_conditions_are_judged_apart() -> None:
    """They keep nobody from being open; at the end the one that fails is told."""
    late = {"kind": "campaign_applied", "campaigns": ["a"]}
    later = {
        "kind": "receipt_amount",
        "compare": "at_most",
        "amount_minor": 900,
        "after": "earlier_lanes",
    }
    _, case, compiled = opened(all_of(late, later))
    assert judge(compiled, case).is_open
    assert late_lacked(compiled, case) is None
    case.granted.add("a")
    lacked = late_lacked(compiled, case)
    assert lacked is not None
    told = told_unmet(compiled, lacked, case)
    assert (told.condition, told.needed, told.seen) == ("receipt_amount", "at_most 900", "1000")
    case.lines[0].current_minor = 900
    assert late_lacked(compiled, case) is None
