"""Quote: the engine's answer, changing nothing.

Round trips: one coalesced cache read for the identifier, one for the member (one for both if the
worker has seen them before), one more for the household of a member who pools points; none for a
guest. With certificates one read of PostgreSQL more, and one with codes that no campaign names,
which may be unique coupons: what is left of them is in no cache. Budgets, stopped campaigns and
stocks of gifts come from the worker's memory, at most a second behind; the confirm decides on exact
ones.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.engine.contested import contested
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.near_misses import near_misses
from checkout.flows.coupon_facts import add_coupons, unique_codes
from checkout.flows.limit_slots import Subjects, limit_uses, slots_of
from checkout.flows.operation import who_takes_part
from checkout.flows.pricing import QUOTE_VALIDITY, check_time, quote_of
from checkout.flows.qr_codes import may_spend
from checkout.flows.sale_facts import sale_facts, stopped_in
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.shown_certificates import certificate_states, shown_refs
from checkout.ledger.merged_view import ids_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.flows.answers import QuoteAnswer
    from checkout.flows.budgets import Budgets
    from checkout.flows.gift_stocks import GiftStocks
    from checkout.flows.ports import Certificates, Coupons, Members, Snapshots
    from checkout.flows.quote_token import TokenSigner
    from checkout.flows.sale import Sale
    from checkout.flows.shared_limits import SharedLimits
    from checkout.flows.stops import Stops
    from checkout.refusals import Refusal


class QuoteFlow:
    """Prices sales."""

    def __init__(
        self,
        snapshots: Snapshots,
        members: Members,
        budgets: Budgets,
        shared_limits: SharedLimits,
        stops: Stops,
        gift_stocks: GiftStocks,
        *,
        certificates: Certificates,
        coupons: Coupons,
        signer: TokenSigner,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._snapshots = snapshots
        self._members = members
        self._budgets = budgets
        self._shared_limits = shared_limits
        self._stops = stops
        self._gift_stocks = gift_stocks
        self._coupons = coupons
        self._certificates = certificates
        self._signer = signer
        self._clock = clock

    async def quote(
        self, sale: Sale, explain: Explain = Explain.APPLIED, about: str = ""
    ) -> QuoteAnswer | Refusal:
        """What the sale costs now; explained in full, also what would be worth buying more.

        Raises:
            StoreError: the member is in no cache and the database cannot be asked.
        """
        now = self._clock()
        refusal = check_time(sale.receipt, now)
        if refusal is not None:
            return refusal
        partner_id = sale.caller.partner_id
        snapshot = self._snapshots.current(partner_id)
        if snapshot is None or sale.receipt.store not in snapshot.stores:
            return missing_snapshot()
        program = snapshot.programs[snapshot.stores[sale.receipt.store].program]
        who = await self._members.find(sale.caller, sale.identifier)
        member, identifier_reason = who_takes_part(*who, program.document.code)
        found = {}
        if sale.receipt.certificates:
            found = await self._certificates.read_certificates(shown_refs(partner_id, sale.receipt))
        facts = sale_facts(
            member,
            self._budgets.of(partner_id),
            {},
            stopped_in(program, self._stops.of(partner_id)),
            certificate_states(found, partner_id, sale.receipt, program, now=now, valid_at=now),
            program=program.document,
            today=sale.receipt.local_time.date(),
            now=now,
            valid_at=now,
            identified_by=sale.identified_by,
            card_type=sale.card_type,
            spends=may_spend(sale.identifier),
        )
        codes = unique_codes(sale, program)
        if codes:
            refs = [(partner_id, digest) for digest in codes.values()]
            add_coupons(
                facts,
                sale,
                {coupon.ref: coupon for coupon in await self._coupons.find(refs)},
                program,
                member_ids=ids_of(member),
                valid_at=now,
            )
        subjects = Subjects.of(sale, member)
        slots = slots_of(member)
        if program.has_shared_limits:
            for limit in contested(snapshot, facts, sale.receipt).limits:
                slots += self._shared_limits.of(subjects.limit_ref(limit))
        facts.limit_uses = limit_uses(slots, program, subjects, sale.receipt)
        facts.gifts_left = self._gift_stocks.of(partner_id)
        outcome = evaluate(snapshot, facts, sale.receipt, explain, about)
        answer = quote_of(
            outcome,
            snapshot,
            self._signer,
            sale,
            now,
            member=member,
            identifier_reason=identifier_reason,
            valid_until=now + QUOTE_VALIDITY,
        )
        if explain is Explain.FULL:
            answer.offers = near_misses(snapshot, facts, sale.receipt, outcome)
        return answer
