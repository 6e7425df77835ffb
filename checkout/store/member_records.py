"""Members of a book: their locks, and what the one record of `read_members` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from checkout.ledger import rows
from checkout.ledger.book import MemberBook, slot_ref
from checkout.ledger.visit_rows import MemberWindows
from checkout.store import coupon_store
from checkout.store.errors import Failure, StoreError
from checkout.store.queries import QUERIES
from checkout.store.reference import STATEMENT_PATIENCE_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from asyncpg import Connection, Record

    from checkout.ledger.book import Book


def fill_members(book: Book, record: Record) -> None:
    """Put members with everything that a sale reads of them into the book."""
    for row in record["members"] or ():
        member = rows.Member(*row)
        book.members[member.member_id] = MemberBook(member)
    for member_id, gender, birth_date, traits in record["profiles"] or ():
        member_book = book.members[member_id]
        member_book.gender, member_book.birth_date = gender, birth_date
        member_book.traits = orjson.loads(traits)
    for row in record["participations"] or ():
        participation = rows.Participation(*row)
        members = book.members[participation.member_id]
        members.participations[participation.program_code] = participation
    lists: dict[UUID, set[str]] = {}
    for member_id, list_code in record["lists"] or ():
        lists.setdefault(member_id, set()).add(list_code)
    for member_id, codes in lists.items():
        book.members[member_id].lists = frozenset(codes)
    for row in record["accounts"] or ():
        account = rows.Account(*row)
        book.members[account.member_id].accounts[account.currency] = account
    for row in record["lots"] or ():
        lot = rows.Lot(*row)
        book.members[lot.member_id].lots[lot.lot_id] = lot
    for row in record["slots"] or ():
        slot = rows.LimitSlot(*row)
        book.members[slot.owner_id].slots[slot_ref(slot)] = slot
    for row in record["windows"] or ():
        counted = MemberWindows(*row)
        counted.windows = orjson.loads(row[5])
        book.members[counted.member_id].windows = counted
    coupon_store.fill_tags(book, record)
    book.join_merged()


async def read_member(
    connection: Connection[Any], book: Book, wanted: tuple[int, UUID], slots_since: dt.datetime
) -> None:
    """Put a member, by bucket and id, into the book as it is; with those merged into it."""
    missing = [wanted]
    while missing:
        record = await connection.fetchrow(
            QUERIES["read_members"],
            *zip(*missing, strict=True),
            slots_since,
            timeout=STATEMENT_PATIENCE_S,
        )
        fill_members(book, record)
        member = book.members.get(wanted[1])
        has_names = member is not None and member.member.other_names > 0
        survivors = [wanted[1]] if has_names else []
        missing = await read_names(connection, survivors, known=book.members)


async def lock_members(
    connection: Connection[Any], wanted: Sequence[tuple[int, UUID]], *, gives_way: bool = False
) -> list[tuple[int, UUID]]:
    """Lock the members that there are of these, whom they were merged into, and their households.

    They are answered with those who were merged into them, whom the same locks guard. Who gives way
    waits for nobody, and gets those whom nobody else has locked.

    Raises:
        StoreError: that changed while the lock was waited for, and somebody else has to be locked.
    """
    query = QUERIES["lock_members"] + (" skip locked" if gives_way else "")
    found = await connection.fetch(query, *zip(*wanted, strict=True))
    locked = {row["member_id"] for row in found}
    while not all({row["household_id"], row["merged_into"]} <= {None, *locked} for row in found):
        if not gives_way:
            raise StoreError(Failure.RETRYABLE)
        # Who is without household or survivor is left out, and so are those who need such a one.
        found = [r for r in found if {r["household_id"], r["merged_into"]} <= {None, *locked}]
        locked = {row["member_id"] for row in found}
    wanted = [(row["bucket"], row["member_id"]) for row in found]
    survivors = [row["member_id"] for row in found if row["other_names"]]
    return wanted + await read_names(connection, survivors, known=locked)


async def read_names(
    connection: Connection[Any], survivors: Sequence[UUID], known: Collection[UUID]
) -> list[tuple[int, UUID]]:
    """Those who were merged into members and are not known already: no statement without any."""
    if not survivors:
        return []
    found = await connection.fetch(QUERIES["read_names"], survivors)
    return [(bucket, member_id) for bucket, member_id in found if member_id not in known]


def fill_locked_members(book: Book, record: Record) -> None:
    """The same of members who are locked together with the households that they are in."""
    fill_members(book, record)
    book.join_households()
