"""A small seeded world: two partners that use the same codes, cards and coupons.

North has everything (tiers, limits, a budget, coupons, redemption); South has the same codes with
other values, so that anything which crosses over shows in an amount.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from checkout.cache.connection import Cache
from checkout.cache.snapshots import SnapshotLibrary
from checkout.flows.adjust import AdjustOperation
from checkout.flows.batch import run_batch
from checkout.flows.directory import Directory
from checkout.flows.enrol import EnrolOperation
from checkout.flows.identifiers import IdentifierHasher
from checkout.flows.publish import Published, WholePublishing
from checkout.flows.sale import PresentedIdentifier
from checkout.ledger.interventions import Cause
from checkout.ledger.rows import Profile
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Refusal
from checkout.store.book_store import PostgresBookStore
from checkout.store.pool import open_pool
from checkout.store.reference import ReferenceStore
from checkout.store.rules import RulesStore, checked_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.flows.operation import Operation

PEPPER: Final = "cd" * 32
TOKEN_KEYS: Final = "1:" + "ab" * 32
CREDENTIAL: Final = "service-credential"
SEALING_KEYS: Final = "1:" + "ef" * 32

NORTH: Final = UUID("00000000-0000-7000-8000-000000000001")
SOUTH: Final = UUID("00000000-0000-7000-8000-000000000002")
PARTNERS: Final = {"north": NORTH, "south": SOUTH}

#: Ann is a member of North; the same card number is Zoe's at South.
CARD: Final = "2900000000017"
PHONE: Final = "+79001234567"
EXTERNAL_ID: Final = "crm-1"
ANN_POINTS_MINOR: Final = 500_00
ZOE_POINTS_MINOR: Final = 70_00
#: Cards of North that do not bring their member.
BLOCKED_CARD: Final = "2900000000024"
BLOCKED_MEMBERS_CARD: Final = "2900000000031"
#: A gold member.
GOLD_CARD: Final = "2900000000048"
COUPON: Final = "SPRING"
CURRENCY: Final = "pts"
#: What tills t1 may do beyond usual sales; what all may give away by themselves in a day.
PERMISSIONS: Final = frozenset({"already_paid", "return_without_receipt"})
#: What a terminal may pay out in a day for goods without a receipt.
WITHOUT_RECEIPT_MINOR: Final = 1_000_00
#: Purchases that one operator may add by hand in a day.
BY_HAND_MINOR: Final = 10_000_00
OFFLINE: Final = {"terminal_minor": 100_000_00, "card_minor": 50_000_00}

_LANES: Final = [
    {"code": "goods", "phase": "discount"},
    {"code": "receipt", "phase": "discount"},
    {"code": "points", "phase": "accrual"},
]


def program(**changes: object) -> dict[str, Any]:
    """The program document of both partners; towels and soap earn nothing."""
    return {
        "code": "main",
        "name": "Main",
        "currencies": [{"code": CURRENCY, "name": "Points", "exponent": 2}],
        "tiers": [
            {"code": "base", "name": "Base"},
            {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
        ],
        "lanes": _LANES,
        "discount_cap": {"rate_bp": 5_000},
        "redemption": {"rate_bp": 3_000, "min_money_minor": 100},
        "accrual": {"dates": {"days": 365}, "goods": {"but_not": {"categories": ["home"]}}},
        "certificates": [
            {"code": "gift", "name": "Gift certificate", "face": 100_00, "sold_as": ["gift"]}
        ],
        "slip_footer": "Thank you",
        **changes,
    }


def campaign(code: str, reward: dict[str, Any], **more: object) -> dict[str, Any]:
    """A campaign with one reward."""
    return {"code": code, "program": "main", "name": f"Name of {code}", "rewards": [reward], **more}


def campaigns(partner: str) -> list[dict[str, Any]]:
    """The campaigns of a partner: same codes, other values."""
    is_north = partner == "north"
    fruit = {"kind": "percent", "lane": "goods", "goods": {"categories": ["fruit"]}}
    found = [
        campaign(
            "fruit",
            fruit | {"rate_bp": 2_000 if is_north else 4_000},
            messages=[{"place": "slip", "text": "You saved {discount}"}],
        ),
        campaign(
            "spring",
            {
                "kind": "amount",
                "per": "receipt",
                "lane": "receipt",
                "amount_minor": 10_00 if is_north else 15_00,
            },
            when={"kind": "coupon", "code": COUPON},
        ),
        campaign(
            "earn",
            {
                "kind": "points_percent",
                "lane": "points",
                "rate_bp": 100 if is_north else 200,
            },
        ),
    ]
    if is_north:
        soap = {"kind": "amount", "lane": "goods", "amount_minor": 5_00}
        bread = {"kind": "amount", "lane": "goods", "amount_minor": 10_00}
        found += [
            campaign(
                "soap",
                soap | {"goods": {"skus": ["soap"]}},
                when={"kind": "identified"},
                limits=[{"code": "weekly", "name": "Twice a week", "bound": 2, "period": "week"}],
            ),
            campaign("bread", bread | {"goods": {"skus": ["bread"]}}, budget={"uses": 50}),
            campaign(
                "only-south",
                {"kind": "points_amount", "lane": "points", "points_minor": 1_00},
                when={"kind": "coupon", "code": "NORTH-ONLY"},
            ),
        ]
    return found


async def seed_world(dsn: str, redis_url: str) -> None:
    """Fill a migrated database, publish both partners' rules, and enrol the members."""
    connection = await asyncpg.connect(dsn)
    try:
        for code in PARTNERS:
            await seed_partner(connection, code)
    finally:
        await connection.close()
    for partner in PARTNERS:
        await publish(dsn, partner)
    hasher = IdentifierHasher(bytes.fromhex(PEPPER))
    everything = {"card": CARD, "phone": PHONE, "external_id": EXTERNAL_ID}
    members = [
        ("north", everything, ANN_POINTS_MINOR),
        ("north", {"card": BLOCKED_CARD, "phone": "+79001230002"}, 10_00),
        ("north", {"card": BLOCKED_MEMBERS_CARD}, 10_00),
        ("north", {"card": GOLD_CARD}, 10_00),
        ("south", {"card": CARD}, ZOE_POINTS_MINOR),
    ]
    ids = await enrol(dsn, redis_url, members, hasher)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "update identifier set blocked_at = now() where digest = $1",
            hasher.digest(NORTH, "card", BLOCKED_CARD),
        )
        await connection.execute(
            "update member set blocked_at = now() where member_id = $1", ids[2]
        )
        await connection.execute(
            "update participation set tier_code = 'gold' where member_id = $1", ids[3]
        )
        await connection.execute("delete from invalidation")
    finally:
        await connection.close()


async def seed_partner(connection: asyncpg.Connection[Any], code: str) -> None:
    """Places, terminals, catalogue and rules of one partner."""
    partner_id = PARTNERS[code]
    settings: dict[str, Any] = {
        "phone_country": "7",
        "offline": OFFLINE,
        "returns_without_receipt": {"terminal_minor": WITHOUT_RECEIPT_MINOR},
        "manual_purchases": {"author_minor": BY_HAND_MINOR},
    }
    if code == "south":
        settings["receipt_number_clash"] = "refuse"
    await connection.execute(
        "insert into partner (partner_id, code, name, currency_code, settings)"
        " values ($1, $2, $2, 'RUB', $3)",
        partner_id,
        code,
        orjson.dumps(settings).decode(),
    )
    await connection.execute("insert into chain values ($1, 'chain', 'Chain')", partner_id)
    await connection.execute(
        "insert into program (partner_id, code, document) values ($1, 'main', $2)",
        partner_id,
        orjson.dumps(program()).decode(),
    )
    for store, terminal in (("s1", "t1"), ("s1", "t2"), ("s2", "t1")):
        await connection.execute(
            "insert into store (partner_id, code, chain_code, program_code, name)"
            " values ($1, $2, 'chain', 'main', 'Shop ' || $2) on conflict do nothing",
            partner_id,
            store,
        )
        terminal_id = await connection.fetchval(
            "insert into terminal (partner_id, store_code, code, permissions)"
            " values ($1, $2, $3, $4) returning terminal_id",
            partner_id,
            store,
            terminal,
            sorted(PERMISSIONS) if terminal == "t1" else [],
        )
        await connection.execute(
            "insert into terminal_token (token_hash, terminal_id) values ($1, $2)",
            hashlib.sha256(f"{code}-{store}-{terminal}".encode()).digest(),
            terminal_id,
        )
    await connection.executemany(
        "insert into category values ($1, $2, $2, $3)",
        [(partner_id, *c) for c in (("food", ""), ("fruit", "food"), ("home", ""))],
    )
    await connection.executemany(
        "insert into product (partner_id, sku, category_code, name) values ($1, $2, $3, $4)",
        [
            (partner_id, "apple", "fruit", "Apple"),
            (partner_id, "bread", "food", "Bread"),
            (partner_id, "soap", "home", "Soap"),
            (partner_id, "towel", "home", "Towel"),
            (partner_id, "gift", "", "Gift certificate"),
        ],
    )
    for document in campaigns(code):
        await put_campaign(connection, partner_id, document)


async def put_program(
    connection: asyncpg.Connection[Any], partner_id: UUID, document: dict[str, Any]
) -> None:
    """Write a program as a manager would; it is in force after the next publication."""
    await connection.execute(
        "update program set document = $3 where partner_id = $1 and code = $2",
        partner_id,
        document["code"],
        orjson.dumps(document).decode(),
    )


async def put_campaign(
    connection: asyncpg.Connection[Any], partner_id: UUID, document: dict[str, Any]
) -> None:
    """Write a campaign as a manager would; it is in force after the next publication."""
    await connection.execute(
        "insert into campaign (partner_id, code, document) values ($1, $2, $3)"
        " on conflict (partner_id, code) do update set document = excluded.document",
        partner_id,
        document["code"],
        orjson.dumps(document).decode(),
    )


async def publish(dsn: str, partner: str) -> None:
    """Publish a partner's rules without a service."""
    async with await open_pool(dsn, connections_max=2, application="world") as pool:
        flow = WholePublishing(RulesStore(pool, checked_by()), ReferenceStore(pool))
        published = await flow.publish(PARTNERS[partner], "world", "")
    assert isinstance(published, Published), published


async def enrol(
    dsn: str,
    redis_url: str,
    members: Sequence[tuple[str, dict[str, str], int]],
    hasher: IdentifierHasher,
) -> list[UUID]:
    """Enrol members of (partner, identifiers, points), through the real operations in batches."""
    async with await open_pool(dsn, connections_max=2, application="world") as pool:
        cache = Cache(redis_url)
        reference = ReferenceStore(pool)
        library = SnapshotLibrary(reference, cache)
        directory = Directory(reference)
        await directory.reload()
        for publication in await reference.read_publications():
            await library.put_in_force(publication.partner_id, publication.snapshot_id)
        operations: list[Operation] = []
        gifts: list[Operation] = []
        ids: list[UUID] = []
        for number, (partner, identifiers, points) in enumerate(members):
            member_id = uuid7()
            ids.append(member_id)
            caller = directory.caller(f"{partner}-s1-t1")
            assert caller is not None
            operations.append(
                EnrolOperation(
                    caller,
                    request_id=f"world-{member_id}",
                    profile=Profile(bucket_of_uuid(member_id), member_id, first_name="Ann"),
                    identifiers=[
                        PresentedIdentifier(
                            kind, hasher.digest(caller.partner_id, kind, value), "…"
                        )
                        for kind, value in identifiers.items()
                    ],
                    cause=Cause(uuid7(), "world", ""),
                )
            )
            if points:
                gifts.append(
                    AdjustOperation(
                        caller.partner_id,
                        request_id=f"world-{number}-{member_id}",
                        member_id=member_id,
                        currency=CURRENCY,
                        amount_minor=points,
                        reason="opening",
                        author="world",
                        correction_id=uuid7(),
                    )
                )
        books = PostgresBookStore(pool)
        for batch in (operations, gifts):
            for start in range(0, len(batch), 64):
                result = await run_batch(books, library, batch[start : start + 64])
                refused = [a for a in result.answers if isinstance(a, Refusal)]
                assert not refused, refused
        await cache.close()
    return ids


def local_now(later: dt.timedelta = dt.timedelta()) -> str:
    """The tills' clock: UTC, to the second; or so much later."""
    return (dt.datetime.now(dt.UTC) + later).replace(tzinfo=None).isoformat(timespec="seconds")


def business_day(earlier: int = 0) -> str:
    """The tills' date, or that of so many days before."""
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=earlier)).isoformat()
