"""Limits, compiled: what is left of them, when they fail, on how much of a line they let work.

The rules are in ``docs/rules.md`` §2 ("Limits of a campaign", "Units under limits") and §6
("Limits of the program").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.conditions.member import GUEST
from checkout.engine.periods import CompiledSchedule, LocalMoment
from checkout.engine.rewards.order import in_order, unit_price
from checkout.engine.schema.limits import Above, Measure, Period, ProgramLimit, Subject
from checkout.engine.schema.schedule import Schedule
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign
    from checkout.engine.conditions.words import Words
    from checkout.engine.goods import Selector
    from checkout.engine.schema.limits import Limit

#: Measures that say on how much of each line a campaign's rewards work.
_UNIT_MEASURES: Final = frozenset((Measure.UNITS, Measure.QUANTITY, Measure.AMOUNT))
_ONE_EACH: Final = frozenset((Measure.PURCHASES, Measure.INTERVAL))
#: Subjects that a guest does not have.
_PERSONAL: Final = frozenset((Subject.MEMBER, Subject.CARD, Subject.HOUSEHOLD))
#: Subjects that many members share.
_SHARED: Final = frozenset((Subject.STORE, Subject.PARTNER, Subject.CAMPAIGN))
#: Rolling windows up to so many hours are claimed by the hour, longer ones by the day.
CLAIMED_BY_HOUR_MAX: Final = 48
_INTERVAL_SLOT: Final = "last"
#: A bound as an explanation tells it; `what` is what it counts, where that is not receipts.
_TERMS: Final = {
    Period.RECEIPT: "at most {bound}{what} per receipt",
    Period.DAY: "at most {bound}{what} per day",
    Period.WEEK: "at most {bound}{what} per week",
    Period.MONTH: "at most {bound}{what} per month",
    Period.LIFETIME: "at most {bound}{what} per lifetime",
    Period.ROLLING: "at most {bound}{what} per {hours} hours",
}


class CompiledLimit:
    """One limit of a campaign or, with an empty campaign, of the program."""

    __slots__ = (
        "bound",
        "campaign_code",
        "code",
        "counts_goods",
        "counts_receipts",
        "currency",
        "document",
        "each_sku",
        "is_counted",
        "is_interval",
        "is_personal",
        "is_shared",
        "measure",
        "messages",
        "name",
        "on_discount",
        "on_points",
        "period",
        "refuses_sale",
        "selector",
        "subject",
        "_can_fail",
        "_key",
        "_schedule",
    )

    def __init__(self, document: Limit, campaign_code: str, selector: Selector | None) -> None:
        """Take over the limit; `selector` means its goods, all counted lines if it is none."""
        self.document = document
        self.campaign_code = campaign_code
        self.selector = selector
        self.code = document.code
        self.name = document.name
        said = document.message
        places = (("slip", said.slip), ("cashier", said.cashier), ("display", said.display))
        #: Place and text of what is said when it cuts.
        self.messages = tuple((place, text) for place, text in places if text)
        self.subject: str = document.subject.value
        self.measure = document.measure
        #: It says on how much of each line a campaign's rewards work.
        self.counts_goods = document.measure in _UNIT_MEASURES
        #: One sale uses one of it, whatever it gives.
        self.counts_receipts = document.measure in _ONE_EACH
        self.is_interval = document.measure is Measure.INTERVAL
        self.on_discount = document.measure is Measure.DISCOUNT
        self.on_points = document.measure is Measure.POINTS
        self.bound = document.bound
        self.period = document.period
        #: Whether it looks at more than one receipt.
        self.is_counted = self.is_interval or document.period is not Period.RECEIPT
        self.currency = document.currency
        self.each_sku = document.each_sku
        self.is_personal = document.subject in _PERSONAL
        self._can_fail = self.counts_receipts or (self.is_personal and bool(campaign_code))
        #: What facts have the use under, before the slot.
        self._key = f"{campaign_code}/{document.code}/"
        #: Whether others' receipts count, too.
        self.is_shared = document.subject in _SHARED and self.is_counted
        self.refuses_sale = (
            isinstance(document, ProgramLimit) and document.above is Above.REFUSE_SALE
        )
        self._schedule = (
            CompiledSchedule(document.schedule) if document.schedule != Schedule() else None
        )

    def calendar_slot(self, local_time: dt.datetime) -> str:
        """The first day of the calendar period that holds a moment, as `claim_slot` names it."""
        return LocalMoment(local_time).slot_start(self.period)

    def in_force(self, case: Case) -> bool:
        """Whether the limit exists for the receipt."""
        schedule = self._schedule
        if schedule is None:
            return True
        return schedule.holds(case.moment)

    def counts_in(self, currency: str, main_currency: str) -> bool:
        """Whether a limit on points is one in this currency; the program's first by default."""
        return (self.currency or main_currency) == currency

    def slot(self, case: Case, sku: str = "") -> str:
        """Under which slot the facts hold the use so far; empty for a limit per receipt."""
        if not self.is_counted:
            return ""
        slot = _INTERVAL_SLOT if self.is_interval else case.moment.slot_start(self.period)
        return f"{slot}/{sku}" if sku else slot

    def claim_slot(self, case: Case, sku: str = "") -> str:
        """Under which slot the receipt claims; empty if it claims nothing of this limit."""
        if not self.is_counted or (case.member is None and self.is_personal):
            return ""
        if self.is_interval:
            slot = case.moment.at.isoformat(timespec="seconds")
        elif self.period is Period.ROLLING:
            by_hour = (self.document.rolling_hours or 0) <= CLAIMED_BY_HOUR_MAX
            slot = case.moment.hour_slot() if by_hour else case.moment.day_slot()
        else:
            slot = case.moment.slot_start(self.period)
        return f"{slot}/{sku}" if sku else slot

    def left(self, case: Case, sku: str = "") -> int:
        """What of the bound is left before this receipt; `sku`: for one article of `each_sku`."""
        return max(self.bound - (self._used(case, sku) or 0), 0)

    def is_full(self, case: Case, sku: str = "") -> bool:
        """Whether the limit fails.

        A campaign's with a member, card or household as subject fails with a guest. Too short an
        interval fails, and a limit on receipts of which nothing is left; others only bound.
        """
        if not self._can_fail or not self.in_force(case):
            return False
        if case.member is None and self.is_personal and self.campaign_code:
            return True
        if self.is_interval:
            minutes = self._used(case, sku)
            return minutes is not None and minutes < self.bound
        return self.counts_receipts and not self.left(case, sku)

    def is_used_up(self, case: Case) -> bool:
        """Whether the limit fails for its use, and not because there is no member."""
        return self.is_full(case) and not (case.member is None and self.is_personal)

    def failure(self, case: Case, words: Words) -> tuple[str, str, str] | None:
        """Condition, needed and seen of a limit that fails; none if it does not."""
        if not self.is_full(case):
            return None
        seen = str(self._used(case, "") or 0)
        if case.member is None and self.is_personal:
            seen = words.say(GUEST)
        elif self.is_interval:
            seen = words.say("{minutes} minutes", minutes=seen)
        return "limit", f"{self.name}: {self._terms(words)}", seen

    def _terms(self, words: Words) -> str:
        """The bound in words, for colleagues."""
        if self.is_interval:
            return words.say("{minutes} minutes after the last use", minutes=self.bound)
        what = ""
        if self.measure is not Measure.PURCHASES:
            what = words.say(" {measure}", measure=words.code(self.measure.value))
        bound = str(self.bound)
        if self.measure in {Measure.AMOUNT, Measure.DISCOUNT}:
            bound = words.money(self.bound)
        elif self.measure in {Measure.POINTS, Measure.POINTS_SPENT}:
            # Behind it stands that it is points: which ones counts only where there are several.
            bound = words.points(self.bound, self.currency or "", with_code=bool(self.currency))
        elif self.measure is Measure.QUANTITY:
            bound = words.quantity(self.bound)
        hours = self.document.rolling_hours
        return words.say(_TERMS[self.period], bound=bound, what=what, hours=hours)

    def _used(self, case: Case, sku: str) -> int | None:
        """The use so far, for an interval the minutes; none if the facts know of none.

        A guest has none of a member's, card's or household's.
        """
        slot = self.slot(case, sku)
        if not slot or (case.member is None and self.is_personal):
            return None
        return case.facts.limit_uses.get(self._key + slot)


def allowed_quantities(campaign: CompiledCampaign, case: Case) -> dict[CanonicalLine, int] | None:
    """On how many thousandths of each line the campaign's rewards may work, by its limits.

    None if no limit of it counts units, quantities or amounts; a line that is not in the answer is
    not bound. Remembered for the receipt.
    """
    if not campaign.limits_goods:
        return None
    known = case.allowed
    code = campaign.code
    if code not in known:
        known[code] = _allowed_quantities(campaign, case)
    return known[code]


def binding_limit(campaign: CompiledCampaign, case: Case, line: CanonicalLine) -> CompiledLimit:
    """The limit that gives a line its quantity: the first of those that give the smallest."""
    quantities = [
        (dict(_allowed_by(limit, case)).get(line, line.quantity_milli), number)
        for number, limit in enumerate(campaign.limits)
        if limit.counts_goods and limit.in_force(case)
    ]
    return campaign.limits[min(quantities)[1]]


def _allowed_quantities(campaign: CompiledCampaign, case: Case) -> dict[CanonicalLine, int] | None:
    """Of several limits the smallest quantity counts."""
    allowed: dict[CanonicalLine, int] | None = None
    for limit in campaign.limits:
        if not limit.counts_goods or not limit.in_force(case):
            continue
        if allowed is None:
            allowed = {}
        for line, quantity in _allowed_by(limit, case):
            allowed[line] = min(quantity, allowed.get(line, quantity))
    return allowed


def _allowed_by(limit: CompiledLimit, case: Case) -> list[tuple[CanonicalLine, int]]:
    """What one limit lets through: each line, in the limit's order, gets what is still left."""
    left: dict[str, int] = {}
    allowed = []
    for line in in_order(case.meant_by(limit.selector), limit.document.which, _unit_start):
        sku = line.sku if limit.each_sku else ""
        if sku not in left:
            left[sku] = limit.left(case, sku)
        quantity, taken = _share(limit.measure, line, left[sku])
        left[sku] -= taken
        allowed.append((line, quantity))
    return allowed


def _unit_start(line: CanonicalLine) -> tuple[int, int]:
    """The start of one unit of a line, as a fraction."""
    return unit_price(line.start_minor, line.quantity_milli, weighed=line.weighed)


# Looked up once: an enumeration looks for its members each time that they are named.
_QUANTITY: Final = Measure.QUANTITY
_UNITS: Final = Measure.UNITS


def _share(measure: Measure, line: CanonicalLine, left: int) -> tuple[int, int]:
    """The thousandths of a line that get through, and what they take of what is left."""
    if measure is _QUANTITY:
        quantity = min(line.quantity_milli, left)
        return quantity, quantity
    if measure is _UNITS:
        units = min(line.units, left)
        return (line.quantity_milli if line.weighed else UNIT_MILLI) * units, units
    if line.start_minor <= left:
        return line.quantity_milli, line.start_minor
    return line.quantity_milli * left // line.start_minor, left
