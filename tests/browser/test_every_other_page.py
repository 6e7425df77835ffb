"""Every other page of the admin on a desk and on a phone, with much data; axe is content with each.

The half that test_every_page.py leaves out.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.every_page import walk_with_much
from tests.browser.test_office import CHROMIUM, chromium
from tests.service.office import office_beside

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


async def test_every_other_page_with_much_fits(service: Service, chromium: Browser) -> None:
    """Each route with a GET is shown, or it is said why there is nothing to show."""
    async with office_beside(service) as office:
        faults = await walk_with_much(service, office, chromium, 1)
    assert not faults, "\n".join(faults)
