"""Odd addresses, sent to every route that reads: a page that says so, and no fault of ours."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest

from admin.members.conditions import CONDITIONS
from admin.permissions import Role
from tests.admin.test_access import filled, keys_of
from tests.service.addresses import routes_of
from tests.service.office import login_of
from tests.walls import some_of

if TYPE_CHECKING:
    from tests.service.office import Office

_NO_ID: Final = "00000000-0000-0000-0000-000000000000"
#: Pieces of paths.
PIECES: Final = (
    "-1",
    "9" * 30,
    "1;x",
    f"1;0001-01-01;{_NO_ID}",
    f"{_NO_ID};x",
    "\u00b2",
    "%",
    "\0",
)
#: Of parameters; moments that there are not in other zones, too.
VALUES: Final = (
    "-" + "9" * 30,
    f"0001-01-01T00:00:00+14:00;{_NO_ID}",
    f"9999-12-31T23:59:59-14:00;{_NO_ID}",
)
#: What lists and pages read, what the history of exports has for itself, and what nobody reads.
PARAMETERS: Final = (
    *("page", "pageSize", "sort", "sortBy", "before", "after", "since", "until", "day", "seq"),
    *("older", "receipts", "sums", "said", "at", "who", "store", "terminal", "number", "key"),
    *("record", "action", "author", "partner_id", "database", "is_blocked", "kind", "nothing"),
    *CONDITIONS,
)


def asking(value: str) -> str:
    """A query in which each parameter has the value, and has it twice."""
    query = "&".join(f"{name}={quote(value, safe='')}" for name in PARAMETERS)
    return f"{query}&{query}"


@pytest.mark.wall
async def test_no_odd_address_is_a_fault(office: Office) -> None:
    """Every route gets an odd path, or each odd value in all that it may read."""
    browser = await office.signed_in(login_of(Role.OWNER))
    keys = (await keys_of(office))["north"]
    pieces, values = itertools.cycle(PIECES), itertools.cycle(map(asking, VALUES))
    token = await browser.form_token()
    for method, path in routes_of(office.app):
        # What is posted is read out of fields, but for lists that are taken as files.
        is_file = "/export" in path
        if method != "GET" and not is_file:
            continue
        odd = []
        if "{" in path:
            odd.append(re.sub(r"{[^}]*}", quote(next(pieces)), path))
        if "{" not in path or "details" in path or is_file:
            most = len(some_of(VALUES)) if path.endswith("/list") else 1
            odd += [f"{filled(path, keys)}?{next(values)}" for _ in range(most)]
        for address in odd:
            answer = await (browser.post(address, token=token) if is_file else browser.get(address))
            assert answer.status_code in {200, 302, 303, 400, 403, 404}, address[:200]
