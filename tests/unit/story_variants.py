"""Stories with one setting of their rules answered otherwise."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.stories.reference.chapters import form_of
from checkout.stories.reference.fields import answers_of
from checkout.stories.rules import StoryRules, snapshot_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checkout.engine.schema.snapshot import Snapshot
    from checkout.stories.document import Story

    Doc = dict[str, Any]

Path = tuple[str | int, ...]


class Variant(NamedTuple):
    """A setting of a story's rules, by form, field and path, with another answer."""

    form: type[BaseModel]
    field: str
    answer: str
    path: Path
    story: Story
    snapshot: Snapshot


def snapshot_of(story: Story) -> Snapshot:
    """The whole snapshot with which a story begins."""
    return parse_snapshot(snapshot_document(story.snapshot, "shop"))


def variants_of(
    story: Story,
    *,
    stated_only: bool = True,
    is_wanted: Callable[[Snapshot], bool] = lambda _: True,
) -> Iterator[Variant]:
    """The story with each other answer to each setting, as far as it can be published.

    What is wanted is asked before: whether rules can be published takes longer to say.
    """
    rules = story.snapshot.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for form, field, answer, path in _answers(story.snapshot, (), stated_only=stated_only):
        document = _changed(rules, path, answer)
        try:
            variant = StoryRules.model_validate(document)
            snapshot = parse_snapshot(snapshot_document(variant, "shop"))
        except ValidationError:
            continue
        if is_wanted(snapshot) and not check_snapshot(snapshot):
            changed = story.model_copy(update={"snapshot": variant})
            yield Variant(form, field, answer, path, changed, snapshot)


def _answers(
    document: BaseModel, path: Path, *, stated_only: bool
) -> Iterator[tuple[type[BaseModel], str, str, Path]]:
    """Every other answer to every setting with a closed list, with where it stands."""
    form = form_of(type(document))
    for name, about in type(document).model_fields.items():
        value = getattr(document, name)
        here = (*path, about.alias or name)
        if name in document.model_fields_set:
            for inner, place in _documents(value):
                yield from _answers(inner, (*here, *place), stated_only=stated_only)
        elif stated_only:
            continue
        if form is not None and isinstance(value, bool | enum.Enum):
            now = str(value.value) if isinstance(value, enum.Enum) else str(value).lower()
            for answer in answers_of(about.annotation):
                if answer != now:
                    yield form, name, answer, here


def _documents(value: object) -> Iterator[tuple[BaseModel, Path]]:
    if isinstance(value, BaseModel):
        yield value, ()
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            for inner, place in _documents(each):
                yield inner, (number, *place)


def _changed(document: Any, path: Path, answer: str) -> Any:
    """A document that is another one at the end of the path."""
    if not path:
        return {"true": True, "false": False}.get(answer, answer)
    step, *rest = path
    if isinstance(step, int):
        return [
            _changed(each, tuple(rest), answer) if number == step else each
            for number, each in enumerate(document)
        ]
    return {**document, step: _changed(document.get(step), tuple(rest), answer)}
