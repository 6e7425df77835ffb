"""What pages say: in both languages, the same texts, each of them used, none missing."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from admin.pages.office import GROUPS, VIEWS
from admin.texts import CATALOGUES, LANGUAGES, accepted_language, checks, language, say
from checkout.verifier.checks import CHECKS
from tests.service.office import INSTALLATION_OWNER

if TYPE_CHECKING:
    from tests.service.office import Office

SOURCES = Path(__file__).resolve().parents[2] / "admin"
#: Names that code puts together: a prefix, and what follows.
MADE = (
    *("page.", "about.", "empty.", "search.", "field.", "help.", "value.", "record.", "action."),
    *("constraint.", "error.", "group.", "secret.", "do.", "about_do.", "said.", "service."),
    *("cut.", "coupon_status.", "verdict.", "job.", "refusal.", "fill.", "find.", "may."),
    "step.",
)
NAMED = re.compile(r"""["']((?:[a-z_]+\.)+[a-z0-9_]+)["']""")


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    """The same names, none empty that the other has, and the same values inside."""
    english, russian = CATALOGUES["en"], CATALOGUES["ru"]
    assert set(english) == set(russian)
    differ = {name for name in english if values_of(english[name]) != values_of(russian[name])}
    assert not differ
    assert {name for name in english if not english[name].strip()} == {"nothing"}
    assert not [
        name
        for name, text in russian.items()
        if not any("\u0400" <= sign <= "\u04ff" for sign in text)
        and re.search("[a-z]{4}", english[name].lower())
        and name != "value.language.en"
        and not name.endswith(".email")
    ]


def test_every_check_has_its_sentence_in_each_language() -> None:
    """What the verifier says on the first page: none is missing, said anew or left over."""
    said = {check.sentence for check in CHECKS}
    for code in set(LANGUAGES) - {"en"}:
        with language(code):
            told = [checks.check_sentence(sentence) for sentence in said]
        assert all(re.search("[\u0400-\u04ff]", sentence) for sentence in told)
        assert len(set(told)) == len(said)
        assert set(checks.CATALOGUES[code]) == said
    # What an older verifier has kept is shown as it is.
    with language("ru"):
        assert checks.check_sentence("Nothing is wrong.") == "Nothing is wrong."


def test_no_text_lies_unused() -> None:
    """A text is named somewhere, or belongs to a family whose names are put together."""
    written = "".join(
        path.read_text() for path in SOURCES.rglob("*") if path.suffix in {".py", ".html"}
    )
    unused = [
        name
        for name in CATALOGUES["en"]
        if f'"{name}"' not in written and f"'{name}'" not in written and not name.startswith(MADE)
    ]
    assert not unused


def test_no_text_is_missing() -> None:
    """What templates and code name by whole is there; so is all that each record needs."""
    missing = set()
    for path in SOURCES.rglob("*"):
        if path.suffix == ".html":
            named = re.findall(r"""\bt\(["']([a-z_.]+[a-z_])["']""", path.read_text())
            missing |= set(named) - set(CATALOGUES["en"])
        elif path.suffix == ".py":
            named = re.findall(r"""(?:say|Error)\(\s*["']([a-z_.]+[a-z_])["']""", path.read_text())
            missing |= {name for name in named if "." in name} - set(CATALOGUES["en"])
    needed = {
        f"{kind}.{view.identity}" for view in VIEWS for kind in ("page", "about", "empty", "search")
    }
    needed |= {f"group.{group}" for group in GROUPS}
    # What an export leaves in the history.
    needed |= {f"record.{view.identity}" for view in VIEWS}
    assert not missing
    assert not needed - set(CATALOGUES["en"])


def test_every_column_and_field_has_a_name() -> None:
    """No page shows the name of a column of a table."""
    nameless = []
    for code in LANGUAGES:
        with language(code):
            for view_class in VIEWS:
                view = view_class()
                fields = [field.name for field in view.form()] if view.form else []
                names = {*view.get_list_columns(), *view.get_details_columns(), *fields} - {"seen"}
                nameless += [
                    f"{view.identity}.{name}" for name in names if view.label(name) == name
                ]
    assert not nameless


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de,ru;q=0.5", "ru"),
        ("de", "en"),
        ("ru;q=0,en", "en"),
        ("ru;q=x,,;q=", "en"),
        ("en;q=0.1,ru;q=0.2", "ru"),
        ("," * 10_000, "en"),
    ],
)
def test_the_language_is_what_the_browser_likes_best(header: str, code: str) -> None:
    """Of those that we have; strange headers are no fault."""
    assert accepted_language(header) == code


async def test_a_person_keeps_the_chosen_language(office: Office) -> None:
    """Whatever the browser asks for; until then the browser decides, also before signing in."""
    with language("ru"):
        russian = say("sign_in.title")
    assert russian in (await (await office.browser("ru")).get("/sign-in")).text
    owner = await office.signed_in(INSTALLATION_OWNER)
    assert '<html lang="en">' in (await owner.get("/")).text
    assert (await owner.post("/account/language", {"language": "ru"})).status_code == 303
    page = (await owner.get("/store/list")).text
    assert '<html lang="ru">' in page
    assert "Магазины" in page
    assert (await owner.post("/account/language", {"language": "xx"})).status_code == 400
    refused = await owner.post("/chain/create", {"code": "", "name": "x"})
    assert "Обязательное поле" in refused.text
