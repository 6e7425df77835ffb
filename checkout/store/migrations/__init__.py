"""Migrations: SQL scripts in order, run by Alembic under an advisory lock."""
