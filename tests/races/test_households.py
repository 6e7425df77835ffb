"""Two members of one household spend the same points at once, join and leave meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import leave_households_unlocked
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from checkout.v1.receipt_pb2 import Receipt
    from tests.service.running import Service


def spending(card: str) -> Receipt:
    """A sale that spends 1.00 in points and earns none."""
    return receipt(line("towel", 100_00), card=card, points_minor=1_00)


async def members_of(service: Service, cards: list[str]) -> list[str]:
    return [(await service.till().identify(card=card)).member_id for card in cards]


async def pool(service: Service, cards: list[str]) -> str:
    """A household of those who have the cards."""
    return await service.operator().household(*await members_of(service, cards))


async def spend_at_once(service: Service, cards: list[str], count: int = 60) -> Counter[int]:
    """Statuses of sales that all start together: each member at a worker of their own."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sales = [spending(card) for card in cards]
    answers = await asyncio.gather(
        *(tills[i % 2].confirm(f"race-{i}", sales[i % 2]) for i in range(count))
    )
    return Counter(answer.status for answer in answers)


async def test_the_household_spends_its_points_once(two_workers: Service) -> None:
    """Two members, each at another worker, have points for ten sales together."""
    cards = await make_members(two_workers, 2, 5_00)
    await pool(two_workers, cards)
    statuses = await spend_at_once(two_workers, cards)
    assert statuses == {pb.STATUS_OK: 10, pb.STATUS_REJECTED: 50}
    for card in cards:
        assert await two_workers.till().balance_minor(card) == 0
    assert await violations(two_workers) == []


async def test_one_of_two_members_gets_the_last_point(two_workers: Service) -> None:
    """Exactly one of two sales, and one of two holds, that need the same points."""
    cards = await make_members(two_workers, 2, 50)
    await pool(two_workers, cards)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    held = await asyncio.gather(
        *(till.quote(f"h{i}", spending(cards[i]), hold=True) for i, till in enumerate(tills))
    )
    assert Counter(a.status for a in held) == {pb.STATUS_OK: 1, pb.STATUS_REJECTED: 1}
    await asyncio.gather(*(till.cancel(f"h{i}") for i, till in enumerate(tills)))
    assert (await spend_at_once(two_workers, cards, 2))[pb.STATUS_OK] == 1
    assert await violations(two_workers) == []


async def test_without_the_households_lock_too_much_is_spent(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: members alone are locked, and both spend what they share."""
    cards = await make_members(two_workers, 2, 50)
    await pool(two_workers, cards)
    leave_households_unlocked(two_workers, monkeypatch)
    assert (await spend_at_once(two_workers, cards, 2))[pb.STATUS_OK] == 2
    assert await violations(two_workers)


async def test_joining_and_leaving_while_everybody_buys_loses_nothing(
    two_workers: Service,
) -> None:
    """Points are spent, earned and moved at once: the sum is what it was, less what was spent."""
    cards = await make_members(two_workers, 4, 3_00)
    members = await members_of(two_workers, cards)
    household_id = await pool(two_workers, [])
    operators = [two_workers.operator(worker=worker) for worker in (0, 1)]
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    all_points = "select sum(balance) from account"
    before = await two_workers.database.fetchval(all_points)
    joining = [operators[i % 2].join_household(household_id, m) for i, m in enumerate(members)]
    buying = [tills[i % 2].confirm(f"b{i}", spending(cards[i % 4])) for i in range(40)]
    leaving = [operators[i % 2].leave_household(m) for i, m in enumerate(members[:2])]
    answers = await asyncio.gather(*joining, *buying, *leaving)
    sold = sum(getattr(answer, "status", 0) == pb.STATUS_OK for answer in answers)
    assert 0 < sold <= 12
    assert await two_workers.database.fetchval(all_points) == before - sold * 1_00
    assert await violations(two_workers) == []


async def test_a_member_joins_one_household(two_workers: Service) -> None:
    """Of two households that are joined at once one gets the member; the other call is refused."""
    (card,) = await make_members(two_workers, 1, 5_00)
    (member,) = await members_of(two_workers, [card])
    households = [await pool(two_workers, []) for _ in range(2)]
    answers = await asyncio.gather(
        *(two_workers.operator(worker=i).join_household(households[i], member) for i in (0, 1)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, BaseException) for answer in answers) == 1
    assert await two_workers.till().balance_minor(card) == 5_00
    assert await violations(two_workers) == []


async def test_points_of_a_household_end_once_while_its_members_buy(two_workers: Service) -> None:
    """Both workers book the end of what one member brought; what the other brought is spent."""
    cards = await make_members(two_workers, 2, 5_00)
    await pool(two_workers, cards)
    await two_workers.database.execute(
        "update lot set active_from = now() - interval '9 days',"
        " expires_at = now() - interval '20 minutes' where lot_id ="
        " (select lot_id from lot where origin = 'transferred' limit 1)"
    )
    keepers = [worker.lot_keeper for worker in two_workers.workers]
    statuses, *_ = await asyncio.gather(
        spend_at_once(two_workers, cards, 20), *(keeper.step() for keeper in keepers)
    )
    assert statuses == {pb.STATUS_OK: 5, pb.STATUS_REJECTED: 15}
    await keepers[0].step()
    ended = "select sum(expired), sum(remaining) from lot where origin = 'transferred'"
    assert tuple(await two_workers.database.fetchrow(ended)) == (5_00, 0)
    for card in cards:
        assert await two_workers.till().balance_minor(card) == 0
    found = await violations(two_workers)
    assert [each for each in found if "lots_are_booked_in_time" not in each] == []


async def test_goods_of_before_come_back_while_their_buyer_joins(two_workers: Service) -> None:
    """In whatever order: the household owes what they had earned, or never got it."""
    cards = await make_members(two_workers, 4, 5_00)
    members = await members_of(two_workers, cards)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    for number, card in enumerate(cards):
        await tills[0].confirm(
            f"before-{number}", receipt(line("apple"), card=card, points_minor=7)
        )
    household_id = await pool(two_workers, [])
    await asyncio.gather(
        *(tills[n % 2].take_back(f"before-{n}", {1: 500}) for n in range(4)),
        *(
            two_workers.operator(worker=(n + 1) % 2).join_household(household_id, member)
            for n, member in enumerate(members)
        ),
        *(tills[(n + 1) % 2].take_back(f"before-{n}", {1: 500}) for n in range(4)),
    )

    async def are_told() -> bool:
        told = [await two_workers.till().balance_minor(card) for card in cards]
        return told == [4 * 5_00] * 4

    # What a quote knows of a member may be so old.
    await wait_until(are_told, within_s=2, what="the household's points")
    assert await violations(two_workers) == []
