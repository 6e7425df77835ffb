"""What the pages for managers read of sales and of the ledger, and the jobs that they start."""

from __future__ import annotations

from checkout.store.migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the views of one partner's rows, the jobs, and the rights on them."""
    run_script(__file__)
