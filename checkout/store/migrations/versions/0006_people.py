"""Dictionaries and segments of members, and what the pages do about people."""

from __future__ import annotations

from checkout.store.migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the admin's rights on dictionaries and segments, and its looks at gifts and visits."""
    run_script(__file__)
