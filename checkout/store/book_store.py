"""Loads a `Book` under locks and writes what it changed.

Round trips of a batch, whatever its size: begin, lock keys, read keys, lock members, read members,
lock and read shared limits (when one is reached), lock budgets (when a campaign with a budget is
reached), write, commit; one more for new members or identifiers, one for cards that are issued, one
for what people changed beside the ledger, one for corrections (one more reads those that are
named), one for QR codes, two for certificates (lock, write), two for coupons (lock, write what is
used, issued or given), two for gifts (lock, write; one more reads those that are taken back), what
members bought, when it is counted (read, write) or an operator sets a tier (write), one for goods
that came back without their receipt, two more for budgets or shared limits without a row. Returns
add two: what never changes of their sales, and the lots and slots that those moved, as does taking
corrections back.
Lock order: keys → members → certificates → coupons → shared limits → budgets → gifts, each sorted
here and nowhere else.
Reads follow their locks as statements of their own: under READ COMMITTED a statement sees what was
committed when it began, so a read in the locking statement could be older than the lock.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.ledger import return_rows, rows
from checkout.ledger.book import (
    Book,
    LimitBook,
    MemberBook,
    budget_bucket,
    key_bucket,
    natural_bucket,
    slot_ref,
)
from checkout.ledger.qr_rows import QrClaim
from checkout.ledger.stop_rows import CampaignStop
from checkout.primitives import bucket_of, bucket_of_uuid
from checkout.store import (
    card_store,
    certificate_store,
    correction_store,
    coupon_store,
    gift_store,
    identity_store,
    sold_earlier,
    visit_store,
)
from checkout.store.member_records import (
    fill_locked_members,
    lock_members,
    read_member,
)
from checkout.store.personal_values import close_personal
from checkout.store.queries import QUERIES, columns_of, narrowed
from checkout.store.reference import (
    reading_connection,
)
from checkout.store.transactions import open_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping
    from uuid import UUID

    from asyncpg import Connection, Pool

    from checkout.ledger.book import BudgetRef, KeyRefs, LimitRef
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.gift_rows import GiftRef, GiftsHadRef

#: Slots that still count begin at most so long ago: rolling windows have 62 days, and a slot of a
#: day; a day more for zones.
SLOT_AGE: Final = dt.timedelta(days=64)
#: What `write_book` writes together as a rule; what is named nowhere here is written by nearly all.
_FAMILIES: Final = (
    frozenset({"posting", "entry", "lot_movement", "lot", "lot_changed", "account"}),
    frozenset({"receipt", "limit_use", "budget_use", "visit_pending"}),
    frozenset({"purchase_key", "limit_slot", "budget_changed"}),
    frozenset({"return_receipt", "return_line", "return_key"}),
    frozenset({"hold", "hold_changed"}),
    frozenset({"credit"}),
    frozenset({"natural_key"}),
    frozenset({"event_pending"}),
)


class PostgresBookStore:
    """Books over a pool."""

    def __init__(
        self,
        pool: Pool[Any],
        reads: asyncio.Semaphore | None = None,
        *,
        delivers: bool = False,
        gives_way: bool = False,
    ) -> None:
        """Take connections from this pool: for batches at once, to read in turn with others.

        With `delivers` events wait for a courier. What `gives_way` loads of several members those
        whom nobody has locked: whoever waits keeps all others waiting whom it has locked before.
        """
        self._pool = pool
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())
        self._delivers = delivers
        self._gives_way = gives_way

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresBookTransaction]:
        """One transaction; it commits when the block ends well.

        Raises:
            StoreError: it did not happen, or (`Failure.UNKNOWN`) nobody knows.
        """
        async with open_transaction(self._pool) as connection:
            yield PostgresBookTransaction(
                connection, delivers=self._delivers, gives_way=self._gives_way
            )

    async def read_member(
        self, bucket: int, member_id: UUID, now: dt.datetime
    ) -> MemberBook | None:
        """A member as of now, without locks: for quotes.

        Raises:
            StoreError: the database cannot be asked.
        """
        book = Book(now)
        async with reading_connection(self._pool, self._reads) as connection:
            await read_member(connection, book, (bucket, member_id), _slots_since(book))
        return book.members.get(member_id)

    async def read_certificates(
        self, refs: Collection[CertificateRef]
    ) -> dict[CertificateRef, Certificate]:
        """Certificates as of now, without locks: for quotes. Those that are unknown are left out.

        Raises:
            StoreError: the database cannot be asked.
        """
        if not refs:
            return {}
        async with reading_connection(self._pool, self._reads) as connection:
            return await certificate_store.read_certificates(connection, refs)


class PostgresBookTransaction:
    """The steps of one batch, in the only order that is right."""

    def __init__(
        self, connection: Connection[Any], *, delivers: bool = False, gives_way: bool = False
    ) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._delivers = delivers
        self._gives_way = gives_way

    async def lock_keys(self, keys: Collection[int]) -> Book:
        """Lock keys in rising order, and begin the book at the transaction's time."""
        record = await self._connection.fetchrow(QUERIES["lock_keys"], sorted(keys))
        return Book(record["now"])

    async def read_keys(self, book: Book, refs: KeyRefs) -> None:
        """Fill in what earlier calls left under the keys."""
        requests = sorted(refs.requests)
        purchases = sorted(refs.purchases)
        naturals = sorted(refs.naturals)
        identifiers = sorted(refs.identifiers)
        returns = sorted(refs.returns)
        qr_codes = sorted(refs.qr_codes)
        record = await self._connection.fetchrow(
            QUERIES["read_keys"],
            [key_bucket(partner, request) for partner, _, request in requests],
            *_columns(requests, 3),
            [key_bucket(partner, purchase) for partner, purchase in purchases],
            *_columns(purchases, 2),
            [natural_bucket(ref) for ref in naturals],
            *_columns(naturals, 6),
            [bucket_of(digest) for _, _, digest in identifiers],
            *_columns(identifiers, 3),
            [key_bucket(partner, return_id) for partner, return_id in returns],
            *_columns(returns, 2),
            sorted(refs.stop_lists),
            [bucket_of(token_id.bytes) for _, token_id in qr_codes],
            *_columns(qr_codes, 2),
        )
        for row in record["requests"] or ():
            request = rows.RequestKey(*row)
            book.requests[request.partner_id, request.method, request.request_id] = request
        for row in record["purchases"] or ():
            purchase = rows.PurchaseKey(*row)
            purchase.returned = orjson.loads(row[9])
            purchase.settled = orjson.loads(row[13])
            book.purchases[purchase.partner_id, purchase.purchase_id] = purchase
        for row in record["holds"] or ():
            hold = rows.Hold(*row)
            # asyncpg does not decode jsonb inside anonymous records; so it comes as text.
            hold.lots = orjson.loads(row[8])
            hold.claims = orjson.loads(row[9])
            book.holds[hold.hold_id] = hold
        for receipt_id, answer in record["answers"] or ():
            book.answers[receipt_id] = answer
        for row in record["naturals"] or ():
            natural = rows.NaturalKey(*row)
            book.naturals[
                natural.partner_id,
                natural.store_code,
                natural.terminal_code,
                natural.shift,
                natural.receipt_number,
                natural.business_day,
            ] = natural
        for row in record["identifiers"] or ():
            card_store.add_identifier(book, row)
        for row in record["returns"] or ():
            returned = return_rows.ReturnKey(*row)
            book.returns[returned.partner_id, returned.return_id] = returned
        for row in record["stops"] or ():
            stop = CampaignStop(*row)
            book.stops[stop.partner_id, stop.campaign_code] = stop
        for credit_id, answer in record["credit_answers"] or ():
            book.answers[credit_id] = answer
        for row in record["qr_claims"] or ():
            claim = QrClaim(*row)
            book.qr_claims[claim.partner_id, claim.token_id] = claim
        for return_receipt_id, answer in record["return_answers"] or ():
            book.answers[return_receipt_id] = answer
        book.looks_back = refs.looks_back
        await self._read_named(book, refs)
        await identity_store.read_identities(self._connection, book, refs)
        await sold_earlier.read_publications(self._connection, book, refs)
        await sold_earlier.read_store_numbers(self._connection, book, refs)
        await correction_store.read_corrections(self._connection, book, refs)
        await gift_store.read_given(self._connection, book, refs.gifts_given)
        await sold_earlier.read_sales(self._connection, book, refs.sales)

    async def _read_named(self, book: Book, refs: KeyRefs) -> None:
        """Fill in campaigns and freezes that operators name."""
        if not (refs.campaigns or refs.freezes):
            return
        freezes = sorted(refs.freezes)
        record = await self._connection.fetchrow(
            QUERIES["read_named"],
            *_columns(sorted(refs.campaigns), 2),
            [bucket_of_uuid(freeze_id) for freeze_id in freezes],
            freezes,
        )
        book.campaigns.update(map(tuple, record["campaigns"] or ()))
        for row in record["freezes"] or ():
            freeze = rows.Freeze(*row)
            freeze.lots = orjson.loads(row[6])
            book.freezes[freeze.freeze_id] = freeze

    async def load_sale_state(self, book: Book) -> None:
        """Read the lots and slots that sales and corrections moved; what guards them is locked."""
        moved = [(sale.purse_id, sale.movements) for sale in book.sales.values()]
        moved += [(each.row.purse_id, each.movements) for each in book.corrections.values()]
        moved += [(each.row.purse_id, each.movements) for each in book.gifts_given.values()]
        lots = sorted(
            (bucket_of_uuid(purse_id), purse_id, lot_id)
            for purse_id, movements in moved
            if purse_id is not None
            for lot_id in movements
        )
        if not (lots or book.sales):
            return
        slots = sorted(
            (u.bucket, u.owner_id, u.subject_id, u.campaign_code, u.limit_code, u.sku, u.slot_start)
            for sale in book.sales.values()
            for u in sale.limit_uses
        )
        record = await self._connection.fetchrow(
            QUERIES["read_sale_state"], *_columns(lots, 3), *_columns(slots, 7)
        )
        for row in record["lots"] or ():
            lot = rows.Lot(*row)
            book.members[lot.member_id].lots[lot.lot_id] = lot
        for row in record["slots"] or ():
            slot = rows.LimitSlot(*row)
            owner = book.slots_of(slot)
            owner[slot_ref(slot)] = slot

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        """Lock members, whom they were merged into, and households, sorted; then read them.

        A store that gives way leaves out who is locked.

        Raises:
            StoreError: somebody was merged, joined or left while the lock was waited for.
        """
        wanted = sorted((bucket_of_uuid(member_id), member_id) for member_id in set(member_ids))
        if wanted:
            found = await lock_members(
                self._connection, wanted, gives_way=self._gives_way and len(wanted) > 1
            )
            record = await self._connection.fetchrow(
                QUERIES["read_members"], *_columns(found, 2), _slots_since(book)
            )
            fill_locked_members(book, record)

    async def load_merged(self, book: Book, member_ids: Collection[UUID]) -> None:
        """Read how members were merged whose own books are written; they are locked."""
        await identity_store.read_merged(self._connection, book, member_ids)

    async def load_visits(self, book: Book, since: Mapping[UUID, dt.date]) -> None:
        """Read what counts of members' receipts, and what is to be counted; they are locked."""
        await visit_store.read_visits(self._connection, book, since)

    async def load_coupons(self, book: Book, refs: Iterable[CouponRef]) -> None:
        """Lock unique coupons, sorted; a locked row is read as it is then."""
        await coupon_store.lock_coupons(self._connection, book, refs)

    async def load_certificates(
        self, book: Book, refs: Iterable[CertificateRef], followed: Collection[CertificateRef]
    ) -> None:
        """Lock certificates, sorted, and read them; and the heirs of those that are `followed`."""
        await certificate_store.lock_certificates(self._connection, book, refs, followed)

    async def load_limits(self, book: Book, refs: Iterable[LimitRef]) -> None:
        """Lock limits that many members share, sorted, then read their slots."""
        wanted = sorted((bucket_of_uuid(ref[0]), *ref) for ref in set(refs))
        if not wanted:
            return
        columns = _columns(wanted, 4)
        found = await self._connection.fetch(QUERIES["lock_limits"], *columns)
        if len(found) < len(wanted):
            await self._connection.execute(QUERIES["make_limits"], *columns)
            found = await self._connection.fetch(QUERIES["lock_limits"], *columns)
        for row in found:
            limit = rows.SharedLimit(*row)
            ref = (limit.owner_id, limit.campaign_code, limit.limit_code)
            book.limits[ref] = LimitBook(limit)
        slots = await self._connection.fetch(
            QUERIES["read_limit_slots"], *columns, _slots_since(book)
        )
        for row in slots:
            slot = rows.LimitSlot(*row)
            limits = book.limits[slot.owner_id, slot.campaign_code, slot.limit_code]
            limits.slots[slot_ref(slot)] = slot

    async def lock_budgets(self, book: Book, refs: Iterable[BudgetRef]) -> None:
        """Lock budget rows, last and sorted."""
        wanted = sorted((budget_bucket(ref), *ref) for ref in set(refs))
        if not wanted:
            return
        columns = _columns(wanted, 3)
        found = await self._connection.fetch(QUERIES["lock_budgets"], *columns)
        if len(found) < len(wanted):
            await self._connection.execute(QUERIES["make_budgets"], *columns)
            found = await self._connection.fetch(QUERIES["lock_budgets"], *columns)
        for row in found:
            budget = rows.Budget(*row)
            book.budgets[budget.partner_id, budget.campaign_code] = budget

    async def lock_gifts(self, book: Book, refs: Iterable[GiftRef]) -> None:
        """Lock stocks of gifts, after the budgets and sorted."""
        await gift_store.lock_stocks(self._connection, book, refs)

    async def read_gifts_had(self, book: Book, refs: Collection[GiftsHadRef]) -> None:
        """Read what operators gave members, under these members' locks."""
        await gift_store.read_had(self._connection, book, refs)

    async def write(self, book: Book) -> None:
        """Write everything that the batch changed."""
        writes = book.writes
        await close_personal(self._connection, writes.changes)
        if writes.new_members or writes.identifiers or writes.bound_cards:
            await self._write(
                "write_enrolment",
                member=writes.new_members,
                member_profile=writes.profiles,
                identifier=writes.identifiers,
                card_bound=writes.bound_cards,
                participation=writes.participations,
            )
        await card_store.write_cards(self._connection, writes.cards)
        if writes.interventions:
            await self._write(
                "write_interventions",
                campaign_stop=writes.stops.values(),
                identifier_changed=writes.changed_identifiers.values(),
                point_freeze=writes.new_freezes.values(),
                participation_changed=writes.memberships.values(),
                freeze_changed=writes.freezes.values(),
                traits_changed=writes.traits.values(),
                intervention=writes.interventions,
            )
        if writes.qr_claims:
            await self._write("write_qr_claims", qr_claim=writes.qr_claims.values())
        await correction_store.write_corrections(self._connection, writes)
        await coupon_store.write_coupons(self._connection, writes.coupons)
        await gift_store.write_gifts(self._connection, writes.gifts)
        if writes.without_receipt:
            await self._write("write_without_receipt", returned=writes.without_receipt)
        await certificate_store.write_certificates(self._connection, writes)
        await visit_store.write_visits(self._connection, writes)
        await identity_store.write_identities(self._connection, writes.identities)
        await self._write_book(
            posting=writes.postings,
            entry=writes.entries,
            lot_movement=writes.lot_movements,
            receipt=writes.receipts,
            credit=writes.credits,
            return_receipt=writes.returns,
            return_line=writes.return_lines,
            return_key=writes.return_keys.values(),
            limit_use=writes.limit_uses,
            budget_use=writes.budget_uses,
            event=writes.events,
            event_pending=writes.events if self._delivers else (),
            visit_pending=writes.visits_pending,
            request_key=writes.requests.values(),
            natural_key=writes.naturals.values(),
            lot=writes.new_lots.values(),
            hold=writes.new_holds.values(),
            account=writes.accounts.values(),
            purchase_key=writes.purchases.values(),
            limit_slot=writes.slots.values(),
            lot_changed=writes.lots.values(),
            hold_changed=writes.holds.values(),
            budget_changed=writes.budgets.values(),
            member_changed=writes.members.values(),
        )
        if writes.changes:
            await self._write("note_changes", change=writes.changes)

    async def _write_book(self, **rows_of: Collection[object]) -> None:
        text, columns = narrowed("write_book", rows_of, _FAMILIES)
        await self._connection.execute(text, *columns)

    async def _write(self, query: str, **rows_of: Collection[object]) -> None:
        await self._connection.execute(QUERIES[query], *columns_of(query, rows_of))


def _slots_since(book: Book) -> dt.datetime:
    """From when on slots of limits may count for a sale of the batch."""
    return book.now.replace(tzinfo=None) - book.looks_back - SLOT_AGE


def _columns(values: list[Any], width: int) -> list[tuple[Any, ...]]:
    """Tuples as columns, for unnest."""
    return list(zip(*values, strict=True)) if values else [()] * width
