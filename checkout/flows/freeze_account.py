"""FreezeAccount: all points of a member in a currency, also those to come, or no longer.

A frozen account earns and does not spend; holds that live keep what they have set aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import AccountAnswer
from checkout.flows.currencies import find_currency
from checkout.flows.member_operation import NamedMemberOperation
from checkout.flows.operation import Decision
from checkout.flows.pricing import balance_of
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import freeze_account
from checkout.refusals import Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.interventions import Cause


class FreezeAccountOperation(NamedMemberOperation):
    """Freeze one account, or lift it."""

    method = "FreezeAccount"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        currency: str,
        lift: bool,
        cause: Cause,
    ) -> None:
        content = call_hash(str(member_id), currency, lift, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.currency = currency
        self.lift = lift
        self.cause = cause

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        found = find_currency(snapshots, self.partner_id, self.currency)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        # After this point the account is frozen, or not.
        purse = member.purse
        changed = purse.is_frozen(self.currency) == self.lift
        if changed:
            freeze_account(book, purse, self.currency, self.cause, is_frozen=not self.lift)
        balance = balance_of(purse, found[1], book.now)
        return Decision(
            AccountAnswer(frozen=not self.lift, changed=changed, balance=balance), is_final=True
        )
