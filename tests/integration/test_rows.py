"""Rows as values against the tables that hold them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import asyncpg
import pytest

from checkout.ledger import (
    card_rows,
    certificate_rows,
    correction_rows,
    gift_rows,
    identity_rows,
    qr_rows,
    return_rows,
    rows,
    stop_rows,
    visit_rows,
)
from checkout.ledger.events import Event
from checkout.ledger.gift_rows import GiftWrites

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Columns that the database fills in, and that no flow reads or writes.
_OF_THE_DATABASE = {
    "created_at": ("member", "identifier"),
    "changed_at": ("limit_slot",),
    "queued_at": ("visit_pending",),
    "is_open": ("lot",),
    # The pages' own.
    "social_links": ("member_profile",),
}
_TABLES = {
    rows.Member: "member",
    rows.Profile: "member_profile",
    rows.Identifier: "identifier",
    rows.Participation: "participation",
    rows.Account: "account",
    rows.Lot: "lot",
    rows.Posting: "posting",
    rows.Entry: "entry",
    rows.LotMovement: "lot_movement",
    rows.Receipt: "receipt",
    return_rows.ReturnReceipt: "return_receipt",
    return_rows.ReturnLine: "return_line",
    return_rows.ReturnKey: "return_key",
    return_rows.ReturnWithoutReceipt: "return_without_receipt",
    rows.PurchaseKey: "purchase_key",
    rows.RequestKey: "request_key",
    rows.NaturalKey: "natural_key",
    rows.Hold: "hold",
    rows.LimitSlot: "limit_slot",
    rows.SharedLimit: "shared_limit",
    rows.LimitUse: "limit_use",
    rows.Budget: "budget",
    rows.BudgetUse: "budget_use",
    stop_rows.CampaignStop: "campaign_stop",
    card_rows.CardIssue: "card_issue",
    rows.Freeze: "point_freeze",
    rows.Intervention: "intervention",
    correction_rows.Bulk: "bulk",
    qr_rows.QrClaim: "qr_claim",
    correction_rows.Correction: "correction",
    certificate_rows.Certificate: "certificate",
    certificate_rows.CertificateBatch: "certificate_batch",
    certificate_rows.CertificateEntry: "certificate_entry",
    gift_rows.GiftStock: "gift_stock",
    gift_rows.GiftEntry: "gift_entry",
    gift_rows.GiftGiven: "gift_given",
    identity_rows.Merge: "member_merge",
    identity_rows.Person: "person",
    identity_rows.PersonLink: "person_link",
    visit_rows.Visit: "visit",
    visit_rows.VisitPending: "visit_pending",
    visit_rows.MemberWindows: "member_window",
    visit_rows.TierChange: "tier_change",
    Event: "outbox",
}
#: What a query makes of several tables, and what it is put into.
_NO_TABLES = {
    *(visit_rows.Uncounted, visit_rows.VisitBook),
    # A row of `identifier` without a member, and what a batch issues.
    *(card_rows.NewCard, card_rows.CardWrites),
}
_MODULES = (
    rows,
    stop_rows,
    card_rows,
    certificate_rows,
    correction_rows,
    gift_rows,
    identity_rows,
    qr_rows,
    return_rows,
    visit_rows,
)


def _row_classes() -> Iterator[type]:
    for module in _MODULES:
        for value in vars(module).values():
            is_own = isinstance(value, type) and value.__module__ == module.__name__
            if is_own and value not in _NO_TABLES:
                yield value


def test_every_row_class_names_its_table() -> None:
    """A row class without a table here would not be compared with one."""
    # Traits are columns of the profile that are written alone; an erasure empties several tables.
    alone = {GiftWrites, identity_rows.MemberTraits, identity_rows.Erasure}
    assert set(_row_classes()) - alone == set(_TABLES) - {Event}


@pytest.mark.parametrize("row_class", list(_TABLES), ids=lambda row_class: row_class.__name__)
async def test_row_fields_are_the_columns_of_the_table(row_class: type, postgres_dsn: str) -> None:
    """Rows travel as columns in the order of their fields; a table must not drift from them."""
    table = _TABLES[row_class]
    connection = await asyncpg.connect(postgres_dsn)
    try:
        found = await connection.fetch(
            "select column_name from information_schema.columns"
            " where table_name = $1 and table_schema = 'public' order by ordinal_position",
            table,
        )
    finally:
        await connection.close()
    columns = [row["column_name"] for row in found]
    kept = [name for name in columns if table not in _OF_THE_DATABASE.get(name, ())]
    assert [field.name for field in fields(row_class)] == kept
