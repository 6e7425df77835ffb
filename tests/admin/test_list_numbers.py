"""Numbers of lists stand under each other, and what their columns are called above them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from admin.texts import language, say_first
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

#: Lists, and those of their columns that hold amounts or counts.
NUMBERS: Final = {
    "card-type": {"digits"},
    "certificate": {"face", "remaining"},
    "coupon": {"used", "uses_max"},
    "member": {"purchases", "balances", "spend_year"},
    "segment": {"size"},
}
_ROWS: Final = (
    (
        "insert into card_type (partner_id, code, name, prefix, digits)"
        " values ($1, 'plastic', 'Plastic', '77', 16)"
    ),
    (
        "insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked,"
        " unit, face, issued_at) select crc32(d) % 64, uuidv7(), $1, 'gift', d, '…K7Q2', 'RUB',"
        " 10000, now() from (select uuid_send(uuidv7()) as d) made"
    ),
    (
        "insert into coupon (bucket, partner_id, digest, coupon_id, series_code, masked, uses_max,"
        " valid_from, issued_at, issued_by) select crc32(uuid_send(i)) % 64, $1, uuid_send(i), i,"
        " 'autumn', '…K7Q2', 3, now(), now(), i from (select uuidv7() as i) made"
    ),
    (
        "insert into segment (partner_id, code, name, size, counted_at)"
        " values ($1, 'few', 'Few', 3, now())"
    ),
)
_HEAD: Final = re.compile(r'<th scope="col" class="text-end"[^>]*>(.*?)</th>', re.DOTALL)
_CELL: Final = re.compile(r'<td data-label="([^"]*)" class="text-end number(?: is-empty)?">')
_MARKUP: Final = re.compile("<[^>]*>")


async def test_numbers_stand_under_each_other(office: Office) -> None:
    """To the right, with the heads of their columns; texts, codes and moments do not."""
    for statement in _ROWS:
        await office.database.execute(statement, world.NORTH)
    owner = await office.signed_in(login_of(Role.OWNER))
    columns = ["created_at", "name", "tags", *NUMBERS["member"]]
    await owner.post("/account/columns/member", {"column": columns})
    for record, numbers in NUMBERS.items():
        page = (await owner.get(f"/{record}/list")).text
        with language("en"):
            meant = {say_first(f"field.{record}.{name}", f"field.{name}") for name in numbers}
        heads = {_MARKUP.sub("", head).strip() for head in _HEAD.findall(page)}
        assert heads == meant, record
        assert set(_CELL.findall(page)) == meant, record
