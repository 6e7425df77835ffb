"""A story as a worked example: its rules as they are written, its receipts, what is expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import ValidationError

from checkout.stories.document import InvalidStoryError, Story, story_files
from checkout.stories.reference.fields import compact
from checkout.stories.reference.figures import decimals_of, figures
from checkout.stories.reference.uses import Uses, uses_of
from checkout.stories.reference.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Where the stories are, from the root of the repository.
STORIES: Final = "tests/scenarios"
_COMMENT: Final = re.compile(r"(?:^|\s)#\s*(.*)$")
#: What a cell of a table can hold of a step.
_SALES: Final = ("quote", "confirm")


@dataclass(frozen=True, slots=True)
class Example:
    """A story with the texts of its parts; `heading` is unique on the page."""

    story: Story
    heading: str
    path: str
    room: str
    rules: str
    members: str
    steps: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    uses: Uses
    refused: Uses


def read_examples(folder: Path, shown_as: str) -> list[Example]:
    """The stories of a folder; `shown_as` is how the page names the folder.

    Raises:
        InvalidStoryError: there is no such folder, or a file in it is no story.
    """
    if not folder.is_dir():
        raise InvalidStoryError(f"there is no folder {shown_as} here")
    examples: list[Example] = []
    headings: set[str] = set()
    for file in story_files(folder):
        text = file.read_text(encoding="utf-8")
        inside = file.relative_to(folder)
        room = inside.parts[0] if len(inside.parts) > 1 else ""
        try:
            told = list(_told(text))
        except (ValidationError, yaml.YAMLError) as error:
            raise InvalidStoryError(f"{inside}: {error}") from None
        for story, node, steps in told:
            heading = _unique(f"Example: {story.title}", headings)
            parts = _parts(text.splitlines(), node)
            examples.append(
                Example(
                    story,
                    heading,
                    f"{shown_as}/{inside.as_posix()}",
                    room,
                    parts.get("snapshot", ""),
                    parts.get("members", ""),
                    steps,
                    tuple(_notes(text.splitlines(), node)),
                    uses_of(story),
                    uses_of(story, refused=True),
                )
            )
    return examples


def _told(text: str) -> Iterator[tuple[Story, yaml.MappingNode, tuple[dict[str, Any], ...]]]:
    """The stories of a file, each with where its parts stand, and its steps as they are written."""
    loader = yaml.SafeLoader(text)
    while loader.check_node():
        node = loader.get_node()
        document = loader.construct_document(node)
        story = Story.model_validate(document)
        assert isinstance(node, yaml.MappingNode), "the schema has checked it"
        yield story, node, tuple(document["steps"])


def _unique(heading: str, known: set[str]) -> str:
    number, unique = 1, heading
    while unique.lower() in known:
        number += 1
        unique = f"{heading}, {number}"
    known.add(unique.lower())
    return unique


def _parts(lines: list[str], node: yaml.MappingNode) -> dict[str, str]:
    """The text of each part of a story as its author wrote it."""
    starts = [key.start_mark.line for key, _ in node.value]
    ends = [*starts[1:], node.end_mark.line if node.end_mark.column == 0 else len(lines)]
    return {
        key.value: "\n".join(lines[start:end]).rstrip()
        for (key, _), start, end in zip(node.value, starts, ends, strict=True)
    }


def _notes(lines: list[str], node: yaml.MappingNode) -> Iterator[str]:
    """What the author remarked on each step."""
    steps = next(value for key, value in node.value if key.value == "steps")
    starts = [step.start_mark.line for step in steps.value]
    ends = [*starts[1:], steps.end_mark.line]
    for start, end in zip(starts, ends, strict=True):
        found = (_comment(line) for line in lines[start : max(end, start + 1)])
        yield " ".join(comment for comment in found if comment)


def _comment(line: str) -> str:
    found = _COMMENT.search(line)
    if found is None or line[: found.start()].count('"') % 2:
        return ""
    return str(found[1])


def example_lines(example: Example) -> Iterator[str]:
    """The example in full."""
    story = example.story
    yield f"#### {example.heading}"
    yield ""
    yield story.why
    yield ""
    rules = "\n".join(part for part in (_inside(example.rules), example.members) if part)
    if rules:
        yield "```yaml"
        yield from rules.splitlines()
        yield "```"
        yield ""
    words = list(words_of(story))
    if words:
        yield from ("In words:", "", *words, "")
    decimals = decimals_of(story)
    purchases = _purchases(example.steps)
    yield "| step | what happens | what is expected |"
    yield "| --- | --- | --- |"
    for number, step in enumerate(example.steps, start=1):
        action = next(name for name in step if name != "expect")
        expected = "<br>".join(map(_cell, figures(step.get("expect", {}), decimals)))
        note = example.notes[number - 1]
        if note:
            remark = _cell(note).replace("*", "×")
            expected += f"{'<br>' if expected else ''}*{remark}*"
        happens = _happens(action, step[action], purchases)
        yield f"| {number}. {action.replace('_', ' ')} | {happens} | {expected} |"
    yield ""
    yield f"[The story](../{example.path})"


def _inside(rules: str) -> str:
    """The rules without the key under which they stand."""
    head, _, rest = rules.partition("\n")
    inline = head.partition(":")[2].strip()
    return dedent(f"{inline}\n{rest}" if inline else rest).strip("\n")


def _purchases(steps: tuple[dict[str, Any], ...]) -> frozenset[str]:
    """Purchases of which several steps speak: only these need their names."""
    seen: set[str] = set()
    several: set[str] = set()
    for step in steps:
        for what in step.values():
            if isinstance(what, dict) and "purchase" in what:
                (several if what["purchase"] in seen else seen).add(what["purchase"])
    return frozenset(several)


def _happens(action: str, what: object, purchases: frozenset[str]) -> str:
    """A step's action in words; what a till sends, line by line."""
    if not isinstance(what, dict):
        return _cell(str(what))
    if action not in _SALES:
        return f"`{_cell(compact(what))}`" if what else ""
    rest = {
        name: value
        for name, value in what.items()
        if name not in ("lines", "member") and (name != "purchase" or value in purchases)
    }
    words = [f"**{what['member']}**"] if "member" in what else []
    words += [_line(line) for line in what.get("lines", ())]
    words += [f"{name.replace('_', ' ')}: {_cell(compact(value))}" for name, value in rest.items()]
    return "<br>".join(words)


def _line(line: str | dict[str, Any]) -> str:
    if isinstance(line, str):
        return f"`{_cell(line)}`"
    rest = compact({name: value for name, value in line.items() if name != "line"})
    return f"`{_cell(line['line'])}` {_cell(rest)}"


def _cell(text: str) -> str:
    """A text that fits into a cell of a table."""
    return text.replace("|", "&#124;").replace("\n", " ")
