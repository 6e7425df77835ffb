"""Where a page of things in the order of their moments goes on: behind a moment and an id."""

from __future__ import annotations

import datetime as dt
from uuid import UUID


def page_token(at: dt.datetime, row_id: UUID) -> str:
    """The token of the page behind this one."""
    return f"{at.isoformat()}/{row_id}"


def place_of(token: str) -> tuple[dt.datetime, UUID] | None:
    """What a token says; none if it is no token."""
    moment, _, row_id = token.partition("/")
    try:
        at = dt.datetime.fromisoformat(moment)
        if at.tzinfo is None:
            return None
        return at.astimezone(dt.UTC), UUID(row_id)
    except (ValueError, OverflowError):
        return None
