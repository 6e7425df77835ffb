"""What a shop in memory tells of a member's points: balances, statements."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.flows.pricing import member_view
from checkout.flows.statement import StatementCall, StatementFlow
from checkout.ledger.open_debts import DebtLeg, DebtOrigin
from checkout.ledger.statement_rows import StatementRow
from checkout.refusals import Reason, Refusal
from checkout.stories.telling import tell, tell_member

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.rows import Entry, Posting
    from checkout.stories.memory import MemoryBookStore
    from checkout.stories.memory_reads import MemoryMembers, MemorySnapshots
    from checkout.stories.shop import Shown

    Told = dict[str, Any]


class MemoryAccounts(ABC):
    """The part of a shop in memory that says what members have."""

    store: MemoryBookStore
    _partner_id: UUID
    _members: MemoryMembers
    _snapshots: MemorySnapshots

    @abstractmethod
    def _caller(self, store: str) -> Caller:
        """The till of a store."""

    @abstractmethod
    def _present(self, shown: Shown) -> PresentedIdentifier:
        """What a till read."""

    async def balances(self, store: str, identifier: Shown) -> Told:
        """A member's tier and balances."""
        caller = self._caller(store)
        member, reason = await self._members.find(caller, self._present(identifier))
        snapshot = self._snapshots.current(self._partner_id)
        if member is None or snapshot is None:
            return {"status": "refused", "reason": (reason or Reason.SNAPSHOT_MISSING).value}
        view = member_view(snapshot, store, member, self.store.now)
        return {"status": "ok", **tell_member(view)}

    async def statement(self, store: str, identifier: Shown, currency: str) -> Told:
        """The newest entries of a member's account, and what is owed."""
        flow = StatementFlow(self._snapshots, self._members, _MemoryStatements(self.store))
        call = StatementCall(self._present(identifier), currency, 100, None, None)
        page = await flow.page(self._caller(store), call)
        if isinstance(page, Refusal):
            return tell(page)
        return {
            "status": "ok",
            "balance_minor": page.balance_minor,
            "debt_minor": sum(debt.open_minor for debt in page.debts),
            "entries": [
                {
                    "kind": entry.row.kind,
                    "purchase": entry.row.purchase_id,
                    "amount_minor": entry.row.amount,
                    "balance_after_minor": entry.row.balance_after,
                }
                for entry in page.entries
            ],
            "debts": [
                {
                    "kind": debt.origin.kind,
                    "purchase": debt.origin.purchase_id,
                    "owed_minor": debt.owed_minor,
                    "open_minor": debt.open_minor,
                }
                for debt in page.debts
            ],
        }


class _MemoryStatements:
    """What `ReferenceStore` reads of accounts, from dicts; lots of entries are not told."""

    def __init__(self, store: MemoryBookStore) -> None:
        self._store = store

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
        """Entries of an account, newest first."""
        del bucket
        rows = [
            StatementRow(
                entry.seq,
                entry.amount,
                entry.balance_after,
                posting.at,
                posting.kind,
                posting.receipt_id,
                self._purchase_of(posting),
                [],
                is_second=False,
            )
            for entry, posting in self._legs("member", member_id, currency, as_of)
            if entry.seq is not None and entry.balance_after is not None
        ]
        rows.sort(key=lambda row: row.seq, reverse=True)
        return [row for row in rows if below is None or row.seq < below][:limit]

    async def read_debts(
        self, bucket: int, member_id: UUID, currency: str, as_of: dt.datetime | None
    ) -> list[DebtLeg]:
        """What moved the debt of an account."""
        del bucket
        undone = {c.undo_id: c.correction_id for c in self._store.corrections.values()}
        return [
            DebtLeg(
                DebtOrigin(
                    posting.at,
                    posting.kind,
                    posting.posting_id,
                    self._purchase_of(posting),
                    posting.receipt_id,
                    undone.get(posting.posting_id),
                ),
                -entry.amount,
            )
            for entry, posting in self._legs("debt", member_id, currency, as_of)
        ]

    def _legs(
        self, role: str, member_id: UUID, currency: str, as_of: dt.datetime | None
    ) -> list[tuple[Entry, Posting]]:
        postings = {posting.posting_id: posting for posting in self._store.postings}
        return [
            (entry, postings[entry.posting_id])
            for entry in self._store.entries
            if (entry.role, entry.member_id, entry.currency) == (role, member_id, currency)
            and (as_of is None or postings[entry.posting_id].at <= as_of)
        ]

    def _purchase_of(self, posting: Posting) -> str:
        if posting.receipt_id is None:
            return ""
        store = self._store
        by_kind: dict[str, dict[UUID, Any]] = {
            "sale": store.receipts,
            "return": store.returns,
            "credit": store.credits,
        }
        found = by_kind.get(posting.kind, {}).get(posting.receipt_id)
        purchase_id: str = found.purchase_id if found is not None else ""
        return purchase_id
