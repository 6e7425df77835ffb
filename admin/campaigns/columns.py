"""Columns of the list of campaigns."""

from __future__ import annotations

from typing import Final

from admin.records.columns import OwnColumns

CAMPAIGN_COLUMNS: Final = OwnColumns(
    "campaign",
    offered=(
        *("campaign", "description", "state", "program_code", "starts_at", "ends_at"),
        *("budget_left", "updated_at"),
    ),
    usual=(
        *("campaign", "description", "state", "starts_at", "ends_at", "budget_left", "updated_at"),
    ),
)
