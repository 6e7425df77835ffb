"""From the engine's outcome to its message.

The lines, and what was granted on them, are most of an answer. They are added where they belong
and filled field by field: a message that is built first and handed over is copied, by writing it
out and reading it again, which takes as long as all the rest (``docs/speed.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.encode_certificates import encode_certificate_result
from checkout.engine.outcome import CouponStatus, CutBy, Verdict
from checkout.engine.tilllines import till_lines
from checkout.v1 import outcome_pb2 as pb

if TYPE_CHECKING:
    from checkout.engine.outcome import EarnedPoints, Outcome, Redemption
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
    message = pb.Outcome()
    fill_outcome(message, outcome)
    return message


def fill_outcome(message: pb.Outcome, outcome: Outcome) -> None:
    """Write everything that follows from a receipt into a message that is part of an answer."""
    message.SetInParent()
    message.amount_minor = outcome.amount_minor
    message.external_discount_minor = outcome.external_discount_minor
    message.manual_discount_minor = outcome.manual_discount_minor
    message.discount_minor = outcome.discount_minor
    message.points_value_minor = outcome.points_value_minor
    message.rounding_minor = outcome.rounding_minor
    message.payable_minor = outcome.payable_minor
    message.points_earned_minor = outcome.points_earned_minor
    message.currency = outcome.currency
    message.certificates_minor = outcome.certificates_minor
    _fill_redemption(message.redemption, outcome.redemption)
    for line in till_lines(outcome):
        _fill_line(message.lines.add(), line)
    for campaign in outcome.applied:
        message.applied.add(
            code=campaign.code,
            name=campaign.name,
            discount_minor=campaign.discount_minor,
            points_minor=campaign.points_minor,
        )
    for coupon in outcome.coupons:
        message.coupons.add(
            code=coupon.code,
            status=_COUPON[coupon.status],
            used_up=coupon.used_up,
            series=coupon.series,
        )
    for shown in outcome.messages:
        message.messages.add(place=_PLACE[shown.place], campaign=shown.campaign, text=shown.text)
    message.earned.extend(_earned(points) for points in outcome.earned)
    _fill_explanation(message, outcome)
    for gift in outcome.gifts:
        message.gifts.add(campaign=gift.campaign, lane=gift.lane, skus=gift.skus, units=gift.units)
    for issued in outcome.issued:
        message.issued.add(
            campaign=issued.campaign,
            kind=issued.kind,
            code=issued.code,
            count=issued.count,
            amount_minor=issued.amount_minor,
            valid_days=issued.valid_days,
        )
    for missed in outcome.gifts_missed:
        message.gifts_missed.add(
            campaign=missed.campaign,
            gift=missed.gift,
            count=missed.count,
            left=missed.left,
            fault=missed.fault.value,
        )
    for refused in outcome.refused:
        message.refused.add(
            limit=refused.limit,
            name=refused.name,
            sku=refused.sku,
            wanted=refused.wanted,
            left=refused.left,
        )
    message.certificates.extend(encode_certificate_result(each) for each in outcome.certificates)


def _fill_redemption(message: pb.Redemption, redemption: Redemption) -> None:
    message.SetInParent()
    message.currency = redemption.currency
    message.max_points_minor = redemption.max_points_minor
    message.max_value_minor = redemption.max_value_minor
    message.wanted_points_minor = redemption.wanted_points_minor
    message.points_minor = redemption.points_minor
    message.value_minor = redemption.value_minor
    message.step_points_minor = redemption.step_points_minor
    message.min_points_minor = redemption.min_points_minor


def _fill_explanation(message: pb.Outcome, outcome: Outcome) -> None:
    """What was cut, what nearly applied, how good a combination is, and every candidate."""
    for cut in outcome.cuts:
        message.cuts.add(
            campaign=cut.campaign,
            lane=cut.lane,
            by=_CUT[cut.by],
            limit=cut.limit,
            wanted_minor=cut.wanted_minor,
            granted_minor=cut.granted_minor,
        )
    for found in outcome.combinations:
        message.combinations.add(
            lane=found.lane, value_minor=found.value_minor, gap_minor=found.gap_minor
        )
    for unmet in outcome.nearly:
        message.nearly.add(
            campaign=unmet.campaign,
            name=unmet.name,
            condition=unmet.condition,
            needed=unmet.needed,
            seen=unmet.seen,
        )
    for each in outcome.considered:
        message.considered.add(
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


def _fill_line(message: pb.OutcomeLine, line: TillLine) -> None:
    """One till line; what is 0 is not written."""
    message.position = line.position
    message.sku = line.sku
    message.amount_minor = line.amount_minor
    message.external_discount_minor = line.external_discount_minor
    message.manual_discount_minor = line.manual_discount_minor
    message.discount_minor = line.discount_minor
    message.points_value_minor = line.points_value_minor
    message.points_earned_minor = line.points_earned_minor
    message.payable_minor = line.payable_minor
    message.certificates_minor = line.certificates_minor
    for discount in line.discounts:
        on_line = message.discounts.add()
        on_line.campaign = discount.campaign
        on_line.lane = discount.lane
        on_line.base_minor = discount.base_minor
        on_line.rate_bp = discount.rate_bp
        on_line.wanted_minor = discount.wanted_minor
        on_line.granted_minor = discount.granted_minor
    for points in line.points:
        earned = message.points.add()
        earned.campaign = points.campaign
        earned.lane = points.lane
        earned.currency = points.currency
        earned.base_minor = points.base_minor
        earned.rate_bp = points.rate_bp
        earned.points_minor = points.points_minor
    for part in line.printed:
        message.printed.add(
            quantity_milli=part.quantity_milli,
            price_minor=part.price_minor,
            amount_minor=part.amount_minor,
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
