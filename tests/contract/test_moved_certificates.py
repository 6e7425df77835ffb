"""What certificates that were moved cost, in statements, as the head of the batch promises."""

from __future__ import annotations

from checkout.v1 import operator_service_pb2 as op
from tests.contract.statements import counted, open_all
from tests.service.batching import batched
from tests.service.running import Service
from tests.service.till import fresh, line, receipt, shown


async def moved_on(service: Service, code: str) -> str:
    """The code that what is left of one is on from now on."""
    request = op.MoveCertificateRequest(request_id=fresh("move"), code=code, reason="lost")
    answer: op.MoveCertificateResponse = await service.operator().call("MoveCertificate", request)
    return answer.certificate.code


async def test_codes_that_certificates_moved_to_cost_returns_one_statement_more(
    service: Service,
) -> None:
    """However many, and however often they moved on; sales do not ask for them, nor lock them."""
    await open_all(service)
    till = service.till()
    codes = await service.operator().issue_certificates("gift", 2, activate=True)
    bought, newest = [fresh("moved") for _ in codes], []
    for code, purchase_id in zip(codes, bought, strict=True):
        await till.confirm(purchase_id, receipt(line("bread", 5_00), certificates=shown(code)))
        sale = receipt(line("bread", 10_00), certificates=shown(code))
        await till.quote(held := fresh("held"), sale, hold=True)
        await moved_on(service, code)
        await till.cancel(held)
        new = await moved_on(service, code)
        for _ in range(3):
            new = await moved_on(service, new)
        newest.append(new)
    with counted(service) as statements:
        await batched(service.workers[0], [till.take_back(each) for each in bought])
    (batch,) = statements.batches()
    place = batch.index("lock_certificates")
    assert batch[place : place + 2] == ["lock_certificates", "lock_heirs"]
    assert batch.count("lock_heirs") == batch.count("lock_certificates") == 1
    sales = [receipt(line("bread"), certificates=shown(code)) for code in (*codes, *newest)]
    with counted(service) as statements:
        await batched(service.workers[0], [till.confirm(fresh("sold"), sale) for sale in sales])
    (batch,) = statements.batches()
    assert "lock_heirs" not in batch
    assert batch.count("lock_certificates") == 1
