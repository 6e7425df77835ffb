"""Laws of explanations over the generated sales: they change nothing, and offers are kept."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import orjson
import pytest

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.near_misses import ANY_SKU, near_misses
from checkout.engine.stored_outcome import dump_with_outcome
from tests.oracle.running import FACTS, RECEIPT, compiled, is_in_force, run_engine
from tests.property.law_cases import Case, cases
from tests.walls import part_of

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

Doc = dict[str, Any]

#: The campaign that is nearly applied: first by code, so that it is among the ten that are named.
OFFER = "a-offer"


def test_a_full_explanation_changes_nothing_and_says_who_beat_whom() -> None:
    """The figures are those without it; a winner was granted something, and all have a verdict."""
    verdicts: Counter[str] = Counter()
    for case in cases("explanations"):
        facts = FACTS.validate_python(case.facts)
        receipt = RECEIPT.validate_python(case.receipt)
        full = evaluate(case.snapshot, facts, receipt, Explain.FULL)
        outcome: Doc = orjson.loads(dump_with_outcome(full))
        considered = outcome.pop("considered")
        assert outcome | {"considered": []} == case.outcome
        granted = {
            part["campaign"]
            for line in outcome["lines"]
            for part in (*line["discounts"], *line["points"])
        }
        for each in considered:
            verdicts[each["verdict"]] += 1
            if each["verdict"] == "beaten":
                verdicts[each["condition"]] += 1
                assert each["alone_minor"] > 0
                # Who would be granted something alone keeps others away, even if a cap cuts it.
                below = each["condition"] == "exclusive below"
                assert below or each["by"] in granted or not each["by"]
                assert each["by"] != each["campaign"]
            if each["verdict"] == "nothing":
                assert each["needed"]
                assert each["seen"]
    reasons = {"not_with", "exclusive lane", "exclusive below", "exclusive all"}
    assert reasons < verdicts.keys(), verdicts
    assert {"applied", "unmet", "beaten", "cut", "nothing"} < verdicts.keys(), verdicts


def test_what_an_offer_promises_is_what_buying_it_gives() -> None:
    """Bought, and evaluated again with the campaign and with it over: exactly that is saved.

    Where nothing is offered, buying as much would have saved nothing.
    """
    made: Counter[str] = Counter()
    for case in cases("offers"):
        world = with_an_offer(case)
        if world is None:
            continue
        rules, missing = world
        snapshot = compiled(rules)
        facts = FACTS.validate_python(case.facts)
        receipt = RECEIPT.validate_python(case.receipt)
        full = evaluate(snapshot, facts, receipt, Explain.FULL)
        offers = {each.campaign: each for each in near_misses(snapshot, facts, receipt, full)}
        offer = offers.get(OFFER)
        bought = buy(case.receipt, missing)
        after = run_engine(snapshot, case.facts, bought)
        closed = run_engine(compiled(over(rules)), case.facts, bought)
        gained = price(orjson.loads(dump_with_outcome(full))) + missing - price(after)
        added = price(closed) - price(after)
        applies = OFFER in {each["code"] for each in after["applied"]}
        if applies and min(gained, added) > 0 and not after["refused"]:
            assert offer is not None
            assert (offer.missing_minor, offer.saving_minor) == (missing, min(gained, added))
            made["the smaller is its own part" if added < gained else "the gain"] += 1
            made["others give more on what is bought"] += price(closed) < price(after) + gained
        else:
            assert offer is None
            made["none"] += 1
    assert made["none"] > part_of(20), made
    assert made["the gain"] > part_of(20), made
    assert made["the smaller is its own part"] > part_of(20), made


def with_an_offer(case: Case) -> tuple[Doc, int] | None:
    """The rules with one campaign more that lacks some money, and how much it lacks."""
    chance, rules = case.chance, copy.deepcopy(case.world.snapshot)
    store = next(each for each in rules["stores"] if each["code"] == case.receipt["store"])
    program = next(each for each in rules["programs"] if each["code"] == store["program"])
    lanes = [each["code"] for each in program["lanes"] if each["phase"] == "discount"]
    if not lanes:
        return None
    counted = sum(
        line["amount_minor"] - line.get("external_discount_minor", 0)
        for line in case.receipt["lines"]
        if line.get("kind", "goods") != "delivery"
    )
    counted -= case.outcome["manual_discount_minor"]
    missing = chance.randint(1, max(counted, 1))
    reward: Doc = {"kind": "percent", "rate_bp": chance.randint(1, 10_000)}
    if chance.random() < 0.5:
        most = max(missing + counted, 1)
        reward = {"kind": "amount", "per": "receipt", "amount_minor": chance.randint(1, most)}
    campaign: Doc = {
        "code": OFFER,
        "program": program["code"],
        "name": "Offer",
        "priority": chance.choice([-1_000, 0, 1_000]),
        "exclusive": chance.choice(["no", "no", "no", "lane", "below", "all"]),
        "when": {
            "kind": "receipt_amount",
            "compare": "at_least",
            "amount_minor": counted + missing,
        },
        "rewards": [{"lane": chance.choice(lanes), **reward}],
    }
    rules["campaigns"].append(campaign)
    if not is_in_force(rules):
        return None
    nearly = run_engine(compiled(rules), case.facts, case.receipt)["nearly"]
    seen = [each["seen"] for each in nearly if each["campaign"] == OFFER]
    return (rules, missing) if seen == [str(counted)] else None


def buy(receipt: Doc, missing: int) -> Doc:
    """The receipt with something else bought for so much."""
    more: Doc = copy.deepcopy(receipt)
    more["lines"].append(
        {
            "position": max(each["position"] for each in more["lines"]) + 1,
            "sku": ANY_SKU,
            "quantity_milli": 1_000,
            "price_minor": missing,
            "amount_minor": missing,
        }
    )
    return more


def over(rules: Doc) -> Doc:
    """The rules with the offer's campaign over."""
    document = rules["campaigns"][-1] | {"schedule": {"ends_at": "2000-01-01T00:00:00"}}
    return rules | {"campaigns": [*rules["campaigns"][:-1], document]}


def price(outcome: Doc) -> int:
    """What the lines cost less all discounts."""
    taken = ("external_discount", "manual_discount", "discount")
    return int(outcome["amount_minor"]) - sum(int(outcome[f"{name}_minor"]) for name in taken)
