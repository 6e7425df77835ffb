"""What campaigns need while people work on them: drafts, versions, and who has which rules."""

from __future__ import annotations

from checkout.store.migrations.script import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add drafts and versions, what each worker has in force, and the admin's looks."""
    run_script(__file__)
