"""How a quote and a confirm grow with what is stored: few members and receipts, then very many.

Latency one call after the other, as a till has it: warm for members who have just been quoted, cold
for members whom nobody has looked at, with an empty cache. Nobody is measured twice, so that with
few and with many each sale is the first of its member and just as heavy. What there is besides are
copies of members to whom real baskets were sold (`loaders.growth`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import statistics
import sys
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
from checkout.verifier.report import ReportTable
from loaders.completejourney.dataset import load_completejourney
from loaders.completejourney.receipts import draw_receipts
from loaders.growth.filling import card_of, fill
from loaders.growth.template import read_template
from loadtests.engine.figures import Figure
from loadtests.service import world
from loadtests.service.books import verified_rows
from loadtests.service.rightness import require_right
from loadtests.service.stand import running_stand
from loadtests.service.unmade import BENCH, COUNTED_LATER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.growth.template import Template
    from loadtests.service.stand import Stand

SEED: Final = 7
#: Series of copies: with receipts, and members alone.
BUYERS: Final = 1
BYSTANDERS: Final = 2
COUNTED_WITHIN_S: Final = 60.0
#: Copies buy as those do who are measured warm: all ten campaigns are for them.
_OF_A_MIDDLE_TIER: Final = """
with tiers as (update participation set tier_code = 'gold' where member_id = any($1))
update member_profile set traits = traits || '{"segments": ["regulars"]}' where member_id = any($1)
"""
_DISK_BYTES: Final = "select pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Growth:
    """How much there is at first and in the end, more; and how many calls are measured."""

    members: int
    receipts: int
    members_at_first: int = 1_000
    receipts_at_first: int = 10_000
    calls: int = 250
    #: Members whose copies have receipts, and how many real baskets are sold to each of them.
    buyers: int = 10
    baskets: int = 20

    def __post_init__(self) -> None:
        """Whether there are enough members, so that nobody is measured twice."""
        # Quotes and confirms, with few and with many, each warm to members of the stand.
        enough = 4 * self.calls <= self.members_at_first and 2 * self.calls <= self.members
        enough &= self.calls <= min(self.copies_at_first, self.copies - self.copies_at_first)
        if not enough:
            raise ValueError(f"too few for {self.calls} calls, each of another member: {self}")

    @property
    def copies_at_first(self) -> int:
        """Buyers with the receipts that there are at first."""
        return self.receipts_at_first // self.baskets

    @property
    def copies(self) -> int:
        """Buyers with the receipts that there are in the end."""
        return self.receipts // self.baskets


def measure_growth(growth: Growth) -> Iterator[Figure]:
    """Ratios of medians: in the end over at first.

    Raises:
        RuntimeError: an answer is not what was asked for, or the verifier finds something: the run
            is void.
    """
    with running_stand(campaigns=1_000, members=growth.members_at_first) as stand:
        yield from asyncio.run(grown(stand, growth))


async def grown(stand: Stand, growth: Growth) -> list[Figure]:
    """The same on a stand of so many members, none of whom has bought anything.

    Raises:
        RuntimeError: as above.
    """
    hasher = IdentifierHasher(stand.pepper)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(stand.dsn)
    try:
        async with CheckoutClient(stand.worker.target, world.TOKEN, timeout_factor=60) as till:
            measured = Measured(stand, till, growth)
            templates = await _templates(stand, till, connection, growth)

            async def fill_up(series: int, members: int) -> float:
                began_s = time.monotonic()
                await fill(
                    connection,
                    templates[series],
                    world.PARTNER_ID,
                    members,
                    seed=SEED,
                    digest=lambda partner, card: hasher.digest(partner, "card", card),
                    series=series,
                    say=typer.echo,
                )
                await connection.execute("vacuum")
                return time.monotonic() - began_s

            await fill_up(BYSTANDERS, growth.calls)
            await measured.quotes("few", range(growth.calls))
            await fill_up(BUYERS, growth.copies_at_first)
            await measured.confirms("few", range(growth.copies_at_first))
            before_bytes = await connection.fetchval(_DISK_BYTES)
            filled_s = await fill_up(BUYERS, growth.copies)
            took_bytes = await connection.fetchval(_DISK_BYTES) - before_bytes
            await measured.confirms("many", range(growth.copies_at_first, growth.copies))
            filled_s += await fill_up(BYSTANDERS, growth.members)
            await measured.quotes("many", range(growth.calls, growth.members))
        # Verifying millions of receipts takes its time: who ends it has these at least.
        for figure in measured.figures():
            typer.echo(f"{figure.name} {figure.value:.3f}: {figure.about}; not verified yet")
        table = ReportTable(sys.stdout)
        rows = await verified_rows(stand.dsn, BENCH - COUNTED_LATER, table.tell)
        return [*measured.figures(), *_about(growth, filled_s, took_bytes, rows)]
    finally:
        await connection.close()


def _about(growth: Growth, filled_s: float, took_bytes: int, rows: int) -> Iterator[Figure]:
    filled = growth.receipts - growth.receipts_at_first
    for name, value, about in (
        ("members", growth.members, "members in the end"),
        (
            "receipts",
            growth.receipts,
            f"receipts in the end, copies of {growth.buyers} buyers of {growth.baskets} baskets",
        ),
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
        #: Of the members of the stand, each is measured once.
        self._known = iter(range(growth.members_at_first))
        self._ms: dict[tuple[str, str, str], float] = {}

    async def quotes(self, when: str, copies: range) -> None:
        """Quotes of members who were just quoted, then of copies after a flush."""
        await self._both("quote", when, copies, BYSTANDERS)

    async def confirms(self, when: str, copies: range) -> None:
        """Confirms to members who were just quoted, then to copies after a flush."""
        await self._both("confirm", when, copies, BUYERS)

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

    async def _both(self, what: str, when: str, copies: range, series: int) -> None:
        known = [world.card_of(next(self._known)) for _ in range(self._growth.calls)]
        for card in known:
            await self._call("quote", world.receipt(card))
        await self._median(what, when, "warm", [world.receipt(card) for card in known])
        others = self._chance.sample(copies, self._growth.calls)
        receipts = [world.receipt(card_of(number, series)) for number in others]
        for receipt in receipts:
            # Of copies some have no points: nobody was given any.
            receipt.points_minor = 0
        self._flush()
        await self._median(what, when, "cold", receipts)

    async def _median(
        self, what: str, when: str, how: str, receipts: list[messages.Receipt]
    ) -> None:
        took_ms = []
        for receipt in receipts:
            began_s = time.perf_counter()
            name, answer = await self._call(what, receipt)
            took_ms.append((time.perf_counter() - began_s) * 1e3)
            require_right(answer, name)
        self._ms[what, when, how] = statistics.median(took_ms)

    async def _call(
        self, what: str, receipt: messages.Receipt
    ) -> tuple[str, messages.QuoteResponse | messages.ConfirmResponse]:
        self._calls += 1
        name = f"growth-{self._calls}"
        if what == "quote":
            return name, await self._till.quote(name, receipt)
        return name, await self._till.confirm(name, name, receipt)

    def _flush(self) -> None:
        with redis.Redis.from_url(self._stand.redis_url, protocol=3) as client:
            client.flushall()


async def _templates(
    stand: Stand, till: CheckoutClient, connection: asyncpg.Connection[Any], growth: Growth
) -> dict[int, list[Template]]:
    """By series: members with real baskets, and one without; sold to while nothing is shared."""
    budgeted = "update campaign set status = $1 where document ? 'budget'"
    await connection.execute(budgeted, "archived")
    await world.publish(stand.worker.target)
    ids = []
    for number in range(growth.buyers + 1):
        card = _template_card(number)
        request = messages.EnrolMemberRequest(request_id=f"growth-{card}", card=card)
        ids.append(UUID((await till.enrol_member(request)).member.member_id))
    for number, sale in enumerate(_real_sales(growth)):
        name = f"grown-{number}"
        sold = await till.confirm(f"{name}-r", name, sale)
        if sold.status != messages.STATUS_OK:
            raise RuntimeError(f"void: {name} was answered with status {sold.status}")
    async with asyncio.timeout(COUNTED_WITHIN_S):
        while await connection.fetchval("select exists (select from visit_pending)"):  # noqa: ASYNC110
            await asyncio.sleep(1 / 10)
    await connection.execute(_OF_A_MIDDLE_TIER, ids)
    await connection.execute(budgeted, "live")
    await world.publish(stand.worker.target)
    *buyers, bystander = [await read_template(connection, each) for each in ids]
    return {BUYERS: buyers, BYSTANDERS: [bystander]}


def _template_card(number: int) -> str:
    return f"99{number:010}"


def _real_sales(growth: Growth) -> Iterator[messages.Receipt]:
    """Baskets of the real year, each as likely: so many for each buyer in turn, no two alike."""
    dataset = load_completejourney(dt.datetime.now(dt.UTC).date(), SEED)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    everyone = range(len(dataset.baskets))
    drawn = draw_receipts(dataset, growth.buyers * growth.baskets, everyone)
    for number, chosen in enumerate(drawn):
        sale = replace(
            chosen.at(dt.datetime.now(dt.UTC)), local_time=now, utc_offset_minutes=0, coupons=()
        )
        card = _template_card(number % growth.buyers)
        yield receipt_message(sale, identifier_message("card", card))
