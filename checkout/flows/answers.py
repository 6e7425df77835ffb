"""What flows answer: values that the edge encodes.

That are stored so that a retry gets them again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from checkout.engine.near_misses import NearMiss
from checkout.engine.schema.returns import ReturnPolicy
from checkout.engine.stored_outcome import dump_with_outcome
from checkout.flows.background_answers import BookedAnswer, CountedAnswer, ExpireAnswer
from checkout.flows.card_answers import CARD_ANSWERS, CardAnswer
from checkout.flows.card_numbers import DrawnNumber
from checkout.flows.gift_answers import GIFT_ANSWERS, GiftAnswer, GiftBack
from checkout.flows.identity_answers import IDENTITY_ANSWERS, IdentityAnswer
from checkout.flows.return_answers import FlooredStep, ReturnedPosition, WithoutReceiptAnswer
from checkout.flows.stored_outcomes import StoredOutcome
from checkout.flows.tier_answers import SetTierAnswer
from checkout.flows.views import Balance, Flag, HoldView, MemberView, Status, Unevaluated
from checkout.refusals import Reason, Refusal


@dataclass(slots=True, kw_only=True)
class QuoteAnswer:
    """What a receipt costs; with a hold also what is set aside."""

    status: Status
    purchase_id: str
    snapshot_id: str
    evaluated_at: dt.datetime
    valid_until: dt.datetime
    token: str
    outcome: StoredOutcome
    reason: Reason | None = None
    identifier_reason: Reason | None = None
    member: MemberView | None = None
    hold: HoldView | None = None
    slip: list[str] = field(default_factory=list)
    offers: list[NearMiss] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CouponIssued:
    """A coupon that a campaign issued; its code follows from its id, and is not stored."""

    coupon_id: UUID
    series: str
    campaign: str
    of_member: bool
    valid_from: dt.datetime
    valid_until: dt.datetime | None


@dataclass(slots=True, kw_only=True)
class CertificateGiven:
    """A certificate that a sale activated: sold with the line at `position`, or by a `campaign`.

    The code of one that a campaign issued follows from its id: see
    `checkout.flows.certificate_codes`.
    """

    certificate_id: UUID
    #: As hexadecimal digits.
    digest: str
    masked: str
    series: str
    unit: str
    face: int
    active_from: dt.datetime
    expires_at: dt.datetime | None
    position: int = 0
    campaign: str = ""


@dataclass(slots=True, kw_only=True)
class ConfirmAnswer:
    """A final sale, or why it is not one; `quote` is the fresh price when it changed."""

    status: Status
    purchase_id: str
    reason: Reason | None = None
    numbers: dict[str, int | str] = field(default_factory=dict)
    receipt_id: UUID | None = None
    confirmed_at: dt.datetime | None = None
    snapshot_id: str = ""
    outcome: StoredOutcome | None = None
    identifier_reason: Reason | None = None
    member: MemberView | None = None
    slip: list[str] = field(default_factory=list)
    receipt_number_taken_by: str = ""
    certificates: list[CertificateGiven] = field(default_factory=list)
    quote: QuoteAnswer | None = None
    mode: str = "online"
    #: Accepted as it had been sold; `flags` say what of that did not fit.
    already_paid: bool = False
    flags: list[Flag] = field(default_factory=list)
    coupons_issued: list[CouponIssued] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CancelAnswer:
    """The purchase is cancelled, now or before.

    `released_points_minor` is what its hold gave back.
    """

    purchase_id: str
    released_points_minor: int


@dataclass(slots=True, kw_only=True)
class ExtendAnswer:
    """The hold lives until then."""

    purchase_id: str
    hold: HoldView


@dataclass(slots=True, kw_only=True)
class EnrolAnswer:
    """The new member; and the card, if one was made for them.

    Or a member already, who takes part in the store's program from now on.
    """

    member: MemberView
    card: DrawnNumber | None = None
    was_member: bool = False


@dataclass(slots=True, kw_only=True)
class AdjustAnswer:
    """The correction and the balance after it; without a posting it is only proposed."""

    posting_id: UUID | None
    balance: Balance
    correction_id: UUID
    state: str


@dataclass(slots=True, kw_only=True)
class CorrectionResult:
    """What became of one correction; `changed` is false if it was so before."""

    line: int
    state: str
    correction_id: UUID | None = None
    changed: bool = False
    member_id: UUID | None = None
    balance: Balance | None = None
    #: Of what was undone and had been spent.
    owed_minor: int = 0
    written_off_minor: int = 0
    refusal: Refusal | None = None


@dataclass(slots=True, kw_only=True)
class BulkAnswer:
    """What became of each row of a page."""

    rows: list[CorrectionResult]


@dataclass(slots=True, kw_only=True)
class CorrectionsAnswer:
    """What became of each correction that was named."""

    corrections: list[CorrectionResult]


@dataclass(slots=True, kw_only=True)
class PointsTaken:
    """Points of one currency that the goods had earned: of them owed, or written off."""

    currency: str
    points_minor: int
    owed_minor: int
    written_off_minor: int


@dataclass(slots=True, kw_only=True)
class CertificateBack:
    """What goes back to a certificate or pass that paid for the goods: money, or units."""

    masked: str
    series: str
    paid_minor: int
    units: int


@dataclass(slots=True, kw_only=True)
class ReturnAnswer:
    """What a return gives back, or (`PRICE_CHANGED`) would; ids only of one that was made."""

    status: Status
    return_id: str
    purchase_id: str
    lines: list[ReturnedPosition]
    money_minor: int
    points_value_minor: int
    points_currency: str
    points_back_minor: int
    points_taken: list[PointsTaken]
    is_all: bool
    certificates_minor: int = 0
    certificates_back: list[CertificateBack] = field(default_factory=list)
    #: Certificates, masked, that the sale had activated, and that are not any more.
    certificates_undone: list[str] = field(default_factory=list)
    gifts_back: list[GiftBack] = field(default_factory=list)
    policy: ReturnPolicy = ReturnPolicy.STORED_SHARES
    #: Why the rest is not evaluated anew though the program says so.
    unevaluated: Unevaluated | None = None
    #: Whether more has been given back or taken by now than what has come back is worth.
    is_floored: bool = False
    floored: FlooredStep = field(default_factory=FlooredStep)
    return_receipt_id: UUID | None = None
    returned_at: dt.datetime | None = None
    member: MemberView | None = None


@dataclass(slots=True, kw_only=True)
class CreditAnswer:
    """A guest's receipt is a member's now: the outcome with what it earned, and the balances."""

    purchase_id: str
    credit_id: UUID
    credited_at: dt.datetime
    outcome: StoredOutcome
    member: MemberView


@dataclass(slots=True, kw_only=True)
class StopAnswer:
    """Whether the campaign is stopped now, and whether that is new."""

    campaign: str
    stopped: bool
    changed: bool


@dataclass(slots=True, kw_only=True)
class BlockAnswer:
    """Whether the member or card is blocked now, and whether that is new."""

    blocked: bool
    changed: bool


@dataclass(slots=True, kw_only=True)
class TagAnswer:
    """Whether rules see the tag now, and whether anything was changed."""

    tagged: bool
    changed: bool


@dataclass(slots=True, kw_only=True)
class TraitAnswer:
    """Whether what is known of the member was something else before."""

    changed: bool


@dataclass(slots=True, kw_only=True)
class ContactAnswer:
    """Whether the contact is new to the member, and whether the old one was blocked."""

    changed: bool
    replaced: bool


@dataclass(slots=True, kw_only=True)
class FreezeAnswer:
    """What was taken out of reach, and the balance after it."""

    freeze_id: UUID
    frozen_minor: int
    balance: Balance


@dataclass(slots=True, kw_only=True)
class RestoreAnswer:
    """What was given back; none of it if that had been done before."""

    freeze_id: UUID
    restored_minor: int
    balance: Balance | None


@dataclass(slots=True, kw_only=True)
class AccountAnswer:
    """Whether the account is frozen now, and whether that is new."""

    frozen: bool
    changed: bool
    balance: Balance


@dataclass(slots=True, kw_only=True)
class MembershipAnswer:
    """Whether the member takes part in the program now; what was written off, by currency."""

    takes_part: bool
    changed: bool
    written_off: dict[str, int]
    balances: list[Balance]


@dataclass(slots=True, kw_only=True)
class BindAnswer:
    """Whose card it is now; `replaced`: it has taken the place of the one that was shown."""

    member: MemberView
    replaced: bool


@dataclass(slots=True, kw_only=True)
class IssueCouponsAnswer:
    """Coupons that were issued together; codes that were made follow from the ids."""

    issue_id: UUID
    series: str
    coupon_ids: list[UUID]
    #: Last characters of the codes, in the same order.
    masked: list[str]
    codes_made: bool
    of_member: bool
    uses_max: int
    valid_from: dt.datetime
    valid_until: dt.datetime | None


@dataclass(slots=True, kw_only=True)
class BlockCouponAnswer:
    """Whether a coupon is blocked now, and whether that is new."""

    blocked: bool
    changed: bool


@dataclass(slots=True, kw_only=True)
class IssueAnswer:
    """Certificates that were made; their codes follow from their ids."""

    certificate_ids: list[UUID]
    unit: str
    face: int
    expires_at: dt.datetime | None


@dataclass(slots=True, kw_only=True)
class MoveAnswer:
    """The certificate that took over, and what it took."""

    certificate_id: UUID
    unit: str
    moved: int


Answer = (
    QuoteAnswer
    | ConfirmAnswer
    | CancelAnswer
    | ExtendAnswer
    | EnrolAnswer
    | AdjustAnswer
    | BulkAnswer
    | CorrectionsAnswer
    | ReturnAnswer
    | WithoutReceiptAnswer
    | CreditAnswer
    | StopAnswer
    | BlockAnswer
    | TagAnswer
    | TraitAnswer
    | ContactAnswer
    | FreezeAnswer
    | RestoreAnswer
    | AccountAnswer
    | MembershipAnswer
    | BindAnswer
    | IssueAnswer
    | IssueCouponsAnswer
    | BlockCouponAnswer
    | MoveAnswer
    | GiftAnswer
    | IdentityAnswer
    | CardAnswer
    | ExpireAnswer
    | BookedAnswer
    | CountedAnswer
    | SetTierAnswer
)

_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    cls.__name__: TypeAdapter(cls)
    for cls in (
        QuoteAnswer,
        ConfirmAnswer,
        CancelAnswer,
        ExtendAnswer,
        EnrolAnswer,
        AdjustAnswer,
        CorrectionsAnswer,
        ReturnAnswer,
        WithoutReceiptAnswer,
        CreditAnswer,
        StopAnswer,
        BlockAnswer,
        TagAnswer,
        TraitAnswer,
        ContactAnswer,
        FreezeAnswer,
        RestoreAnswer,
        AccountAnswer,
        MembershipAnswer,
        BindAnswer,
        IssueAnswer,
        IssueCouponsAnswer,
        BlockCouponAnswer,
        MoveAnswer,
        *GIFT_ANSWERS,
        SetTierAnswer,
        *IDENTITY_ANSWERS,
        *CARD_ANSWERS,
        Refusal,
    )
}


def dump_answer(answer: object) -> bytes:
    """An answer as stored JSON."""
    return dump_with_outcome({"kind": type(answer).__name__, "answer": answer})


def load_answer(stored: bytes) -> Answer | Refusal:
    """The answer that was stored."""
    document = orjson.loads(stored)
    answer: Answer | Refusal = _ADAPTERS[document["kind"]].validate_python(document["answer"])
    return answer
