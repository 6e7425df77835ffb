"""A real year, sold: every basket of the demo's data is confirmed, then the books are verified.

All are sold now, one behind the other in the order of the data, each at its own store over that
store's Session, by the household that bought it; with the coupons that fit it, and one in four with
as many points as the rules allow. So limits and budgets are met as they are in no single day.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.client import messages
from checkout.client.session import SessionClient
from loaders.completejourney.receipts import every_receipt
from loaders.counting import wait_until_counted
from loaders.demo_clients import till_of
from loaders.tills import await_rules
from loadtests.engine.figures import Figure
from loadtests.service.books import verified_rows
from loadtests.service.drive import tree_s
from loadtests.service.shop import receipt_now, running_shop
from loadtests.service.storage import kept
from loadtests.service.unmade import COUNTED_LATER, SHOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.completejourney.receipts import DemoReceipt
    from loadtests.service.shop import Shop

#: Baskets of the data.
YEAR: Final = 155_848
#: Tills that wait for an answer at the same moment: two batches.
AT_ONCE: Final = 128
TIMEOUT_S: Final = 30.0
TOLD_EVERY: Final = 10_000
_PAYABLE: Final = "select count(*), coalesce(sum(payable_minor), 0)::bigint from receipt"


@dataclass(slots=True)
class Sold:
    """What was answered."""

    receipts: int = 0
    lines: int = 0
    payable_minor: int = 0
    points_spent_minor: int = 0
    #: How long each confirm took, in the order in which they were answered.
    took_ms: list[float] = field(default_factory=list)


def measure_year(receipts: int, say: Callable[[str], None]) -> Iterator[Figure]:
    """Sell the first so many of the year's baskets, and look at the books.

    Raises:
        CallRefusedError: a sale was refused.
        RuntimeError: a sale is missing, one was answered with what is not in the books, or the
            verifier finds something: the run is void.
    """
    with running_shop() as shop:
        asyncio.run(_await_rules(shop))
        before = asyncio.run(kept(shop.database.dsn))
        worker_s, postgres_s = tree_s(shop.worker.pid), tree_s(shop.database.postgres_pid)
        began_s = time.monotonic()
        sold = asyncio.run(_sell(shop, receipts, say))
        seconds = time.monotonic() - began_s
        worker_s = tree_s(shop.worker.pid) - worker_s
        faults = asyncio.run(wait_until_counted(shop.environment))
        if faults:
            raise RuntimeError(f"void: {faults}")
        postgres_s = tree_s(shop.database.postgres_pid) - postgres_s
        asyncio.run(_compare(shop.database.dsn, sold))
        after = asyncio.run(kept(shop.database.dsn))
        say("verifying")
        began_s = time.monotonic()
        rows = asyncio.run(verified_rows(shop.database.dsn, SHOP - COUNTED_LATER))
        verify_s = time.monotonic() - began_s
    tenth = max(sold.receipts // 10, 1)
    first_ms, last_ms = (
        statistics.median(each) for each in (sold.took_ms[:tenth], sold.took_ms[-tenth:])
    )
    batches = after.transactions - before.transactions
    for name, value, about in (
        ("year_receipts", sold.receipts, "real baskets, confirmed and durable"),
        ("year_lines_mean", sold.lines / sold.receipts, "lines of one, mean"),
        ("year_s", seconds, f"seconds for them, one worker, {AT_ONCE} at once"),
        (
            "year_per_s",
            sold.receipts / seconds,
            "confirms a second, the generator on the same cores",
        ),
        ("year_batch", sold.receipts / batches, "receipts that one transaction wrote, mean"),
        ("year_worker_us", worker_s / sold.receipts * 1e6, "µs of the worker for one"),
        (
            "year_postgres_us",
            postgres_s / sold.receipts * 1e6,
            "µs of PostgreSQL for one, counting included",
        ),
        ("year_first_ms", first_ms, "median of a confirm, the first tenth of them"),
        ("year_last_ms", last_ms, "the last tenth"),
        (
            "year_disk_bytes",
            (after.disk_bytes - before.disk_bytes) / sold.receipts,
            "PostgreSQL's files, for one",
        ),
        ("year_points_spent_minor", sold.points_spent_minor, "points paid with"),
        ("year_verified_rows", rows, "rows without a violation"),
        ("year_verify_s", verify_s, "seconds for verifying them"),
    ):
        yield Figure(name=name, value=value, about=about)
    yield Figure(
        name="year_growth", value=last_ms / first_ms, about="the last tenth over the first"
    )


async def _await_rules(shop: Shop) -> None:
    async with till_of(shop.environment, shop.dataset.baskets[0].store) as till:
        await await_rules(till)


async def _sell(shop: Shop, receipts: int, say: Callable[[str], None]) -> Sold:
    sold = Sold()
    waiting = enumerate(islice(every_receipt(shop.dataset), receipts))
    async with AsyncExitStack() as stack:
        tills: dict[str, SessionClient] = {}

        def till_at(store: str) -> SessionClient:
            if store not in tills:
                token = shop.environment.terminal_token(store)
                tills[store] = SessionClient(shop.worker.target, token)
                stack.push_async_exit(tills[store])
            return tills[store]

        began_s = time.monotonic()

        async def cashier() -> None:
            for number, sale in waiting:
                await _confirm(till_at(sale.basket.store), number, sale, sold)
                if sold.receipts % TOLD_EVERY == 0:
                    rate = sold.receipts / (time.monotonic() - began_s)
                    left_s = (receipts - sold.receipts) / rate
                    told = f"{sold.receipts:,} of {receipts:,} sold"
                    say(f"{told}, {rate:.0f}/s, {left_s:.0f} s to go")

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(cashier())
    return sold


async def _confirm(till: SessionClient, number: int, sale: DemoReceipt, sold: Sold) -> None:
    receipt = receipt_now(number, sale)
    request = messages.ConfirmRequest(
        request_id=f"year-r{number}", purchase_id=f"year-{number}", receipt=receipt
    )
    began_s = time.perf_counter()
    answer = await till.call(request, TIMEOUT_S)
    sold.took_ms.append((time.perf_counter() - began_s) * 1e3)
    sold.receipts += 1
    sold.lines += len(receipt.lines)
    sold.payable_minor += answer.outcome.payable_minor
    sold.points_spent_minor += answer.outcome.redemption.points_minor


async def _compare(dsn: str, sold: Sold) -> None:
    """What tills were told is what the books hold.

    Raises:
        RuntimeError: it is not.
    """
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        count, payable_minor = await connection.fetchrow(_PAYABLE)
    finally:
        await connection.close()
    if (count, payable_minor) != (sold.receipts, sold.payable_minor):
        raise RuntimeError(
            f"void: answered were {sold.receipts} sales over {sold.payable_minor},"
            f" the books have {count} over {payable_minor}"
        )
