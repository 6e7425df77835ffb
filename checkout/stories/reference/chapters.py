"""The chapters of the rule reference: which forms of the schema stand in which, and their names.

A form is a class of document that a manager fills in, or one of the alternatives of a union.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from checkout.engine.schema import (
    campaign,
    certificates,
    conditions,
    gifts,
    goods,
    issues,
    limits,
    member_conditions,
    points,
    program,
    returns,
    rewards,
    schedule,
    snapshot,
    tiers,
    unit_rewards,
    values,
)
from checkout.stories import card_steps, coupon_steps, gift_steps, late_steps, steps

if TYPE_CHECKING:
    from pydantic import BaseModel


def members_of(union: object) -> tuple[type[BaseModel], ...]:
    """The alternatives of an annotated union, in the order of writing."""
    (plain, *_) = get_args(union)
    found: tuple[type[BaseModel], ...] = get_args(plain)
    return found


CONDITIONS: Final = members_of(conditions.Condition)
REWARDS: Final = members_of(campaign.Reward)
ISSUES: Final = members_of(issues.Issue)
_OF_MEMBERS: Final = tuple(
    each for each in CONDITIONS if each.__module__ == member_conditions.__name__
)


_SALE: Final = "sale"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A group of forms; `rooms` are the folders of stories that are told about it."""

    title: str
    about: str
    rooms: tuple[str, ...]
    forms: tuple[type[BaseModel], ...]

    @property
    def is_of_rules(self) -> bool:
        """Whether its forms are written by managers, and have a table of fields."""
        return _SALE not in self.rooms


CHAPTERS: Final = (
    Chapter(
        "Campaign",
        "When its conditions hold, its rewards are granted within its limits, beside others as"
        " lanes say.",
        ("campaign",),
        (campaign.Campaign, campaign.Budget),
    ),
    Chapter(
        "Conditions on the sale",
        "What must be so for a campaign to be open. A campaign has one condition; `all`, `any` and"
        " `not` combine several.",
        ("conditions",),
        (*(each for each in CONDITIONS if each not in _OF_MEMBERS), conditions.Terminal),
    ),
    Chapter(
        "Conditions on the member",
        "They fail for a guest, and for a member of whom the value is not known.",
        ("conditions",),
        _OF_MEMBERS,
    ),
    Chapter(
        "Goods",
        "Which lines of a receipt a rule means.",
        ("goods",),
        (goods.Goods, goods.GoodsAttribute),
    ),
    Chapter("Schedule", "When something is in force.", ("schedule",), (schedule.Schedule,)),
    Chapter(
        "Discounts",
        "Rewards that take money off lines.",
        ("rewards",),
        (
            *(each for each in REWARDS if issubclass(each, rewards.DiscountReward)),
            rewards.Spread,
            rewards.Maximum,
        ),
    ),
    Chapter(
        "Discounts that count units",
        "Multibuys, one article for another, sets and gifts.",
        ("rewards",),
        (
            *(each for each in REWARDS if issubclass(each, unit_rewards.UnitReward)),
            unit_rewards.Effect,
            unit_rewards.Component,
        ),
    ),
    Chapter(
        "Points",
        "Rewards that let a member earn.",
        ("points",),
        (
            *(each for each in REWARDS if issubclass(each, points.PointsReward)),
            points.PointDates,
        ),
    ),
    Chapter(
        "Values and scales",
        "How much a reward gives, where it is not one number for all.",
        ("values", "rewards", "points"),
        (values.Scale, values.Step, values.MemberValue),
    ),
    Chapter(
        "Limits",
        "What fits under a limit is granted, what does not is cut and explained.",
        ("limits",),
        (limits.Limit, limits.ProgramLimit, limits.LimitMessage),
    ),
    Chapter("Issues", "What an applied campaign hands out beside.", ("issues",), ISSUES),
    Chapter(
        "Messages",
        "What is said when a campaign applied.",
        ("messages",),
        (campaign.Message,),
    ),
    Chapter(
        "Program",
        "Tiers, points and what they are worth, bounds of a receipt: what all campaigns share.",
        ("program",),
        (
            program.Program,
            program.PointCurrency,
            program.DiscountCap,
            program.ManualDiscounts,
            program.ManualPermission,
            program.CouponRules,
            program.Redemption,
            program.GoodsCap,
            program.Accrual,
            program.CashRounding,
        ),
    ),
    Chapter(
        "Tiers",
        "Levels of members: by what each is reached, how long it is kept, and when it is lost.",
        ("tiers",),
        (tiers.Tier, tiers.TierGoal, tiers.LifecycleRule),
    ),
    Chapter(
        "Certificates and passes",
        "Prepaid money, and prepaid units: tenders that pay what is left after discounts.",
        ("certificates",),
        (certificates.CertificateSeries,),
    ),
    Chapter(
        "Gifts",
        "What operators give for points, and campaigns hand out beside a receipt.",
        ("gifts",),
        (gifts.ProgramGift, gifts.GiftBound),
    ),
    Chapter(
        "Returns",
        "What becomes of points and certificates when goods come back.",
        ("returns",),
        (returns.Returns,),
    ),
    Chapter(
        "Lanes", "Where rewards meet, and how they stand together.", ("lanes",), (program.Lane,)
    ),
    Chapter(
        "Places, articles and words",
        "The whole document that is published, and what rules may name.",
        ("snapshot",),
        (
            snapshot.Snapshot,
            snapshot.Partner,
            snapshot.Currency,
            snapshot.Chain,
            snapshot.Store,
            snapshot.Category,
            snapshot.Product,
            snapshot.Words,
        ),
    ),
    Chapter(
        "The sale",
        "What tills and operators do around a receipt; the calls are described in"
        " [integration.md](integration.md).",
        (_SALE,),
        (
            steps.QuoteStep,
            steps.HoldStep,
            steps.ExtendHoldStep,
            steps.ConfirmStep,
            steps.CancelStep,
            late_steps.OfflineStep,
            late_steps.AddPurchaseStep,
            late_steps.CreditStep,
            steps.ReturnStep,
            late_steps.ReturnWithoutReceiptStep,
            steps.BalancesStep,
            steps.StatementStep,
            steps.EnrolStep,
            steps.AdjustStep,
            card_steps.BindCardStep,
            card_steps.IssueCardsStep,
            card_steps.ReplaceCardStep,
            steps.IssueCertificateStep,
            steps.CheckCertificateStep,
            steps.BlockCertificateStep,
            steps.MoveCertificateStep,
            coupon_steps.IssueCouponsStep,
            coupon_steps.BlockCouponStep,
            coupon_steps.CheckCouponStep,
            coupon_steps.ListCouponsStep,
            gift_steps.SetGiftStockStep,
            gift_steps.GiveGiftStep,
            gift_steps.TakeGiftBackStep,
            gift_steps.ListGiftsStep,
            steps.BlockStep,
            steps.LeaveStep,
            steps.SetTierStep,
            steps.StopStep,
            steps.FreezeStep,
            steps.RestoreStep,
            steps.JoinHouseholdStep,
            steps.LeaveHouseholdStep,
            steps.MergeStep,
            steps.UnmergeStep,
            steps.ChangeMemberStep,
            steps.SweepStep,
        ),
    ),
)

#: Every form with its chapter, in the order of the page.
FORMS: Final = {form: chapter for chapter in CHAPTERS for form in chapter.forms}
#: How a heading calls the members of a union.
_NOUNS: Final = (
    *((each, "Condition") for each in CONDITIONS),
    *((each, "Reward") for each in REWARDS),
    *((each, "Issue") for each in ISSUES),
)


def form_of(document: type[BaseModel]) -> type[BaseModel] | None:
    """The form that a class of document is, or is derived from."""
    return next((each for each in document.__mro__ if each in FORMS), None)


def heading_of(form: type[BaseModel]) -> str:
    """What the page calls a form."""
    noun = dict(_NOUNS).get(form)
    if noun is not None:
        return f"{noun} `{form.model_fields['kind'].default}`"
    name = form.__name__
    if not FORMS[form].is_of_rules:
        name = name.removesuffix("Step")
    words = re.findall(r"[A-Z][a-z]+", name)
    return " ".join(words).capitalize()


def anchor_of(heading: str) -> str:
    """The anchor under which a heading is linked."""
    return re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")


def chapter_heading(chapter: Chapter) -> str:
    """The chapter's title with its number."""
    return f"{CHAPTERS.index(chapter) + 1}. {chapter.title}"


def about_form(form: type[BaseModel]) -> str:
    """What the form's class says of itself, each paragraph on one line."""
    paragraphs = (form.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
