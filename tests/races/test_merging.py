"""Merges at the same moment as all else: no point is lost or spent twice, no name has a name."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import asyncpg

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import leave_survivors_unlocked, meet_after, take_lock_away
from tests.service.running import wait_until
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    import pytest

    from checkout.v1 import receipt_pb2
    from tests.service.running import Service


async def members_of(service: Service, cards: list[str]) -> list[str]:
    return [(await service.till().identify(card=card)).member_id for card in cards]


def spending(card: str, points_minor: int = 1_00) -> receipt_pb2.Receipt:
    return receipt(line("towel", 100_00), card=card, points_minor=points_minor)


async def sum_of_balances(service: Service) -> int:
    total: int = await service.database.fetchval("select sum(balance) from account")
    return total


# ---- against a sale


async def sell_while_merging(service: Service) -> tuple[pb.ConfirmResponse | BaseException, int]:
    """The absorbed member spends all there is, at one worker, while the other one merges."""
    cards = await make_members(service, 2, 5_00)
    absorbed, survivor = await members_of(service, cards)
    before = await sum_of_balances(service)
    sold, _ = await asyncio.gather(
        service.till(worker=0).confirm("race", spending(cards[0], 5_00)),
        service.operator(worker=1).merge(absorbed, survivor),
        return_exceptions=True,
    )
    return sold, before - await sum_of_balances(service)


async def test_a_sale_to_the_absorbed_happens_before_or_after(two_workers: Service) -> None:
    """Both have read whose the card is before either locks: the points are spent, and once."""
    meet_after(two_workers, "keys")
    sold, spent = await sell_while_merging(two_workers)
    assert isinstance(sold, pb.ConfirmResponse)
    assert (sold.status, spent) == (pb.STATUS_OK, 5_00)
    assert await two_workers.till().balance_minor("7700000000") == 5_00
    assert await violations(two_workers) == []


async def test_a_sale_that_waits_for_the_merge_sees_it(two_workers: Service) -> None:
    """It asked for the lock when the member was nobody's name, and has to ask for another one."""
    cards = await make_members(two_workers, 2, 5_00)
    absorbed, survivor = await members_of(two_workers, cards)
    waiting = (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )

    async def wait_for(count: int) -> None:
        async def they_wait() -> bool:
            return bool(await two_workers.database.fetchval(waiting) >= count)

        await wait_until(they_wait, what="the lock")

    keeper = await asyncpg.connect(two_workers.dsn)
    try:
        async with keeper.transaction():
            await keeper.execute("select from member where member_id = $1 for update", absorbed)
            merging = asyncio.ensure_future(
                two_workers.operator(worker=1).merge(absorbed, survivor)
            )
            await wait_for(1)
            selling = asyncio.ensure_future(
                two_workers.till(worker=0).confirm("late", spending(cards[0], 10_00))
            )
            await wait_for(2)
        merged, sold = await asyncio.gather(merging, selling)
    finally:
        await keeper.close()
    assert merged.changed
    assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, survivor)
    assert await violations(two_workers) == []


async def test_without_the_members_lock_points_are_spent_and_moved(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: the sale takes from the lot that the merge moves, and nobody waits."""
    take_lock_away(two_workers, monkeypatch, "members")
    await sell_while_merging(two_workers)
    assert await violations(two_workers)


async def spend_by_both_names(service: Service, cards: list[str]) -> Counter[int]:
    """Each name at a worker of its own asks for all the points that the two have together."""
    answers = await asyncio.gather(
        *(
            service.till(worker=i).confirm(f"both-{i}", spending(card, 10_00))
            for i, card in enumerate(cards)
        )
    )
    return Counter(answer.status for answer in answers)


async def test_two_names_spend_the_points_once(two_workers: Service) -> None:
    """The survivor is locked, whichever name is shown."""
    cards = await make_members(two_workers, 2, 5_00)
    await two_workers.operator().merge(*await members_of(two_workers, cards))
    statuses = await spend_by_both_names(two_workers, cards)
    assert statuses == {pb.STATUS_OK: 1, pb.STATUS_REJECTED: 1}
    assert await violations(two_workers) == []


async def test_without_the_survivors_lock_two_names_spend_them_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: one locks the name, the other the survivor, and both see the points."""
    cards = await make_members(two_workers, 2, 5_00)
    await two_workers.operator().merge(*await members_of(two_workers, cards))
    leave_survivors_unlocked(two_workers, monkeypatch)
    assert (await spend_by_both_names(two_workers, cards))[pb.STATUS_OK] == 2
    assert await violations(two_workers)


async def test_merging_and_unmerging_while_everybody_buys_loses_nothing(
    two_workers: Service,
) -> None:
    """Points are spent and moved to and fro at once: what is gone of them was spent."""
    cards = await make_members(two_workers, 3, 10_00)
    *absorbed, survivor = await members_of(two_workers, cards)
    before = await sum_of_balances(two_workers)

    async def to_and_fro(number: int) -> None:
        operator = two_workers.operator(worker=number)
        for _ in range(4):
            merged = await operator.merge(absorbed[number], survivor)
            await operator.unmerge(merged.merge_id)

    buying = [
        two_workers.till(worker=i % 2).confirm(f"buy-{i}", spending(cards[i % 3]))
        for i in range(24)
    ]
    *_, sold = await asyncio.gather(to_and_fro(0), to_and_fro(1), asyncio.gather(*buying))
    spent = 1_00 * sum(answer.status == pb.STATUS_OK for answer in sold)
    assert spent > 0
    assert await sum_of_balances(two_workers) == before - spent
    assert await violations(two_workers) == []


# ---- against a return


async def test_goods_of_the_absorbed_come_back_before_or_after(two_workers: Service) -> None:
    """What they had cost in points is the survivor's afterwards, and what they earned is gone."""
    cards = await make_members(two_workers, 2, 5_00)
    absorbed, survivor = await members_of(two_workers, cards)
    before = await sum_of_balances(two_workers)
    bought = receipt(line("apple", 100_00), card=cards[0], points_minor=5_00)
    assert (await two_workers.till().confirm("p", bought)).outcome.points_earned_minor > 0
    meet_after(two_workers, "keys")
    back, _ = await asyncio.gather(
        two_workers.till(worker=0).take_back("p"),
        two_workers.operator(worker=1).merge(absorbed, survivor),
    )
    assert back.returned.points_back_minor == 5_00
    assert await two_workers.till().balance_minor(cards[0]) == 10_00
    assert await sum_of_balances(two_workers) == before
    assert await violations(two_workers) == []


# ---- against another merge


async def merge_at_once(service: Service, *pairs: tuple[int, int]) -> list[str]:
    """Merges of three members, each at a worker of its own; what became of each."""
    members = await members_of(service, await make_members(service, 3, 5_00))

    async def merge(worker: int, absorbed: int, survivor: int) -> str:
        operator = service.operator(worker=worker)
        try:
            merged = await operator.merge(members[absorbed], members[survivor])
        except Exception:  # noqa: BLE001 - what it was is asked again
            return (await refusal_of(operator.merge(members[absorbed], members[survivor]))).reason
        return "merged" if merged.changed else "one before"

    return sorted(
        await asyncio.gather(*(merge(worker, *pair) for worker, pair in enumerate(pairs)))
    )


async def test_there_is_no_name_of_a_name(two_workers: Service) -> None:
    """Of a chain that is made at once one half is refused."""
    meet_after(two_workers, "keys")
    assert await merge_at_once(two_workers, (0, 1), (1, 2)) == ["MEMBER_MERGED", "merged"]
    assert await violations(two_workers) == []


async def test_two_members_are_not_each_others_names(two_workers: Service) -> None:
    """Of both directions at once one happens."""
    meet_after(two_workers, "keys")
    assert await merge_at_once(two_workers, (0, 1), (1, 0)) == ["MEMBER_MERGED", "merged"]
    assert await violations(two_workers) == []


async def test_two_are_absorbed_by_one_at_once(two_workers: Service) -> None:
    """Neither is lost: the survivor has the points of all three."""
    meet_after(two_workers, "keys")
    assert await merge_at_once(two_workers, (0, 2), (1, 2)) == ["merged", "merged"]
    assert await two_workers.till().balance_minor("7700000000") == 15_00
    assert await violations(two_workers) == []


async def test_without_the_members_lock_there_is_a_name_of_a_name(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: neither half of the chain sees the other."""
    take_lock_away(two_workers, monkeypatch, "members")
    await merge_at_once(two_workers, (0, 1), (1, 2))
    assert await violations(two_workers)


# ---- twice by one request id


async def merge_twice(service: Service) -> list[object]:
    """One call, sent to both workers."""
    absorbed, survivor = await members_of(service, await make_members(service, 2, 5_00))
    return list(
        await asyncio.gather(
            *(service.operator(worker=i).merge(absorbed, survivor, "once") for i in (0, 1)),
            return_exceptions=True,
        )
    )


async def test_one_request_merges_once(two_workers: Service) -> None:
    """Both get the first answer, and there is one merge."""
    one, two = await merge_twice(two_workers)
    assert one == two
    assert await two_workers.database.fetchval("select count(*) from member_merge") == 1
    assert await two_workers.till().balance_minor("7700000000") == 10_00
    assert await violations(two_workers) == []


async def test_without_the_requests_lock_it_is_answered_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: neither finds the other's answer."""
    take_lock_away(two_workers, monkeypatch, "keys")
    one, two = await merge_twice(two_workers)
    assert one != two
