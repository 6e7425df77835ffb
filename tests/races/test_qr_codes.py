"""One QR code at many tills at the same moment: one purchase has its member."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service


async def show_everywhere(service: Service) -> int:
    """Twenty purchases with one code; how many have its member."""
    member = (await service.till().identify(card=world.CARD)).member_id
    code = await service.operator().qr(member, spends=True)
    sale = receipt(line("apple"), qr=code)
    answers = await asyncio.gather(
        *(service.till(worker=i % 2).confirm(f"p{i}", sale) for i in range(20)),
        return_exceptions=True,
    )
    sold = [each for each in answers if isinstance(each, pb.ConfirmResponse)]
    return sum(each.member.member_id == member for each in sold)


async def test_a_code_is_used_once(two_workers: Service) -> None:
    """The other nineteen are sold to nobody, and say so."""
    assert await show_everywhere(two_workers) == 1
    assert (await two_workers.rows())["qr_claim"] == 1
    assert await violations(two_workers) == []


async def test_without_the_keys_lock_two_workers_meet_over_a_code(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read that nobody has claimed it; then the row's key stops the second, as a fault."""
    member = (await two_workers.till().identify(card=world.CARD)).member_id
    code = await two_workers.operator().qr(member, spends=True)
    take_lock_away(two_workers, monkeypatch, "keys")
    sale = receipt(line("apple"), qr=code)
    answers = await asyncio.gather(
        *(two_workers.till(worker=i).confirm(f"p{i}", sale) for i in range(2)),
        return_exceptions=True,
    )
    faults = [each for each in answers if isinstance(each, BaseException)]
    sold = [each for each in answers if isinstance(each, pb.ConfirmResponse)]
    assert faults or sum(each.member.member_id == member for each in sold) > 1
