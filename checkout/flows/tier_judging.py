"""What is due of a member's tiers, by all that counts of the member under any name.

The tier of a survivor is judged by what was bought under all its names. That of a member who was
merged into it goes on beside it, by what was bought under that name alone: so it is as it would be
when the two are taken apart, and customers have the better of the two meanwhile.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.tiers import judge
from checkout.engine.windows import DayTotal, DayTotals, Window, window_of
from checkout.flows.tier_changes import change_tier, standing_of, today_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.program import Program
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.visit_rows import VisitBook

#: A store far to the west may still have the day before yesterday as its yesterday.
BEHIND: Final = dt.timedelta(days=2)
#: No window is longer than a leap year if it is one of the calendar.
YEAR_DAYS: Final = 366

#: What counts by day: by program, and (under an empty code) of all programs together.
Totals = dict[str, DayTotals]


def goal_windows(program: Program) -> Iterator[Window]:
    """What is counted towards the tiers of a program."""
    for tier in program.tiers:
        if tier.goal is not None:
            yield window_of(tier.goal)


def all_windows(snapshot: CompiledSnapshot) -> Iterator[Window]:
    """What conditions and tiers of the rules look at."""
    yield from snapshot.windows
    for program in snapshot.programs.values():
        yield from goal_windows(program.document)


def judged_from(
    snapshot: CompiledSnapshot, members: Sequence[MemberBook], today: dt.date
) -> dict[UUID, dt.date]:
    """Members, and the first day that matters for them: that of the longest window.

    It is counted from the day by which something is judged.
    """
    days = [today - BEHIND]
    for member in members:
        for row in member.participations.values():
            if row.tier_until is not None:
                # Only what can end is judged by its days: others may have had theirs for years.
                days += [day for day in (row.tier_since, row.tier_until) if day is not None]
    longest = max((window.days or YEAR_DAYS for window in all_windows(snapshot)), default=1)
    first = min(days) - dt.timedelta(days=longest)
    return {member.member.member_id: first for member in members}


def totals_of(counts: Iterable[VisitBook]) -> Totals:
    """What counts in all of these together."""
    totals = {"": DayTotals()}
    for each in counts:
        for visit in each.visits.values():
            bought = DayTotal(visit.spend_minor, visit.visits, visit.points_minor)
            for code in ("", visit.program_code):
                totals.setdefault(code, DayTotals()).add(visit.category_code, visit.day, bought)
    return totals


def judge_tiers(
    book: Book, member: MemberBook, snapshot: CompiledSnapshot, had: Totals, has: Totals
) -> int:
    """Let every tier that is due be so; how many judgements. `had` is what counted before."""
    found = 0
    for code, compiled in snapshot.programs.items():
        row = member.participation(code)
        tiers = compiled.document.tiers
        if row is None or not tiers:
            continue
        if member.into is not None and member.into.participation(code) is row:
            continue  # the survivor takes part by this row, and is judged by it
        today = today_in(compiled.document, book.now)
        before, now = had.get(code, DayTotals()), has.get(code, DayTotals())
        for judgement in judge(tiers, standing_of(row), before, now, today):
            change_tier(
                book,
                member,
                row,
                judgement,
                snapshot_id=snapshot.snapshot_id,
                valid_from=today,
            )
            found += 1
    return found
