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
from checkout.wording.phrases import phrases
from checkout.wording.rewards import reward_in_words
from checkout.wording.schedules import schedule_texts
from checkout.wording.sections import Section, Sentence, plain
from checkout.wording.speech import counted, quoted, said, say

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
        Section(say("When"), tuple(_when(names, campaign))),
        Section(say("What"), tuple(_what(names, campaign))),
        Section(say("How far"), tuple(campaign_bounds(names, campaign))),
        Section(said(BESIDE_WHOM), plain(*_beside(names, campaign))),
        Section(say("What is said"), tuple(_said(campaign))),
    )


def campaign_title(campaign: Campaign) -> str:
    """Name, code and what colleagues are told."""
    about = f": {campaign.description}" if campaign.description else ""
    return say(
        "Campaign {campaign}{about}", campaign=titled(campaign.code, campaign.name), about=about
    )


def _when(names: Names, campaign: Campaign) -> Iterator[Sentence]:
    program = names.program
    yield Sentence(
        say(
            "A sale in a store of the program {program}.",
            program=titled(program.code, program.name),
        )
    )
    times = tuple(schedule_texts(campaign.schedule))
    if times:
        yield Sentence(say("By the till's local time: {times}.", times=", ".join(times)))
    else:
        yield Sentence(say("At any time."))
    conditions = tuple(conditions_in_words(names, campaign.when))
    yield from conditions or plain(say("No further condition."))


def _what(names: Names, campaign: Campaign) -> Iterator[Sentence]:
    for reward in campaign.rewards:
        yield reward_in_words(names, reward)
    if any(isinstance(reward, PointsReward) for reward in campaign.rewards):
        yield Sentence(say("Guests earn no points."))
    for issue in campaign.issues:
        yield Sentence(_issue(names, issue))
    if not campaign.rewards and not campaign.issues:
        yield Sentence(say("It takes nothing off and issues nothing."))


def _issue(names: Names, issue: Issue) -> str:
    match issue:
        case IssueCoupon():
            valid = say("without end")
            if issue.valid_days is not None:
                valid = counted(issue.valid_days, "day")
            coupons = counted(issue.count, "coupon")
            return say(
                "Issues {coupons} of the series {series}, valid {valid}.",
                coupons=coupons,
                series=issue.series,
                valid=valid,
            )
        case IssueCertificate():
            holding = holding_text(names, issue.series, issue.amount_minor)
            return say(
                "Issues a certificate of the series {series} with {holding} on it.",
                series=issue.series,
                holding=holding,
            )
        case GiveTag():
            return say("Gives the member the tag {tag}; guests get none.", tag=issue.tag)
        case GiveGift():
            named = names.gift(issue.gift)
            return say(
                "Hands out beside the receipt, as long as they last: {count} × {gift}.",
                count=issue.count,
                gift=named,
            )
    assert_never(issue)


def _beside(names: Names, campaign: Campaign) -> Iterator[str]:
    lanes = dict.fromkeys(reward.lane for reward in campaign.rewards)
    if not lanes:
        yield say("It stands in no lane.")
        return
    for code in lanes:
        yield lane_text(names, lane_of(names, code))
    yield (
        say(
            "Priority {priority}: the higher goes first, of equal ones the smaller code.",
            priority=campaign.priority,
        )
    )
    yield _EXCLUSIVE[campaign.exclusive]
    if campaign.not_with:
        yield say("Never beside: {campaigns}.", campaigns=names.campaigns(campaign.not_with))
    naming = [
        one.code
        for one in names.snapshot.campaigns
        if campaign.code in one.not_with and one.program == campaign.program
    ]
    if naming:
        yield say(
            "Kept apart from it by their own rules: {campaigns}.", campaigns=names.campaigns(naming)
        )


def _said(campaign: Campaign) -> Iterator[Sentence]:
    for message in campaign.messages:
        yield _message(message)
    if not campaign.messages:
        yield Sentence(say("Nothing is said."))


def _message(message: Message) -> Sentence:
    texts = (
        say("In the language {language}: “{text}”", language=language, text=text)
        for language, text in message.translations.items()
    )
    return Sentence(f"{_PLACES[message.place]}: {quoted(message.text)}", plain(*texts))
