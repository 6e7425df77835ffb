"""CountVisits: what members bought is counted, and what follows from it, by the workers (L9).

Sales, returns and credits leave word of each receipt that they change. It is counted as it is then,
under the member's lock, and the word goes in the same transaction: so it may be counted twice, by
two at once, or half-way, and counts once. From all that counts follow the windows that rules look
at, and the tier; so a member is also due when a window or a tier changes because days pass.

Statements: lock and read the member, read what counts and what is to be counted, write both.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import orjson

from checkout.engine.tiers import judge
from checkout.engine.windows import DayTotal, DayTotals, Window, window_of
from checkout.flows.background_answers import CountedAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.tier_changes import change_tier, standing_of, today_in
from checkout.flows.visit_shares import counted
from checkout.ledger.visit_rows import MemberWindows, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.program import Program
    from checkout.engine.windows import Steps
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.visit_rows import Uncounted, VisitBook

#: Windows are worked out so far ahead; who has not bought until then is counted again.
AHEAD: Final = dt.timedelta(days=31)
#: A store far to the west may still have the day before yesterday as its yesterday.
BEHIND: Final = dt.timedelta(days=2)
#: No window is longer than a leap year if it is one of the calendar.
_YEAR_DAYS: Final = 366

Windows = dict[str, dict[str, dict[str, "Steps"]]]


class CountVisitsOperation(Operation):
    """Count what is to be counted of one member, and judge windows and tiers."""

    method = "CountVisits"

    def __init__(self, partner_id: UUID, member_id: UUID) -> None:
        super().__init__(partner_id, "", b"")
        self.member_id = member_id

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.member_id}

    def visits_since(self, book: Book, snapshots: Snapshots) -> dict[UUID, dt.date]:
        """From the longest window on, counted from the day by which something is judged."""
        snapshot = snapshots.current(self.partner_id)
        member = book.members.get(self.member_id)
        if snapshot is None or member is None:
            return {}
        days = [book.now.date() - BEHIND]
        for row in member.participations.values():
            if row.tier_until is not None:
                # Only what can end is judged by its days: others may have had theirs for years.
                days += [day for day in (row.tier_since, row.tier_until) if day is not None]
        longest = max((window.days or _YEAR_DAYS for window in _all_windows(snapshot)), default=1)
        return {self.member_id: min(days) - dt.timedelta(days=longest)}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        member = book.members.get(self.member_id)
        if member is None or self.member_id not in book.visits:
            nothing = CountedAnswer(receipts=0, judgements=0, windows_moved=False)
            return Decision(nothing, is_final=False)
        counts = book.visits[self.member_id]
        had = _totals(counts)
        receipts = [each.receipt_id for each in counts.uncounted]
        asked = {window.category for window in _all_windows(snapshot)} - {""}
        for receipt in counts.uncounted:
            _count(book, member, counts, receipt, asked, snapshot.catalogue)
        counts.uncounted = []
        book.writes.visits_counted += [(self.member_id, receipt_id) for receipt_id in receipts]
        has = _totals(counts)
        counted_answer = CountedAnswer(
            receipts=len(receipts),
            windows_moved=self._keep_windows(book, member, snapshot, has),
            judgements=self._judge(book, member, snapshot, had, has),
        )
        return Decision(counted_answer, is_final=False)

    def _keep_windows(
        self,
        book: Book,
        member: MemberBook,
        snapshot: CompiledSnapshot,
        has: dict[str, DayTotals],
    ) -> bool:
        """Work out the windows anew; quotes see them if they differ."""
        today = book.now.date()
        windows, ends = _windows(snapshot, has, today - BEHIND, today + AHEAD)
        known = member.windows
        row = member.member
        if known is None and not windows:
            return False
        kept = MemberWindows(
            row.bucket,
            row.member_id,
            known.version + 1 if known is not None else 1,
            book.now,
            ends - BEHIND if ends is not None else None,
            windows,
        )
        if known is not None and _as_text(known) == _as_text(kept):
            return False
        member.windows = book.writes.windows[row.member_id] = kept
        book.touch(row)
        return True

    def _judge(
        self,
        book: Book,
        member: MemberBook,
        snapshot: CompiledSnapshot,
        had: dict[str, DayTotals],
        has: dict[str, DayTotals],
    ) -> int:
        """Every tier that is due; how many judgements."""
        found = 0
        for code, compiled in snapshot.programs.items():
            row = member.participation(code)
            tiers = compiled.document.tiers
            if row is None or not tiers:
                continue
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


def _as_text(row: MemberWindows) -> bytes:
    """All but when it was counted: pairs that were read back are lists."""
    return orjson.dumps([row.recount_on, row.windows], option=orjson.OPT_SORT_KEYS)


def history_needed(snapshot: CompiledSnapshot) -> dict[str, int]:
    """What rules ask of what members bought, and how many days back.

    What is asked for the first time is answered only once earlier receipts have been counted again.
    """
    asked = {
        f"{window.measure} {window.key}": window.days or _YEAR_DAYS for window in snapshot.windows
    }
    for code, program in snapshot.programs.items():
        for tier in program.document.tiers:
            if tier.goal is not None:
                window = window_of(tier.goal)
                name = f"{code}/{tier.code} {window.measure} {window.key} {tier.goal.at_least}"
                asked[name] = window.days or _YEAR_DAYS
    return asked


def _goal_windows(program: Program) -> Iterator[Window]:
    for tier in program.tiers:
        if tier.goal is not None:
            yield window_of(tier.goal)


def _all_windows(snapshot: CompiledSnapshot) -> Iterator[Window]:
    yield from snapshot.windows
    for program in snapshot.programs.values():
        yield from _goal_windows(program.document)


def _count(
    book: Book,
    member: MemberBook,
    counts: VisitBook,
    receipt: Uncounted,
    asked: set[str],
    catalogue: Catalogue,
) -> None:
    """Count a receipt as it is now, in the place of what it counted before."""
    before = {category for by, category in counts.visits if by == receipt.receipt_id}
    row = member.member
    found = counted(receipt, sorted((asked | before) - {""}), catalogue)
    for category, total in found.items():
        known = counts.visits.get((receipt.receipt_id, category))
        if known is None and total == DayTotal():
            continue
        visit = Visit(
            row.bucket,
            row.member_id,
            receipt.receipt_id,
            category,
            receipt.program_code,
            receipt.day,
            total.spend_minor,
            total.visits,
            total.points_minor,
        )
        if visit != known:
            counts.visits[receipt.receipt_id, category] = visit
            book.writes.visits[row.member_id, receipt.receipt_id, category] = visit


def _totals(counts: VisitBook) -> dict[str, DayTotals]:
    """What counts by day: by program, and (under an empty code) of all programs together."""
    totals: dict[str, DayTotals] = {"": DayTotals()}
    for visit in counts.visits.values():
        bought = DayTotal(visit.spend_minor, visit.visits, visit.points_minor)
        for code in ("", visit.program_code):
            totals.setdefault(code, DayTotals()).add(visit.category_code, visit.day, bought)
    return totals


def _windows(
    snapshot: CompiledSnapshot, has: dict[str, DayTotals], first: dt.date, end: dt.date
) -> tuple[Windows, dt.date | None]:
    """All windows with something in them, and the day from which on they do not say all."""
    wanted: dict[str, Iterable[Window]] = {"": snapshot.windows}
    for code, program in snapshot.programs.items():
        wanted[code] = _goal_windows(program.document)
    found: Windows = {}
    ends: dt.date | None = None
    for code, windows in wanted.items():
        for window in windows:
            steps, said_until = has.get(code, DayTotals()).steps(window, first, end)
            ends = said_until or ends
            if any(value for _, value in steps):
                measures = found.setdefault(code, {}).setdefault(window.measure.value, {})
                measures[window.key] = steps
    return found, ends
