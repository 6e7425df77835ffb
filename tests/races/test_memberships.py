"""A member leaves while tills sell: each sale is one of a member before, or of a guest after."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from tests.integration.test_memberships import publish
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service


async def leave_while_selling(service: Service) -> tuple[int, int]:
    """Points that sales spent, and that leaving wrote off."""
    member = (await service.till().identify(card=world.CARD)).member_id
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=10_00)
    left, *sold = await asyncio.gather(
        service.operator(worker=1).leave(member),
        *(service.till(worker=i % 2).confirm(f"p{i}", sale) for i in range(20)),
        return_exceptions=True,
    )
    assert isinstance(left, op.LeaveProgramResponse), left
    done = [each for each in sold if isinstance(each, pb.ConfirmResponse)]
    spent = sum(each.outcome.redemption.points_minor for each in done)
    return spent, left.written_off_minor[world.CURRENCY]


async def test_points_are_spent_or_written_off(two_workers: Service) -> None:
    """Together they are what there was."""
    await publish(two_workers, points_after_leaving="written_off")
    spent, written_off = await leave_while_selling(two_workers)
    assert spent + written_off == world.ANN_POINTS_MINOR
    assert await violations(two_workers) == []


async def test_without_the_members_lock_points_are_spent_and_written_off(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: a sale reads the points that leaving writes off."""
    await publish(two_workers, points_after_leaving="written_off")
    member = (await two_workers.till().identify(card=world.CARD)).member_id
    take_lock_away(two_workers, monkeypatch, "members")
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=10_00)
    await asyncio.gather(
        two_workers.operator(worker=1).leave(member),
        two_workers.till(worker=0).confirm("p", sale),
        return_exceptions=True,
    )
    assert await violations(two_workers)
