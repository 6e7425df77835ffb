"""A file of corrections tried out: what each row would do, asked of the service, nothing done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from admin.corrections.files import CorrectionFile, Fault
from admin.service.answers import row_fault
from checkout.client import messages

if TYPE_CHECKING:
    from checkout.client import OperatorClient

#: As the contract bounds a page.
CALL_ROWS_MAX: Final = 100
STATES: Final = {
    messages.CORRECTION_STATE_PROPOSED: "proposed",
    messages.CORRECTION_STATE_BOOKED: "booked",
    messages.CORRECTION_STATE_REJECTED: "rejected",
    messages.CORRECTION_STATE_UNDONE: "undone",
    messages.CORRECTION_STATE_REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class TriedRow:
    """What a row would do."""

    line: int
    member_id: str
    currency: str
    #: With the currency's decimals.
    points: str
    days: int
    reason: str
    #: "booked", or "proposed" to a second pair of eyes.
    state: str
    #: What can be spent then; None: nothing is known of it.
    balance_minor: int | None

    @property
    def points_minor(self) -> int:
        """The same in minor units: the text has all decimals of the currency."""
        return int(self.points.replace(".", ""))


@dataclass(slots=True)
class Trial:
    """What a file would do: rows in the order of lines."""

    rows: list[TriedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Rows that were done when the same file was sent before.
    before: int = 0
    #: Of rows, those whose member an earlier line names with the same currency.
    repeated: list[int] = field(default_factory=list)


async def try_out(client: OperatorClient, file: CorrectionFile, bulk: str, reason: str) -> Trial:
    """What the service says to each row.

    Raises:
        CallRefusedError: it does not answer, or the whole is refused.
    """

    async def ask(rows: list[messages.BulkRow]) -> list[messages.CorrectionResult]:
        return await client.bulk_adjust(
            messages.BulkAdjustRequest(
                bulk=bulk, file_hash=file.sha256, reason=reason, rows=rows, dry_run=True
            )
        )

    pages = [
        file.rows[first : first + CALL_ROWS_MAX]
        for first in range(0, len(file.rows), CALL_ROWS_MAX)
    ]
    # One after the other: each holds the lock of the bulk while it is tried out, and those that
    # waited for it too long would be turned away.
    answers = [await ask(page) for page in pages]
    trial = Trial(faults=list(file.faults))
    seen: set[tuple[str, str]] = set()
    for page, results in zip(pages, answers, strict=True):
        for row, result in zip(page, results, strict=True):
            if result.state == messages.CORRECTION_STATE_REFUSED:
                trial.faults.append(fault_of(row, result))
            elif not result.changed:
                trial.before += 1
            else:
                trial.rows.append(_tried(row, result))
                whose = (result.member_id, row.currency)
                if whose in seen:
                    trial.repeated.append(row.line)
                seen.add(whose)
    trial.faults.sort(key=lambda one: one.line)
    return trial


def fault_of(row: messages.BulkRow, result: messages.CorrectionResult) -> Fault:
    """Why the service does not do a row, in words."""
    who = row.identifier.WhichOneof("kind") or "member_id"
    values = {
        "points": row.points,
        "currency": row.currency,
        "days": str(row.days),
        "reason": row.reason,
        who: row.member_id or getattr(row.identifier, who, ""),
    }
    column = result.field.removeprefix("identifier.").replace("amount_minor", "points")
    if column not in values:
        column = who
    return Fault(row.line, column, values[column], row_fault(result))


def _tried(row: messages.BulkRow, result: messages.CorrectionResult) -> TriedRow:
    has_balance = result.HasField("balance")
    return TriedRow(
        line=row.line,
        member_id=result.member_id,
        currency=row.currency,
        points=row.points,
        days=row.days,
        reason=row.reason,
        state=STATES[result.state],
        balance_minor=result.balance.active_minor if has_balance else None,
    )
