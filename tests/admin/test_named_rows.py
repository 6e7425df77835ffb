"""A form that a row's button opens says whom and what it is about, before anything is done."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.admin.test_kin import read
from tests.service import busy_shop
from tests.service.addresses import addresses_of
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

#: Which of the corrections comes first is chance: each has its reason.
SAID: Final = {
    "/member/{id}/undo": ("Points, 20",),
    "/member/{id}/restore": ("3.00", "frozen on"),
    "/member/{id}/gift-back": ("Mug: 2, given on", "Birthday"),
    "/member/{id}/untag": ("Tag: Very important",),
}


async def test_a_form_says_what_its_row_is(desk: Office, service: Service) -> None:
    """The member by name; the points, the gift and the tag, with the reason they were given for."""
    await busy_shop.make_busy(service)
    await busy_shop.put_records(desk.database)
    browser = await desk.signed_in(login_of(Role.OWNER))
    addresses = await addresses_of(desk)
    for route, said in SAID.items():
        page = html.unescape(await read(browser, addresses[route]))
        assert "Anna Karenina" in page, route
        assert [text for text in said if text not in page] == [], (route, page)


@pytest.mark.parametrize("route", sorted(SAID))
async def test_a_row_that_is_not_the_members_is_not_told(desk: Office, route: str) -> None:
    """An address with another's id, or with none, opens a form that names nothing."""
    member = await desk.database.fetchrow("select bucket, member_id from member limit 1")
    browser = await desk.signed_in(login_of(Role.OWNER))
    address = route.replace("{id}", f"{member['bucket']};{member['member_id']}")
    for named in ("", "?correction_id=x&freeze_id=x&gift_given_id=x"):
        page = (await browser.get(address + named)).text
        assert 'class="alert alert-info"' not in page
