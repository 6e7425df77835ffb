"""A member whom the service made and sold to, with every row of it: what copies are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

#: In the order in which they are written: what has triggers that look for the member comes first.
#: Table, the condition that finds the rows of member $1, columns whose ids are the member's own.
TABLES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("participation", "member_id = $1", ()),
    ("member_list_entry", "member_id = $1", ()),
    ("member", "member_id = $1", ("member_id",)),
    ("member_profile", "member_id = $1", ()),
    ("identifier", "member_id = $1", ()),
    ("account", "member_id = $1", ()),
    ("lot", "member_id = $1", ("lot_id",)),
    ("limit_slot", "owner_id = $1", ()),
    ("member_tag", "member_id = $1", ()),
    ("visit", "member_id = $1", ()),
    ("member_window", "member_id = $1", ()),
    ("tier_change", "member_id = $1", ("change_id",)),
    ("receipt", "member_id = $1", ("receipt_id",)),
    ("posting", "member_id = $1", ("posting_id",)),
    ("entry", "member_id = $1", ()),
    ("lot_movement", "member_id = $1", ()),
    ("limit_use", "owner_id = $1", ()),
    ("tag_given", "member_id = $1", ()),
    ("outbox", "member_id = $1", ("event_id",)),
    (
        "purchase_key",
        "receipt_id in (select receipt_id from receipt where member_id = $1)",
        (),
    ),
    (
        "request_key",
        "receipt_id in (select receipt_id from receipt where member_id = $1)",
        (),
    ),
)
#: What a member must not have: rows that others share, or that say something of this one alone.
_ALONE: Final = {
    "a use of a budget": "budget_use where receipt_id in (select receipt_id from receipt"
    " where member_id = $1)",
    "a use of a limit that others share": "limit_use where owner_id <> $1 and receipt_id in"
    " (select receipt_id from receipt where member_id = $1)",
    "a coupon that was used": "coupon_use where receipt_id in (select receipt_id from receipt"
    " where member_id = $1)",
    "a gift": "gift_entry where member_id = $1",
    "a certificate that was paid with": "certificate_entry where receipt_id in"
    " (select receipt_id from receipt where member_id = $1)",
    "a receipt number": "natural_key where purchase_id in (select purchase_id from receipt"
    " where member_id = $1)",
    "a household, or another name": "member where member_id = $1 and (household_id is not null"
    " or household_size is not null or merged_into is not null or other_names > 0)",
    "a correction": "correction where member_id = $1",
    "a hold": "hold where member_id = $1",
    "a purchase that was not made on line with a card": "receipt where member_id = $1 and"
    " (mode <> 'online' or convert_from(content, 'UTF8')::json -> 'identifier' ->> 0 <> 'card')",
    "a return": "return_receipt where member_id = $1",
    "an intervention": "intervention where member_id = $1",
    "a card that was issued": "identifier where member_id = $1 and issue_id is not null",
    "a purchase that is not counted yet": "visit_pending where member_id = $1",
}


class UnfitTemplateError(ValueError):
    """A member has what cannot be copied."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table, without columns that the database works out."""

    table: str
    columns: tuple[str, ...]
    records: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Template:
    """All rows of a member, and the ids in them that are its own."""

    member_id: UUID
    ids: tuple[UUID, ...]
    #: Names of its purchases and calls.
    names: tuple[str, ...]
    rows: tuple[Rows, ...]

    @property
    def receipts(self) -> int:
        """How many receipts a copy has."""
        return next(len(each.records) for each in self.rows if each.table == "receipt")


async def read_template(connection: asyncpg.Connection[Any], member_id: UUID) -> Template:
    """Everything of a member.

    Raises:
        UnfitTemplateError: there is no such member, or it has what others share.
    """
    for what, where in _ALONE.items():
        if await connection.fetchval(f"select exists (select from {where})", member_id):  # noqa: S608
            raise UnfitTemplateError(f"member {member_id} has {what}: it cannot be copied")
    ids: set[UUID] = set()
    found = []
    for table, where, own in TABLES:
        columns = await _columns(connection, table)
        records = await connection.fetch(
            f"select {', '.join(columns)} from {table} where {where}",  # noqa: S608 - fixed texts
            member_id,
        )
        ids.update(record[column] for record in records for column in own)
        found.append(Rows(table, columns, [tuple(record) for record in records]))
    by_table = {each.table: each for each in found}
    if not by_table["member"].records:
        raise UnfitTemplateError(f"there is no member {member_id}")
    return Template(
        member_id,
        # In an order of their own: rows come in any, and new ids are drawn in this one.
        tuple(sorted(ids)),
        tuple(
            {
                *_values(by_table["purchase_key"], "purchase_id"),
                *_values(by_table["request_key"], "request_id"),
            }
        ),
        tuple(found),
    )


def _values(rows: Rows, column: str) -> list[Any]:
    place = rows.columns.index(column)
    return [record[place] for record in rows.records]


async def _columns(connection: asyncpg.Connection[Any], table: str) -> tuple[str, ...]:
    found = await connection.fetch(
        "select column_name from information_schema.columns where table_schema = 'public'"
        " and table_name = $1 and is_generated = 'NEVER' order by ordinal_position",
        table,
    )
    return tuple(record["column_name"] for record in found)
