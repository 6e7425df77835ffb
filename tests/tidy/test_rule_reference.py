"""docs/rule-reference.md is fresh and complete: every form and every answer has an example."""

from __future__ import annotations

import enum
from functools import cache
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import BaseModel

from checkout.engine.schema.snapshot import Snapshot
from checkout.stories.document import InvalidStoryError
from checkout.stories.reference.chapters import (
    CONDITIONS,
    FORMS,
    ISSUES,
    REWARDS,
    anchor_of,
    form_of,
    heading_of,
)
from checkout.stories.reference.examples import STORIES, Example, read_examples
from checkout.stories.reference.fields import answers_of, fields_of
from checkout.stories.reference.page import render_page
from checkout.stories.reference.served import is_answer_served, is_served
from checkout.stories.reference.uses import Use, declared_in
from checkout.stories.rules import StoryRules
from checkout.stories.steps import Passing, Step
from tests.tidy.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "rule-reference.md"
EXAMPLES_MIN = 200


@cache
def examples() -> list[Example]:
    return read_examples(ROOT / STORIES, STORIES)


def shown() -> set[Use]:
    """What the examples use, by themselves or as what counts if it is left out."""
    return {use for each in examples() for use in each.uses.stated | each.uses.by_default}


def test_the_reference_is_what_make_docs_writes() -> None:
    """The committed page is that of the schema and the stories as they are."""
    assert PAGE.read_text() == render_page(examples()), "run `make docs`"


def test_there_are_many_worked_examples() -> None:
    """The reference shows at least two hundred, each of them once."""
    assert len(examples()) >= EXAMPLES_MIN
    headings = [line for line in PAGE.read_text().splitlines() if line.startswith("#### ")]
    assert len(headings) == len(set(map(anchor_of, headings))) == len(examples())


def test_every_form_stands_in_a_chapter() -> None:
    """What can be reached from a snapshot has a place, a meaning and a heading of its own."""
    assert not [form.__name__ for form in reachable() if form_of(form) is None]
    headings = [anchor_of(heading_of(form)) for form in FORMS]
    assert len(headings) == len(set(headings))
    assert not [form.__name__ for form in FORMS if not form.__doc__]


def test_every_step_of_a_story_stands_in_a_chapter() -> None:
    """But for those that publish rules, which have chapters, and let time pass."""
    alternatives = [get_args(about.annotation) for about in Step.model_fields.values()]
    forms = {
        kind
        for kinds in alternatives
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    }
    assert forms - FORMS.keys() == {StoryRules, Passing}


def reachable() -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    left: list[object] = [Snapshot]
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found.add(kind)
                left += [about.annotation for about in kind.model_fields.values()]
        else:
            left += get_args(kind)
    return found


@pytest.mark.parametrize("union", [REWARDS, CONDITIONS, ISSUES])
def test_every_reward_and_condition_has_an_example(union: tuple[type[BaseModel], ...]) -> None:
    """Each alternative that the service publishes is shown at work, the others being refused."""
    refused = {use for each in examples() for use in each.refused.stated}
    missing = [
        form.__name__
        for form in union
        if Use(form) not in (shown() if is_served(form) else refused)
    ]
    assert not missing


def test_every_answer_to_a_question_has_an_example() -> None:
    """Each value of an enumeration that the service publishes is shown, and each yes and no.

    An enumeration that several forms share is shown by one of them.
    """
    told = {(question(use.form, use.field), use.answer) for use in shown() if use.answer}
    missing = {
        f"{form.__name__}.{field}: {answer}"
        for form, field, answer in answers()
        if is_answer_served(form, field, answer) and (question(form, field), answer) not in told
    }
    assert not missing


def answers() -> Iterator[tuple[type[BaseModel], str, str]]:
    for form, chapter in FORMS.items():
        if chapter.is_of_rules:
            for field, about in fields_of(form).items():
                for answer in answers_of(about.annotation):
                    yield form, field, answer


def question(form: type[BaseModel], field: str) -> object:
    """The enumeration of a field; for a yes or no, the class that declares it and the field."""
    left: list[object] = [form.model_fields[field].annotation]
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return kind
        left += get_args(kind)
    return declared_in(form, field), field


def test_only_what_publishing_refuses_needs_no_example() -> None:
    """The check of publishing exempts a few forms and answers, and leaves each question one."""
    assert {form for form in FORMS if not is_served(form)} < {*ISSUES, *CONDITIONS}
    served: dict[tuple[str, str], list[bool]] = {}
    for form, field, answer in answers():
        if is_served(form):
            key = form.__name__, field
            served.setdefault(key, []).append(is_answer_served(form, field, answer))
    assert all(map(any, served.values()))
    assert {form for (form, _), each in served.items() if not all(each)} <= {"Limit"}


def test_a_file_that_is_no_story_is_named(tmp_path: Path) -> None:
    """The page is not made of half of the stories."""
    (tmp_path / "odd.yaml").write_text("title: Odd\n")
    with pytest.raises(InvalidStoryError, match=r"odd\.yaml"):
        read_examples(tmp_path, STORIES)
    with pytest.raises(InvalidStoryError, match="no folder"):
        read_examples(tmp_path / "none", STORIES)
