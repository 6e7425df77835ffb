"""Receipts that are refused, each with the reason and the field that must be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.v1.receipt_pb2 import Identifier, PlannedTender, Receipt
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import Callable

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
TOO_MUCH = 10**15 + 1


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
    lines_case("a line feed", "FIELD_INVALID", "receipt.lines[0].barcode", line(barcode="a\nb")),
    lines_case("right to left", "FIELD_INVALID", "receipt.lines[0].sku", line("\u202eb")),
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
            "manual_discount_minor",
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
        "lines that come to too much",
        "FIELD_OUT_OF_RANGE",
        "receipt.lines",
        *(line(position=n, price_minor=10**15, amount_minor=10**15) for n in (1, 2)),
    ),
    lines_case(
        "more external discount than amount",
        "FIELD_OUT_OF_RANGE",
        "receipt.lines[0].external_discount_minor",
        line(external_discount_minor=100_01),
    ),
    lines_case(
        "more discounts from outside than amount",
        "FIELD_OUT_OF_RANGE",
        "receipt.lines[0].manual_discount_minor",
        line(external_discount_minor=60_00, manual_discount_minor=40_01),
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
        utc_offset_minutes=60,
    ),
    case(
        "the last moment, west",
        "RECEIPT_TIME_OUT_OF_WINDOW",
        "receipt.local_time",
        local_time="9999-12-31T23:59:59",
        utc_offset_minutes=-60,
    ),
    case(
        "a zone that is not the store's",
        "FIELD_OUT_OF_RANGE",
        "receipt.utc_offset_minutes",
        utc_offset_minutes=180,
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
        "a long permission",
        "FIELD_OUT_OF_RANGE",
        "receipt.manual_permission",
        manual_permission="x" * 65,
    ),
    case(
        "NUL in a permission",
        "FIELD_INVALID",
        "receipt.manual_permission",
        manual_permission="a\0",
    ),
    case("a long language", "FIELD_OUT_OF_RANGE", "receipt.language", language="rus1"),
    case("a language of signs", "FIELD_INVALID", "receipt.language", language="\u202e"),
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
    case(
        "a long token",
        "FIELD_OUT_OF_RANGE",
        "receipt.planned_tenders[0].token",
        planned_tenders=[PlannedTender(kind="card", token="x" * 65)],
    ),
    case(
        "NUL in a token",
        "FIELD_INVALID",
        "receipt.planned_tenders[0].token",
        planned_tenders=[PlannedTender(kind="card", token="\0")],
    ),
    case(
        "a payment card as token",
        "PAYMENT_CARD_NUMBER",
        "receipt.planned_tenders[0].token",
        planned_tenders=[PlannedTender(kind="card", token="4111-1111 1111-1111")],
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
