"""Making a hold out of an outcome: what hold and quote-with-hold share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import LotOrder
from checkout.engine.stored_outcome import dump_with_outcome
from checkout.flows.limit_slots import Subjects, slot_claims
from checkout.flows.sale_facts import dump_facts
from checkout.flows.sale_gifts import gift_claims
from checkout.flows.shown_certificates import certificate_claims
from checkout.ledger.claims import Claims, SpendClaim
from checkout.ledger.coupons import CouponClaim
from checkout.ledger.holds import dump_claims, open_hold, purse_id_of
from checkout.ledger.lots import earned_first, expiring_first, pick_lots
from checkout.ledger.rows import Hold

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.schema.program import Redemption
    from checkout.flows.sale import Sale
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.lots import LotOrder as SpendingOrder

#: How long a hold lives when the till does not say.
HOLD_TTL: Final = dt.timedelta(minutes=10)
#: However often it is extended, a hold ends so long after it began.
HOLD_TOTAL_MAX: Final = dt.timedelta(hours=2)


_ORDERS: Final = {
    LotOrder.EXPIRING_FIRST: expiring_first,
    LotOrder.EARNED_FIRST: earned_first,
}


def spending_order(rules: Redemption) -> SpendingOrder:
    """In which order a program spends lots."""
    return _ORDERS[rules.lots]


def claims_of_outcome(
    outcome: Outcome,
    snapshot: CompiledSnapshot,
    sale: Sale,
    member: MemberBook | None,
    guaranteed_by: Hold | None = None,
) -> Claims:
    """What an outcome takes of limits, budgets, coupons, certificates and gifts, for the ledger."""
    program = snapshot.programs[snapshot.stores[sale.receipt.store].program]
    subjects = Subjects.of(sale, member, purse_id_of(guaranteed_by) if guaranteed_by else None)
    return Claims(
        slots=slot_claims(outcome.limit_claims, program, subjects, sale.receipt),
        budgets=tuple(
            SpendClaim(c.campaign, c.discount_minor, c.uses) for c in outcome.budget_claims
        ),
        # Where capitals matter to a program, two codes of a receipt may be one coupon.
        coupons=tuple(
            CouponClaim(digest)
            for digest in sorted(
                {sale.coupons[c.code] for c in outcome.coupons if c.used_up and c.series}
            )
        ),
        certificates=certificate_claims(outcome),
        gifts=gift_claims(outcome.issued, program),
    )


def set_aside(
    book: Book,
    *,
    hold_id: UUID,
    sale: Sale,
    home_bucket: int,
    member: MemberBook | None,
    facts: Facts,
    outcome: Outcome,
    snapshot: CompiledSnapshot,
    priced_hash: bytes,
    ttl: dt.timedelta,
) -> Hold:
    """Open a hold for everything that the outcome spends and claims."""
    redemption = outcome.redemption
    points = redemption.points_minor
    lots: dict[str, int] = {}
    if points:
        assert member is not None, "only members pay with points"
        program = snapshot.programs[snapshot.stores[sale.receipt.store].program].document
        picked = pick_lots(
            member.purse.lots.values(),
            redemption.currency,
            points,
            book.now,
            book.now,
            spending_order(program.redemption),
        )
        lots = {str(lot_id): amount for lot_id, amount in picked.items()}
    hold = Hold(
        bucket=home_bucket,
        hold_id=hold_id,
        partner_id=sale.caller.partner_id,
        purchase_id=sale.purchase_id,
        member_id=member.member.member_id if member is not None else None,
        state="pending",
        currency=redemption.currency,
        points_minor=points,
        lots=lots,
        claims=dump_claims(claims_of_outcome(outcome, snapshot, sale, member)),
        priced_hash=priced_hash,
        snapshot_id=snapshot.snapshot_id,
        evaluated_at=book.now,
        facts=dump_facts(facts),
        outcome=dump_with_outcome(outcome),
        created_at=book.now,
        expires_at=book.now + ttl,
        extensible_to=book.now + HOLD_TOTAL_MAX,
        ended_at=None,
        household_id=member.member.household_id if member is not None else None,
        terminal_code=sale.receipt.terminal,
    )
    open_hold(book, hold)
    return hold
