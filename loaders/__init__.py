"""Bulk sources of a partner's data, turned into the documents and rows that the service reads."""

from __future__ import annotations
