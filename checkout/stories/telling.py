"""From the flows' answers to what a story tells: plain documents that an analyst can read."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from checkout.engine.tilllines import till_lines
from checkout.flows.answers import (
    AdjustAnswer,
    BindAnswer,
    BlockAnswer,
    CancelAnswer,
    ConfirmAnswer,
    CreditAnswer,
    EnrolAnswer,
    ExtendAnswer,
    FreezeAnswer,
    MembershipAnswer,
    QuoteAnswer,
    RestoreAnswer,
    ReturnAnswer,
    StopAnswer,
)
from checkout.flows.identity_answers import HouseholdAnswer, MergeAnswer, UnmergeAnswer
from checkout.flows.return_answers import WithoutReceiptAnswer
from checkout.flows.shown_certificates import masked_of
from checkout.flows.tier_answers import SetTierAnswer
from checkout.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from checkout.engine.outcome import EarnedPoints, Outcome
    from checkout.engine.tilllines import TillLine
    from checkout.flows.answers import CouponIssued
    from checkout.flows.views import Balance, Flag, HoldView, MemberView, TierProgress, TierView
    from checkout.refusals import Reason

    Told = dict[str, Any]


def tell(answer: object) -> Told:
    """An answer, or a refusal, as a document."""
    match answer:
        case Refusal():
            return {"status": "refused", "reason": answer.reason.value}
        case QuoteAnswer():
            return tell_quote(answer)
        case ConfirmAnswer():
            return _confirmed(answer)
        case CancelAnswer():
            return {"status": "ok", "released_points_minor": answer.released_points_minor}
        case ReturnAnswer() | WithoutReceiptAnswer():
            return _returned(answer)
        case CreditAnswer():
            return {
                "status": "ok",
                "credit_id": str(answer.credit_id),
                "credited_at": tell_moment(answer.credited_at),
                **_outcome(answer.outcome),
                **tell_member(answer.member),
            }
        case ExtendAnswer():
            return {"status": "ok", **_hold(answer.hold)}
        case EnrolAnswer():
            return {"status": "ok", "was_member": answer.was_member, **tell_member(answer.member)}
        case AdjustAnswer():
            return {"status": "ok", "balances": tell_balances([answer.balance])}
        case BindAnswer():
            return {"status": "ok", "replaced": answer.replaced, **tell_member(answer.member)}
        case (
            MembershipAnswer()
            | SetTierAnswer()
            | StopAnswer()
            | BlockAnswer()
            | FreezeAnswer()
            | RestoreAnswer()
            | HouseholdAnswer()
            | MergeAnswer()
            | UnmergeAnswer()
        ):
            return {"status": "ok", **_intervention(answer)}
        case _:
            raise TypeError(f"nothing is told of {type(answer).__name__}")


def _intervention(
    answer: MembershipAnswer
    | SetTierAnswer
    | StopAnswer
    | BlockAnswer
    | FreezeAnswer
    | RestoreAnswer
    | HouseholdAnswer
    | MergeAnswer
    | UnmergeAnswer,
) -> Told:
    match answer:
        case SetTierAnswer():
            return {
                "changed": answer.changed,
                "tier_before": answer.tier_before,
                "standing": tell_tier(answer.standing),
            }
        case MembershipAnswer():
            return {
                "changed": answer.changed,
                "written_off": answer.written_off,
                "balances": tell_balances(answer.balances),
            }
        case StopAnswer():
            return {"stopped": answer.stopped, "changed": answer.changed}
        case BlockAnswer():
            return {"blocked": answer.blocked, "changed": answer.changed}
        case FreezeAnswer():
            return {
                "freeze_id": str(answer.freeze_id),
                "frozen_minor": answer.frozen_minor,
                "balances": tell_balances([answer.balance]),
            }
        case RestoreAnswer():
            balances = [answer.balance] if answer.balance is not None else []
            return {"restored_minor": answer.restored_minor, "balances": tell_balances(balances)}
        case HouseholdAnswer():
            return {
                "household_id": str(answer.household_id or ""),
                "members": answer.members,
                "changed": answer.changed,
            }
        case MergeAnswer():
            return {
                "merge_id": str(answer.merge_id),
                "changed": answer.changed,
                "moved": answer.moved,
            }
        case UnmergeAnswer():
            return {"changed": answer.changed, "moved": answer.moved, "debts": answer.debts}


def tell_quote(answer: QuoteAnswer) -> Told:
    """A quote, with its hold if there is one."""
    return {
        "status": answer.status.value,
        "reason": _reason(answer.reason),
        "token": answer.token,
        "valid_until": tell_moment(answer.valid_until) if answer.token else "",
        **_outcome(answer.outcome),
        **tell_member(answer.member),
        "identifier_reason": _reason(answer.identifier_reason),
        **_hold(answer.hold),
    }


def tell_member(member: MemberView | None) -> Told:
    """The member and the balances; empty for a guest."""
    if member is None:
        return {
            "member_id": "",
            "tier": "",
            "balances": {},
            "standing": {},
            "household_id": "",
        }
    return {
        "member_id": str(member.member_id),
        "tier": member.tier,
        "balances": tell_balances(member.balances),
        "standing": tell_tier(member.standing),
        "household_id": str(member.household_id or ""),
    }


def tell_tier(standing: TierView | None) -> Told:
    """A member's tier; empty where there are none."""
    if standing is None:
        return {}
    return {
        "tier": standing.tier,
        "tier_name": standing.tier_name,
        "until": standing.until.isoformat() if standing.until is not None else "",
        "set_by_operator": standing.is_set,
        "keeps": _progress(standing.keeps),
        "next": _progress(standing.next),
    }


def _progress(progress: TierProgress | None) -> Told:
    if progress is None:
        return {}
    told = asdict(progress)
    first_day = progress.first_day.isoformat()
    return {**told, "measure": progress.measure.value, "first_day": first_day}


def tell_moment(moment: dt.datetime | None) -> str:
    """UTC, to the minute."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M") if moment is not None else ""


def _confirmed(answer: ConfirmAnswer) -> Told:
    return {
        "status": answer.status.value,
        "reason": _reason(answer.reason),
        "receipt_id": str(answer.receipt_id) if answer.receipt_id is not None else "",
        "confirmed_at": tell_moment(answer.confirmed_at),
        **(_outcome(answer.outcome) if answer.outcome is not None else {}),
        **tell_member(answer.member),
        "identifier_reason": _reason(answer.identifier_reason),
        "slip": answer.slip,
        "receipt_number_taken_by": answer.receipt_number_taken_by,
        "brought": [
            {
                "certificate_id": str(given.certificate_id),
                "certificate": given.masked,
                "series": given.series,
                "unit": given.unit,
                "face": given.face,
                "active_from": tell_moment(given.active_from),
                "expires_at": tell_moment(given.expires_at),
                "position": given.position,
                "campaign": given.campaign,
            }
            for given in answer.certificates
        ],
        "quote": tell_quote(answer.quote) if answer.quote is not None else {},
        "mode": answer.mode,
        "already_paid": answer.already_paid,
        "flags": [_tell_flag(flag) for flag in answer.flags],
    }


def _tell_flag(flag: Flag) -> Told:
    """But for the code of what did not fit: codes differ from run to run."""
    told = {**asdict(flag), "kind": flag.kind.value}
    del told["code"]
    return told


def tell_issued(coupons: Iterable[CouponIssued], code_of: Callable[[UUID], str]) -> list[Told]:
    """Coupons that a sale issued, with the codes that follow from their ids."""
    return [
        {
            "code": code_of(coupon.coupon_id),
            "series": coupon.series,
            "campaign": coupon.campaign,
            "of_member": coupon.of_member,
            "valid_from": tell_moment(coupon.valid_from),
            "valid_until": tell_moment(coupon.valid_until),
        }
        for coupon in coupons
    ]


def _returned(answer: ReturnAnswer | WithoutReceiptAnswer) -> Told:
    if isinstance(answer, WithoutReceiptAnswer):
        return {
            "status": "ok",
            "money_minor": answer.money_minor,
            "allowance_left_minor": answer.allowance_left_minor,
            "identifier_reason": _reason(answer.identifier_reason),
        }
    return {
        "status": answer.status.value,
        "lines": {
            str(line.position): {
                "quantity_milli": line.quantity_milli,
                "money_minor": line.money_minor,
                "points_value_minor": line.points_value_minor,
                "left_milli": line.left_milli,
                "certificates_minor": line.certificates_minor,
                "amount_minor": line.amount_minor,
                "discounts": line.discounts,
                "points_earned_minor": line.points_earned_minor,
            }
            for line in answer.lines
        },
        "money_minor": answer.money_minor,
        "points_value_minor": answer.points_value_minor,
        "points_currency": answer.points_currency,
        "points_back_minor": answer.points_back_minor,
        "points_taken": [asdict(taken) for taken in answer.points_taken],
        "is_all": answer.is_all,
        "certificates_minor": answer.certificates_minor,
        "certificates_back": {
            back.masked: {
                "series": back.series,
                "paid_minor": back.paid_minor,
                "units": back.units,
            }
            for back in answer.certificates_back
        },
        "certificates_undone": sorted(answer.certificates_undone),
        "gifts_back": [asdict(back) for back in answer.gifts_back],
        "policy": answer.policy.value,
        "unevaluated": answer.unevaluated.value if answer.unevaluated is not None else "",
        "is_floored": answer.is_floored,
        **{f"floored_{name}": value for name, value in asdict(answer.floored).items()},
        **(tell_member(answer.member) if answer.member is not None else {}),
    }


def _reason(reason: Reason | None) -> str:
    return reason.value if reason is not None else ""


def _hold(hold: HoldView | None) -> Told:
    if hold is None:
        return {"hold_id": "", "hold": {}}
    told = {"points_minor": hold.points_minor, "expires_at": tell_moment(hold.expires_at)}
    return {"hold_id": str(hold.hold_id), "hold": told}


def tell_balances(balances: list[Balance]) -> Told:
    """Balances by currency."""
    return {
        balance.currency: {
            "active_minor": balance.active_minor,
            "pending_minor": balance.pending_minor,
            "held_minor": balance.held_minor,
            "debt_minor": balance.debt_minor,
            "frozen_minor": balance.frozen_minor,
            "expiring_minor": balance.expiring_minor,
            "expiring_at": tell_moment(balance.expiring_at),
        }
        for balance in balances
    }


def _outcome(outcome: Outcome) -> Told:
    redemption = outcome.redemption
    messages: dict[str, list[str]] = {}
    for message in outcome.messages:
        messages.setdefault(message.place, []).append(message.text)
    return {
        "amount_minor": outcome.amount_minor,
        "external_discount_minor": outcome.external_discount_minor,
        "manual_discount_minor": outcome.manual_discount_minor,
        "discount_minor": outcome.discount_minor,
        "points_value_minor": outcome.points_value_minor,
        "rounding_minor": outcome.rounding_minor,
        "payable_minor": outcome.payable_minor,
        "points_earned_minor": outcome.points_earned_minor,
        "currency": outcome.currency,
        "redemption": {
            "currency": redemption.currency,
            "max_points_minor": redemption.max_points_minor,
            "max_value_minor": redemption.max_value_minor,
            "wanted_points_minor": redemption.wanted_points_minor,
            "points_minor": redemption.points_minor,
            "value_minor": redemption.value_minor,
            "step_points_minor": redemption.step_points_minor,
            "min_points_minor": redemption.min_points_minor,
        },
        "lines": {str(line.position): _line(line) for line in till_lines(outcome)},
        "applied": [asdict(campaign) for campaign in outcome.applied],
        "cuts": [{**asdict(cut), "by": cut.by.value} for cut in outcome.cuts],
        "nearly": [asdict(unmet) for unmet in outcome.nearly],
        "coupons": {coupon.code: coupon.status.value for coupon in outcome.coupons},
        "coupons_used_up": [coupon.code for coupon in outcome.coupons if coupon.used_up],
        "messages": messages,
        "combinations": [asdict(found) for found in outcome.combinations],
        "gifts": [asdict(gift) for gift in outcome.gifts],
        "earned": [_earned(points) for points in outcome.earned],
        "issued": [
            {name: value for name, value in asdict(issued).items() if value is not None}
            for issued in outcome.issued
        ],
        "gifts_missed": [
            {**asdict(missed), "fault": missed.fault.value} for missed in outcome.gifts_missed
        ],
        "refused": [asdict(refused) for refused in outcome.refused],
        "certificates_minor": outcome.certificates_minor,
        "certificates": {
            masked_of(each.code): {
                "series": each.series,
                "status": each.status.value,
                "paid_minor": each.paid_minor,
                "units": each.units,
                "left": each.left,
                "parts": {
                    str(part.position): {"paid_minor": part.paid_minor, "units": part.units}
                    for part in each.parts
                },
            }
            for each in outcome.certificates
        },
        "considered": [
            {**asdict(each), "verdict": each.verdict.value} for each in outcome.considered
        ],
    }


def _earned(points: EarnedPoints) -> Told:
    return {**asdict(points), "days": points.days or 0, "months": points.months or 0}


def _line(line: TillLine) -> Told:
    return {
        "sku": line.sku,
        "amount_minor": line.amount_minor,
        "external_discount_minor": line.external_discount_minor,
        "manual_discount_minor": line.manual_discount_minor,
        "discount_minor": line.discount_minor,
        "points_value_minor": line.points_value_minor,
        "points_earned_minor": line.points_earned_minor,
        "payable_minor": line.payable_minor,
        "discounts": [asdict(part) for part in line.discounts],
        "points": [asdict(part) for part in line.points],
        "printed": [asdict(part) for part in line.printed],
        "certificates_minor": line.certificates_minor,
    }
