"""A story's snapshot document as managers would leave it: in the rules' tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from checkout.stories.receipts import MANUAL_TERMS, OFFLINE_TERMS, RETURNS_WITHOUT_RECEIPT_MINOR

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    Document = dict[str, Any]


async def write_rules(
    database: asyncpg.Connection[Any], partner_id: UUID, document: Document
) -> list[str]:
    """Make the tables say what the document says; the codes of its stores."""
    partner, words = document["partner"], document["words"]
    async with database.transaction():
        await database.execute(
            "insert into partner (partner_id, code, name, currency_code, currency_exponent, words,"
            " settings) values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict (partner_id) do update set words = excluded.words",
            partner_id,
            partner["code"],
            partner["name"],
            partner["currency"]["code"],
            partner["currency"]["exponent"],
            orjson.dumps({k: v for k, v in words.items() if k != "member_lists"}).decode(),
            orjson.dumps(
                {
                    "offline": asdict(OFFLINE_TERMS),
                    "returns_without_receipt": {"terminal_minor": RETURNS_WITHOUT_RECEIPT_MINOR},
                    "manual_purchases": asdict(MANUAL_TERMS),
                }
            ).decode(),
        )
        for chain in document["chains"]:
            await database.execute(
                "insert into chain values ($1, $2, $3) on conflict do nothing",
                partner_id,
                chain["code"],
                chain["name"],
            )
        for program in document["programs"]:
            await database.execute(
                "insert into program (partner_id, code, document) values ($1, $2, $3)"
                " on conflict (partner_id, code) do update set document = excluded.document",
                partner_id,
                program["code"],
                orjson.dumps(program).decode(),
            )
        for store in document["stores"]:
            await database.execute(
                "insert into store (partner_id, code, chain_code, program_code, name, address,"
                " format, region, time_zone) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                " on conflict do nothing",
                partner_id,
                *(
                    store[name]
                    for name in (
                        "code",
                        "chain",
                        "program",
                        "name",
                        "address",
                        "format",
                        "region",
                        "time_zone",
                    )
                ),
            )
        for table in ("category", "product", "member_list", "campaign"):
            await database.execute(f"delete from {table} where partner_id = $1", partner_id)
        for category in document["categories"]:
            await database.execute(
                "insert into category values ($1, $2, $3, $4)",
                partner_id,
                category["code"],
                category.get("name", ""),
                category.get("parent", ""),
            )
        for product in document["products"]:
            await database.execute(
                "insert into product values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                partner_id,
                *(product[name] for name in ("sku", "category", "brand", "name", "supplier")),
                product["tags"],
                orjson.dumps(product["attributes"]).decode(),
                product["flags"],
            )
        for code in words["member_lists"]:
            await database.execute("insert into member_list values ($1, $2)", partner_id, code)
        for campaign in document["campaigns"]:
            await database.execute(
                "insert into campaign (partner_id, code, document) values ($1, $2, $3)",
                partner_id,
                campaign["code"],
                orjson.dumps(campaign).decode(),
            )
    return [store["code"] for store in document["stores"]]
