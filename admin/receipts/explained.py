"""An explanation of the service, arranged as people read it: lines, then campaigns.

Nothing is computed: every number stands in the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.client import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERDICTS: Final = "VERDICT_"
_CUTS: Final = "CUT_BY_"
_COUPONS: Final = "COUPON_STATUS_"


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign, and what became of it."""

    code: str
    name: str
    verdict: str
    condition: str
    needed: str
    seen: str
    by: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation of one receipt."""

    outcome: messages.Outcome
    is_exact: bool
    #: Of every campaign that the explanation names.
    names: dict[str, str]
    considered: Sequence[Told]
    #: What granted less than it wanted, with a word for what cut it.
    cuts: Sequence[tuple[Any, str]]
    #: Codes of the receipt, with a word for what became of each.
    coupons: Sequence[tuple[Any, str]]


def explained_of(answer: messages.ExplainResponse) -> Explained:
    """Arrange an answer."""
    outcome = answer.outcome
    names = {one.code: one.name for one in outcome.applied}
    names |= {one.campaign: one.name for one in outcome.considered}
    return Explained(
        outcome,
        answer.is_exact,
        names,
        [told_of(one) for one in outcome.considered],
        [(cut, _word(messages.CutBy.Name(cut.by), _CUTS)) for cut in outcome.cuts],
        [
            (coupon, _word(messages.CouponStatus.Name(coupon.status), _COUPONS))
            for coupon in outcome.coupons
        ],
    )


def told_of(considered: Any) -> Told:
    """What an outcome says of a campaign."""
    return Told(
        considered.campaign,
        considered.name,
        _word(messages.Verdict.Name(considered.verdict), _VERDICTS),
        considered.condition,
        considered.needed,
        considered.seen,
        considered.by,
    )


def _word(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()
