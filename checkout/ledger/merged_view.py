"""What is seen of a member to whom others were merged: theirs beside its own.

Merging rewrites no rows. Points are moved, all else is put together whenever it is looked at, so
that taking two members apart leaves each with what was theirs.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.ledger.book import MemberBook
    from checkout.ledger.rows import LimitSlot, Participation
    from checkout.ledger.visit_rows import MemberWindows


def names_of(member: MemberBook) -> list[MemberBook]:
    """The member, and those who are only other names of it."""
    return [member, *member.absorbed]


def ids_of(member: MemberBook | None) -> frozenset[UUID]:
    """The ids under which a member is known; none of a guest."""
    if member is None:
        return frozenset()
    return frozenset(each.member.member_id for each in names_of(member))


def purchases_of(member: MemberBook) -> int:
    """Sales to the member, under whatever name."""
    return sum(each.member.purchases for each in names_of(member))


def last_purchase_on(member: MemberBook) -> dt.date | None:
    """Local date of the latest of them."""
    dates = [each.member.last_purchase_on for each in names_of(member)]
    return max((date for date in dates if date is not None), default=None)


def lists_of(member: MemberBook) -> frozenset[str]:
    """The lists that hold the member."""
    return frozenset[str]().union(*[each.lists for each in names_of(member)])


def tags_given(member: MemberBook) -> frozenset[str]:
    """Tags that sales gave."""
    return frozenset(
        tag for each in names_of(member) for tag, row in each.tags.items() if row.given
    )


def windows_of(member: MemberBook) -> list[MemberWindows]:
    """What was bought in windows under each name; what counts is the sum."""
    return [each.windows for each in names_of(member) if each.windows is not None]


def slots_seen(member: MemberBook) -> list[LimitSlot]:
    """Slots of limits per member and per card: those of other names as if they were its own.

    The same slot may stand there more than once; the uses are those of all together.
    """
    if not member.absorbed:
        return [*member.slots.values()]
    member_id = member.member.member_id
    seen = [*member.slots.values()]
    for each in member.absorbed:
        absorbed_id = each.member.member_id
        seen += [
            dataclasses.replace(
                slot,
                owner_id=member_id,
                subject_id=member_id if slot.subject_id == absorbed_id else slot.subject_id,
            )
            for slot in each.slots.values()
        ]
    return seen


def participation_seen(member: MemberBook, program: str, tiers: list[str]) -> Participation | None:
    """The part in a program, under the name with the best tier; `tiers` has the lowest first.

    Whoever has left the program takes no part, whatever the other names do.
    """
    own = member.participation(program)
    if own is None or not member.absorbed:
        return own
    parts = [each.participation(program) for each in names_of(member)]
    rank = {code: place for place, code in enumerate(tiers)}
    found = [part for part in parts if part is not None]
    return max(found, key=lambda part: rank.get(part.tier_code, -1))
