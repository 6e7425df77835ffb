"""Which forms and settings each story uses: found by walking the rules that it states."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import BaseModel

from checkout.stories.reference.chapters import form_of
from checkout.stories.steps import HoldStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.stories.document import Story

_REFUSED: Final = "refused"


class Use(NamedTuple):
    """A form; or a field of it that is set; or a field with one of its answers."""

    form: type[BaseModel]
    field: str = ""
    answer: str = ""


class Uses(NamedTuple):
    """What a story states, and what follows from it without being stated: answers by default."""

    stated: frozenset[Use]
    by_default: frozenset[Use]


def uses_of(story: Story, *, refused: bool = False) -> Uses:
    """What the rules of a story that are published use, or (`refused`) those that are not."""
    stated: set[Use] = set()
    by_default: set[Use] = set()
    rules: list[BaseModel] = [] if refused else [story.snapshot]
    for step in story.steps:
        if step.quote is not None and step.quote.hold and not refused:
            stated.add(Use(HoldStep))
        if step.publish is None:
            form = form_of(type(getattr(step, _attribute(step.action))))
            if form is not None and not refused:
                stated.add(Use(form))
        elif (step.expect.get("status") == _REFUSED) is refused:
            rules.append(step.publish)
    for each in rules:
        for use, is_stated in _walk(each):
            (stated if is_stated else by_default).add(use)
    return Uses(frozenset(stated), frozenset(by_default))


def _attribute(action: str) -> str:
    """The attribute of a step that holds an action."""
    return "passing" if action == "pass" else action


def _walk(document: BaseModel) -> Iterator[tuple[Use, bool]]:
    form = form_of(type(document))
    if form is not None:
        yield Use(form), True
    for name, about in type(document).model_fields.items():
        value = getattr(document, name)
        is_default = value == about.get_default(call_default_factory=True)
        is_stated = name in document.model_fields_set or not is_default
        if form is not None and name != "kind":
            answers = list(_answers(value))
            yield from ((Use(form, name, answer), is_stated) for answer in answers)
            if not answers and not is_default and not about.is_required():
                yield Use(form, name), True
        if not is_default:
            for inner in _documents(value):
                yield from _walk(inner)


def _answers(value: object) -> Iterator[str]:
    """Answers to a question with a closed list of them: one of an enumeration, or several."""
    if isinstance(value, enum.Enum):
        yield str(value.value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, enum.Enum):
                yield str(each.value)


def _documents(value: object) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _documents(each)


def declared_in(form: type[BaseModel], field: str) -> type[BaseModel]:
    """The class that declares a field of a form: what several rewards share is one setting."""
    return next(
        each
        for each in reversed(form.__mro__)
        if issubclass(each, BaseModel) and field in each.__annotations__
    )


def count_uses(uses: Iterable[Uses]) -> dict[Use, int]:
    """How many stories state each."""
    counts: dict[Use, int] = {}
    for each in uses:
        for use in each.stated:
            counts[use] = counts.get(use, 0) + 1
    return counts
