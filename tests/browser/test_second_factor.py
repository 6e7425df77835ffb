"""Setting up a second factor, as somebody sees it: the picture, the recovery codes, signing in.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
import pytest

from admin.permissions import Role
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium, office
from tests.service.office import PASSWORD, login_of

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.office import Office

__all__ = ["chromium", "office"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.mark.parametrize("width", WIDTHS)
async def test_somebody_sets_up_a_second_factor(
    office: Office, chromium: Browser, width: int
) -> None:
    """Pages fit and are accessible; the policy lets the picture be seen; digits let them in."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), office.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.MARKETER))
    await page.goto(f"{office.origin}/account")
    await page.fill("#factor-password", PASSWORD)
    await page.click("text=Set it up")
    secret = await page.inner_text("#secret")
    assert await page.evaluate("document.querySelector('main img').naturalWidth > 100")
    await watched.judge("/account/factor")
    await watched.shoot("second-factor")
    await page.fill("#code", pyotp.TOTP(secret).now())
    await page.click("text=Use it from now on")
    codes = (await page.inner_text("#secret")).split()
    await watched.judge("/account/factor/confirm")
    await watched.shoot("second-factor-codes")
    await page.click("text=I have copied it")
    await watched.shoot("second-factor-account")
    await page.click("text=Sign out")
    await page.fill("#login", login_of(Role.MARKETER))
    await page.fill("#password", PASSWORD)
    await page.fill("#code", codes[0])
    await page.click("form button")
    await page.wait_for_url(f"{office.origin}/")
    assert watched.faults == []
    await context.close()
