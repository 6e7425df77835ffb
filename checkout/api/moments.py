"""Moments of messages, as text both ways."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.api.violations import Violations


def encode_moment(moment: dt.datetime | None) -> str:
    """RFC 3339 (of a local one without its zone), or empty."""
    return moment.isoformat() if moment is not None else ""


def decode_moment(field: str, text: str, found: Violations) -> dt.datetime | None:
    """A moment with its zone; none if it is empty."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None and "T" in text:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    found.add(Reason.FIELD_INVALID, field, f"{field} is a moment such as 2026-11-21T18:05:00+03:00")
    return None
