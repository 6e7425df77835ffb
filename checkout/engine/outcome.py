"""The engine's answer: what applied per line and why the rest did not.

Lines are canonical lines with the positions they stand for; `checkout.engine.tilllines` renders
them per till line. Amounts are minor units. An outcome is complete in itself: it can be stored,
printed and returned against without the snapshot that made it.

Parts of which a receipt has some have an `__init__` of their own, which compiled code calls
directly: one that `dataclass` makes costs it five times as much.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.outcome_certificates import CertificateResult
    from checkout.engine.outcome_lines import OutcomeLine


class CutBy(enum.StrEnum):
    """What granted less than was wanted."""

    MAXIMUM = "maximum"
    FLOOR = "floor"
    BUDGET = "budget"
    LIMIT = "limit"
    CAP = "cap"


@dataclass(slots=True, init=False)
class AppliedCampaign:
    """A campaign that applied; points in the program's first currency."""

    code: str
    name: str
    discount_minor: int
    points_minor: int

    def __init__(self, code: str, name: str, discount_minor: int, points_minor: int) -> None:
        """Keep all."""
        self.code = code
        self.name = name
        self.discount_minor = discount_minor
        self.points_minor = points_minor


@dataclass(slots=True, init=False)
class Cut:
    """A reward that granted less than it wanted, and what stopped it.

    Without a campaign: a discount given by hand. `limit` is the code of a limit that cut.
    """

    campaign: str
    lane: str
    by: CutBy
    limit: str
    wanted_minor: int
    granted_minor: int

    def __init__(
        self, campaign: str, lane: str, by: CutBy, limit: str, wanted_minor: int, granted_minor: int
    ) -> None:
        """Keep all."""
        self.campaign = campaign
        self.lane = lane
        self.by = by
        self.limit = limit
        self.wanted_minor = wanted_minor
        self.granted_minor = granted_minor


@dataclass(slots=True)
class Gift:
    """Units that the till should add to the receipt."""

    campaign: str
    lane: str
    skus: list[str]
    units: int


@dataclass(slots=True)
class Combination:
    """What a lane of policy `best_combination` found; `gap_minor` 0: nothing is worth more."""

    lane: str
    value_minor: int
    gap_minor: int


@dataclass(slots=True)
class RefusedSale:
    """A limit that forbids the sale of goods: what was wanted, what is left."""

    limit: str
    name: str
    sku: str
    wanted: int
    left: int


@dataclass(slots=True)
class Issued:
    """Something that an applied campaign issues: `code` of the series, tag or gift."""

    campaign: str
    kind: str
    code: str
    count: int
    amount_minor: int
    valid_days: int | None


class GiftFault(enum.StrEnum):
    """Why a gift of the program's list cannot be given."""

    WRONG_STORE = "wrong_store"
    WRONG_TIME = "wrong_time"
    OUT_OF_STOCK = "out_of_stock"


@dataclass(slots=True)
class GiftMissed:
    """A gift that a campaign would have given: how many, how many are left, and why not."""

    campaign: str
    gift: str
    count: int
    left: int
    fault: GiftFault


@dataclass(slots=True)
class Unmet:
    """The one condition that a nearly applied campaign failed: what it needs and what it saw."""

    campaign: str
    name: str
    condition: str
    needed: str
    seen: str


class Verdict(enum.StrEnum):
    """What became of a campaign that was considered."""

    APPLIED = "applied"
    #: A condition failed: its dates or hours, one of `when`, a limit, the budget.
    UNMET = "unmet"
    #: Others in its lane were granted what it would have been granted.
    BEATEN = "beaten"
    #: A floor, maximum, budget, limit or cap left nothing of what it wished; or its gifts are out.
    CUT = "cut"
    #: It is open, and wishes nothing on this receipt.
    NOTHING = "nothing"


@dataclass(slots=True)
class Considered:
    """One candidate of a full explanation.

    `condition`, `needed` and `seen` are of the first condition that failed, what cut, why it was
    beaten (`condition` alone), or what its first reward lacked; `by` is the campaign that beat it
    in `lane`, `alone_minor` what it would have been granted there alone, and `others_minor` what
    others were granted instead.
    """

    campaign: str
    name: str
    verdict: Verdict
    condition: str = ""
    needed: str = ""
    seen: str = ""
    lane: str = ""
    by: str = ""
    alone_minor: int = 0
    others_minor: int = 0


class CouponStatus(enum.StrEnum):
    """What became of a coupon code."""

    APPLIED = "applied"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"
    NOT_APPLICABLE = "not_applicable"
    # Of unique coupons, by the facts: see `checkout.engine.facts.CouponFault`.
    ALREADY_USED = "already_used"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OTHER_MEMBER = "other_member"
    BLOCKED = "blocked"


@dataclass(slots=True, init=False)
class CouponResult:
    """One code of the receipt; `series` is that of a unique coupon that is valid and carried."""

    code: str
    status: CouponStatus
    used_up: bool
    series: str

    def __init__(self, code: str, status: CouponStatus, series: str = "", *, used_up: bool) -> None:
        """Keep all."""
        self.code = code
        self.status = status
        self.used_up = used_up
        self.series = series


@dataclass(slots=True, init=False)
class Redemption:
    """Paying with points: what the rules allow, what was asked, what is granted."""

    currency: str
    max_points_minor: int
    max_value_minor: int
    wanted_points_minor: int
    points_minor: int
    value_minor: int
    refused: str
    #: Points are spent in multiples of this, and not fewer than that.
    step_points_minor: int
    min_points_minor: int

    def __init__(  # noqa: PLR0917 - in the order in which they stand above
        self,
        currency: str,
        max_points_minor: int,
        max_value_minor: int,
        wanted_points_minor: int,
        points_minor: int,
        value_minor: int,
        refused: str,
        step_points_minor: int = 1,
        min_points_minor: int = 1,
    ) -> None:
        """Keep all."""
        self.currency = currency
        self.max_points_minor = max_points_minor
        self.max_value_minor = max_value_minor
        self.wanted_points_minor = wanted_points_minor
        self.points_minor = points_minor
        self.value_minor = value_minor
        self.refused = refused
        self.step_points_minor = step_points_minor
        self.min_points_minor = min_points_minor


@dataclass(slots=True, init=False)
class LimitClaim:
    """What this receipt takes of a limit; an empty campaign: of one of the program's."""

    campaign: str
    limit: str
    subject: str
    slot: str
    uses: int
    bound: int

    def __init__(
        self, campaign: str, limit: str, subject: str, slot: str, uses: int, bound: int
    ) -> None:
        """Keep all."""
        self.campaign = campaign
        self.limit = limit
        self.subject = subject
        self.slot = slot
        self.uses = uses
        self.bound = bound


@dataclass(slots=True, init=False)
class EarnedPoints:
    """Points earned in one currency with the same dates, as the rules name them."""

    currency: str
    points_minor: int
    delay_days: int
    days: int | None
    months: int | None
    end_of: str
    on: str

    def __init__(
        self,
        currency: str,
        points_minor: int,
        delay_days: int,
        days: int | None,
        months: int | None,
        end_of: str,
        on: str,
    ) -> None:
        """Keep all."""
        self.currency = currency
        self.points_minor = points_minor
        self.delay_days = delay_days
        self.days = days
        self.months = months
        self.end_of = end_of
        self.on = on


@dataclass(slots=True, init=False)
class BudgetClaim:
    """What this receipt takes of a campaign's budget."""

    campaign: str
    discount_minor: int
    uses: int

    def __init__(self, campaign: str, discount_minor: int, uses: int) -> None:
        """Keep all."""
        self.campaign = campaign
        self.discount_minor = discount_minor
        self.uses = uses


@dataclass(slots=True, init=False)
class ShownMessage:
    """A campaign's text with its variables filled in."""

    place: str
    campaign: str
    text: str

    def __init__(self, place: str, campaign: str, text: str) -> None:
        """Keep all."""
        self.place = place
        self.campaign = campaign
        self.text = text


@dataclass(slots=True, init=False)
class Outcome:
    """Everything that follows from a receipt."""

    amount_minor: int
    external_discount_minor: int
    manual_discount_minor: int
    discount_minor: int
    points_value_minor: int
    rounding_minor: int
    payable_minor: int
    #: In the program's first currency, which is `currency`; `earned` has all.
    points_earned_minor: int
    currency: str
    redemption: Redemption
    lines: list[OutcomeLine]
    applied: list[AppliedCampaign]
    cuts: list[Cut]
    combinations: list[Combination]
    gifts: list[Gift]
    earned: list[EarnedPoints]
    issued: list[Issued]
    refused: list[RefusedSale]
    nearly: list[Unmet]
    coupons: list[CouponResult]
    messages: list[ShownMessage]
    limit_claims: list[LimitClaim]
    budget_claims: list[BudgetClaim]
    certificates_minor: int
    certificates: list[CertificateResult]
    #: The program wants each till line as price × quantity, too.
    fiscal_lines: bool
    #: Every candidate, by code; only of a full explanation.
    considered: list[Considered]
    #: Gifts that campaigns would have given, and that there are not.
    gifts_missed: list[GiftMissed]

    def __init__(
        self,
        *,
        amount_minor: int,
        external_discount_minor: int,
        manual_discount_minor: int,
        discount_minor: int,
        points_value_minor: int,
        rounding_minor: int,
        payable_minor: int,
        points_earned_minor: int,
        currency: str,
        redemption: Redemption,
        lines: list[OutcomeLine],
        applied: list[AppliedCampaign],
        cuts: list[Cut],
        combinations: list[Combination],
        gifts: list[Gift],
        earned: list[EarnedPoints],
        issued: list[Issued],
        refused: list[RefusedSale],
        nearly: list[Unmet],
        coupons: list[CouponResult],
        messages: list[ShownMessage],
        limit_claims: list[LimitClaim],
        budget_claims: list[BudgetClaim],
        certificates_minor: int,
        certificates: list[CertificateResult],
        fiscal_lines: bool,
        gifts_missed: list[GiftMissed],
        considered: list[Considered] | None = None,
    ) -> None:
        """Keep all; there are no candidates to tell of yet."""
        self.amount_minor = amount_minor
        self.external_discount_minor = external_discount_minor
        self.manual_discount_minor = manual_discount_minor
        self.discount_minor = discount_minor
        self.points_value_minor = points_value_minor
        self.rounding_minor = rounding_minor
        self.payable_minor = payable_minor
        self.points_earned_minor = points_earned_minor
        self.currency = currency
        self.redemption = redemption
        self.lines = lines
        self.applied = applied
        self.cuts = cuts
        self.combinations = combinations
        self.gifts = gifts
        self.earned = earned
        self.issued = issued
        self.refused = refused
        self.nearly = nearly
        self.coupons = coupons
        self.messages = messages
        self.limit_claims = limit_claims
        self.budget_claims = budget_claims
        self.certificates_minor = certificates_minor
        self.certificates = certificates
        self.fiscal_lines = fiscal_lines
        self.gifts_missed = gifts_missed
        self.considered = considered if considered is not None else []
