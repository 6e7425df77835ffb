"""Every page of the admin in a shop with a little of everything: a picture of each, at two widths.

Axe has judged all of them with much data. Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.every_page import pages_of, walk
from tests.browser.test_office import CHROMIUM, chromium
from tests.service import busy_shop
from tests.service.office import INSTALLATION_OWNER, office_beside

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


async def test_every_usual_page_fits(service: Service, chromium: Browser) -> None:
    """Nothing sticks out, and no page has an error."""
    await busy_shop.make_busy(service)
    async with office_beside(service) as office:
        await busy_shop.put_records(office.database)
        pages = await pages_of(office)
        faults = await walk(office, chromium, pages, INSTALLATION_OWNER, "usual", judges=False)
    assert not faults, "\n".join(faults)
