"""What operators do at the same moment on two workers happens once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from checkout.v1 import operator_service_pb2 as op
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.service import world

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service


async def freeze_twice(service: Service) -> str:
    """Two freezes of 10.00; the id of one."""
    member = (await service.till().identify(card=world.CARD)).member_id
    first, _ = [await service.operator().freeze(member, 10_00) for _ in range(2)]
    return first.freeze_id


async def restore_at_once(service: Service, freeze_id: str) -> int:
    """Forty calls to restore one freeze: what they gave back together."""
    answers = await asyncio.gather(
        *(service.operator(worker=i % 2).restore(freeze_id) for i in range(40)),
        return_exceptions=True,
    )
    return sum(
        answer.restored_minor for answer in answers if isinstance(answer, op.RestorePointsResponse)
    )


async def test_a_freeze_is_restored_once(two_workers: Service) -> None:
    """Of forty operators one gives the points back; the other freeze stays."""
    assert await restore_at_once(two_workers, await freeze_twice(two_workers)) == 10_00
    frozen = await two_workers.database.fetchval("select sum(frozen) from lot")
    assert frozen == 10_00
    assert await violations(two_workers) == []


async def test_without_the_keys_lock_a_freeze_is_restored_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: two workers that have read the same freeze both give it back."""
    freeze_id = await freeze_twice(two_workers)
    take_lock_away(two_workers, monkeypatch, "keys")
    assert await restore_at_once(two_workers, freeze_id) > 10_00
    assert await violations(two_workers)


async def test_a_campaign_is_stopped_once(two_workers: Service) -> None:
    """Of forty operators one changes something, and one row says who."""
    answers = await asyncio.gather(
        *(two_workers.operator(worker=i % 2).stop("fruit") for i in range(40))
    )
    assert [answer.changed for answer in answers].count(True) == 1
    assert all(answer.stopped for answer in answers)
    assert (await two_workers.rows())["intervention"] == 1
    assert await violations(two_workers) == []


async def test_a_member_is_blocked_once(two_workers: Service) -> None:
    """The same for a member, whose row is the lock."""
    member = (await two_workers.till().identify(card=world.CARD)).member_id
    answers = await asyncio.gather(
        *(two_workers.operator(worker=i % 2).block_member(member) for i in range(40))
    )
    assert [answer.changed for answer in answers].count(True) == 1
    assert (await two_workers.rows())["intervention"] == 1
