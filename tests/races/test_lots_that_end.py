"""RC11: points that end between a quote or a hold and its sale, and what fails if that is wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Final

import pytest

from checkout.flows import book_lots
from checkout.v1 import checkout_service_pb2 as pb
from checkout.workers import lot_keeper
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import MeetingStore, take_lock_away
from tests.service.clock import move_clock, move_tills
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

POINTS_MINOR: Final = 10_00
#: Of each lot a sale spends so many.
HALF_MINOR: Final = 5_00

pytestmark = pytest.mark.usefixtures("only_by_hand")


async def sell_what_ends(service: Service, count: int) -> set[pb.Status]:
    """Sales of held points by one worker, while the other books that the rest has ended."""
    cards = await make_members(service, count, POINTS_MINOR)
    selling, booking = service.till(worker=0), service.workers[1].lot_keeper
    sales = {c: receipt(line("towel"), card=c, points_minor=HALF_MINOR) for c in cards}
    for card, sale in sales.items():
        # By the other worker: the first batch of each is what meets.
        await service.till(worker=1).quote(f"p{card}", sale, hold=True, hold_ttl_s=1_800)
    await service.database.execute(
        "update lot set active_from = now() - interval '9 days',"
        " expires_at = now() - interval '16 minutes' where held > 0"
    )
    confirms = (selling.confirm(f"p{card}", sale) for card, sale in sales.items())
    answers, _ = await asyncio.gather(asyncio.gather(*confirms), booking.step())
    await booking.step()
    return {answer.status for answer in answers}


async def faults(service: Service) -> list[str]:
    """What the verifier finds, but that a hold is younger than its lot, which the test moved."""
    found = await violations(service)
    return [each for each in found if "spending_respects_lot_dates" not in each]


async def test_held_points_are_sold_while_the_rest_of_their_lots_ends(two_workers: Service) -> None:
    """Each sale spends its half, and the other half ends, in whatever order they come."""
    assert await sell_what_ends(two_workers, 12) == {pb.STATUS_OK}
    lots = await two_workers.database.fetch(
        "select count(*), remaining, expired from lot where active_from < now() - interval '8 days'"
        " and expires_at < now() group by remaining, expired"
    )
    assert [tuple(row) for row in lots] == [(12, 0, POINTS_MINOR - HALF_MINOR)]
    assert await faults(two_workers) == []


async def test_without_the_lock_an_end_is_written_over_a_sale(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can fail: a sale and a worker that read the same lot each write what they made of it."""
    take_lock_away(two_workers, monkeypatch, "members")
    selling, booking = two_workers.workers
    store = selling.group_commit._store
    assert isinstance(store, MeetingStore)
    booking.group_commit._store = booking.background_commit._store
    booking.background_commit._store = MeetingStore(store._pool, store.meeting, "members")
    await sell_what_ends(two_workers, 1)
    assert await faults(two_workers)


async def test_points_that_are_booked_too_early_fail_a_quote(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can fail: without the quarter of an hour that quotes are good for the shown price goes."""
    (card,) = await make_members(service, 1, POINTS_MINOR)
    till = service.till()
    await service.database.execute(
        "update lot set expires_at = now() + interval '1 minute' where issued = $1", POINTS_MINOR
    )
    sale = receipt(line("towel"), card=card, points_minor=HALF_MINOR)
    token = (await till.quote("p", sale)).quote_token
    for module in (lot_keeper, book_lots):
        monkeypatch.setattr(module, "QUOTE_VALIDITY", dt.timedelta())
    await move_clock(service, dt.timedelta(minutes=14))
    move_tills(dt.timedelta(minutes=14), monkeypatch)
    await service.workers[0].lot_keeper.step()
    assert (await till.confirm("p", sale, quote_token=token)).status != pb.STATUS_OK
