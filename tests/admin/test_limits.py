"""Limits and budgets, and what is used of them: in the list, and of one member."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from admin.database import make_engine, make_sessions
from admin.limits import listing
from admin.limits.reading import Ref, RuledLimit, read_uses
from admin.limits.standing import Standing, counted_slots, standing
from admin.permissions import Role
from admin.scope import Scope, scope
from checkout.engine.schema.limits import Limit
from checkout.primitives import bucket_of_uuid
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of
from tests.service.running import as_role
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

#: A Sunday, 23:30 in Moscow.
NOW = dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC)
ENDLESS = "9999-12-31T23:59:59.999999"


def limit_of(period: str = "day", **more: Any) -> dict[str, Any]:
    return {"code": "cap", "name": "Cap", "bound": 10, "period": period, **more}


@pytest.mark.parametrize(
    ("limit", "slot", "found"),
    [
        (limit_of("day"), "2026-02-28", Standing(4, 6, anew_on=dt.date(2026, 3, 1))),
        (limit_of("week"), "2026-02-23", Standing(4, 6, anew_on=dt.date(2026, 3, 2))),
        (limit_of("month"), "2026-02-01", Standing(4, 6, anew_on=dt.date(2026, 3, 1))),
        (limit_of("month"), "2026-12-01", Standing(4, 6, anew_on=dt.date(2027, 1, 1))),
        (limit_of("lifetime"), "1970-01-01", Standing(4, 6)),
        (limit_of("day", bound=3), "2026-02-28", Standing(4, 0, anew_on=dt.date(2026, 3, 1))),
        (
            limit_of("rolling", rolling_hours=24),
            "2026-03-01T10:00",
            Standing(4, 6, free_at=dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)),
        ),
        (
            limit_of("rolling", rolling_hours=72),
            "2026-03-01",
            Standing(4, 6, free_at=dt.datetime(2026, 3, 5, tzinfo=dt.UTC)),
        ),
        (
            limit_of("receipt", measure="interval"),
            "2026-03-01T20:25",
            Standing(1, 0, free_at=dt.datetime(2026, 3, 1, 20, 35, tzinfo=dt.UTC)),
        ),
        (limit_of("receipt", measure="interval"), "2026-03-01T20:20", Standing(0, 1)),
    ],
)
def test_what_is_left_and_until_when(limit: dict[str, Any], slot: str, found: Standing) -> None:
    """By the end of the period, the first use of a window, the minutes of an interval."""
    document = Limit.model_validate(limit)
    start = dt.datetime.fromisoformat(slot)
    assert standing(document, 4, start, start, NOW) == found


@pytest.mark.parametrize(
    ("limit", "zone", "first", "last"),
    [
        (limit_of("day"), "Europe/Moscow", "2026-03-01", "2026-03-01"),
        (limit_of("day"), "Asia/Vladivostok", "2026-03-02", "2026-03-02"),
        (limit_of("week"), "Europe/Moscow", "2026-02-23", "2026-02-23"),
        (limit_of("week"), "Asia/Vladivostok", "2026-03-02", "2026-03-02"),
        (limit_of("month"), "Europe/Moscow", "2026-03-01", "2026-03-01"),
        (limit_of("month"), "America/New_York", "2026-03-01", "2026-03-01"),
        (limit_of("lifetime"), "UTC", "1970-01-01", "1970-01-01"),
        (limit_of("rolling", rolling_hours=24), "UTC", "2026-02-28T19:30:00.000001", ENDLESS),
        (limit_of("rolling", rolling_hours=72), "UTC", "2026-02-25T20:30:00.000001", ENDLESS),
        (limit_of("receipt", measure="interval"), "UTC", "2026-02-28T20:20", ENDLESS),
    ],
)
def test_which_slots_count(limit: dict[str, Any], zone: str, first: str, last: str) -> None:
    """The period that runs there; windows as long as any part of a slot lies in them."""
    bounds = counted_slots(Limit.model_validate(limit), NOW, zone)
    assert bounds == tuple(map(dt.datetime.fromisoformat, (first, last)))


async def put_campaign(office: Office, code: str, *limits: dict[str, Any], **more: Any) -> None:
    """A live campaign of North."""
    document = world.campaign(code, {"kind": "percent", "lane": "goods", "rate_bp": 100})
    await office.database.execute(
        "insert into campaign (partner_id, code, status, document) values ($1, $2, 'live', $3)",
        world.NORTH,
        code,
        orjson.dumps({**document, "limits": limits, **more}).decode(),
    )


async def use(
    office: Office, campaign: str, limit: str, owner: UUID, slot: str, used: int, **more: Any
) -> None:
    """What sales have used of a limit, as they write it."""
    await office.database.execute(
        "insert into limit_slot (bucket, owner_id, subject_id, campaign_code, limit_code, sku,"
        " slot_start, shared, used, held) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        bucket_of_uuid(owner),
        owner,
        more.get("subject", owner),
        campaign,
        limit,
        more.get("sku", ""),
        dt.datetime.fromisoformat(slot),
        more.get("shared", True),
        used,
        more.get("held", 0),
    )


async def test_what_is_used_of_shared_limits_stands_in_the_list(office: Office) -> None:
    """By store and in all, held like used; what counts no more is not counted; in one's words."""
    # By the store's own days, which are not those of another zone for some hours.
    today = await office.database.fetchval(
        "select (now() at time zone time_zone)::date from store where code = 's1'"
        " and partner_id = $1",
        world.NORTH,
    )
    stores = {
        row["code"]: row["store_id"]
        for row in await office.database.fetch(
            "select code, store_id from store where partner_id = $1", world.NORTH
        )
    }
    of_store = limit_of("day", code="store-day", subject="store", measure="discount", bound=500_00)
    of_all = limit_of("lifetime", code="ever", subject="campaign", bound=7)
    of_each = limit_of("week", code="each")
    await put_campaign(office, "shared", of_store, of_all, of_each, budget={"uses": 40})
    await use(office, "shared", "store-day", stores["s1"], f"{today}", 100_00, held=50_00)
    yesterday = today - dt.timedelta(days=1)
    await use(office, "shared", "store-day", stores["s2"], f"{yesterday}", 400_00)
    await use(office, "shared", "ever", world.NORTH, "1970-01-01", 3)
    # What nobody's rules have any more, and another partner's.
    await use(office, "gone", "ever", world.NORTH, "1970-01-01", 3)
    await use(office, "shared", "ever", world.SOUTH, "1970-01-01", 5)
    marketer = await office.signed_in(login_of(Role.MARKETER))
    page = (await marketer.get("/limit/list?search=shar")).text
    told = re.sub(r"<[^>]*>|\s+", " ", page)
    told = re.sub(r"[\s\u00a0]+", " ", told)
    assert "used 150.00 ₽ of 500.00 ₽, left: 350.00 ₽" in told
    assert "400.00" not in told
    assert "used 3 of 7, left: 4 , never counted anew" in told
    assert "Counted for each one alone" in told
    assert "receipts: 0 of 40, left: 40" in told
    assert "Twice a week" not in told
    everything = (await marketer.get("/limit/list")).text
    assert "Twice a week" in everything
    assert "receipts: 0 of 50" in everything
    assert "Nothing found" in (await marketer.get("/limit/list?search=zzz")).text


async def test_a_list_of_many_campaigns_has_pages(office: Office) -> None:
    """Twenty-five of them on each; on the first are the programs' limits, and what many share."""
    await office.database.execute(
        "update program set document = jsonb_set(document, '{limits}', $1) where code = 'main'",
        orjson.dumps([limit_of("month", code="all", subject="household")]).decode(),
    )
    for number in range(26):
        await put_campaign(office, f"a{number:02}", limit_of())
    await put_campaign(office, "budgeted", budget={"uses": 40})
    await put_campaign(office, "common", limit_of(), limit_of(code="all", subject="store"))
    marketer = await office.signed_in(login_of(Role.MARKETER))
    first = (await marketer.get("/limit/list")).text
    assert "Program Main" in re.sub(r"\s+", " ", first)
    campaigns = list(dict.fromkeys(re.findall(r"/campaign/details/([^\"]+)", first)))
    alone = [code for code in campaigns if re.fullmatch(r"a\d\d", code)]
    assert campaigns.index("budgeted") < campaigns.index("common") < campaigns.index("a00")
    assert len(campaigns) == 25
    assert alone == [f"a{number:02}" for number in range(len(alone))]
    second = (await marketer.get("/limit/list?behind=25")).text
    assert f"/campaign/details/a{len(alone):02}" in second
    assert "/campaign/details/a25" in second
    assert "Program Main" not in re.sub(r"\s+", " ", second)
    assert (await marketer.get("/limit/list?behind=x")).text.count("/campaign/details/a00") == 1


async def test_a_manager_finds_limits_by_kind_place_and_fullness(office: Office) -> None:
    """By whom they count for, the period, the program and a store; what is used up, or nearly."""
    stores = {
        row["code"]: row["store_id"]
        for row in await office.database.fetch(
            "select code, store_id from store where partner_id = $1", world.NORTH
        )
    }
    await put_campaign(office, "daily", limit_of("lifetime", subject="store", bound=10))
    await put_campaign(office, "ever", limit_of("lifetime", subject="campaign", bound=10))
    await put_campaign(office, "mine", limit_of("week"), limit_of("month", code="each"))
    await put_campaign(office, "money", budget={"discount_minor": 100_00})
    await put_campaign(office, "other", limit_of("lifetime", subject="partner"), program="cafe")
    await use(office, "daily", "cap", stores["s1"], "1970-01-01", 8)
    await use(office, "daily", "cap", stores["s2"], "1970-01-01", 1)
    await use(office, "ever", "cap", world.NORTH, "1970-01-01", 12)
    await office.database.execute(
        "insert into budget (bucket, partner_id, campaign_code, discount_used) values"
        " (0, $1, 'money', 9999)",
        world.NORTH,
    )
    marketer = await office.signed_in(login_of(Role.MARKETER))

    async def found(asked: str) -> list[str]:
        page = (await marketer.get(f"/limit/list?{asked}")).text
        rows = re.findall(r"/campaign/details/(daily|ever|mine|money|other)\"", page)
        return list(dict.fromkeys(rows))

    assert await found("") == ["daily", "ever", "money", "other", "mine"]
    assert await found("order=code") == ["daily", "ever", "mine", "money", "other"]
    assert await found("order=budget") == ["money", "daily", "ever", "mine", "other"]
    assert await found("subject=store") == await found("store=s1") == ["daily"]
    assert await found("subject=budget") == ["money"]
    assert await found("subject=member&period=month") == ["mine"]
    page = (await marketer.get("/limit/list?subject=member&period=month&search=mine")).text
    assert page.count("/campaign/details/mine") == 1, "its other limit is left out"
    assert await found("period=lifetime&program=main") == ["daily", "ever"]
    assert await found("program=cafe") == ["other"]
    assert await found("fullness=exhausted") == ["ever"]
    assert await found("fullness=nearly") == ["daily", "ever", "money"]
    assert await found("fullness=nearly&store=s2") == []
    assert await found("fullness=nearly&store=none") == []
    page = re.sub(r"<[^>]*>|\s+", " ", (await marketer.get("/limit/list?store=s1")).text)
    assert "used 8 of 10" in re.sub(r"\s+", " ", page)
    assert "used 1 of 10" not in re.sub(r"\s+", " ", page)
    assert await found("subject=x&period=x&fullness=x&order=x") == await found("")


async def test_a_page_of_full_limits_looks_through_many_campaigns(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as it can; if none of these is full, the next page goes on from there."""
    for number in range(4):
        await put_campaign(office, f"a{number}", limit_of("lifetime", subject="campaign"))
    await use(office, "a3", "cap", world.NORTH, "1970-01-01", 10)
    marketer = await office.signed_in(login_of(Role.MARKETER))
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 2)
    asked = "/limit/list?search=a&fullness=exhausted"
    first = (await marketer.get(asked)).text
    assert "/campaign/details/a" not in first
    assert "looked through for this page: 2" in first
    assert "behind=2" in re.search(r'rel="next" href="([^"]*)"', first)[1]  # type: ignore[index]
    assert "/campaign/details/a3" in (await marketer.get(f"{asked}&behind=2")).text


async def test_a_page_has_as_many_campaigns_as_can_be_summed_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of windows of weeks in many stores fewer than of others; one at least; none is left out."""
    window = limit_of("rolling", rolling_hours=1_400, subject="store")
    for number in range(3):
        await put_campaign(office, f"window{number}", window)
    marketer = await office.signed_in(login_of(Role.MARKETER))

    async def listed(behind: int) -> tuple[list[str], list[str]]:
        page = (await marketer.get(f"/limit/list?search=window&behind={behind}")).text
        return re.findall(r"details/window(\d)", page), re.findall(r'rel="next"', page)

    assert await listed(0) == (["0", "1", "2"], [])
    # Sixty days in two stores each.
    monkeypatch.setattr(listing, "SLOTS_MAX", 240)
    assert await listed(0) == (["0", "1"], ['rel="next"'])
    assert await listed(2) == (["2"], [])
    monkeypatch.setattr(listing, "SLOTS_MAX", 1)
    assert await listed(1) == (["1"], ['rel="next"'])


async def test_a_limit_of_many_stores_has_pages_of_stores(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, a page sums up what can be summed up in time; none is left out."""
    here = {"subject": "store"}
    await put_campaign(office, "window", limit_of("rolling", rolling_hours=1_400, **here))
    await put_campaign(office, "next", limit_of())
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for store in await office.database.fetch(
        "select store_id, code from store where partner_id = $1", world.NORTH
    ):
        used = int(store["code"][1:])
        await use(office, "window", "cap", store["store_id"], today, used)
    marketer = await office.signed_in(login_of(Role.MARKETER))

    async def listed(query: str) -> tuple[list[str], list[str]]:
        page = (await marketer.get(f"/limit/list?search=window{query}")).text
        return re.findall(r"<strong>Shop (s\d)", page), re.findall(r"stores=(\d)", page)

    assert await listed("") == (["s2", "s1"], [])
    monkeypatch.setattr(listing, "SLOTS_MAX", 60)
    assert await listed("") == (["s1"], ["1"])
    assert await listed("&stores=1") == (["s2"], [])
    assert await listed("&stores=9") == (["s2"], [])
    # Nothing is so full in the first stores: the others are still led to.
    assert await listed("&fullness=nearly") == ([], ["1"])


async def test_a_member_page_tells_what_is_used_of_which_limit(
    desk: Office, service: Service
) -> None:
    """After a sale: used, left, until when; what was used last week is not told."""
    browser = await desk.signed_in(login_of(Role.CALL_CENTRE))
    ann = UUID(await service.ann())
    address = f"/member/details/{bucket_of_uuid(ann)};{ann}"
    assert "Nothing is used of a limit that counts now." in (await browser.get(address)).text
    await use(desk, "soap", "weekly", ann, "2026-01-05", 2, shared=False)
    assert "Nothing is used of a limit that counts now." in (await browser.get(address)).text
    await service.till().confirm("bought", receipt(line("soap", 50_00), card=world.CARD))
    page = re.sub(r"<[^>]*>|\s+", " ", (await browser.get(address)).text)
    assert "Twice a week" in page
    assert "used 1 of 2, left: 1" in re.sub(r"\s+", " ", page)
    assert "counted anew from" in page
    # Whoever was merged into her used it under another name.
    other = await desk.database.fetchval(
        "update member set merged_into = $1 where member_id = (select member_id from member"
        " where partner_id = $2 and member_id <> $1 order by 1 limit 1) returning member_id",
        ann,
        world.NORTH,
    )
    week = await desk.database.fetchval("select max(slot_start) from limit_slot")
    await use(desk, "soap", "weekly", other, week.isoformat(), 1, shared=False)
    page = re.sub(r"<[^>]*>|\s+", " ", (await browser.get(address)).text)
    assert page.count("Twice a week") == 1
    assert "used 2 of 2, left: 0" in re.sub(r"\s+", " ", page)


async def test_only_slots_that_count_are_read(office: Office) -> None:
    """Of a day no others because a window of the same store looks back for weeks."""
    store = await office.database.fetchval(
        "select store_id from store where partner_id = $1 and code = 's1'", world.NORTH
    )
    here = {"subject": "store"}
    day = limit_of("day", code="day", **here)
    window = limit_of("rolling", code="window", rolling_hours=1_400, **here)
    await office.database.execute(
        "insert into limit_slot (bucket, owner_id, subject_id, campaign_code, limit_code,"
        " slot_start, shared, used) select $1, $2, $2, campaign, code,"
        " date_trunc('day', now() at time zone 'Europe/Moscow') - n * interval '1 day', true, 1"
        " from unnest('{c,other}'::text[]) campaign, unnest('{day,window}'::text[]) code,"
        " generate_series(0, 99) n",
        bucket_of_uuid(store),
        store,
    )
    limits = [
        RuledLimit(Ref("c", one["code"]), "", "main", Limit.model_validate(one), None, "UTC")
        for one in (day, window)
    ]
    read = text(
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables"
        " where relname = 'limit_slot'"
    )
    engine = make_engine(as_role(office.dsn, "checkout_admin"), 1)
    with scope(Scope(reach="partner", partner_id=world.NORTH)):
        async with make_sessions(engine)() as database:
            await database.execute(text("set local enable_seqscan = off"))
            uses = await read_uses(database, limits, {store: "Europe/Moscow"})
            rows = await database.scalar(read)
    await engine.dispose()
    used = {ref.limit_code: one.standing.used for ref, (one,) in uses.items()}
    assert used["day"] == 1
    assert used["window"] in {59, 60}
    assert rows == sum(used.values())


async def test_slots_of_another_partner_are_not_seen(office: Office) -> None:
    """Neither its own, nor of its stores and members, whoever names them."""
    owners = await office.database.fetch(
        "select partner_id, partner_id as owner_id, true as shared from partner union all"
        " select partner_id, store_id, true from store union all"
        " select partner_id, member_id, false from member"
    )
    for row in owners:
        await use(office, "x", "x", row["owner_id"], "2026-01-01", 1, shared=row["shared"])
    for partner, partner_id in world.PARTNERS.items():
        async with as_admin(office.dsn, partner) as admin:
            seen = await admin.fetch("select owner_id, shared from admin_limit_slot")
            used = await admin.fetch(
                "select subject_id from admin_used_of_limits($1, $2, '{x}', '{x}',"
                " array[''], '{-infinity}', '{infinity}')",
                [row["owner_id"] for row in owners],
                [""] * len(owners),
            )
        own = {
            (row["owner_id"], row["shared"]) for row in owners if row["partner_id"] == partner_id
        }
        assert sorted(map(tuple, seen)) == sorted(own)
        assert {row["subject_id"] for row in used} == {owner_id for owner_id, _ in own}
