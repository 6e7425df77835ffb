"""The engine against the oracle where campaigns meet: few lines, nothing but open campaigns.

A third as many cases as `ORACLE_CASES` says; `ORACLE_SEED` says which.
"""

from __future__ import annotations

import json

import pytest

from checkout.engine.problems import check_snapshot
from checkout.engine.schema.snapshot import Snapshot
from tests.oracle.generated_contests import Contest
from tests.oracle.oracle import evaluate as ask_oracle
from tests.oracle.oracle_combination import TooLargeToCheckError
from tests.oracle.rewards_reached import RULES_OF_MEETINGS
from tests.oracle.running import compiled, run_engine, take_out
from tests.oracle.test_oracle import CASES, SEED, DisagreementError, compared, differences

CONTESTS = CASES // 3
SALES_PER_CONTEST = 10
#: Fewer cases than this may by chance leave a rare meeting out; it is looked for twice as long.
CONTESTS_FOR_COVERAGE = 8_000


def contest_in_force(seed: str) -> Contest:
    """A contest without the few campaigns in it that could never be published."""
    contest = Contest(seed)
    while problems := check_snapshot(Snapshot.model_validate(contest.snapshot)):
        for problem in problems:
            take_out(contest.snapshot, problem.field)
    return contest


def check_contest(seed: str, reached: set[str]) -> int:
    """Put the sales of one contest to both; answer how many the oracle could judge.

    Raises:
        DisagreementError: the two answered differently.
    """
    contest = contest_in_force(seed)
    snapshot = compiled(contest.snapshot)
    judged = 0
    for number in range(SALES_PER_CONTEST):
        facts, receipt = contest.sale()
        engine = run_engine(snapshot, facts, receipt)
        try:
            oracle = ask_oracle(contest.snapshot, facts, receipt, reached, hint=engine)
        except TooLargeToCheckError:
            continue
        found = differences("", compared(oracle), compared(engine))
        if found:
            case = {"snapshot": contest.snapshot, "facts": facts, "receipt": receipt}
            print(json.dumps(case))  # noqa: T201 - to be run again by hand
            raise DisagreementError(f"contest {seed}, case {number}:\n" + "\n".join(found))
        judged += 1
    return judged


@pytest.mark.wall
def test_the_engine_agrees_with_the_oracle_where_campaigns_meet() -> None:
    """Every policy in every scope, ties, marks and combinations, line by line."""
    print(f"ORACLE_SEED={SEED} contests={CONTESTS}")  # noqa: T201 - shown when it fails
    reached: set[str] = set()
    sales = judged = number = 0
    covers = CONTESTS >= CONTESTS_FOR_COVERAGE
    while sales < CONTESTS or (covers and RULES_OF_MEETINGS - reached and sales < 2 * CONTESTS):
        judged += check_contest(f"{SEED}/contest-{number}", reached)
        sales += SALES_PER_CONTEST
        number += 1
    assert judged > sales * 98 // 100, "combinations that are too large to check are seldom"
    if covers:
        assert RULES_OF_MEETINGS - reached == set(), "meetings that no contest reached"
