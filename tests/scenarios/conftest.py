"""The order of the stories: the books are looked at when all of them were told."""

from __future__ import annotations

import pytest

_LAST = "test_after_all_stories_the_books_balance"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-randomly, which shuffles the tests."""
    items.sort(key=lambda item: item.name == _LAST)
