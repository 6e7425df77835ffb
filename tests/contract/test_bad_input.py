"""Bad input: each case with its status, reason and field path, and nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import (
    Identifier,
    PlannedTender,
    Receipt,
    Settlement,
    Tender,
)
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
TOO_MUCH = 10**15 + 1
#: Texts that must stand in no answer.
INSIDES = ("asyncpg", "psycopg", "Traceback", "sqlalchemy", "pydantic", 'File "', "select ", "0x")


@dataclass(frozen=True)
class Case:
    """What is sent, and what must be said about it."""

    name: str
    reason: str
    field: str
    sale: Callable[[], Receipt]


def case(name: str, reason: str, field: str, **fields: Any) -> Case:
    return Case(name, reason, field, lambda: receipt(**fields))


def fields(field: str, value: int) -> dict[str, Any]:
    """One field of a line with the value; the others are harmless."""
    return {"amount_minor": 1} | {field: value}


def lines_case(name: str, reason: str, field: str, *lines: Any) -> Case:
    return Case(name, reason, field, lambda: receipt(*lines))


RECEIPTS = [
    Case(
        "no lines",
        "LINE_COUNT_OUT_OF_RANGE",
        "receipt.lines",
        lambda: Receipt(local_time=world.local_now()),
    ),
    lines_case(
        "1,001 lines",
        "LINE_COUNT_OUT_OF_RANGE",
        "receipt.lines",
        *(line(position=i) for i in range(1, 1_002)),
    ),
    lines_case(
        "a position twice", "LINE_POSITION_REPEATED", "receipt.lines[1].position", line(), line()
    ),
    lines_case("position 0", "FIELD_OUT_OF_RANGE", "receipt.lines[0].position", line(position=0)),
    lines_case("position -1", "FIELD_OUT_OF_RANGE", "receipt.lines[0].position", line(position=-1)),
    lines_case("no sku", "FIELD_REQUIRED", "receipt.lines[0].sku", line("")),
    lines_case("NUL in a sku", "FIELD_INVALID", "receipt.lines[0].sku", line("a\0b")),
    lines_case("a long sku", "FIELD_OUT_OF_RANGE", "receipt.lines[0].sku", line("x" * 65)),
    lines_case("a line feed", "FIELD_INVALID", "receipt.lines[0].title", line(title="a\nb")),
    lines_case("right to left", "FIELD_INVALID", "receipt.lines[0].title", line(title="\u202eb")),
    lines_case(
        "a long title", "FIELD_OUT_OF_RANGE", "receipt.lines[0].title", line(title="x" * 129)
    ),
    lines_case("an escape", "FIELD_INVALID", "receipt.lines[0].barcode", line(barcode="\x1b")),
    lines_case(
        "a category of 64 KiB",
        "FIELD_OUT_OF_RANGE",
        "receipt.lines[0].category",
        line(category="x" * 65_536),
    ),
    lines_case(
        "vat code", "FIELD_OUT_OF_RANGE", "receipt.lines[0].vat_code", line(vat_code="x" * 17)
    ),
    lines_case("an unknown kind", "FIELD_INVALID", "receipt.lines[0].kind", line(kind=99)),
    *(
        lines_case(
            f"quantity {quantity}",
            "FIELD_OUT_OF_RANGE",
            "receipt.lines[0].quantity_milli",
            line(quantity_milli=quantity, amount_minor=1),
        )
        for quantity in (0, -1, 10**9 + 1, INT64_MAX, INT64_MIN)
    ),
    *(
        lines_case(
            f"{field} {value}",
            "FIELD_OUT_OF_RANGE",
            f"receipt.lines[0].{field}",
            line(**fields(field, value)),
        )
        for field in (
            "price_minor",
            "amount_minor",
            "min_price_minor",
            "external_discount_minor",
        )
        for value in (-1, TOO_MUCH, INT64_MAX, INT64_MIN)
    ),
    lines_case(
        "an amount that does not fit",
        "LINE_AMOUNT_MISMATCH",
        "receipt.lines[0].amount_minor",
        line(amount_minor=100_02),
    ),
    lines_case(
        "price × quantity beyond 64 bits",
        "LINE_AMOUNT_MISMATCH",
        "receipt.lines[0].amount_minor",
        line(price_minor=10**15, quantity_milli=10**9, amount_minor=10**15),
    ),
    lines_case(
        "more external discount than amount",
        "FIELD_OUT_OF_RANGE",
        "receipt.lines[0].external_discount_minor",
        line(external_discount_minor=100_01),
    ),
    *(
        case(f"time {text!r}", reason, "receipt.local_time", local_time=text)
        for text, reason in (
            ("", "FIELD_REQUIRED"),
            ("yesterday", "FIELD_INVALID"),
            ("2026-11-21", "FIELD_INVALID"),
            ("2026-02-30T12:00:00", "FIELD_INVALID"),
            ("2026-11-21T12:00:00Z", "FIELD_INVALID"),
            ("2026-11-21T12:00:00+03:00", "FIELD_INVALID"),
            ("0000-01-01T00:00:00", "FIELD_INVALID"),
            ("10000-01-01T00:00:00", "FIELD_INVALID"),
            ("0001-01-01T00:00:00", "RECEIPT_TIME_OUT_OF_WINDOW"),
            ("9999-12-31T23:59:59", "RECEIPT_TIME_OUT_OF_WINDOW"),
            ("2024-02-29T12:00:00", "RECEIPT_TIME_OUT_OF_WINDOW"),
        )
    ),
    case(
        "the first moment, east",
        "RECEIPT_TIME_OUT_OF_WINDOW",
        "receipt.local_time",
        local_time="0001-01-01T00:00:00",
        utc_offset_minutes=840,
    ),
    case(
        "the last moment, west",
        "RECEIPT_TIME_OUT_OF_WINDOW",
        "receipt.local_time",
        local_time="9999-12-31T23:59:59",
        utc_offset_minutes=-840,
    ),
    case(
        "a zone nobody has",
        "FIELD_OUT_OF_RANGE",
        "receipt.utc_offset_minutes",
        utc_offset_minutes=841,
    ),
    case("an empty coupon", "FIELD_REQUIRED", "receipt.coupons[0]", coupons=[""]),
    case("NUL in a coupon", "FIELD_INVALID", "receipt.coupons[1]", coupons=["A", "\0"]),
    case("51 coupons", "FIELD_OUT_OF_RANGE", "receipt.coupons", coupons=["A"] * 51),
    case("negative points", "FIELD_OUT_OF_RANGE", "receipt.points_minor", points_minor=-1),
    case("too many points", "FIELD_OUT_OF_RANGE", "receipt.points_minor", points_minor=INT64_MAX),
    case("a long channel", "FIELD_OUT_OF_RANGE", "receipt.channel", channel="x" * 33),
    case(
        "eleven tenders",
        "FIELD_OUT_OF_RANGE",
        "receipt.planned_tenders",
        planned_tenders=[PlannedTender(kind="cash")] * 11,
    ),
    case(
        "a tender without kind",
        "FIELD_REQUIRED",
        "receipt.planned_tenders[0].kind",
        planned_tenders=[PlannedTender()],
    ),
    case(
        "a payment card as BIN",
        "FIELD_INVALID",
        "receipt.planned_tenders[0].bin",
        planned_tenders=[PlannedTender(kind="card", bin="4276000000000000")],
    ),
    case(
        "digits of elsewhere",
        "FIELD_INVALID",
        "receipt.planned_tenders[0].bin",
        planned_tenders=[PlannedTender(kind="card", bin="\u0664\u0662\u0667\u0666")],
    ),
    *(
        case(f"identifier {name}", reason, f"receipt.identifier{field}", identifier=identifier)
        for name, reason, field, identifier in (
            ("empty", "FIELD_REQUIRED", "", Identifier()),
            ("short card", "FIELD_INVALID", ".card", Identifier(card="123")),
            ("long card", "FIELD_INVALID", ".card", Identifier(card="1" * 33)),
            ("card with signs", "FIELD_INVALID", ".card", Identifier(card="1234'; drop")),
            ("card with NUL", "FIELD_INVALID", ".card", Identifier(card="1234\0")),
            (
                "homoglyph digits",
                "FIELD_INVALID",
                ".phone",
                Identifier(phone="+7\u0669\u06600123456"),
            ),
            ("short phone", "FIELD_INVALID", ".phone", Identifier(phone="+7 900")),
            ("long phone", "FIELD_INVALID", ".phone", Identifier(phone="+1234567890123456")),
            ("zero width", "FIELD_INVALID", ".external_id", Identifier(external_id="a\u200bb")),
            ("blank id", "FIELD_INVALID", ".external_id", Identifier(external_id="  ")),
            ("long id", "FIELD_INVALID", ".external_id", Identifier(external_id="x" * 65)),
            (
                "payment card",
                "PAYMENT_CARD_NUMBER",
                ".card",
                Identifier(card="4111 1111 1111 1111"),
            ),
        )
    ),
]


async def check(call: Any, reason: str, field: str, *, name: str = "") -> None:
    """The call is refused so, names the field, and says nothing about our insides."""
    said = await refusal_of(call)
    assert said.code is grpc.StatusCode.INVALID_ARGUMENT, (name, said)
    assert said.reason == reason, (name, said)
    if reason != "RECEIPT_TIME_OUT_OF_WINDOW":
        assert field in said.fields, (name, said)
    assert not [text for text in INSIDES if text in said.message], (name, said)


async def test_a_bad_receipt_is_refused_by_every_call_that_takes_one(service: Service) -> None:
    """Quote, quote with hold, hold and confirm say the same about it, and nothing is written."""
    till = service.till()
    token = (await till.quote("p", receipt())).quote_token
    before = await service.rows()
    for bad in RECEIPTS:
        sale = bad.sale()
        expected = (bad.reason, bad.field)
        await check(till.quote("p", sale), *expected, name=bad.name)
        await check(till.quote("p", sale, hold=True), *expected, name=bad.name)
        await check(till.confirm("p", sale), *expected, name=bad.name)
        if bad.reason != "RECEIPT_TIME_OUT_OF_WINDOW":
            await check(till.hold("p", sale, token), *expected, name=bad.name)
    assert await service.rows() == before


CALLS: list[tuple[str, Message, str, str]] = [
    ("Quote", pb.QuoteRequest(receipt=receipt()), "FIELD_REQUIRED", "purchase_id"),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p" * 65, receipt=receipt()),
        "FIELD_OUT_OF_RANGE",
        "purchase_id",
    ),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p\0", receipt=receipt()),
        "FIELD_INVALID",
        "purchase_id",
    ),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p", receipt=receipt(), hold=True),
        "FIELD_REQUIRED",
        "request_id",
    ),
    *(
        (
            "Quote",
            pb.QuoteRequest(
                purchase_id="p", receipt=receipt(), hold=True, request_id="r", hold_ttl_s=ttl
            ),
            "FIELD_OUT_OF_RANGE",
            "hold_ttl_s",
        )
        for ttl in (-1, 1, 29, 1_801, 2**31 - 1)
    ),
    (
        "Hold",
        pb.HoldRequest(request_id="r", purchase_id="p", receipt=receipt()),
        "FIELD_REQUIRED",
        "quote_token",
    ),
    *(
        (
            "Confirm",
            pb.ConfirmRequest(
                request_id="r", purchase_id="p", receipt=receipt(), settlement=settlement
            ),
            reason,
            field,
        )
        for settlement, reason, field in (
            (Settlement(shift="x" * 33), "FIELD_OUT_OF_RANGE", "settlement.shift"),
            (Settlement(receipt_number="\0"), "FIELD_INVALID", "settlement.receipt_number"),
            (Settlement(cashier="\u0085"), "FIELD_INVALID", "settlement.cashier"),
            (Settlement(business_day="21.11.2026"), "FIELD_INVALID", "settlement.business_day"),
            (Settlement(business_day="2026-02-30"), "FIELD_INVALID", "settlement.business_day"),
            (
                Settlement(tenders=[Tender(kind="cash")] * 21),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders",
            ),
            (
                Settlement(tenders=[Tender(kind="cash", amount_minor=-1)]),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders[0].amount_minor",
            ),
            (
                Settlement(tenders=[Tender(kind="cash", amount_minor=INT64_MAX)]),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders[0].amount_minor",
            ),
            (
                Settlement(tenders=[Tender(amount_minor=1)]),
                "FIELD_REQUIRED",
                "settlement.tenders[0].kind",
            ),
            (
                Settlement(tenders=[Tender(kind="card", bin="427600000")]),
                "FIELD_INVALID",
                "settlement.tenders[0].bin",
            ),
            (
                Settlement(fiscal={str(i): "x" for i in range(21)}),
                "FIELD_OUT_OF_RANGE",
                "settlement.fiscal",
            ),
            (Settlement(fiscal={"a": "\0"}), "FIELD_INVALID", "settlement.fiscal[a]"),
            (Settlement(fiscal={"\0": "a"}), "FIELD_INVALID", "settlement.fiscal"),
        )
    ),
    (
        "Confirm",
        pb.ConfirmRequest(purchase_id="p", receipt=receipt()),
        "FIELD_REQUIRED",
        "request_id",
    ),
    ("ExtendHold", pb.ExtendHoldRequest(request_id="r"), "FIELD_REQUIRED", "purchase_id"),
    (
        "ExtendHold",
        pb.ExtendHoldRequest(request_id="r", purchase_id="p", ttl_s=10),
        "FIELD_OUT_OF_RANGE",
        "ttl_s",
    ),
    ("Cancel", pb.CancelRequest(purchase_id="p"), "FIELD_REQUIRED", "request_id"),
    (
        "Cancel",
        pb.CancelRequest(request_id="r", purchase_id="\x7f"),
        "FIELD_INVALID",
        "purchase_id",
    ),
    ("GetPurchase", pb.GetPurchaseRequest(), "FIELD_REQUIRED", "purchase_id"),
    ("GetPurchase", pb.GetPurchaseRequest(purchase_id="\0"), "FIELD_INVALID", "purchase_id"),
    (
        "GetOperation",
        pb.GetOperationRequest(method="Drop", request_id="r"),
        "FIELD_INVALID",
        "method",
    ),
    (
        "GetOperation",
        pb.GetOperationRequest(method="Confirm", request_id="\0"),
        "FIELD_INVALID",
        "request_id",
    ),
    ("Identify", pb.IdentifyRequest(), "FIELD_REQUIRED", "identifier"),
    ("GetBalances", pb.GetBalancesRequest(), "FIELD_REQUIRED", "identifier"),
    (
        "Identify",
        pb.IdentifyRequest(identifier=Identifier(card="4111-1111-1111-1111")),
        "PAYMENT_CARD_NUMBER",
        "identifier.card",
    ),
    ("EnrolMember", pb.EnrolMemberRequest(request_id="r"), "FIELD_REQUIRED", "card"),
    *(
        ("EnrolMember", pb.EnrolMemberRequest(request_id="r", **fields), reason, field)
        for fields, reason, field in (
            ({"card": "5555555555554444"}, "PAYMENT_CARD_NUMBER", "card"),
            ({"phone": "12"}, "FIELD_INVALID", "phone"),
            ({"external_id": "\0"}, "FIELD_INVALID", "external_id"),
            (
                {"card": "2900000000994", "first_name": "x" * 101},
                "FIELD_OUT_OF_RANGE",
                "first_name",
            ),
            ({"card": "2900000000994", "last_name": "a\0"}, "FIELD_INVALID", "last_name"),
            ({"card": "2900000000994", "email": "nobody"}, "FIELD_INVALID", "email"),
            ({"card": "2900000000994", "gender": "x"}, "FIELD_INVALID", "gender"),
            ({"card": "2900000000994", "birth_date": "1990-02-30"}, "FIELD_INVALID", "birth_date"),
        )
    ),
]


async def test_a_bad_field_is_named(service: Service) -> None:
    """Every call refuses bad ids, times, texts and numbers with the field, and writes nothing."""
    till = service.till()
    before = await service.rows()
    for method, request, reason, field in CALLS:
        await check(till.call(method, request), reason, field, name=f"{method} {field}")
    assert await service.rows() == before


ADJUSTMENTS = (
    ({"request_id": ""}, "FIELD_REQUIRED", "request_id"),
    ({"member_id": ""}, "FIELD_INVALID", "member_id"),
    ({"member_id": "12"}, "FIELD_INVALID", "member_id"),
    ({"currency": ""}, "FIELD_REQUIRED", "currency"),
    ({"currency": "\0"}, "FIELD_INVALID", "currency"),
    ({"amount_minor": 0}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"amount_minor": 10**12 + 1}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"amount_minor": INT64_MIN}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"reason": "  "}, "FIELD_REQUIRED", "reason"),
    ({"reason": "x" * 501}, "FIELD_OUT_OF_RANGE", "reason"),
)


async def test_an_operators_bad_field_is_named(service: Service) -> None:
    """The same for corrections and publications."""
    operator = service.operator()
    good = {
        "request_id": "r",
        "member_id": str(world.NORTH),
        "currency": world.CURRENCY,
        "amount_minor": 1,
        "reason": "because",
    }
    before = await service.rows()
    for fields, reason, field in ADJUSTMENTS:
        request = op.AdjustBalanceRequest(**(good | fields))  # type: ignore[arg-type]
        await check(operator.call("AdjustBalance", request), reason, field)
    await check(operator.publish("x" * 501), "FIELD_OUT_OF_RANGE", "note")
    assert await service.rows() == before


@pytest.mark.parametrize(
    "token",
    ["x", "A" * 136, "ä" * 200, "'; drop table receipt; --", "\0", "A" * 100_000],
)
async def test_a_forged_token_is_refused(service: Service, token: str) -> None:
    """A quote token that is not ours is QUOTE_TOKEN_INVALID, whatever it is."""
    till = service.till()
    for call in (
        till.confirm("p", receipt(), quote_token=token),
        till.hold("p", receipt(), token),
    ):
        said = await refusal_of(call)
        assert (said.code, said.reason) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "QUOTE_TOKEN_INVALID",
        )


async def test_an_altered_token_is_refused(service: Service) -> None:
    """Changing any bit of a real token makes it invalid (the last characters carry spare bits)."""
    till = service.till()
    token = (await till.quote("p", receipt())).quote_token
    for place in range(0, len(token) - 4, 7):
        other = "A" if token[place] != "A" else "B"
        altered = token[:place] + other + token[place + 1 :]
        said = await refusal_of(till.confirm("p", receipt(), quote_token=altered))
        assert said.reason == "QUOTE_TOKEN_INVALID"


async def test_many_faults_are_named_at_once(service: Service) -> None:
    """Several faults are named at once, up to twenty; the contract's first reason counts."""
    bad = receipt(*(line("", -1, i, amount_minor=-1) for i in range(1, 1_001)))
    said = await refusal_of(service.till().quote("", bad))
    assert said.reason == "FIELD_REQUIRED"
    assert len(said.fields) == 20
    assert "purchase_id" in said.fields


async def test_the_largest_sale_is_sold(service: Service) -> None:
    """A thousand lines of 10^15 each are priced, confirmed and stored without overflow."""
    till = service.till()
    sale = receipt(*(line("towel", 10**15, i) for i in range(1, 1_001)), card=world.CARD)
    quoted = await till.quote("p", sale)
    assert quoted.outcome.amount_minor == 10**18
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.outcome.payable_minor == 10**18
