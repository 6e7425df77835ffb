"""The tables of the queue library, as its locked version makes them: background jobs run there."""

from __future__ import annotations

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings

from checkout.store.migrations.script import execute, run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them, and let the service work with them."""
    execute(QueryBuilderEnvironment(DBSettings()).build_install_query())
    run_script(__file__)
