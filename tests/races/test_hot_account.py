"""RC12: one card of a whole company, at every till at once; nobody else waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.journal import insist
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service

#: Receipts of the company's card, and of others meanwhile.
RECEIPTS = 400
OTHERS = 40
#: Generous, since other tests run beside: alone it takes a tenth of it.
OTHERS_WAIT_MAX_S = 5.0


async def sell_hot(service: Service, hot: str, count: int) -> list[pb.ConfirmResponse]:
    """So many receipts of one card at once, by two workers; what they make a second is printed."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sale = receipt(line("towel", 10_00), card=hot, points_minor=1_00)
    began = time.monotonic()

    async def sell(number: int) -> pb.ConfirmResponse:
        # Whoever hears from a busy machine that nothing was written sends the call again.
        name = f"hot-{number}"
        answer: pb.ConfirmResponse = await insist(
            lambda: tills[number % 2].confirm(name, sale, request_id=name)
        )
        return answer

    answers = await asyncio.gather(*map(sell, range(count)))
    rate = count / (time.monotonic() - began)
    print(f"{count} receipts of one card: {rate:.0f} a second")  # noqa: T201 - a figure
    return answers


async def last_seq(service: Service) -> int:
    """The number of the last entry of the busiest account."""
    seq: int = await service.database.fetchval(
        "select max(seq) from entry where member_id = (select member_id from account"
        " order by seq desc limit 1) and role = 'member'"
    )
    return seq


async def test_one_hot_card_is_exact_and_holds_nobody_up(two_workers: Service) -> None:
    """Each receipt of it is made and counted once; other customers are served meanwhile."""
    hot, *others = await make_members(two_workers, 1 + OTHERS, 1_000_00)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    waits: list[float] = []

    async def sell_to_another(number: int, card: str) -> pb.ConfirmResponse:
        await asyncio.sleep(number * 0.01)
        began = time.monotonic()
        sale = receipt(line("towel", 10_00), card=card, points_minor=1_00)
        answer = await tills[number % 2].confirm(f"other-{number}", sale)
        waits.append(time.monotonic() - began)
        return answer

    of_hot, of_others = await asyncio.gather(
        sell_hot(two_workers, hot, RECEIPTS),
        asyncio.gather(*(sell_to_another(n, card) for n, card in enumerate(others))),
    )
    assert {answer.status for answer in (*of_hot, *of_others)} == {pb.STATUS_OK}
    assert await tills[0].balance_minor(hot) == 1_000_00 - RECEIPTS * 1_00
    assert await last_seq(two_workers) == 1 + RECEIPTS  # the opening, and a leg for each receipt
    assert max(waits) < OTHERS_WAIT_MAX_S
    assert await violations(two_workers) == []


async def test_without_its_lock_a_hot_card_is_not_exact(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: two workers that read the same balance write over each other."""
    (hot,) = await make_members(two_workers, 1, 1_000_00)
    take_lock_away(two_workers, monkeypatch, "members")
    await asyncio.gather(sell_hot(two_workers, hot, 60), return_exceptions=True)
    assert await last_seq(two_workers) < 1 + 60
    assert await violations(two_workers)
