"""Opening balances as postings of the ledger: each lot comes in by one posting of kind `opening`.

The postings, entries, lots and accounts are made by the ledger's own fold, so they are what a sale
would have found. Ids follow from household and month: the same lot has the same id wherever it is
loaded.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from checkout.ledger.book import Book, MemberBook
from checkout.ledger.postings import Movement, NewLot, post_opening
from checkout.ledger.rows import Member, Participation
from checkout.primitives import bucket_of_uuid
from loaders.completejourney.members import member_id
from loaders.completejourney.program import LIFETIME_DAYS
from loaders.completejourney.source import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.schema.program import Program
    from loaders.completejourney.history import Opening

AUTHOR: Final = "loader"
REASON: Final = "opening balance: points of the last months"

#: Points that have ended before the demo begins, and as many that begin after it.
EDGE_POINTS: Final = 10
_OPENINGS: Final = UUID("0a0f6d5c-7c07-5c0b-8a2e-6f6b3b8a7f52")


def fold_openings(
    openings: Iterable[Opening], partner_id: UUID, program: Program, now: dt.datetime
) -> Book:
    """A book whose writes hold every member with participation, account, lots and postings."""
    book = Book(now=now)
    currency = program.currencies[0].code
    last: tuple[MemberBook, int] | None = None
    for opening in openings:
        identifier = member_id(opening.household)
        row = Member(
            bucket_of_uuid(identifier),
            identifier,
            partner_id,
            1,
            None,
            opening.purchases,
            opening.last_sale_on,
        )
        member = MemberBook(row)
        book.writes.new_members.append(row)
        book.writes.participations.append(
            Participation(
                row.bucket,
                identifier,
                program.code,
                opening.tier,
                midnight(opening.first_sale_on),
            )
        )
        book.save_account(member.account(currency))
        for lot in opening.lots:
            key = f"{opening.household}/{lot.earned_on:%Y-%m}"
            movement = Movement(
                posting_id=uuid5(_OPENINGS, f"posting/{key}"),
                partner_id=partner_id,
                program_code=program.code,
                kind="opening",
                reason=REASON,
                author=AUTHOR,
            )
            given = NewLot(
                lot_id=uuid5(_OPENINGS, f"lot/{key}"),
                currency=currency,
                amount=lot.points_minor,
                active_from=midnight(lot.earned_on),
                expires_at=midnight(lot.expires_on),
            )
            post_opening(book, member, movement, given)
        last = (member, opening.household)
    if last is not None:
        _add_edges(book, *last, partner_id, program)
    return book


def _add_edges(
    book: Book, member: MemberBook, household: int, partner_id: UUID, program: Program
) -> None:
    """Points of one household that have run out, and some that begin tomorrow: for the workers."""
    now = book.now
    for name, active_from, expires_at in (
        ("ended", now - dt.timedelta(days=LIFETIME_DAYS), now - dt.timedelta(hours=1)),
        ("later", now + dt.timedelta(days=1), now + dt.timedelta(days=LIFETIME_DAYS)),
    ):
        key = f"{household}/{name}"
        movement = Movement(
            posting_id=uuid5(_OPENINGS, f"posting/{key}"),
            partner_id=partner_id,
            program_code=program.code,
            kind="opening",
            reason=REASON,
            author=AUTHOR,
        )
        given = NewLot(
            lot_id=uuid5(_OPENINGS, f"lot/{key}"),
            currency=program.currencies[0].code,
            amount=EDGE_POINTS,
            active_from=active_from,
            expires_at=expires_at,
        )
        post_opening(book, member, movement, given)


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in the program's zone."""
    return dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(TIME_ZONE))
