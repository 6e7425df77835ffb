"""Certificates over gRPC: codes that nobody stores, retries, other partners, refusals."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from checkout.v1 import certificate_pb2 as certs
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import Settlement, SoldCertificate
from tests.races.ledger_state import violations
from tests.service.batching import batched_in_order
from tests.service.running import Service
from tests.service.till import fresh, line, receipt, refusal_of, shown


async def check(service: Service, code: str, token: str = "north-s1-t1") -> certs.CertificateView:
    request = pb.CheckCertificateRequest(code=code)
    answer: pb.CheckCertificateResponse = await service.till(token).call(
        "CheckCertificate", request
    )
    return answer.certificate


async def test_no_table_holds_a_code(service: Service) -> None:
    """Who reads the database can spend nothing: codes stand in no row, masked ends do."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    assert re.fullmatch(r"[A-Z2-7]{16}", code)
    await service.till().confirm("p", receipt(certificates=shown(code)))
    held = receipt(line("bread", 1_00), certificates=shown(code))
    await service.till().quote("q", held, hold=True)
    tables = await service.database.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    for (table,) in tables:
        rows = await service.database.fetch(f'select t::text as row from "{table}" t')
        for row in rows:
            plain = row["row"]
            for found in re.findall(r"\\\\x([0-9a-f]+)", plain):
                plain += bytes.fromhex(found).decode("latin-1")
            assert code not in plain, f"{table} holds the code"


async def test_a_repeated_issue_answers_with_the_same_codes(service: Service) -> None:
    """The till's answer was lost: the same request brings the same codes, and no new rows."""
    request = op.IssueCertificatesRequest(
        request_id="once", series="gift", count=3, reason="for the rack"
    )
    operator = service.operator()
    first = await operator.call("IssueCertificates", request)
    assert await operator.call("IssueCertificates", request) == first
    assert len({each.code for each in first.certificates}) == 3
    assert await service.database.fetchval("select count(*) from certificate") == 3
    assert await violations(service) == []


async def test_a_repeated_confirm_spends_once(service: Service) -> None:
    """Ten of the same at once, then another: one effect, equal answers."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    till = service.till()
    sale = receipt(line("towel", 30_00), certificates=shown(code))
    request = pb.ConfirmRequest(request_id="r", purchase_id="p", receipt=sale)
    answers = await asyncio.gather(*(till.call("Confirm", request) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert (await check(service, code)).left == 70_00
    assert await violations(service) == []


async def test_two_sales_of_a_batch_share_a_certificate(service: Service) -> None:
    """The second receipt of a batch sees what the first has spent."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    till = service.till()
    sale = receipt(line("towel", 60_00), certificates=shown(code))
    answers = await batched_in_order(
        service.workers[0], [till.confirm(fresh("batch"), sale) for _ in range(3)]
    )
    paid = [answer.outcome.certificates_minor for answer in answers]  # type: ignore[union-attr]
    assert paid == [60_00, 40_00, 0]
    assert await violations(service) == []


async def test_a_changed_certificate_is_a_changed_price(service: Service) -> None:
    """It was spent elsewhere after the quote: PRICE_CHANGED with a fresh quote, nothing written."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    till = service.till()
    sale = receipt(line("towel", 60_00), certificates=shown(code))
    quoted = await till.quote("p", sale)
    assert quoted.outcome.payable_minor == 0
    await till.confirm("other", sale)
    changed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome.payable_minor == 20_00
    again = await till.confirm("p", sale, quote_token=changed.quote.quote_token)
    assert again.status == pb.STATUS_OK
    assert await violations(service) == []


async def test_codes_of_other_partners_are_unknown(service: Service) -> None:
    """The same digits are another partner's certificate, or nobody's."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    south = service.till("south-s1-t1")
    said = await refusal_of(south.call("CheckCertificate", pb.CheckCertificateRequest(code=code)))
    assert said.reason == "CERTIFICATE_UNKNOWN"
    sold = await south.confirm("p", receipt(certificates=shown(code)))
    (result,) = sold.outcome.certificates
    assert result.status == certs.CERTIFICATE_STATUS_UNKNOWN
    request = op.BlockCertificateRequest(request_id="b", code=code, reason="not mine")
    said = await refusal_of(service.operator("south").call("BlockCertificate", request))
    assert said.reason == "CERTIFICATE_UNKNOWN"


async def test_one_of_ours_is_named_by_its_id(service: Service) -> None:
    """Whoever lost the code has the receipt: the id blocks it and moves what is left."""
    operator = service.operator()
    request = op.IssueCertificatesRequest(
        request_id="i", series="gift", count=1, activate=True, reason="a present"
    )
    (made,) = (await operator.call("IssueCertificates", request)).certificates
    block = op.BlockCertificateRequest(
        request_id="b", certificate_id=made.certificate_id, reason="lost"
    )
    assert (await operator.call("BlockCertificate", block)).changed
    move = op.MoveCertificateRequest(
        request_id="m", certificate_id=made.certificate_id, reason="lost"
    )
    moved = await operator.call("MoveCertificate", move)
    assert moved.moved == 100_00
    assert (await check(service, moved.certificate.code)).left == 100_00
    assert (await check(service, made.code)).left == 0
    rows = await service.database.fetch(
        "select against, author, reason from certificate_entry where amount <= 0 order by seq"
    )
    assert {tuple(row) for row in rows} == {
        ("blocked", "tester", "lost"),
        ("moved", "tester", "lost"),
    }
    assert await violations(service) == []


async def test_a_hold_releases_a_certificate_when_it_is_replaced(service: Service) -> None:
    """The second hold of a purchase keeps what it needs, and no more."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    till = service.till()
    await till.quote("p", receipt(line("towel", 80_00), certificates=shown(code)), hold=True)
    await till.quote("p", receipt(line("towel", 10_00), certificates=shown(code)), hold=True)
    view = await check(service, code)
    assert (view.left, view.held) == (90_00, 10_00)
    assert await violations(service) == []


async def test_spaces_and_dashes_do_not_count(service: Service) -> None:
    """As people type it."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    typed = "-".join(re.findall("....", code.lower()))
    assert (await check(service, f" {typed} ")).left == 100_00


@pytest.mark.parametrize("code", ["", "abc", "a" * 33, "äöüß", "1234;drop", "12\x0034"])
async def test_what_is_no_code_is_refused_with_its_field(service: Service, code: str) -> None:
    """In a receipt, in a settlement and alone: the field is named, and nothing is written."""
    till = service.till()
    sale = receipt(certificates=shown(code))
    sells = Settlement(certificates_sold=[SoldCertificate(position=1, code=code)])
    for call, field in (
        (till.quote("p", sale), "receipt.certificates[0].code"),
        (
            till.confirm("p", receipt(), settlement=sells),
            "settlement.certificates_sold[0].code",
        ),
        (till.call("CheckCertificate", pb.CheckCertificateRequest(code=code)), "code"),
    ):
        said = await refusal_of(call)
        assert said.reason in {"FIELD_REQUIRED", "FIELD_INVALID"}
        assert said.fields == (field,)


async def test_a_certificate_stands_once_on_a_receipt(service: Service) -> None:
    """Written twice, in whatever way, it is refused: it would be counted twice."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    sale = receipt(certificates=shown(code, code.lower()))
    said = await refusal_of(service.till().quote("p", sale))
    assert said.fields == ("receipt.certificates[1].code",)


async def test_what_operators_may_not_ask(service: Service) -> None:
    """Series that nobody has, counts and names that are none."""
    operator = service.operator()
    asked: dict[str, Any] = {"series": "gift", "count": 1, "reason": "r"}
    for fields, reason, field in (
        ({"series": "none"}, "CERTIFICATE_SERIES_UNKNOWN", None),
        ({"series": ""}, "FIELD_REQUIRED", "series"),
        ({"count": 0}, "FIELD_OUT_OF_RANGE", "count"),
        ({"count": 1_001}, "FIELD_OUT_OF_RANGE", "count"),
        ({"face": -1}, "FIELD_OUT_OF_RANGE", "face"),
        ({"reason": " "}, "FIELD_REQUIRED", "reason"),
    ):
        request = op.IssueCertificatesRequest(**(asked | {"request_id": fresh("i")} | fields))
        said = await refusal_of(operator.call("IssueCertificates", request))
        assert said.reason == reason
        assert field is None or said.fields == (field,)
    nobody = op.BlockCertificateRequest(request_id="b", reason="r")
    said = await refusal_of(operator.call("BlockCertificate", nobody))
    assert (said.reason, said.fields) == ("FIELD_REQUIRED", ("code",))
    assert await service.database.fetchval("select count(*) from certificate") == 0
