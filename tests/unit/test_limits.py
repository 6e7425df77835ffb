"""Limits: slots, what is left, when one fails, and on how much of each line it lets work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from checkout.engine.case import open_case
from checkout.engine.compiled_campaign import CompiledCampaign
from checkout.engine.compiler import compile_snapshot
from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.facts import Facts
from checkout.engine.limits import CompiledLimit, allowed_quantities
from checkout.engine.receipt import Receipt
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.limits import Limit, ProgramLimit
from checkout.engine.schema.snapshot import Snapshot

if TYPE_CHECKING:
    from checkout.engine.case import Case

Doc = dict[str, Any]

SNAPSHOT = Snapshot.model_validate(
    {
        "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
        "programs": [
            {
                "code": "club",
                "name": "Club",
                "currencies": [{"code": "pt", "name": "Points"}],
                "lanes": [{"code": "main", "phase": "discount"}],
            }
        ],
        "chains": [{"code": "c", "name": "C"}],
        "stores": [{"code": "s", "chain": "c", "program": "club", "name": "S"}],
    }
)
#: Per unit: 1.00, 3.00, 2.00 and 2.00; the weighed line costs 2.50 as a whole.
LINES = [
    {"sku": "a", "quantity_milli": 4000, "price_minor": 100, "amount_minor": 400},
    {"sku": "b", "quantity_milli": 2000, "price_minor": 300, "amount_minor": 600},
    {"sku": "c", "quantity_milli": 1500, "price_minor": 200, "amount_minor": 300},
    {"sku": "d", "quantity_milli": 1000, "price_minor": 200, "amount_minor": 200},
    {"sku": "e", "quantity_milli": 5000, "price_minor": 50, "amount_minor": 250, "weighed": True},
]


def case_of(
    uses: dict[str, int] | None = None, *, lines: list[Doc] = LINES, guest: bool = False
) -> Case:
    """A receipt of Sunday, 2026-11-22, 18:30:15, with uses so far."""
    facts: Doc = {"limit_uses": uses or {}, "member": None if guest else {"member_id": "m"}}
    receipt = {
        "store": "s",
        "local_time": "2026-11-22T18:30:15",
        "lines": [{"position": i, **line} for i, line in enumerate(lines, 1)],
    }
    case, _ = open_case(
        compile_snapshot(SNAPSHOT),
        TypeAdapter(Facts).validate_python(facts),
        TypeAdapter(Receipt).validate_python(receipt),
    )
    return case


def limit_of(campaign: str = "spring", **more: object) -> CompiledLimit:
    """A limit `few` of a campaign; per receipt unless said otherwise."""
    document = {"code": "few", "name": "Few", "bound": 5, "period": "receipt", **more}
    return CompiledLimit(Limit.model_validate(document), campaign, None)


def campaign_with(*limits: CompiledLimit) -> CompiledCampaign:
    """A campaign with some limits."""
    documents = tuple(limit.document for limit in limits)
    document = {"code": "spring", "program": "club", "name": "Spring", "limits": documents}
    return CompiledCampaign(Campaign.model_validate(document))


def allowed(case: Case, *limits: CompiledLimit) -> dict[str, int] | None:
    """What the limits of one campaign let through, by sku."""
    found = allowed_quantities(campaign_with(*limits), case)
    return {line.sku: q for line, q in found.items()} if found is not None else None


@pytest.mark.parametrize(
    ("terms", "read", "claimed"),
    [
        ({"period": "day"}, "2026-11-22", "2026-11-22"),
        ({"period": "week"}, "2026-11-16", "2026-11-16"),
        ({"period": "month"}, "2026-11-01", "2026-11-01"),
        ({"period": "lifetime"}, "1970-01-01", "1970-01-01"),
        ({"period": "rolling", "rolling_hours": 48}, "rolling", "2026-11-22T18"),
        ({"period": "rolling", "rolling_hours": 49}, "rolling", "2026-11-22"),
        ({"period": "day", "measure": "interval"}, "last", "2026-11-22T18:30:15"),
        ({"period": "receipt"}, "", ""),
    ],
)
def test_the_slot_is_that_of_the_period(terms: Doc, read: str, claimed: str) -> None:
    """What was used is read under one slot, and what this receipt uses is claimed under another."""
    limit = limit_of(**terms)
    assert limit.slot(case_of()) == read
    assert limit.claim_slot(case_of()) == claimed


def test_a_slot_of_each_sku_ends_with_the_sku() -> None:
    """A limit that counts each article has a slot for each."""
    limit = limit_of(period="day", measure="units", each_sku=True)
    assert limit.slot(case_of(), "a") == "2026-11-22/a"
    assert limit.claim_slot(case_of(), "a") == "2026-11-22/a"


@pytest.mark.parametrize(("used", "left"), [(0, 5), (3, 2), (5, 0), (9, 0)])
def test_what_is_left_is_the_bound_less_the_use(used: int, left: int) -> None:
    """Never less than nothing; a limit of which nothing is left is full."""
    limit = limit_of(period="day")
    case = case_of({"spring/few/2026-11-22": used, "spring/few/2026-11-21": 5})
    assert limit.left(case) == left
    assert limit.is_full(case) is (left == 0)


def test_a_limit_per_receipt_counts_from_nothing() -> None:
    """Whatever the facts say, each receipt has the whole bound, and claims nothing."""
    limit = limit_of()
    assert limit.left(case_of({"spring/few/": 5, "spring/few/receipt": 5})) == 5
    assert limit.claim_slot(case_of()) == ""


@pytest.mark.parametrize("subject", ["member", "card", "household"])
def test_a_campaigns_personal_limit_fails_with_a_guest(subject: str) -> None:
    """Who is nobody has no use so far that could be counted."""
    limit = limit_of(period="day", subject=subject)
    assert limit.is_full(case_of(guest=True))
    assert limit.failure(case_of(guest=True), AS_WRITTEN) == (
        *("limit", "Few: at most 5 per day", "a guest"),
    )


def test_a_limit_of_a_store_does_not_ask_who_buys() -> None:
    """A guest uses it like anybody else."""
    limit = limit_of(period="day", subject="store")
    assert not limit.is_full(case_of(guest=True))
    assert limit.claim_slot(case_of(guest=True)) == "2026-11-22"


def test_the_programs_personal_limit_leaves_a_guest_alone() -> None:
    """The use so far is 0, and nothing is claimed."""
    document = {"code": "few", "name": "Few", "bound": 5, "period": "day"}
    limit = CompiledLimit(ProgramLimit.model_validate(document), "", None)
    case = case_of({"/few/2026-11-22": 5}, guest=True)
    assert limit.left(case) == 5
    assert not limit.is_full(case)
    assert limit.claim_slot(case) == ""
    assert limit.is_full(case_of({"/few/2026-11-22": 5}))


@pytest.mark.parametrize(("minutes", "full"), [(None, False), (0, True), (29, True), (30, False)])
def test_an_interval_fails_until_its_minutes_are_over(minutes: int | None, *, full: bool) -> None:
    """The first use ever is free; later ones wait for the bound."""
    limit = limit_of(period="day", measure="interval", bound=30)
    uses = {} if minutes is None else {"spring/few/last": minutes}
    assert limit.is_full(case_of(uses)) is full


def test_a_limit_of_each_sku_never_fails_as_a_whole() -> None:
    """Only the articles that are used up are shut out."""
    limit = limit_of(period="day", measure="units", each_sku=True, bound=3)
    case = case_of({"spring/few/2026-11-22/a": 3, "spring/few/2026-11-22/b": 2})
    assert not limit.is_full(case)
    assert allowed(case, limit) == {"a": 0, "b": 1000, "c": 1000, "d": 1000, "e": 5000}


def test_a_limit_outside_its_schedule_does_not_exist() -> None:
    """It neither fails nor binds."""
    limit = limit_of(measure="units", bound=0, schedule={"weekdays": [1]})
    assert not limit.in_force(case_of())
    assert not limit.is_full(case_of())
    assert limit.failure(case_of(), AS_WRITTEN) is None
    assert allowed(case_of(), limit) is None


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("cheapest", {"a": 4000, "b": 0, "c": 0, "d": 1000, "e": 0}),
        ("dearest", {"a": 0, "b": 2000, "c": 1000, "d": 1000, "e": 5000}),
        ("receipt_order", {"a": 4000, "b": 1000, "c": 0, "d": 0, "e": 0}),
    ],
)
def test_units_go_to_lines_in_the_limits_order(which: str, expected: dict[str, int]) -> None:
    """Whole units by the price of one; `c` and `d` tie: dearest takes the earlier first."""
    assert allowed(case_of(), limit_of(measure="units", which=which)) == expected


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("cheapest", {"a": 4000, "b": 0, "c": 500, "d": 1000, "e": 0}),
        ("dearest", {"a": 0, "b": 2000, "c": 0, "d": 0, "e": 3500}),
        ("receipt_order", {"a": 4000, "b": 1500, "c": 0, "d": 0, "e": 0}),
    ],
)
def test_quantities_are_cut_to_the_thousandth(which: str, expected: dict[str, int]) -> None:
    """Of a limit on quantity the last line gets what is left, weighed or not."""
    assert allowed(case_of(), limit_of(measure="quantity", bound=5500, which=which)) == expected


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("cheapest", {"a": 4000, "b": 0, "c": 750, "d": 1000, "e": 0}),
        ("dearest", {"a": 0, "b": 2000, "c": 0, "d": 0, "e": 3000}),
        ("receipt_order", {"a": 4000, "b": 1166, "c": 0, "d": 0, "e": 0}),
    ],
)
def test_amounts_are_cut_in_proportion_to_the_start(which: str, expected: dict[str, int]) -> None:
    """Where a line's start does not fit, its quantity × left / start, down."""
    assert allowed(case_of(), limit_of(measure="amount", bound=750, which=which)) == expected


def test_a_weighed_line_is_one_unit_or_none() -> None:
    """It is never cut by a limit on units."""
    lines = [LINES[4], {**LINES[4], "quantity_milli": 6000, "amount_minor": 300}]
    found = allowed_quantities(
        campaign_with(limit_of(measure="units", bound=1)), case_of(lines=lines)
    )
    assert found is not None
    assert sorted(found.values()) == [0, 5000]


def test_of_several_limits_the_smallest_quantity_counts() -> None:
    """Each deals out on its own."""
    units = limit_of(measure="units", bound=5)
    quantity = limit_of(measure="quantity", bound=3000, which="receipt_order")
    assert allowed(case_of(), units, quantity) == {"a": 3000, "b": 0, "c": 0, "d": 0, "e": 0}


def test_other_limits_bind_no_quantity() -> None:
    """A campaign that counts receipts or money works on whole lines."""
    assert allowed(case_of(), limit_of(), limit_of(measure="discount")) is None
