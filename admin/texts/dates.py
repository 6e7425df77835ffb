"""Days and moments as the language that is spoken writes them: 2026-11-21, or 21.11.2026."""

from __future__ import annotations

import datetime as dt
from typing import Final

from admin.texts import spoken

_DAYS: Final = {"en": "%Y-%m-%d", "ru": "%d.%m.%Y"}


def shown_day(value: dt.date | str) -> str:
    """A day; also of a text that a document has, which stays as it is if it is none."""
    if isinstance(value, str):
        try:
            return shown_day(dt.date.fromisoformat(value))
        except ValueError:
            return value
    return f"{value:{_DAYS[spoken()]}}"


def shown_moment(value: dt.datetime | None) -> str:
    """A moment as pages show it: UTC, to the minute."""
    if value is None:
        return ""
    at = value.astimezone(dt.UTC)
    return f"{shown_day(at)} {at:%H:%M}"


def shown_second(value: dt.datetime) -> str:
    """A moment as pages show it where seconds count: UTC."""
    at = value.astimezone(dt.UTC)
    return f"{shown_day(at)} {at:%H:%M:%S}"


def shown_local(value: str) -> str:
    """A local moment that a document or the service has as a text, as exact as it is there."""
    day, _, time = value.partition("T")
    return f"{shown_day(day)} {time}".rstrip() if value else ""
