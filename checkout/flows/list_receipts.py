"""ListReceipts: a member's sales, returns and later credits, newest first; nothing is written.

One statement a page, beside the read that finds the member where no cache has it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.answers import CreditAnswer, load_answer
from checkout.flows.page_tokens import page_token, place_of
from checkout.ledger.merged_view import ids_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.flows.members import MemberSource
    from checkout.store.member_receipts import MemberReceipt, MemberReceipts

#: Behind everything that is ever sold.
_END: Final = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), UUID(int=0))


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Some receipts; the token of the next page, or nothing."""

    receipts: Sequence[MemberReceipt]
    next_token: str


class ReceiptList:
    """Answers what a member bought and gave back."""

    def __init__(self, members: MemberSource, receipts: MemberReceipts) -> None:
        self._members = members
        self._receipts = receipts

    async def page(
        self, partner_id: UUID, member_id: UUID, limit: int, token: str
    ) -> ReceiptPage | Refusal:
        """One page of a member of the partner.

        Raises:
            StoreError: the database cannot be asked.
        """
        before = place_of(token) if token else _END
        if before is None:
            return Refusal(
                Reason.FIELD_INVALID, "page_token is the one of the page before", "page_token"
            )
        member = await self._members.get(partner_id, member_id)
        if member is None:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        found = await self._receipts.before(ids_of(member), *before, limit + 1)
        shown = found[:limit]
        is_last = len(found) == len(shown)
        return ReceiptPage(
            [_with_sums(each) for each in shown],
            "" if is_last else page_token(shown[-1].at, shown[-1].receipt_id),
        )


def _with_sums(receipt: MemberReceipt) -> MemberReceipt:
    """A credit with the sums of its sale, which is stored with another bucket."""
    if receipt.answer is None:
        return receipt
    answer = load_answer(receipt.answer)
    assert isinstance(answer, CreditAnswer), "a credit's answer is that of its call"
    outcome = answer.outcome
    return replace(
        receipt,
        amount_minor=outcome.amount_minor,
        discount_minor=outcome.external_discount_minor
        + outcome.manual_discount_minor
        + outcome.discount_minor,
        certificates_minor=outcome.certificates_minor,
        payable_minor=outcome.payable_minor,
        points_earned_minor=outcome.points_earned_minor,
        earned_currency=outcome.currency,
    )
