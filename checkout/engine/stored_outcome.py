"""An outcome as stored JSON, and as it was.

The engine wrote it, so nothing is checked but that the fields are those of today.

What is asked of an object of a compiled class may be made in that moment and belong to nobody else;
orjson, which lets go of it before it writes it, would read what is gone. So objects are taken apart
here, before orjson sees what is in them. Plain ones, too: it is quicker than orjson's own way.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from checkout.engine.outcome import (
    AppliedCampaign,
    BudgetClaim,
    Combination,
    Considered,
    CouponResult,
    CouponStatus,
    Cut,
    CutBy,
    EarnedPoints,
    Gift,
    GiftFault,
    GiftMissed,
    Issued,
    LimitClaim,
    Outcome,
    Redemption,
    RefusedSale,
    ShownMessage,
    Unmet,
    Verdict,
)
from checkout.engine.outcome_certificates import (
    CertificatePart,
    CertificateResult,
    CertificateStatus,
)
from checkout.engine.outcome_lines import LineDiscount, LinePoints, OutcomeLine, TillShare

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

#: What takes the objects of a class apart: made once for each.
_APART: Final[dict[type[Any], Callable[[Any], dict[str, Any]]]] = {}

#: The fields that hold parts, and what each of them is.
_PARTS: Final[dict[type, dict[str, type]]] = {
    Outcome: {
        "lines": OutcomeLine,
        "applied": AppliedCampaign,
        "cuts": Cut,
        "combinations": Combination,
        "gifts": Gift,
        "earned": EarnedPoints,
        "issued": Issued,
        "refused": RefusedSale,
        "nearly": Unmet,
        "coupons": CouponResult,
        "messages": ShownMessage,
        "limit_claims": LimitClaim,
        "budget_claims": BudgetClaim,
        "certificates": CertificateResult,
        "considered": Considered,
        "gifts_missed": GiftMissed,
    },
    OutcomeLine: {"discounts": LineDiscount, "points": LinePoints, "shares": TillShare},
    CertificateResult: {"parts": CertificatePart},
}
#: The fields that hold one of some words.
_WORDS: Final[dict[type, tuple[str, type]]] = {
    Cut: ("by", CutBy),
    CouponResult: ("status", CouponStatus),
    CertificateResult: ("status", CertificateStatus),
    Considered: ("verdict", Verdict),
    GiftMissed: ("fault", GiftFault),
}


def dump_with_outcome(document: object) -> bytes:
    """JSON of an outcome, or of what holds one; what JSON has no word for is written as text.

    Raises:
        orjson.JSONEncodeError: a number does not fit into 64 bits.
    """
    return orjson.dumps(document, default=_in_parts, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def _in_parts(value: object) -> object:
    kind = type(value)
    apart = _APART.get(kind)
    if apart is None:
        if not is_dataclass(kind):
            return str(value)
        apart = _APART[kind] = _taken_apart(kind)
    return apart(value)


def _taken_apart(kind: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """What makes a dict of an object's fields.

    A display with all of them takes a third of the time of asking for them by name in a loop.
    """
    display = ", ".join(f'"{field.name}": value.{field.name}' for field in fields(kind))
    made: Callable[[Any], dict[str, Any]] = eval(f"lambda value: {{{display}}}", {})  # noqa: S307 - names of fields
    return made


def outcome_of_document(document: dict[str, Any]) -> Outcome:
    """The outcome of a parsed document.

    Raises:
        KeyError, TypeError, ValueError: it is not one that the engine of today has written.
    """
    return _part(Outcome, {**document, "redemption": Redemption(**document["redemption"])})


def _part(kind: type[_T], document: dict[str, Any]) -> _T:
    values = dict(document)
    for name, part in _PARTS.get(kind, {}).items():
        values[name] = [_part(part, each) for each in document[name]]
    if kind in _WORDS:
        name, word = _WORDS[kind]
        values[name] = word(document[name])
    return kind(**values)
