"""Pages about people in a real browser, beside a service that sells: they fit, and axe is content.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from admin.members import walk
from admin.permissions import Role
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.service import gifts, world
from tests.service.office import login_of, office_beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 20)
    await gifts.give(service.operator(), await service.ann())
    async with office_beside(service) as office:
        yield office


@pytest.mark.parametrize("width", WIDTHS)
async def test_people_are_tagged_filtered_and_kept_as_a_segment(
    desk: Office, chromium: Browser, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tag out of the dictionary, a filter by it, a segment of the filter; every page fits."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.OWNER))
    north = world.NORTH
    for record in ("tag", "member-attribute", "member-list", "segment"):
        await watched.look(f"/{record}/list", f"people-{record}-empty")
    for record, code, name in (
        ("tag", "vip", "Very important"),
        ("member-attribute", "children", "Number of children"),
        ("member-list", "guests", "Guests of the opening"),
    ):
        await page.goto(f"{desk.origin}/{record}/create")
        await page.fill("#code", code)
        await page.fill("#name", name)
        await page.click("main button.btn-primary")
        await page.wait_for_url(f"**/{record}/details/*")
    await watched.look("/tag/create", "people-tag-create")
    await watched.look(f"/tag/details/{north};vip", "people-tag")
    member = await desk.database.fetchrow(
        "select bucket, member_id from member_profile where member_id ="
        " (select member_id from account where balance > 0 and member_id = (select member_id"
        " from gift_given limit 1))"
    )
    key = f"{member['bucket']};{member['member_id']}"
    for action in ("tag", "attribute", "gift"):
        await watched.look(f"/member/{key}/{action}", f"people-{action}")
    await page.goto(f"{desk.origin}/member/{key}/tag")
    await page.fill("#reason", "loyal for years")
    await page.click("main button.btn-primary")
    await page.wait_for_url("**said=tag")
    await watched.look(f"/member/details/{key}", "people-member")
    await watched.look("/member/new", "people-new")
    await watched.look("/member/list?tag=vip", "people-filtered")
    await watched.look("/member/list?age_from=200", "people-misunderstood")
    await watched.look(f"/member/{key}/consent?channel=sms&consents=yes", "people-consent")
    # A list that has no time to be looked through says how far it is.
    for name, value in (("PATIENCE_S", 0.0), ("_ROWS_MIN", 1), ("_STATEMENTS_MIN", 1)):
        monkeypatch.setattr(walk, name, value)
    monkeypatch.setattr(walk, "SET_MAX", -1)
    await watched.look("/member/list?purchases_to=99", "people-walked")
    monkeypatch.undo()
    await page.goto(f"{desk.origin}/member/list?tag=vip")
    await page.click("text=Save as a segment")
    await page.fill("#code", "important")
    await page.fill("#name", "Important people")
    await watched.shoot("people-segment-new")
    await page.click("main button.btn-primary")
    await page.wait_for_url("**/segment/details/*")
    await watched.look(f"/segment/details/{north};important", "people-segment")
    await watched.look("/segment/list", "people-segment-list")
    await page.goto(f"{desk.origin}/member-list/fill/{north};guests")
    await page.fill("#document", f"{world.CARD}\nnonsense\n")
    await page.click("text=Look at it")
    await page.wait_for_selector("text=Strange lines: 1")
    await watched.shoot("people-list-fill")
    assert watched.faults == []
    await context.close()
