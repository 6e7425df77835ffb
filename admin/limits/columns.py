"""Columns of the list of limits, and what a file of it has for each."""

from __future__ import annotations

from typing import Final

from admin.records.columns import OwnColumns

LIMIT_COLUMNS: Final = OwnColumns(
    "limit",
    offered=("where", "program_code", "code", "what", "subject", "period", "bound", "used_now"),
    usual=("where", "what", "used_now"),
)
#: Where a file has several columns for one of the list: values apart, for other programs to read.
_IN_FILES: Final = {
    "where": ("campaign_code", "campaign_name", "program_code"),
    "bound": ("measure", "bound"),
    "used_now": ("store_code", "sku", "measure", "used", "left"),
}


def file_columns(shown: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of a file of a list that shows these."""
    named = [one for name in shown for one in _IN_FILES.get(name, (name,))]
    return tuple(dict.fromkeys(named))
