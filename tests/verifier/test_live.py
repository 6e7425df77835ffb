"""The verifier beside a service at work: the books are whole at each moment that it looks at."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import asyncpg

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import wait_until
from tests.service.till import fresh, line, receipt
from tests.verifier.running import verified

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.service.running import Service

_DONE = {"sold", "returned", "corrected", "holds ended", "points ended"}
_SUM = re.compile(r"\d+ checks, \d+ not .*, ([\d,]+) rows checked in \d+\.\d s, ([\d,]+) rows/s")


class Work:
    """What tills, an operator and time do, again and again, and how often each was done."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._till = service.till()
        self.done: Counter[str] = Counter()
        self.is_over = False

    async def again(self, step: Callable[[], Awaitable[None]]) -> None:
        """One of the steps until it is over."""
        while not self.is_over:
            await step()

    async def sell(self) -> None:
        """Hold, pay with points and money, bring half of it back."""
        purchase = fresh("live")
        sale = receipt(line("apple"), line("towel", 20_00, 2), card=world.CARD, points_minor=1_00)
        quoted = await self._till.quote(purchase, sale, hold=True)
        sold = await self._till.confirm(purchase, sale, quote_token=quoted.quote_token)
        assert sold.status == pb.STATUS_OK
        self.done["sold"] += 1
        await self._till.take_back(purchase, {1: 500})
        self.done["returned"] += 1

    async def correct(self) -> None:
        """An operator gives points and takes some of them."""
        operator, ann = self._service.operator(), await self._service.ann()
        for amount_minor in (2_00, -1_00):
            await operator.adjust(ann, amount_minor)
            self.done["corrected"] += 1

    async def expire(self) -> None:
        """A hold and points whose time is over."""
        (worker, *_), purchase = self._service.workers, fresh("left")
        sale = receipt(line("towel", 20_00), card=world.CARD, points_minor=1_00)
        await self._till.quote(purchase, sale, hold=True)
        await self._service.database.execute(
            "update hold set expires_at = now() - interval '1 second' where purchase_id = $1",
            purchase,
        )
        await worker.sweeper.step()
        self.done["holds ended"] += 1
        new = await self._till.enrol(card=f"88{self.done['holds ended']:08}")
        member_id = new.member.member_id
        await self._service.operator().adjust(member_id, 3_00)
        await self._service.database.execute(
            "update lot set active_from = now() - interval '2 days',"
            " expires_at = now() - interval '20 minutes' where member_id = $1",
            member_id,
        )
        await worker.lot_keeper.step()
        self.done["points ended"] += 1

    async def goes_on(self, since: Counter[str]) -> bool:
        """Whether each of the steps was done since then."""
        return set(self.done - since) == _DONE


@asynccontextmanager
async def at_work(service: Service) -> AsyncIterator[Work]:
    """The work for the block; it ends when the last steps have."""
    work = Work(service)
    async with asyncio.TaskGroup() as group:
        for step in (work.sell, work.correct, work.expire):
            group.create_task(work.again(step))
        try:
            yield work
        finally:
            work.is_over = True


async def test_books_are_whole_while_everything_moves(service: Service) -> None:
    """Each run sees more rows and none that is wrong; what is spoilt meanwhile, the next one."""
    rows = 0
    async with at_work(service) as work:
        for _ in range(2):
            before = work.done.copy()
            await wait_until(partial(work.goes_on, before), what="all of the work")
            begun = work.done.total()
            status, lines = await asyncio.to_thread(verified, service.dsn)
            assert (status, lines[-1]) == (0, "violations: 0"), lines
            assert work.done.total() > begun
            found = _SUM.fullmatch(lines[-2])
            assert found is not None
            seen, rate = (int(number.replace(",", "")) for number in found.groups())
            assert seen > rows
            assert rate > 0
            rows = seen
        # Of a member whom nobody serves meanwhile.
        (gold,) = [(await service.till().identify(card=world.GOLD_CARD)).member_id]
        spoiler = await asyncpg.connect(service.dsn)
        await spoiler.execute("update account set balance = balance + 1 where member_id = $1", gold)
        await spoiler.close()
        status, lines = await asyncio.to_thread(verified, service.dsn)
    assert status == 1
    (wrong,) = [text for text in lines if text.startswith("VIOLATED balances_are_sums_of_entries")]
    assert lines[lines.index(wrong) + 1] == f"  {gold} {world.CURRENCY}"
