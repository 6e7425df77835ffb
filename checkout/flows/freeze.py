"""FreezePoints and RestorePoints: points out of reach for a while, and the same ones back (L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import FreezeAnswer, RestoreAnswer
from checkout.flows.currencies import find_currency
from checkout.flows.member_operation import NamedMemberOperation
from checkout.flows.operation import Decision, Operation
from checkout.flows.pricing import balance_of
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.freezes import open_freeze, restore
from checkout.ledger.interventions import record_freeze
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.interventions import Cause


class FreezeOperation(NamedMemberOperation):
    """Freeze so many points, or (no amount) all that can be spent now."""

    method = "FreezePoints"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        currency: str,
        amount_minor: int | None,
        freeze_id: UUID,
        cause: Cause,
    ) -> None:
        content = call_hash(str(member_id), currency, amount_minor, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.currency = currency
        self.amount_minor = amount_minor
        self.freeze_id = freeze_id
        self.cause = cause

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        found = find_currency(snapshots, self.partner_id, self.currency)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        _, currency = found
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        purse = member.purse
        available = max(purse.net_minor(self.currency, book.now, book.now), 0)
        wanted = available if self.amount_minor is None else self.amount_minor
        if wanted > available or wanted == 0:
            return Decision(
                Refusal(
                    Reason.INSUFFICIENT_POINTS,
                    "more is to be frozen than the member can spend",
                    "amount_minor",
                    {"wanted_minor": wanted, "available_minor": available},
                ),
                is_final=True,
            )
        # After this point the points are frozen.
        freeze = open_freeze(book, purse, self.freeze_id, self.currency, wanted)
        record_freeze(book, purse.member, freeze, "points_frozen", self.cause)
        return Decision(
            FreezeAnswer(
                freeze_id=freeze.freeze_id,
                frozen_minor=freeze.points_minor,
                balance=balance_of(purse, currency, book.now),
            ),
            is_final=True,
        )


class RestoreOperation(Operation):
    """Give back what one freeze took out of reach; once."""

    method = "RestorePoints"

    def __init__(self, partner_id: UUID, *, request_id: str, freeze_id: UUID, cause: Cause) -> None:
        content = call_hash(str(freeze_id), cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.freeze_id = freeze_id
        self.cause = cause

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {key_number(b"freeze", self.freeze_id.bytes)}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.freezes.add(self.freeze_id)

    def member_ids(self, book: Book) -> set[UUID]:
        freeze = book.freezes.get(self.freeze_id)
        return {freeze.member_id} if freeze is not None else set()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        freeze = book.freezes.get(self.freeze_id)
        if freeze is None or freeze.partner_id != self.partner_id:
            return Decision(
                Refusal(Reason.FREEZE_UNKNOWN, "there is no such freeze", "freeze_id"),
                is_final=False,
            )
        if snapshots.current(self.partner_id) is None:
            return Decision(missing_snapshot(), is_final=False)
        member = book.members[freeze.member_id].survivor
        # After this point the points are restored, now or before.
        restored = 0
        if freeze.restored_at is None:
            restored = freeze.points_minor
            restore(book, member, freeze)
            record_freeze(book, member.member, freeze, "points_restored", self.cause)
        found = find_currency(snapshots, self.partner_id, freeze.currency)
        return Decision(
            RestoreAnswer(
                freeze_id=freeze.freeze_id,
                restored_minor=restored,
                balance=(
                    None if isinstance(found, Refusal) else balance_of(member, found[1], book.now)
                ),
            ),
            is_final=True,
        )
