"""Rules in other languages: each text has its sentence there, with the same values inside."""

from __future__ import annotations

import re
from string import Formatter

from checkout.stories.describe import described
from checkout.stories.document import load_stories, story_files
from checkout.wording.numbers import money_text, quantity_text, rate_text
from checkout.wording.speech import CATALOGUES, counted, say, speaking
from tests.tidy.sources import ROOT
from tests.unit.story_variants import snapshot_of
from tests.unit.wording_texts import said_texts

#: Values that only English needs.
ENGLISH_ONLY = {"be"}
#: Words without which no English sentence of ours does; names in stories have two at most.
ENGLISH = frozenset({"the", "are", "is", "for", "each", "that", "with", "not", "at", "on", "or"})
#: A number of something behind a word that asks for another case: "каждых 2 единицы".
_UNDECLINED = re.compile("(каждые|каждых|больше|меньше) [0-9]+ [^0-9]{3}")
#: What stands before a number of something.
BOUNDS = ("less than", "at most", "at least", "more than")


def values_of(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_every_text_has_its_sentence_in_each_language() -> None:
    """None is missing, none lies unused, and no value is lost or made up."""
    texts = said_texts()
    for language, catalogue in CATALOGUES.items():
        assert set(catalogue) - texts == set(), language
        assert texts - set(catalogue) == set(), language
        for english, sentence in catalogue.items():
            wanted = [name for name in values_of(english) if name not in ENGLISH_ONLY]
            assert values_of(sentence) == wanted, english
            assert sentence.strip(), english


def test_no_sentence_is_left_in_english() -> None:
    """Rules of all stories, worded in Russian: each line is, but for names and codes."""
    lines = set()
    with speaking("ru"):
        for file in story_files(ROOT / "tests" / "scenarios"):
            for story in load_stories(file):
                lines |= set(described(snapshot_of(story)))
    told = {line for line in lines if line.strip()}
    assert len(told) > 500
    foreign = [line for line in told if not re.search("[\u0430-\u044f]", line.lower())]
    assert [line for line in foreign if not re.search("[(][a-z-]+[)][.]?$", line)] == []
    left = [line for line in told if len(ENGLISH & set(ours_of(line).lower().split())) > 2]
    assert left == []
    # Other quotes, and a noun in the form of its number where another case is wanted.
    assert [line for line in told if re.search("[“”]", line)] == []
    assert [line for line in told if _UNDECLINED.search(line)] == []


def ours_of(line: str) -> str:
    """A line without what managers wrote themselves."""
    return re.sub("«[^»]*»|“[^”]*”|[(][^)]*[)]", "", line)


def test_nouns_have_the_form_of_their_number() -> None:
    """As Russian counts: 1, 21; 2 to 4, 22; 5 to 20, 25, 111."""
    with speaking("ru"):
        told = [counted(number, "day") for number in (1, 2, 4, 5, 11, 14, 21, 22, 25, 111, 0)]
        # After "than" a noun keeps the form of its number: without it "2 дня" would be wrong.
        assert all(said.endswith(" чем") for said in map(say, BOUNDS))
    assert told == [
        *("1 день", "2 дня", "4 дня", "5 дней", "11 дней", "14 дней", "21 день", "22 дня"),
        *("25 дней", "111 дней", "0 дней"),
    ]


def test_numbers_are_written_as_in_the_language() -> None:
    """A comma, a space between thousands that does not break, the sign of the money."""
    with speaking("ru"):
        assert money_text(-1_234_567_05, "RUB", 2) == "-1\u00a0234\u00a0567,05\u00a0₽"
        assert money_text(5, "XAU", 0) == "5\u00a0XAU"
        assert rate_text(10_50) == "10,5\u00a0%"
        assert quantity_text(1_500) == "1,5\u00a0шт./кг"
    for unknown in ("en", "", "xx"):
        with speaking(unknown):
            assert money_text(1_234_567_05, "RUB", 2) == "1234567.05 RUB"


def test_values_are_never_read_as_texts() -> None:
    """Braces in what somebody typed stay what they are, in each language."""
    for language in ("en", *CATALOGUES):
        with speaking(language):
            assert say("barcode {barcodes}", barcodes="{0} {x}").endswith("{0} {x}")
