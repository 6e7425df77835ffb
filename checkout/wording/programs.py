"""A program in words: what all its campaigns share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import IdentifiedBy, LotOrder, PointsAfterLeaving, TooManyPoints
from checkout.engine.schema.returns import DebtPolicy, ReturnPolicy
from checkout.wording.accrual import base_text, rounding_text
from checkout.wording.bounds import ABOVE
from checkout.wording.certificates import certificates_in_words
from checkout.wording.gifts import gifts_in_words
from checkout.wording.goods import goods_text
from checkout.wording.lanes import lane_text
from checkout.wording.limits import limit_in_words
from checkout.wording.names import Names, titled
from checkout.wording.numbers import rate_text
from checkout.wording.phrases import both, either, phrases
from checkout.wording.point_rewards import dates_text
from checkout.wording.sections import Section, Sentence, plain
from checkout.wording.speech import counted, say
from checkout.wording.tiers import lifecycle_in_words, tiers_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.program import CashRounding, DiscountCap, PointCurrency, Program
    from checkout.engine.schema.returns import Returns
    from checkout.engine.schema.snapshot import Snapshot


def program_in_words(snapshot: Snapshot, program: Program) -> tuple[Section, ...]:
    """What a program of a checked snapshot says, with every setting that counts."""
    names = Names(snapshot, program)
    return (
        Section(say("Members"), plain(*_members(names))),
        Section(say("Lanes"), plain(*_lanes(names))),
        Section(say("Discount cap"), plain(_cap(names, program.discount_cap))),
        Section(say("Discounts by hand"), plain(*_by_hand(program))),
        Section(say("Coupons"), plain(*_coupons(program))),
        Section(say("Paying with points"), tuple(_redemption(names))),
        Section(say("Certificates and passes"), tuple(certificates_in_words(names))),
        Section(say("Gifts"), tuple(gifts_in_words(names))),
        Section(say("Earning points"), plain(*_accrual(names))),
        Section(say("Cash"), plain(*_cash(names, program.cash_rounding))),
        Section(say("Returns"), plain(*_returns(program.returns))),
        Section(say("Leaving"), plain(_LEAVING[program.points_after_leaving])),
        Section(say("Limits"), tuple(_limits(names))),
        Section(say("Slip"), plain(*_slip(program))),
    )


def program_title(program: Program) -> str:
    """Name and code."""
    return say("Program {program}", program=titled(program.code, program.name))


def _members(names: Names) -> Iterator[str]:
    program = names.program
    yield from tiers_in_words(names)
    yield lifecycle_in_words(program.lifecycle)
    for currency in program.currencies:
        yield _currency(names, currency)


def _currency(names: Names, currency: PointCurrency) -> str:
    is_main = say(", the main one") if currency.code == names.main_currency else ""
    points = names.points(currency.value_points_minor, currency.code)
    worth = say(
        "{points} = {money} when they are spent",
        points=points,
        money=names.money(currency.value_minor),
    )
    smallest = names.points(1, currency.code)
    named = titled(currency.code, currency.name)
    return say(
        "Point currency {currency}{is_main}: {worth}; the smallest part is {smallest}.",
        currency=named,
        is_main=is_main,
        worth=worth,
        smallest=smallest,
    )


def _lanes(names: Names) -> Iterator[str]:
    for lane in names.program.lanes:
        yield lane_text(names, lane)
    yield say("They work in this order; in each the higher priority first, then the smaller code.")
    yield (
        say(
            "A delivery charge takes part only in rewards and limits whose goods name"
            " its kind, and the discount cap does not bound these rewards; it earns "
            "nothing and is not paid with points."
        )
    )


def _cap(names: Names, cap: DiscountCap) -> str:
    bounds = []
    if cap.rate_bp is not None:
        bounds.append(say("{rate} of the receipt (rounded down)", rate=rate_text(cap.rate_bp)))
    if cap.amount_minor is not None:
        bounds.append(names.money(cap.amount_minor))
    if not bounds:
        return say("All discounts on a receipt together have no cap.")
    lesser = say("the lesser of ") if len(bounds) > 1 else ""
    return say(
        "All discounts on a receipt together, external ones included, are at most"
        " {lesser}{bounds}; {above}.",
        lesser=lesser,
        bounds=both(bounds),
        above=ABOVE[cap.above],
    )


def _by_hand(program: Program) -> Iterator[str]:
    rules = program.manual_discounts
    if not rules.permissions:
        yield say("Cashiers may give none.")
        return
    for permission in rules.permissions:
        yield (
            say(
                "With the permission {code} a cashier may give at most {rate} of a line "
                "(rounded down).",
                code=permission.code,
                rate=rate_text(permission.rate_bp),
            )
        )
    if rules.in_cap:
        yield say("The discount cap bounds them, too, and they use it up.")
    else:
        yield say("The discount cap neither bounds nor counts them.")


def _coupons(program: Program) -> Iterator[str]:
    rules = program.coupons
    if rules.case_matters:
        yield say("Capitals matter: SAVE and save are two codes.")
    else:
        yield say("Capitals do not matter: SAVE and save are one code.")
    if rules.repeated_refused:
        yield say("A code that stands twice on a receipt is rejected.")
    else:
        yield say("A code that stands twice on a receipt is taken once.")
    if rules.unused_used_up:
        yield say("A code whose campaign granted nothing is used up all the same.")
    else:
        yield say("A code whose campaign granted nothing stays with the customer.")


_IDENTIFIED: Final = phrases(
    IdentifiedBy,
    {
        IdentifiedBy.CARD: "card",
        IdentifiedBy.PHONE: "phone",
        IdentifiedBy.EXTERNAL_ID: "external id",
    },
)


def _redemption(names: Names) -> Iterator[Sentence]:
    rules = names.program.redemption
    currency = rules.currency or names.main_currency
    yield Sentence(
        say("Only members pay with points; the currency is {currency}.", currency=currency)
    )
    rate = rate_text(rules.rate_bp)
    yield Sentence(
        say("At most {rate} of each line after all discounts and passes (rounded down).", rate=rate)
    )
    if rules.goods_caps:
        caps = (
            say(
                "{goods}: at most {rate}",
                goods=goods_text(names, cap.goods),
                rate=rate_text(cap.rate_bp),
            )
            for cap in rules.goods_caps
        )
        yield Sentence(say("For these the first that names a line counts instead:"), plain(*caps))
    if rules.min_money_minor:
        left = names.money(rules.min_money_minor)
        yield Sentence(
            say("At least {left} remain to be paid in money or with certificates.", left=left)
        )
    else:
        yield Sentence(say("Nothing has to remain to be paid otherwise."))
    if rules.earn_only:
        kinds = either(_IDENTIFIED[kind] for kind in rules.earn_only)
        yield Sentence(
            say("Who is identified by {kinds} earns only, and pays no points.", kinds=kinds)
        )
    else:
        yield Sentence(say("However members are identified, they may pay with points."))
    yield Sentence(_steps(names, currency))
    yield Sentence(f"{_TOO_MANY[rules.too_many]}.")
    yield Sentence(f"{_LOTS[rules.lots]}.")


def _steps(names: Names, currency: str) -> str:
    rules = names.program.redemption
    parts = []
    if rules.step_points_minor > 1:
        parts.append(
            say("in multiples of {points}", points=names.points(rules.step_points_minor, currency))
        )
    if rules.min_points_minor > 1:
        parts.append(say("from {points} on", points=names.points(rules.min_points_minor, currency)))
    return (
        say("Points are spent {parts}.", parts=both(parts))
        if parts
        else say("Any number of points may be spent.")
    )


_TOO_MANY: Final = phrases(
    TooManyPoints,
    {
        TooManyPoints.REFUSE: "A sale that asks for other numbers, or for more, is refused",
        TooManyPoints.CLAMP: "Who asks for more, or for another number, pays with as many as fit",
    },
)
_LOTS: Final = phrases(
    LotOrder,
    {
        LotOrder.EXPIRING_FIRST: "Points that run out first are spent first",
        LotOrder.EARNED_FIRST: "Points that could be spent the earliest are spent first",
    },
)


def _accrual(names: Names) -> Iterator[str]:
    rules = names.program.accrual
    yield say("Members earn on {goods}; guests earn nothing.", goods=goods_text(names, rules.goods))
    yield base_text(rules)
    if rules.earn_when_points_spent:
        yield say("A receipt that is paid in part with points still earns.")
    else:
        yield say("A receipt that is paid in part with points earns nothing.")
    for currency in names.program.currencies:
        yield rounding_text(names, currency.code)
    yield say("Points are {dates}, unless a reward says otherwise.", dates=dates_text(rules.dates))
    yield say(
        "The days of points begin at midnight in {time_zone}.", time_zone=names.program.time_zone
    )
    if rules.credit_later_days:
        days = counted(rules.credit_later_days, "day")
        yield say("Whoever forgot the card gets the points until {days} after the sale.", days=days)
    else:
        yield say("Whoever forgot the card gets no points later.")


def _cash(names: Names, rules: CashRounding | None) -> Iterator[str]:
    if rules is None:
        yield say("The sum to pay is not rounded.")
        return
    coin = names.money(rules.to_minor)
    if rules.nearest:
        yield say(
            "The sum to pay is rounded to the nearest multiple of {coin}, half down.", coin=coin
        )
    else:
        yield say("The sum to pay is rounded down to a multiple of {coin}.", coin=coin)
    if rules.always:
        yield say("Always, whatever tenders are planned.")
    else:
        yield say("Only if all planned tenders are cash.")


def _limits(names: Names) -> Iterator[Sentence]:
    if not names.program.limits:
        yield Sentence(say("No limits over all campaigns."))
    for limit in names.program.limits:
        yield limit_in_words(names, limit)


def _slip(program: Program) -> Iterator[str]:
    if program.fiscal_lines:
        yield say("Each line is also given as price × quantity for a fiscal printer.")
    else:
        yield say("Lines are not given as price × quantity for a fiscal printer.")
    if program.slip_footer:
        yield say("Its last line: “{slip_footer}”", slip_footer=program.slip_footer)
    else:
        yield say("It has no last line of its own.")


_LEAVING: Final = phrases(
    PointsAfterLeaving,
    {
        PointsAfterLeaving.KEPT: (
            "Points of a member who leaves are kept, out of reach until they join again."
        ),
        PointsAfterLeaving.WRITTEN_OFF: "Points of a member who leaves are written off.",
    },
)
_DEBTS: Final = phrases(
    DebtPolicy,
    {
        DebtPolicy.NEGATIVE: "are owed, and paid with the next that are earned",
        DebtPolicy.CLIP: "are written off as far as the member has no others",
        DebtPolicy.REFUSE: "make the service refuse the return if the member has no others",
    },
)


_WORTH: Final = phrases(
    ReturnPolicy,
    {
        ReturnPolicy.STORED_SHARES: (
            "What each of them cost on its receipt is given back, whatever the rest would have cost"
            " alone."
        ),
        ReturnPolicy.RECOMPUTED: (
            "What the receipt cost is given back less what the rest of it costs by its own rules,"
            " never less than nothing."
        ),
    },
)


def _returns(rules: Returns) -> Iterator[str]:
    if rules.window_days is None:
        yield say("Goods can be returned at any time.")
    elif rules.window_days:
        days = counted(rules.window_days, "day")
        yield say("Goods can be returned until {days} after the day of the sale.", days=days)
    else:
        yield say("Goods can be returned on the day of the sale only.")
    yield _WORTH[rules.policy]
    yield say(
        "The points that they earned are taken back, and those that were paid for them returned."
    )
    yield say("Points to be taken back that are spent already {debts}.", debts=_DEBTS[rules.debt])
    if rules.expired_points_days:
        days = counted(rules.expired_points_days, "day")
        yield say(
            "Returned points that ran out meanwhile can be spent for another {days}.", days=days
        )
    else:
        yield say("Returned points that ran out meanwhile stay expired.")
    if rules.coupons_back:
        yield (
            say(
                "When everything has come back, used coupons can be used again, and "
                "unused coupons and tags that the sale gave are taken back."
            )
        )
    else:
        yield say(
            "Used coupons stay used, and what the sale gave stays given, whatever comes back."
        )
    yield say("What was paid with a certificate or pass goes back to it.")
    if rules.expired_certificates_days:
        days = counted(rules.expired_certificates_days, "day")
        yield say("If it ran out meanwhile, that part can be spent for another {days}.", days=days)
    else:
        yield say("If it ran out meanwhile, that part stays expired, too.")
