"""What quote, hold and confirm share.

Facts from a member's rows, evaluation, the answer's views.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final

import orjson

from checkout.engine.evaluate import evaluate
from checkout.engine.facts import BudgetUse, Facts, MemberState
from checkout.engine.slip import SlipBalance, render_slip
from checkout.flows.answers import Balance, MemberView, QuoteAnswer, Status
from checkout.flows.quote_token import QuoteTerms
from checkout.flows.sameness import paid_hash, priced_hash
from checkout.ledger.holds import claims_of, lots_of
from checkout.ledger.lots import available_minor, free_minor, is_spendable
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.program import PointCurrency
    from checkout.flows.quote_token import TokenSigner
    from checkout.flows.sale import Sale
    from checkout.ledger.book import MemberBook
    from checkout.ledger.rows import Hold

#: How long a quote's price is honoured.
QUOTE_VALIDITY: Final = dt.timedelta(minutes=15)
#: A till's clock may differ from ours by so much when it is on line.
TIME_WINDOW: Final = dt.timedelta(minutes=15)
#: A price that was shown is confirmed so much later at most: a hold ends two hours after it began.
#: Far less than the age up to which limit slots are read.
LATE_MAX: Final = dt.timedelta(hours=2)


def member_state(
    member: MemberBook, program: str, now: dt.datetime, valid_at: dt.datetime, freed: Hold | None
) -> MemberState:
    """A member's rows as the engine's values; what `freed` sets aside counts as free."""
    points = {
        currency: available_minor(member.lots.values(), currency, now, valid_at)
        for currency in member.accounts
    }
    uses = {
        f"{slot.campaign_code}/{slot.limit_code}/{slot.slot_start.isoformat()}": slot.used
        + slot.held
        for slot in member.slots.values()
    }
    if freed is not None and freed.member_id == member.member.member_id:
        for lot_id, amount in lots_of(freed).items():
            # Hold and lot may have run out together.
            if is_spendable(member.lots[lot_id], now, valid_at):
                points[freed.currency] = points.get(freed.currency, 0) + amount
        for claim in claims_of(freed).slots:
            uses[f"{claim.campaign}/{claim.limit}/{claim.slot_start.isoformat()}"] -= claim.uses
    participation = member.participations.get(program)
    return MemberState(
        member_id=str(member.member.member_id),
        tier=participation.tier_code if participation is not None else "",
        lists=member.lists,
        points=points,
        limit_uses=uses,
    )


def budget_uses(budgets: Mapping[str, BudgetUse], freed: Hold | None) -> Mapping[str, BudgetUse]:
    """Budgets as the engine sees them; what `freed` sets aside counts as left."""
    if freed is None or not freed.claims["budgets"]:
        return budgets
    seen = dict(budgets)
    for claim in claims_of(freed).budgets:
        before = seen.get(claim.campaign, BudgetUse())
        seen[claim.campaign] = BudgetUse(
            discount_minor=before.discount_minor - claim.discount_minor,
            uses=before.uses - claim.uses,
        )
    return seen


def dump_facts(facts: Facts) -> bytes:
    """Facts as stored JSON; equal facts have equal bytes, in whatever order rows were read."""
    return orjson.dumps(facts, default=sorted, option=orjson.OPT_SORT_KEYS)


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
    """Evaluate a sale and sign the terms; refused points make it `REJECTED`, without a token.

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
    refused = outcome.redemption.refused
    token = ""
    if not refused:
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
        status=Status.REJECTED if refused else Status.OK,
        purchase_id=sale.purchase_id,
        snapshot_id=snapshot.snapshot_id,
        evaluated_at=now,
        valid_until=valid_until,
        token=token,
        outcome=outcome,
        reason=Reason(refused) if refused else None,
        identifier_reason=identifier_reason,
        member=view,
    )


def member_view(
    snapshot: CompiledSnapshot, store: str, member: MemberBook, now: dt.datetime
) -> MemberView:
    """Tier and balance in the program of a store."""
    program = snapshot.programs[snapshot.stores[store].program].document
    participation = member.participations.get(program.code)
    return MemberView(
        member_id=member.member.member_id,
        tier=participation.tier_code if participation is not None else "",
        balances=[balance_of(member, program.currency, now)],
    )


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
    first = min(expiring, default=None)
    return Balance(
        currency=currency.code,
        exponent=currency.exponent,
        active_minor=active,
        pending_minor=pending,
        held_minor=account.held if account is not None else 0,
        expiring_minor=expiring[first] if first is not None else 0,
        expiring_at=first,
    )


def expiry_of_points(zone: str, lifetime_days: int | None, now: dt.datetime) -> dt.datetime | None:
    """Midnight, in the program's zone, that begins the day `lifetime_days` after today."""
    if lifetime_days is None:
        return None
    tz = zoneinfo.ZoneInfo(zone)
    day = now.astimezone(tz).date() + dt.timedelta(days=lifetime_days)
    return dt.datetime.combine(day, dt.time(), tz).astimezone(dt.UTC)


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
