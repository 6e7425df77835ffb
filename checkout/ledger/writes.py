"""What a batch changes, table by table: a `Book` gathers it, and the store writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkout.ledger.card_rows import CardWrites
from checkout.ledger.coupon_rows import CouponWrites
from checkout.ledger.gift_rows import GiftWrites
from checkout.ledger.identity_book import IdentityWrites

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger import (
        certificate_rows,
        correction_rows,
        credit_rows,
        identity_rows,
        qr_rows,
        return_rows,
        rows,
        stop_rows,
        visit_rows,
    )
    from checkout.ledger.book import (
        BudgetRef,
        CampaignRef,
        IdentifierRef,
        NaturalRef,
        PurchaseRef,
        QrRef,
        RequestRef,
        ReturnRef,
        SlotRef,
    )
    from checkout.ledger.changes import Change
    from checkout.ledger.events import Event


@dataclass(slots=True)
class Writes:
    """What a batch changes, table by table."""

    members: dict[UUID, rows.Member] = field(default_factory=dict)
    new_members: list[rows.Member] = field(default_factory=list)
    profiles: list[rows.Profile] = field(default_factory=list)
    identifiers: list[rows.Identifier] = field(default_factory=list)
    #: Issued cards that become somebody's.
    bound_cards: list[rows.Identifier] = field(default_factory=list)
    participations: list[rows.Participation] = field(default_factory=list)
    accounts: dict[tuple[UUID, str], rows.Account] = field(default_factory=dict)
    new_lots: dict[UUID, rows.Lot] = field(default_factory=dict)
    lots: dict[UUID, rows.Lot] = field(default_factory=dict)
    postings: list[rows.Posting] = field(default_factory=list)
    entries: list[rows.Entry] = field(default_factory=list)
    lot_movements: list[rows.LotMovement] = field(default_factory=list)
    receipts: list[rows.Receipt] = field(default_factory=list)
    returns: list[return_rows.ReturnReceipt] = field(default_factory=list)
    without_receipt: list[return_rows.ReturnWithoutReceipt] = field(default_factory=list)
    return_lines: list[return_rows.ReturnLine] = field(default_factory=list)
    return_keys: dict[ReturnRef, return_rows.ReturnKey] = field(default_factory=dict)
    credits: list[credit_rows.Credit] = field(default_factory=list)
    purchases: dict[PurchaseRef, rows.PurchaseKey] = field(default_factory=dict)
    requests: dict[RequestRef, rows.RequestKey] = field(default_factory=dict)
    naturals: dict[NaturalRef, rows.NaturalKey] = field(default_factory=dict)
    new_holds: dict[UUID, rows.Hold] = field(default_factory=dict)
    holds: dict[UUID, rows.Hold] = field(default_factory=dict)
    slots: dict[tuple[UUID, SlotRef], rows.LimitSlot] = field(default_factory=dict)
    limit_uses: list[rows.LimitUse] = field(default_factory=list)
    budgets: dict[BudgetRef, rows.Budget] = field(default_factory=dict)
    budget_uses: list[rows.BudgetUse] = field(default_factory=list)
    stops: dict[CampaignRef, stop_rows.CampaignStop] = field(default_factory=dict)
    changed_identifiers: dict[IdentifierRef, rows.Identifier] = field(default_factory=dict)
    new_freezes: dict[UUID, rows.Freeze] = field(default_factory=dict)
    freezes: dict[UUID, rows.Freeze] = field(default_factory=dict)
    interventions: list[rows.Intervention] = field(default_factory=list)
    #: What operators changed, for the history of records.
    changes: list[Change] = field(default_factory=list)
    #: Of members who join, leave and join again.
    memberships: dict[tuple[UUID, str], rows.Participation] = field(default_factory=dict)
    traits: dict[UUID, identity_rows.MemberTraits] = field(default_factory=dict)
    bulks: dict[UUID, correction_rows.Bulk] = field(default_factory=dict)
    new_corrections: dict[UUID, correction_rows.Correction] = field(default_factory=dict)
    corrections: dict[UUID, correction_rows.Correction] = field(default_factory=dict)
    qr_claims: dict[QrRef, qr_rows.QrClaim] = field(default_factory=dict)
    cards: CardWrites = field(default_factory=CardWrites)
    coupons: CouponWrites = field(default_factory=CouponWrites)
    gifts: GiftWrites = field(default_factory=GiftWrites)
    identities: IdentityWrites = field(default_factory=IdentityWrites)
    new_certificates: dict[UUID, certificate_rows.Certificate] = field(default_factory=dict)
    certificates: dict[UUID, certificate_rows.Certificate] = field(default_factory=dict)
    certificate_batches: list[certificate_rows.CertificateBatch] = field(default_factory=list)
    certificate_entries: list[certificate_rows.CertificateEntry] = field(default_factory=list)
    #: Receipts as they count, windows over them, tiers; and receipts that have been counted.
    visits: dict[tuple[UUID, UUID, str], visit_rows.Visit] = field(default_factory=dict)
    visits_counted: list[tuple[UUID, UUID]] = field(default_factory=list)
    windows: dict[UUID, visit_rows.MemberWindows] = field(default_factory=dict)
    standings: dict[tuple[UUID, str], rows.Participation] = field(default_factory=dict)
    tier_changes: list[visit_rows.TierChange] = field(default_factory=list)
    #: Receipts that are to be counted: made of the rest at the end of the fold.
    visits_pending: list[visit_rows.VisitPending] = field(default_factory=list)
    #: What others are told of: made of all the rest at the end of the fold.
    events: list[Event] = field(default_factory=list)
