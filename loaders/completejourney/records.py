"""The dataset as rows of the service's tables, in an order that satisfies their foreign keys."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID, uuid5

from checkout.ledger.rows import (
    Account,
    Entry,
    Identifier,
    Lot,
    LotMovement,
    Member,
    Participation,
    Posting,
    Profile,
)
from checkout.primitives import bucket_of, bucket_of_uuid
from loaders.completejourney.openings import fold_openings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator

    from checkout.engine.schema.snapshot import Snapshot
    from checkout.flows.sale import PresentedIdentifier
    from loaders.completejourney.dataset import Dataset
    from loaders.completejourney.members import Member as Household

#: Code of the one till that each store gets.
TERMINAL: Final = "till-1"
#: What the demo's tills may do beyond usual sales.
PERMISSIONS: Final = ["already_paid", "return_without_receipt"]

_PLACES: Final = UUID("d7c1d1c8-2d0e-5e0b-9a75-0f2c1b9b8f10")


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of one table."""

    table: str
    columns: tuple[str, ...]
    records: list[tuple[object, ...]]


class Present(Protocol):
    """The service's own way from a card, phone or external id to its digest and masked form."""

    def __call__(self, partner_id: UUID, kind: str, value: str) -> PresentedIdentifier:
        """The identifier as a till would present it."""


def partner_id_of(code: str) -> UUID:
    """The id of a partner that this loader makes."""
    return uuid5(_PLACES, f"partner/{code}")


def terminal_id_of(store: str) -> UUID:
    """The id of a store's till."""
    return uuid5(_PLACES, f"terminal/{store}")


def rule_rows(snapshot: Snapshot, list_names: Iterable[tuple[str, str]]) -> Iterator[TableRows]:
    """Places, rules and the catalogue; the partner itself stands already."""
    partner = partner_id_of(snapshot.partner.code)
    yield TableRows(
        "chain",
        ("partner_id", "code", "name"),
        [(partner, chain.code, chain.name) for chain in snapshot.chains],
    )
    yield _documents("program", partner, snapshot.programs)
    yield TableRows(
        "store",
        (
            *("partner_id", "store_id", "code", "chain_code", "program_code"),
            *("name", "address", "format", "region", "time_zone"),
        ),
        [
            (
                *(partner, uuid5(_PLACES, f"store/{store.code}"), store.code),
                *(store.chain, store.program, store.name, store.address),
                *(store.format, store.region, store.time_zone),
            )
            for store in snapshot.stores
        ],
    )
    yield TableRows(
        "terminal",
        ("terminal_id", "partner_id", "store_code", "code", "permissions"),
        [(terminal_id_of(s.code), partner, s.code, TERMINAL, PERMISSIONS) for s in snapshot.stores],
    )
    yield TableRows(
        "category",
        ("partner_id", "code", "name", "parent_code"),
        [(partner, c.code, c.name, c.parent) for c in snapshot.categories],
    )
    yield TableRows(
        "product",
        ("partner_id", "sku", "category_code", "brand", "name"),
        [(partner, p.sku, p.category, p.brand, p.name) for p in snapshot.products],
    )
    yield TableRows(
        "member_list",
        ("partner_id", "code", "name"),
        [(partner, code, name) for code, name in list_names],
    )
    yield TableRows(
        "coupon_series",
        ("partner_id", "code", "name"),
        [
            (partner, code, code.replace("-", " ").capitalize())
            for code in snapshot.words.coupon_series
        ],
    )
    yield _documents("campaign", partner, snapshot.campaigns)


def member_rows(dataset: Dataset, present: Present, now: dt.datetime) -> Iterator[TableRows]:
    """Members with what belongs to them, and their opening balances as the ledger posts them."""
    partner = partner_id_of(dataset.snapshot.partner.code)
    writes = fold_openings(dataset.openings, partner, dataset.program, now).writes
    yield _ledger_rows("member", Member, writes.new_members)
    yield _ledger_rows("member_profile", Profile, map(_profile, dataset.members), {"traits"})
    yield _ledger_rows("identifier", Identifier, _identifiers(dataset.members, partner, present))
    yield _ledger_rows("participation", Participation, writes.participations)
    yield TableRows(
        "member_list_entry",
        ("bucket", "member_id", "list_code"),
        [
            (bucket_of_uuid(member), member, audience.code)
            for audience in dataset.audiences
            for member in audience.members()
        ],
    )
    yield _ledger_rows("account", Account, writes.accounts.values())
    yield _ledger_rows("posting", Posting, writes.postings)
    yield _ledger_rows("entry", Entry, writes.entries)
    yield _ledger_rows("lot", Lot, writes.new_lots.values())
    yield _ledger_rows("lot_movement", LotMovement, writes.lot_movements)


def _documents(table: str, partner: UUID, documents: Iterable[_Coded]) -> TableRows:
    records: list[tuple[object, ...]] = [
        (partner, document.code, document.model_dump_json(by_alias=True)) for document in documents
    ]
    return TableRows(table, ("partner_id", "code", "document"), records)


def _profile(member: Household) -> Profile:
    return Profile(
        bucket_of_uuid(member.id),
        member.id,
        phone=member.phone or "",
        external_id=member.external_id,
    )


def _identifiers(
    members: Iterable[Household], partner: UUID, present: Present
) -> Iterator[Identifier]:
    for member in members:
        values = {"card": member.card, "external_id": member.external_id, "phone": member.phone}
        for kind, value in values.items():
            if value is not None:
                presented = present(partner, kind, value)
                yield Identifier(
                    bucket_of(presented.digest),
                    partner,
                    presented.kind,
                    presented.digest,
                    bucket_of_uuid(member.id),
                    member.id,
                    presented.masked,
                    None,
                )


def _ledger_rows(
    table: str, kind: type, rows: Iterable[object], without: Collection[str] = ()
) -> TableRows:
    """Rows of the ledger's own classes, whose fields are named like the columns."""
    columns = tuple(field.name for field in fields(kind) if field.name not in without)
    return TableRows(table, columns, list(map(attrgetter(*columns), rows)))


class _Coded(Protocol):
    """A document with a code."""

    @property
    def code(self) -> str:
        """Unique per partner."""

    def model_dump_json(self, *, by_alias: bool) -> str:
        """The document as JSON."""
