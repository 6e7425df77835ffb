"""Books over plain dicts: what `checkout.store.book_store` does with tables, without a server.

It decides nothing. Rows are copied when they are read and when they are written, so that a batch
that fails changes nothing; new rows that are there already are refused as the primary keys of the
tables would. The clock stands where the story sets it.
"""

from __future__ import annotations

import copy
import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.sale import load_content
from checkout.ledger import rows
from checkout.ledger.book import (
    Book,
    LimitBook,
    MemberBook,
    budget_bucket,
)
from checkout.ledger.certificates import free_of, is_over
from checkout.ledger.corrections import CorrectionBook
from checkout.ledger.lots import is_to_begin, is_to_end
from checkout.ledger.rows import Budget, SharedLimit
from checkout.ledger.sale_book import SaleBook, SoldContent
from checkout.primitives import bucket_of_uuid, digest
from checkout.stories.memory_coupons import MemoryCoupons
from checkout.stories.memory_gifts import MemoryGifts
from checkout.stories.memory_identities import MemoryIdentities
from checkout.stories.memory_rows import insert_rows, read_rows, update_rows
from checkout.stories.memory_visits import MemoryVisits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping

    from checkout.ledger import correction_rows, return_rows, stop_rows
    from checkout.ledger.book import (
        BudgetRef,
        CampaignRef,
        IdentifierRef,
        KeyRefs,
        LimitRef,
        NaturalRef,
        PurchaseRef,
        QrRef,
        RequestRef,
        ReturnRef,
        SlotRef,
    )
    from checkout.ledger.card_rows import NewCard
    from checkout.ledger.certificate_rows import Certificate, CertificateBatch, CertificateEntry
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.credit_rows import Credit
    from checkout.ledger.gift_rows import GiftRef, GiftsHadRef
    from checkout.ledger.qr_rows import QrClaim
    from checkout.ledger.writes import Writes

#: Where a story's clock stands before the story sets it.
_EPOCH: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class MemoryBookStore:
    """All hot tables as dicts by their keys."""

    def __init__(self) -> None:
        self.now = _EPOCH
        self.requests: dict[RequestRef, rows.RequestKey] = {}
        self.purchases: dict[PurchaseRef, rows.PurchaseKey] = {}
        self.naturals: dict[NaturalRef, rows.NaturalKey] = {}
        self.identifiers: dict[IdentifierRef, rows.Identifier] = {}
        self.new_cards: dict[IdentifierRef, NewCard] = {}
        self.holds: dict[UUID, rows.Hold] = {}
        self.receipts: dict[UUID, rows.Receipt] = {}
        self.returns: dict[UUID, return_rows.ReturnReceipt] = {}
        self.return_keys: dict[ReturnRef, return_rows.ReturnKey] = {}
        self.without_receipt: dict[UUID, return_rows.ReturnWithoutReceipt] = {}
        self.return_lines: list[return_rows.ReturnLine] = []
        self.members: dict[UUID, rows.Member] = {}
        self.profiles: dict[UUID, rows.Profile] = {}
        self.lists: dict[UUID, frozenset[str]] = {}
        self.participations: dict[tuple[UUID, str], rows.Participation] = {}
        self.accounts: dict[tuple[UUID, str], rows.Account] = {}
        self.lots: dict[UUID, rows.Lot] = {}
        self.slots: dict[tuple[UUID, SlotRef], rows.LimitSlot] = {}
        self.budgets: dict[BudgetRef, rows.Budget] = {}
        self.postings: list[rows.Posting] = []
        self.entries: list[rows.Entry] = []
        self.lot_movements: list[rows.LotMovement] = []
        self.limit_uses: list[rows.LimitUse] = []
        self.budget_uses: list[rows.BudgetUse] = []
        self.stops: dict[CampaignRef, stop_rows.CampaignStop] = {}
        self.freezes: dict[UUID, rows.Freeze] = {}
        self.interventions: list[rows.Intervention] = []
        self.credits: dict[UUID, Credit] = {}
        #: Snapshots by when they were published, in order.
        self.publications: list[tuple[dt.datetime, str]] = []
        self.corrections: dict[UUID, correction_rows.Correction] = {}
        self.bulks: dict[UUID, correction_rows.Bulk] = {}
        self.qr_claims: dict[QrRef, QrClaim] = {}
        self.coupons = MemoryCoupons()
        self.gifts = MemoryGifts()
        self.visits = MemoryVisits()
        self.identities = MemoryIdentities()
        self.certificates: dict[CertificateRef, Certificate] = {}
        self.certificate_entries: list[CertificateEntry] = []
        self.certificate_batches: list[CertificateBatch] = []

    def purchase_with_number(
        self, store_code: str, business_day: dt.date, receipt_number: str
    ) -> str:
        """The first purchase of a store and day with this receipt number; empty: none."""
        place = (store_code, receipt_number)
        for row in self.receipts.values():
            if not receipt_number or (row.store_code, row.receipt_number) != place:
                continue
            if business_day in (row.business_day, load_content(row.content)[0].local_time.date()):
                return row.purchase_id
        return ""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        """One transaction; stories run one call after the other, so nobody has to wait."""
        yield MemoryTransaction(self)

    async def read_certificates(
        self, refs: Collection[CertificateRef]
    ) -> dict[CertificateRef, Certificate]:
        """Certificates as they are, for quotes."""
        return read_rows(self.certificates, refs)

    def due_holds(self) -> list[tuple[UUID, str]]:
        """Pending holds whose time is over, the earliest first."""
        due = [h for h in self.holds.values() if h.state == "pending" and h.expires_at <= self.now]
        due.sort(key=lambda hold: hold.expires_at)
        return [(hold.partner_id, hold.purchase_id) for hold in due]

    def published_at(self, at: dt.datetime) -> str:
        """What was in force then; before the first publication that one."""
        past = [snapshot_id for since, snapshot_id in self.publications if since <= at]
        return past[-1] if past else self.publications[0][1]

    def due_lots(self, ended_by: dt.datetime) -> list[tuple[UUID, UUID]]:
        """Partner and member of lots whose beginning (by now) or end (by then) is to be booked."""
        due = {
            lot.member_id
            for lot in self.lots.values()
            if is_to_begin(lot, self.now) or is_to_end(lot, ended_by)
        }
        return [(self.members[member_id].partner_id, member_id) for member_id in sorted(due)]

    def due_certificates(self, ended_by: dt.datetime) -> list[CertificateRef]:
        """Certificates whose end (by then) is to be booked."""
        return sorted(
            ref
            for ref, certificate in self.certificates.items()
            if free_of(certificate) and is_over(certificate, ended_by)
        )

    def _apply_traits(self, writes: Writes) -> None:
        for told in copy.deepcopy(writes.traits).values():
            profile = self.profiles.setdefault(
                told.member_id, rows.Profile(told.bucket, told.member_id)
            )
            profile.traits = told.traits
            profile.phone = told.phone or profile.phone
            profile.external_id = told.external_id or profile.external_id

    def _apply_identifiers(self, writes: Writes) -> None:
        """Identifiers, issued cards that are somebody's now, and new ones that are nobody's."""
        insert_rows(
            self.identifiers,
            (((i.partner_id, i.kind, i.digest), i) for i in writes.identifiers),
        )
        for card in writes.bound_cards:
            ref = (card.partner_id, card.kind, card.digest)
            del self.new_cards[ref]
            insert_rows(self.identifiers, [(ref, card)])
        insert_rows(self.new_cards, writes.cards.new.items())
        changed = writes.changed_identifiers
        update_rows(self.identifiers, changed, "blocked_at", "replaced_by", "replaced_for")

    def apply(self, writes: Writes) -> None:
        """Write everything that a batch changed."""
        insert_rows(self.members, ((m.member_id, m) for m in writes.new_members))
        insert_rows(self.profiles, ((p.member_id, p) for p in writes.profiles))
        self._apply_identifiers(writes)
        insert_rows(
            self.participations,
            (((p.member_id, p.program_code), p) for p in writes.participations),
        )
        insert_rows(self.receipts, ((r.receipt_id, r) for r in writes.receipts))
        insert_rows(self.returns, ((r.return_receipt_id, r) for r in writes.returns))
        taken = writes.without_receipt
        insert_rows(self.without_receipt, ((r.return_receipt_id, r) for r in taken))
        insert_rows(self.return_keys, writes.return_keys.items())
        self.return_lines += copy.deepcopy(writes.return_lines)
        insert_rows(self.credits, ((c.credit_id, c) for c in writes.credits))
        insert_rows(self.requests, writes.requests.items())
        insert_rows(self.naturals, writes.naturals.items())
        insert_rows(self.lots, writes.new_lots.items())
        insert_rows(self.holds, writes.new_holds.items())
        self.postings += copy.deepcopy(writes.postings)
        self.entries += copy.deepcopy(writes.entries)
        self.lot_movements += copy.deepcopy(writes.lot_movements)
        self.limit_uses += copy.deepcopy(writes.limit_uses)
        self.budget_uses += copy.deepcopy(writes.budget_uses)
        self.accounts |= copy.deepcopy(writes.accounts)
        self.purchases |= copy.deepcopy(writes.purchases)
        self.slots |= copy.deepcopy(writes.slots)
        insert_rows(self.freezes, writes.new_freezes.items())
        self.participations |= copy.deepcopy(writes.memberships)
        self._apply_traits(writes)
        self.stops |= copy.deepcopy(writes.stops)
        self.interventions += copy.deepcopy(writes.interventions)
        self.coupons.apply(writes.coupons)
        self.gifts.apply(writes.gifts)
        self.visits.apply(writes)
        self.participations |= copy.deepcopy(writes.standings)
        self.identities.apply(writes.identities)
        insert_rows(
            self.certificates,
            (((c.partner_id, c.digest), c) for c in writes.new_certificates.values()),
        )
        changed = writes.certificates.values()
        self.certificates |= copy.deepcopy({(c.partner_id, c.digest): c for c in changed})
        self.certificate_batches += copy.deepcopy(writes.certificate_batches)
        self.certificate_entries += copy.deepcopy(writes.certificate_entries)
        update_rows(self.freezes, writes.freezes, "restored_at")
        insert_rows(self.bulks, writes.bulks.items())
        insert_rows(self.qr_claims, writes.qr_claims.items())
        insert_rows(self.corrections, writes.new_corrections.items())
        self.corrections |= copy.deepcopy(writes.corrections)
        update_rows(self.lots, writes.lots, "remaining", "held", "frozen", "is_pending", "expired")
        update_rows(self.holds, writes.holds, "state", "expires_at", "ended_at")
        update_rows(
            self.budgets,
            writes.budgets,
            "discount_used",
            "discount_held",
            "uses_used",
            "uses_held",
        )
        update_rows(
            self.members,
            writes.members,
            *("version", "blocked_at", "purchases", "last_purchase_on"),
            *("household_id", "household_size", "merged_into", "other_names", "erased_at"),
        )


class MemoryTransaction:
    """The steps of one batch over dicts."""

    def __init__(self, store: MemoryBookStore) -> None:
        self._store = store

    async def lock_keys(self, keys: Collection[int]) -> Book:
        """Begin the book at the story's time; there is nobody to lock out."""
        del keys
        return Book(self._store.now)

    async def read_keys(self, book: Book, refs: KeyRefs) -> None:
        """Fill in what earlier calls left under the keys."""
        store = self._store
        book.requests |= read_rows(store.requests, refs.requests)
        for request in book.requests.values():
            if request.answer is None and request.receipt_id is not None:
                request.answer = store.receipts[request.receipt_id].answer
        book.purchases |= read_rows(store.purchases, refs.purchases)
        for purchase in book.purchases.values():
            if purchase.hold_id is not None:
                book.holds |= read_rows(store.holds, (purchase.hold_id,))
            if purchase.receipt_id is not None:
                answer = store.receipts[purchase.receipt_id].answer
                book.answers[purchase.receipt_id] = answer
            if purchase.credit_id is not None:
                book.answers[purchase.credit_id] = store.credits[purchase.credit_id].answer
        book.naturals |= read_rows(store.naturals, refs.naturals)
        book.identifiers |= read_rows(store.identifiers, refs.identifiers)
        book.new_cards |= read_rows(store.new_cards, refs.identifiers)
        book.freezes |= read_rows(store.freezes, refs.freezes)
        book.stops |= read_rows(store.stops, (r for r in store.stops if r[0] in refs.stop_lists))
        for partner_id, at in refs.publications:
            book.publications[partner_id, at] = store.published_at(at)
        for number in refs.store_numbers:
            taken_by = store.purchase_with_number(*number[1:])
            if taken_by:
                book.store_numbers[number] = taken_by
        book.returns |= read_rows(store.return_keys, refs.returns)
        for returned in book.returns.values():
            by = returned.return_receipt_id
            found = store.returns.get(by) or store.without_receipt[by]
            book.answers[by] = found.answer
        self._read_sales(book, refs.sales)
        store.identities.fill(book, refs)
        book.bulks |= read_rows(store.bulks, refs.bulks)
        book.qr_claims |= read_rows(store.qr_claims, refs.qr_codes)
        for correction_id, correction in read_rows(store.corrections, refs.corrections).items():
            moved = {
                m.lot_id: m.amount for m in store.lot_movements if m.posting_id == correction_id
            }
            book.corrections[correction_id] = CorrectionBook(correction, moved)
        store.gifts.load_given(book, refs.gifts_given, store.lot_movements)

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        """Read members with everything that a sale needs of them."""
        store = self._store
        wanted = store.identities.with_others(set(member_ids), store.members)
        households = {row.household_id for row in read_rows(store.members, wanted).values()}
        wanted |= {household_id for household_id in households if household_id is not None}
        for member_id, row in read_rows(store.members, wanted).items():
            member = MemberBook(row, lists=store.lists.get(member_id, frozenset()))
            profile = store.profiles.get(member_id)
            if profile is not None:
                member.gender, member.birth_date = profile.gender, profile.birth_date
                member.traits = copy.deepcopy(profile.traits)
            for (owner, program), participation in store.participations.items():
                if owner == member_id:
                    member.participations[program] = copy.copy(participation)
            for (owner, currency), account in store.accounts.items():
                if owner == member_id:
                    member.accounts[currency] = copy.copy(account)
            for lot_id, lot in store.lots.items():
                if lot.member_id == member_id and lot.remaining > 0:
                    member.lots[lot_id] = copy.copy(lot)
            for (owner, slot_of), slot in store.slots.items():
                if owner == member_id:
                    member.slots[slot_of] = copy.copy(slot)
            member.tags = store.coupons.tags_of(member_id)
            member.windows = copy.deepcopy(store.visits.windows.get(member_id))
            book.members[member_id] = member
        book.join_households()
        book.join_merged()

    async def load_merged(self, book: Book, member_ids: Collection[UUID]) -> None:
        """Read how members were merged, and who of them has a hold."""
        store = self._store
        store.identities.fill_merged(book, member_ids, store.lots, store.holds)

    async def load_visits(self, book: Book, since: Mapping[UUID, dt.date]) -> None:
        """Read what counts of members' receipts, and what is to be counted."""
        self._store.visits.load(self._store, book, since)

    def _read_sales(self, book: Book, refs: Collection[PurchaseRef]) -> None:
        """Fill in the sales of purchases that were confirmed."""
        store = self._store
        for ref in refs:
            purchase = book.purchases.get(ref)
            if purchase is None or purchase.receipt_id is None:
                continue
            row = store.receipts[purchase.receipt_id]
            sale = SaleBook(
                row.bucket,
                row.month,
                row.receipt_id,
                row.program_code,
                row.store_code,
                row.member_id,
                row.snapshot_id,
                row.confirmed_at,
                row.household_id,
            )
            book.sales[row.receipt_id] = sale
            store_id = UUID(bytes=digest(b"store", row.store_code.encode()))
            book.contents[row.receipt_id] = SoldContent(store_id, row.content, row.facts)
            by = {row.receipt_id, purchase.credit_id}
            if purchase.credit_id is not None:
                credit = store.credits[purchase.credit_id]
                sale.bucket, sale.member_id = credit.bucket, credit.member_id
                sale.household_id = credit.household_id
            for posting in store.postings:
                if posting.receipt_id in by and posting.kind in {"sale", "credit"}:
                    sale.posting_id = posting.posting_id
            for movement in store.lot_movements:
                if movement.posting_id == sale.posting_id:
                    sale.movements[movement.lot_id] = movement.amount
            for entry in store.entries:
                if entry.posting_id == sale.posting_id and entry.role in {"debt", "written_off"}:
                    short = sale.owed if entry.role == "debt" else sale.written_off
                    short[entry.currency] = -entry.amount
            sale.limit_uses = [u for u in store.limit_uses if u.receipt_id in by]
            sale.shared = {
                (u.owner_id, u.campaign_code, u.limit_code)
                for u in sale.limit_uses
                if u.owner_id not in {sale.member_id, sale.household_id}
            }
            sale.budget_uses = [u for u in store.budget_uses if u.receipt_id in by]
            store.coupons.fill_sale(sale)
            store.gifts.fill_sale(sale)

    async def load_sale_state(self, book: Book) -> None:
        """Read the lots that sales moved; slots of any age have been read with their owners."""
        moved = [sale.movements for sale in book.sales.values()]
        moved += [correction.movements for correction in book.corrections.values()]
        moved += [given.movements for given in book.gifts_given.values()]
        for movements in moved:
            for lot_id in movements:
                lot = copy.copy(self._store.lots[lot_id])
                book.members[lot.member_id].lots[lot_id] = lot

    async def load_coupons(self, book: Book, refs: Iterable[CouponRef]) -> None:
        """Read unique coupons."""
        self._store.coupons.load(book, refs)

    async def load_certificates(
        self, book: Book, refs: Iterable[CertificateRef], followed: Collection[CertificateRef]
    ) -> None:
        """Read certificates, and the heirs of those that are `followed`."""
        book.certificates |= read_rows(self._store.certificates, refs)
        found = [book.certificates[ref] for ref in followed if ref in book.certificates]
        waiting = [(each.partner_id, each.moved_to) for each in found]
        while waiting:
            partner_id, digest = waiting.pop()
            if digest is not None:
                heirs = read_rows(self._store.certificates, [(partner_id, digest)])
                book.certificates |= heirs
                for heir in heirs.values():
                    waiting += [(partner_id, heir.moved_to), (partner_id, heir.moved_before)]

    async def load_limits(self, book: Book, refs: Iterable[LimitRef]) -> None:
        """Read shared limits with their slots."""
        for ref in set(refs):
            owner_id, campaign, limit = ref
            row = SharedLimit(bucket_of_uuid(owner_id), owner_id, campaign, limit)
            book.limits[ref] = LimitBook(row)
            for (owner, slot_of), slot in self._store.slots.items():
                if (owner, *slot_of[1:3]) == ref:
                    book.limits[ref].slots[slot_of] = copy.copy(slot)

    async def lock_budgets(self, book: Book, refs: Iterable[BudgetRef]) -> None:
        """Read budget rows, made empty where there was none."""
        for ref in set(refs):
            self._store.budgets.setdefault(ref, Budget(budget_bucket(ref), *ref, 0, 0, 0, 0))
            book.budgets |= read_rows(self._store.budgets, (ref,))

    async def lock_gifts(self, book: Book, refs: Iterable[GiftRef]) -> None:
        """Read stocks of gifts."""
        self._store.gifts.load_stocks(book, refs)

    async def read_gifts_had(self, book: Book, refs: Collection[GiftsHadRef]) -> None:
        """Read what operators gave members."""
        self._store.gifts.load_had(book, refs)

    async def write(self, book: Book) -> None:
        """Write everything that the batch changed."""
        self._store.apply(book.writes)
