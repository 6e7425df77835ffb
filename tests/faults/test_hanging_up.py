"""Who hangs up does so before the answer, however quick or slow calls are; at length: FC17."""

from __future__ import annotations

import asyncio
import random

from tests.faults.hang_up_cells import CANCELLED_SHARE, HUNG_UP, HUNG_UP_MIX, PATIENCE_S, Patience
from tests.faults.journal import Journal
from tests.faults.load import Load
from tests.faults.tills import Tills
from tests.faults.unmade import not_done

CALLS = 400
#: Turns of the event loop that a call takes.
QUICK_TURNS, SLOW_TURNS = 5, 500


async def taking(turns: int) -> None:
    """A call that is answered after so many turns of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def hung_up_of(patience: Patience, kind: str, turns: int) -> int:
    """Percent of many calls, some at a time, that nobody had answered."""
    done = [
        await asyncio.gather(*(patience.hang_up(kind, taking(turns)) for _ in range(10)))
        for _ in range(CALLS // 10)
    ]
    return 100 * sum(map(sum, done)) // CALLS


async def test_most_calls_are_hung_up_on_before_they_are_answered() -> None:
    """Whether they are over long before the patience of the first, or soon."""
    patience = Patience(random.Random(1))  # noqa: S311 - reproducible, not secret
    # Of those that are drawn, so that it is the share of all that is demanded.
    wanted = CANCELLED_SHARE * sum(HUNG_UP_MIX.values()) / HUNG_UP_MIX[HUNG_UP]
    assert await hung_up_of(patience, "quick", QUICK_TURNS) >= wanted
    assert await hung_up_of(patience, "slow", SLOW_TURNS) >= wanted
    assert patience.at_most_s("quick") < PATIENCE_S


async def test_patience_grows_while_nobody_answers() -> None:
    """A call that is never answered is hung up on; the next one gets more time."""
    patience = Patience(random.Random(1))  # noqa: S311 - reproducible, not secret
    assert await patience.hang_up("hold", asyncio.Event().wait())
    assert patience.at_most_s("hold") > PATIENCE_S
    assert patience.at_most_s("quote") == PATIENCE_S


async def test_the_load_draws_its_share_of_those() -> None:
    """So many of each round, whatever the machine does; and of these some must be hung up on."""
    journal = Journal()
    tills = Tills(["127.0.0.1:1"], "any", journal, seed=7, timeout_factor=1)
    try:
        kinds = Load(tills, journal, ["card"], 7, HUNG_UP_MIX)._kinds()
        drawn = [next(kinds) for _ in range(sum(HUNG_UP_MIX.values()))]
    finally:
        await tills.close()
    assert drawn.count(HUNG_UP) == HUNG_UP_MIX[HUNG_UP]
    assert not_done(journal, [HUNG_UP]) == [HUNG_UP]
    journal.hung_up["quote"] += 1
    assert not_done(journal, [HUNG_UP]) == []
