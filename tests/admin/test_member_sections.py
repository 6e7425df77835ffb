"""Sections of a member's page have all rows, page by page: cards, other names, certificates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from admin.permissions import Role
from tests.admin.test_kin import key_of
from tests.admin.test_members import ann_of, press
from tests.service import world
from tests.service.ids import fresh
from tests.service.office import login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service

OWNER: Final = login_of(Role.OWNER)
#: Rows are made in SQL as if the service had: a member with so many is nothing for a test's time.
_CARDS: Final = """
insert into identifier (bucket, partner_id, kind, digest, member_bucket, member_id, masked)
select crc32(d) % 64, $1, 'card', d, $2, $3, 'made-' || n
from generate_series(1, 201) n, decode(md5('card ' || n), 'hex') d
"""
_MERGES: Final = """
with made as (select n, uuidv7() as id from generate_series(1, 101) n),
names as (
    insert into member (bucket, member_id, partner_id, merged_into)
    select crc32(uuid_send(id)) % 64, id, $1, $2 from made
)
insert into member_merge (bucket, merge_id, partner_id, absorbed_id, survivor_id, merged_at)
select crc32(uuid_send(id)) % 64, uuidv7(), $1, id, $2, now() - make_interval(mins => n) from made
"""
_COPIES: Final = """
insert into receipt
select (jsonb_populate_record(r, jsonb_build_object(
    'receipt_id', gen_random_uuid(), 'confirmed_at', r.confirmed_at + make_interval(secs => n)
))).*
from receipt r, generate_series(1, 250) n
where r.receipt_id = $1
"""
_SOLD: Final = """
insert into certificate (
    bucket, certificate_id, partner_id, series_code, digest, masked, unit, face, issued_at,
    activated_at, active_from, sold_by
)
select crc32(d) % 64, uuidv7(), $1, 'gift', d, $3, 'RUB', 100, now(), now(), now(), $2
from decode(md5($3), 'hex') d
"""


async def all_of(browser: Browser, key: str, section: str, pattern: str) -> list[str]:
    """What a section names, page by page."""
    found: list[str] = []
    address = f"/member/details/{key}"
    while True:
        text = (await browser.get(address)).text
        found += re.findall(pattern, text)
        older = re.search(rf'rel="next" href="\?({section}=[0-9]+)#{section}"', text)
        if older is None:
            return found
        assert f'id="{section}"' in text
        address = f"/member/details/{key}?{older[1]}"


async def test_cards_and_other_names_have_pages(desk: Office) -> None:
    """However many there are, each is on one of the pages, and on one only."""
    key = await ann_of(desk)
    bucket, member_id = key.split(";")
    await desk.database.execute(_CARDS, world.NORTH, int(bucket), UUID(member_id))
    await desk.database.execute(_MERGES, world.NORTH, UUID(member_id))
    browser = await desk.signed_in(OWNER)
    cards = await all_of(browser, key, "cards", "made-[0-9]+")
    assert sorted(cards) == sorted(f"made-{number}" for number in range(1, 202))
    merges = await all_of(browser, key, "merges", r"unmerge\?merge_id=([0-9a-f-]{36})")
    rows = await desk.database.fetch("select merge_id from member_merge order by merged_at desc")
    assert merges == [str(row["merge_id"]) for row in rows]
    # Who was merged is told so, whatever page the address asks for.
    other = await desk.database.fetchval("select absorbed_id from member_merge limit 1")
    assert "unmerge" in (await browser.get(f"/member/details/{key_of(other)}?merges=100")).text


async def test_certificates_are_those_of_all_purchases(desk: Office, service: Service) -> None:
    """Of the oldest of many; of those in a household, and of another name of the member."""
    key = await ann_of(desk)
    browser, till = await desk.signed_in(OWNER), service.till()

    async def sell(name: str, card: str = "") -> UUID:
        """A sale that sold a certificate."""
        sold = await till.confirm(fresh("p"), receipt(line("soap"), card=card))
        receipt_id: UUID = await desk.database.fetchval(
            "select receipt_id from receipt where purchase_id = $1", sold.purchase_id
        )
        await desk.database.execute(_SOLD, world.NORTH, receipt_id, f"sold-{name}")
        return receipt_id

    async def shown() -> set[str]:
        return set(await all_of(browser, key, "certificates", "sold-[a-z]+"))

    await desk.database.execute(_COPIES, await sell("first", world.CARD))
    begin = f"/member/{key}/household?household=new"
    await press(browser, begin, household="new", reason="a family")
    await sell("pooled", world.CARD)
    await sell("other", world.GOLD_CARD)
    await sell("guest")
    assert await shown() == {"sold-first", "sold-pooled"}
    other = (await till.identify(card=world.GOLD_CARD)).member_id
    merged = "update member set merged_into = $1 where member_id = $2"
    await desk.database.execute(merged, UUID(key.partition(";")[2]), UUID(other))
    assert await shown() == {"sold-first", "sold-pooled", "sold-other"}


async def test_days_are_written_as_the_reader_writes_them(desk: Office, service: Service) -> None:
    """Of a last purchase, of receipts to try a campaign on, and of a tier: as 31.01.2099."""
    ann = await service.ann()
    await service.till().confirm("sold", receipt(line(), card=world.CARD))
    await service.operator().set_tier(ann, "gold", until="2099-01-31")
    await desk.database.execute("update staff set language = 'ru' where login = $1", OWNER)
    owner = await desk.signed_in(OWNER)
    key = key_of(ann)
    gold = key_of((await service.till().identify(card=world.GOLD_CARD)).member_id)
    sold = await desk.database.fetchval("select max(last_purchase_on) from member")
    for path, day in (
        (f"/member/{gold}/merge?search=Ann", f"{sold:%d.%m.%Y}"),
        (f"/campaign/try/fruit?member={ann}", f"{sold:%d.%m.%Y}"),
        (f"/member/{key}/tiers", "31.01.2099"),
        (f"/member/{key}/profile", "Ann</a>"),
    ):
        page = (await owner.get(path)).text.partition("<main")[2]
        assert day in page, path
        assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b", page), path
