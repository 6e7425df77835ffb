"""Limits: what they count must happen, and something must fit under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.calendars import have_common_moment, is_local
from checkout.engine.problems.goods import check_goods, check_program_goods
from checkout.engine.problems.messages import check_limit_message
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import repeated, unknown
from checkout.engine.problems.schedules import check_schedule
from checkout.engine.problems.shown import listed
from checkout.engine.problems.tight_limits import check_tight, currency_of
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.limits import Above, Measure, Period, Subject
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.limits import Limit, ProgramLimit

_OF_GOODS: Final = (Measure.UNITS, Measure.QUANTITY, Measure.AMOUNT)
_OF_POINTS: Final = (Measure.POINTS, Measure.POINTS_SPENT)
_PERSONAL: Final = (Subject.MEMBER, Subject.CARD, Subject.HOUSEHOLD)
_OF_CAMPAIGNS: Final = tuple(m for m in Measure if m is not Measure.POINTS_SPENT)
_ABOVE: Final = {
    Above.NO_REWARD: (
        Measure.PURCHASES,
        Measure.DISCOUNT,
        Measure.POINTS,
        Measure.POINTS_SPENT,
        Measure.INTERVAL,
    ),
    Above.REFUSE_SALE: (Measure.PURCHASES, *_OF_GOODS, Measure.INTERVAL),
}


def check_campaign_limits(
    path: str, campaign: Campaign, ground: Ground, *, guests_only: bool
) -> Iterator[Problem]:
    """Limits of a campaign."""
    yield from repeated(f"{path}.limits", (limit.code for limit in campaign.limits))
    for limit in campaign.limits:
        here = f"{path}.limits[{limit.code}]"
        if limit.measure not in _OF_CAMPAIGNS:
            yield _cannot_count(here, "a campaign's limit", _OF_CAMPAIGNS)
        yield from check_goods(f"{here}.goods", limit.goods, ground)
        if limit.goods is not None and limit.measure not in _OF_GOODS:
            yield _only_for(f"{here}.goods", _OF_GOODS)
        yield from _check_limit(here, limit, ground)
        yield from _check_counted(here, limit, campaign, ground)
        if guests_only and limit.subject in _PERSONAL:
            yield Problem(
                f"{here}.subject",
                told(
                    "guests have no {subject}, and the campaign is for guests only: it never opens",
                    subject=limit.subject,
                ),
            )
        yield from _check_schedules(here, limit, campaign)
        yield from check_tight(here, limit, campaign, ground)


def check_program_limits(
    path: str, limits: tuple[ProgramLimit, ...], ground: Ground
) -> Iterator[Problem]:
    """Limits of a program."""
    yield from repeated(f"{path}.limits", (limit.code for limit in limits))
    redeemed = ground.program.redemption.currency or ground.main_currency
    for limit in limits:
        here = f"{path}.limits[{limit.code}]"
        allowed = _ABOVE[limit.above]
        if limit.measure not in allowed:
            yield _cannot_count(
                here, told("a limit with above: {above}", above=limit.above), allowed
            )
        yield from check_program_goods(f"{here}.goods", limit.goods, ground)
        with_goods = (*_OF_GOODS, Measure.PURCHASES)
        if limit.goods is not None and (
            limit.above is Above.NO_REWARD or limit.measure not in with_goods
        ):
            yield Problem(
                f"{here}.goods",
                told(
                    "goods work with above: {above} and {measures} only",
                    above=Above.REFUSE_SALE,
                    measures=_either(with_goods),
                ),
            )
        yield from _check_limit(here, limit, ground)
        spent = limit.currency or ground.main_currency
        if limit.measure is Measure.POINTS_SPENT and spent != redeemed:
            yield Problem(
                f"{here}.currency",
                told(
                    "points are spent in {redeemed!r}, not in {spent!r}",
                    redeemed=redeemed,
                    spent=spent,
                ),
            )


def _check_limit(path: str, limit: Limit, ground: Ground) -> Iterator[Problem]:
    """What all limits have."""
    yield from check_schedule(f"{path}.schedule", limit.schedule)
    yield from check_limit_message(f"{path}.message", limit.message)
    if limit.period is Period.ROLLING and limit.rolling_hours is None:
        yield Problem(f"{path}.rolling_hours", "say how long the rolling window is")
    elif limit.period is not Period.ROLLING and limit.rolling_hours is not None:
        yield Problem(f"{path}.rolling_hours", "it works only with period: rolling")
    if limit.measure in (Measure.PURCHASES, Measure.INTERVAL) and limit.period is Period.RECEIPT:
        yield Problem(
            f"{path}.period",
            told("{measure} are not counted on a single receipt", measure=limit.measure),
        )
    if limit.measure is Measure.INTERVAL and limit.bound == 0:
        yield Problem(f"{path}.bound", "no interval is less than 0 minutes: this bounds nothing")
    if limit.each_sku and limit.measure not in _OF_GOODS:
        yield _only_for(f"{path}.each_sku", _OF_GOODS)
    if limit.currency is not None:
        if limit.measure not in _OF_POINTS:
            yield _only_for(f"{path}.currency", _OF_POINTS)
        yield from unknown(f"{path}.currency", "currency", (limit.currency,), ground)


def _check_counted(
    path: str, limit: Limit, campaign: Campaign, ground: Ground
) -> Iterator[Problem]:
    """Whether the campaign gives what the limit counts."""
    rewards = campaign.rewards
    if limit.measure is Measure.DISCOUNT:
        if not any(isinstance(reward, Discount) for reward in rewards):
            yield Problem(f"{path}.measure", "the campaign gives no discount: nothing is counted")
    elif limit.measure is Measure.POINTS:
        currency = limit.currency or ground.main_currency
        if not any(currency_of(reward, ground) == currency for reward in rewards):
            yield Problem(
                f"{path}.measure",
                told("the campaign gives no {currency!r}: nothing is counted", currency=currency),
            )
    elif limit.measure in _OF_GOODS and not rewards:
        yield Problem(f"{path}.measure", "the campaign has no rewards: no goods are counted")


def _check_schedules(path: str, limit: Limit, campaign: Campaign) -> Iterator[Problem]:
    """Whether the limit can be in force while the campaign is."""
    both = (campaign.schedule, limit.schedule)
    if all(is_local(one) and have_common_moment((one,)) for one in both) and (
        not have_common_moment(both)
    ):
        yield Problem(f"{path}.schedule", "no moment lies both in this and in the campaign's own")


def _cannot_count(path: str, whose: str, allowed: tuple[Measure, ...]) -> Problem:
    return Problem(
        f"{path}.measure",
        told("{whose} counts {measures}", whose=told(whose), measures=_either(allowed)),
    )


def _only_for(path: str, measures: tuple[Measure, ...]) -> Problem:
    return Problem(path, told("it works only with measure {measures}", measures=_either(measures)))


def _either(measures: tuple[Measure, ...]) -> str:
    return listed(measures, "or")
