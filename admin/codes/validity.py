"""Until when a code is valid: a form names the last day, the service the moment behind it."""

from __future__ import annotations

import datetime as dt


def moment_behind(last_day: dt.date | None) -> str:
    """As the contract has it; empty: without end."""
    return f"{last_day + dt.timedelta(days=1)}T00:00:00Z" if last_day else ""
