"""From the contract's messages to what a story tells: read from the wire, field by field.

Written apart from `checkout.stories.telling`, so that what is lost or changed on the way shows.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict

from checkout.v1 import certificate_pb2, error_reason_pb2, outcome_pb2
from checkout.v1 import checkout_service_pb2 as pb

#: 64-bit integers whose unit is that of their limit.
_PLAIN = frozenset(("wanted", "left", "units"))

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    Told = dict[str, Any]


def told_quote(message: pb.QuoteResponse) -> Told:
    """A quote, with its hold if there is one."""
    return {
        "status": told_status(message.status),
        "reason": told_reason(message.reason),
        "token": message.quote_token,
        "valid_until": told_moment(message.valid_until),
        **_told_outcome(message.outcome),
        **_told_member_or_guest(message),
        "identifier_reason": told_reason(message.identifier_reason),
        **told_hold(message.hold if message.HasField("hold") else None),
    }


def told_confirm(message: pb.ConfirmResponse) -> Told:
    """A confirmed sale, or why it is not one."""
    return {
        "status": told_status(message.status),
        "reason": told_reason(message.reason),
        "receipt_id": message.receipt_id,
        "confirmed_at": told_moment(message.confirmed_at),
        **(_told_outcome(message.outcome) if message.HasField("outcome") else {}),
        **_told_member_or_guest(message),
        "identifier_reason": told_reason(message.identifier_reason),
        "slip": list(message.slip),
        "receipt_number_taken_by": message.receipt_number_taken_by,
        "brought": [
            {
                "code": given.code,
                "certificate": given.masked,
                "series": given.series,
                "unit": given.unit,
                "face": given.face,
                "active_from": told_moment(given.active_from),
                "expires_at": told_moment(given.expires_at),
                "position": given.position,
                "campaign": given.campaign,
            }
            for given in message.certificates
        ],
        "quote": told_quote(message.quote) if message.HasField("quote") else {},
        "mode": _MODES[message.mode],
        "already_paid": message.already_paid,
        "flags": [_told_flag(flag) for flag in message.flags],
        "coupons_issued": [
            {
                "code": coupon.code,
                "series": coupon.series,
                "campaign": coupon.campaign,
                "of_member": coupon.of_member,
                "valid_from": told_moment(coupon.valid_from),
                "valid_until": told_moment(coupon.valid_until),
            }
            for coupon in message.coupons_issued
        ],
    }


def told_credit(message: pb.CreditLaterResponse) -> Told:
    """A guest's purchase that is a member's now."""
    return {
        "status": "ok",
        "credit_id": message.credit_id,
        "credited_at": told_moment(message.credited_at),
        **_told_outcome(message.outcome),
        **told_member(message.member),
    }


_MODES = {
    pb.SALE_MODE_UNSPECIFIED: "online",
    pb.SALE_MODE_OFFLINE: "offline",
    pb.SALE_MODE_MANUAL: "manual",
    pb.SALE_MODE_TRAINING: "training",
}


def _told_flag(flag: outcome_pb2.Flag) -> Told:
    return {
        "kind": _word("FLAG_KIND_", outcome_pb2.FlagKind.Name(flag.kind)),
        "campaign": flag.campaign,
        "limit": flag.limit,
        "currency": flag.currency,
        "amount": flag.amount,
        "uses": flag.uses,
    }


def told_return(message: pb.ConfirmReturnResponse) -> Told:
    """Goods that came back."""
    return {
        "status": told_status(message.status),
        **told_returned(message.returned),
        **(told_member(message.member) if message.HasField("member") else {}),
    }


def told_without_receipt(message: pb.ReturnWithoutReceiptResponse) -> Told:
    """Goods that came back without their receipt."""
    return {
        "status": "ok",
        "money_minor": message.money_minor,
        "allowance_left_minor": message.allowance_left_minor,
        "identifier_reason": told_reason(message.identifier_reason),
    }


def told_returned(returned: pb.Returned) -> Told:
    """What a return gives back."""
    plain = _plain(returned)
    del plain["return_id"], plain["purchase_id"]
    lines = {str(line.pop("position")): line for line in plain.pop("lines")}
    for line in lines.values():
        line["discounts"] = {d["campaign"]: d["discount_minor"] for d in line["discounts"]}
    backs = {back.pop("masked"): back for back in plain.pop("certificates_back")}
    undone = sorted(plain.pop("certificates_undone"))
    policy = _word("RETURN_POLICY_", plain.pop("policy"))
    unevaluated = _word("UNEVALUATED_", plain.pop("unevaluated"))
    return {
        **plain,
        "lines": lines,
        "certificates_back": backs,
        "certificates_undone": undone,
        "policy": policy,
        "unevaluated": "" if unevaluated == "unspecified" else unevaluated,
    }


def told_certificate(view: certificate_pb2.CertificateView) -> Told:
    """A certificate as it is now."""
    return {
        "status": "ok",
        "certificate": view.masked,
        "series": view.series,
        "name": view.name,
        "unit": view.unit,
        "face": view.face,
        "left": view.left,
        "held": view.held,
        "state": _certificate_status(view.status),
        "active_from": told_moment(view.active_from),
        "expires_at": told_moment(view.expires_at),
    }


def told_member(member: outcome_pb2.MemberView) -> Told:
    """The member and the balances."""
    return {
        "member_id": member.member_id,
        "tier": member.tier,
        "balances": told_balances(member.balances),
        "standing": told_tier(member.standing) if member.HasField("standing") else {},
        "household_id": member.household_id,
    }


def told_tier(standing: outcome_pb2.TierView) -> Told:
    """A member's tier."""
    return {
        "tier": standing.tier,
        "tier_name": standing.tier_name,
        "until": standing.until,
        "set_by_operator": standing.set_by_operator,
        "keeps": _told_progress(standing.keeps) if standing.HasField("keeps") else {},
        "next": _told_progress(standing.next) if standing.HasField("next") else {},
    }


def _told_progress(progress: outcome_pb2.TierProgress) -> Told:
    measure = outcome_pb2.TierMeasure.Name(progress.measure)
    return {
        "tier": progress.tier,
        "tier_name": progress.tier_name,
        "measure": measure.removeprefix("TIER_MEASURE_").lower(),
        "category": progress.category,
        "first_day": progress.first_day,
        "counted": progress.counted,
        "needed": progress.needed,
        "lacking": progress.lacking,
    }


def told_statement(page: pb.GetStatementResponse) -> Told:
    """The first page of a statement."""
    return {
        "status": "ok",
        "balance_minor": page.balance_minor,
        "debt_minor": page.debt_minor,
        "entries": [
            {
                "kind": _word("ENTRY_KIND_", pb.EntryKind.Name(entry.kind)),
                "purchase": entry.purchase_id,
                "amount_minor": entry.amount_minor,
                "balance_after_minor": entry.balance_after_minor,
            }
            for entry in page.entries
        ],
        "debts": [
            {
                "kind": _word("ENTRY_KIND_", pb.EntryKind.Name(debt.kind)),
                "purchase": debt.purchase_id,
                "owed_minor": debt.owed_minor,
                "open_minor": debt.open_minor,
            }
            for debt in page.debts
        ],
    }


def told_balances(balances: Iterable[outcome_pb2.Balance]) -> Told:
    """Balances by currency."""
    return {
        balance.currency: {
            "active_minor": balance.active_minor,
            "pending_minor": balance.pending_minor,
            "held_minor": balance.held_minor,
            "debt_minor": balance.debt_minor,
            "frozen_minor": balance.frozen_minor,
            "expiring_minor": balance.expiring_minor,
            "expiring_at": told_moment(balance.expiring_at),
        }
        for balance in balances
    }


def told_hold(hold: outcome_pb2.HoldView | None) -> Told:
    """What a hold keeps."""
    if hold is None:
        return {"hold_id": "", "hold": {}}
    told = {"points_minor": hold.points_minor, "expires_at": told_moment(hold.expires_at)}
    return {"hold_id": hold.hold_id, "hold": told}


def told_status(status: pb.Status) -> str:
    """The status as a word."""
    return pb.Status.Name(status).removeprefix("STATUS_").lower()


def told_reason(reason: error_reason_pb2.ErrorReason) -> str:
    """The reason's name; empty if there is none."""
    name = error_reason_pb2.ErrorReason.Name(reason).removeprefix("ERROR_REASON_")
    return "" if name == "UNSPECIFIED" else name


def told_moment(moment: str) -> str:
    """UTC, to the minute."""
    if not moment:
        return ""
    return dt.datetime.fromisoformat(moment).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M")


def _certificate_status(status: certificate_pb2.CertificateStatus) -> str:
    name = certificate_pb2.CertificateStatus.Name(status)
    return name.removeprefix("CERTIFICATE_STATUS_").lower()


def _told_certificates(outcome: outcome_pb2.Outcome) -> Told:
    return {
        each.masked: {
            "series": each.series,
            "status": _certificate_status(each.status),
            "paid_minor": each.paid_minor,
            "units": each.units,
            "left": each.left,
            "parts": {
                str(part.position): {"paid_minor": part.paid_minor, "units": part.units}
                for part in each.parts
            },
        }
        for each in outcome.certificates
    }


def _told_member_or_guest(message: pb.QuoteResponse | pb.ConfirmResponse) -> Told:
    if not message.HasField("member"):
        return {
            "member_id": "",
            "tier": "",
            "balances": {},
            "standing": {},
            "household_id": "",
        }
    return told_member(message.member)


def _told_outcome(outcome: outcome_pb2.Outcome) -> Told:
    plain = _plain(outcome)
    lines = {str(line.pop("position")): line for line in plain.pop("lines")}
    cuts = [{**cut, "by": _word("CUT_BY_", cut["by"])} for cut in plain.pop("cuts")]
    codes = plain.pop("coupons")
    coupons = {c["code"]: _word("COUPON_STATUS_", c["status"]) for c in codes}
    used_up = [c["code"] for c in codes if c["used_up"]]
    messages: dict[str, list[str]] = {}
    for message in plain.pop("messages"):
        messages.setdefault(_word("MESSAGE_PLACE_", message["place"]), []).append(message["text"])
    considered = [
        {**each, "verdict": _word("VERDICT_", each["verdict"])} for each in plain.pop("considered")
    ]
    return {
        **plain,
        "certificates": _told_certificates(outcome),
        "considered": considered,
        "lines": lines,
        "cuts": cuts,
        "coupons": coupons,
        "coupons_used_up": used_up,
        "messages": messages,
    }


def _word(prefix: str, name: str) -> str:
    return name.removeprefix(prefix).lower()


def _plain(message: Message) -> Told:
    """A message as plain values, its 64-bit integers as such."""
    plain: Told = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return {name: _integers(name, value) for name, value in plain.items()}


def _integers(name: str, value: Any) -> Any:
    """JSON carries 64-bit integers as text, under names that end in their unit."""
    if isinstance(value, list):
        return [_integers(name, each) for each in value]
    if isinstance(value, dict):
        return {inner: _integers(inner, each) for inner, each in value.items()}
    return int(value) if name.endswith(("_minor", "_bp", "_milli")) or name in _PLAIN else value
