"""What somebody does while tills sell: empties the cache, or publishes rules that have changed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import asyncpg
import gevent
import redis.asyncio

from checkout.client import OperatorClient
from loadtests.locust_users.profiles import BUDGET_CAMPAIGN, Beside

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from locust.env import Environment

    from checkout.client import CheckoutClient
    from loadtests.locust_users.plan import Plan
    from loadtests.locust_users.recorder import Recorder
    from loadtests.locust_users.till import Tills

#: Pause between two times.
EVERY_S: Final = 4.0
#: All workers should know rules within two seconds.
IN_FORCE_WITHIN_S: Final = 30.0
_CHANGE: Final = """
update campaign set document = jsonb_set(document, '{description}', to_jsonb($1::text))
where code = $2
"""


def happen(
    what: Beside, environment: Environment, tills: Tills, plan: Plan, recorder: Recorder
) -> None:
    """Do it again and again, until the greenlet is ended."""
    till = tills.client(plan.target, tills.deck.stores[0])

    def once() -> Awaitable[None]:
        return _flush(plan) if what is Beside.FLUSH else _publish(plan, till)

    while True:
        gevent.sleep(EVERY_S)
        with recorder.beside():
            answered = tills.calls.ask(once)
        environment.events.request.fire(
            request_type="beside",
            name=what.value,
            response_time=answered.took_s * 1_000,
            response_length=0,
            exception=answered.error,
            context={},
        )


async def _flush(plan: Plan) -> None:
    async with redis.asyncio.Redis.from_url(plan.redis_url, protocol=3) as client:
        await client.flushall()


async def _publish(plan: Plan, till: CheckoutClient) -> None:
    """Change a campaign as a manager does, publish, and wait until a till is served by it."""
    connection = await asyncpg.connect(plan.owner_dsn)
    try:
        told = f"published under load, {time.time_ns()}"
        await connection.execute(_CHANGE, told, BUDGET_CAMPAIGN)
    finally:
        await connection.close()
    async with OperatorClient(
        plan.target, plan.service_credential, partner=plan.partner, author="load", timeout_factor=2
    ) as operator:
        published = await operator.publish_snapshot("under load")
    async with asyncio.timeout(IN_FORCE_WITHIN_S):
        while True:
            in_force = await till.get_snapshot_info()
            if in_force.snapshot_id == published.snapshot_id:
                return
            await asyncio.sleep(1 / 50)
