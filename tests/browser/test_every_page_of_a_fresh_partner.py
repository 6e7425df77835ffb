"""Every page that a partner has on the first day, before there is anything: none is a bare table.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.every_page import walk
from tests.browser.test_office import CHROMIUM, chromium
from tests.service.addresses import ASKED, is_page, routes_of
from tests.service.office import begin_partner, office_beside

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
#: Those of the installation alone add partners.
NOT_OURS: Final = frozenset({"/partner/create"})


async def test_every_page_of_a_fresh_partner_fits(service: Service, chromium: Browser) -> None:
    """Lists, forms and figures without a row; what is of a row is there for nobody yet."""
    async with office_beside(service) as office:
        owner = await begin_partner(office.database)
        empty = {
            path: path
            for method, path in routes_of(office.app)
            if method == "GET" and is_page(path) and "{" not in path
        }
        for other in (*ASKED, *NOT_OURS):
            empty.pop(other, None)
        faults = await walk(office, chromium, empty, owner, "empty")
    assert not faults, "\n".join(faults)
