"""Corrections at the same moment on two workers: no row is booked twice, none is undone twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.bulks import bulk_adjust, decide, row, set_four_eyes, undo
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service

BOOKED = op.CORRECTION_STATE_BOOKED


async def send_at_once(service: Service, cards: list[str]) -> int:
    """Two loaders send the same file in pages of other sizes; how many rows say it was them."""
    rows = [row(2 + number, "1", card=card) for number, card in enumerate(cards)]
    pages = [rows[at : at + size] for size in (7, 10) for at in range(0, len(rows), size)]
    answers = await asyncio.gather(
        *(bulk_adjust(service.operator(worker=i % 2), "b", page) for i, page in enumerate(pages)),
        return_exceptions=True,
    )
    done = [each for each in answers if not isinstance(each, BaseException)]
    return sum(result.changed for results in done for result in results)


async def test_a_file_that_is_sent_twice_at_once_is_booked_once(two_workers: Service) -> None:
    """Each row by one of the two; all members have one point more."""
    cards = await make_members(two_workers, 30, 1_00)
    assert await send_at_once(two_workers, cards) == len(cards)
    booked = await two_workers.database.fetchval(
        "select count(*) from lot where origin = 'adjusted' and issued = 100"
        " and posting_id in (select correction_id from correction where bulk_id is not null)"
    )
    assert booked == len(cards)
    assert await two_workers.database.fetchval("select count(*) from bulk") == 1
    assert await violations(two_workers) == []


async def undo_at_once(service: Service, correction_id: str) -> int:
    """Twenty calls take back one correction: how many say it was them."""
    answers = await asyncio.gather(
        *(undo(service.operator(worker=i % 2), correction_id) for i in range(20)),
        return_exceptions=True,
    )
    done = [each for each in answers if not isinstance(each, BaseException)]
    return sum(result.changed for results in done for result in results)


async def make_one(service: Service) -> str:
    """A correction of minus ten points."""
    member = (await service.till().identify(card=world.CARD)).member_id
    return (await service.operator().adjust(member, -10_00)).correction_id


async def test_a_correction_is_undone_once(two_workers: Service) -> None:
    """Of twenty one gives the points back."""
    assert await undo_at_once(two_workers, await make_one(two_workers)) == 1
    assert await two_workers.till().balance_minor() == world.ANN_POINTS_MINOR
    assert await violations(two_workers) == []


async def test_a_proposal_is_approved_or_rejected(two_workers: Service) -> None:
    """Both at once: one of them happens, and the balance says which."""
    await set_four_eyes(two_workers, 0)
    member = (await two_workers.till().identify(card=world.CARD)).member_id
    ids = [(await two_workers.operator().adjust(member, 1_00)).correction_id for _ in range(10)]
    answers = await asyncio.gather(
        *(
            decide(
                two_workers.operator(author="boss", worker=n % 2),
                each,
                reject=(n // 2) % 2 == 0,
            )
            for each in ids
            for n in range(4)
        )
    )
    changed = [result.state for (result,) in answers if result.changed]
    assert len(changed) == len(ids)
    booked = changed.count(BOOKED)
    assert await two_workers.till().balance_minor() == world.ANN_POINTS_MINOR + booked * 1_00
    assert await violations(two_workers) == []


async def spend_and_undo(service: Service) -> tuple[int, int]:
    """Twenty sales of two points while twenty points are taken back: what was spent, and owed."""
    member = (await service.till().identify(card=world.CARD)).member_id
    operator = service.operator()
    await operator.adjust(member, -world.ANN_POINTS_MINOR)
    made = await operator.adjust(member, 20_00)
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=2_00)
    sold, undone = await asyncio.gather(
        asyncio.gather(
            *(service.till(worker=i % 2).confirm(f"p{i}", sale) for i in range(20)),
            return_exceptions=True,
        ),
        undo(operator, made.correction_id),
    )
    done = [each for each in sold if not isinstance(each, BaseException)]
    return sum(each.status == pb.STATUS_OK for each in done) * 2_00, undone[0].owed_minor


async def test_sales_and_an_undo_share_the_points(two_workers: Service) -> None:
    """Points that are taken back while tills spend them are spent, or owed: never both or none."""
    spent, owed = await spend_and_undo(two_workers)
    assert owed <= spent <= 20_00
    assert await two_workers.till().balance_minor() == -spent
    assert await violations(two_workers) == []


async def test_without_the_members_lock_points_are_spent_and_taken_back(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: a sale and the undo read the same lot and write over each other."""
    member = (await two_workers.till().identify(card=world.CARD)).member_id
    made = await two_workers.operator().adjust(member, 20_00)
    take_lock_away(two_workers, monkeypatch, "members")
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=2_00)
    await asyncio.gather(
        two_workers.till(worker=0).confirm("p", sale),
        undo(two_workers.operator(worker=1), made.correction_id),
        return_exceptions=True,
    )
    assert await violations(two_workers)
