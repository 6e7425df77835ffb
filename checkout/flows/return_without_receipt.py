"""ReturnWithoutReceipt: goods come back of which nobody knows the purchase; only by a permission.

Ladder, in this order: said before (request, then return) → a terminal without the permission →
business day far off → more than is left of its allowance for the day. Below the line nothing
refuses.

Money goes out and nothing else: what these goods had earned or cost in points is not known, so no
points are taken and none given, no limit is freed, and a member who is named is only noted. What
bounds the risk is money per terminal and day, counted under a lock as the offline allowance is.
Round trips: keys, the allowance (lock and read; once a terminal's row is made), the return, commit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.flows.answers import dump_answer, load_answer
from checkout.flows.business_day import check_business_day, date_in
from checkout.flows.operation import Decision, Operation
from checkout.flows.return_answers import WithoutReceiptAnswer
from checkout.flows.sameness import call_hash
from checkout.ledger.book import ContestedRefs, key_bucket
from checkout.ledger.claims import Claims, SlotClaim, use_claims
from checkout.ledger.return_rows import ReturnKey, ReturnWithoutReceipt
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, LimitRef

#: What a terminal needs among its permissions.
PERMISSION: Final = "return_without_receipt"
#: Code of the allowance's slots: no limit of the rules can have one with a colon.
RETURN_ALLOWANCE: Final = "allowance:returns"


@dataclass(frozen=True, slots=True)
class ReturnedGoods:
    """Goods as the till names them; the amount is what is paid out for them."""

    position: int
    sku: str
    quantity_milli: int
    price_minor: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutReceiptCall:
    """What a till takes back."""

    caller: Caller
    return_id: str
    goods: tuple[ReturnedGoods, ...]
    identifier: PresentedIdentifier | None = None
    shift: str = ""
    receipt_number: str = ""
    cashier: str = ""
    business_day: dt.date | None = None
    reason: str = ""

    @property
    def money_minor(self) -> int:
        """What is paid out in all."""
        return sum(each.amount_minor for each in self.goods)


class WithoutReceiptOperation(Operation):
    """Pay out money for goods; `allowance_minor` is what the terminal may pay out so in a day."""

    method = "ReturnWithoutReceipt"

    def __init__(
        self,
        call: WithoutReceiptCall,
        request_id: str,
        *,
        return_receipt_id: UUID,
        allowance_minor: int,
    ) -> None:
        caller, shown = call.caller, call.identifier
        content = call_hash(
            "without receipt",
            call.return_id,
            [
                [each.position, each.sku, each.quantity_milli, each.price_minor, each.amount_minor]
                # In whatever order they are named.
                for each in sorted(call.goods, key=lambda goods: goods.position)
            ],
            [shown.kind, shown.digest.hex()] if shown is not None else [],
            [call.shift, call.receipt_number, call.cashier, str(call.business_day or "")],
            call.reason,
        )
        super().__init__(caller.partner_id, request_id, content)
        self.call = call
        self.return_receipt_id = return_receipt_id
        self.allowance_minor = allowance_minor
        self.return_ref = (caller.partner_id, call.return_id)

    # ---- keys

    def key_numbers(self) -> set[int]:
        partner_id, return_id = self.return_ref
        return super().key_numbers() | {key_number(b"return", partner_id.bytes, return_id.encode())}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.returns.add(self.return_ref)
        if self.call.identifier is not None:
            refs.identifiers.add(self.call.identifier.ref(self.partner_id))

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del book, snapshots
        return ContestedRefs(limits={self._allowance_ref()})

    def _allowance_ref(self) -> LimitRef:
        return self.call.caller.terminal_id, "", RETURN_ALLOWANCE

    # ---- decision

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        known = book.returns.get(self.return_ref)
        if known is not None:
            if known.content_hash == self.content_hash:
                return Decision(load_answer(book.answers[known.return_receipt_id]), is_final=True)
            return _refused(
                Refusal(
                    Reason.RETURN_CONFIRMED,
                    "the return id was used for another return",
                    "return_id",
                )
            )
        if PERMISSION not in self.call.caller.permissions:
            return _refused(
                Refusal(
                    Reason.RETURN_NEEDS_RECEIPT,
                    f"this terminal has no permission {PERMISSION!r}",
                    "",
                    {"permission": PERMISSION},
                )
            )
        # The till names its business day; the allowance is that of the day on which money goes out.
        today = date_in(self.call.caller.time_zone, book.now)
        refusal = check_business_day(self.call.business_day, today, "business_day")
        if refusal is not None:
            return _refused(refusal)
        claim = self._claim(today)
        slot = book.limit(claim.limit_ref).slots.get(claim.slot_ref)
        left = max(self.allowance_minor - (slot.used if slot is not None else 0), 0)
        if self.call.money_minor > left:
            return _refused(
                Refusal(
                    Reason.RETURN_ALLOWANCE_EXCEEDED,
                    "this terminal may not pay out so much in a day without receipts",
                    "goods",
                    {"wanted_minor": self.call.money_minor, "left_minor": left},
                )
            )
        # After this point the return must succeed.
        return self._finish(book, claim, self.call.business_day or today, left)

    def _claim(self, day: dt.date) -> SlotClaim:
        terminal_id = self.call.caller.terminal_id
        return SlotClaim(
            terminal_id,
            terminal_id,
            shared=True,
            campaign="",
            limit=RETURN_ALLOWANCE,
            sku="",
            slot_start=dt.datetime.combine(day, dt.time()),
            uses=self.call.money_minor,
            bound=self.allowance_minor,
        )

    def _finish(self, book: Book, claim: SlotClaim, day: dt.date, left: int) -> Decision:
        """Keep the return, its answer, and what it takes of the allowance."""
        call, by = self.call, self.return_receipt_id
        use_claims(book, self.partner_id, None, by, Claims(slots=(claim,)))
        member_id = reason = None
        if call.identifier is not None:
            known = book.identifiers.get(call.identifier.ref(self.partner_id))
            member_id = known.member_id if known is not None else None
            reason = call.identifier.reason_if_unknown if known is None else None
        answer = WithoutReceiptAnswer(
            return_id=call.return_id,
            return_receipt_id=by,
            returned_at=book.now,
            money_minor=call.money_minor,
            allowance_left_minor=left - call.money_minor,
            identifier_reason=reason,
        )
        stored = dump_answer(answer)
        bucket = bucket_of_uuid(call.caller.store_id)
        book.writes.without_receipt.append(
            ReturnWithoutReceipt(
                bucket=bucket,
                month=book.month,
                return_receipt_id=by,
                partner_id=self.partner_id,
                return_id=call.return_id,
                member_id=member_id,
                store_code=call.caller.store_code,
                terminal_code=call.caller.terminal_code,
                returned_at=book.now,
                business_day=day,
                shift=call.shift,
                receipt_number=call.receipt_number,
                cashier=call.cashier,
                reason=call.reason,
                money_minor=call.money_minor,
                goods={str(each.position): _as_stored(each) for each in call.goods},
                answer=stored,
            )
        )
        key = ReturnKey(
            key_bucket(*self.return_ref),
            *self.return_ref,
            self.content_hash,
            bucket,
            book.month,
            by,
        )
        book.returns[self.return_ref] = book.writes.return_keys[self.return_ref] = key
        book.answers[by] = stored
        return Decision(answer, is_final=True)


def _as_stored(goods: ReturnedGoods) -> dict[str, int | str]:
    return {
        "sku": goods.sku,
        "quantity_milli": goods.quantity_milli,
        "price_minor": goods.price_minor,
        "amount_minor": goods.amount_minor,
    }


def _refused(refusal: Refusal) -> Decision:
    return Decision(refusal, is_final=False)
