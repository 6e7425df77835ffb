"""What several answers show: how a call ended, a member, balances, a hold."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from uuid import UUID

from checkout.engine.schema.tiers import TierMeasure


class Status(enum.StrEnum):
    """How a sale's call ended when it was understood."""

    OK = "ok"
    PRICE_CHANGED = "price_changed"
    REJECTED = "rejected"


class FlagKind(enum.StrEnum):
    """What did not fit of a sale that was accepted as it had been sold."""

    #: More of a limit, or of a campaign's budget, than was left.
    LIMIT_OVERRUN = "limit_overrun"
    BUDGET_OVERRUN = "budget_overrun"
    #: Points that the member did not have: owed, or written off.
    POINTS_OWED = "points_owed"
    POINTS_WRITTEN_OFF = "points_written_off"
    #: Points of a card that brought no member: nobody has paid for them.
    POINTS_UNCHARGED = "points_uncharged"
    #: A campaign that the rules did not have then: its discounts count as the till's own.
    CAMPAIGN_UNKNOWN = "campaign_unknown"
    #: A unique coupon that could not be used any more.
    COUPON_OVERRUN = "coupon_overrun"
    #: What was not on a certificate any more: it goes off what comes back to it, or is written off.
    CERTIFICATE_OWED = "certificate_owed"
    CERTIFICATE_WRITTEN_OFF = "certificate_written_off"
    #: A code that nobody knows, or that was not active or no such certificate: nobody has paid.
    CERTIFICATE_UNCHARGED = "certificate_uncharged"
    #: A certificate that a line sold and that was not for sale: nothing was put on it.
    CERTIFICATE_NOT_ACTIVATED = "certificate_not_activated"


class Unevaluated(enum.StrEnum):
    """Why a receipt cannot be evaluated anew: it goes by its stored shares."""

    #: The till had priced it alone, or it was taken as it had been paid.
    PRICED_BY_TILL = "priced_by_till"
    #: A guest's, that was credited to a member later.
    CREDITED_LATER = "credited_later"
    #: Evaluated again it does not come out as it was sold.
    NOT_AS_SOLD = "not_as_sold"


@dataclass(slots=True, kw_only=True)
class Flag:
    """One thing that did not fit, and by how much.

    `amount` counts in what the limit counts, in money of the budget (`uses` beside it), in points
    of the currency, or in what the certificate holds.
    """

    kind: FlagKind
    campaign: str = ""
    limit: str = ""
    currency: str = ""
    amount: int = 0
    uses: int = 0
    #: What stands for a coupon or certificate; people are told its last characters.
    code: str = ""


@dataclass(slots=True, kw_only=True)
class Balance:
    """A member's points in one currency, in its minor units."""

    currency: str
    exponent: int
    active_minor: int
    pending_minor: int
    held_minor: int
    expiring_minor: int
    expiring_at: dt.datetime | None
    #: Owed after returns; `active_minor` is what is left after it, and may be below 0.
    debt_minor: int = 0
    frozen_minor: int = 0
    #: Nothing of the account may be spent, also what is still to come.
    is_frozen: bool = False


@dataclass(slots=True, kw_only=True)
class TierProgress:
    """What is counted towards a tier, as of the last count, and what is lacking.

    In minor units of money or points, or receipts; from `first_day` on, of a category if it names
    one.
    """

    tier: str
    tier_name: str
    measure: TierMeasure
    category: str
    first_day: dt.date
    counted: int
    needed: int
    lacking: int


@dataclass(slots=True, kw_only=True)
class TierView:
    """A member's tier in a program that has some.

    `until` is the last day on which it is kept, if it may end; `keeps` what is counted then,
    `next` what is counted towards the next one that can be reached.
    """

    tier: str
    tier_name: str
    until: dt.date | None
    is_set: bool
    keeps: TierProgress | None
    next: TierProgress | None


@dataclass(slots=True, kw_only=True)
class MemberView:
    """The identified member as a till may see it: nothing personal beyond what the program says."""

    member_id: UUID
    tier: str
    #: Of the household, if the member pools points.
    balances: list[Balance]
    household_id: UUID | None = None
    #: None where the program has no tiers.
    standing: TierView | None = None


@dataclass(slots=True, kw_only=True)
class HoldView:
    """What a hold keeps."""

    hold_id: UUID
    points_minor: int
    expires_at: dt.datetime
