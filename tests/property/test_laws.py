"""Laws of the engine that need no second opinion, over the generated sales of `tests/oracle`.

Sums, bounds, and one campaign more.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from checkout.engine.evaluate import evaluate
from checkout.engine.outcome_lines import LineDiscount, LinePoints
from checkout.engine.tilllines import till_lines
from tests.oracle.generated_baskets import seeded
from tests.oracle.running import (
    FACTS,
    RECEIPT,
    Doc,
    compiled,
    is_in_force,
    run_engine,
    world_in_force,
)
from tests.property.law_cases import SALES_PER_WORLD, WORLDS, Case, cases

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

#: What is taken off an amount.
TAKEN = ("external_discount", "manual_discount", "discount", "points_value", "certificates")


# --- Sums and bounds --------------------------------------------------------------------------


def test_every_sum_is_exact() -> None:
    """Rewards make up lines, shares make up lines, lines and campaigns make up the receipt."""
    for case in cases("sums"):
        outcome = case.outcome
        for line in outcome["lines"]:
            granted = [each["granted_minor"] for each in line["discounts"]]
            assert sum(granted) == line["discount_minor"]
            points = points_by_currency(line["points"])
            assert points[outcome["currency"]] == line["points_earned_minor"]
            for name in ("amount", *TAKEN):
                parts = [share[f"{name}_minor"] for share in line["shares"]]
                assert sum(parts) == line[f"{name}_minor"]
                assert min(parts) >= 0
        for name in ("amount", *TAKEN, "points_earned"):
            parts = [line[f"{name}_minor"] for line in outcome["lines"]]
            assert sum(parts) == outcome[f"{name}_minor"]
        applied = outcome["applied"]
        assert sum(each["discount_minor"] for each in applied) == outcome["discount_minor"]
        assert sum(each["points_minor"] for each in applied) == outcome["points_earned_minor"]
        of_lines = points_by_currency([p for line in outcome["lines"] for p in line["points"]])
        assert of_lines == points_by_currency(outcome["earned"])
        spent = [line["points_spent_minor"] for line in outcome["lines"]]
        assert sum(spent) == outcome["redemption"]["points_minor"]
        paid = outcome["amount_minor"] - sum(outcome[f"{name}_minor"] for name in TAKEN)
        assert paid >= 0
        assert outcome["payable_minor"] == paid - outcome["rounding_minor"] >= 0


def points_by_currency(points: list[Doc]) -> Counter[str]:
    """Sums of points of each currency."""
    total: Counter[str] = Counter()
    for each in points:
        total[each["currency"]] += each["points_minor"]
    return total


def test_every_till_line_stands_for_itself() -> None:
    """Each till line has one share, with its own amount and external discount."""
    for case in cases("shares"):
        shares = {s["position"]: s for line in case.outcome["lines"] for s in line["shares"]}
        assert sorted(shares) == sorted(line["position"] for line in case.receipt["lines"])
        for position, share in shares.items():
            line = case.till_line(position)
            assert share["amount_minor"] == line["amount_minor"]
            assert share["external_discount_minor"] == line["external_discount_minor"]


def test_what_a_till_prints_adds_up_in_both_directions() -> None:
    """Rewards make up the till line, and till lines make up each reward of the receipt."""
    several = 0
    for case in cases("till"):
        facts, receipt = FACTS.validate_python(case.facts), RECEIPT.validate_python(case.receipt)
        outcome = evaluate(case.snapshot, facts, receipt)
        printed = {line.position: line for line in till_lines(outcome)}
        assert list(printed) == sorted(line.position for line in receipt.lines)
        for line in printed.values():
            assert sum(each.granted_minor for each in line.discounts) == line.discount_minor
            first = [each for each in line.points if each.currency == outcome.currency]
            assert sum(each.points_minor for each in first) == line.points_earned_minor
            taken = sum(getattr(line, f"{name}_minor") for name in TAKEN)
            assert line.payable_minor == line.amount_minor - taken
        for whole in outcome.lines:
            parts = [printed[share.position] for share in whole.shares]
            several += len(parts) > 1 and bool(whole.discounts)
            for share, part in zip(whole.shares, parts, strict=True):
                assert part.discount_minor == share.discount_minor
                assert part.points_value_minor == share.points_value_minor
            for name in ("discounts", "points"):
                of_parts = [each for part in parts for each in getattr(part, name)]
                assert total_by_campaign(of_parts) == total_by_campaign(getattr(whole, name))
    assert several > WORLDS


def total_by_campaign(
    rewards: list[LineDiscount] | list[LinePoints],
) -> Counter[tuple[str, ...]]:
    """What each campaign granted in each lane, in money and in each currency of points."""
    total: Counter[tuple[str, ...]] = Counter()
    for each in rewards:
        if isinstance(each, LineDiscount):
            total[each.campaign, each.lane] += each.granted_minor
        else:
            total[each.campaign, each.lane, each.currency] += each.points_minor
    return total


def test_no_discount_of_ours_goes_below_a_floor() -> None:
    """What is payable is below the least price only where external discounts made it so."""
    for case in cases("floors"):
        for line in case.outcome["lines"]:
            for share in line["shares"]:
                till = case.till_line(share["position"])
                price = share["amount_minor"] - share["external_discount_minor"]
                start = price - share["manual_discount_minor"]
                floor = till["min_price_minor"] * till["quantity_milli"] // 1000
                assert start - share["discount_minor"] >= min(price, floor)
                assert share["points_value_minor"] <= start - share["discount_minor"]
                if till["no_discount"]:
                    assert share["discount_minor"] == share["manual_discount_minor"] == 0
                if till["kind"] == "delivery":
                    assert share["manual_discount_minor"] == share["points_value_minor"] == 0


def program_of(case: Case) -> Doc:
    """The program of the receipt's store."""
    store = next(s for s in case.world.stores if s["code"] == case.receipt["store"])
    return next(p for p in case.world.programs if p["code"] == store["program"])


def test_discounts_stay_within_the_programs_cap() -> None:
    """External, manual and our discounts; where others alone are more, ours are nothing."""
    capped = 0
    for case in cases("caps"):
        program = program_of(case)
        cap = program.get("discount_cap")
        if cap is None:
            continue
        capped += 1
        counted = [
            line
            for line in case.outcome["lines"]
            if case.till_line(line["shares"][0]["position"])["kind"] != "delivery"
        ]

        def summed(name: str, lines: list[Doc] = counted) -> int:
            return sum(line[f"{name}_minor"] for line in lines)

        bounds = [
            summed("amount") * cap.get("rate_bp", 10_000) // 10_000,
            cap.get("amount_minor", summed("amount")),
        ]
        in_cap = program.get("manual_discounts", {}).get("in_cap", True)
        before = summed("external_discount") + (summed("manual_discount") if in_cap else 0)
        assert summed("discount") <= max(0, min(bounds) - before)
    assert capped > WORLDS


def test_budgets_and_limits_are_never_exceeded() -> None:
    """What was used before and what this receipt takes lie within every bound.

    But for sales that are refused for it, and for intervals, which are no sums.
    """
    claimed = 0
    for case in cases("claims"):
        campaigns = {campaign["code"]: campaign for campaign in case.world.snapshot["campaigns"]}
        for claim in case.outcome["budget_claims"]:
            budget = campaigns[claim["campaign"]]["budget"]
            used = case.facts["budgets"].get(claim["campaign"], {})
            for name in ("discount_minor", "uses"):
                if name in budget:
                    assert used.get(name, 0) + claim[name] <= budget[name]
            claimed += 1
        refused = {each["limit"] for each in case.outcome["refused"]}
        for claim in case.outcome["limit_claims"]:
            owner = campaigns[claim["campaign"]] if claim["campaign"] else program_of(case)
            limit = next(each for each in owner["limits"] if each["code"] == claim["limit"])
            if limit["measure"] == "interval" or limit["code"] in refused:
                continue
            slot, _, sku = claim["slot"].partition("/")
            slot = "rolling" if limit["period"] == "rolling" else slot
            key = f"{claim['campaign']}/{claim['limit']}/{slot}" + (f"/{sku}" if sku else "")
            assert case.facts["limit_uses"].get(key, 0) + claim["uses"] <= claim["bound"]
            claimed += 1
    assert claimed > WORLDS


def test_points_paid_are_worth_what_they_pay() -> None:
    """The fewest points of their value, no more than the member has or the maximum allows."""
    paid = 0
    for case in cases("points"):
        redemption = case.outcome["redemption"]
        program = program_of(case)
        code = redemption["currency"]
        currency = next(each for each in program["currencies"] if each["code"] == code)
        value_minor = currency["value_minor"]
        value_points_minor = currency["value_points_minor"]
        points, value = redemption["points_minor"], redemption["value_minor"]
        assert points * value_minor // value_points_minor == value
        assert points <= redemption["max_points_minor"]
        assert value <= redemption["max_value_minor"]
        if redemption["refused"]:
            assert (points, value) == (0, 0)
        if points > 0:
            paid += 1
            rules = program_of(case).get("redemption", {})
            step, least = rules.get("step_points_minor", 1), rules.get("min_points_minor", 0)
            assert points % step == 0
            assert points >= least
            fewer = points - step
            assert fewer < least or fewer * value_minor // value_points_minor < value
            assert points <= case.facts["member"]["points"][redemption["currency"]]
            least = program.get("redemption", {}).get("min_money_minor", 0)
            payable = case.outcome["payable_minor"] + case.outcome["rounding_minor"]
            for certificate in case.outcome["certificates"]:
                payable += 0 if certificate["units"] else certificate["paid_minor"]
            assert payable >= least
    assert paid > WORLDS // 4


#: What a plain campaign may have: nothing that counts, compares or keeps others away.
PLAIN = {"code", "program", "name", "rewards", "priority", "schedule", "when", "messages", "issues"}
#: What the plain rewards have: so much off each line, whatever others took off before.
PLAIN_REWARDS = {
    "percent": {"kind", "lane", "goods", "rate_bp", "rounding"},
    "amount": {"kind", "lane", "goods", "amount_minor", "per"},
    "fixed_price": {"kind", "lane", "goods", "price_minor", "per"},
}


def is_plain(campaign: Doc) -> bool:
    """Whether a campaign is in the range of the law below.

    What is spread over lines in whole units may move odd units to lines where a later percentage
    takes them anyway; what looks at earlier lanes, or at what else was granted, may give less.
    """
    late = any(word in json.dumps(campaign) for word in ("campaign_applied", "earlier_lanes"))
    return (
        campaign.keys() <= PLAIN
        and not late
        and all(
            reward.keys() <= PLAIN_REWARDS.get(reward["kind"], set())
            and reward.get("per") in {None, "unit", "quantity", "line"}
            for reward in campaign["rewards"]
        )
    )


def for_all(program: Doc) -> Doc:
    """The program with lanes for all, and a cap that is used up to its last part."""
    lanes = [{**lane, "policy": "all", "scope": "line"} for lane in program["lanes"]]
    cap = {**program.get("discount_cap", {}), "above": "part"}
    return {**program, "lanes": lanes, "discount_cap": cap}


def test_one_more_campaign_in_a_lane_for_all_makes_no_receipt_dearer() -> None:
    """Whatever else is in force, money is never lost by a further plain offer beside all others."""
    cheaper = same = 0
    for number in range(2 * WORLDS):
        world = world_in_force(f"more/{number}")
        programs = [for_all(program) for program in world.snapshot["programs"]]
        plain = [each for each in world.snapshot["campaigns"] if is_plain(each)]
        before = {**world.snapshot, "programs": programs, "campaigns": plain}
        drawn = [world.any_campaign("further") for _ in range(20)]
        further = [each for each in drawn if is_plain(each) and each["rewards"]]
        if number % 2:
            further = [{**each, "when": None, "schedule": {}} for each in further]
        after = {**before, "campaigns": [*plain, *further[:1]]}
        if not further or not is_in_force(before) or not is_in_force(after):
            continue
        without, with_it = compiled(before), compiled(after)
        for _ in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            discount = run_engine(without, facts, receipt)["discount_minor"]
            more = run_engine(with_it, facts, receipt)["discount_minor"]
            assert more >= discount
            cheaper += more > discount
            same += more == discount
    assert cheaper > WORLDS // 4
    assert same > WORLDS // 4


def test_a_higher_budget_never_grants_less() -> None:
    """In lanes for all, more money in a plain campaign's budget makes no receipt dearer."""
    more = same = 0
    for number in range(WORLDS):
        world = world_in_force(f"budget/{number}")
        programs = [for_all(program) for program in world.snapshot["programs"]]
        drawn = [world.any_campaign(f"b{place}") for place in range(20)]
        plain = [each for each in drawn if is_plain(each) and each["rewards"]]
        if number % 2:
            plain = [{**each, "when": None, "schedule": {}} for each in plain]
        chance = seeded(f"budget/{number}")
        low = chance.randrange(3_000)
        high = low + chance.randrange(1, 3_000)
        poor, rich = (
            {**world.snapshot, "programs": programs, "campaigns": with_budget(plain, money)}
            for money in (low, high)
        )
        if not plain or not is_in_force(poor):
            continue
        compiled_poor, compiled_rich = compiled(poor), compiled(rich)
        for _ in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            facts = {**facts, "budgets": {}}
            less, no_less = (
                run_engine(snapshot, facts, receipt) for snapshot in (compiled_poor, compiled_rich)
            )
            assert no_less["discount_minor"] >= less["discount_minor"]
            assert of_budgets(no_less) >= of_budgets(less)
            more += of_budgets(no_less) > of_budgets(less)
            same += of_budgets(no_less) == of_budgets(less)
    assert more > WORLDS // 8
    assert same > WORLDS // 4


def with_budget(campaigns: list[Doc], discount_minor: int) -> list[Doc]:
    """The campaigns, the first of them with a budget of so much money."""
    first, *others = campaigns or [{}]
    return [{**first, "budget": {"discount_minor": discount_minor, "above": "part"}}, *others]


def of_budgets(outcome: Doc) -> int:
    """What was granted out of budgets."""
    return sum(claim["discount_minor"] for claim in outcome["budget_claims"])
