"""What quote, hold and confirm share: evaluation, the answer's views."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final

from checkout.engine.evaluate import evaluate
from checkout.engine.slip import SlipBalance, render_slip
from checkout.flows.answers import QuoteAnswer
from checkout.flows.qr_codes import may_spend
from checkout.flows.quote_token import QuoteTerms
from checkout.flows.sameness import paid_hash, priced_hash
from checkout.flows.tier_view import tier_view
from checkout.flows.views import Balance, MemberView, Status
from checkout.ledger.lots import free_minor, is_spendable
from checkout.ledger.merged_view import participation_seen, windows_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.program import PointCurrency, Program
    from checkout.flows.quote_token import TokenSigner
    from checkout.flows.sale import PresentedIdentifier, Sale
    from checkout.ledger.book import MemberBook
    from checkout.ledger.rows import Participation

#: How long a quote's price is honoured.
QUOTE_VALIDITY: Final = dt.timedelta(minutes=15)
#: A till's clock may differ from ours by so much when it is on line.
TIME_WINDOW: Final = dt.timedelta(minutes=15)
#: A price that was shown is confirmed so much later at most: a hold ends two hours after it began.
#: Far less than the age up to which limit slots are read.
LATE_MAX: Final = dt.timedelta(hours=2)


def check_time(
    receipt: Receipt, now: dt.datetime, late: dt.timedelta = dt.timedelta()
) -> Refusal | None:
    """A receipt's time must lie near ours: rules follow the till's local time.

    What was priced earlier may be `late`.
    """
    # Differences only: the moment itself may lie outside of what a date can say.
    off = receipt.local_time - now.astimezone(dt.UTC).replace(tzinfo=None)
    off -= dt.timedelta(minutes=receipt.utc_offset_minutes)
    if -TIME_WINDOW - late <= off <= TIME_WINDOW:
        return None
    return Refusal(
        Reason.RECEIPT_TIME_OUT_OF_WINDOW,
        "the receipt's time is further from the service's clock than is accepted on line",
        "receipt.local_time",
        {
            "off_by_s": int(off.total_seconds()),
            "window_s": int((TIME_WINDOW + late).total_seconds()),
        },
    )


def make_quote(
    snapshot: CompiledSnapshot,
    signer: TokenSigner,
    sale: Sale,
    facts: Facts,
    now: dt.datetime,
    *,
    member: MemberBook | None,
    identifier_reason: Reason | None,
    valid_until: dt.datetime | None = None,
) -> QuoteAnswer:
    """Evaluate a sale and sign the terms; what cannot be done makes it `REJECTED`, without a token.

    What is priced with an older snapshot is valid no longer than the quote that brought it.
    """
    return quote_of(
        evaluate(snapshot, facts, sale.receipt),
        snapshot,
        signer,
        sale,
        now,
        member=member,
        identifier_reason=identifier_reason,
        valid_until=valid_until or now + QUOTE_VALIDITY,
    )


def quote_of(
    outcome: Outcome,
    snapshot: CompiledSnapshot,
    signer: TokenSigner,
    sale: Sale,
    now: dt.datetime,
    *,
    member: MemberBook | None,
    identifier_reason: Reason | None,
    valid_until: dt.datetime,
) -> QuoteAnswer:
    """The quote that shows an outcome, with its terms signed."""
    rejection = rejection_of(outcome, member, sale.identifier)
    token = ""
    if rejection is None:
        token = signer.sign(
            sale.caller.partner_id,
            QuoteTerms(
                snapshot.snapshot_id,
                snapshot.semantics,
                now,
                valid_until,
                priced_hash(sale),
                paid_hash(outcome),
            ),
        )
    view = None
    if member is not None:
        view = member_view(snapshot, sale.receipt.store, member, now)
    return QuoteAnswer(
        status=Status.OK if rejection is None else Status.REJECTED,
        purchase_id=sale.purchase_id,
        snapshot_id=snapshot.snapshot_id,
        evaluated_at=now,
        valid_until=valid_until,
        token=token,
        outcome=outcome,
        reason=rejection.reason if rejection is not None else None,
        identifier_reason=identifier_reason,
        member=view,
    )


def rejection_of(
    outcome: Outcome, member: MemberBook | None, shown: PresentedIdentifier | None
) -> Refusal | None:
    """Why the sale cannot be made as asked, with the numbers; None if it can."""
    if outcome.refused:
        first = outcome.refused[0]
        return Refusal(
            Reason.LIMIT_REFUSES_SALE,
            f"the limit {first.limit} forbids the sale",
            "receipt.lines",
            {
                "limit": first.limit,
                "sku": first.sku,
                "wanted": first.wanted,
                "left": first.left,
            },
        )
    redemption = outcome.redemption
    if redemption.refused:
        reason = Reason(redemption.refused)
        if reason is Reason.INSUFFICIENT_POINTS and member is not None:
            if member.purse.is_frozen(redemption.currency):
                reason = Reason.ACCOUNT_FROZEN
            elif not may_spend(shown):
                reason = Reason.QR_NOT_FOR_SPENDING
        return Refusal(
            reason,
            "the points asked for cannot be spent",
            "receipt.points_to_spend",
            {
                "wanted_points_minor": redemption.wanted_points_minor,
                "max_points_minor": redemption.max_points_minor,
                "step_points_minor": redemption.step_points_minor,
                "min_points_minor": redemption.min_points_minor,
            },
        )
    return None


def member_view(
    snapshot: CompiledSnapshot, store: str, member: MemberBook, now: dt.datetime
) -> MemberView:
    """Tier and balances in the program of a store."""
    program = snapshot.programs[snapshot.stores[store].program].document
    part = part_in(member, program)
    return MemberView(
        member_id=member.member.member_id,
        tier=part.tier_code if part is not None else "",
        balances=[balance_of(member.purse, currency, now) for currency in program.currencies],
        household_id=member.member.household_id,
        standing=tier_view(program, part, windows_of(member), now),
    )


def part_in(member: MemberBook, program: Program) -> Participation | None:
    """The part in a program, with the best tier of those who are one member; none of who left."""
    return participation_seen(member, program.code, [tier.code for tier in program.tiers])


def balance_of(member: MemberBook, currency: PointCurrency, now: dt.datetime) -> Balance:
    """One balance: what can be spent, what waits, what is held, and what expires next."""
    active = pending = 0
    expiring: dict[dt.datetime, int] = {}
    for lot in member.lots.values():
        if lot.currency != currency.code:
            continue
        if lot.active_from > now:
            pending += lot.remaining
        elif is_spendable(lot, now, now):
            active += free_minor(lot)
            if lot.expires_at is not None and free_minor(lot):
                expiring[lot.expires_at] = expiring.get(lot.expires_at, 0) + free_minor(lot)
    account = member.accounts.get(currency.code)
    debt = account.debt if account is not None else 0
    first = min(expiring, default=None)
    return Balance(
        currency=currency.code,
        exponent=currency.exponent,
        active_minor=active - debt,
        pending_minor=pending,
        held_minor=account.held if account is not None else 0,
        debt_minor=debt,
        frozen_minor=account.frozen if account is not None else 0,
        is_frozen=member.is_frozen(currency.code),
        expiring_minor=expiring[first] if first is not None else 0,
        expiring_at=first,
    )


def slip_of(
    snapshot: CompiledSnapshot, receipt: Receipt, outcome: Outcome, member: MemberView | None
) -> list[str]:
    """The slip, ready to print."""
    program = snapshot.programs[snapshot.stores[receipt.store].program]
    zone = zoneinfo.ZoneInfo(program.document.time_zone)
    balances = []
    for balance in member.balances if member is not None else ():
        until = balance.expiring_at
        balances.append(
            SlipBalance(
                balance.active_minor,
                balance.expiring_minor,
                until.astimezone(zone).date() if until is not None else None,
            )
        )
    return render_slip(snapshot, receipt, outcome, balances)
