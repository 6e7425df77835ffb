"""Every page that the admin's routes have, looked at one after the other.

A route is a page with a picture, or is named with the reason why it is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.browser.test_office import WIDTHS, Watched
from tests.service import busy_shop
from tests.service.addresses import NO_PAGES, addresses_of, is_page
from tests.service.much_data import fill
from tests.service.office import INSTALLATION_OWNER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

#: Ends texts that tills and operators tell: long, and without a blank to break it at.
LONG: Final = "-Сверхдлинноенаименование"


def picture_of(route: str, of_what: str) -> str:
    """What its picture is called: the words of the route."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", re.sub(r"{[^}]*}", "one", route))
    return "_".join((of_what, *(words or ["first"])))


async def walk(
    office: Office,
    chromium: Browser,
    addresses: Mapping[str, str],
    login: str,
    of_what: str,
    *,
    judges: bool = True,
) -> list[str]:
    """Look at pages by their routes, on a desk and on a phone; what is wrong.

    Each is opened once: a window that becomes narrow shows what a phone does. Axe judges both,
    unless it has judged the same pages with other data.
    """
    context = await chromium.new_context(locale="ru-RU")
    watched = Watched(await context.new_page(), office.origin)
    await watched.sign_in(login)
    for route, address in addresses.items():
        await watched.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        answer = await watched.page.goto(f"{office.origin}{address}")
        if answer is None or answer.status != 200:
            watched.faults.append(f"{route}: {answer and answer.status}")
            continue
        for width in WIDTHS:
            await watched.page.set_viewport_size({"width": width, "height": 900})
            look = watched.judge if judges else watched.see_that_it_fits
            await look(f"{route} at {width}")
            await watched.shoot(picture_of(route, of_what))
    await context.close()
    return watched.faults


async def pages_of(office: Office) -> dict[str, str]:
    """Addresses of all pages of a busy shop, by their routes."""
    addresses = await addresses_of(office)
    assert NO_PAGES.keys() <= addresses.keys(), "what is no page is a route"
    return {route: address for route, address in addresses.items() if is_page(route)}


async def walk_with_much(
    service: Service, office: Office, chromium: Browser, part: int
) -> list[str]:
    """Look at one half of all pages, where there is much of everything with long names."""
    await busy_shop.make_busy(service, LONG)
    await busy_shop.put_records(office.database, LONG)
    await fill(service)
    half = dict(list((await pages_of(office)).items())[part::2])
    return await walk(office, chromium, half, INSTALLATION_OWNER, "every")
