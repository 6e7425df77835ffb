"""Lifecycle: whether a member is new, active, sleeping or lost, by the days since they bought."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.schema.tiers import LifecycleRule


class Lifecycle(enum.StrEnum):
    """The states that a program's rule gives members."""

    NEW = "new"
    ACTIVE = "active"
    SLEEPING = "sleeping"
    LOST = "lost"


def lifecycle_state(
    rule: LifecycleRule, joined_on: dt.date, last_purchase_on: dt.date | None, today: dt.date
) -> Lifecycle:
    """The state on a day: the first that fits."""
    if (today - joined_on).days <= rule.new_days:
        return Lifecycle.NEW
    days = (today - (last_purchase_on or joined_on)).days
    if days <= rule.active_days:
        return Lifecycle.ACTIVE
    return Lifecycle.SLEEPING if days <= rule.sleeping_days else Lifecycle.LOST
