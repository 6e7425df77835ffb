"""The first schema: partners and places, rules, members, the ledger, sales, limits and budgets."""

from __future__ import annotations

from checkout.store.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run_script(__file__)
