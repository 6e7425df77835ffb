"""A campaign in words: when, what, how far, beside whom, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.campaign import Exclusive, MessagePlace
from checkout.engine.schema.issues import GiveGift, GiveTag, IssueCertificate, IssueCoupon
from checkout.engine.schema.points import PointsReward
from checkout.wording.certificates import holding_text
from checkout.wording.conditions import conditions_in_words
from checkout.wording.lanes import lane_of, lane_text
from checkout.wording.limits import campaign_bounds
from checkout.wording.names import Names, titled
from checkout.wording.phrases import counted, phrases
from checkout.wording.rewards import reward_in_words
from checkout.wording.schedules import schedule_texts
from checkout.wording.sections import Section, Sentence, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Campaign, Message
    from checkout.engine.schema.issues import Issue
    from checkout.engine.schema.snapshot import Snapshot

BESIDE_WHOM: Final = "Beside whom"
_EXCLUSIVE: Final = phrases(
    Exclusive,
    {
        Exclusive.NO: "It keeps nobody away.",
        Exclusive.LANE: (
            "It goes first in its lanes; where it grants something, all others are kept out of"
            " that lane."
        ),
        Exclusive.ALL: (
            "It is tried first of all; where it grants a discount, those of all others are kept"
            " off the receipt (in lanes for points: others are kept out of that lane)."
        ),
        Exclusive.BELOW: (
            "Where it grants something, those after it in order are kept out of that lane."
        ),
    },
)
_PLACES: Final = phrases(
    MessagePlace,
    {
        MessagePlace.SLIP: "On the slip",
        MessagePlace.CASHIER: "To the cashier",
        MessagePlace.DISPLAY: "On the customer's display",
    },
)


def campaign_in_words(snapshot: Snapshot, campaign: Campaign) -> tuple[Section, ...]:
    """What a campaign of a checked snapshot does, with every setting that counts."""
    names = Names.of_program(snapshot, campaign.program)
    return (
        Section("When", tuple(_when(names, campaign))),
        Section("What", tuple(_what(names, campaign))),
        Section("How far", tuple(campaign_bounds(names, campaign))),
        Section(BESIDE_WHOM, plain(*_beside(names, campaign))),
        Section("What is said", tuple(_said(campaign))),
    )


def campaign_title(campaign: Campaign) -> str:
    """Name, code and what colleagues are told."""
    about = f": {campaign.description}" if campaign.description else ""
    return f"Campaign {titled(campaign.code, campaign.name)}{about}"


def _when(names: Names, campaign: Campaign) -> Iterator[Sentence]:
    program = names.program
    yield Sentence(f"A sale in a store of the program {titled(program.code, program.name)}.")
    times = tuple(schedule_texts(campaign.schedule))
    if times:
        yield Sentence(f"By the till's local time: {', '.join(times)}.")
    else:
        yield Sentence("At any time.")
    conditions = tuple(conditions_in_words(names, campaign.when))
    yield from conditions or plain("No further condition.")


def _what(names: Names, campaign: Campaign) -> Iterator[Sentence]:
    for reward in campaign.rewards:
        yield reward_in_words(names, reward)
    if any(isinstance(reward, PointsReward) for reward in campaign.rewards):
        yield Sentence("Guests earn no points.")
    for issue in campaign.issues:
        yield Sentence(_issue(names, issue))
    if not campaign.rewards and not campaign.issues:
        yield Sentence("It takes nothing off and issues nothing.")


def _issue(names: Names, issue: Issue) -> str:
    match issue:
        case IssueCoupon():
            valid = "without end"
            if issue.valid_days is not None:
                valid = counted(issue.valid_days, "day")
            coupons = counted(issue.count, "coupon")
            return f"Issues {coupons} of the series {issue.series}, valid {valid}."
        case IssueCertificate():
            holding = holding_text(names, issue.series, issue.amount_minor)
            return f"Issues a certificate of the series {issue.series} with {holding} on it."
        case GiveTag():
            return f"Gives the member the tag {issue.tag}; guests get none."
        case GiveGift():
            named = names.gift(issue.gift)
            return f"Hands out beside the receipt, as long as they last: {issue.count} × {named}."
    assert_never(issue)


def _beside(names: Names, campaign: Campaign) -> Iterator[str]:
    lanes = dict.fromkeys(reward.lane for reward in campaign.rewards)
    if not lanes:
        yield "It stands in no lane."
        return
    for code in lanes:
        yield lane_text(names, lane_of(names, code))
    yield (f"Priority {campaign.priority}: the higher goes first, of equal ones the smaller code.")
    yield _EXCLUSIVE[campaign.exclusive]
    if campaign.not_with:
        yield f"Never beside: {names.campaigns(campaign.not_with)}."
    naming = [
        one.code
        for one in names.snapshot.campaigns
        if campaign.code in one.not_with and one.program == campaign.program
    ]
    if naming:
        yield f"Kept apart from it by their own rules: {names.campaigns(naming)}."


def _said(campaign: Campaign) -> Iterator[Sentence]:
    for message in campaign.messages:
        yield _message(message)
    if not campaign.messages:
        yield Sentence("Nothing is said.")


def _message(message: Message) -> Sentence:
    texts = (
        f"In the language {language}: “{text}”" for language, text in message.translations.items()
    )
    return Sentence(f"{_PLACES[message.place]}: “{message.text}”", plain(*texts))
