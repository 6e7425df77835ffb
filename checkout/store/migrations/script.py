"""Runs the SQL script that stands beside a migration."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only


def run_script(migration: str) -> None:
    """Execute ``NNNN_name.sql`` beside ``NNNN_name.py`` in the migration's transaction."""
    execute(Path(migration).with_suffix(".sql").read_text(encoding="utf-8"))


def execute(script: str) -> None:
    """Execute many commands.

    SQLAlchemy prepares what it executes, and a prepared statement holds one command; so the script
    goes to asyncpg itself.
    """
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("the migration has no open connection")
    await_only(connection.execute(script))
