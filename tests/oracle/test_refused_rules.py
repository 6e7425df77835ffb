"""What the checks call impossible, run all the same: no generated sale gets anything from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.problems import check_snapshot
from checkout.engine.schema.snapshot import Snapshot
from tests.oracle.generators import World
from tests.oracle.running import FACTS, RECEIPT, loaded
from tests.oracle.test_oracle import SEED

if TYPE_CHECKING:
    from checkout.engine.problems import Problem

Doc = dict[str, Any]

WORLDS = 600
SALES_PER_WORLD = 8
#: Sentences after which the campaign, or the reward that is named, gives nothing to anybody.
IMPOSSIBLE = re.compile(
    "can hold beside|can never hold$|together with|lie in it|exclude .*: this gives nothing"
    "|never opens|no reward (of the campaign|is given)|nothing is given$|they earn no points"
)


def is_impossible(problem: Problem, campaign: Doc) -> bool:
    """Whether nothing at all of a campaign can be given."""
    _, _, part = problem.field.partition("].")
    if not IMPOSSIBLE.search(problem.message) or "cap of" in problem.message:
        return False
    if part.startswith("when"):
        return part.rpartition(".")[0] in {"", "when"} or not is_inside(part, campaign["when"])
    return part.startswith("limits") or len(campaign["rewards"]) == 1


def is_inside(part: str, condition: Doc) -> bool:
    """Whether a field stands in alternatives, or is at fault by itself inside a `not`."""
    for step in re.findall(r"of(?:\[(\d+)\])?", part):
        if condition["kind"] in {"any", "not"}:
            return True
        if "of" not in condition:
            return False
        condition = condition["of"][int(step)] if step else condition["of"]
    return False


def test_nothing_is_paid_by_series_that_are_refused_as_impossible() -> None:
    """Of weighed goods alone no pass pays, nor does anything of goods that cannot be meant."""
    spoilt: list[Doc] = [
        {"kind": "pass", "goods": {"flags": ["weighed"]}},
        {"goods": {"price_min_minor": 2, "price_max_minor": 1}},
        {"goods": {"categories": ["food"], "but_not": {"categories": ["food"]}}},
        {"goods": {"kinds": ["goods"], "within": {"kinds": ["service"]}}},
    ]
    shown = 0
    for number in range(WORLDS // 20):
        world = World(f"{SEED}/series-{number}")
        for program in world.snapshot["programs"]:
            program["certificates"] = [
                {"code": f"spoilt-{i}", "name": "Spoilt", **each} for i, each in enumerate(spoilt)
            ]
        problems = check_snapshot(Snapshot.model_validate(world.snapshot))
        refused = {problem.field.rpartition("[")[2].partition("]")[0] for problem in problems}
        assert {f"spoilt-{i}" for i in range(len(spoilt))} <= refused
        snapshot = loaded(world.snapshot)
        for _ in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            sale = FACTS.validate_python(facts), RECEIPT.validate_python(receipt)
            outcome = evaluate(snapshot, *sale, Explain.NONE)
            shown += len(outcome.certificates)
            assert not any(each.paid_minor or each.units for each in outcome.certificates)
    assert shown > WORLDS // 20


def test_nothing_is_given_by_rules_that_are_refused_as_impossible() -> None:
    """A refusal says of a campaign what is true of every sale."""
    seen = 0
    for number in range(WORLDS):
        world = World(f"{SEED}/refused-{number}")
        campaigns = {each["code"]: each for each in world.snapshot["campaigns"]}
        refused = {}
        for problem in check_snapshot(Snapshot.model_validate(world.snapshot)):
            code = problem.field.partition("[")[2].partition("]")[0]
            if problem.field.startswith("campaigns[") and is_impossible(problem, campaigns[code]):
                refused[code] = problem
        if not refused:
            continue
        seen += len(refused)
        snapshot = loaded(world.snapshot)
        for _ in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            sale = FACTS.validate_python(facts), RECEIPT.validate_python(receipt)
            outcome = evaluate(snapshot, *sale, Explain.NONE)
            applied = {each.code for each in outcome.applied}
            wrong = {code: refused[code] for code in applied & refused.keys()}
            assert not wrong, f"world {world.snapshot}: {wrong}"
    assert seen > WORLDS // 50
