"""Every page that the admin's routes have, in a busy shop with much of everything.

A route is a page with a picture, or is named below with the reason why it is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.browser.test_office import Watched
from tests.service import busy_shop
from tests.service.addresses import NO_PAGES, addresses_of, is_page
from tests.service.much_data import fill
from tests.service.office import INSTALLATION_OWNER

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

#: Ends texts that tills and operators tell: long, and without a blank to break it at.
LONG: Final = "-Сверхдлинноенаименование"


def picture_of(route: str) -> str:
    """What its picture is called: the words of the route."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", re.sub(r"{[^}]*}", "", route))
    return "_".join(("every", *(words or ["first"])))


async def walk(
    service: Service,
    office: Office,
    chromium: Browser,
    width: int,
    *,
    part: int = 0,
    parts: int = 1,
) -> list[str]:
    """Look at all pages, or every so many of them; what is wrong. Axe judges those on a desk."""
    await busy_shop.make_busy(service, LONG)
    await busy_shop.put_records(office.database, LONG)
    await fill(service)
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), office.origin)
    await watched.sign_in(INSTALLATION_OWNER)
    addresses = await addresses_of(office)
    pages = [route for route in addresses if is_page(route)]
    for route in pages[part::parts]:
        answer = await watched.page.goto(f"{office.origin}{addresses[route]}")
        if answer is None or answer.status != 200:
            watched.faults.append(f"{route}: {answer and answer.status}")
            continue
        if width > PHONE_MAX:
            await watched.judge(route)
        else:
            await watched.see_that_it_fits(route)
        await watched.shoot(picture_of(route))
    await context.close()
    return [*watched.faults, *(f"{route} is no route" for route in NO_PAGES.keys() - addresses)]


#: Wider windows are a desk's.
PHONE_MAX: Final = 800
