"""An outcome that was stored as JSON, as it was.

The engine wrote it, so nothing is checked but that the fields are those of today.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

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

_T = TypeVar("_T")

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
