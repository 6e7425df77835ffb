"""Rows of the hot tables, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class Member:
    """A partner's customer, or a household, which owns accounts, lots and limit slots like one.

    A household has no profile, and nothing identifies it.
    """

    bucket: int
    member_id: UUID
    partner_id: UUID
    version: int
    blocked_at: dt.datetime | None
    purchases: int = 0
    last_purchase_on: dt.date | None = None
    household_id: UUID | None = None
    #: How many members a household has; none for a member.
    household_size: int | None = None
    #: The member that this one is only another name of, and how many are names of this one.
    merged_into: UUID | None = None
    other_names: int = 0
    erased_at: dt.datetime | None = None


@dataclass(slots=True)
class Profile:
    """Who a member is. Names, contacts and the date of birth never enter the engine or a log.

    `traits` are what rules may know: a `checkout.flows.traits.Traits` as JSON.
    """

    bucket: int
    member_id: UUID
    first_name: str = ""
    last_name: str = ""
    patronymic: str = ""
    email: str = ""
    phone: str = ""
    gender: str = ""
    birth_date: dt.date | None = None
    external_id: str = ""
    traits: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Identifier:
    """A card, phone or external id, by its digest, and whose it is.

    A card that was replaced is blocked, too, and names the digest of its successor for ever.
    """

    bucket: int
    partner_id: UUID
    kind: str
    digest: bytes
    member_bucket: int
    member_id: UUID
    masked: str
    blocked_at: dt.datetime | None
    #: Of a card that the service issued; and by which `CardIssue`, if it was nobody's at first.
    type_code: str = ""
    issue_id: UUID | None = None
    replaced_by: bytes | None = None
    replaced_for: str = ""


@dataclass(slots=True)
class Participation:
    """A member in a program, and why, since when and until when with this tier.

    `tier_cause` is a `checkout.engine.tiers.TierCause`, `tier_seq` the number of the latest
    `TierChange`. Both days are included.
    """

    bucket: int
    member_id: UUID
    program_code: str
    tier_code: str
    joined_at: dt.datetime
    left_at: dt.datetime | None = None
    tier_cause: str = ""
    tier_since: dt.date | None = None
    tier_until: dt.date | None = None
    tier_seq: int = 0


@dataclass(slots=True)
class Account:
    """A member's points in one currency: what active lots hold, of it set aside by holds, and owed.

    `pending` is what lots hold that are not booked as active yet. `debt` is what returns took back
    beyond the lots they had filled; it is paid from points that can be spent, and counts against
    them until then.
    """

    bucket: int
    member_id: UUID
    currency: str
    balance: int
    held: int
    seq: int
    debt: int = 0
    #: Set aside by operators: so many points, or (since then) all, also those to come.
    frozen: int = 0
    pending: int = 0
    frozen_at: dt.datetime | None = None


@dataclass(slots=True)
class Lot:
    """Points that came in together; `remaining` includes what is held and what is frozen.

    Whether it can be spent follows from its dates. `is_pending` and `expired` are what of that has
    been booked: its points lie in the pending account; so many have been taken to the expired one.
    """

    bucket: int
    member_id: UUID
    currency: str
    lot_id: UUID
    origin: str
    posting_id: UUID
    issued: int
    remaining: int
    held: int
    active_from: dt.datetime
    expires_at: dt.datetime | None
    frozen: int = 0
    is_pending: bool = False
    expired: int = 0
    #: The lot of a merged member that its points came from, and go back to.
    moved_from: UUID | None = None


@dataclass(slots=True)
class Posting:
    """One balanced movement."""

    bucket: int
    month: dt.date
    posting_id: UUID
    partner_id: UUID
    program_code: str
    kind: str
    member_id: UUID
    receipt_id: UUID | None
    at: dt.datetime
    reason: str
    author: str


@dataclass(slots=True)
class Entry:
    """One leg of a posting; a member's legs carry sequence and running balance."""

    bucket: int
    month: dt.date
    posting_id: UUID
    leg: int
    role: str
    member_id: UUID
    currency: str
    amount: int
    seq: int | None
    balance_after: int | None


@dataclass(slots=True)
class LotMovement:
    """What a posting put into a lot or took out of it, booked as active, or as expired."""

    bucket: int
    month: dt.date
    posting_id: UUID
    lot_id: UUID
    member_id: UUID
    amount: int
    activated: int = 0
    expired: int = 0


@dataclass(slots=True)
class Receipt:
    """A confirmed sale with all that is needed to replay, explain and return it.

    `currency` is the program's first, in which `points_earned_minor` counts; what was earned in
    others stands in the answer and in the posting.
    """

    bucket: int
    month: dt.date
    receipt_id: UUID
    selling_partner_id: UUID
    program_partner_id: UUID
    program_code: str
    store_code: str
    terminal_code: str
    member_id: UUID | None
    purchase_id: str
    mode: str
    snapshot_id: str
    semantics: int
    evaluated_at: dt.datetime
    confirmed_at: dt.datetime
    business_day: dt.date
    shift: str
    receipt_number: str
    cashier: str
    currency: str
    amount_minor: int
    external_discount_minor: int
    manual_discount_minor: int
    discount_minor: int
    points_value_minor: int
    certificates_minor: int
    rounding_minor: int
    payable_minor: int
    points_earned_minor: int
    spent_currency: str
    points_spent_minor: int
    content: bytes
    facts: bytes
    answer: bytes
    already_paid: bool = False
    #: What did not fit and was accepted all the same: how often, by kind; the answer has all.
    flags: dict[str, int] = field(default_factory=dict)
    #: Whose account it moved, if the member pooled points then.
    household_id: UUID | None = None


@dataclass(slots=True)
class PurchaseKey:
    """One sale for ever: what became of a purchase id."""

    bucket: int
    partner_id: UUID
    purchase_id: str
    state: str
    content_hash: bytes
    home_bucket: int
    hold_id: UUID | None
    month: dt.date | None
    receipt_id: UUID | None
    #: Thousandths that came back so far, by position.
    returned: dict[str, int] = field(default_factory=dict)
    #: The credit that made it a member's, and where that lies.
    credit_bucket: int | None = None
    credit_month: dt.date | None = None
    credit_id: UUID | None = None
    #: What returns under the policy `recomputed` have given back and taken so far.
    settled: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class RequestKey:
    """One call and its answer: its own, or that of the receipt it made."""

    bucket: int
    partner_id: UUID
    method: str
    request_id: str
    content_hash: bytes
    purchase_id: str
    home_bucket: int | None
    month: dt.date | None
    receipt_id: UUID | None
    answer: bytes | None
    created_at: dt.datetime


@dataclass(slots=True)
class NaturalKey:
    """A receipt number as a till printed it."""

    bucket: int
    partner_id: UUID
    store_code: str
    terminal_code: str
    shift: str
    receipt_number: str
    business_day: dt.date
    purchase_id: str


@dataclass(slots=True)
class Hold:
    """What is set aside for one purchase, and the price it guarantees."""

    bucket: int
    hold_id: UUID
    partner_id: UUID
    purchase_id: str
    member_id: UUID | None
    state: str
    currency: str
    points_minor: int
    lots: dict[str, int]
    claims: dict[str, list[dict[str, int | str]]]
    priced_hash: bytes
    snapshot_id: str
    evaluated_at: dt.datetime
    facts: bytes
    outcome: bytes
    created_at: dt.datetime
    expires_at: dt.datetime
    extensible_to: dt.datetime
    ended_at: dt.datetime | None
    #: Whose points it sets aside, if the member pooled them when it was made.
    household_id: UUID | None = None
    #: At which its price was made: another one of the store may make the sale final.
    terminal_code: str = ""


@dataclass(slots=True)
class LimitSlot:
    """What one subject has used of a limit in one slot of time; without campaign, a program's.

    `owner_id` says whose lock guards the row: the member's, or (then it is `shared`) that of a
    limit of a store or partner. Slots of calendar periods are local dates, those of rolling windows
    and intervals moments in UTC; `sku` is empty unless the limit counts each article.
    """

    bucket: int
    owner_id: UUID
    subject_id: UUID
    campaign_code: str
    limit_code: str
    sku: str
    slot_start: dt.datetime
    shared: bool
    used: int
    held: int


@dataclass(slots=True)
class SharedLimit:
    """A limit that many members draw on: who holds this row may read and write its slots."""

    bucket: int
    owner_id: UUID
    campaign_code: str
    limit_code: str


@dataclass(slots=True)
class LimitUse:
    """What one receipt took of a limit."""

    bucket: int
    month: dt.date
    receipt_id: UUID
    owner_id: UUID
    subject_id: UUID
    campaign_code: str
    limit_code: str
    sku: str
    slot_start: dt.datetime
    uses: int
    bound: int
    #: Of these, what went beyond the bound, because it had been sold already.
    overrun: int = 0


@dataclass(slots=True)
class Budget:
    """What a campaign has given in total."""

    bucket: int
    partner_id: UUID
    campaign_code: str
    discount_used: int
    discount_held: int
    uses_used: int
    uses_held: int


@dataclass(slots=True)
class BudgetUse:
    """What one receipt took of a budget."""

    bucket: int
    month: dt.date
    receipt_id: UUID
    partner_id: UUID
    campaign_code: str
    discount_minor: int
    uses: int
    #: Of both, what went beyond the budget, because it had been sold already.
    overrun_minor: int = 0
    overrun_uses: int = 0


@dataclass(slots=True)
class Freeze:
    """Points that an operator has taken out of reach, and the lots that they lie in."""

    bucket: int
    freeze_id: UUID
    partner_id: UUID
    member_id: UUID
    currency: str
    points_minor: int
    lots: dict[str, int]
    frozen_at: dt.datetime
    restored_at: dt.datetime | None


@dataclass(slots=True)
class Intervention:
    """What somebody changed beside the ledger, and why; it is never changed itself."""

    bucket: int
    intervention_id: UUID
    partner_id: UUID
    kind: str
    campaign_code: str
    member_id: UUID | None
    identifier_kind: str
    digest: bytes | None
    freeze_id: UUID | None
    at: dt.datetime
    author: str
    reason: str
    currency: str = ""
    program_code: str = ""
    household_id: UUID | None = None
    merge_id: UUID | None = None
    person_id: UUID | None = None
    receipt_id: UUID | None = None
    #: The tag or attribute that was given, taken, said or forgotten.
    trait_code: str = ""
