"""JSON documents in and out: snapshots, facts and receipts as files and streams carry them.

Every fault is a `Problem` with the path of the field. What the types cannot say of a receipt is
checked by `check_receipt`, which the gRPC edge shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from checkout.engine.facts import BudgetUse, CertificateState, CouponFault, Facts, MemberState
from checkout.engine.problems import Problem
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.receipt import Receipt
from checkout.engine.schema.snapshot import Snapshot
from checkout.primitives import AMOUNT_MAX_MINOR, line_amount_minor
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.receipt import Line

_T = TypeVar("_T")

_RECEIPT: Final = TypeAdapter(Receipt)
_MEMBER: Final = TypeAdapter(MemberState)
_BUDGETS: Final = TypeAdapter(dict[str, BudgetUse])
_LIMIT_USES: Final = TypeAdapter(dict[str, Annotated[int, Field(ge=0)]])
_COUPON_SERIES: Final = TypeAdapter(dict[str, str])
_COUPONS_REFUSED: Final = TypeAdapter(dict[str, CouponFault])
_CERTIFICATES: Final = TypeAdapter(dict[str, CertificateState])
_STOPPED: Final = TypeAdapter(frozenset[str])


class InvalidDocumentError(Exception):
    """A document that does not follow its schema, or a receipt that cannot be one."""

    def __init__(self, problems: list[Problem]) -> None:
        """Carry all problems."""
        self.problems = problems
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in problems[:5]))


@dataclass(frozen=True, slots=True)
class ReceiptFault:
    """What is wrong with a receipt: reason, path of the field, a sentence, and the numbers."""

    reason: Reason
    field: str
    message: str
    numbers: dict[str, int | str]


def parse_snapshot(document: object) -> Snapshot:
    """A snapshot from parsed JSON.

    Raises:
        InvalidDocumentError: with every field that does not follow the schema.
    """
    try:
        return Snapshot.model_validate(document)
    except ValidationError as error:
        raise InvalidDocumentError(schema_faults(error, document, "")) from None


def parse_receipt(document: object) -> Receipt:
    """A receipt from parsed JSON, checked.

    Raises:
        InvalidDocumentError: with every field that is wrong.
    """
    try:
        receipt = _RECEIPT.validate_python(document)
    except ValidationError as error:
        raise InvalidDocumentError(schema_faults(error, document, "receipt")) from None
    faults = [Problem(f"receipt.{fault.field}", fault.message) for fault in check_receipt(receipt)]
    if faults:
        raise InvalidDocumentError(faults)
    return receipt


def parse_facts(
    member: object,
    budgets: object,
    limit_uses: object = None,
    coupon_series: object = None,
    stopped: object = None,
    certificates: object = None,
    coupons_refused: object = None,
) -> Facts:
    """Facts from parsed JSON; None means a guest, unused budgets and limits, no unique coupons.

    And no campaign that was stopped, and certificates that nobody knows.

    Raises:
        InvalidDocumentError: with every field that does not follow the schema.
    """
    return Facts(
        member=_parsed(_MEMBER, member, "member") if member is not None else None,
        budgets=_parsed(_BUDGETS, budgets, "budgets") if budgets is not None else {},
        limit_uses=_parsed(_LIMIT_USES, limit_uses, "limit_uses") if limit_uses is not None else {},
        coupon_series=(
            _parsed(_COUPON_SERIES, coupon_series, "coupon_series")
            if coupon_series is not None
            else {}
        ),
        stopped=_parsed(_STOPPED, stopped, "stopped") if stopped is not None else frozenset(),
        coupons_refused=(
            _parsed(_COUPONS_REFUSED, coupons_refused, "coupons_refused")
            if coupons_refused is not None
            else {}
        ),
        certificates=(
            _parsed(_CERTIFICATES, certificates, "certificates") if certificates is not None else {}
        ),
    )


def _parsed(adapter: TypeAdapter[_T], document: object, root: str) -> _T:
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        raise InvalidDocumentError(schema_faults(error, document, root)) from None


def check_receipt(receipt: Receipt) -> Iterator[ReceiptFault]:
    """What field types cannot say: what is unique, amounts against each other, plain digits."""
    if receipt.local_time.tzinfo is not None:
        yield ReceiptFault(
            Reason.FIELD_INVALID,
            "local_time",
            "local time is written without a zone; the offset stands beside it",
            {},
        )
    positions: set[int] = set()
    amount = 0
    for i, line in enumerate(receipt.lines):
        amount += line.amount_minor
        if line.position in positions:
            yield ReceiptFault(
                Reason.LINE_POSITION_REPEATED,
                f"lines[{i}].position",
                f"position {line.position} stands twice; each line has its own",
                {"position": line.position},
            )
        positions.add(line.position)
        yield from _check_amounts(f"lines[{i}]", line)
    if amount > AMOUNT_MAX_MINOR:
        yield ReceiptFault(
            Reason.FIELD_OUT_OF_RANGE,
            "lines",
            "the lines together come to more than a receipt may",
            {"amount_minor": amount, "amount_max_minor": AMOUNT_MAX_MINOR},
        )
    shown: set[str] = set()
    for i, certificate in enumerate(receipt.certificates):
        if certificate.code in shown:
            yield ReceiptFault(
                Reason.FIELD_INVALID,
                f"certificates[{i}].code",
                "a certificate stands twice; each is shown once, with at_most if not all of it",
                {},
            )
        shown.add(certificate.code)
    for i, tender in enumerate(receipt.tenders):
        if tender.bin and not (tender.bin.isascii() and tender.bin.isdigit()):
            yield ReceiptFault(
                Reason.FIELD_INVALID,
                f"tenders[{i}].bin",
                "first digits of a payment card are digits only",
                {},
            )


def _check_amounts(path: str, line: Line) -> Iterator[ReceiptFault]:
    """A line's amount against its price, and its discounts against its amount."""
    expected = line_amount_minor(line.price_minor, line.quantity_milli)
    if abs(line.amount_minor - expected) > 1:
        yield ReceiptFault(
            Reason.LINE_AMOUNT_MISMATCH,
            f"{path}.amount_minor",
            f"{line.amount_minor} is not price × quantity, which is {expected}, give or take 1",
            {"amount_minor": line.amount_minor, "expected_minor": expected},
        )
    external, manual = line.external_discount_minor, line.manual_discount_minor
    if external > line.amount_minor:
        yield ReceiptFault(
            Reason.FIELD_OUT_OF_RANGE,
            f"{path}.external_discount_minor",
            "an external discount is at most the line's amount",
            {"external_discount_minor": external, "amount_minor": line.amount_minor},
        )
    elif external + manual > line.amount_minor:
        yield ReceiptFault(
            Reason.FIELD_OUT_OF_RANGE,
            f"{path}.manual_discount_minor",
            "discounts given by hand and before us are together at most the line's amount",
            {
                "external_discount_minor": external,
                "manual_discount_minor": manual,
                "amount_minor": line.amount_minor,
            },
        )
