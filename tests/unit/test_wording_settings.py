"""Every setting is told: with another answer, a default included, the words are others."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from checkout.stories.reference.chapters import FORMS
from checkout.stories.reference.fields import answers_of, default_answer, fields_of
from checkout.stories.reference.uses import declared_in
from tests.unit.wording_changes import BESIDE, CHANGES, NUMBERS
from tests.unit.wording_condition_changes import ABSENT
from tests.unit.wording_exceptions import NEVER_MATTERS, NO_RULES, SAME
from tests.unit.wording_samples import SAMPLES, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

Doc = dict[str, Any]
Setting = tuple["type[BaseModel]", str]

#: Other sources of a reward's number than its own.
_SOURCES = ("scale", "by_member", "personal")


def settings() -> Iterator[Setting]:
    """Every field of every form that is a rule."""
    for form, chapter in FORMS.items():
        if chapter.title not in NO_RULES:
            yield from ((form, field) for field in fields_of(form))


TOLD = [each for each in settings() if each not in NEVER_MATTERS]
CLOSED = [(form, field) for form, field in TOLD if answers_of(fields_of(form)[field].annotation)]
OPEN = [each for each in TOLD if each not in CLOSED]


def named(setting: Setting) -> str:
    form, field = setting
    return f"{form.__name__}.{field}"


def beside(form: type[BaseModel], field: str) -> Doc:
    """What else a document says so that the field matters."""
    rest: Doc = dict(BESIDE.get((declared_in(form, field), field), {}))
    if field in _SOURCES and form in NUMBERS:
        rest[NUMBERS[form]] = None
    return rest


def document(form: type[BaseModel], field: str, value: object) -> Doc:
    whole = beside(form, field)
    if value is not ABSENT:
        whole[fields_of(form)[field].alias or field] = value
    return whole


def answer_documents(form: type[BaseModel], field: str) -> dict[str, Doc]:
    """A document for each answer; a list holds the one answer."""
    about = fields_of(form)[field]
    is_list = isinstance(about.get_default(call_default_factory=True), tuple)
    truths: dict[str, object] = {"true": True, "false": False}
    found = {}
    for answer in answers_of(about.annotation):
        value = truths.get(answer, answer)
        found[answer] = document(form, field, [value] if is_list else value)
        if (field, answer) == ("personal", "false"):
            found[answer].pop(NUMBERS[form])
    return found


def lines_only_in(one: list[str], other: list[str]) -> Counter[str]:
    return Counter(one) - Counter(other)


def test_each_form_has_a_sample_and_each_setting_a_change() -> None:
    """What the schema has and what is changed here are the same: a new field must get words."""
    assert set(SAMPLES) == {form for form, _ in settings()} | {
        form for form in SAMPLES if not fields_of(form)
    }
    assert {(declared_in(form, field), field) for form, field in OPEN} == set(CHANGES)
    assert set(NEVER_MATTERS) <= set(settings())
    assert set(SAME) <= set(CLOSED)
    assert {field for _, field in CLOSED} >= {field for _, field in SAME}
    assert set(NO_RULES) <= {chapter.title for chapter in FORMS.values()}


@pytest.mark.parametrize("setting", CLOSED, ids=named)
def test_each_answer_of_a_setting_has_words_of_its_own(setting: Setting) -> None:
    """Of any two answers each says a line that the other does not: none is told by silence."""
    form, field = setting
    told = {answer: words(form, doc) for answer, doc in answer_documents(form, field).items()}
    same = SAME.get(setting, frozenset())
    for one, other in permutations(told, 2):
        if {one, other} <= same:
            assert told[one] == told[other]
        else:
            assert lines_only_in(told[one], told[other]), f"{one} says nothing beside {other}"


@pytest.mark.parametrize("setting", CLOSED, ids=named)
def test_a_default_is_told_as_if_it_were_set(setting: Setting) -> None:
    """Where a setting is left out the words are those of the answer that counts then."""
    form, field = setting
    default = default_answer(fields_of(form)[field])
    if not default:
        return
    stated = answer_documents(form, field)[default]
    silent = {name: value for name, value in stated.items() if name != field}
    assert words(form, silent) == words(form, stated)


@pytest.mark.parametrize("setting", OPEN, ids=named)
def test_each_number_and_list_is_told(setting: Setting) -> None:
    """Two values of a field without a closed list of answers give different words."""
    form, field = setting
    before, after = CHANGES[declared_in(form, field), field]
    one, other = (words(form, document(form, field, value)) for value in (before, after))
    assert lines_only_in(other, one)
    assert one != other
