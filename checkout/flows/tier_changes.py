"""A member's tier moves: the participation, the row of history, the version that quotes follow."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from checkout.engine.tiers import Standing, TierCause
from checkout.ledger.changes import member_record, note_change
from checkout.ledger.visit_rows import TierChange

if TYPE_CHECKING:
    from checkout.engine.schema.program import Program
    from checkout.engine.tiers import Figures, Judgement
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.rows import Participation


def today_in(program: Program, now: dt.datetime) -> dt.date:
    """The date in the program's zone, by which tiers are reached and kept."""
    return now.astimezone(zoneinfo.ZoneInfo(program.time_zone)).date()


def standing_of(row: Participation) -> Standing:
    """A participation as the rules of tiers see it."""
    return Standing(row.tier_code, TierCause(row.tier_cause), row.tier_since, row.tier_until)


def change_tier(
    book: Book,
    member: MemberBook,
    row: Participation,
    judgement: Judgement,
    *,
    snapshot_id: str,
    valid_from: dt.date,
    author: str = "",
    reason: str = "",
    is_till: bool = False,
) -> None:
    """Let a judgement be so from now on; who joins again has a participation of its own."""
    standing = judgement.standing
    change = TierChange(
        row.bucket,
        row.member_id,
        row.program_code,
        row.tier_seq + 1,
        uuid5(row.member_id, f"{row.program_code} {row.tier_seq + 1}"),
        member.member.partner_id,
        row.tier_code,
        standing.tier,
        standing.cause.value,
        valid_from,
        standing.until,
        _document(judgement.figures),
        snapshot_id,
        book.now,
        author,
        reason,
    )
    if author and not is_till:
        code = row.program_code
        note_change(
            book,
            member.member.partner_id,
            member_record(member.member),
            author,
            reason,
            before={f"tier.{code}": row.tier_code, f"tier_until.{code}": _day(row.tier_until)},
            after={f"tier.{code}": standing.tier, f"tier_until.{code}": _day(standing.until)},
        )
    row.tier_code, row.tier_cause = standing.tier, standing.cause.value
    row.tier_since, row.tier_until = standing.since, standing.until
    row.tier_seq = change.seq
    book.writes.tier_changes.append(change)
    book.writes.standings[row.member_id, row.program_code] = row
    book.touch(member.member)


def _day(held: dt.date | None) -> str | None:
    return held.isoformat() if held is not None else None


def _document(figures: Figures | None) -> dict[str, Any]:
    if figures is None:
        return {}
    goal = figures.goal
    return {
        "tier": figures.tier,
        "measure": goal.measure.value,
        "category": goal.category or "",
        "first_day": figures.first_day.isoformat(),
        "last_day": figures.last_day.isoformat(),
        "counted": figures.counted,
        "needed": figures.needed,
    }
