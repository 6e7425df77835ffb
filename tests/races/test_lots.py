"""Lots that begin and end: booked once, whoever books them, whenever, and beside whatever sales."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from checkout.store.book_store import PostgresBookStore, PostgresBookTransaction
from checkout.v1 import checkout_service_pb2 as pb
from tests.races.journal import Actor
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.races.test_journal import members_of
from tests.service import world
from tests.service.clock import make_months, move_clock, move_tills
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from checkout.ledger.book import Book
    from tests.service.running import Service

MEMBERS: Final = 60
POINTS_MINOR: Final = 10_00
#: So many rounds of calls, and so much time between them.
ROUNDS: Final = 5
BETWEEN: Final = dt.timedelta(hours=17)

# What is under way is dated by its beginning.
pytestmark = pytest.mark.usefixtures("only_by_hand")


async def points_that_have_ended(service: Service, count: int = MEMBERS) -> list[str]:
    """Cards of members whose points ended twenty minutes ago; nobody has booked it."""
    cards = await make_members(service, count, POINTS_MINOR)
    await service.database.execute(
        "update lot set active_from = now() - interval '9 days',"
        " expires_at = now() - interval '20 minutes' where issued = $1"
        " and member_id in (select member_id from identifier where masked = '…')"
        " and origin = 'adjusted' and not exists ("
        "   select from participation p where p.member_id = lot.member_id and tier_code = 'gold')",
        POINTS_MINOR,
    )
    return cards


async def ends(service: Service) -> tuple[int, int]:
    """How many lots are booked as expired, and by how many postings."""
    lots = await service.database.fetchval("select count(*) from lot where expired > 0")
    postings = await service.database.fetchval("select count(*) from posting where kind = 'expiry'")
    return lots, postings


async def test_two_workers_book_the_same_ends_once(two_workers: Service) -> None:
    """Both find all members, and sales of these go on: each lot is booked by one posting."""
    cards = await points_that_have_ended(two_workers)
    till = two_workers.till()
    _, sold = await asyncio.gather(
        asyncio.gather(*(worker.lot_keeper.step() for worker in two_workers.workers)),
        asyncio.gather(
            *(
                till.confirm(f"sale-{card}", receipt(line("apple"), card=card, points_max=True))
                for card in cards[:20]
            )
        ),
    )
    assert {answer.outcome.redemption.points_minor for answer in sold} == {0}
    for worker in two_workers.workers:
        await worker.lot_keeper.step()
    lots, postings = await ends(two_workers)
    assert lots == postings >= MEMBERS
    assert await violations(two_workers) == []


async def test_without_the_lock_of_members_ends_are_booked_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: two workers that do not wait for each other both book what they read."""
    await points_that_have_ended(two_workers, 1)
    take_lock_away(two_workers, monkeypatch, "members", background=True)
    await asyncio.gather(*(worker.lot_keeper.step() for worker in two_workers.workers))
    lots, postings = await ends(two_workers)
    assert postings > lots
    assert await violations(two_workers)


class DyingStore(PostgresBookStore):
    """A store that loses its connection after writing, before COMMIT, so many times."""

    deaths = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresBookTransaction]:
        async with super().transaction() as transaction:
            yield DyingTransaction(transaction._connection, self)


class DyingTransaction(PostgresBookTransaction):
    def __init__(self, connection: Any, store: DyingStore) -> None:
        super().__init__(connection)
        self._store = store

    async def write(self, book: Book) -> None:
        await super().write(book)
        if self._store.deaths:
            self._store.deaths -= 1
            await self._connection.execute("select pg_terminate_backend(pg_backend_pid())")


async def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(service: Service) -> None:
    """What was written and not committed is not there; the next step books it."""
    await points_that_have_ended(service)
    (worker,) = service.workers
    store = DyingStore(worker.background_commit._store._pool)  # type: ignore[attr-defined]
    worker.background_commit._store = store
    store.deaths = 10
    await worker.lot_keeper.step()
    await worker.lot_keeper.step()
    assert store.deaths == 0
    lots, postings = await ends(service)
    assert lots == postings >= MEMBERS
    assert await violations(service) == []


async def test_a_quote_can_spend_what_ends_before_it_runs_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RC11: for a quarter of an hour the end is not booked; then it is, and nothing is spent."""
    (card, other) = await make_members(service, 2, POINTS_MINOR)
    till = service.till()
    await service.database.execute(
        "update lot set expires_at = now() + interval '1 minute' where issued = $1", POINTS_MINOR
    )
    sales = {c: receipt(line("towel"), card=c, points_minor=5_00) for c in (card, other)}
    quotes = {c: (await till.quote(f"p{c}", sale)).quote_token for c, sale in sales.items()}
    for minutes, who, status in ((14, card, pb.STATUS_OK), (17, other, pb.STATUS_REJECTED)):
        await move_clock(service, dt.timedelta(minutes=minutes))
        move_tills(dt.timedelta(minutes=minutes), monkeypatch)
        await service.workers[0].lot_keeper.step()
        answer = await till.confirm(f"p{who}", sales[who], quote_token=quotes[who])
        assert answer.status == status
    lots, postings = await ends(service)
    assert lots == postings > 0
    assert await violations(service) == []


async def test_what_a_hold_keeps_ends_with_it(service: Service) -> None:
    """A sale with a live hold spends points that have ended; what it does not spend ends then."""
    card, other = await make_members(service, 2, POINTS_MINOR)
    till = service.till()
    sales = {c: receipt(line("towel"), card=c, points_minor=5_00) for c in (card, other)}
    for c, sale in sales.items():
        await till.quote(f"p{c}", sale, hold=True, hold_ttl_s=1_800)
    await service.database.execute(
        "update lot set active_from = now() - interval '9 days',"
        " expires_at = now() - interval '16 minutes' where issued = $1",
        POINTS_MINOR,
    )
    await service.workers[0].lot_keeper.step()
    left = "select coalesce(sum(remaining), 0) from lot where held > 0"
    assert await service.database.fetchval(left) == 2 * 5_00
    assert (await till.confirm(f"p{card}", sales[card])).status == pb.STATUS_OK
    await till.cancel(f"p{other}")
    await service.workers[0].lot_keeper.step()
    gone = "select sum(expired) from lot where issued = $1 and remaining = 0 and expired > 5_00"
    assert await service.database.fetchval(gone, POINTS_MINOR) >= POINTS_MINOR
    found = await violations(service)
    # The hold was made before its lot was moved into the past.
    assert [each for each in found if "spending_respects_lot_dates" not in each] == []


@pytest.mark.parametrize("seed", ["one", "two"])
async def test_booking_says_nothing_that_dates_do_not_say(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch, seed: str
) -> None:
    """The model with time passing: points begin, end and come back while workers book them.

    Between rounds seventeen hours pass. Booking changes nothing that members can spend, neither now
    nor in what the statement says of any past moment; and after each round the verifier is quiet.
    """
    await make_months(two_workers, ROUNDS * BETWEEN)
    short_lived = {"dates": {"delay_days": 1, "days": 2}}
    await world.put_program(two_workers.database, world.NORTH, world.program(accrual=short_lived))
    await two_workers.operator().publish()
    for worker in two_workers.workers:
        await worker.follower.step()
    members = await members_of(two_workers, 3)
    tills = [two_workers.till(worker=number) for number in (0, 1)]
    operator = two_workers.operator()
    actors = [Actor(f"{seed}/{n}", tills[n % 2], operator, members) for n in (0, 1)]
    past: dict[tuple[str, str], int] = {}
    for number in range(1, ROUNDS + 1):
        await asyncio.gather(*(play(actor) for actor in actors), *keep(two_workers))
        for card in members:
            page = await tills[0].statement(card)
            past[card, page.entries[0].at] = page.balance_minor
        offset = number * BETWEEN
        await move_clock(two_workers, offset)
        move_tills(offset, monkeypatch)
        for actor in actors:
            actor.let_holds_lapse()
        for worker in two_workers.workers:
            await worker.sweeper.step()
        before = [await tills[0].balance_minor(card) for card in members]
        await asyncio.gather(*keep(two_workers))
        assert [await tills[0].balance_minor(card) for card in members] == before
        for (card, moment), balance in past.items():
            assert (await tills[1].statement(card, as_of=moment)).balance_minor == balance
        assert await violations(two_workers) == []
    kinds = {row["kind"] for row in await two_workers.database.fetch("select kind from posting")}
    assert {"activation", "expiry", "return", "sale", "adjustment"} <= kinds


async def play(actor: Actor) -> None:
    for _ in range(12):
        await actor.act()


def keep(service: Service) -> list[asyncio.Task[None]]:
    return [asyncio.ensure_future(worker.lot_keeper.step()) for worker in service.workers]
