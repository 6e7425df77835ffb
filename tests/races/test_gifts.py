"""Gifts at many tills and operators over two workers: none twice, and what the lock is for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import gifts
from tests.service.till import fresh, line, receipt, said_by

if TYPE_CHECKING:
    from tests.service.running import Service

STOCK = 10
SALES = 50


async def sell_at_once(service: Service, sales: int = SALES) -> int:
    """Sales beside which a mug is given, confirmed together by both workers: how many got one."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sale = receipt(line(gifts.MUG_FOR, 5_00))
    answers = await asyncio.gather(
        *(tills[i % 2].confirm(fresh("mug"), sale) for i in range(sales))
    )
    assert {answer.status for answer in answers} == {pb.STATUS_OK}
    assert {answer.outcome.payable_minor for answer in answers} == {5_00}
    given = [answer for answer in answers if answer.outcome.issued]
    missed = [answer.outcome.gifts_missed for answer in answers if not answer.outcome.issued]
    assert all(one.fault == "out_of_stock" for (one,) in missed)
    return len(given)


async def stock_of(service: Service) -> tuple[int, int]:
    row = await service.database.fetchrow("select stock, held from gift_stock")
    return row["stock"], row["held"]


async def test_fifty_sales_for_ten_gifts_give_ten(two_workers: Service) -> None:
    """All are sold at the same price; forty go on without a mug, and say so."""
    await gifts.publish_gift_rules(two_workers)
    await gifts.set_stock(two_workers.operator(), STOCK)
    assert await sell_at_once(two_workers) == STOCK
    assert await stock_of(two_workers) == (0, 0)
    assert await violations(two_workers) == []


async def test_without_the_stocks_lock_too_many_are_given(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` each worker gives the same mug away, and it shows."""
    await gifts.publish_gift_rules(two_workers)
    await gifts.set_stock(two_workers.operator(), STOCK)
    take_lock_away(two_workers, monkeypatch, "gifts")
    assert await sell_at_once(two_workers) > STOCK
    (found,) = await violations(two_workers)
    assert found.startswith("gift_stocks_are_sums_of_entries")


async def test_holds_sales_returns_and_operators_meet(two_workers: Service) -> None:
    """Whatever comes first, the books agree, and what is left is what nobody has."""
    await gifts.publish_gift_rules(two_workers)
    await gifts.set_stock(two_workers.operator(), STOCK)
    cards = await make_members(two_workers, 12, 1_00)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    members = [(await tills[0].identify(card=card)).member_id for card in cards]
    sale = receipt(line(gifts.MUG_FOR, 5_00))
    returned = [fresh("back") for _ in range(4)]
    for purchase in returned:
        await tills[0].confirm(purchase, sale)
    held = [fresh("held") for _ in range(8)]

    async def hold_and_cancel(i: int) -> None:
        till = tills[i % 2]
        await till.quote(held[i], sale, hold=True)
        await till.cancel(held[i])

    async def give(i: int) -> int:
        operator = two_workers.operator(worker=i % 2)
        try:
            given = await gifts.give(operator, members[i])
        except grpc.aio.AioRpcError as error:
            if said_by(error).reason != "GIFT_OUT_OF_STOCK":
                raise
            return 0
        if i % 3 == 0:
            await gifts.take_back(operator, given.gift_given_id)
            return 0
        return 1

    sold, given, *_ = await asyncio.gather(
        sell_at_once(two_workers, 12),
        asyncio.gather(*(give(i) for i in range(len(members)))),
        asyncio.gather(*(tills[i % 2].take_back(p) for i, p in enumerate(returned))),
        asyncio.gather(*(hold_and_cancel(i) for i in range(len(held)))),
    )
    assert await stock_of(two_workers) == (STOCK - sold - sum(given), 0)
    assert await violations(two_workers) == []


async def test_one_gift_is_taken_back_once(two_workers: Service) -> None:
    """Ten calls of their own over two workers: one changes something; points come back once."""
    await gifts.publish_gift_rules(two_workers)
    await gifts.set_stock(two_workers.operator(), 1)
    (card,) = await make_members(two_workers, 1, 1_00)
    till = two_workers.till()
    member_id = (await till.identify(card=card)).member_id
    given = await gifts.give(two_workers.operator(), member_id)
    answers = await asyncio.gather(
        *(
            gifts.take_back(two_workers.operator(worker=i % 2), given.gift_given_id)
            for i in range(10)
        )
    )
    assert sorted(answer.changed for answer in answers) == [False] * 9 + [True]
    assert await till.balance_minor(card) == 1_00
    assert await stock_of(two_workers) == (1, 0)
    assert await violations(two_workers) == []


async def test_a_repeated_call_gives_once(two_workers: Service) -> None:
    """The same request id at both workers at once: one gift, one answer."""
    await gifts.publish_gift_rules(two_workers)
    await gifts.set_stock(two_workers.operator(), 5)
    (card,) = await make_members(two_workers, 1, 1_00)
    member_id = (await two_workers.till().identify(card=card)).member_id
    request_id = fresh("again")
    answers = await asyncio.gather(
        *(
            gifts.give(two_workers.operator(worker=i % 2), member_id, request_id=request_id)
            for i in range(6)
        )
    )
    assert len({answer.gift_given_id for answer in answers}) == 1
    assert await stock_of(two_workers) == (4, 0)
    assert await violations(two_workers) == []


async def give_at_once(
    service: Service, bound: int, members: int = 1
) -> list[tuple[int, list[dict[str, str]]]]:
    """Operators at both workers give each member mugs together: how many, and what others hear.

    Nothing else that they draw on is locked: mugs are not counted, and cost nothing.
    """
    bounded = {"bound": bound, "period": "day"}
    await gifts.publish_gift_rules(service, counted=False, points_minor=0, per_member=bounded)
    told = []
    for card in await make_members(service, members, 100_00):
        member_id = (await service.till().identify(card=card)).member_id
        refused: list[dict[str, str]] = []

        async def give(i: int, to: str = member_id, hear: Any = refused.append) -> int:
            try:
                await gifts.give(service.operator(worker=i % 2), to)
            except grpc.aio.AioRpcError as error:
                said = said_by(error)
                assert said.reason == "GIFT_LIMIT_REACHED"
                hear(said.numbers)
                return 0
            return 1

        told.append((sum(await asyncio.gather(*(give(i) for i in range(20)))), refused))
    return told


async def test_operators_at_once_do_not_pass_what_one_member_gets(two_workers: Service) -> None:
    """Twenty calls for three mugs give three; the others hear the numbers."""
    [(given, refused)] = await give_at_once(two_workers, 3)
    assert (given, len(refused)) == (3, 17)
    for numbers in refused:
        assert (numbers["wanted"], numbers["given"], numbers["bound"]) == ("1", "3", "3")
        assert (numbers["left"], numbers["period"]) == ("0", "day")
    assert await violations(two_workers) == []


async def test_without_the_members_lock_one_member_gets_too_many(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` of the member each worker counts for itself.

    One of five members at least gets too many: the workers need not meet each time.
    """
    take_lock_away(two_workers, monkeypatch, "members")
    assert max(given for given, _ in await give_at_once(two_workers, 1, members=5)) > 1
