"""CountVisits: what members bought is counted, and what follows from it, by the workers (L9).

Sales, returns and credits leave word of each receipt that they change. It is counted as it is then,
under the member's lock, and the word goes in the same transaction: so it may be counted twice, by
two at once, or half-way, and counts once. From all that counts follow the windows that rules look
at, and the tier; so a member is also due when a window or a tier changes because days pass. Those
who are one member are counted together.

Statements: lock and read the member, read what counts and what is to be counted, write both.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import orjson

from checkout.engine.windows import DayTotal, DayTotals, window_of
from checkout.flows.background_answers import CountedAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.tier_changes import today_in
from checkout.flows.tier_judging import (
    BEHIND,
    YEAR_DAYS,
    all_windows,
    goal_windows,
    judge_tiers,
    judged_from,
    totals_of,
)
from checkout.flows.visit_shares import counted
from checkout.ledger.merged_view import names_of
from checkout.ledger.visit_rows import MemberWindows, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.windows import Steps, Window
    from checkout.flows.ports import Snapshots
    from checkout.flows.tier_judging import Totals
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.visit_rows import Uncounted, VisitBook

#: Windows are worked out so far ahead; who has not bought until then is counted again.
AHEAD: Final = dt.timedelta(days=31)

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
        snapshot = snapshots.current(self.partner_id)
        member = book.members.get(self.member_id)
        if snapshot is None or member is None:
            return {}
        return judged_from(snapshot, names_of(member.survivor), book.now.date())

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        answer = CountedAnswer(receipts=0, judgements=0, windows_moved=False)
        member = book.members.get(self.member_id)
        if member is None or self.member_id not in book.visits:
            return Decision(answer, is_final=False)
        survivor = member.survivor
        every = [book.visits[each.member.member_id] for each in names_of(survivor)]
        had_together = totals_of(every)
        for each in names_of(survivor):
            counts = book.visits[each.member.member_id]
            had = totals_of([counts])
            answer.receipts += self._count_all(book, each, counts, snapshot)
            has = totals_of([counts])
            answer.windows_moved |= self._keep_windows(book, each, snapshot, has)
            if each is not survivor:
                answer.judgements += judge_tiers(book, each, snapshot, had, has)
        has_together = totals_of(every)
        answer.judgements += judge_tiers(book, survivor, snapshot, had_together, has_together)
        return Decision(answer, is_final=False)

    @staticmethod
    def _count_all(
        book: Book, member: MemberBook, counts: VisitBook, snapshot: CompiledSnapshot
    ) -> int:
        """Count what is to be counted of a member; how many receipts."""
        receipts = counts.uncounted
        asked = {window.category for window in all_windows(snapshot)} - {""}
        for receipt in receipts:
            _count(book, member, counts, receipt, asked, snapshot.catalogue)
        member_id = member.member.member_id
        book.writes.visits_counted += [(member_id, receipt.receipt_id) for receipt in receipts]
        counts.uncounted = []
        return len(receipts)

    def _keep_windows(
        self,
        book: Book,
        member: MemberBook,
        snapshot: CompiledSnapshot,
        has: Totals,
    ) -> bool:
        """Work out the windows anew; quotes see them if they differ."""
        today = book.now.date()
        windows, ends = _windows(snapshot, has, today - BEHIND, today + AHEAD)
        due = [ends - BEHIND] if ends is not None else []
        due += _days_to_come(snapshot, has, book.now)
        known = member.windows
        row = member.member
        if known is None and not windows:
            return False
        kept = MemberWindows(
            row.bucket,
            row.member_id,
            known.version + 1 if known is not None else 1,
            book.now,
            min(due, default=None),
            windows,
        )
        if known is not None and _as_text(known) == _as_text(kept):
            return False
        member.windows = book.writes.windows[row.member_id] = kept
        book.touch(row)
        return True


def _as_text(row: MemberWindows) -> bytes:
    """All but when it was counted: pairs that were read back are lists."""
    return orjson.dumps([row.recount_on, row.windows], option=orjson.OPT_SORT_KEYS)


def history_needed(snapshot: CompiledSnapshot) -> dict[str, int]:
    """What rules ask of what members bought, and how many days back.

    What is asked for the first time is answered only once earlier receipts have been counted again.
    """
    asked = {
        f"{window.measure} {window.key}": window.days or YEAR_DAYS for window in snapshot.windows
    }
    for code, program in snapshot.programs.items():
        for tier in program.document.tiers:
            if tier.goal is not None:
                window = window_of(tier.goal)
                name = f"{code}/{tier.code} {window.measure} {window.key} {tier.goal.at_least}"
                asked[name] = window.days or YEAR_DAYS
    return asked


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


def _days_to_come(snapshot: CompiledSnapshot, has: Totals, now: dt.datetime) -> Iterator[dt.date]:
    """When to count again for what was bought on a day that a program does not have yet.

    A store to the east is ahead of its program for some hours, and a till may name the day to come:
    that counts towards a tier when the program's day has begun. Members are looked for by days of
    UTC, so it is the first of these that begins within that day.
    """
    for code, program in snapshot.programs.items():
        if code not in has or not program.document.tiers:
            continue
        day = has[code].first_after(today_in(program.document, now))
        if day is not None:
            midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
            has_begun = today_in(program.document, midnight) >= day
            yield day if has_begun else day + dt.timedelta(days=1)


def _windows(
    snapshot: CompiledSnapshot, has: Totals, first: dt.date, end: dt.date
) -> tuple[Windows, dt.date | None]:
    """All windows with something in them, and the day from which on they do not say all."""
    wanted: dict[str, Iterable[Window]] = {"": snapshot.windows}
    for code, program in snapshot.programs.items():
        wanted[code] = goal_windows(program.document)
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
