"""What must not be left lying about in the text."""

from __future__ import annotations

import re

import pytest

from tests.tidy.sources import ROOT, repository_files, shown, written_files

# Written in parts, so that this file does not find itself.
LEFTOVER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
# An absolute path of somebody's machine, or a folder beside the repository.
MACHINE = re.compile(
    r"(?<![\w.\-/}])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers")) + r")\b"
    r"|(?<![\w\-])\.\./sha" + r"red\b|(?<![\w\-/])sha" + r"red/"
)
# Where packages come from is the affair of each machine's own configuration.
REGISTRY = re.compile(
    "|".join(("py" + r"pi\.", "python" + "hosted", "npm" + r"js\.", "arti" + "factory"))
)
TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("unfinished work", LEFTOVER), ("a machine's path", MACHINE), ("a registry", REGISTRY)],
)
def test_nothing_is_left_lying_about(what: str, pattern: re.Pattern[str]) -> None:
    """No file speaks of unfinished work, of one machine's folders or of a package registry."""
    found = [
        f"{shown(path)}:{number}: {what}: {line.strip()}"
        for path in written_files()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


def test_lock_files_name_no_place() -> None:
    """A lock file holds names, versions and hashes: no address, path or option of a registry."""
    locks = sorted(ROOT.glob("requirements*.txt"))
    assert locks
    strange = [
        f"{lock.name}:{number}: {line}"
        for lock in locks
        for number, line in enumerate(lock.read_text().splitlines(), start=1)
        if not re.fullmatch(
            r"[\w.\-]+(?:\[[\w,\-]+\])?==[\w.!+]+(?: ; [^\\]+)? \\"  # a package
            r"|    --hash=sha256:[0-9a-f]{64}(?: \\)?"
            r"|    #.*",
            line,
        )
        or "//" in line
    ]
    assert not strange


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (LEFTOVER, "# " + "TO" + "DO: later", True),
        (LEFTOVER, "a mastodon", False),
        (MACHINE, "see /ro" + "ot/notes", True),
        (MACHINE, "see ../sha" + "red/notes", True),
        (MACHINE, "a net/work of shared accounts", False),
        (REGISTRY, "from https://py" + "pi.example/simple", True),
    ],
)
def test_the_check_of_words_finds_what_it_looks_for(
    pattern: re.Pattern[str], text: str, *, found: bool
) -> None:
    """Each pattern finds its words and leaves similar ones alone."""
    assert bool(pattern.search(text)) == found


def test_every_file_ends_with_one_newline() -> None:
    """Text files end with exactly one newline and have no trailing blanks."""
    texts = {shown(path): path.read_text() for path in written_files()}
    untidy = [
        name
        for name, text in texts.items()
        if text and (not text.endswith("\n") or text.endswith("\n\n") or TRAILING.search(text))
    ]
    assert not untidy


def test_no_private_file_is_committed() -> None:
    """Settings of one developer, keys and data directories stay out of the repository."""
    private = [
        shown(path)
        for path in repository_files()
        if path.name == ".env" or path.suffix in {".pem", ".key"} or "var" in path.parts
    ]
    assert not [name for name in private if not name.startswith("tests/")]
