"""Rules that do different things have different words: every story, each setting of it changed."""

from __future__ import annotations

import asyncio
from functools import cache, partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest

from checkout.stories.describe import described
from checkout.stories.document import InvalidStoryError, Story, load_stories, story_files
from checkout.stories.runner import run_in_memory
from checkout.wording import rewards
from tests.tidy.sources import ROOT
from tests.unit.story_variants import Variant, snapshot_of, variants_of
from tests.unit.wording_exceptions import NEVER_MATTERS, QUIET, SAME
from tests.walls import IS_WHOLE, part_of, some_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.schema.snapshot import Snapshot

FILES = story_files(ROOT / "tests" / "scenarios")
#: So many changes of one stated answer give other figures; there are a few more.
DIFFERENT_MIN = part_of(450)


@cache
def stories() -> tuple[Story, ...]:
    return tuple(story for file in FILES for story in load_stories(file))


def answers(story: Story) -> list[dict[str, Any]]:
    """What the steps are answered; of one that cannot go on, why."""
    try:
        return [step.answer for step in asyncio.run(run_in_memory(story))]
    except InvalidStoryError as error:
        return [{"ends": str(error)}]


def has_words(words: list[str], snapshot: Snapshot) -> bool:
    """Whether it is described so; nothing more is put into words after the first other line."""
    return all(one == other for one, other in zip_longest(described(snapshot), words))


def silent_variants(of: Iterable[Story], *, stated_only: bool) -> Iterator[tuple[Story, Variant]]:
    """Every change of one answer that leaves the words as they are."""
    for story in of:
        words = list(described(snapshot_of(story)))
        says_the_same = partial(has_words, words)
        for variant in variants_of(story, stated_only=stated_only, is_wanted=says_the_same):
            yield story, variant


@cache
def all_silent_variants() -> tuple[tuple[Story, Variant], ...]:
    return tuple(silent_variants(some_of(stories()), stated_only=False))


def wrongly_told_alike(silent: Iterable[tuple[Story, Variant]]) -> Iterator[str]:
    """Changes that are not told although something else comes out."""
    usual: dict[int, list[dict[str, Any]]] = {}
    for story, variant in silent:
        if id(story) not in usual:
            usual[id(story)] = answers(story)
        if answers(variant.story) != usual[id(story)]:
            yield f"{story.title}: {'.'.join(map(str, variant.path))}: {variant.answer}"


@pytest.mark.wall
def test_whatever_changes_an_answer_changes_the_words() -> None:
    """No answer to any setting of any story, left out or not, gives other figures in silence."""
    assert not list(wrongly_told_alike(all_silent_variants()))


@pytest.mark.wall
def test_stories_prove_that_settings_matter() -> None:
    """Hundreds of changes of one stated answer give other figures, and each of them other words.

    Every second story is tried: more find nothing else, and take as long again.
    """
    different = 0
    for story in some_of(stories()[::2]):
        usual, words = answers(story), list(described(snapshot_of(story)))
        for variant in variants_of(story):
            if answers(variant.story) != usual:
                different += 1
                assert not has_words(words, variant.snapshot)
    assert different >= DIFFERENT_MIN


@pytest.mark.wall
def test_only_what_cannot_matter_is_silent() -> None:
    """What a rule does not tell is one of the listed settings, for the reason given there."""
    silent = {(variant.form, variant.field) for _, variant in all_silent_variants()}
    assert silent <= {*NEVER_MATTERS, *SAME, *QUIET}
    if IS_WHOLE:
        assert set(QUIET) <= silent


def test_a_dropped_phrase_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """If rewards no longer said how they are spread, stories would prove that it is missed."""

    def says_little(*_: object) -> str:
        return "It is spread."

    monkeypatch.setattr(rewards, "spread_text", says_little)
    assert next(wrongly_told_alike(silent_variants(stories(), stated_only=True)), "")
