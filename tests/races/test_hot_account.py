"""RC12: one card of a whole company, at every till at once; nobody else waits for it."""

from __future__ import annotations

import asyncio
import time

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.service.running import Service
from tests.service.till import line, receipt

#: Receipts of the company's card, and of others meanwhile.
RECEIPTS = 400
OTHERS = 40
#: Generous, since other tests run beside: alone it takes a tenth of it.
OTHERS_WAIT_MAX_S = 5.0


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

    sale = receipt(line("towel", 10_00), card=hot, points_minor=1_00)
    answers = await asyncio.gather(
        *(tills[n % 2].confirm(f"hot-{n}", sale) for n in range(RECEIPTS)),
        *(sell_to_another(n, card) for n, card in enumerate(others)),
    )
    assert {answer.status for answer in answers} == {pb.STATUS_OK}
    assert await tills[0].balance_minor(hot) == 1_000_00 - RECEIPTS * 1_00
    seq = await two_workers.database.fetchval(
        "select max(seq) from entry where member_id = (select member_id from account"
        " order by seq desc limit 1) and role = 'member'"
    )
    assert seq == 1 + RECEIPTS  # the opening, and a leg for each receipt
    assert max(waits) < OTHERS_WAIT_MAX_S
    assert await violations(two_workers) == []
