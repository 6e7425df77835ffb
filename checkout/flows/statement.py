"""GetStatement: a member's entries in one currency, newest first, and the balance at a moment.

One statement a page, beside the reads that find the member; one more on the first page, which says
what is owed and why. Entries carry the balance after them, so any page sums up by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from checkout.flows.sale_operation import missing_snapshot
from checkout.ledger.open_debts import open_debts
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.flows.ports import Members, Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.open_debts import DebtLeg, OpenDebt
    from checkout.ledger.statement_rows import StatementRow


@dataclass(frozen=True, slots=True)
class StatementCall:
    """Whose statement, which page of it, and as of when (none: now)."""

    identifier: PresentedIdentifier
    currency: str
    page_size: int
    #: The page begins below this sequence number; none: the first page.
    below: int | None
    as_of: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StatementLot:
    """Points that came in together."""

    amount_minor: int
    active_from: dt.datetime
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One movement."""

    row: StatementRow
    lots: Sequence[StatementLot]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A page; `below` is where the next one begins, the balance stands on the first."""

    currency: str
    exponent: int
    entries: Sequence[StatementEntry]
    below: int | None
    balance_minor: int | None
    #: What is owed, newest first; only on the first page.
    debts: Sequence[OpenDebt]


class StatementReads(Protocol):
    """Where statements are read."""

    async def read_statement(
        self,
        bucket: int,
        member_id: UUID,
        currency: str,
        *,
        below: int | None,
        as_of: dt.datetime | None,
        limit: int,
    ) -> list[StatementRow]:
        """Entries of an account, newest first: below a sequence number, made by a moment."""

    async def read_debts(
        self, bucket: int, member_id: UUID, currency: str, as_of: dt.datetime | None
    ) -> list[DebtLeg]:
        """What moved the debt of an account by a moment."""


class StatementFlow:
    """Answers what a member's points did."""

    def __init__(self, snapshots: Snapshots, members: Members, reads: StatementReads) -> None:
        self._snapshots = snapshots
        self._members = members
        self._reads = reads

    async def page(self, caller: Caller, call: StatementCall) -> StatementPage | Refusal:
        """One page.

        Raises:
            StoreError: the database cannot be asked.
        """
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None or caller.store_code not in snapshot.stores:
            return missing_snapshot()
        member, reason = await self._members.find(caller, call.identifier)
        if member is None:
            return Refusal(reason or Reason.MEMBER_UNKNOWN, "it brings no member", "identifier")
        program = snapshot.programs[snapshot.stores[caller.store_code].program].document
        wanted = call.currency or program.currencies[0].code
        currency = next((each for each in program.currencies if each.code == wanted), None)
        if currency is None:
            return Refusal(
                Reason.CURRENCY_UNKNOWN, "the store's program has no such currency", "currency"
            )
        purse = member.purse.member
        rows = await self._reads.read_statement(
            purse.bucket,
            purse.member_id,
            wanted,
            below=call.below,
            as_of=call.as_of,
            limit=call.page_size + 1,
        )
        legs: list[DebtLeg] = []
        if call.below is None:
            legs = await self._reads.read_debts(purse.bucket, purse.member_id, wanted, call.as_of)
        shown = rows[: call.page_size]
        return StatementPage(
            currency.code,
            currency.exponent,
            [StatementEntry(row, _lots(row)) for row in shown],
            shown[-1].seq if len(rows) > len(shown) else None,
            (shown[0].balance_after if shown else 0) if call.below is None else None,
            open_debts(legs),
        )


def _lots(row: StatementRow) -> list[StatementLot]:
    """The lots that an entry filled: a return may fill old ones, and new ones by a second entry."""
    for lots in (
        row.lots,
        [lot for lot in row.lots if lot.is_new is row.is_second],
        [lot for lot in row.lots if lot.is_new is not row.is_second],
    ):
        if sum(lot.amount for lot in lots) == row.amount:
            return [StatementLot(lot.amount, lot.active_from, lot.expires_at) for lot in lots]
    return []
