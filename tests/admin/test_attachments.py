"""How files are called that are taken from pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from admin.pages.places_in_lists import page_of, place_in, place_of
from admin.permissions import Role
from admin.records.attachment import attachment
from admin.texts import language
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

#: Russian for stores.
STORES: Final = "%D0%9C%D0%B0%D0%B3%D0%B0%D0%B7%D0%B8%D0%BD%D1%8B"


@pytest.mark.parametrize(
    ("code", "name", "header"),
    [
        ("en", "store-1.csv", 'attachment; filename="store-1.csv"'),
        (
            "ru",
            "store-1.csv",
            f"attachment; filename=\"store-1.csv\"; filename*=UTF-8''{STORES}.csv",
        ),
        ("en", 'é"\r\n.csv', "attachment; filename=\".csv\"; filename*=UTF-8''%C3%A9%22%0D%0A.csv"),
    ],
)
def test_a_file_has_a_name_in_the_language_and_one_in_ascii(
    code: str, name: str, header: str
) -> None:
    """What a header cannot hold is left out of the one, and encoded in the other."""
    with language(code):
        assert attachment(name, "Магазины.csv") == {"content-disposition": header}


async def test_an_export_is_called_as_its_page(desk: Office) -> None:
    """In Russian for who reads Russian."""
    login = login_of(Role.OWNER)
    for code, told in (
        ("en", "store-"),
        ("ru", "%D0%9C%D0%B0%D0%B3%D0%B0%D0%B7%D0%B8%D0%BD%D1%8B"),
    ):
        await desk.database.execute("update staff set language = $1 where login = $2", code, login)
        browser = await desk.signed_in(login)
        header = (await browser.post("/store/export/csv")).headers["content-disposition"]
        assert header.startswith('attachment; filename="store-2')
        assert told in header
        assert ("filename*" in header) == (code == "ru")


def test_a_page_knows_whether_others_follow() -> None:
    """Exactly as many rows as a page has are all of them."""
    assert page_of([1, 2], 2) == ([1, 2], None)
    assert page_of([1, 2, 3], 2) == ([1, 2], 2)
    assert page_of([], 2) == ([], None)
    assert place_of(None, "at", "id") == ""
    assert place_in("") == place_in("x;y") == {"before": None, "before_id": None}
