"""Rules that are read for a publication are in the hash by which the next one sees what differs."""

from __future__ import annotations

import re

import pytest

from checkout.store.queries import QUERIES

#: Campaigns have hashes of their own.
READ = sorted(
    name for name in QUERIES if name.startswith("read_rules_") and name != "read_rules_now"
)


def words_of(statement: str) -> str:
    """A statement on one line, without comments and without its order."""
    text = " ".join(re.sub(r"--.*", "", statement).split())
    text = re.sub(r" order by [^()]*$", "", text)
    return text.replace("( ", "(").replace(" )", ")")


@pytest.mark.parametrize("name", [name for name in READ if name != "read_rules_campaigns"])
def test_what_is_read_is_hashed(name: str) -> None:
    """The same columns of the same rows: else a change would never be published."""
    assert f"({words_of(QUERIES[name])})" in words_of(QUERIES["read_rules_now"])


def test_all_rules_are_among_them() -> None:
    """So the comparison is one of something."""
    assert {"read_rules_partner", "read_rules_products", "read_rules_words"} <= set(READ)
