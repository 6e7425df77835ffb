"""What pages say, in English and Russian: one catalogue file per language.

A text is named by where it stands (``sign_in.title``) and may hold ``{names}`` of values. The
language is that of the person, else the first that the browser asks for and we have, else English.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: Final = {"en": "English", "ru": "Русский"}
DEFAULT: Final = "en"
_LANGUAGE: Final = ContextVar("language", default=DEFAULT)


def _read(code: str) -> dict[str, str]:
    found: dict[str, str] = orjson.loads((Path(__file__).parent / f"{code}.json").read_bytes())
    return found


CATALOGUES: Final = {code: _read(code) for code in LANGUAGES}


@contextmanager
def language(code: str | None) -> Iterator[None]:
    """Speak a language for the block; None: the one that is spoken."""
    token = _LANGUAGE.set(code or _LANGUAGE.get())
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def spoken() -> str:
    """The code of the language that is spoken."""
    return _LANGUAGE.get()


def say(name: str, /, **values: object) -> str:
    """A text in the language that is spoken.

    Raises:
        KeyError: there is no such text.
    """
    text = CATALOGUES[_LANGUAGE.get()][name]
    return text.format_map(values) if values else text


def has_text(name: str) -> bool:
    """Whether there is such a text."""
    return name in CATALOGUES[DEFAULT]


def say_first(*names: str) -> str:
    """The first of the texts that exists; the last name itself if none does."""
    return next((say(name) for name in names if has_text(name)), names[-1])


def accepted_language(header: str) -> str:
    """Which of ours a browser likes best (`Accept-Language`)."""
    liked: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        code = tag.strip().lower().partition("-")[0]
        if code in LANGUAGES and quality > 0:
            liked.append((-quality, code))
    return min(liked, key=lambda one: one[0])[1] if liked else DEFAULT
