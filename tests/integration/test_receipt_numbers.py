"""Receipt numbers as tills print them: a second purchase with the same one is noticed."""

from __future__ import annotations

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import Settlement
from tests.service import world
from tests.service.running import Service
from tests.service.till import receipt, refusal_of


def numbered(number: str = "7", shift: str = "1", day: str = "") -> Settlement:
    return Settlement(receipt_number=number, shift=shift, business_day=day)


async def test_a_taken_number_is_flagged(service: Service) -> None:
    """Both sales stand, and the second answer names the purchase that has the number."""
    till = service.till()
    sale = receipt()
    first = await till.confirm("p1", sale, settlement=numbered())
    second = await till.confirm("p2", sale, settlement=numbered())
    assert not first.receipt_number_taken_by
    assert second.status == pb.STATUS_OK
    assert second.receipt_number_taken_by == "p1"
    assert await till.confirm("p1", sale, settlement=numbered()) == first


async def test_a_number_is_one_terminals_of_one_shift_and_day(service: Service) -> None:
    """The same number elsewhere, or in another shift or on another day, is another receipt."""
    await service.till().confirm("p", receipt(), settlement=numbered())
    elsewhere = (
        ("north-s1-t1", numbered(number="8")),
        ("north-s1-t1", numbered(shift="2")),
        ("north-s1-t1", numbered(day=world.business_day(1))),
        ("north-s1-t2", numbered()),
        ("north-s2-t1", numbered()),
        ("south-s1-t1", numbered()),
    )
    for number, (token, settlement) in enumerate(elsewhere):
        other = await service.till(token).confirm(f"p{number}", receipt(), settlement=settlement)
        assert not other.receipt_number_taken_by


async def test_a_partner_may_refuse_taken_numbers(service: Service) -> None:
    """With the partner's setting the second purchase is refused, and nothing is written."""
    till = service.till("south-s1-t1")
    sale = receipt()
    first = await till.confirm("p1", sale, settlement=numbered())
    before = await service.rows()
    said = await refusal_of(till.confirm("p2", sale, settlement=numbered()))
    assert (said.code, said.reason) == (grpc.StatusCode.ALREADY_EXISTS, "RECEIPT_NUMBER_TAKEN")
    assert said.numbers == {"purchase_id": "p1"}
    assert await service.rows() == before
    assert await till.confirm("p1", sale, settlement=numbered()) == first
