"""python -m tests.oracle --cases 1000000 --seed …: the comparison at length, on all cores.

A seed gives the sales of `test_oracle.py` and the contests of `test_contests.py` with that
`ORACLE_SEED`, three to one, only more of them. The first disagreement ends it: its case is printed
as one line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import secrets
import sys
import time
import traceback
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.oracle.rewards_reached import RULES_OF_MEETINGS, RULES_OF_REWARDS
from tests.oracle.rules_reached import RULES_OF_SALES
from tests.oracle.test_contests import CONTESTS_FOR_COVERAGE, SALES_PER_CONTEST, check_contest
from tests.oracle.test_oracle import DisagreementError, Tally, check_world

if TYPE_CHECKING:
    from concurrent.futures import Future

#: What one process checks at a time: about as many contests as a third of the sales.
WORLDS_PER_BATCH = 10
CONTESTS_PER_BATCH = 8
REPORT_EVERY_S = 5
#: From so many cases on, a rule that none of them reached is a fault of the generators.
CASES_FOR_COVERAGE = 4 * CONTESTS_FOR_COVERAGE
#: More combinations than this that are too large for the oracle would leave too much unchecked.
TOO_LARGE_MAX_PERCENT = 2


@dataclass
class Checked:
    """A batch: what was compared, and the fault that ended it early."""

    tally: Tally = field(default_factory=Tally)
    fault: str = ""
    #: The case of a disagreement as JSON.
    case: str = ""


def check_batch(seed: str, number: int) -> Checked:
    """Put a batch of worlds and contests to both; runs in a process of its own."""
    checked = Checked()
    tally = checked.tally
    printed = io.StringIO()
    name = ""
    try:
        with contextlib.redirect_stdout(printed):
            for world in range(number * WORLDS_PER_BATCH, (number + 1) * WORLDS_PER_BATCH):
                name = f"{seed}/{world}"
                check_world(name, tally)
            for contest in range(number * CONTESTS_PER_BATCH, (number + 1) * CONTESTS_PER_BATCH):
                name = f"{seed}/contest-{contest}"
                judged = check_contest(name, tally.reached)
                tally.cases += SALES_PER_CONTEST
                tally.too_large += SALES_PER_CONTEST - judged
    except DisagreementError as error:
        checked.fault = str(error)
    except Exception:  # noqa: BLE001 - whatever broke is told, with the seed that breaks it
        checked.fault = f"{name}:\n{traceback.format_exc()}"
    checked.case = printed.getvalue().strip()
    return checked


class Run:
    """All batches of a seed until there are enough cases, or a fault."""

    def __init__(self, cases: int, seed: str) -> None:
        """Start with nothing compared."""
        self.wanted = cases
        self.seed = seed
        self.total = Tally()
        self._began = time.monotonic()
        self._reported = self._began

    def check(self, processes: int) -> Checked | None:
        """Keep all processes busy; the batch that found a fault, if there is one."""
        batch = 0
        open_batches: set[Future[Checked]] = set()
        with ProcessPoolExecutor(processes) as pool:
            while self.total.cases < self.wanted:
                while len(open_batches) < 2 * processes:
                    open_batches.add(pool.submit(check_batch, self.seed, batch))
                    batch += 1
                done, open_batches = wait(open_batches, REPORT_EVERY_S, FIRST_COMPLETED)
                for future in done:
                    checked = future.result()
                    self._add(checked.tally)
                    if checked.fault:
                        pool.shutdown(wait=False, cancel_futures=True)
                        return checked
                if time.monotonic() - self._reported >= REPORT_EVERY_S:
                    self.report()
            pool.shutdown(wait=False, cancel_futures=True)
        return None

    def report(self) -> None:
        """One line of progress."""
        self._reported = time.monotonic()
        passed_s = self._reported - self._began
        say(
            f"seed {self.seed}: {self.total.cases:,} of {self.wanted:,} cases agree, "
            f"{self.total.cases / max(passed_s, 0.001):,.0f} a second, {passed_s:,.0f} s, "
            f"{self.total.too_large:,} too large to check"
        )

    def shortcomings(self) -> list[str]:
        """What makes agreement worth less than it looks."""
        found = []
        if self.total.too_large * 100 > self.total.cases * TOO_LARGE_MAX_PERCENT:
            found.append(f"{self.total.too_large:,} cases were too large to check")
        rules = RULES_OF_SALES | RULES_OF_REWARDS | RULES_OF_MEETINGS
        missed = rules - self.total.reached
        if missed and self.total.cases >= CASES_FOR_COVERAGE:
            found.append(f"rules that no case reached: {', '.join(sorted(missed))}")
        return found

    def _add(self, tally: Tally) -> None:
        self.total.cases += tally.cases
        self.total.too_large += tally.too_large
        self.total.reached |= tally.reached


def say(line: str) -> None:
    """Print at once, also into a file."""
    print(line, flush=True)


def main() -> int:
    """The command; 1 if the two disagree, or agree on too little."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", default="", help="any text; one by chance when absent")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    run = Run(asked.cases, asked.seed or secrets.token_hex(4))
    say(f"seed {run.seed}: {run.wanted:,} cases in {asked.processes} processes")
    faulty = run.check(asked.processes)
    if faulty is not None:
        say(f"\n{faulty.fault}\n{faulty.case}")
        say(f"\nORACLE_SEED={run.seed}: the engine and the oracle disagree")
        return 1
    run.report()
    shortcomings = run.shortcomings()
    for shortcoming in shortcomings:
        say(f"fault: {shortcoming}")
    return 1 if shortcomings else 0


if __name__ == "__main__":
    sys.exit(main())
