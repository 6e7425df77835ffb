"""In which language rules are worded: English stands in the code, others in a catalogue each.

A text is its own key: `say("At most {most} off one receipt.", most=…)` speaks the catalogue's
sentence for it, with the same values inside. What is put inside is said in the same language, and
stands for itself: sentences of other languages are built so that it need not be declined.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH: Final = "en"
#: Language → English text → the same in that language.
CATALOGUES: Final[dict[str, dict[str, str]]] = {
    code: orjson.loads(files(__package__).joinpath(f"{code}.json").read_bytes()) for code in ("ru",)
}
#: In which rules can be worded.
LANGUAGES: Final = (ENGLISH, *CATALOGUES)
_TEENS: Final = range(11, 15)
_FEW: Final = range(2, 5)
_SPOKEN: Final = ContextVar("wording_language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Word rules in a language for the block; one that is not known is English."""
    token = _SPOKEN.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The code of the language in which rules are worded."""
    return _SPOKEN.get()


def said(text: str) -> str:
    """A text in the language that is spoken, its places for values still open."""
    return CATALOGUES.get(_SPOKEN.get(), {}).get(text, text)


def say(text: str, /, **values: object) -> str:
    """A text in the language that is spoken, with its values."""
    return said(text).format_map(values)


def quoted(text: str) -> str:
    """What somebody wrote, in the quotes of the language that is spoken."""
    return say("“{text}”", text=text)


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 unit``, ``3 units``.

    A catalogue has the forms of a noun for 1, 2 and 5, as languages like Russian tell them apart,
    under the noun with ``(n)``.
    """
    forms = CATALOGUES.get(_SPOKEN.get(), {}).get(f"{noun} (n)")
    if forms is None:
        return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
    one, few, many = forms.split("|")
    ones = number % 10 if number % 100 not in _TEENS else 0
    return f"{number} {one if ones == 1 else few if ones in _FEW else many}"
