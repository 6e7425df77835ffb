"""The first page: its figures are those of the sales that were made, to the kopeck."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from admin import sql
from admin.database import make_engine, make_sessions
from admin.first.page import DAYS, FirstPage
from admin.permissions import Role
from admin.scope import Scope, scope
from tests.service import world
from tests.service.office import login_of, running_office
from tests.service.running import as_role
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from uuid import UUID

    import asyncpg

    from tests.service.running import Service

_TODAY: Final = "(now() at time zone 'UTC')::date"
#: Statement of the first page → the same figure, asked of the tables of a partner by a superuser.
STATED: Final = {
    "sales_by_day": (
        "select business_day, count(member_id), count(*) - count(member_id),"
        " sum(case when member_id is null then 0 else payable_minor end)::bigint,"
        " sum(case when member_id is null then payable_minor else 0 end)::bigint,"
        " sum(external_discount_minor + manual_discount_minor + discount_minor)::bigint"
        f" from receipt where selling_partner_id = $1 and business_day > {_TODAY} - {DAYS}"
        " group by 1 order by 1"
    ),
    "points_by_day": (
        "select (p.at at time zone 'UTC')::date, e.currency, sum(greatest(e.amount, 0))::bigint,"
        " sum(greatest(-e.amount, 0))::bigint"
        " from entry e join posting p using (bucket, month, posting_id)"
        " where e.role = 'member' and p.partner_id = $1"
        f" and (p.at at time zone 'UTC')::date > {_TODAY} - {DAYS} group by 1, 2 order by 2, 1"
    ),
    "live_campaigns": (
        "select code, document ->> 'name', (document #>> '{budget,discount_minor}')::bigint,"
        " (document #>> '{budget,uses}')::bigint, coalesce(discount_used + discount_held, 0),"
        " coalesce(uses_used + uses_held, 0), code in (select campaign_code from campaign_stop s"
        " where s.partner_id = $1 and is_stopped) from campaign c"
        " left join budget b on (b.partner_id, b.campaign_code) = (c.partner_id, c.code)"
        " where c.partner_id = $1 and status = 'live' and document ? 'budget' order by"
        " array_position('{soap,fruit,earn,bread}', code)"
    ),
    "campaign_count": "select count(*) from campaign where partner_id = $1 and status = 'live'",
    "rules_in_force": (
        "select snapshot_id, published_at, author, note from publication"
        " where seq = (select max(seq) from publication where partner_id = $1)"
    ),
    "strange_sales": (
        "select count(*) from receipt where selling_partner_id = $1 and flags <> '{}'"
        f" and confirmed_at >= now() - interval '{DAYS} days'"
    ),
    "waiting": (
        "select (select count(*) from correction where partner_id = $1 and state = 'proposed'),"
        " count(*) filter (where state in ('waiting', 'running')), count(*) filter"
        f" (where state = 'failed' and ended_at >= now() - interval '{DAYS} days')"
        " from admin_job where partner_id = $1"
    ),
}


def shown_by(figures: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """What the page shows, by the statement that it comes from."""
    rows = {
        "sales_by_day": figures["sales"],
        "points_by_day": [row for _, of_currency, *_ in figures["points"] for row in of_currency],
        "live_campaigns": figures["campaigns"],
    }
    singles = STATED.keys() - rows
    return {name: [tuple(row) for row in found] for name, found in rows.items()} | {
        name: [tuple(figures[name])] for name in singles
    }


async def move_back(database: asyncpg.Connection[Any], purchase_id: str, days: int) -> None:
    """A sale, as if it had been made so many days ago; history is moved by no other way."""
    async with database.transaction():
        await database.execute("set local session_replication_role = replica")
        moved = await database.fetch(
            f"update receipt set business_day = {_TODAY} - $2::integer,"
            " confirmed_at = confirmed_at - make_interval(days => $2)"
            " where purchase_id = $1 returning receipt_id",
            purchase_id,
            days,
        )
        await database.execute(
            "update posting set at = at - make_interval(days => $2) where receipt_id = any($1)",
            [row["receipt_id"] for row in moved],
            days,
        )


async def live_through(service: Service) -> None:
    """Sales of two partners on several days, and something of all that the page counts."""
    database = service.database
    for partner in world.PARTNERS:
        till = service.till(f"{partner}-s1-t1")
        for number, days in enumerate((0, 0, 1, DAYS - 1, DAYS, DAYS + 1)):
            goods = [line("apple"), line("bread", 70_00, position=2)]
            for purchase_id, sale in (
                (f"{partner}-member-{number}", receipt(*goods, card=world.CARD)),
                (f"{partner}-guest-{number}", receipt(line("soap", 30_00 + number))),
            ):
                await till.confirm(purchase_id, sale)
                await move_back(database, purchase_id, days)
        await till.take_back(f"{partner}-member-0", {1: 1_000})
    await service.operator().stop("fruit")
    await service.operator("south").adjust(
        (await service.till("south-s1-t1").identify(card=world.CARD)).member_id, -1_00
    )
    async with database.transaction():
        await database.execute("set local session_replication_role = replica")
        await database.execute(
            "update receipt set flags = '{\"odd\": 1}' where purchase_id ~ 'guest-[135]'"
        )
        await database.execute(
            "insert into correction (bucket, correction_id, partner_id, member_id, currency,"
            " amount_minor, days, reason, author, made_at, line, state, decided_at, decided_by)"
            " select 0, uuidv7(), partner_id, partner_id, 'pts', 1, 0, 'x', 'x', now(), 0, state,"
            " case when state = 'rejected' then now() end,"
            " case when state = 'rejected' then 'y' else '' end"
            " from partner, unnest('{proposed,proposed,rejected}'::text[]) as state"
            " union all select 0, uuidv7(), $1, $1, 'pts', 1, 0, 'x', 'x', now(), 0, 'proposed',"
            " null, ''",
            world.SOUTH,
        )
        await database.execute(
            "insert into admin_job (partner_id, kind, series, total, author, reason, state,"
            " ended_at) select partner_id, 'coupons', 'x', 1, 'x', 'x', state, now() - ago"
            " from partner, (values ('waiting', null::interval), ('running', null),"
            " ('done', '1 hour'), ('failed', '1 hour'), ('failed', '13 days'),"
            " ('failed', '15 days')) as made (state, ago)"
        )
    for code, budget in (
        ("soap", '{"discount_minor": 1000}'),
        ("fruit", '{"discount_minor": 100000, "uses": 10}'),
        ("earn", '{"uses": 20}'),
    ):
        await database.execute(
            "update campaign set document = document || jsonb_build_object('budget', $2::jsonb)"
            " where partner_id = $3 and code = $1",
            code,
            budget,
            world.NORTH,
        )
        await database.execute(
            "insert into budget values (0, $2, $1, 400, 300, 3, 1)", code, world.NORTH
        )
    await database.execute("update campaign set status = 'paused' where code = 'only-south'")


@pytest.fixture
async def page(service: Service) -> AsyncIterator[FirstPage]:
    """The figures as the admin's role reads them."""
    engine = make_engine(as_role(service.dsn, "checkout_admin"), 1)
    yield FirstPage(make_sessions(engine))
    await engine.dispose()


async def test_each_figure_is_that_of_its_stated_sql(service: Service, page: FirstPage) -> None:
    """Every statement of the page, for both partners: days in and out of the span, its edges."""
    await live_through(service)
    shown: dict[UUID, dict[str, list[tuple[Any, ...]]]] = {}
    for partner_id in world.PARTNERS.values():
        with scope(Scope(reach="partner", partner_id=partner_id)):
            shown[partner_id] = shown_by(await page.figures(partner_id))
        for name, statement in STATED.items():
            told = [tuple(row) for row in await service.database.fetch(statement, partner_id)]
            assert shown[partner_id][name] == told, name
    north, south = shown[world.NORTH], shown[world.SOUTH]
    for name in STATED.keys() - {"strange_sales"}:
        assert north[name] != south[name], f"{name} is not exercised"
    assert [len(north[name]) for name in ("sales_by_day", "points_by_day")] == [3, 3]
    assert [row[0] for row in north["live_campaigns"]] == ["soap", "fruit", "earn", "bread"]
    assert (north["strange_sales"], north["waiting"]) == ([(2,)], [(2, 2, 2)])


def test_no_statement_of_the_first_page_goes_unchecked() -> None:
    """Each that stands in the file of figures is stated here a second time."""
    written = (Path(sql.__file__).parent / "figures.sql").read_text()
    assert set(re.findall("^-- name: (.+)$", written, re.MULTILINE)) == set(STATED)


async def test_bars_stand_on_their_days(service: Service, page: FirstPage) -> None:
    """Days without a sale have their place, also the last ones: the span ends today."""
    await service.till().confirm("old", receipt(line("soap")))
    await move_back(service.database, "old", DAYS - 1)
    with scope(Scope(reach="partner", partner_id=world.NORTH)):
        figures = await page.figures(world.NORTH)
    assert [bar.x for bar in figures["sales_picture"].bars if bar.height] == [0]


async def test_the_figures_are_those_of_the_tills(service: Service) -> None:
    """Sales of members and guests, points, budget and publication; one partner's only."""
    north, south = service.till(), service.till("south-s1-t1")
    mine = await north.confirm("m", receipt(line("bread", 100_00), card=world.CARD))
    guest = await north.confirm("g", receipt(line("soap", 33_00)))
    await south.confirm("s", receipt(line("soap", 7_77)))
    paid, earned = mine.outcome.payable_minor, mine.outcome.points_earned_minor
    assert paid > 0 < earned
    async with running_office(service.dsn) as office:
        page = (await (await office.signed_in(login_of(Role.ANALYST))).get("/")).text
        for shown in (
            f"{paid // 100}.{paid % 100:02}",
            f"{guest.outcome.payable_minor // 100}.00",
            "49 of 50 uses left",
            "Live campaigns: 6",
            "<svg",
        ):
            assert shown in page, shown
        assert "7.77" not in page
        assert "style=" not in page
        clerk = (await (await office.signed_in(login_of(Role.CALL_CENTRE))).get("/")).text
        assert "<svg" not in clerk
        rows = await office.database.fetch(
            "select amount from entry e join posting p using (bucket, month, posting_id)"
            " where role = 'member' and partner_id = $1",
            world.NORTH,
        )
        came = sum(row["amount"] for row in rows if row["amount"] > 0)
        assert f"{came // 100}.{came % 100:02}" in page
