"""Authors of what operators do: whom four eyes and allowances per author take for the same one."""

from __future__ import annotations


def known_as(author: str) -> str:
    """The same text for one author, however they are typed."""
    return author.strip().casefold()
