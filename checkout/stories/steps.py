"""The steps of a story: what a till, an operator or the clock does, each with its schema."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from checkout.engine.schema.document import Code, Document
from checkout.flows.traits import Traits
from checkout.primitives import UNIT_MILLI
from checkout.stories.card_steps import BindCardStep, IssueCardsStep, ReplaceCardStep
from checkout.stories.coupon_steps import (
    BlockCouponStep,
    CheckCouponStep,
    IssueCouponsStep,
    ListCouponsStep,
)
from checkout.stories.gift_steps import (
    GiveGiftStep,
    ListGiftsStep,
    SetGiftStockStep,
    TakeGiftBackStep,
)
from checkout.stories.late_steps import (
    AddPurchaseStep,
    CreditStep,
    OfflineStep,
    ReturnWithoutReceiptStep,
)
from checkout.stories.rules import StoryRules
from checkout.stories.sale_steps import AmountMinor, Purchase, Request, SaleStep, TtlS


class QuoteStep(SaleStep):
    """Ask what the sale costs; with `hold` set aside what it takes in the same call."""

    hold: Annotated[bool, Field(description="Set aside as well")] = False
    ttl_s: TtlS = 0
    request: Request = ""


class HoldStep(Document):
    """Set aside what the purchase's last quote takes."""

    purchase: Purchase = "purchase-1"
    ttl_s: TtlS = 0
    request: Request = ""


class ConfirmStep(SaleStep):
    """Make the purchase final: the receipt of its last quote again, unless lines are given."""

    token: Annotated[bool, Field(description="Send the token of the last quote")] = True
    shift: Annotated[str, Field(max_length=32, description="Shift number")] = ""
    receipt_number: Annotated[str, Field(max_length=32, description="Number as printed")] = ""
    already_paid: Annotated[
        bool, Field(description="The money was taken at the price of the hold, which has ended")
    ] = False
    sells: Annotated[
        dict[str, int], Field(description="Certificates that it sells, and the line of each")
    ] = Field(default_factory=dict)
    request: Request = ""


class CancelStep(Document):
    """Drop the purchase."""

    purchase: Purchase = "purchase-1"
    request: Request = ""


class ReturnStep(Document):
    """Take goods back; with `quote` only ask what would be given back."""

    purchase: Purchase = "purchase-1"
    id: Annotated[
        str, Field(max_length=64, description="Return id; that of the step's number if empty")
    ] = ""
    lines: Annotated[
        dict[int, Annotated[Decimal, Field(gt=0, decimal_places=3)]],
        Field(description="Quantity by position: {1: 2, 3: 0.5}; empty: all that is left"),
    ] = Field(default_factory=dict)
    quote: Annotated[bool, Field(description="Change nothing")] = False
    shown_money_minor: Annotated[
        AmountMinor | None, Field(description="What the customer was shown")
    ] = None
    request: Request = ""

    def quantities_milli(self) -> dict[int, int]:
        """Thousandths by position."""
        return {p: int(quantity * UNIT_MILLI) for p, quantity in self.lines.items()}


class ExtendHoldStep(Document):
    """Let the purchase's hold live longer."""

    purchase: Purchase = "purchase-1"
    ttl_s: TtlS = 0
    request: Request = ""


class EnrolStep(Document):
    """A new member joins at the till."""

    name: Annotated[str, Field(min_length=1, description="How the story calls the member")]
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    card: Annotated[str, Field(description="Card number")] = ""
    phone: Annotated[str, Field(description="Phone number")] = ""
    request: Request = ""


class AdjustStep(Document):
    """An operator corrects a member's points."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    amount_minor: Annotated[int, Field(description="Positive gives, negative takes")]
    reason: Annotated[str, Field(min_length=1, description="Why")]
    currency: Annotated[Code, Field(description="Code of the point currency")] = "points"
    request: Request = ""


class BalancesStep(Document):
    """Ask for a member's balances."""

    member: Annotated[str, Field(description="Name of the member")] = ""
    card: Annotated[str, Field(description="Any card number instead of a member")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""


class StatementStep(Document):
    """Ask what a member's points did, newest first, and where a debt came from."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    currency: Annotated[
        str, Field(description="Code of the point currency; the first if empty")
    ] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""


class BlockStep(Document):
    """An operator blocks a member, or only what identifies them."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    only: Annotated[
        Literal["card", "phone", "external_id", ""],
        Field(description="Block this identifier only; empty: the member"),
    ] = ""
    lift: Annotated[bool, Field(description="Block no longer")] = False
    request: Request = ""


class LeaveStep(Document):
    """An operator lets a member leave the program, or join it again."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    program: Annotated[str, Field(description="Code of the program; club if empty")] = ""
    join: Annotated[bool, Field(description="Join it again")] = False
    request: Request = ""


class SetTierStep(Document):
    """An operator gives a member a tier, until a day or until it is set again."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    tier: Annotated[Code, Field(description="Code of the tier")]
    program: Annotated[str, Field(description="Code of the program; club if empty")] = ""
    until: Annotated[dt.date | None, Field(description="The last day")] = None
    request: Request = ""


class StopStep(Document):
    """An operator stops a campaign in an emergency, or lifts that."""

    campaign: Annotated[Code, Field(description="Code of the campaign")]
    lift: Annotated[bool, Field(description="Let it run again")] = False
    request: Request = ""


class FreezeStep(Document):
    """An operator takes points out of reach."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    amount_minor: Annotated[
        Annotated[int, Field(ge=1)] | Literal["all"],
        Field(description="So many; all: what can be spent"),
    ]
    currency: Annotated[Code, Field(description="Code of the point currency")] = "points"
    name: Annotated[str, Field(min_length=1, description="How the story calls it")] = "freeze"
    request: Request = ""


class RestoreStep(Document):
    """An operator gives frozen points back."""

    freeze: Annotated[str, Field(min_length=1, description="Name of a freeze")] = "freeze"
    request: Request = ""


class IssueCertificateStep(Document):
    """An operator makes a certificate of a series."""

    name: Annotated[str, Field(min_length=1, description="How the story calls it")]
    series: Annotated[Code, Field(description="Code of the series")]
    face: Annotated[AmountMinor, Field(description="What goes on it; 0: as the series says")] = 0
    activate: Annotated[bool, Field(description="At once, and not when it is sold")] = False
    request: Request = ""


class CheckCertificateStep(Document):
    """A till asks what is on a certificate."""

    name: Annotated[str, Field(min_length=1, description="Its name, or any code")]
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""


class BlockCertificateStep(Document):
    """An operator blocks a certificate, or lifts that."""

    name: Annotated[str, Field(min_length=1, description="Its name, or any code")]
    lift: Annotated[bool, Field(description="Block no longer")] = False
    request: Request = ""


class MoveCertificateStep(Document):
    """An operator moves what is left of a certificate to a new code."""

    name: Annotated[str, Field(min_length=1, description="Its name, or any code")]
    to: Annotated[str, Field(min_length=1, description="How the story calls the new one")]
    request: Request = ""


class MergeStep(Document):
    """An operator lets a member be another name of a second one."""

    member: Annotated[str, Field(min_length=1, description="Name of the member who is absorbed")]
    into: Annotated[str, Field(min_length=1, description="Name of the member who survives")]
    request: Request = ""


class UnmergeStep(Document):
    """An operator makes two members of one again."""

    member: Annotated[str, Field(min_length=1, description="Name of the member who was absorbed")]
    request: Request = ""


class ChangeMemberStep(Document):
    """An operator moves a member to another tier or into other lists, or knows other traits."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    tier: Annotated[str | None, Field(description="New tier in the first program")] = None
    lists: Annotated[tuple[Code, ...] | None, Field(description="All lists from now on")] = None
    traits: Annotated[Traits | None, Field(description="All that is known from now on")] = None


class JoinHouseholdStep(Document):
    """An operator lets a member join a household, which is made if the story has none so named."""

    household: Annotated[str, Field(min_length=1, description="How the story calls it")]
    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    request: Request = ""


class LeaveHouseholdStep(Document):
    """An operator takes a member out of the household."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    request: Request = ""


class Passing(Document):
    """How much time passes."""

    days: Annotated[int, Field(ge=0, le=3_660, description="Days")] = 0
    hours: Annotated[int, Field(ge=0, le=1_000, description="Hours")] = 0
    minutes: Annotated[int, Field(ge=0, le=1_000, description="Minutes")] = 0

    def duration(self) -> dt.timedelta:
        """All of it together."""
        return dt.timedelta(days=self.days, hours=self.hours, minutes=self.minutes)


class SweepStep(Document):
    """The service's background work: holds end, points begin or end, purchases are counted."""


class Step(Document):
    """One step: exactly one of the actions, and what is expected of its answer.

    Time stands still between steps in memory and moves by milliseconds in a service, so a story
    never acts at the very moment at which something ends.
    """

    quote: Annotated[QuoteStep | None, Field(description="Ask for the price")] = None
    hold: Annotated[HoldStep | None, Field(description="Set aside what was quoted")] = None
    confirm: Annotated[ConfirmStep | None, Field(description="Make the sale final")] = None
    cancel: Annotated[CancelStep | None, Field(description="Drop the sale")] = None
    offline: Annotated[
        OfflineStep | None, Field(description="Submit what was sold without the service")
    ] = None
    add_purchase: Annotated[
        AddPurchaseStep | None, Field(description="Add a member's purchase by hand")
    ] = None
    credit: Annotated[
        CreditStep | None, Field(description="Points for a purchase without a card")
    ] = None
    take_back: Annotated[
        ReturnStep | None, Field(alias="return", description="Goods come back")
    ] = None
    return_without_receipt: Annotated[
        ReturnWithoutReceiptStep | None, Field(description="Goods of an unknown purchase come back")
    ] = None
    extend_hold: Annotated[ExtendHoldStep | None, Field(description="Hold longer")] = None
    enrol: Annotated[EnrolStep | None, Field(description="A new member")] = None
    adjust: Annotated[AdjustStep | None, Field(description="Correct points")] = None
    balances: Annotated[BalancesStep | None, Field(description="Ask for balances")] = None
    statement: Annotated[
        StatementStep | None, Field(description="Ask for the entries of an account")
    ] = None
    block: Annotated[BlockStep | None, Field(description="Block a member or card")] = None
    leave: Annotated[LeaveStep | None, Field(description="Leave a program, or rejoin")] = None
    set_tier: Annotated[SetTierStep | None, Field(description="Give a member a tier")] = None
    stop: Annotated[StopStep | None, Field(description="Stop a campaign")] = None
    freeze: Annotated[FreezeStep | None, Field(description="Freeze points")] = None
    restore: Annotated[RestoreStep | None, Field(description="Restore frozen points")] = None
    join_household: Annotated[
        JoinHouseholdStep | None, Field(description="Pool points with a household")
    ] = None
    leave_household: Annotated[
        LeaveHouseholdStep | None, Field(description="Pool them no longer")
    ] = None
    bind_card: Annotated[BindCardStep | None, Field(description="Give another card")] = None
    issue_cards: Annotated[IssueCardsStep | None, Field(description="Issue cards")] = None
    replace_card: Annotated[ReplaceCardStep | None, Field(description="Replace a card")] = None
    issue_coupons: Annotated[IssueCouponsStep | None, Field(description="Issue coupons")] = None
    block_coupon: Annotated[BlockCouponStep | None, Field(description="Block a coupon")] = None
    check_coupon: Annotated[CheckCouponStep | None, Field(description="Ask about a code")] = None
    list_coupons: Annotated[ListCouponsStep | None, Field(description="A member's coupons")] = None
    set_gift_stock: Annotated[
        SetGiftStockStep | None, Field(description="Say how many of a gift there are")
    ] = None
    give_gift: Annotated[GiveGiftStep | None, Field(description="Give a member a gift")] = None
    take_gift_back: Annotated[TakeGiftBackStep | None, Field(description="Take a gift back")] = None
    list_gifts: Annotated[ListGiftsStep | None, Field(description="What can be given")] = None
    issue_certificate: Annotated[
        IssueCertificateStep | None, Field(description="Make a certificate")
    ] = None
    check_certificate: Annotated[
        CheckCertificateStep | None, Field(description="Look at a certificate")
    ] = None
    block_certificate: Annotated[
        BlockCertificateStep | None, Field(description="Block a certificate")
    ] = None
    move_certificate: Annotated[
        MoveCertificateStep | None, Field(description="Move a certificate to a new code")
    ] = None
    merge: Annotated[MergeStep | None, Field(description="Make one member of two")] = None
    unmerge: Annotated[UnmergeStep | None, Field(description="Make two of them again")] = None
    change_member: Annotated[ChangeMemberStep | None, Field(description="Tier and lists")] = None
    publish: Annotated[
        StoryRules | None, Field(description="Publish rules: the parts that are stated are new")
    ] = None
    at: Annotated[dt.datetime | None, Field(description="It is now this moment, in UTC")] = None
    passing: Annotated[Passing | None, Field(alias="pass", description="Time passes")] = None
    sweep: Annotated[
        SweepStep | None,
        Field(description="End overdue holds, book points that begin or end, count purchases"),
    ] = None
    expect: Annotated[
        dict[str, Any],
        Field(
            description="Expected of the answer: paths and values. A mapping may leave fields out, "
            "a list is complete; in a list a text stands for the element with that code or "
            "campaign. Slip lines are found in this order, with one blank between words."
        ),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        actions = self.model_fields_set - {"expect"}
        if len(actions) != 1:
            raise ValueError(f"a step has one action, not {len(actions)}: {sorted(actions)}")
        return self

    @property
    def action(self) -> str:
        """The name of the action."""
        return next(iter(self.model_fields_set - {"expect"}))
