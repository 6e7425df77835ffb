"""From the engine's outcome to its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.encode_certificates import encode_certificate_result
from checkout.engine.outcome import CouponStatus, CutBy, Verdict
from checkout.engine.tilllines import till_lines
from checkout.v1 import outcome_pb2 as pb

if TYPE_CHECKING:
    from checkout.engine.outcome import EarnedPoints, Outcome
    from checkout.engine.tilllines import TillLine

_CUT: Final = {
    CutBy.MAXIMUM: pb.CUT_BY_MAXIMUM,
    CutBy.FLOOR: pb.CUT_BY_FLOOR,
    CutBy.BUDGET: pb.CUT_BY_BUDGET,
    CutBy.LIMIT: pb.CUT_BY_LIMIT,
    CutBy.CAP: pb.CUT_BY_CAP,
}
_COUPON: Final = {
    CouponStatus.APPLIED: pb.COUPON_STATUS_APPLIED,
    CouponStatus.REPEATED: pb.COUPON_STATUS_REPEATED,
    CouponStatus.UNKNOWN: pb.COUPON_STATUS_UNKNOWN,
    CouponStatus.NOT_IN_FORCE: pb.COUPON_STATUS_NOT_IN_FORCE,
    CouponStatus.NOT_APPLICABLE: pb.COUPON_STATUS_NOT_APPLICABLE,
    CouponStatus.ALREADY_USED: pb.COUPON_STATUS_ALREADY_USED,
    CouponStatus.NOT_YET_VALID: pb.COUPON_STATUS_NOT_YET_VALID,
    CouponStatus.EXPIRED: pb.COUPON_STATUS_EXPIRED,
    CouponStatus.OTHER_MEMBER: pb.COUPON_STATUS_OTHER_MEMBER,
    CouponStatus.BLOCKED: pb.COUPON_STATUS_BLOCKED,
}
_VERDICT: Final = {
    Verdict.APPLIED: pb.VERDICT_APPLIED,
    Verdict.UNMET: pb.VERDICT_UNMET,
    Verdict.BEATEN: pb.VERDICT_BEATEN,
    Verdict.CUT: pb.VERDICT_CUT,
    Verdict.NOTHING: pb.VERDICT_NOTHING,
}
_PLACE: Final = {
    "slip": pb.MESSAGE_PLACE_SLIP,
    "cashier": pb.MESSAGE_PLACE_CASHIER,
    "display": pb.MESSAGE_PLACE_DISPLAY,
}


def encode_outcome(outcome: Outcome | None) -> pb.Outcome | None:
    """Everything that follows from a receipt, per till line."""
    if outcome is None:
        return None
    redemption = outcome.redemption
    return pb.Outcome(
        amount_minor=outcome.amount_minor,
        external_discount_minor=outcome.external_discount_minor,
        manual_discount_minor=outcome.manual_discount_minor,
        discount_minor=outcome.discount_minor,
        points_value_minor=outcome.points_value_minor,
        rounding_minor=outcome.rounding_minor,
        payable_minor=outcome.payable_minor,
        points_earned_minor=outcome.points_earned_minor,
        currency=outcome.currency,
        redemption=pb.Redemption(
            currency=redemption.currency,
            max_points_minor=redemption.max_points_minor,
            max_value_minor=redemption.max_value_minor,
            wanted_points_minor=redemption.wanted_points_minor,
            points_minor=redemption.points_minor,
            value_minor=redemption.value_minor,
            step_points_minor=redemption.step_points_minor,
            min_points_minor=redemption.min_points_minor,
        ),
        lines=[_line(line) for line in till_lines(outcome)],
        applied=[
            pb.AppliedCampaign(
                code=campaign.code,
                name=campaign.name,
                discount_minor=campaign.discount_minor,
                points_minor=campaign.points_minor,
            )
            for campaign in outcome.applied
        ],
        cuts=[
            pb.Cut(
                campaign=cut.campaign,
                lane=cut.lane,
                by=_CUT[cut.by],
                limit=cut.limit,
                wanted_minor=cut.wanted_minor,
                granted_minor=cut.granted_minor,
            )
            for cut in outcome.cuts
        ],
        combinations=[
            pb.Combination(
                lane=found.lane, value_minor=found.value_minor, gap_minor=found.gap_minor
            )
            for found in outcome.combinations
        ],
        gifts=[
            pb.Gift(campaign=gift.campaign, lane=gift.lane, skus=gift.skus, units=gift.units)
            for gift in outcome.gifts
        ],
        earned=[_earned(points) for points in outcome.earned],
        issued=[
            pb.Issued(
                campaign=issued.campaign,
                kind=issued.kind,
                code=issued.code,
                count=issued.count,
                amount_minor=issued.amount_minor,
                valid_days=issued.valid_days,
            )
            for issued in outcome.issued
        ],
        refused=[
            pb.RefusedSale(
                limit=refused.limit,
                name=refused.name,
                sku=refused.sku,
                wanted=refused.wanted,
                left=refused.left,
            )
            for refused in outcome.refused
        ],
        nearly=[
            pb.NearlyApplied(
                campaign=unmet.campaign,
                name=unmet.name,
                condition=unmet.condition,
                needed=unmet.needed,
                seen=unmet.seen,
            )
            for unmet in outcome.nearly
        ],
        coupons=[
            pb.CouponResult(
                code=coupon.code,
                status=_COUPON[coupon.status],
                used_up=coupon.used_up,
                series=coupon.series,
            )
            for coupon in outcome.coupons
        ],
        messages=[
            pb.Message(place=_PLACE[message.place], campaign=message.campaign, text=message.text)
            for message in outcome.messages
        ],
        considered=[
            pb.Considered(
                campaign=each.campaign,
                name=each.name,
                verdict=_VERDICT[each.verdict],
                condition=each.condition,
                needed=each.needed,
                seen=each.seen,
                lane=each.lane,
                by=each.by,
                alone_minor=each.alone_minor,
                others_minor=each.others_minor,
            )
            for each in outcome.considered
        ],
        certificates_minor=outcome.certificates_minor,
        certificates=[encode_certificate_result(each) for each in outcome.certificates],
        gifts_missed=[
            pb.GiftMissed(
                campaign=missed.campaign,
                gift=missed.gift,
                count=missed.count,
                left=missed.left,
                fault=missed.fault.value,
            )
            for missed in outcome.gifts_missed
        ],
    )


def _line(line: TillLine) -> pb.OutcomeLine:
    return pb.OutcomeLine(
        position=line.position,
        sku=line.sku,
        amount_minor=line.amount_minor,
        external_discount_minor=line.external_discount_minor,
        manual_discount_minor=line.manual_discount_minor,
        discount_minor=line.discount_minor,
        points_value_minor=line.points_value_minor,
        points_earned_minor=line.points_earned_minor,
        payable_minor=line.payable_minor,
        discounts=[
            pb.LineDiscount(
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
            pb.LinePoints(
                campaign=part.campaign,
                lane=part.lane,
                currency=part.currency,
                base_minor=part.base_minor,
                rate_bp=part.rate_bp,
                points_minor=part.points_minor,
            )
            for part in line.points
        ],
        printed=[
            pb.PrintedLine(
                quantity_milli=part.quantity_milli,
                price_minor=part.price_minor,
                amount_minor=part.amount_minor,
            )
            for part in line.printed
        ],
        certificates_minor=line.certificates_minor,
    )


def _earned(points: EarnedPoints) -> pb.EarnedPoints:
    return pb.EarnedPoints(
        currency=points.currency,
        points_minor=points.points_minor,
        delay_days=points.delay_days,
        days=points.days or 0,
        months=points.months or 0,
        end_of=points.end_of,
        on=points.on,
    )
