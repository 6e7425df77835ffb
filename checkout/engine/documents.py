"""JSON documents in and out: snapshots, facts and receipts as files and streams carry them.

Every fault is a `Problem` with the path of the field. What the types cannot say of a receipt is
checked by `check_receipt`, which the gRPC edge shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from checkout.engine.facts import BudgetUse, Facts, MemberState
from checkout.engine.problems import Problem
from checkout.engine.receipt import Receipt
from checkout.engine.schema.snapshot import Snapshot
from checkout.primitives import line_amount_minor
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECEIPT: Final = TypeAdapter(Receipt)
_MEMBER: Final = TypeAdapter(MemberState)
_BUDGETS: Final = TypeAdapter(dict[str, BudgetUse])


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
        raise InvalidDocumentError(_problems(error, "snapshot")) from None


def parse_receipt(document: object) -> Receipt:
    """A receipt from parsed JSON, checked.

    Raises:
        InvalidDocumentError: with every field that is wrong.
    """
    try:
        receipt = _RECEIPT.validate_python(document)
    except ValidationError as error:
        raise InvalidDocumentError(_problems(error, "receipt")) from None
    faults = [Problem(f"receipt.{fault.field}", fault.message) for fault in check_receipt(receipt)]
    if faults:
        raise InvalidDocumentError(faults)
    return receipt


def parse_facts(member: object, budgets: object) -> Facts:
    """Facts from parsed JSON; None means a guest, and unused budgets.

    Raises:
        InvalidDocumentError: with every field that does not follow the schema.
    """
    try:
        state = _MEMBER.validate_python(member) if member is not None else None
    except ValidationError as error:
        raise InvalidDocumentError(_problems(error, "member")) from None
    try:
        uses = _BUDGETS.validate_python(budgets) if budgets is not None else {}
    except ValidationError as error:
        raise InvalidDocumentError(_problems(error, "budgets")) from None
    return Facts(member=state, budgets=uses)


def check_receipt(receipt: Receipt) -> Iterator[ReceiptFault]:
    """What field types cannot say: unique positions, amount against price.

    External discount against amount.
    """
    if receipt.local_time.tzinfo is not None:
        yield ReceiptFault(
            Reason.FIELD_INVALID,
            "local_time",
            "local time is written without a zone; the offset stands beside it",
            {},
        )
    positions: set[int] = set()
    for i, line in enumerate(receipt.lines):
        if line.position in positions:
            yield ReceiptFault(
                Reason.LINE_POSITION_REPEATED,
                f"lines[{i}].position",
                f"position {line.position} stands twice; each line has its own",
                {"position": line.position},
            )
        positions.add(line.position)
        expected = line_amount_minor(line.price_minor, line.quantity_milli)
        if abs(line.amount_minor - expected) > 1:
            yield ReceiptFault(
                Reason.LINE_AMOUNT_MISMATCH,
                f"lines[{i}].amount_minor",
                f"{line.amount_minor} is not price × quantity, which is {expected}, give or take 1",
                {"amount_minor": line.amount_minor, "expected_minor": expected},
            )
        if line.external_discount_minor > line.amount_minor:
            yield ReceiptFault(
                Reason.FIELD_OUT_OF_RANGE,
                f"lines[{i}].external_discount_minor",
                "an external discount is at most the line's amount",
                {
                    "external_discount_minor": line.external_discount_minor,
                    "amount_minor": line.amount_minor,
                },
            )


def _problems(error: ValidationError, root: str) -> list[Problem]:
    return [
        Problem(_path(root, fault["loc"]), fault["msg"])
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _path(root: str, loc: tuple[Any, ...]) -> str:
    path = root
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path
