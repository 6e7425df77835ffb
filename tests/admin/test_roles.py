"""The matrix of roles as people read it: on its page, in both languages, and in the documents.

To write the table of the documents anew: CHECKOUT_TEST_WRITE_ROLES=1 pytest, and this file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from admin.permissions import MATRIX, Role
from admin.staff.role_page import by_record, permission_named, record_named
from admin.texts import LANGUAGES, language
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "admin.md"
BEGIN, END = "<!-- roles -->\n", "<!-- end of roles -->"


def table() -> str:
    """A row a record, a column a role; in a cell what the role may do."""
    lines = [
        ["record", *(role.replace("_", " ") for role in Role)],
        ["---"] * (1 + len(Role)),
    ]
    for record, permissions in by_record().items():
        cells = [
            ", ".join(one.partition(".")[2] for one in permissions if role in MATRIX[one])
            for role in Role
        ]
        lines.append([record, *(cell or "-" for cell in cells)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def test_the_documents_have_the_matrix() -> None:
    """The table in docs/admin.md is the code's."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    kept, _, after = rest.partition(END)
    if os.environ.get("CHECKOUT_TEST_WRITE_ROLES"):
        PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}")
        return
    assert kept == table()


def test_every_permission_has_its_words() -> None:
    """In both languages, and no two of a record the same."""
    for code in LANGUAGES:
        with language(code):
            for record, permissions in by_record().items():
                assert record_named(record) != record
                named = [permission_named(one) for one in permissions]
                assert len(set(named)) == len(named)
                assert not {one.partition(".")[2] for one in permissions} & set(named)


async def test_the_page_has_a_row_for_each_permission(office: Office) -> None:
    """With the roles that have it; whoever may not see people does not see it."""
    owner = await office.signed_in(login_of(Role.OWNER))
    page = (await owner.get("/role/list")).text
    assert page.count('<th scope="row"') == len(MATRIX)
    given = [roles for roles in MATRIX.values() if len(roles) < len(Role)]
    assert page.count('<span class="badge bg-blue-lt') == sum(map(len, given))
    assert page.count("Everybody</span>") == len(MATRIX) - len(given)
    assert 'href="/role/list"' in (await owner.get("/")).text
    marketer = await office.signed_in(login_of(Role.MARKETER))
    assert (await marketer.get("/role/list")).status_code == 403


async def test_the_page_is_searched(office: Office) -> None:
    """By what is allowed, of which record, by its code, or by a role: that which it may do."""
    owner = await office.signed_in(login_of(Role.OWNER))

    async def found(term: str) -> int:
        page = (await owner.get("/role/list", params={"search": term})).text
        return page.count('<th scope="row"')

    assert await found("member.erase") == 1
    of_supervisor = sum(Role.CASHIER_SUPERVISOR in roles for roles in MATRIX.values())
    assert await found("cashier SUPERVISOR ") == of_supervisor
    assert await found("") == len(MATRIX)
    assert await found("<b>") == 0
    assert "Nothing found" in (await owner.get("/role/list?search=zzz")).text
    assert 'value="zzz"' in (await owner.get("/role/list?search=zzz")).text
