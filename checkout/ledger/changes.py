"""Changes: what operators change through the service, as the history of records tells it.

Each says of one record what was and what is, by whom and why. The store writes them into the one
chain that the pages write into, in the transaction of the change. Columns of a member that stand
once per program, currency, tag and the like are named ``tier.main``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.rows import Member

#: In place of a value that the history does not keep: it is never erased, and a person may be.
UNKEPT: Final = "…"


@dataclass(frozen=True, slots=True)
class Personal:
    """A value that the history keeps for the holder of the member's key only, if there is one."""

    value: object = None
    #: It is what the profile has in the column until the batch is written.
    is_stored: bool = False


#: What was, or is: changed columns, and what names the record for people.
Values = dict[str, Any]


@dataclass(slots=True)
class Change:
    """A row of the history. Without `before` the record is new."""

    partner_id: UUID
    record: str
    record_key: str
    before: Values | None
    after: Values
    author: str
    reason: str

    @property
    def action(self) -> str:
        """What happened to the record."""
        return "created" if self.before is None else "changed"


def note_change(
    book: Book,
    partner_id: UUID,
    record: tuple[str, object],
    author: str,
    reason: str,
    *,
    before: Values | None,
    after: Values,
    beside: Values | None = None,
) -> None:
    """Tell the history; `beside` stands in both: whose it is, and what it is called."""
    name, key = record
    told = {column: held for column, held in (beside or {}).items() if held is not None}
    was = None if before is None else {**told, **before}
    book.writes.changes.append(
        Change(partner_id, name, str(key), was, {**told, **after}, author, reason)
    )


def member_record(member: Member) -> tuple[str, object]:
    """What the history calls a member, or a household."""
    return ("household" if member.household_size is not None else "member", member.member_id)
