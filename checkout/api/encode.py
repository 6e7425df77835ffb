"""From flow answers to messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from checkout.api.encode_certificates import encode_given
from checkout.api.encode_outcome import fill_outcome
from checkout.api.moments import encode_moment
from checkout.engine.schema.tiers import TierMeasure
from checkout.flows.shown_certificates import masked_of
from checkout.flows.views import FlagKind, Status
from checkout.refusals import Reason
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import coupon_pb2, error_reason_pb2, outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from uuid import UUID

    from checkout.flows.answers import (
        CancelAnswer,
        ConfirmAnswer,
        EnrolAnswer,
        ExtendAnswer,
        QuoteAnswer,
    )
    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.views import (
        Balance,
        Flag,
        HoldView,
        MemberView,
        TierProgress,
        TierView,
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

_MEASURE: Final = {
    TierMeasure.SPEND: outcome_pb2.TIER_MEASURE_SPEND,
    TierMeasure.VISITS: outcome_pb2.TIER_MEASURE_VISITS,
    TierMeasure.POINTS: outcome_pb2.TIER_MEASURE_POINTS,
}
_MODE: Final = {
    "online": pb.SALE_MODE_UNSPECIFIED,
    "offline": pb.SALE_MODE_OFFLINE,
    "manual": pb.SALE_MODE_MANUAL,
    "training": pb.SALE_MODE_TRAINING,
}
_FLAG: Final = {
    FlagKind.LIMIT_OVERRUN: outcome_pb2.FLAG_KIND_LIMIT_OVERRUN,
    FlagKind.BUDGET_OVERRUN: outcome_pb2.FLAG_KIND_BUDGET_OVERRUN,
    FlagKind.POINTS_OWED: outcome_pb2.FLAG_KIND_POINTS_OWED,
    FlagKind.POINTS_WRITTEN_OFF: outcome_pb2.FLAG_KIND_POINTS_WRITTEN_OFF,
    FlagKind.POINTS_UNCHARGED: outcome_pb2.FLAG_KIND_POINTS_UNCHARGED,
    FlagKind.CAMPAIGN_UNKNOWN: outcome_pb2.FLAG_KIND_CAMPAIGN_UNKNOWN,
    FlagKind.COUPON_OVERRUN: outcome_pb2.FLAG_KIND_COUPON_OVERRUN,
    FlagKind.CERTIFICATE_OWED: outcome_pb2.FLAG_KIND_CERTIFICATE_OWED,
    FlagKind.CERTIFICATE_WRITTEN_OFF: outcome_pb2.FLAG_KIND_CERTIFICATE_WRITTEN_OFF,
    FlagKind.CERTIFICATE_UNCHARGED: outcome_pb2.FLAG_KIND_CERTIFICATE_UNCHARGED,
    FlagKind.CERTIFICATE_NOT_ACTIVATED: outcome_pb2.FLAG_KIND_CERTIFICATE_NOT_ACTIVATED,
}


def encode_reason(reason: Reason | None) -> error_reason_pb2.ErrorReason:
    """A reason as the contract's enum."""
    if reason is None:
        return error_reason_pb2.ERROR_REASON_UNSPECIFIED
    return _REASON[reason]


def encode_status(status: Status) -> pb.Status:
    """How a call ended, as the contract's enum."""
    return _STATUS[status]


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
        debt_minor=balance.debt_minor,
        frozen_minor=balance.frozen_minor,
        account_frozen=balance.is_frozen,
    )


def encode_member(member: MemberView | None) -> outcome_pb2.MemberView | None:
    """The identified member."""
    if member is None:
        return None
    return outcome_pb2.MemberView(
        member_id=str(member.member_id),
        tier=member.tier,
        balances=[encode_balance(balance) for balance in member.balances],
        household_id=str(member.household_id) if member.household_id is not None else "",
        standing=encode_tier(member.standing),
    )


def encode_tier(standing: TierView | None) -> outcome_pb2.TierView | None:
    """A member's tier."""
    if standing is None:
        return None
    return outcome_pb2.TierView(
        tier=standing.tier,
        tier_name=standing.tier_name,
        until=standing.until.isoformat() if standing.until is not None else "",
        set_by_operator=standing.is_set,
        keeps=_encode_progress(standing.keeps),
        next=_encode_progress(standing.next),
    )


def encode_goal(figures: dict[str, Any]) -> outcome_pb2.TierProgress:
    """What was counted and needed when a tier was judged, as it is stored."""
    return outcome_pb2.TierProgress(
        tier=figures["tier"],
        measure=_MEASURE[TierMeasure(figures["measure"])],
        category=figures["category"],
        first_day=figures["first_day"],
        counted=figures["counted"],
        needed=figures["needed"],
        lacking=max(figures["needed"] - figures["counted"], 0),
    )


def _encode_progress(progress: TierProgress | None) -> outcome_pb2.TierProgress | None:
    if progress is None:
        return None
    return outcome_pb2.TierProgress(
        tier=progress.tier,
        tier_name=progress.tier_name,
        measure=_MEASURE[progress.measure],
        category=progress.category,
        first_day=progress.first_day.isoformat(),
        counted=progress.counted,
        needed=progress.needed,
        lacking=progress.lacking,
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


def encode_quote(answer: QuoteAnswer) -> pb.QuoteResponse:
    """A quote."""
    response = pb.QuoteResponse(
        purchase_id=answer.purchase_id,
        status=_STATUS[answer.status],
        reason=encode_reason(answer.reason),
        quote_token=answer.token,
        valid_until=encode_moment(answer.valid_until) if answer.token else "",
        snapshot_id=answer.snapshot_id,
        member=encode_member(answer.member),
        identifier_reason=encode_reason(answer.identifier_reason),
        hold=encode_hold(answer.hold),
        offers=[
            outcome_pb2.NearMiss(
                campaign=offer.campaign,
                name=offer.name,
                sku=offer.sku,
                missing_minor=offer.missing_minor,
                missing_milli=offer.missing_milli,
                saving_minor=offer.saving_minor,
            )
            for offer in answer.offers
        ],
    )
    fill_outcome(response.outcome, answer.outcome)
    return response


def encode_confirm(
    answer: ConfirmAnswer,
    partner_id: UUID,
    codes: CertificateCodes,
    issued: Iterable[coupon_pb2.IssuedCoupon],
) -> pb.ConfirmResponse:
    """A confirmed sale with the coupons that it issued, or why it is not one."""
    response = pb.ConfirmResponse(
        purchase_id=answer.purchase_id,
        status=_STATUS[answer.status],
        reason=encode_reason(answer.reason),
        receipt_id=str(answer.receipt_id) if answer.receipt_id is not None else "",
        confirmed_at=encode_moment(answer.confirmed_at),
        snapshot_id=answer.snapshot_id,
        member=encode_member(answer.member),
        identifier_reason=encode_reason(answer.identifier_reason),
        slip=answer.slip,
        receipt_number_taken_by=answer.receipt_number_taken_by,
        quote=encode_quote(answer.quote) if answer.quote is not None else None,
        coupons_issued=issued,
        certificates=[encode_given(given, partner_id, codes) for given in answer.certificates],
        mode=_MODE[answer.mode],
        already_paid=answer.already_paid,
        flags=map(_encode_flag, answer.flags),
    )
    if answer.outcome is not None:
        fill_outcome(response.outcome, answer.outcome)
    return response


def encode_flag_kind(kind: FlagKind) -> outcome_pb2.FlagKind:
    """What did not fit."""
    return _FLAG[kind]


def _encode_flag(flag: Flag) -> outcome_pb2.Flag:
    return outcome_pb2.Flag(
        kind=_FLAG[flag.kind],
        campaign=flag.campaign,
        limit=flag.limit,
        currency=flag.currency,
        amount=flag.amount,
        uses=flag.uses,
        code=masked_of(flag.code) or flag.code,
    )


def encode_cancel(answer: CancelAnswer) -> pb.CancelResponse:
    """A cancelled purchase."""
    return pb.CancelResponse(
        purchase_id=answer.purchase_id, released_points_minor=answer.released_points_minor
    )


def encode_extend(answer: ExtendAnswer) -> pb.ExtendHoldResponse:
    """An extended hold."""
    return pb.ExtendHoldResponse(purchase_id=answer.purchase_id, hold=encode_hold(answer.hold))


def encode_enrol(answer: EnrolAnswer, numbers: CardNumbers) -> pb.EnrolMemberResponse:
    """Who has joined, with the number of the card that was made for somebody new."""
    return pb.EnrolMemberResponse(
        member=encode_member(answer.member),
        card=numbers.told(answer.card) if answer.card is not None else "",
        was_member=answer.was_member,
    )
