"""Short lists are filtered, too: by what a row says, and by what belongs to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of

if TYPE_CHECKING:
    from tests.service.office import Office

_ROWS: Final = (
    "insert into chain values ($1, 'far', 'Far away'), ($1, 'bare', 'Without a store')",
    """insert into program (partner_id, code, document) values ($1, 'club',
    '{"code": "club", "name": "Club", "currencies": [{"code": "stamps", "name": "Stamps"}]}')""",
    (
        "insert into store (partner_id, code, chain_code, program_code, name, format, region)"
        " values ($1, 'f1', 'far', 'club', 'Far', 'kiosk', 'Ural')"
    ),
    (
        "insert into card_type (partner_id, code, name, prefix, digits, issued_at_enrolment)"
        " values ($1, 'given', 'Given', '771', 16, true), ($1, 'sold', 'Sold', '772', 16, false)"
    ),
    """update partner set settings = settings || '{"awaiting": {"campaign_approval":
    {"value": "anybody", "author": "x"}}}' where partner_id = $1""",
)
_CODE: Final = re.compile(r'<td data-label="Code"><a href="[^"]*">([^<]*)</a>')


@pytest.mark.parametrize(
    ("record", "asked", "found"),
    [
        ("chain", "", ["bare", "chain", "far"]),
        ("chain", "program_code=club", ["far"]),
        ("chain", "program_code=main", ["chain"]),
        ("chain", "format=kiosk", ["far"]),
        ("chain", "region=Ural", ["far"]),
        ("chain", "region=Ural&program_code=main", []),
        ("program", "", ["club", "main"]),
        ("program", "chain_code=chain", ["main"]),
        ("program", "chain_code=bare", []),
        ("program", "currency=stamps", ["club"]),
        ("program", "currency=pts", ["main"]),
        ("card-type", "issued_at_enrolment=yes", ["given"]),
        ("card-type", "issued_at_enrolment=no", ["sold"]),
        ("partner", "", ["north", "south"]),
        ("partner", "currency_code=RUB", ["north", "south"]),
        ("partner", "currency_code=EUR", []),
        ("partner", "is_waiting=yes", ["north"]),
        ("partner", "is_waiting=no", ["south"]),
    ],
)
async def test_a_filter_finds_its_rows(
    office: Office, record: str, asked: str, found: list[str]
) -> None:
    """Each by itself, and two at once; the form offers it with what there is, and keeps it."""
    for statement in _ROWS:
        await office.database.execute(statement, world.NORTH)
    browser = await office.signed_in(
        INSTALLATION_OWNER if record == "partner" else login_of(Role.OWNER)
    )
    answer = await browser.get(f"/{record}/list?{asked}")
    assert answer.status_code == 200, answer.text
    assert _CODE.findall(answer.text) == found
    for name, value in (one.split("=") for one in filter(None, asked.split("&"))):
        (field,) = re.findall(
            f'<select[^>]* name="{name}"[^>]*>(.*?)</select>', answer.text, re.DOTALL
        )
        if value not in {"EUR", "bare"}:
            assert f'<option value="{value}" selected>' in field
