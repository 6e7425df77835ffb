"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path


def migrate(dsn: str) -> None:
    """Run every pending migration; none twice, and two migrators at once wait for each other.

    Args:
        dsn: ``postgresql://…`` of a role that owns the schema.
    """
    # Every command would wait for it, and keep SQLAlchemy in memory; only who migrates needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
