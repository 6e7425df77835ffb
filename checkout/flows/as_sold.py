"""Sales that have been made already: what a till may spend by itself, and what did not fit.

Such a sale is accepted as it was sold. What is claimed beyond a limit or a budget is an overrun,
points beyond the balance are owed or written off by the program's debt policy, and both are flagged
on the receipt. What keeps this within bounds is the offline spending allowance: how much money's
worth of points tills give away by themselves, per day and terminal, or card. It is counted exactly,
as a limit whose rows are locked.

Codes that can be used once and certificates have their place beside points: what a till took of
them by itself counts against the allowance, and what had been used before gets a flag of its own.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from checkout.engine.redemption import points_value_minor
from checkout.engine.schema.partner_settings import LATE_DAYS
from checkout.engine.schema.returns import DebtPolicy
from checkout.engine.sold import SoldDiscount, overruns_of
from checkout.flows.coupon_facts import fault_of
from checkout.flows.holding import spending_order
from checkout.flows.shown_certificates import name_of
from checkout.flows.views import Flag, FlagKind
from checkout.ledger.book import slot_ref
from checkout.ledger.certificates import is_over, left_of
from checkout.ledger.claims import Claims, SlotClaim
from checkout.ledger.lots import available_minor, pick_lots
from checkout.ledger.merged_view import ids_of, slots_seen
from checkout.ledger.returns import net_of_all_minor
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.program import Program
    from checkout.engine.taken_certificate import TakenCertificate
    from checkout.flows.limit_slots import Subjects
    from checkout.flows.sale import AlreadyPaid, Caller, Sale
    from checkout.ledger.book import Book, LimitRef, MemberBook, SlotRef

#: Codes of the allowance's slots: no limit of the rules can have one with a colon.
TERMINAL_ALLOWANCE: Final = "allowance:terminal"
CARD_ALLOWANCE: Final = "allowance:card"


@dataclass(frozen=True, slots=True)
class OfflineTerms:
    """What a partner lets tills do by themselves.

    The allowance is money's worth of points per day; without any nothing may be spent.
    """

    late_days: int = LATE_DAYS
    terminal_minor: int | None = None
    card_minor: int | None = None

    @property
    def late(self) -> dt.timedelta:
        """How late a sale may be told."""
        return dt.timedelta(days=self.late_days)

    @property
    def terminal_bound(self) -> int:
        """Always counted: without a bound of its own as far as cards are bounded."""
        if self.terminal_minor is not None:
            return self.terminal_minor
        return AMOUNT_MAX_MINOR if self.card_minor is not None else 0


@dataclass(frozen=True, slots=True)
class ManualTerms:
    """What a partner lets its operators add by hand: so late, and so much per author and day.

    Without an amount nobody may.
    """

    late_days: int = LATE_DAYS
    author_minor: int | None = None


@dataclass(slots=True)
class AsSold:
    """That a sale was accepted as it had been sold, and what of it did not fit."""

    mode: str
    already_paid: bool
    limit_overruns: list[int]
    budget_overruns: list[tuple[int, int]]
    #: What the sale spends of the allowance.
    allowance: tuple[SlotClaim, ...] = ()
    flags: list[Flag] = field(default_factory=list)


def as_sold(
    snapshot: CompiledSnapshot,
    facts: Facts,
    sale: Sale,
    outcome: Outcome,
    mode: str,
    *,
    already_paid: bool,
    allowance: tuple[SlotClaim, ...],
) -> AsSold:
    """What of an outcome goes beyond limits and budgets, with its flags."""
    limits, budgets = overruns_of(snapshot, facts, sale.receipt, outcome)
    flags = [
        Flag(kind=FlagKind.LIMIT_OVERRUN, campaign=claim.campaign, limit=claim.limit, amount=over)
        for claim, over in zip(outcome.limit_claims, limits, strict=True)
        if over
    ]
    for claim, (over_minor, over_uses) in zip(outcome.budget_claims, budgets, strict=True):
        if over_minor or over_uses:
            flags.append(
                Flag(
                    kind=FlagKind.BUDGET_OVERRUN,
                    campaign=claim.campaign,
                    amount=over_minor,
                    uses=over_uses,
                )
            )
    return AsSold(mode, already_paid, limits, budgets, allowance, flags)


def with_what_is_missing(
    book: Book,
    partner_id: UUID,
    claims: Claims,
    sold: AsSold,
    debt: DebtPolicy,
    *,
    member: MemberBook | None,
    valid_at: dt.datetime,
) -> Claims:
    """The claims on coupons and certificates with what of them is not there, and its flags.

    A coupon is used once more than it may be. What a certificate does not have goes by the
    program's debt policy, as points do: `negative`: the certificate owes it. `clip`: as far as
    there is something on it that cannot be spent now, the rest is written off. `refuse`: written
    off, since the sale has been made.
    """
    coupons = []
    for claim in claims.coupons:
        coupon = book.coupon((partner_id, claim.digest))
        if fault_of(coupon, ids_of(member), valid_at) is None:
            coupons.append(claim)
            continue
        coupons.append(dataclasses.replace(claim, overrun=claim.uses))
        sold.flags.append(Flag(kind=FlagKind.COUPON_OVERRUN, uses=claim.uses, code=coupon.masked))
    certificates = []
    for paid in claims.certificates:
        certificate = book.certificate((partner_id, paid.digest))
        is_worthless = certificate.blocked_at is not None or is_over(certificate, valid_at)
        there = 0 if is_worthless else left_of(certificate)
        short = max(paid.amount - there, 0)
        kept = max(certificate.remaining - there - certificate.owed, 0)
        owed = _owed(debt, short, kept)
        name = name_of(certificate.masked, certificate.digest)
        sold.flags += [
            Flag(kind=kind, currency=certificate.unit, amount=amount, code=name)
            for kind, amount in (
                (FlagKind.CERTIFICATE_OWED, owed),
                (FlagKind.CERTIFICATE_WRITTEN_OFF, short - owed),
            )
            if amount
        ]
        certificates.append(dataclasses.replace(paid, owed=owed, written_off=short - owed))
    return dataclasses.replace(claims, coupons=tuple(coupons), certificates=tuple(certificates))


def _owed(debt: DebtPolicy, short: int, kept: int) -> int:
    """What of so much that is not there is owed, where so much is there that cannot be spent."""
    match debt:
        case DebtPolicy.NEGATIVE:
            return short
        case DebtPolicy.CLIP:
            return min(short, kept)
        case DebtPolicy.REFUSE:
            return 0


def with_overruns(claims: Claims, sold: AsSold) -> Claims:
    """The claims of an outcome with what of them goes too far, and the allowance."""
    return dataclasses.replace(
        claims,
        slots=(
            *(
                dataclasses.replace(claim, overrun=over)
                for claim, over in zip(claims.slots, sold.limit_overruns, strict=True)
            ),
            *sold.allowance,
        ),
        budgets=tuple(
            dataclasses.replace(claim, overrun_minor=over_minor, overrun_uses=over_uses)
            for claim, (over_minor, over_uses) in zip(
                claims.budgets, sold.budget_overruns, strict=True
            )
        ),
    )


# ---- what the till gave


@dataclass(frozen=True, slots=True)
class AsGiven:
    """What a till gave and took, as the engine takes it."""

    #: What belongs to no campaign of the program stands on its lines.
    receipt: Receipt
    known: list[SoldDiscount]
    points_minor: int
    certificates: list[TakenCertificate]
    flags: list[Flag]


def as_given(
    program: CompiledProgram, receipt: Receipt, paid: AlreadyPaid, facts: Facts
) -> AsGiven:
    """What campaigns gave, and what was the till's own.

    Its own are also points and certificates that nobody can be charged: those of a guest, and of
    certificates that the facts do not know.
    """
    flags: list[Flag] = []
    own: dict[int, int] = {}
    left = left_to_pay(receipt, paid)
    known: list[SoldDiscount] = []
    for given in paid.discounts:
        if given.campaign in program.by_code:
            known.append(SoldDiscount(given.position, given.campaign, given.amount_minor))
            continue
        own[given.position] = own.get(given.position, 0) + given.amount_minor
        flags.append(
            Flag(kind=FlagKind.CAMPAIGN_UNKNOWN, campaign=given.campaign, amount=given.amount_minor)
        )
    points = paid.points_minor
    if points and facts.member is None:
        currency = program.redemption_currency
        flags.append(Flag(kind=FlagKind.POINTS_UNCHARGED, currency=currency.code, amount=points))
        _take_off(own, left, points_value_minor(currency, points))
        points = 0
    taken = [each for each in paid.certificates if each.code in facts.certificates]
    for each in paid.certificates:
        if each.code in facts.certificates:
            continue
        flags.append(
            Flag(kind=FlagKind.CERTIFICATE_UNCHARGED, amount=each.amount_minor, code=each.code)
        )
        if each.position:
            own[each.position] = own.get(each.position, 0) + each.amount_minor
        else:
            _take_off(own, left, each.amount_minor)
    return AsGiven(_with_own_discounts(receipt, own), known, points, taken, flags)


def left_to_pay(receipt: Receipt, paid: AlreadyPaid) -> dict[int, int]:
    """What was left to pay of each position after discounts and what was taken for it."""
    left = {
        line.position: line.amount_minor - line.external_discount_minor - line.manual_discount_minor
        for line in receipt.lines
    }
    for given in paid.discounts:
        left[given.position] -= given.amount_minor
    for taken in paid.certificates:
        if taken.position:
            left[taken.position] -= taken.amount_minor
    return left


def _take_off(own: dict[int, int], left: dict[int, int], value_minor: int) -> None:
    """Take so much off what is left of the positions, in order, as a discount of the till's own."""
    for position in sorted(left):
        part = min(left[position], value_minor)
        if part:
            own[position] = own.get(position, 0) + part
            left[position] -= part
            value_minor -= part


def _with_own_discounts(receipt: Receipt, own: dict[int, int]) -> Receipt:
    if not own:
        return receipt
    lines = tuple(
        dataclasses.replace(
            line,
            external_discount_minor=line.external_discount_minor + own.get(line.position, 0),
        )
        for line in receipt.lines
    )
    return dataclasses.replace(receipt, lines=lines)


# ---- the allowance


def allowance_ref(caller: Caller) -> LimitRef:
    """The row that guards what a terminal gives away by itself."""
    return caller.terminal_id, "", TERMINAL_ALLOWANCE


def spend_allowance(
    book: Book,
    terms: OfflineTerms,
    sale: Sale,
    subjects: Subjects,
    member: MemberBook | None,
    value_minor: int,
) -> tuple[SlotClaim, ...] | Refusal:
    """What the sale takes of the allowance; refused if there is not so much left.

    It is that of the receipt's date, which lies near our clock: a business day may be any, so that
    a till which names the wrong ones would give away as much again on each.
    """
    if not value_minor:
        return ()
    caller, day = sale.caller, sale.receipt.local_time.date()
    claims = [
        SlotClaim(
            caller.terminal_id,
            caller.terminal_id,
            shared=True,
            campaign="",
            limit=TERMINAL_ALLOWANCE,
            sku="",
            slot_start=dt.datetime.combine(day, dt.time()),
            uses=value_minor,
            bound=terms.terminal_bound,
        )
    ]
    if terms.card_minor is not None and member is not None:
        assert subjects.card_id is not None, "a member has a card, or stands for it"
        claims.append(
            dataclasses.replace(
                claims[0],
                owner_id=member.member.member_id,
                subject_id=subjects.card_id,
                shared=False,
                limit=CARD_ALLOWANCE,
                bound=terms.card_minor,
            )
        )
    for claim in claims:
        left = max(claim.bound - _used(book, member, claim), 0)
        if value_minor > left:
            return Refusal(
                Reason.OFFLINE_ALLOWANCE_EXCEEDED,
                "tills may not give away so much by themselves in a day",
                "already_paid",
                {
                    "of": claim.limit.partition(":")[2],
                    "wanted_minor": value_minor,
                    "left_minor": left,
                },
            )
    return tuple(claims)


def _used(book: Book, member: MemberBook | None, claim: SlotClaim) -> int:
    ref: SlotRef = claim.slot_ref
    if claim.shared:
        slots = [*book.limit(claim.limit_ref).slots.values()]
    else:
        assert member is not None, "cards are counted with their member"
        slots = slots_seen(member)
    return sum(slot.used for slot in slots if slot_ref(slot) == ref)


# ---- points that are not there


@dataclass(frozen=True, slots=True)
class SpentPoints:
    """Where points come from that were spent already: lots, and what is owed or written off."""

    lots: dict[UUID, int]
    owed_minor: int = 0
    written_off_minor: int = 0


def points_spent(
    book: Book, purse: MemberBook, program: Program, outcome: Outcome, valid_at: dt.datetime
) -> SpentPoints:
    """Lots give what they have; the rest goes by the program's debt policy.

    `negative`: owed. `clip`: owed as far as there are points that cannot be spent now, the rest is
    written off. `refuse`: written off, since nobody may owe and the sale has been made.
    """
    currency, points = outcome.redemption.currency, outcome.redemption.points_minor
    if not points:
        return SpentPoints({})
    lots, debt = purse.lots.values(), program.returns.debt
    there = available_minor(lots, currency, book.now, valid_at)
    if debt is not DebtPolicy.NEGATIVE:
        # What is owed has been spent already: the lots pay that, and not this sale.
        there = max(purse.net_minor(currency, book.now, valid_at), 0)
    there = min(points, there)
    order = spending_order(program.redemption)
    picked = pick_lots(lots, currency, there, book.now, valid_at, order) if there else {}
    short = points - there
    owed = 0
    match debt:
        case DebtPolicy.NEGATIVE:
            owed = short
        case DebtPolicy.CLIP:
            left = net_of_all_minor(purse, currency, book.now) - there
            owed = min(short, max(left, 0))
        case DebtPolicy.REFUSE:
            pass
    return SpentPoints(picked, owed, short - owed)
