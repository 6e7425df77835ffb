"""A first walk."""

from __future__ import annotations

from tests.service.office import Office, INSTALLATION_OWNER


async def test_every_page_of_the_menu_opens(office: Office) -> None:
    """All."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    for path in ("/", "/account", "/history", *(f"/{p}/list" for p in "partner chain store terminal program category product member identifier staff".split())):
        page = await browser.get(path)
        print(path, page.status_code, len(page.text))
        assert page.status_code == 200, page.text[:3000]
