"""The book of a batch: the rows that its operations need, under locks, and what the batch changes.

A flow loads a `Book`, lets every operation of the batch decide on it in turn - so that the second
receipt of a member sees what the first took - and hands the `Writes` to the store. Rows are changed
in place; each changed row stands once in the writes, however many operations touched it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.ledger.identity_book import IdentityBook
from checkout.ledger.lots import available_minor
from checkout.ledger.rows import Account, LimitSlot
from checkout.ledger.writes import Writes
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger import (
        certificate_rows,
        correction_rows,
        coupon_rows,
        gift_rows,
        qr_rows,
        return_rows,
        rows,
        stop_rows,
        visit_rows,
    )
    from checkout.ledger.card_rows import NewCard
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.corrections import CorrectionBook
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.gift_rows import GiftRef, GiftsHadRef
    from checkout.ledger.gifts import GivenBook
    from checkout.ledger.sale_book import SaleBook, SoldContent

PurchaseRef = tuple["UUID", str]
#: Partner and the till's id of a return.
ReturnRef = tuple["UUID", str]
RequestRef = tuple["UUID", str, str]
IdentifierRef = tuple["UUID", str, bytes]
NaturalRef = tuple["UUID", str, str, str, str, dt.date]
#: Partner, store, business day and receipt number, whatever the terminal and shift.
StoreNumberRef = tuple["UUID", str, dt.date, str]
BudgetRef = tuple["UUID", str]
#: Partner and the id of a QR code.
QrRef = tuple["UUID", "UUID"]
#: Partner and campaign.
CampaignRef = tuple["UUID", str]
#: Partner and a moment of the past.
PublicationRef = tuple["UUID", dt.datetime]
#: Subject, campaign, limit, article and beginning of a slot.
SlotRef = tuple["UUID", str, str, str, dt.datetime]
#: Owner (a store, a partner or a terminal), campaign and limit.
LimitRef = tuple["UUID", str, str]


@dataclass(slots=True)
class ContestedRefs:
    """What many sales draw on: rows that are locked after the members."""

    limits: set[LimitRef] = field(default_factory=set)
    budgets: set[BudgetRef] = field(default_factory=set)
    gifts: set[GiftRef] = field(default_factory=set)
    #: Members and gifts of which is read how many operators gave since a moment.
    gifts_had: set[GiftsHadRef] = field(default_factory=set)

    def add(self, other: ContestedRefs) -> None:
        """Take those of another operation, too."""
        self.limits |= other.limits
        self.budgets |= other.budgets
        self.gifts |= other.gifts
        self.gifts_had |= other.gifts_had


@dataclass(slots=True)
class KeyRefs:
    """The keys that a batch reads."""

    requests: set[RequestRef] = field(default_factory=set)
    purchases: set[PurchaseRef] = field(default_factory=set)
    naturals: set[NaturalRef] = field(default_factory=set)
    identifiers: set[IdentifierRef] = field(default_factory=set)
    returns: set[ReturnRef] = field(default_factory=set)
    #: Purchases whose sale is read, too: see `SaleBook` and `SoldContent`.
    sales: set[PurchaseRef] = field(default_factory=set)
    #: Partners whose emergency-stop list is read.
    stop_lists: set[UUID] = field(default_factory=set)
    #: Campaigns of which it is asked whether the rules have them.
    campaigns: set[CampaignRef] = field(default_factory=set)
    freezes: set[UUID] = field(default_factory=set)
    #: Moments of which it is asked what was in force.
    publications: set[PublicationRef] = field(default_factory=set)
    #: Receipt numbers of which it is asked who has them in the whole store.
    store_numbers: set[StoreNumberRef] = field(default_factory=set)
    #: How long ago the earliest sale of the batch was made: uses of limits count from there back.
    looks_back: dt.timedelta = dt.timedelta()
    corrections: set[UUID] = field(default_factory=set)
    bulks: set[UUID] = field(default_factory=set)
    qr_codes: set[QrRef] = field(default_factory=set)
    #: Gifts that operators gave, by partner and id: nobody reads what another one's moved.
    gifts_given: set[tuple[UUID, UUID]] = field(default_factory=set)
    merges: set[UUID] = field(default_factory=set)
    persons: set[UUID] = field(default_factory=set)
    #: Members of whom it is asked which persons they are.
    linked: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class MemberBook:
    """Everything of one member, or of a household, that a sale reads or changes."""

    member: rows.Member
    gender: str = ""
    birth_date: dt.date | None = None
    #: What rules may know beside: `checkout.flows.traits.Traits` as JSON.
    traits: dict[str, Any] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    participations: dict[str, rows.Participation] = field(default_factory=dict)
    accounts: dict[str, rows.Account] = field(default_factory=dict)
    lots: dict[UUID, rows.Lot] = field(default_factory=dict)
    slots: dict[SlotRef, rows.LimitSlot] = field(default_factory=dict)
    #: Tags that sales gave, beside those of the traits.
    tags: dict[str, coupon_rows.MemberTag] = field(default_factory=dict)
    #: What was bought in windows; none before the first count.
    windows: visit_rows.MemberWindows | None = None
    #: The household that the member pools points with.
    household: MemberBook | None = None
    #: Members who were merged into this one; see `checkout.ledger.merged_view`.
    absorbed: list[MemberBook] = field(default_factory=list)
    #: The one that this member was merged into.
    into: MemberBook | None = None

    @property
    def is_household(self) -> bool:
        """Whether it is a household."""
        return self.member.household_size is not None

    @property
    def survivor(self) -> MemberBook:
        """Who is meant by the member's id: whom it was merged into, or the member."""
        return self.into or self

    @property
    def purse(self) -> MemberBook:
        """Whose accounts and lots the member earns to and spends from."""
        return self.household or self

    def account(self, currency: str) -> rows.Account:
        """The account in a currency; a new empty one if there is none yet."""
        account = self.accounts.get(currency)
        if account is None:
            account = Account(self.member.bucket, self.member.member_id, currency, 0, 0, 0)
            self.accounts[currency] = account
        return account

    def take_in(self, other: MemberBook) -> None:
        """Have another name.

        Names have an order, however they were read: of some things the first that is known counts.
        """
        self.absorbed = sorted([*self.absorbed, other], key=lambda each: each.member.member_id)

    def participation(self, program: str) -> rows.Participation | None:
        """The part that the member takes in a program; none of one who has left it."""
        found = self.part_in(program)
        return found if found is not None and found.left_at is None else None

    def has_left(self, program: str) -> bool:
        """Whether the member once took part in a program, and does not any more."""
        found = self.part_in(program)
        return found is not None and found.left_at is not None

    def part_in(self, program: str) -> rows.Participation | None:
        """The member's own row, without one that of a merged member; who may have left."""
        own = self.participations.get(program)
        if own is not None or not self.absorbed:
            return own
        parts = [each.participations.get(program) for each in self.absorbed]
        found = [part for part in parts if part is not None]
        return min(found, key=lambda part: part.left_at is not None, default=None)

    def is_frozen(self, currency: str) -> bool:
        """Whether nothing of an account may be spent."""
        account = self.accounts.get(currency)
        return account is not None and account.frozen_at is not None

    def net_minor(self, currency: str, now: dt.datetime, valid_at: dt.datetime) -> int:
        """Points that can be spent, less what is owed; below 0 if more is owed."""
        account = self.accounts.get(currency)
        available = available_minor(self.lots.values(), currency, now, valid_at)
        return available - (account.debt if account is not None else 0)

    def slot(self, ref: SlotRef) -> rows.LimitSlot:
        """The slot of a limit; a new empty one if there is none yet."""
        slot = self.slots.get(ref)
        if slot is None:
            slot = LimitSlot(
                self.member.bucket, self.member.member_id, *ref, shared=False, used=0, held=0
            )
            self.slots[ref] = slot
        return slot


@dataclass(slots=True)
class LimitBook:
    """A locked limit that many members draw on, with its slots."""

    row: rows.SharedLimit
    slots: dict[SlotRef, rows.LimitSlot] = field(default_factory=dict)

    def slot(self, ref: SlotRef) -> rows.LimitSlot:
        """The slot; a new empty one if there is none yet."""
        slot = self.slots.get(ref)
        if slot is None:
            row = self.row
            slot = LimitSlot(row.bucket, row.owner_id, *ref, shared=True, used=0, held=0)
            self.slots[ref] = slot
        return slot


@dataclass(slots=True)
class Book:
    """Locked rows of one batch at one instant."""

    now: dt.datetime
    requests: dict[RequestRef, rows.RequestKey] = field(default_factory=dict)
    purchases: dict[PurchaseRef, rows.PurchaseKey] = field(default_factory=dict)
    naturals: dict[NaturalRef, rows.NaturalKey] = field(default_factory=dict)
    identifiers: dict[IdentifierRef, rows.Identifier] = field(default_factory=dict)
    #: Issued, and nobody's yet: whoever asks for an identifier does not find them.
    new_cards: dict[IdentifierRef, NewCard] = field(default_factory=dict)
    holds: dict[UUID, rows.Hold] = field(default_factory=dict)
    answers: dict[UUID, bytes] = field(default_factory=dict)
    returns: dict[ReturnRef, return_rows.ReturnKey] = field(default_factory=dict)
    sales: dict[UUID, SaleBook] = field(default_factory=dict)
    contents: dict[UUID, SoldContent] = field(default_factory=dict)
    members: dict[UUID, MemberBook] = field(default_factory=dict)
    limits: dict[LimitRef, LimitBook] = field(default_factory=dict)
    budgets: dict[BudgetRef, rows.Budget] = field(default_factory=dict)
    #: Campaigns on the emergency-stop list, exactly as of the transaction.
    stops: dict[CampaignRef, stop_rows.CampaignStop] = field(default_factory=dict)
    #: Campaigns that the rules have, published or not.
    campaigns: set[CampaignRef] = field(default_factory=set)
    freezes: dict[UUID, rows.Freeze] = field(default_factory=dict)
    #: Snapshots that were in force at earlier moments.
    publications: dict[PublicationRef, str] = field(default_factory=dict)
    #: The first purchase with a number that was asked for, also of this batch.
    store_numbers: dict[StoreNumberRef, str] = field(default_factory=dict)
    looks_back: dt.timedelta = dt.timedelta()
    bulks: dict[UUID, correction_rows.Bulk] = field(default_factory=dict)
    corrections: dict[UUID, CorrectionBook] = field(default_factory=dict)
    qr_claims: dict[QrRef, qr_rows.QrClaim] = field(default_factory=dict)
    #: Unique coupons that were asked for by their codes, locked.
    coupons: dict[CouponRef, coupon_rows.Coupon] = field(default_factory=dict)
    certificates: dict[CertificateRef, certificate_rows.Certificate] = field(default_factory=dict)
    #: Stocks of gifts, locked; of one that nobody ever stocked there is none.
    gift_stocks: dict[GiftRef, gift_rows.GiftStock] = field(default_factory=dict)
    gifts_given: dict[UUID, GivenBook] = field(default_factory=dict)
    #: By member and gift: how many each `gift_given` gave that counts, as it was read.
    gifts_had: dict[tuple[UUID, str], dict[UUID, int]] = field(default_factory=dict)
    #: Of members whose receipts are counted.
    visits: dict[UUID, visit_rows.VisitBook] = field(default_factory=dict)
    identities: IdentityBook = field(default_factory=IdentityBook)
    writes: Writes = field(default_factory=Writes)

    def purse(self, purse_id: UUID | None) -> MemberBook | None:
        """Whose points a hold keeps or a sale moved; none for a guest."""
        return self.members[purse_id] if purse_id is not None else None

    def join_households(self) -> None:
        """Let each locked member know the household that is locked with it."""
        for member in self.members.values():
            household_id = member.member.household_id
            member.household = self.members[household_id] if household_id is not None else None

    def join_merged(self) -> None:
        """Let each member know those who were merged into it, as far as they have been read."""
        for member in self.members.values():
            member.absorbed = []
        for member in self.members.values():
            survivor_id = member.member.merged_into
            if survivor_id is not None and survivor_id in self.members:
                member.into = self.members[survivor_id]
                member.into.take_in(member)

    @property
    def month(self) -> dt.date:
        """The partition of what is written now."""
        return self.now.date().replace(day=1)

    def limit(self, ref: LimitRef) -> LimitBook:
        """A locked limit that many draw on: what was not locked must not be written."""
        assert ref in self.limits, "a shared limit is locked before it is claimed"
        return self.limits[ref]

    def slots_of(self, slot: rows.LimitSlot) -> dict[SlotRef, rows.LimitSlot]:
        """The slots of the owner whose lock guards this one."""
        if slot.shared:
            return self.limit((slot.owner_id, slot.campaign_code, slot.limit_code)).slots
        return self.members[slot.owner_id].slots

    def budget(self, ref: BudgetRef) -> rows.Budget:
        """The locked budget row of a campaign: what was not locked must not be written."""
        assert ref in self.budgets, "a budget is locked before it is claimed"
        return self.budgets[ref]

    def certificate(self, ref: CertificateRef) -> certificate_rows.Certificate:
        """A locked certificate: what was not locked must not be written."""
        assert ref in self.certificates, "a certificate is locked before it is spent"
        return self.certificates[ref]

    def save_certificate(self, certificate: certificate_rows.Certificate) -> None:
        """Write a certificate that exists already, or let the new one carry its change."""
        if certificate.certificate_id not in self.writes.new_certificates:
            self.writes.certificates[certificate.certificate_id] = certificate

    def stopped(self, partner_id: UUID) -> frozenset[str]:
        """Codes of a partner's campaigns that are stopped."""
        return frozenset(
            campaign
            for (owner_id, campaign), stop in self.stops.items()
            if owner_id == partner_id and stop.is_stopped
        )

    def touch(self, member: rows.Member) -> None:
        """Move a member's version, once per batch: something that quotes read has changed.

        What is known of a merged member is seen through the one that it was merged into.
        """
        if member.member_id not in self.writes.members:
            member.version += 1
            self.writes.members[member.member_id] = member
            if member.merged_into is not None:
                self.touch(self.members[member.merged_into].member)

    def uncount_purchase(self, member: rows.Member) -> None:
        """A sale has come back whole."""
        member.purchases -= 1
        assert member.purchases >= 0, "no more sales come back than were made"
        if not member.purchases:
            member.last_purchase_on = None
        self.touch(member)

    def count_purchase(self, member: rows.Member, on: dt.date) -> None:
        """Count a sale that was made on this local date."""
        member.purchases += 1
        member.last_purchase_on = max(on, member.last_purchase_on or on)
        self.touch(member)

    def save_account(self, account: rows.Account) -> None:
        """Write an account."""
        self.writes.accounts[account.member_id, account.currency] = account

    def save_lot(self, lot: rows.Lot) -> None:
        """Write a lot that exists already, or let the new one carry its change."""
        if lot.lot_id not in self.writes.new_lots:
            self.writes.lots[lot.lot_id] = lot

    def save_hold(self, hold: rows.Hold) -> None:
        """Write a hold that exists already, or let the new one carry its change."""
        if hold.hold_id not in self.writes.new_holds:
            self.writes.holds[hold.hold_id] = hold

    def save_purchase(self, purchase: rows.PurchaseKey) -> None:
        """Write the state of a purchase."""
        ref = (purchase.partner_id, purchase.purchase_id)
        self.purchases[ref] = purchase
        self.writes.purchases[ref] = purchase

    def save_slot(self, slot: rows.LimitSlot) -> None:
        """Write a limit's slot."""
        self.writes.slots[slot.owner_id, slot_ref(slot)] = slot

    def coupon(self, ref: CouponRef) -> coupon_rows.Coupon:
        """A locked coupon: what was not locked must not be written."""
        assert ref in self.coupons, "a coupon is locked before it is claimed"
        return self.coupons[ref]

    def save_coupon(self, coupon: coupon_rows.Coupon) -> None:
        """Write a coupon that exists already, or let the new one carry its change."""
        if coupon.ref not in self.writes.coupons.new_coupons:
            self.writes.coupons.coupons[coupon.ref] = coupon

    def gift_stock(self, ref: GiftRef) -> gift_rows.GiftStock:
        """The locked stock of a gift: what was not locked must not be written."""
        assert ref in self.gift_stocks, "a gift's stock is locked before it is moved"
        return self.gift_stocks[ref]

    def save_budget(self, budget: rows.Budget) -> None:
        """Write a budget."""
        self.writes.budgets[budget.partner_id, budget.campaign_code] = budget


def slot_ref(slot: rows.LimitSlot) -> SlotRef:
    """Under which key a slot stands with its owner."""
    return (slot.subject_id, slot.campaign_code, slot.limit_code, slot.sku, slot.slot_start)


def key_bucket(partner_id: UUID, key: str) -> int:
    """The bucket of a purchase or request key: crc32 of partner and id."""
    return bucket_of(partner_id.bytes + key.encode())


def budget_bucket(ref: BudgetRef) -> int:
    """The bucket of a campaign's budget row."""
    partner_id, campaign = ref
    return bucket_of(partner_id.bytes + campaign.encode())


def natural_bucket(ref: NaturalRef) -> int:
    """The bucket of a receipt number."""
    return bucket_of(ref[0].bytes + "|".join(map(str, ref[1:])).encode())
