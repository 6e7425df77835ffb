"""Much of everything in North, with long names: what pages look like after a year of work."""
# ruff: noqa: RUF001 - names of shops in Russian

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.v1.receipt_pb2 import Identifier, Settlement
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

#: Rows of each kind, more than a page of a list shows at first.
ROWS: Final = 60
#: Receipts, corrections and entries of a statement.
SALES: Final = 12
NAME: Final = "Гипермаркет «Продукты у дома» на проспекте маршала Рокоссовского, вход со двора, № "
_ROWS: Final = f"""
update partner set name = '{NAME}' || name where partner_id = $1;
insert into chain select $1, 'chain-' || n, '{NAME}' || n from generate_series(1, {ROWS}) n;
insert into store (partner_id, code, chain_code, program_code, name, address, format, region)
select $1, 'store-' || n, 'chain', 'main', '{NAME}' || n, '{NAME}' || n, 'hypermarket', 'Урал'
from generate_series(1, {ROWS}) n;
insert into terminal (partner_id, store_code, code)
select $1, 'store-' || n, 'till-with-a-long-code-' || n from generate_series(1, {ROWS}) n;
insert into category select $1, 'category-' || n, '{NAME}' || n from generate_series(1, {ROWS}) n;
insert into product (partner_id, sku, category_code, brand, name, supplier, tags)
select $1, 'sku-' || n, 'category-' || n, '{NAME}' || n, '{NAME}' || n, '{NAME}' || n,
    array['свежее', 'местное', 'охлаждённое', 'без-сахара', 'на-подарок']
from generate_series(1, {ROWS}) n;
insert into tag select $1, 'tag-' || n, '{NAME}' || n from generate_series(1, {ROWS}) n;
insert into member_list select $1, 'list-' || n, '{NAME}' || n from generate_series(1, {ROWS}) n;
insert into coupon_series select $1, 'series-' || n, '{NAME}' || n
from generate_series(1, {ROWS}) n;
insert into segment (partner_id, code, name, conditions, size, counted_at)
select $1, 'segment-' || n, '{NAME}' || n, '{{"tag": "vip"}}', n * 1000, now()
from generate_series(1, {ROWS}) n;
insert into member_attribute (partner_id, code, name, kind)
select $1, 'attribute-' || n, '{NAME}' || n, 'text' from generate_series(1, {ROWS}) n;
insert into card_type (partner_id, code, name, prefix, digits)
select $1, 'type-' || n, '{NAME}' || n, '77' || (100 + n), 16 from generate_series(1, {ROWS}) n;
insert into staff (partner_id, login, name, role)
select $1, 'a-person-with-a-long-login-' || n, '{NAME}' || n, 'call_centre'
from generate_series(1, {ROWS}) n;
insert into campaign (partner_id, code, document, status)
select partner_id, 'campaign-' || n,
    document || jsonb_build_object('code', 'campaign-' || n, 'name', '{NAME}' || n),
    (array['live', 'paused', 'ended', 'archived'])[1 + n % 4]
from campaign, generate_series(1, {ROWS}) n where partner_id = $1 and code = 'bread';
insert into admin_job
    (partner_id, kind, series, total, done, state, taken_at, ended_at, author, reason)
select $1, 'certificates', 'gift', 1000000, 1000000, 'done', now(), now(), 'north-owner',
    '{NAME}' || n
from generate_series(1, {ROWS}) n;
insert into member (bucket, member_id, partner_id)
select crc32(uuid_send(i)) % 64, i, $1
from (select uuidv7() as i from generate_series(1, {ROWS})) made;
insert into member_profile (bucket, member_id, first_name, last_name, patronymic, email)
select bucket, member_id, 'Александра-Екатерина', 'Константинопольская-Задунайская',
    'Святославовна', 'alexandra.konstantinopolskaya.zadunayskaya@example.com'
from member m where partner_id = $1 and household_size is null
    and not exists (select from member_profile p where p.member_id = m.member_id);
insert into coupon (bucket, partner_id, digest, coupon_id, series_code, masked, uses_max,
    valid_from, issued_at, issued_by)
select crc32(uuid_send(i)) % 64, $1, uuid_send(i), i, 'autumn', '…K7Q2', 1, now(), now(), i
from (select uuidv7() as i from generate_series(1, {ROWS})) made;
insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked, unit,
    face, issued_at)
select (crc32(d) % 64)::smallint, uuidv7(), $1, 'gift', d, '…K7Q2', 'RUB', 100000000, now()
from (select uuid_send(uuidv7()) as d from generate_series(1, {ROWS})) made;
"""


async def fill(service: Service) -> None:
    """Rows by the dozen, and a member who buys a lot, with her long receipts."""
    for statement in filter(str.strip, _ROWS.split(";\n")):
        await service.database.execute(statement, world.NORTH)
    till, operator = service.till(), service.operator()
    ann = await till.identify(phone=world.PHONE)
    basket = [line("bread", 99_999_99, position=n + 1) for n in range(40)]
    for number in range(SALES):
        sale = receipt(*basket, identifier=Identifier(phone=world.PHONE))
        settled = Settlement(receipt_number=f"{number}", cashier="Константинопольская А. С.")
        await till.confirm(f"large-{number}", sale, settlement=settled)
        await operator.adjust(ann.member_id, 1_00, reason=f"{NAME}{number}")
