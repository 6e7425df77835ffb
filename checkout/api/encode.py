"""From flow answers to messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from checkout.engine.outcome import CouponStatus, CutBy
from checkout.engine.tilllines import till_lines
from checkout.flows.answers import Status
from checkout.refusals import Reason
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2, outcome_pb2

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.outcome import Outcome
    from checkout.flows.answers import (
        Balance,
        CancelAnswer,
        ConfirmAnswer,
        EnrolAnswer,
        ExtendAnswer,
        HoldView,
        MemberView,
        QuoteAnswer,
    )

_REASON: Final = {
    reason: cast(
        "error_reason_pb2.ErrorReason",
        error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{reason.value}"),
    )
    for reason in Reason
}
_STATUS: Final = {
    Status.OK: pb.STATUS_OK,
    Status.PRICE_CHANGED: pb.STATUS_PRICE_CHANGED,
    Status.REJECTED: pb.STATUS_REJECTED,
}
_CUT: Final = {
    CutBy.FLOOR: outcome_pb2.CUT_BY_FLOOR,
    CutBy.BUDGET: outcome_pb2.CUT_BY_BUDGET,
    CutBy.CAP: outcome_pb2.CUT_BY_CAP,
}
_COUPON: Final = {
    CouponStatus.APPLIED: outcome_pb2.COUPON_STATUS_APPLIED,
    CouponStatus.UNKNOWN: outcome_pb2.COUPON_STATUS_UNKNOWN,
    CouponStatus.NOT_IN_FORCE: outcome_pb2.COUPON_STATUS_NOT_IN_FORCE,
    CouponStatus.NOT_APPLICABLE: outcome_pb2.COUPON_STATUS_NOT_APPLICABLE,
}
_PLACE: Final = {
    "slip": outcome_pb2.MESSAGE_PLACE_SLIP,
    "cashier": outcome_pb2.MESSAGE_PLACE_CASHIER,
    "display": outcome_pb2.MESSAGE_PLACE_DISPLAY,
}


def encode_reason(reason: Reason | None) -> error_reason_pb2.ErrorReason:
    """A reason as the contract's enum."""
    if reason is None:
        return error_reason_pb2.ERROR_REASON_UNSPECIFIED
    return _REASON[reason]


def encode_moment(moment: dt.datetime | None) -> str:
    """RFC 3339, or empty."""
    return moment.isoformat() if moment is not None else ""


def encode_balance(balance: Balance) -> outcome_pb2.Balance:
    """One balance."""
    return outcome_pb2.Balance(
        currency=balance.currency,
        exponent=balance.exponent,
        active_minor=balance.active_minor,
        pending_minor=balance.pending_minor,
        held_minor=balance.held_minor,
        expiring_minor=balance.expiring_minor,
        expiring_at=encode_moment(balance.expiring_at),
    )


def encode_member(member: MemberView | None) -> outcome_pb2.MemberView | None:
    """The identified member."""
    if member is None:
        return None
    return outcome_pb2.MemberView(
        member_id=str(member.member_id),
        tier=member.tier,
        balances=[encode_balance(balance) for balance in member.balances],
    )


def encode_hold(hold: HoldView | None) -> outcome_pb2.HoldView | None:
    """What a hold keeps."""
    if hold is None:
        return None
    return outcome_pb2.HoldView(
        hold_id=str(hold.hold_id),
        points_minor=hold.points_minor,
        expires_at=encode_moment(hold.expires_at),
    )


def encode_outcome(outcome: Outcome | None) -> outcome_pb2.Outcome | None:
    """Everything that follows from a receipt, per till line."""
    if outcome is None:
        return None
    redemption = outcome.redemption
    return outcome_pb2.Outcome(
        amount_minor=outcome.amount_minor,
        external_discount_minor=outcome.external_discount_minor,
        discount_minor=outcome.discount_minor,
        points_value_minor=outcome.points_value_minor,
        payable_minor=outcome.payable_minor,
        points_earned_minor=outcome.points_earned_minor,
        currency=outcome.currency,
        redemption=outcome_pb2.Redemption(
            currency=redemption.currency,
            max_points_minor=redemption.max_points_minor,
            max_value_minor=redemption.max_value_minor,
            wanted_points_minor=redemption.wanted_points_minor,
            points_minor=redemption.points_minor,
            value_minor=redemption.value_minor,
        ),
        lines=[
            outcome_pb2.OutcomeLine(
                position=line.position,
                sku=line.sku,
                amount_minor=line.amount_minor,
                external_discount_minor=line.external_discount_minor,
                discount_minor=line.discount_minor,
                points_value_minor=line.points_value_minor,
                points_earned_minor=line.points_earned_minor,
                payable_minor=line.payable_minor,
                discounts=[
                    outcome_pb2.LineDiscount(
                        campaign=part.campaign,
                        lane=part.lane,
                        base_minor=part.base_minor,
                        rate_bp=part.rate_bp,
                        wanted_minor=part.wanted_minor,
                        granted_minor=part.granted_minor,
                    )
                    for part in line.discounts
                ],
                points=[
                    outcome_pb2.LinePoints(
                        campaign=part.campaign,
                        lane=part.lane,
                        base_minor=part.base_minor,
                        rate_bp=part.rate_bp,
                        points_minor=part.points_minor,
                    )
                    for part in line.points
                ],
            )
            for line in till_lines(outcome)
        ],
        applied=[
            outcome_pb2.AppliedCampaign(
                code=campaign.code,
                name=campaign.name,
                discount_minor=campaign.discount_minor,
                points_minor=campaign.points_minor,
            )
            for campaign in outcome.applied
        ],
        cuts=[
            outcome_pb2.Cut(
                campaign=cut.campaign,
                lane=cut.lane,
                by=_CUT[cut.by],
                wanted_minor=cut.wanted_minor,
                granted_minor=cut.granted_minor,
            )
            for cut in outcome.cuts
        ],
        nearly=[
            outcome_pb2.NearlyApplied(
                campaign=unmet.campaign,
                name=unmet.name,
                condition=unmet.condition,
                needed=unmet.needed,
                seen=unmet.seen,
            )
            for unmet in outcome.nearly
        ],
        coupons=[
            outcome_pb2.CouponResult(code=coupon.code, status=_COUPON[coupon.status])
            for coupon in outcome.coupons
        ],
        messages=[
            outcome_pb2.Message(
                place=_PLACE[message.place], campaign=message.campaign, text=message.text
            )
            for message in outcome.messages
        ],
    )


def encode_quote(answer: QuoteAnswer) -> pb.QuoteResponse:
    """A quote."""
    return pb.QuoteResponse(
        purchase_id=answer.purchase_id,
        status=_STATUS[answer.status],
        reason=encode_reason(answer.reason),
        quote_token=answer.token,
        valid_until=encode_moment(answer.valid_until) if answer.token else "",
        snapshot_id=answer.snapshot_id,
        outcome=encode_outcome(answer.outcome),
        member=encode_member(answer.member),
        identifier_reason=encode_reason(answer.identifier_reason),
        hold=encode_hold(answer.hold),
    )


def encode_confirm(answer: ConfirmAnswer) -> pb.ConfirmResponse:
    """A confirmed sale, or why it is not one."""
    return pb.ConfirmResponse(
        purchase_id=answer.purchase_id,
        status=_STATUS[answer.status],
        reason=encode_reason(answer.reason),
        receipt_id=str(answer.receipt_id) if answer.receipt_id is not None else "",
        confirmed_at=encode_moment(answer.confirmed_at),
        snapshot_id=answer.snapshot_id,
        outcome=encode_outcome(answer.outcome),
        member=encode_member(answer.member),
        identifier_reason=encode_reason(answer.identifier_reason),
        slip=answer.slip,
        receipt_number_taken_by=answer.receipt_number_taken_by,
        quote=encode_quote(answer.quote) if answer.quote is not None else None,
    )


def encode_cancel(answer: CancelAnswer) -> pb.CancelResponse:
    """A cancelled purchase."""
    return pb.CancelResponse(
        purchase_id=answer.purchase_id, released_points_minor=answer.released_points_minor
    )


def encode_extend(answer: ExtendAnswer) -> pb.ExtendHoldResponse:
    """An extended hold."""
    return pb.ExtendHoldResponse(purchase_id=answer.purchase_id, hold=encode_hold(answer.hold))


def encode_enrol(answer: EnrolAnswer) -> pb.EnrolMemberResponse:
    """A new member."""
    return pb.EnrolMemberResponse(member=encode_member(answer.member))
