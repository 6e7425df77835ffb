"""From the one record that `read_members` gives to the members of a book."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from checkout.ledger import rows
from checkout.ledger.book import MemberBook, slot_ref
from checkout.store import coupon_store

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

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
    coupon_store.fill_tags(book, record)


def fill_locked_members(book: Book, record: Record) -> None:
    """The same of members who are locked together with the households that they are in."""
    fill_members(book, record)
    book.join_households()
