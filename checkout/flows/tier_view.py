"""A member's tier as tills and customers see it: until when, and what is lacking to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.tiers import TierCause, position
from checkout.engine.windows import value_at, window_of
from checkout.flows.tier_changes import today_in
from checkout.flows.views import TierProgress, TierView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from checkout.engine.schema.program import Program
    from checkout.engine.schema.tiers import Tier
    from checkout.ledger.rows import Participation
    from checkout.ledger.visit_rows import MemberWindows


def tier_view(
    program: Program,
    row: Participation | None,
    windows: Sequence[MemberWindows],
    now: dt.datetime,
) -> TierView | None:
    """The tier of who takes part in a program that has some; what is counted is as of a count.

    `windows` of one member under several names add up.
    """
    if row is None or not program.tiers:
        return None
    at = position(program.tiers, row.tier_code)
    today = today_in(program, now)
    own = program.tiers[at] if at >= 0 else None
    keeps = None
    if own is not None and row.tier_until is not None:
        keeps = _progress(program, own, windows, today, is_kept=True)
    higher = [_progress(program, tier, windows, today) for tier in program.tiers[at + 1 :]]
    return TierView(
        tier=row.tier_code,
        tier_name=own.name if own is not None else "",
        until=row.tier_until,
        is_set=row.tier_cause == TierCause.SET,
        keeps=keeps,
        next=next((each for each in higher if each is not None), None),
    )


def _progress(
    program: Program,
    tier: Tier,
    windows: Sequence[MemberWindows],
    today: dt.date,
    *,
    is_kept: bool = False,
) -> TierProgress | None:
    """None for a tier that no goal leads to."""
    goal = tier.goal
    if goal is None:
        return None
    window = window_of(goal)
    measures = [each.windows.get(program.code, {}) for each in windows]
    counted = sum(
        value_at(each.get(goal.measure.value, {}).get(window.key, []), today) for each in measures
    )
    needed = goal.at_least
    if is_kept and goal.keep_at_least is not None:
        needed = goal.keep_at_least
    return TierProgress(
        tier=tier.code,
        tier_name=tier.name,
        measure=goal.measure,
        category=goal.category or "",
        first_day=window.first_day(today),
        counted=counted,
        needed=needed,
        lacking=max(needed - counted, 0),
    )
