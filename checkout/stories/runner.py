"""Runs stories in memory and says how they went: `python -m checkout story`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import yaml

from checkout.engine.documents import InvalidDocumentError
from checkout.stories.document import InvalidStoryError, load_stories, story_files
from checkout.stories.memory import MemoryBookStore
from checkout.stories.memory_shop import MemoryShop
from checkout.stories.teller import Teller

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TextIO

    from checkout.stories.document import Story
    from checkout.stories.teller import StepTold

#: Partner of a story that runs alone.
_PARTNER = "shop"


async def run_in_memory(story: Story, store: MemoryBookStore | None = None) -> list[StepTold]:
    """How a story goes on the pure rooms; `store` is a planted one in tests."""
    shop = MemoryShop(_PARTNER, store if store is not None else MemoryBookStore())
    return await Teller(story, shop, _PARTNER).tell()


def run_stories(paths: Sequence[Path], out: TextIO, *, shows_answers: bool = False) -> int:
    """Run every story of the files and directories; the exit code of the command.

    0: all went as told; 1: some did not; 2: there is no story at a path.
    """
    files = []
    for path in paths:
        found = story_files(path)
        if not found or not found[0].is_file():
            out.write(f"{path}: there is no story\n")
            return 2
        files += found
    went = [ok for file in files for ok in _run_file(file, out, shows_answers=shows_answers)]
    out.write(f"{len(went)} stories, {went.count(False)} failed\n")
    return 0 if all(went) else 1


def _run_file(file: Path, out: TextIO, *, shows_answers: bool) -> list[bool]:
    """Whether each story of a file went as told."""
    try:
        stories = load_stories(file)
    except InvalidStoryError as error:
        out.write(f"FAILED {file}: {error}\n")
        return [False]
    return [_run_story(file, story, out, shows_answers=shows_answers) for story in stories]


def _run_story(file: Path, story: Story, out: TextIO, *, shows_answers: bool) -> bool:
    try:
        told = asyncio.run(run_in_memory(story))
    except (InvalidStoryError, InvalidDocumentError, ValueError) as error:
        out.write(f"FAILED {file}: {error}\n")
        return False
    different = [(step, text) for step in told for text in step.differences]
    out.write(f"{'FAILED' if different else 'ok'} {file.name}: {story.title}\n")
    if shows_answers:
        for step in told:
            out.write(f"--- step {step.number}: {step.action}\n")
            out.write(yaml.safe_dump(step.answer, sort_keys=False, allow_unicode=True))
    for step, text in different:
        out.write(f"    step {step.number} ({step.action}): {text}\n")
    return not different
