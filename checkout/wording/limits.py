"""How far a campaign or a program goes, in words: limits, budgets, maxima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.limits import Above, Measure, Period, ProgramLimit, Subject
from checkout.engine.schema.schedule import Schedule
from checkout.wording.bounds import ABOVE
from checkout.wording.goods import goods_text
from checkout.wording.names import titled
from checkout.wording.numbers import quantity_text
from checkout.wording.phrases import phrases
from checkout.wording.schedules import schedule_texts
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import counted, say
from checkout.wording.values import FIRST_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Budget, Campaign
    from checkout.engine.schema.limits import Limit, LimitMessage
    from checkout.wording.names import Names

_SUBJECTS: Final = phrases(
    Subject,
    {
        Subject.MEMBER: "for each member",
        Subject.CARD: "for each card",
        Subject.HOUSEHOLD: "for each household",
        Subject.STORE: "for each store",
        Subject.PARTNER: "over all stores and members of the partner",
        Subject.CAMPAIGN: "over the whole campaign",
    },
)
_PERSONAL: Final = (Subject.MEMBER, Subject.CARD, Subject.HOUSEHOLD)
_PERIODS: Final = phrases(
    Period,
    {
        Period.RECEIPT: "on one receipt",
        Period.DAY: "per calendar day",
        Period.WEEK: "per calendar week, from Monday",
        Period.MONTH: "per calendar month",
        Period.LIFETIME: "in all time",
        Period.ROLLING: "within any {}",
    },
)
_ABOVE: Final = phrases(
    Above,
    {
        Above.NO_REWARD: "above it no reward is given, and the sale goes on",
        Above.REFUSE_SALE: "above it the sale is refused",
    },
)
_OF_GOODS: Final = (Measure.UNITS, Measure.QUANTITY, Measure.AMOUNT)
_ALWAYS: Final = Schedule()
#: Rolling windows are counted by the hour up to so many of them, then by the day.
_HOURLY_MAX: Final = 48


def campaign_bounds(names: Names, campaign: Campaign) -> Iterator[Sentence]:
    """A campaign's limits, its maximum on one receipt, its budget."""
    if not campaign.limits:
        yield Sentence(say("No limits."))
    for limit in campaign.limits:
        yield limit_in_words(names, limit)
    if campaign.maximum_discount_minor is None:
        yield Sentence(say("No maximum for its discounts on one receipt."))
    else:
        most = names.money(campaign.maximum_discount_minor)
        yield Sentence(
            say(
                "At most {most} off one receipt; {above}.",
                most=most,
                above=ABOVE[campaign.above_maximum],
            )
        )
    yield from plain(*_budget(names, campaign.budget))


def limit_in_words(names: Names, limit: Limit) -> Sentence:
    """What a limit bounds, for whom, in which time, and what else it says."""
    head = say(
        "Limit {limit}: {bound}{period}",
        limit=titled(limit.code, limit.name),
        bound=_bound(names, limit),
        period=_period(limit),
    )
    who = _SUBJECTS[limit.subject]
    above = f"; {_ABOVE[limit.above]}" if isinstance(limit, ProgramLimit) else ""
    return Sentence(f"{head}, {who}{above}.", plain(*_details(names, limit)))


def _bound(names: Names, limit: Limit) -> str:
    currency = limit.currency or names.main_currency
    match limit.measure:
        case Measure.PURCHASES:
            return say("at most {bound}", bound=counted(limit.bound, "receipt"))
        case Measure.UNITS:
            return say("at most {bound}", bound=counted(limit.bound, "unit"))
        case Measure.QUANTITY:
            return say("at most a quantity of {quantity}", quantity=quantity_text(limit.bound))
        case Measure.AMOUNT:
            return say("goods for at most {money}", money=names.money(limit.bound))
        case Measure.DISCOUNT:
            return say("discounts of at most {money}", money=names.money(limit.bound))
        case Measure.POINTS:
            return say("at most {points} earned", points=names.points(limit.bound, currency))
        case Measure.POINTS_SPENT:
            return say("at most {points} spent", points=names.points(limit.bound, currency))
        case Measure.INTERVAL:
            return say(
                "at least {bound} from one use to the next", bound=counted(limit.bound, "minute")
            )
    assert_never(limit.measure)


def _period(limit: Limit) -> str:
    """In which time it is counted; an interval is one itself."""
    if limit.measure is Measure.INTERVAL:
        return ""
    hours = limit.rolling_hours or 0
    slots = say("hour") if hours <= _HOURLY_MAX else say("day")
    window = say("{hours}, by the {slots}", hours=counted(hours, "hour"), slots=slots)
    return f" {_PERIODS[limit.period].format(window)}"


def _details(names: Names, limit: Limit) -> Iterator[str]:
    of_program = isinstance(limit, ProgramLimit)
    if limit.measure in _OF_GOODS or (of_program and limit.goods is not None):
        yield say("What counts: {goods}.", goods=goods_text(names, limit.goods))
    if limit.measure in _OF_GOODS:
        yield (
            say("Counted for each article alone.")
            if limit.each_sku
            else say("All articles count together.")
        )
        if not of_program:
            yield say(
                "Where not all fit, {first_units} are rewarded.",
                first_units=FIRST_UNITS[limit.which],
            )
    if limit.subject in _PERSONAL:
        if of_program:
            yield say("For a guest it starts at 0 on each receipt.")
        else:
            yield say("Guests do not get this campaign.")
    if limit.schedule != _ALWAYS:
        yield say(
            "In force {times}; otherwise it does not count.",
            times=", ".join(schedule_texts(limit.schedule)),
        )
    if limit.description:
        yield say("What it is for: {description}", description=limit.description)
    yield from _said(limit.message)


def _said(message: LimitMessage) -> Iterator[str]:
    if message.slip:
        yield say("When it cuts, the slip says: “{slip}”", slip=message.slip)
    if message.cashier:
        yield say("When it cuts, the cashier reads: “{cashier}”", cashier=message.cashier)
    if message.display:
        yield say(
            "When it cuts, the customer's display shows: “{display}”", display=message.display
        )


def _budget(names: Names, budget: Budget | None) -> Iterator[str]:
    if budget is None:
        yield say("No budget: it may give any sum in total.")
        return
    if budget.discount_minor is not None:
        money = names.money(budget.discount_minor)
        yield say(
            "Budget over all members and stores: {money} of discounts; {above}.",
            money=money,
            above=ABOVE[budget.above],
        )
    if budget.uses is not None:
        yield say(
            "Budget over all members and stores: {uses}.", uses=counted(budget.uses, "receipt")
        )
