from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.program import Program
from checkout.flows.sale import PresentedIdentifier
from checkout.primitives import digest
from loaders.completejourney import load_completejourney
from loaders.completejourney.database import OtherDataError, read_loaded, write_dataset
from loaders.completejourney.openings import EDGE_POINTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import AsyncIterator

    from loaders.completejourney import Dataset

SUMS = """
    select (select sum(balance + pending) from account) as balances,
           (select sum(remaining) from lot) as lots,
           (select sum(amount) from lot_movement) as movements,
           (select sum(amount) from entry where role in ('member', 'pending')) as member_entries,
           (select sum(amount) from entry where role = 'opening') as opening_entries
"""
CHAINS_BROKEN = """
    select count(*) from account a left join (
        select member_id, currency, max(seq) as seq, sum(amount) as balance, count(*) as legs
        from entry where role = 'member' group by member_id, currency
    ) e using (member_id, currency)
    where (a.seq, a.balance, a.seq)
        is distinct from (coalesce(e.seq, 0), coalesce(e.balance, 0), coalesce(e.legs, 0))
"""
POSTINGS_UNBALANCED = """
    select count(*) from (
        select from entry group by posting_id having sum(amount) <> 0 or count(*) <> 2) as broken
"""


def present(partner_id: UUID, kind: str, value: str) -> PresentedIdentifier:
    found = digest(partner_id.bytes, kind.encode(), value.encode())
    return PresentedIdentifier(kind=kind, digest=found, masked="*")


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    tables = (
        *("partner", "chain", "program", "store", "terminal", "terminal_token", "category"),
        *("product", "member_list", "campaign", "member", "member_profile", "identifier"),
        *("participation", "member_list_entry", "account", "posting", "entry", "lot"),
    )
    return {name: await connection.fetchval(f"select count(*) from {name}") for name in tables}


@pytest.fixture
async def connection(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


async def test_whole_dataset_is_written_once(
    connection: asyncpg.Connection, dataset: Dataset, install_date: dt.date
) -> None:
    """Every part arrives; the ledger balances; a second load, on any later day, changes nothing."""
    said: list[str] = []
    assert await read_loaded(connection) is None
    loaded = await write_dataset(
        connection, dataset, present=present, token_of=lambda store: store, say=said.append
    )
    assert (loaded.seed, loaded.install_date, loaded.shift_weeks) == (7, install_date, 463)
    (entry,) = await connection.fetch("select * from admin_history")
    told = (entry["author"], entry["record"], entry["record_key"], entry["action"])
    assert told == ("command line", "partner", "complete-journey", "filled")
    after = json.loads(entry["after"])
    assert after.pop("file_sha256") == dataset.source.file_hash()
    assert after == {"seed": 7, "members": 2_469}
    assert "product: 92,332" in said
    found = await counts(connection)
    assert found == {
        "partner": 1,
        "chain": 2,
        "program": 1,
        "store": 457,
        "terminal": 457,
        "terminal_token": 457,
        "category": 4_203,
        "product": 92_332,  # and the article that is a gift certificate
        "member_list": 27,
        "campaign": 1_213,
        "member": 2_469,
        "member_profile": 2_469,
        "identifier": 2 * 2_469 + 801,
        "participation": 2_469,
        "member_list_entry": 6_589,
        "account": 2_469,
        "posting": 11_886 + 2,
        "entry": 23_772 + 4,
        "lot": 11_886 + 2,
    }

    sums = dict(await connection.fetchrow(SUMS))
    points = dataset.report.opening_points + 2 * EDGE_POINTS
    assert sums.pop("opening_entries") == -points
    assert set(sums.values()) == {points}
    assert await connection.fetchval(CHAINS_BROKEN) == 0
    assert await connection.fetchval(POSTINGS_UNBALANCED) == 0

    later = load_completejourney(install_date.replace(year=2027), seed=7)
    assert await write_dataset(connection, later, present=present, say=said.append) == loaded
    assert "loaded already" in said[-1]
    assert await connection.fetchval("select count(*) from admin_history") == 1, "not loaded twice"
    assert await counts(connection) == found

    other = load_completejourney(install_date, seed=8)
    with pytest.raises(OtherDataError, match="seed 7, not 8"):
        await write_dataset(connection, other, present=present)

    documents = await connection.fetch("select document from campaign")
    campaigns = {
        c.code: c for c in (Campaign.model_validate_json(r["document"]) for r in documents)
    }
    assert campaigns == {campaign.code: campaign for campaign in dataset.campaigns}
    purchases = await connection.fetchval("select sum(purchases) from member")
    assert purchases == sum(opening.purchases for opening in dataset.openings)
    program = await connection.fetchval("select document from program")
    assert Program.model_validate_json(program) == dataset.program


async def test_failed_load_leaves_nothing(connection: asyncpg.Connection, dataset: Dataset) -> None:
    """A load that breaks half way is not there, so that the next one starts anew."""

    def broken(partner_id: UUID, kind: str, value: str) -> PresentedIdentifier:
        raise RuntimeError(f"{partner_id} {kind} {value}")

    with pytest.raises(RuntimeError):
        await write_dataset(connection, dataset, present=broken)
    assert set((await counts(connection)).values()) == {0}
    assert await read_loaded(connection) is None


async def test_partner_of_other_origin_is_refused(
    connection: asyncpg.Connection, dataset: Dataset
) -> None:
    """A partner of the same code that somebody else made is left alone."""
    await connection.execute(
        "insert into partner (code, name, currency_code) values ('complete-journey', 'X', 'USD')"
    )
    with pytest.raises(OtherDataError, match="other data"):
        await write_dataset(connection, dataset, present=present)
