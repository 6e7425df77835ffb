"""A module is named by what it holds."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from tests.tidy.sources import PACKAGES, python_files, shown

# Each says "whatever did not fit elsewhere": name the noun instead, or put it where it is used.
BANNED = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}


def banned_words(path: PurePath) -> set[str]:
    parts = [*path.parts[:-1], path.stem]
    return {word for part in parts for word in part.split("_")} & BANNED


def test_no_module_is_named_after_nothing() -> None:
    """No file or folder of Python code is called utils, helpers, common, misc or manager."""
    found = {
        shown(path): words
        for path in python_files(*PACKAGES, "tests")
        if (words := banned_words(PurePath(shown(path))))
    }
    assert not found


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("checkout/store/utils.py", {"utils"}),
        ("checkout/common/money.py", {"common"}),
        ("checkout/lock_manager.py", {"manager"}),
        ("checkout/store/pool.py", set()),
    ],
)
def test_the_check_of_names_sees_files_folders_and_parts(path: str, words: set[str]) -> None:
    """A banned word is found as a file, as a folder and as a part of a longer name."""
    assert banned_words(PurePath(path)) == words
