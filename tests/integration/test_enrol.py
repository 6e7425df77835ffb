"""New members at the till."""

from __future__ import annotations

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import Service
from tests.service.till import receipt, refusal_of


async def test_a_new_member_can_buy_at_once(service: Service) -> None:
    """Enrolled with card and phone, in the lowest tier; the next sale earns points."""
    till = service.till()
    answer = await till.enrol(card="2900000000994", phone="8 900 555 00 11", first_name="Eve")
    assert answer.member.tier == "base"
    found = await till.identify(phone="+79005550011")
    assert found.member_id == answer.member.member_id
    confirmed = await till.confirm("p", receipt(card="2900000000994"))
    assert confirmed.outcome.points_earned_minor == 80
    assert await till.balance_minor("2900000000994") == 80


@pytest.mark.parametrize(
    "fields",
    [
        {"card": world.CARD},
        {"phone": "8 (900) 123-45-67"},
        {"external_id": world.EXTERNAL_ID},
        {"card": "2900000000994", "phone": world.PHONE},
        {"card": world.BLOCKED_CARD},
    ],
)
async def test_an_identifier_of_somebody_is_taken(service: Service, fields: dict[str, str]) -> None:
    """Any identifier that belongs to a member, blocked or not, refuses the whole enrolment."""
    before = await service.rows()
    said = await refusal_of(service.till().enrol(**fields))
    assert (said.code, said.reason) == (grpc.StatusCode.ALREADY_EXISTS, "IDENTIFIER_TAKEN")
    assert await service.rows() == before


async def test_a_repeated_enrolment_is_one_member(service: Service) -> None:
    """The same request id and content gives the first answer; other content is refused."""
    till = service.till()
    first = await till.enrol("e", card="2900000000994", first_name="Eve")
    before = await service.rows()
    assert await till.enrol("e", card="2900000000994", first_name="Eve") == first
    said = await refusal_of(till.enrol("e", card="2900000000994", first_name="Mallory"))
    assert (said.code, said.reason) == (grpc.StatusCode.ABORTED, "REQUEST_ID_REUSED")
    assert await service.rows() == before


async def test_an_enrolment_that_cannot_be_written_now_is_not_there(service: Service) -> None:
    """UNAVAILABLE is true: nothing is written; the same request makes one member later."""
    till, before = service.till(), await service.rows()
    async with service.database.transaction():
        await service.database.execute("lock table identifier in share mode")
        said = await refusal_of(till.enrol("e", card="2900000000994"))
    assert (said.code, said.reason) == (grpc.StatusCode.UNAVAILABLE, "STORAGE_UNAVAILABLE")
    assert said.retry_after_ms == 500
    assert await service.rows() == before
    operation = await till.operation("EnrolMember", "e")
    assert operation.state == pb.OPERATION_STATE_NOT_DONE
    first = await till.enrol("e", card="2900000000994")
    assert await till.enrol("e", card="2900000000994") == first
    assert (await service.rows())["member"] == before["member"] + 1


async def test_nothing_personal_is_stored_outside_identity_tables(service: Service) -> None:
    """Name and contact stand in the profile; answers, receipts and postings name nobody."""
    till = service.till()
    await till.enrol(card="2900000000994", phone="+79005550011", first_name="Evelina")
    sale = receipt(card="2900000000994")
    quoted = await till.quote("p", sale, hold=True)
    await till.confirm("p", sale, quote_token=quoted.quote_token)
    answers = await service.database.fetch(
        "select convert_from(answer, 'UTF8') as row from request_key where answer is not null"
        " union all select convert_from(answer, 'UTF8') from receipt"
        " union all select convert_from(content, 'UTF8') from receipt"
    )
    for table in ("request_key", "receipt", "hold", "identifier", "posting"):
        texts = await service.database.fetch(f"select t::text as row from {table} t")
        for record in (*texts, *answers):
            for secret in ("Evelina", "9005550011", "2900000000994"):
                assert secret not in record["row"], table
                assert secret.encode().hex() not in record["row"], table
