"""Sentences under headings: the form that words have, and their plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Sentence:
    """A short sentence, and those that say it in detail."""

    text: str
    inside: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What is said about one side of a rule."""

    heading: str
    sentences: tuple[Sentence, ...]


def plain(*texts: str) -> tuple[Sentence, ...]:
    """Sentences without detail; empty texts are none."""
    return tuple(Sentence(text) for text in texts if text)


def begun(text: str) -> str:
    """A text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def section_lines(sections: Iterable[Section]) -> Iterator[str]:
    """Text for a terminal: headings, and under each a list, nested as the sentences are."""
    for section in sections:
        yield section.heading
        for sentence in section.sentences:
            yield from list_lines(sentence, 1)


def list_lines(sentence: Sentence, depth: int = 0) -> Iterator[str]:
    """A sentence as an item of a list, with what stands inside it below."""
    yield f"{_INDENT * depth}- {sentence.text}"
    for inner in sentence.inside:
        yield from list_lines(inner, depth + 1)
