"""Two service machines behind one client: both follow the rules; one dies, and the tills go on.

A machine is a worker process on a port of its own; PostgreSQL and Valkey are shared.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checkout.client import CheckoutClient
from checkout.flows.identifiers import IdentifierHasher
from checkout.verifier.verifier import verify
from tests.faults.processes import WorkerProcess, serving
from tests.service import world
from tests.service.running import environment_for, wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOKEN = "north-s1-t1"
SALES = 40
#: So many at once: fewer than would fit in the batches of the machine that dies.
TILLS = 4
#: The first machine dies with this commit, having told nobody of it.
LAST_COMMIT = 4
#: Deadlines are those of tests, not of tills: the machine does much else.
FACTOR = 20


@pytest.fixture
async def machines(
    world_dsn: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[list[WorkerProcess]]:
    """The first one will die after some commits; the second one serves to the end."""
    environment = environment_for(world_dsn, redis_url)
    dies = {"CHECKOUT_FAILPOINT": f"after_commit:kill:{LAST_COMMIT}"}
    found = [
        WorkerProcess(environment | more, tmp_path / f"machine-{number}.log")
        for number, more in enumerate((dies, {}), start=1)
    ]
    async with serving(found):
        yield found


async def test_tills_go_on_when_one_of_two_machines_dies(
    machines: list[WorkerProcess], world_dsn: str, redis_url: str
) -> None:
    """Every sale is made once, also those that a machine committed with its last breath."""
    addresses = [f"127.0.0.1:{machine.port}" for machine in machines]
    async with AsyncExitStack() as stack:
        database: asyncpg.Connection[Any] = await asyncpg.connect(world_dsn)
        stack.push_async_callback(database.close)
        each = [
            await stack.enter_async_context(CheckoutClient(address, TOKEN, timeout_factor=FACTOR))
            for address in addresses
        ]
        tills = await stack.enter_async_context(
            CheckoutClient(",".join(addresses), TOKEN, timeout_factor=FACTOR)
        )
        cards = [f"77{number:08}" for number in range(SALES)]
        hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
        await world.enrol(
            world_dsn, redis_url, [("north", {"card": card}, 100_00) for card in cards], hasher
        )
        # ---- what is published reaches both
        reward = {"kind": "amount", "lane": "goods", "amount_minor": 3_00}
        await world.put_campaign(
            database, world.NORTH, world.campaign("new", reward | {"goods": {"skus": ["towel"]}})
        )
        before = {(await client.get_snapshot_info()).snapshot_id for client in each}
        assert len(before) == 1
        await world.publish(world_dsn, "north")

        async def both_follow() -> bool:
            now = [(await client.get_snapshot_info()).snapshot_id for client in each]
            return not before & set(now) and len(set(now)) == 1

        await wait_until(both_follow, what="the publication on both machines")
        # ---- sales over both, one of which dies on the way
        sales = [receipt(line("towel", 20_00), card=card, points_minor=5_00) for card in cards]

        tokens: dict[int, str] = {}
        free = asyncio.Semaphore(TILLS)

        async def confirm(number: int) -> Any:
            return await tills.confirm(
                f"r{number}", f"p{number}", sales[number], quote_token=tokens[number]
            )

        async def sell(number: int) -> Any:
            async with free:
                tokens[number] = (await tills.quote(f"p{number}", sales[number])).quote_token
                return await confirm(number)

        answers = await asyncio.gather(*(sell(number) for number in range(SALES)))
        await machines[0].wait_until_ended()
        assert machines[0].exit_code == -9
        assert {answer.outcome.payable_minor for answer in answers} == {12_00}
        assert await database.fetchval("select count(*) from receipt") == SALES
        # ---- a call that is repeated now reaches the other machine, and is recognised
        again = await asyncio.gather(*(confirm(number) for number in range(SALES)))
        assert [answer.outcome for answer in again] == [answer.outcome for answer in answers]
        assert await database.fetchval("select count(*) from receipt") == SALES
        assert not (await verify(world_dsn)).violated
