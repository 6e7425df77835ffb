"""Laws of `best_combination`: it is never worse than the other policies, and keeps its word.

Over generated contests, with one lane of discounts and without limits and cap of the program, which
stand apart from the choice (``docs/rules.md`` §3). A campaign that keeps a lane alone does so
before the policy is asked, by the lane's own scope: compared with another scope, it is a contender.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from tests.oracle.running import Doc, compiled, is_in_force, run_engine
from tests.oracle.test_contests import contest_in_force
from tests.walls import part_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

CONTESTS = part_of(400)
SALES = 3


def with_policy(snapshot: Doc, policy: str, scope: str, work_steps: int = 500) -> Doc:
    """The contest with its lane of discounts changed, and nothing of the program that bounds."""
    changed = copy.deepcopy(snapshot)
    for program in changed["programs"]:
        program.pop("limits", None)
        program.pop("discount_cap", None)
        for lane in discount_lanes(program):
            lane.update(policy=policy, scope=scope, work_steps=work_steps)
    return changed


def with_contenders_only(snapshot: Doc) -> Doc:
    """The contest without marks that keep a lane alone before its policy is asked."""
    changed = copy.deepcopy(snapshot)
    for campaign in changed["campaigns"]:
        if campaign.get("exclusive") in {"lane", "all"}:
            del campaign["exclusive"]
    return changed


def discount_lanes(program: Doc) -> list[Doc]:
    """The lanes that choose among discounts."""
    return [lane for lane in program["lanes"] if lane["phase"] == "discount"]


def contests(law: str) -> Iterator[tuple[Doc, list[tuple[Doc, Doc]]]]:
    """Contests with one lane of discounts, and sales in them as facts and receipt."""
    for number in range(CONTESTS):
        contest = contest_in_force(f"{law}/{number}")
        if all(len(discount_lanes(program)) == 1 for program in contest.snapshot["programs"]):
            yield contest.snapshot, [contest.sale() for _ in range(SALES)]


@pytest.mark.parametrize("work_steps", [1, 500])
@pytest.mark.parametrize("scope", ["line", "unit"])
def test_a_combination_takes_off_no_less_than_the_other_policies(
    scope: str, work_steps: int
) -> None:
    """However few steps it may search: `first` and `best` are tried to the end and compared."""
    more = same = 0
    for snapshot, sales in contests(f"never-worse-{scope}"):
        contenders = with_contenders_only(snapshot)
        for contest, policy, other_scope in [
            (snapshot, "first", scope),
            (contenders, "first", scope),
            (contenders, "best", "line"),
        ]:
            combined = with_policy(contest, "best_combination", scope, work_steps)
            plain = with_policy(contest, policy, other_scope)
            if not is_in_force(combined) or not is_in_force(plain):
                continue
            engines = compiled(combined), compiled(plain)
            for facts, receipt in sales:
                best, other = (run_engine(e, facts, receipt)["discount_minor"] for e in engines)
                assert best >= other, (contest, facts, receipt)
                more += best > other
                same += best == other
    assert more > (part_of(3) if work_steps == 1 else CONTESTS // 20)
    assert same > CONTESTS // 20


@pytest.mark.parametrize("scope", ["line", "unit"])
def test_what_a_combination_is_worth_is_what_is_taken_off(scope: str) -> None:
    """The value in the outcome is the discount; and with more steps the bound is never passed."""
    proven = bounded = 0
    for snapshot, sales in contests(f"value-{scope}"):
        few, many = (
            with_policy(snapshot, "best_combination", scope, steps) for steps in (2, 2_000)
        )
        if not is_in_force(few):
            continue
        short, long = compiled(few), compiled(many)
        for facts, receipt in sales:
            hasty, patient = (run_engine(each, facts, receipt) for each in (short, long))
            for outcome in (hasty, patient):
                found = sum(each["value_minor"] for each in outcome["combinations"])
                marked = [each for each in outcome["lines"] for each in each["discounts"]]
                if outcome["combinations"] or not marked:
                    assert found == outcome["discount_minor"], (snapshot, facts, receipt)
            bound = sum(c["value_minor"] + c["gap_minor"] for c in hasty["combinations"])
            if hasty["combinations"]:
                assert patient["discount_minor"] <= bound, (snapshot, facts, receipt)
                proven += bound == hasty["discount_minor"]
                bounded += bound > hasty["discount_minor"]
    assert min(proven, bounded) > CONTESTS // 20
