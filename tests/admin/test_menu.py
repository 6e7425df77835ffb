"""The menu: what stands in which group, for whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.pages.office import GROUPS, PAGES, VIEWS
from admin.permissions import Role
from admin.texts import language, say
from tests.service.office import INSTALLATION_OWNER, login_of

if TYPE_CHECKING:
    from tests.service.office import Office

#: In the order of the menu; a page of each module has its module's group.
MENU: Final = {
    "places": ["partner", "chain", "store", "terminal"],
    "tills": ["overrun", "reconciliation", "return-without-receipt"],
    "rules": ["campaign", "publication", "limit", "program"],
    "goods": ["gift", "category", "product"],
    "customers": [
        *("receipt", "correction", "member", "household"),
        *("segment", "member-list", "tag", "member-attribute"),
    ],
    "cards": ["identifier", "card-type"],
    "codes": ["job", "certificate", "certificate-series", "coupon", "coupon-series"],
    "staff": ["role", "staff"],
    "oversight": ["history", "event"],
}
_GROUP: Final = re.compile(r'<p class="menu-group">([^<]+)</p>')
_PAGE: Final = re.compile(r'<a class="menu-link[^"]*" href="/([a-z-]+)(?:/list)?">')


async def menu_of(office: Office, login: str) -> dict[str, list[str]]:
    """Groups that somebody sees, by their codes, and the pages in them."""
    browser = await office.signed_in(login)
    menu = (await browser.get("/account")).text.partition('id="menu"')[2].partition("</nav>")[0]
    with language("en"):
        codes = {say(f"group.{code}"): code for code in MENU}
    _, *parts = _GROUP.split(menu)
    return {
        codes[name]: _PAGE.findall(pages)
        for name, pages in zip(parts[::2], parts[1::2], strict=True)
    }


def test_no_page_is_in_a_group_that_the_menu_has_not() -> None:
    """It would be in no menu; and no group is empty."""
    assert {view.group for view in VIEWS} | {page.group for page in PAGES} == set(GROUPS)


async def test_each_module_has_its_group(office: Office) -> None:
    """An owner sees all; others see what they may open, and no group without a page."""
    assert await menu_of(office, INSTALLATION_OWNER) == MENU
    seen = await menu_of(office, login_of(Role.CASHIER_SUPERVISOR))
    assert "cards" not in seen
    assert "codes" not in seen
    assert seen["customers"] == ["receipt", "member"]
    analyst = await menu_of(office, login_of(Role.ANALYST))
    assert analyst["cards"] == MENU["cards"]
    assert analyst["codes"] == MENU["codes"][1:], "jobs are for who issues"
    assert "oversight" not in analyst
    assert all(seen.values())
