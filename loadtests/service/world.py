"""The rules, tills and members of the service under load: the engine benchmark's, in a database."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from checkout.client import identifier_message, messages, receipt_message
from checkout.client.clients import CheckoutClient
from checkout.client.errors import CallRefusedError
from checkout.client.operators import OperatorClient
from checkout.client.session import SessionClient
from loadtests.engine.documents import STORE, Doc, snapshot_of
from loadtests.engine.matching import KEPT_AWAY, matching_campaigns
from loadtests.engine.others import other_campaigns
from loadtests.engine.receipts import receipt_of

if TYPE_CHECKING:
    from checkout.engine.schema.snapshot import Snapshot

PARTNER: Final = "bench"
PARTNER_ID: Final = UUID(int=0xBE4C)
TOKEN: Final = "bench-till-token"  # noqa: S105 - opens a test stand on loopback
CREDENTIAL: Final = "bench-credential"
LINES: Final = 10
#: Limits and budgets are counted, and never full: a campaign that closes on the way would make
#: every later call a lighter one.
BOUND: Final = 1_000_000_000_000
#: Of the real catalogue.
SEED: Final = 7
#: Each member begins with so many points, of which a sale spends a few.
OPENING_POINTS: Final = 1_000_000
POINTS_SPENT: Final = 30
ROWS_A_CALL: Final = 100
#: So many members are asked for in turn, as many as tills of a worker have sales open; they have
#: phones, too.
ASKED_FOR_MAX: Final = 256
ENROLLED_AT_ONCE: Final = 64
TIMEOUT_S: Final = 30.0


def card_of(number: int) -> str:
    """The card of a member."""
    return f"77{number:010}"


def phone_of(number: int) -> str:
    """The phone of one of the members that are asked for; empty of the others."""
    return f"+1555{number:07}" if number < ASKED_FOR_MAX else ""


async def seed(dsn: str, campaign_count: int, product_count: int = 0) -> None:
    """Places, goods and rules; a moment ago they began to hold, whatever day it is.

    Articles up to `product_count` are real ones, which nobody sells here.
    """
    matching = matching_campaigns()
    documents = [*matching, *other_campaigns(campaign_count - len(matching))]
    snapshot = snapshot_of([in_force(each) for each in documents])
    if product_count > len(snapshot.products):
        snapshot = _with_real_goods(snapshot, product_count)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        await _write(connection, snapshot)
    finally:
        await connection.close()


def _with_real_goods(snapshot: Snapshot, product_count: int) -> Snapshot:
    # A generator needs none of them, and would begin half a second later.
    from loaders.completejourney.dataset import load_completejourney  # noqa: PLC0415

    catalogue = load_completejourney(dt.datetime.now(dt.UTC).date(), SEED).catalogue
    more = catalogue.products[: product_count - len(snapshot.products)]
    return snapshot.model_copy(
        update={
            "products": (*snapshot.products, *more),
            "categories": (*snapshot.categories, *catalogue.categories),
        }
    )


def in_force(campaign: Doc) -> Doc:
    """The same at any time and after any number of sales: no hours, and limits that never close.

    What is counted within a receipt is counted anew in each.
    """
    open_for_ever = {key: value for key, value in campaign.items() if key != "schedule"}
    if "limits" in campaign:
        open_for_ever["limits"] = [
            limit if limit["period"] == "receipt" else {**limit, "bound": BOUND}
            for limit in campaign["limits"]
        ]
    if "budget" in campaign:
        open_for_ever["budget"] = dict.fromkeys(campaign["budget"], BOUND)
    return open_for_ever


async def _write(connection: asyncpg.Connection[Any], snapshot: Snapshot) -> None:
    async def copy(table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
        await connection.copy_records_to_table(table, columns=columns.split(), records=rows)

    words = snapshot.words.model_dump_json(exclude={"member_lists"}, exclude_defaults=True)
    currency = snapshot.partner.currency
    await copy(
        "partner",
        "partner_id code name currency_code currency_exponent settings words",
        [(PARTNER_ID, PARTNER, "Bench", currency.code, currency.exponent, "{}", words)],
    )
    await copy(
        "chain", "partner_id code name", [(PARTNER_ID, c.code, c.name) for c in snapshot.chains]
    )
    for table, documents in (("program", snapshot.programs), ("campaign", snapshot.campaigns)):
        rows: list[tuple[object, ...]] = [
            (PARTNER_ID, each.code, each.model_dump_json(by_alias=True)) for each in documents
        ]
        await copy(table, "partner_id code document", rows)
    await copy(
        "store",
        "partner_id code chain_code program_code name region",
        [(PARTNER_ID, s.code, s.chain, s.program, s.name, s.region) for s in snapshot.stores],
    )
    await copy(
        "category",
        "partner_id code name parent_code",
        [(PARTNER_ID, c.code, c.name, c.parent) for c in snapshot.categories],
    )
    await copy(
        "product",
        "partner_id sku category_code brand name",
        [(PARTNER_ID, p.sku, p.category, p.brand, p.name) for p in snapshot.products],
    )
    await copy("member_list", "partner_id code", [(PARTNER_ID, "staff")])
    terminal_id = await connection.fetchval(
        "insert into terminal (partner_id, store_code, code) values ($1, $2, 't1')"
        " returning terminal_id",
        PARTNER_ID,
        STORE,
    )
    await connection.execute(
        "insert into terminal_token (token_hash, terminal_id) values ($1, $2)",
        hashlib.sha256(TOKEN.encode()).digest(),
        terminal_id,
    )


async def publish(target: str) -> None:
    """Put the rules in force, and wait until the worker answers by them."""
    async with operator(target) as client:
        published = await client.publish_snapshot()
    async with CheckoutClient(target, TOKEN) as client, asyncio.timeout(TIMEOUT_S):
        while True:
            # Before the first rules it refuses.
            with suppress(CallRefusedError):
                if (await client.get_snapshot_info()).snapshot_id == published.snapshot_id:
                    return
            await asyncio.sleep(1 / 10)


def operator(target: str) -> OperatorClient:
    """Who publishes and gives the opening points."""
    return OperatorClient(target, CREDENTIAL, partner=PARTNER, author="bench", timeout_factor=60)


async def enrol(target: str, dsn: str, count: int) -> None:
    """Members with points, of a middle tier and a segment."""
    async with SessionClient(target, TOKEN) as client:
        for first in range(0, count, ENROLLED_AT_ONCE):
            numbers = range(first, min(first + ENROLLED_AT_ONCE, count))
            await asyncio.gather(
                *(
                    client.call(
                        messages.EnrolMemberRequest(
                            request_id=f"m{n}", card=card_of(n), phone=phone_of(n)
                        ),
                        TIMEOUT_S,
                    )
                    for n in numbers
                )
            )
    async with operator(target) as client:
        for first in range(0, count, ROWS_A_CALL):
            numbers = range(first, min(first + ROWS_A_CALL, count))
            await client.bulk_adjust(
                messages.BulkAdjustRequest(
                    bulk="opening",
                    file_hash=hashlib.sha256(b"opening").digest(),
                    reason="opening",
                    rows=[
                        messages.BulkRow(
                            line=n + 1,
                            identifier=messages.Identifier(card=card_of(n)),
                            currency="points",
                            points=str(OPENING_POINTS),
                        )
                        for n in numbers
                    ],
                )
            )
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        await connection.execute("update participation set tier_code = 'gold'")
        traits = {"segments": ["regulars"], "spend": {"30": 24_990}, "visits": {"30": 4}}
        await connection.execute("update member_profile set traits = $1", json.dumps(traits))
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


@cache
def expected_campaigns() -> frozenset[str]:
    """Codes of what applies to a receipt of the bench."""
    return frozenset(campaign["code"] for campaign in matching_campaigns()) - {KEPT_AWAY}


def receipt(card: str, lines: int = LINES) -> messages.Receipt:
    """The engine benchmark's basket, ten lines of it, now, with a coupon and points to spend."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    basket = replace(receipt_of(lines), local_time=now, points_to_spend=POINTS_SPENT)
    return receipt_message(basket, identifier_message("card", card))
