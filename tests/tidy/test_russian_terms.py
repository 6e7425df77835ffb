"""What Russian pages and explanations say: one word for one thing, typed as one types Russian."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.tidy.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUES: Final = (
    *("admin/texts/ru.json", "checkout/wording/ru.json", "checkout/wording/schema_ru.json"),
)
#: Words for which the glossary of docs/admin.md has another one.
FOREIGN: Final = {
    "household": r"семь[яеийю]\w*",
    "hold": r"брон\w+|холд\w{0,2}|удержан\w+",
    "tag": r"метк\w+|меток",
    "member": r"клиент\w*",
    "brand": r"марк\w{1,2}",
    "personal offer": r"личн\w+ предложени\w*",
    "emergency stop": r"стоп",
    "external id": r"идентификатор\w*|внешн\w+ номер\w*",
    "on the lane": r"на дорожк[еи]",
    "merged member": r"друг\w+ имен\w*|другое имя",
}
#: What is typed otherwise in Russian, or ties a sentence to the sex of whoever reads it.
UNUSUAL: Final = {
    "an ID in small letters": r"\b[Ii]d\b",
    "a hyphen for a dash": r" - ",
    "English quotes": r"[“”]",
    "three dots": r"\.\.\.",
    "a sex in brackets": r"\(\w\)",
    "a sex of the reader": r"\bЯ \w+л\b",
    "a unit that a line breaks off": r"(\d|\}) (%|ч|мин|кБ|МБ|дн\.|ед\.|шт\./кг)(?!\w)|№ \{",
    "thousands that a line breaks": r"\d \d{3}\b",
}


def sentences() -> Iterator[tuple[str, str]]:
    for file in CATALOGUES:
        yield from json.loads((ROOT / file).read_text()).items()


@pytest.mark.parametrize("what", FOREIGN)
def test_one_word_for_one_thing(what: str) -> None:
    """No sentence has another word for something than the glossary."""
    other = re.compile(rf"\b({FOREIGN[what]})\b", re.IGNORECASE)
    assert {name: text for name, text in sentences() if other.search(text)} == {}


@pytest.mark.parametrize("what", UNUSUAL)
def test_signs_are_those_of_russian(what: str) -> None:
    """Dashes, quotes, spaces at which no line breaks; nobody's sex is guessed."""
    unusual = re.compile(UNUSUAL[what])
    assert {name: text for name, text in sentences() if unusual.search(text)} == {}
