"""How a quote and a confirm grow with what is stored: few members and receipts, then very many.

Latency one call after the other, as a till has it: warm for members who have just been quoted, cold
for members whom nobody has looked at, with an empty cache. What there is besides are copies of
members to whom real baskets were sold (`loaders.growth`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import statistics
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import redis
import typer

from checkout.client import identifier_message, messages, receipt_message
from checkout.client.clients import CheckoutClient
from checkout.flows.identifiers import IdentifierHasher
from loaders.completejourney.dataset import load_completejourney
from loaders.completejourney.receipts import choose_receipts
from loaders.growth.filling import card_of, fill
from loaders.growth.template import read_template
from loadtests.engine.figures import Figure
from loadtests.service import world
from loadtests.service.books import verified_rows
from loadtests.service.stand import running_stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.service.stand import Stand

SEED: Final = 7
#: Real baskets that are sold to the member whom others are copies of.
BASKETS: Final = 20
#: Series of copies: with receipts, and members alone.
BUYERS: Final = 1
BYSTANDERS: Final = 2
COUNTED_WITHIN_S: Final = 60.0
_DISK_BYTES: Final = "select pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Growth:
    """How much there is at first and in the end, more; and how many calls are measured."""

    members: int
    receipts: int
    members_at_first: int = 1_000
    receipts_at_first: int = 10_000
    calls: int = 300


def measure_growth(growth: Growth) -> Iterator[Figure]:
    """Ratios of medians: in the end over at first.

    Raises:
        RuntimeError: the verifier finds something: the run is void.
    """
    with running_stand(campaigns=1_000, members=growth.members_at_first) as stand:
        yield from asyncio.run(_measure(stand, growth))


async def _measure(stand: Stand, growth: Growth) -> list[Figure]:
    hasher = IdentifierHasher(stand.pepper)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(stand.dsn)
    try:
        async with CheckoutClient(stand.worker.target, world.TOKEN, timeout_factor=60) as till:
            measured = Measured(stand, till, growth)
            buyer, bystander = await _templates(stand, till, connection)

            async def fill_up(series: int, template: UUID, members: int) -> float:
                began_s = time.monotonic()
                await fill(
                    connection,
                    [await read_template(connection, template)],
                    world.PARTNER_ID,
                    members,
                    seed=SEED,
                    digest=lambda partner, card: hasher.digest(partner, "card", card),
                    series=series,
                    say=typer.echo,
                )
                await connection.execute("vacuum")
                return time.monotonic() - began_s

            await fill_up(BYSTANDERS, bystander, growth.calls)
            await measured.quotes("few", growth.calls)
            await fill_up(BUYERS, buyer, growth.receipts_at_first // BASKETS)
            await measured.confirms("few", growth.receipts_at_first // BASKETS)
            before_bytes = await connection.fetchval(_DISK_BYTES)
            filled_s = await fill_up(BUYERS, buyer, growth.receipts // BASKETS)
            took_bytes = await connection.fetchval(_DISK_BYTES) - before_bytes
            await measured.confirms("many", growth.receipts // BASKETS)
            filled_s += await fill_up(BYSTANDERS, bystander, growth.members)
            await measured.quotes("many", growth.members)
        rows = await verified_rows(stand.dsn)
        return [*measured.figures(), *_about(growth, filled_s, took_bytes, rows)]
    finally:
        await connection.close()


def _about(growth: Growth, filled_s: float, took_bytes: int, rows: int) -> Iterator[Figure]:
    filled = growth.receipts - growth.receipts_at_first
    for name, value, about in (
        ("members", growth.members, "members in the end"),
        ("receipts", growth.receipts, "receipts in the end, of real baskets"),
        ("filled_s", filled_s, "seconds for the second fill, by one process"),
        ("copied_receipt_bytes", took_bytes / filled, "of PostgreSQL's files, with all its rows"),
        ("verified_rows", rows, "rows without a violation"),
    ):
        yield Figure(name=name, value=value, about=about)


class Measured:
    """Medians of single calls, in milliseconds, by what and when."""

    def __init__(self, stand: Stand, till: CheckoutClient, growth: Growth) -> None:
        self._stand = stand
        self._till = till
        self._growth = growth
        self._chance = random.Random(SEED)  # noqa: S311 - a sample
        self._calls = 0
        self._ms: dict[tuple[str, str, str], float] = {}

    async def quotes(self, when: str, members: int) -> None:
        """Quotes of known members, then of others after a flush."""
        known = [world.card_of(number % 100) for number in range(self._growth.calls)]
        others = [card_of(self._chance.randrange(members), BYSTANDERS) for _ in known]
        await self._median("quote", when, "warm", known[:100])
        await self._median("quote", when, "warm", known)
        self._flush()
        await self._median("quote", when, "cold", others)

    async def confirms(self, when: str, members: int) -> None:
        """Confirms to known members, then to others after a flush."""
        known = [world.card_of(number % 100) for number in range(self._growth.calls)]
        others = [card_of(self._chance.randrange(members), BUYERS) for _ in known]
        await self._median("confirm", when, "warm", known[:100])
        await self._median("confirm", when, "warm", known)
        self._flush()
        await self._median("confirm", when, "cold", others)

    def figures(self) -> Iterator[Figure]:
        """Ratios, with the medians beside them."""
        for what, name in (("confirm", "history_growth"), ("quote", "member_growth")):
            for how in ("warm", "cold"):
                few, many = self._ms[what, "few", how], self._ms[what, "many", how]
                yield Figure(
                    name=f"{name}_{how}",
                    value=many / few,
                    goal=1.15,
                    about=f"median {what} with many over that with few, {how}",
                )
                yield Figure(name=f"{name}_{how}_few_ms", value=few, about="the median with few")
                yield Figure(name=f"{name}_{how}_many_ms", value=many, about="with many")

    async def _median(self, what: str, when: str, how: str, cards: list[str]) -> None:
        took_ms = []
        for card in cards:
            self._calls += 1
            name = f"growth-{self._calls}"
            receipt = world.receipt(card)
            if how == "cold":
                receipt.points_minor = 0
            began_s = time.perf_counter()
            if what == "quote":
                await self._till.quote(name, receipt)
            else:
                await self._till.confirm(name, name, receipt)
            took_ms.append((time.perf_counter() - began_s) * 1e3)
        self._ms[what, when, how] = statistics.median(took_ms)

    def _flush(self) -> None:
        with redis.Redis.from_url(self._stand.redis_url, protocol=3) as client:
            client.flushall()


async def _templates(
    stand: Stand, till: CheckoutClient, connection: asyncpg.Connection[Any]
) -> tuple[UUID, UUID]:
    """A member with real baskets, and one without; sold to while nothing is shared by all."""
    budgeted = "update campaign set status = $1 where document ? 'budget'"
    await connection.execute(budgeted, "archived")
    await world.publish(stand.worker.target)
    ids = []
    for card in ("990000000001", "990000000002"):
        request = messages.EnrolMemberRequest(request_id=f"growth-{card}", card=card)
        ids.append(UUID((await till.enrol_member(request)).member.member_id))
    for number, sale in enumerate(_real_sales("990000000001")):
        await till.confirm(f"grown-r{number}", f"grown-{number}", sale)
    async with asyncio.timeout(COUNTED_WITHIN_S):
        while await connection.fetchval("select exists (select from visit_pending)"):  # noqa: ASYNC110
            await asyncio.sleep(1 / 10)
    await connection.execute(budgeted, "live")
    await world.publish(stand.worker.target)
    return ids[0], ids[1]


def _real_sales(card: str) -> Iterator[messages.Receipt]:
    dataset = load_completejourney(dt.datetime.now(dt.UTC).date(), SEED)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    for chosen in choose_receipts(dataset, BASKETS):
        sale = replace(
            chosen.at(dt.datetime.now(dt.UTC)), local_time=now, utc_offset_minutes=0, coupons=()
        )
        yield receipt_message(sale, identifier_message("card", card))
