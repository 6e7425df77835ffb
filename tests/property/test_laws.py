"""Laws of the engine that need no second opinion, over the generated sales of `tests/oracle`."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from checkout.engine.evaluate import evaluate
from checkout.engine.outcome import LineDiscount, LinePoints
from checkout.engine.tilllines import till_lines
from tests.oracle.generated_baskets import seeded
from tests.oracle.oracle_lines import IDENTITY, LINE_DEFAULTS
from tests.oracle.running import FACTS, RECEIPT, Doc, compiled, run_engine, world_in_force

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from tests.oracle.generators import World

WORLDS = 150
SALES_PER_WORLD = 8
ROOT = Path(__file__).parents[2]


class Case(NamedTuple):
    """A generated sale, its outcome, and chance of its own for what a law does to it."""

    world: World
    snapshot: CompiledSnapshot
    facts: Doc
    receipt: Doc
    outcome: Doc
    chance: random.Random

    def again(self, receipt: Doc) -> Doc:
        """The outcome of another receipt in the same world."""
        return run_engine(self.snapshot, self.facts, receipt)

    def till_line(self, position: int) -> Doc:
        """A line of the receipt with its defaults."""
        line = next(each for each in self.receipt["lines"] if each["position"] == position)
        return {**LINE_DEFAULTS, **line}


def cases(law: str, worlds: int = WORLDS) -> Iterator[Case]:
    """Sales for one law: each law has worlds of its own."""
    for number in range(worlds):
        world = world_in_force(f"{law}/{number}")
        snapshot = compiled(world.snapshot)
        for sale in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            outcome = run_engine(snapshot, facts, receipt)
            chance = seeded(f"{law}/{number}/{sale}")
            yield Case(world, snapshot, facts, receipt, outcome, chance)


def without_shares(outcome: Doc) -> Doc:
    """The outcome but for what belongs to which till line."""
    lines = [{**line, "shares": []} for line in outcome["lines"]]
    return {**outcome, "lines": lines}


def shuffled(chance: random.Random, rows: list[Doc]) -> list[Doc]:
    return chance.sample(rows, len(rows))


# --- Order, splitting, merging ----------------------------------------------------------------


def test_the_order_of_lines_and_coupons_changes_nothing() -> None:
    """A receipt written in another order has the same outcome to the last share."""
    for case in cases("order"):
        receipt = {
            **case.receipt,
            "lines": shuffled(case.chance, case.receipt["lines"]),
            "coupons": shuffled(case.chance, case.receipt.get("coupons", [])),
        }
        assert case.again(receipt) == case.outcome


def test_other_positions_on_the_receipt_change_no_line() -> None:
    """Where a line stands decides only which of equal till lines gets an odd unit."""
    for case in cases("positions"):
        lines = [
            {**line, "position": position}
            for position, line in enumerate(shuffled(case.chance, case.receipt["lines"]), 1)
        ]
        again = case.again({**case.receipt, "lines": lines})
        assert without_shares(again) == without_shares(case.outcome)


def test_the_order_of_a_snapshot_changes_nothing() -> None:
    """Campaigns, stores, programs, articles and categories may be written in any order."""
    for case in cases("snapshot"):
        snapshot = {
            name: shuffled(case.chance, part) if isinstance(part, list) else part
            for name, part in case.world.snapshot.items()
        }
        assert run_engine(compiled(snapshot), case.facts, case.receipt) == case.outcome


def test_splitting_a_line_changes_nothing() -> None:
    """Two lines of the same price that make up one conserve every number but the shares."""
    split = 0
    for case in cases("split"):
        lines = copy.deepcopy(case.receipt["lines"])
        line = case.chance.choice(lines)
        if line.get("weighed") or line["quantity_milli"] < 2:
            continue
        split += 1
        quantity = case.chance.randint(1, line["quantity_milli"] - 1)
        amount = line["amount_minor"] * quantity // line["quantity_milli"]
        external = line.get("external_discount_minor", 0)
        its_external = case.chance.randint(
            max(0, external - (line["amount_minor"] - amount)), min(external, amount)
        )
        other = {
            **line,
            "position": 1_000_000,
            "quantity_milli": quantity,
            "amount_minor": amount,
            "external_discount_minor": its_external,
        }
        line["quantity_milli"] -= quantity
        line["amount_minor"] -= amount
        line["external_discount_minor"] = external - its_external
        again = case.again({**case.receipt, "lines": [*lines, other]})
        assert without_shares(again) == without_shares(case.outcome)
    assert split > WORLDS


def test_merging_equal_lines_changes_nothing() -> None:
    """A till that adds equal lines up gets what one that does not gets."""
    merged = 0
    for case in cases("merge"):
        groups: dict[tuple[object, ...], Doc] = {}
        for line in ({**LINE_DEFAULTS, **each} for each in case.receipt["lines"]):
            alone = line["position"] if line["weighed"] else 0  # each weighing is a unit
            into = groups.setdefault((alone, *(line[name] for name in IDENTITY)), line)
            if into is not line:
                merged += 1
                for name in ("quantity_milli", "amount_minor", "external_discount_minor"):
                    into[name] += line[name]
        again = case.again({**case.receipt, "lines": list(groups.values())})
        assert without_shares(again) == without_shares(case.outcome)
    assert merged > WORLDS


# --- Sums and bounds --------------------------------------------------------------------------


def test_every_sum_is_exact() -> None:
    """Rewards make up lines, shares make up lines, lines and campaigns make up the receipt."""
    for case in cases("sums"):
        outcome = case.outcome
        for line in outcome["lines"]:
            granted = [each["granted_minor"] for each in line["discounts"]]
            points = [each["points_minor"] for each in line["points"]]
            assert sum(granted) == line["discount_minor"]
            assert sum(points) == line["points_earned_minor"]
            for name in ("amount", "external_discount", "discount", "points_value"):
                parts = [share[f"{name}_minor"] for share in line["shares"]]
                assert sum(parts) == line[f"{name}_minor"]
                assert min(parts) >= 0
        for name in ("amount", "external_discount", "discount", "points_value", "points_earned"):
            parts = [line[f"{name}_minor"] for line in outcome["lines"]]
            assert sum(parts) == outcome[f"{name}_minor"]
        applied = outcome["applied"]
        assert sum(each["discount_minor"] for each in applied) == outcome["discount_minor"]
        assert sum(each["points_minor"] for each in applied) == outcome["points_earned_minor"]
        spent = [line["points_spent_minor"] for line in outcome["lines"]]
        assert sum(spent) == outcome["redemption"]["points_minor"]
        taken = ("external_discount_minor", "discount_minor", "points_value_minor")
        paid = outcome["amount_minor"] - sum(outcome[name] for name in taken)
        assert outcome["payable_minor"] == paid >= 0


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
            assert sum(each.points_minor for each in line.points) == line.points_earned_minor
            taken = line.external_discount_minor + line.discount_minor + line.points_value_minor
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


def total_by_campaign(rewards: list[LineDiscount] | list[LinePoints]) -> Counter[tuple[str, str]]:
    """What each campaign granted in each lane."""
    total: Counter[tuple[str, str]] = Counter()
    for each in rewards:
        granted = each.granted_minor if isinstance(each, LineDiscount) else each.points_minor
        total[each.campaign, each.lane] += granted
    return total


def test_no_discount_of_ours_goes_below_a_floor() -> None:
    """What is payable is below the least price only where external discounts made it so."""
    for case in cases("floors"):
        for line in case.outcome["lines"]:
            for share in line["shares"]:
                till = case.till_line(share["position"])
                start = share["amount_minor"] - share["external_discount_minor"]
                floor = till["min_price_minor"] * till["quantity_milli"] // 1000
                assert start - share["discount_minor"] >= min(start, floor)
                assert share["points_value_minor"] <= start - share["discount_minor"]
                if till["no_discount"] or till["kind"] == "delivery":
                    assert share["discount_minor"] == 0


def test_discounts_stay_within_the_programs_cap() -> None:
    """External discounts and ours together; where theirs alone are more, ours are nothing."""
    capped = 0
    for case in cases("caps"):
        store = next(s for s in case.world.stores if s["code"] == case.receipt["store"])
        program = next(p for p in case.world.programs if p["code"] == store["program"])
        cap = program.get("discount_cap")
        if cap is None:
            continue
        capped += 1
        counted = [line for line in case.receipt["lines"] if line.get("kind") != "delivery"]
        external = sum(line.get("external_discount_minor", 0) for line in counted)
        amount = sum(line["amount_minor"] for line in counted)
        bounds = [amount * cap["rate_bp"] // 10_000] if "rate_bp" in cap else []
        bounds += [cap["amount_minor"]] if "amount_minor" in cap else []
        assert case.outcome["discount_minor"] <= max(0, min(bounds) - external)
    assert capped > WORLDS


def test_budgets_and_limits_are_never_exceeded() -> None:
    """What was used before and what this receipt takes lie within every bound."""
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
        for claim in case.outcome["limit_claims"]:
            key = f"{claim['campaign']}/{claim['limit']}/{claim['slot']}"
            used = case.facts["member"]["limit_uses"].get(key, 0)
            assert used + claim["uses"] <= claim["bound"]
            claimed += 1
    assert claimed > WORLDS


def test_points_paid_are_worth_what_they_pay() -> None:
    """The fewest points of their value, no more than the member has or the maximum allows."""
    paid = 0
    for case in cases("points"):
        redemption = case.outcome["redemption"]
        store = next(s for s in case.world.stores if s["code"] == case.receipt["store"])
        program = next(p for p in case.world.programs if p["code"] == store["program"])
        value_minor = program["currency"]["value_minor"]
        value_points_minor = program["currency"]["value_points_minor"]
        points, value = redemption["points_minor"], redemption["value_minor"]
        assert points * value_minor // value_points_minor == value
        assert points <= redemption["max_points_minor"]
        assert value <= redemption["max_value_minor"]
        if redemption["refused"]:
            assert (points, value) == (0, 0)
        if points > 0:
            paid += 1
            assert (points - 1) * value_minor // value_points_minor < value
            assert points <= case.facts["member"]["points"][redemption["currency"]]
            least = program.get("redemption", {}).get("min_money_minor", 0)
            assert case.outcome["payable_minor"] >= least
    assert paid > WORLDS // 4


# --- The same again, and more campaigns -------------------------------------------------------


def test_a_receipt_has_one_outcome_whenever_it_is_asked() -> None:
    """Asking again, after other receipts, answers the same."""
    asked = list(cases("again"))
    for case in asked:
        assert case.again(case.receipt) == case.outcome


OUTCOMES = """
import hashlib, json
from tests.oracle.running import compiled, run_engine
digest = hashlib.sha256()
for number in range(10):
    world = World(f"hash/{number}")
    snapshot = compiled(world.snapshot)
    for _ in range(5):
        digest.update(json.dumps(run_engine(snapshot, *world.sale())).encode())
print(digest.hexdigest())
"""


def test_outcomes_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    """Two processes with other orders of their sets and the same sales answer the same bytes."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", OUTCOMES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def is_outside(world: World) -> bool:
    """Whether a world is outside the range of the law below.

    An amount off the receipt, and what a campaign's budget has left, are spread over lines in whole
    units: other prices may move odd units to lines where a later percentage takes them anyway.
    """
    campaigns = world.snapshot["campaigns"]
    kinds = {reward["kind"] for campaign in campaigns for reward in campaign["rewards"]}
    budgets = [campaign["budget"] for campaign in campaigns if campaign.get("budget")]
    return "receipt_amount_off" in kinds or any("discount_minor" in each for each in budgets)


def test_one_more_campaign_in_a_lane_for_all_makes_no_receipt_dearer() -> None:
    """Whatever else is in force, money is never lost by a further offer beside all others."""
    cheaper = same = 0
    for case in cases("more", 4 * WORLDS):
        if is_outside(case.world):
            continue
        further = case.world.campaign("further", plain=False)
        program = next(p for p in case.world.programs if p["code"] == further["program"])
        lanes = {lane["code"]: lane for lane in program["lanes"]}
        rewards = [each for each in further["rewards"] if is_for_all(lanes[each["lane"]])]
        if not rewards:
            continue
        further = {**further, "rewards": rewards, "budget": None, "limits": [], "schedule": {}}
        if case.chance.randrange(4):
            further["when"] = None
        campaigns = [*case.world.snapshot["campaigns"], further]
        snapshot = compiled({**case.world.snapshot, "campaigns": campaigns})
        with_it = run_engine(snapshot, case.facts, case.receipt)
        assert with_it["discount_minor"] >= case.outcome["discount_minor"]
        cheaper += with_it["discount_minor"] > case.outcome["discount_minor"]
        same += with_it["discount_minor"] == case.outcome["discount_minor"]
    assert cheaper > WORLDS // 4
    assert same > WORLDS // 4


def is_for_all(lane: Doc) -> bool:
    return (lane["phase"], lane.get("policy", "all")) == ("discount", "all")
