"""RC3: one certificate at twenty tills; and spending against what gives back."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import Receipt
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.service.running import Service
from tests.service.till import fresh, line, receipt, shown


def paying(code: str, price_minor: int = 100_00) -> Receipt:
    """A sale that one certificate may pay whole."""
    return receipt(line("towel", price_minor), certificates=shown(code))


async def new_certificate(service: Service, face: int = 100_00) -> str:
    (code,) = await service.operator().issue_certificates("gift", 1, face=face, activate=True)
    return code


async def spend_at_once(service: Service, code: str, price_minor: int, count: int) -> list[int]:
    """What the certificate paid in each of so many sales at once, half on each worker."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sale = paying(code, price_minor)
    answers = await asyncio.gather(
        *(tills[number % 2].confirm(fresh("race"), sale) for number in range(count))
    )
    assert {answer.status for answer in answers} == {pb.STATUS_OK}
    return [answer.outcome.certificates_minor for answer in answers]


async def left(service: Service, code: str) -> int:
    request = pb.CheckCertificateRequest(code=code)
    answer: pb.CheckCertificateResponse = await service.till().call("CheckCertificate", request)
    return answer.certificate.left


async def test_one_of_twenty_tills_spends_a_certificate(two_workers: Service) -> None:
    """One sale is paid with it, nineteen in money; nothing is left, and nothing below that."""
    code = await new_certificate(two_workers)
    paid = await spend_at_once(two_workers, code, 100_00, 20)
    assert sorted(paid) == [0] * 19 + [100_00]
    assert await left(two_workers, code) == 0
    assert await violations(two_workers) == []


async def test_what_is_left_is_spent_to_the_last_kopeck(two_workers: Service) -> None:
    """Thirty sales of 7.00 on 100.00: fourteen whole, one in part."""
    code = await new_certificate(two_workers)
    paid = await spend_at_once(two_workers, code, 7_00, 30)
    assert sorted(paid) == [0] * 15 + [2_00] + [7_00] * 14
    assert await violations(two_workers) == []


async def test_sales_and_returns_of_one_certificate(two_workers: Service) -> None:
    """Ten sales come back while ten others spend: what is left is what adds up."""
    code = await new_certificate(two_workers)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    bought = [fresh("back") for _ in range(10)]
    await asyncio.gather(*(here.confirm(each, paying(code, 10_00)) for each in bought))
    assert await left(two_workers, code) == 0
    _, sold = await asyncio.gather(
        asyncio.gather(*(here.take_back(each) for each in bought)),
        asyncio.gather(*(there.confirm(fresh("new"), paying(code, 10_00)) for _ in range(10))),
    )
    spent = sum(answer.outcome.certificates_minor for answer in sold)
    assert await left(two_workers, code) == 100_00 - spent
    assert await violations(two_workers) == []


async def test_sales_come_back_while_their_certificate_moves(two_workers: Service) -> None:
    """Whatever comes before, all of it is on the new code in the end, and can be spent there."""
    code = await new_certificate(two_workers, face=120_00)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    bought = [fresh("back") for _ in range(10)]
    await asyncio.gather(*(here.confirm(each, paying(code, 10_00)) for each in bought))
    moves = op.MoveCertificateRequest(request_id=fresh("move"), code=code, reason="lost")
    moved, *_ = await asyncio.gather(
        two_workers.operator().call("MoveCertificate", moves),
        *((here, there)[number % 2].take_back(each) for number, each in enumerate(bought)),
    )
    assert 20_00 <= moved.moved <= 120_00
    assert await left(two_workers, code) == 0
    assert await left(two_workers, moved.certificate.code) == 120_00
    sold = await here.confirm(fresh("new"), paying(moved.certificate.code, 120_00))
    assert sold.outcome.certificates_minor == 120_00
    assert await violations(two_workers) == []


async def paid_and_moved(service: Service, count: int) -> tuple[list[str], str]:
    """Purchases of 10.00 by one code, and the new one, on which what was left is: 20.00."""
    code = await new_certificate(service, face=20_00 + count * 10_00)
    bought = [fresh("back") for _ in range(count)]
    till = service.till(worker=0)
    await asyncio.gather(*(till.confirm(each, paying(code, 10_00)) for each in bought))
    move = op.MoveCertificateRequest(request_id=fresh("move"), code=code, reason="lost")
    moved = await service.operator().call("MoveCertificate", move)
    assert moved.moved == 20_00
    return bought, moved.certificate.code


async def test_sales_by_the_new_code_while_what_the_old_one_paid_comes_back(
    two_workers: Service,
) -> None:
    """Returns lock the new code behind the old one, sales by itself: each finds what is there."""
    bought, new = await paid_and_moved(two_workers, 10)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    _, sold = await asyncio.gather(
        asyncio.gather(*(tills[n % 2].take_back(each) for n, each in enumerate(bought))),
        asyncio.gather(*(tills[n % 2].confirm(fresh("p"), paying(new, 10_00)) for n in range(10))),
    )
    spent = sum(answer.outcome.certificates_minor for answer in sold)
    assert await left(two_workers, new) == 120_00 - spent
    assert await violations(two_workers) == []


async def test_without_the_lock_of_the_new_code_a_return_or_a_sale_is_lost(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two returns by the old code and a sale by the new one read it at once: one has no place."""
    bought, new = await paid_and_moved(two_workers, 2)
    take_lock_away(two_workers, monkeypatch, "heirs", read_by="certificates")
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    answers = await asyncio.gather(
        *(here.take_back(each) for each in bought),
        there.confirm(fresh("p"), paying(new, 10_00)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
    assert grpc.StatusCode.INTERNAL in {error.code() for error in refused}
    assert len(refused) < len(answers)
    assert await violations(two_workers) == []


async def test_a_hold_ends_once_between_sweep_and_confirm(two_workers: Service) -> None:
    """Overdue holds are swept by one worker and confirmed on the other: nothing is spent twice."""
    code = await new_certificate(two_workers)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    sale = paying(code, 10_00)
    held = [fresh("held") for _ in range(8)]
    await asyncio.gather(*(here.quote(each, sale, hold=True) for each in held))
    await two_workers.database.execute(
        "update hold set expires_at = now() - interval '1 second' where state = 'pending'"
    )
    confirmed, _ = await asyncio.gather(
        asyncio.gather(*(there.confirm(each, sale) for each in held)),
        two_workers.workers[0].sweeper.step(),
    )
    spent = sum(answer.outcome.certificates_minor for answer in confirmed)
    assert spent == 80_00
    assert await left(two_workers, code) == 20_00
    assert await violations(two_workers) == []


async def test_a_certificate_is_sold_once(two_workers: Service) -> None:
    """Ten tills take the same one from the rack: one sells it."""
    (code,) = await two_workers.operator().issue_certificates("gift", 1)
    sale = receipt(line("gift", 100_00))
    settlement = {"certificates_sold": [{"position": 1, "code": code}]}
    calls = [
        two_workers.till(worker=number % 2).call(
            "Confirm",
            pb.ConfirmRequest(
                request_id=fresh("r"), purchase_id=fresh("p"), receipt=sale, settlement=settlement
            ),
        )
        for number in range(10)
    ]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert await left(two_workers, code) == 100_00
    assert await violations(two_workers) == []


async def test_without_its_lock_the_race_is_lost(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `for update` two batches read the same money; one then has no place in the chain.

    So the race above fails, but the entries, whose numbers are unique, still spend nothing twice.
    """
    code = await new_certificate(two_workers)
    take_lock_away(two_workers, monkeypatch, "certificates")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await spend_at_once(two_workers, code, 100_00, 2)
    assert refused.value.code() is grpc.StatusCode.INTERNAL
    assert await violations(two_workers) == []
