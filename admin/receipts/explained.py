"""An explanation of the service, arranged as people read it: lines, then campaigns.

Nothing is computed: every number stands in the answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.texts import spoken
from checkout.client import messages
from checkout.wording.kinds import kind_text
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    #: What colleagues wrote about some of them.
    descriptions: Mapping[str, str]
    considered: Sequence[Told]
    #: What granted less than it wanted, with a word for what cut it, and of points the currency.
    cuts: Sequence[tuple[Any, str, str]]
    #: Points earned, by currency.
    earned: Mapping[str, int]
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
        dict(answer.descriptions),
        [told_of(one) for one in outcome.considered],
        [
            (cut, _word(messages.CutBy.Name(cut.by), _CUTS), _currency_of(cut, outcome))
            for cut in outcome.cuts
        ],
        _earned(outcome),
        [
            (coupon, _word(messages.CouponStatus.Name(coupon.status), _COUPONS))
            for coupon in outcome.coupons
        ],
    )


def told_of(considered: Any) -> Told:
    """What an outcome says of a campaign, which was asked for in the language that is spoken."""
    with speaking(spoken()):
        return Told(
            considered.campaign,
            considered.name,
            _word(messages.Verdict.Name(considered.verdict), _VERDICTS),
            kind_text(considered.condition),
            considered.needed,
            considered.seen,
            considered.by,
        )


def _currency_of(cut: Any, outcome: messages.Outcome) -> str:
    """The currency in which a lane gave points; empty: it gives discounts, or gave no point."""
    given = (one for line in outcome.lines for one in line.points)
    found = {one.currency for one in given if (one.campaign, one.lane) == (cut.campaign, cut.lane)}
    return next(iter(sorted(found)), "")


def _earned(outcome: messages.Outcome) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for one in outcome.earned:
        sums[one.currency] += one.points_minor
    return dict(sorted(sums.items()))


def _word(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()
