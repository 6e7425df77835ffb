"""Questions that change nothing: who is it, what became of a purchase or a call.

What rules are in force.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.flows.answers import ConfirmAnswer, CreditAnswer, load_answer
from checkout.flows.operation import request_key_number, who_takes_part
from checkout.flows.pricing import member_view
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.views import HoldView, MemberView
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.answers import Answer
    from checkout.flows.ports import Members, Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.store.reference import ReferenceStore


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """What became of a purchase."""

    state: str
    confirmed: ConfirmAnswer | None
    hold: HoldView | None
    #: Thousandths that have come back, by position.
    returned: dict[int, int]
    #: A guest's receipt that is a member's now.
    credited: CreditAnswer | None


@dataclass(frozen=True, slots=True)
class OperationView:
    """What became of a mutating call."""

    state: str
    answer: Answer | Refusal | None


class LookupFlow:
    """Answers questions."""

    def __init__(
        self,
        snapshots: Snapshots,
        members: Members,
        reference: ReferenceStore,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._snapshots = snapshots
        self._members = members
        self._reference = reference
        self._clock = clock

    async def identify(
        self, caller: Caller, identifier: PresentedIdentifier
    ) -> MemberView | Refusal:
        """Tier and balances of the member whose identifier it is."""
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None or caller.store_code not in snapshot.stores:
            return missing_snapshot()
        found = await self._members.find(caller, identifier)
        member, reason = who_takes_part(*found, snapshot.stores[caller.store_code].program)
        if member is None:
            return Refusal(
                reason or Reason.MEMBER_UNKNOWN,
                {
                    Reason.MEMBER_BLOCKED: "the member is blocked",
                    Reason.CARD_BLOCKED: f"this {identifier.kind} is blocked",
                    Reason.CARD_REPLACED: "another card has taken the place of this one",
                    Reason.CARD_NUMBER_INVALID: "no card has this number: digits are missing or"
                    " wrong, as its check digit says",
                    Reason.QR_INVALID: "this QR code is none of ours",
                    Reason.QR_EXPIRED: "this QR code was shown too late",
                    Reason.PROGRAM_LEFT: "the member has left the program of this store",
                    Reason.TOO_MANY_UNKNOWN: "this terminal showed too many unknown cards within a"
                    " minute; nothing is told of any until it is over",
                }.get(reason or Reason.MEMBER_UNKNOWN, f"nobody has this {identifier.kind}"),
                "identifier",
            )
        return member_view(snapshot, caller.store_code, member, self._clock())

    async def purchase(self, caller: Caller, purchase_id: str) -> PurchaseView | Refusal:
        """What became of a purchase."""
        row = await self._reference.find_purchase(caller.partner_id, purchase_id)
        if row is None:
            return Refusal(
                Reason.PURCHASE_UNKNOWN,
                "nobody held, confirmed or cancelled such a purchase",
                "purchase_id",
            )
        confirmed = load_answer(row.answer) if row.answer is not None else None
        credited = load_answer(row.credited) if row.credited is not None else None
        hold = None
        state = row.state
        if state == "held":
            lives = (
                row.hold_state == "pending"
                and row.expires_at is not None
                and row.expires_at > self._clock()
            )
            if lives and row.hold_id is not None and row.expires_at is not None:
                hold = HoldView(
                    hold_id=row.hold_id,
                    points_minor=row.points_minor or 0,
                    expires_at=row.expires_at,
                )
            else:
                state = "released"
        return PurchaseView(
            state,
            confirmed if isinstance(confirmed, ConfirmAnswer) else None,
            hold,
            {int(position): quantity for position, quantity in sorted(row.returned.items())},
            credited if isinstance(credited, CreditAnswer) else None,
        )

    async def operation(self, caller: Caller, method: str, request_id: str) -> OperationView:
        """What became of a mutating call."""
        number = request_key_number(caller.partner_id, method, request_id)
        stored, is_busy = await self._reference.find_request(
            caller.partner_id, method, request_id, number
        )
        if stored is not None:
            return OperationView("done", load_answer(stored))
        return OperationView("in_progress" if is_busy else "not_done", None)

    def snapshot(self, caller: Caller) -> CompiledSnapshot | Refusal:
        """The rules in force."""
        snapshot = self._snapshots.current(caller.partner_id)
        return snapshot if snapshot is not None else missing_snapshot()
