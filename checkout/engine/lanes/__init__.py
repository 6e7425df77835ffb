"""Lanes: where campaigns meet, and how they stand together (``docs/rules.md`` §3)."""
