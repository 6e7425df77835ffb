"""What the engine is told beside the snapshot and the receipt.

Derived values about a member, use of limits and budgets, and what was stopped in an emergency.

A receipt keeps the facts it was evaluated with, so that it replays bit for bit later. They hold no
name, contact or date of birth.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

#: Explicit lists that one member may stand in.
LISTS_MAX = 500
#: Personal offers that one member may have at a time.
OFFERS_MAX = 50


class CouponFault(enum.StrEnum):
    """Why a unique coupon cannot be used on a receipt."""

    ALREADY_USED = "already_used"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OTHER_MEMBER = "other_member"
    BLOCKED = "blocked"


@dataclass(slots=True, kw_only=True)
class Offer:
    """A personal offer of a campaign: its own value, and its own goods."""

    value: Annotated[int, Field(ge=0, description="Rate, amount, price or points")] = 0
    skus: Annotated[frozenset[str], Field(description="Articles that it is for")] = frozenset()
    categories: Annotated[
        frozenset[str], Field(description="Categories that it is for, with all below")
    ] = frozenset()


@dataclass(slots=True, kw_only=True)
class MemberState:
    """One member as of a version: derived values that conditions and rewards look at.

    Absent and empty values mean "not known"; conditions on them fail.
    """

    member_id: Annotated[str, Field(min_length=1, max_length=64, description="Opaque id")]
    tier: Annotated[str, Field(max_length=64, description="Tier code in the program")] = ""
    identified_by: Annotated[
        str, Field(max_length=64, description="How: card, phone or external_id; empty: not known")
    ] = ""
    lists: Annotated[
        frozenset[str],
        Field(max_length=LISTS_MAX, description="Explicit member lists that hold this member"),
    ] = frozenset()
    points: Annotated[
        dict[str, int],
        Field(description="Points that can be spent now, by currency, in its minor units"),
    ] = field(default_factory=dict)
    segments: Annotated[frozenset[str], Field(description="Segment codes")] = frozenset()
    tags: Annotated[frozenset[str], Field(description="Tags given to the member")] = frozenset()
    attributes: Annotated[
        dict[str, bool | int | str],
        Field(description="Custom attributes; a date is a text such as 2026-11-21"),
    ] = field(default_factory=dict)
    gender: Annotated[str, Field(max_length=64, description="As the partner writes it")] = ""
    age_years: Annotated[
        int | None, Field(ge=0, description="Full years on the day of the sale")
    ] = None
    days_to_birthday: Annotated[
        int | None, Field(ge=0, le=366, description="0 on the birthday itself")
    ] = None
    days_since_birthday: Annotated[
        int | None, Field(ge=0, le=366, description="0 on the birthday itself")
    ] = None
    purchases: Annotated[int, Field(ge=0, description="Purchases before this one")] = 0
    days_since_purchase: Annotated[
        int | None, Field(ge=0, description="Calendar days since the last one; none: never")
    ] = None
    spend: Annotated[
        dict[str, int],
        Field(description="Spent in a window, by 'days' or 'days/category', in minor units"),
    ] = field(default_factory=dict)
    visits: Annotated[
        dict[str, int], Field(description="Receipts in a window, by 'days' or 'days/category'")
    ] = field(default_factory=dict)
    windows_version: Annotated[
        int, Field(ge=0, description="Which count of the member's purchases the two are of")
    ] = 0
    activities: Annotated[
        dict[str, int], Field(description="Activities in a window, by 'activity/days'")
    ] = field(default_factory=dict)
    favourites: Annotated[frozenset[str], Field(description="Categories chosen as favourites")] = (
        frozenset()
    )
    card_type: Annotated[
        str, Field(max_length=64, description="Type of the card that was shown")
    ] = ""
    consents: Annotated[frozenset[str], Field(description="Channels consented to")] = frozenset()
    lifecycle: Annotated[str, Field(max_length=64, description="Lifecycle state")] = ""
    offers: Annotated[
        dict[str, Offer],
        Field(max_length=OFFERS_MAX, description="Personal offers by campaign"),
    ] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class BudgetUse:
    """What a campaign's budget has given so far, held amounts included."""

    discount_minor: Annotated[int, Field(ge=0, description="Money given")] = 0
    uses: Annotated[int, Field(ge=0, description="Receipts served")] = 0


class CertificateProblem(enum.StrEnum):
    """Why a certificate cannot be spent, whatever the receipt: the first that holds."""

    UNKNOWN = "unknown"
    NOT_ACTIVE = "not_active"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    USED_UP = "used_up"


@dataclass(slots=True, kw_only=True)
class CertificateState:
    """A certificate or pass of the receipt, as it is now."""

    series: Annotated[str, Field(max_length=64, description="Code of its series")] = ""
    left: Annotated[
        int, Field(ge=0, description="What can be spent of it: minor units of money, or units")
    ] = 0
    ends: Annotated[
        str, Field(max_length=32, description="When it expires, as ISO text in UTC; empty: never")
    ] = ""
    problem: Annotated[
        CertificateProblem | None, Field(description="Why it cannot be spent; none: it can")
    ] = None


@dataclass(slots=True, kw_only=True)
class Facts:
    """All state of one evaluation."""

    member: Annotated[
        MemberState | None, Field(description="The identified member; none for a guest")
    ] = None
    limit_uses: Annotated[
        dict[str, int],
        Field(
            description="Used so far of limits, by 'campaign/limit/slot' (with each_sku: and "
            "'/sku'; a program's limit has an empty campaign)"
        ),
    ] = field(default_factory=dict)
    budgets: Annotated[
        dict[str, BudgetUse], Field(description="Budget use by campaign; absent means unused")
    ] = field(default_factory=dict)
    coupon_series: Annotated[
        dict[str, str],
        Field(description="Series of the receipt's codes that are valid unique coupons, by code"),
    ] = field(default_factory=dict)
    coupons_refused: Annotated[
        dict[str, CouponFault],
        Field(
            description="Why others of its codes that are unique coupons cannot be used, by code"
        ),
    ] = field(default_factory=dict)
    certificates: Annotated[
        dict[str, CertificateState],
        Field(description="The receipt's certificates, by code; absent ones are unknown"),
    ] = field(default_factory=dict)
    gifts_left: Annotated[
        dict[str, int],
        Field(description="What is left of gifts that are counted; absent: none"),
    ] = field(default_factory=dict)
    stopped: Annotated[
        frozenset[str],
        Field(description="Campaigns on the emergency-stop list: none of them opens"),
    ] = frozenset()
