"""What the pages for managers stand on: staff, sessions, the history of records, and their role."""

from __future__ import annotations

from checkout.store.migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables, the role `checkout_admin` with its rights, and the policies by partner."""
    run_script(__file__)
