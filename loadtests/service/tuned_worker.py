"""A worker in another way than usual, for comparison: `… tuned_worker --core 1`.

What it leaves out or adds is no setting of the service: nobody who runs it should need to know.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys

from checkout.flows import batch, group_commit
from checkout.launch.worker import main
from checkout.workers.visit_counter import VisitCounter
from loadtests.service.stand_in import stand_in


def _leave_collector_alone() -> None:
    """As Python has it: all objects are looked at again and again, those that stay for ever too."""
    gc.freeze = lambda: None
    gc.set_threshold = lambda *_: None


async def _nothing(*_: object) -> None:
    """Done at once."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--core", type=int, help="the only one that it runs on")
    parser.add_argument("--collector-untouched", action="store_true")
    parser.add_argument("--keeps-its-turn", action="store_true")
    parser.add_argument("--batch-max", type=int, help="calls that are committed together")
    parser.add_argument("--counts-no-visits", action="store_true")
    asked = parser.parse_args()
    if asked.core is not None:
        # Before any thread begins: all of them inherit it.
        os.sched_setaffinity(0, {asked.core})
    if asked.collector_untouched:
        _leave_collector_alone()
    if asked.keeps_its_turn:
        stand_in(batch, "_let_others", _nothing)
    if asked.batch_max is not None:
        stand_in(group_commit, "BATCH_MAX", asked.batch_max)
    if asked.counts_no_visits:
        stand_in(VisitCounter, "step", _nothing)
    sys.exit(main())
