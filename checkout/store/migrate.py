"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config


def migrate(dsn: str) -> None:
    """Run every pending migration; none twice, and two migrators at once wait for each other.

    Args:
        dsn: ``postgresql://…`` of a role that owns the schema.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
