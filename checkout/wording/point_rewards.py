"""What a campaign lets a member earn, in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.points import EndOf, PointsAmount, PointsMultiplier, PointsPercent
from checkout.wording.accrual import base_text, rounding_text
from checkout.wording.bounds import ABOVE, REDUCED
from checkout.wording.goods import goods_text
from checkout.wording.numbers import day_text, factor_text, rate_text
from checkout.wording.phrases import phrases
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import counted, say
from checkout.wording.values import PER, Noun, percentage, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.points import PointDates, PointsReward
    from checkout.wording.names import Names
    from checkout.wording.values import Source

PointReward = PointsPercent | PointsAmount | PointsMultiplier
_END_OF: Final = phrases(EndOf, {EndOf.MONTH: "month", EndOf.YEAR: "year"})


def points_in_words(names: Names, reward: PointReward) -> Sentence:
    """What a point reward gives, and each of its settings."""
    source = _source(names, reward)
    return Sentence(
        f"{_earned(names, reward, source.amount)}.",
        (*source.detail, *plain(*_settings(names, reward))),
    )


def dates_text(dates: PointDates) -> str:
    """When points become active, and when they expire."""
    delay = dates.delay_days
    active = (
        say("from the midnight {delay} later on", delay=counted(delay, "day"))
        if delay
        else say("at once")
    )
    return say("active {active} and {expiry}", active=active, expiry=_expiry(dates))


def _source(names: Names, reward: PointReward) -> Source:
    match reward:
        case PointsPercent():
            return source_of(names, reward, reward.rate_bp, percentage(), rate_text)
        case PointsAmount():
            currency = _currency(names, reward)
            shown = partial(_points, names, currency)
            return source_of(
                names,
                reward,
                reward.points_minor,
                Noun(
                    say("a number of {currency}", currency=currency),
                    say("the number of {currency}", currency=currency),
                ),
                shown,
            )
        case PointsMultiplier():
            return source_of(
                names,
                reward,
                reward.factor_bp,
                Noun(say("a factor"), say("the factor")),
                factor_text,
            )
    assert_never(reward)


def _earned(names: Names, reward: PointReward, amount: str) -> str:
    goods, currency = goods_text(names, reward.goods), _currency(names, reward)
    match reward:
        case PointsPercent():
            one = names.points(10 ** names.exponent(currency), currency)
            return say(
                "Earns {amount} of the value of {goods}: {one} for each {one_money} of it",
                amount=amount,
                goods=goods,
                one=one,
                one_money=names.one_money,
            )
        case PointsAmount():
            what = PER[reward.per].format(
                goods,
                each_minor=names.money(reward.each_minor or 1),
                each_units=reward.each_units or 1,
            )
            return say("Earns {amount} {what}", amount=amount, what=what)
        case PointsMultiplier():
            return say(
                "Multiplies what earlier lanes gave on {goods} in {currency} by {amount}",
                goods=goods,
                currency=currency,
                amount=amount,
            )
    assert_never(reward)


def _settings(names: Names, reward: PointReward) -> Iterator[str]:
    if not isinstance(reward, PointsMultiplier):
        yield base_text(names.program.accrual)
        if reward.tier_multiplied:
            yield say("The multiplier of the member's tier counts.")
        else:
            yield say("The multiplier of the member's tier does not count.")
    currency = _currency(names, reward)
    yield rounding_text(names, currency)
    yield REDUCED[reward.reduced_goods]
    if reward.maximum_minor is None:
        yield say("The reward has no maximum of its own.")
    else:
        most = names.points(reward.maximum_minor, currency)
        yield say("At most {most} on one receipt; {above}.", most=most, above=ABOVE[reward.above])
    if reward.dates is None:
        yield say(
            "The points are, as the program says, {dates}.",
            dates=dates_text(names.program.accrual.dates),
        )
    else:
        yield say("These points are {dates}.", dates=dates_text(reward.dates))


def _expiry(dates: PointDates) -> str:
    if dates.on is not None:
        return say("expire on {day}, the first day without them", day=day_text(dates.on))
    if dates.end_of is not None:
        later = (
            say(" that is {months} later", months=counted(dates.months, "month"))
            if dates.months
            else ""
        )
        return say(
            "expire when the {end_of}{later} ends", end_of=_END_OF[dates.end_of], later=later
        )
    if dates.months is not None:
        return say("expire {months} after that", months=counted(dates.months, "month"))
    if dates.days is not None:
        return say("expire {days} after that", days=counted(dates.days, "day"))
    return say("never expire")


def _currency(names: Names, reward: PointsReward) -> str:
    return reward.currency or names.main_currency


def _points(names: Names, currency: str, value_minor: int) -> str:
    return names.points(value_minor, currency)
