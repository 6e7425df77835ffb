"""Every page of the admin on a phone, with much data: a picture of each, nothing sticks out.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.every_page import walk
from tests.browser.test_office import CHROMIUM, chromium
from tests.service.office import office_beside

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


async def test_every_page_fits_a_phone(service: Service, chromium: Browser) -> None:
    """The same pages as on a desk; in a file of its own, so that both are walked at once."""
    async with office_beside(service) as office:
        faults = await walk(service, office, chromium, 390)
    assert not faults, "\n".join(faults)
