"""The first page: its figures are those of the sales that were made, to the kopeck."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from admin import sql
from admin.database import make_engine, make_sessions
from admin.first.bars import HEIGHT, LEFT
from admin.first.page import DAYS, FAILURES, FirstPage
from admin.first.scale import LINES_MAX, scale_of
from admin.members.currencies import money_of
from admin.permissions import Role
from admin.scope import Scope, scope
from admin.texts import language
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import CheckResult, Report
from tests.service import world
from tests.service.office import login_of, running_office
from tests.service.put_aside import put_aside
from tests.service.running import as_role, wait_until
from tests.service.till import line, receipt, refusal_of

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
        "select code, document ->> 'name', document ->> 'description',"
        " (document #>> '{budget,discount_minor}')::bigint,"
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
    "qr_sales": (
        "select count(*) from receipt where selling_partner_id = $1 and purchase_id in"
        " (select purchase_id from qr_claim where partner_id = $1"
        f" and claimed_at >= now() - interval '{DAYS} days')"
    ),
    "waiting": (
        "select (select count(*) from correction where partner_id = $1 and state = 'proposed'),"
        " count(*) filter (where state in ('waiting', 'running')), count(*) filter"
        f" (where state = 'failed' and ended_at >= now() - interval '{DAYS} days'),"
        " (select count(*) from pgqueuer where status = 'failed' and convert_from(payload, 'UTF8')"
        " like '%' || (select code from partner where partner_id = $1) || '%')"
        " from admin_job where partner_id = $1"
    ),
    "verified": (
        "select max(verified_at), count(*), sum((violations > 0)::integer),"
        " sum((rows_checked = 0)::integer), sum(rows_checked)::bigint from verified_check"
        " where $1::uuid is not null"
    ),
    "verified_checks": (
        "select name, sentence, rows_checked, violations, elapsed_ms from verified_check"
        " where $1::uuid is not null order by case when violations = 0 then 1 else 0 end, place"
    ),
    "refusal_count": (
        "select sum(calls)::bigint, sum(case when reason in"
        f" {FAILURES} then calls else 0 end)::bigint from worker_refusal"
        " where partner_id = $1 and hour > now() - interval '24 hours'"
    ),
    "refusals": (
        "select reason, method, sum(calls)::bigint as calls, max(hour),"
        f" reason in {FAILURES} as is_failure from worker_refusal where partner_id = $1"
        " and hour > now() - interval '24 hours' group by 1, 2"
        " order by is_failure desc, calls desc, reason, method"
    ),
    "workers": (
        "select host, process_id, snapshot_id, in_force_at, snapshot_id = (select snapshot_id"
        " from publication where partner_id = $1 order by seq desc limit 1)"
        " from worker_snapshot where partner_id = $1 and seen_at > now() - interval '15 seconds'"
        " order by host, process_id, worker_id"
    ),
}


def shown_by(figures: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """What the page shows, by the statement that it comes from."""
    rows = {
        "sales_by_day": figures["sales"],
        "points_by_day": [row for _, of_currency, *_ in figures["points"] for row in of_currency],
        "live_campaigns": figures["campaigns"],
        "verified_checks": figures["verified_checks"],
        "refusals": figures["refusals"],
        "workers": figures["workers"],
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
    await show_codes(service)
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
    for partner in ("north", "south", "south"):
        await put_aside(database, partner)
    await be_told(service)


async def show_codes(service: Service) -> None:
    """Two purchases by a QR code are sold, of which one long ago, and one is only held."""
    till, operator = service.till(), service.operator()
    ann = await service.ann()
    for purchase_id in ("qr-now", "qr-then"):
        await till.confirm(purchase_id, receipt(line("soap"), qr=await operator.qr(ann)))
    await till.quote("qr-held", receipt(line("soap"), qr=await operator.qr(ann)), hold=True)
    async with service.database.transaction():
        await service.database.execute("set local session_replication_role = replica")
        await service.database.execute(
            "update qr_claim set claimed_at = claimed_at - make_interval(days => $1)"
            " where purchase_id = 'qr-then'",
            DAYS + 1,
        )


async def be_told(service: Service) -> None:
    """What workers and the verifier tell: refusals in and out of the span, of either and nobody."""
    await service.database.execute(
        "insert into worker_refusal (worker_id, hour, partner_id, method, reason, calls)"
        " select uuidv7(), date_trunc('hour', now()) - back, partner, method, reason, calls"
        " from (values"
        " (interval '0 hours', $1::uuid, 'Confirm', 'INSUFFICIENT_POINTS', 3),"
        " ('1 hour', $1, 'Confirm', 'INSUFFICIENT_POINTS', 4), ('23 hours', $1, 'Quote',"
        " 'OVERLOADED', 2), ('24 hours', $1, 'Quote', 'INTERNAL', 50), ('0 hours', $2, 'Quote',"
        " 'CARD_BLOCKED', 1), ('0 hours', null, 'Quote', 'OVERLOADED', 900))"
        " as told (back, partner, method, reason, calls)",
        world.NORTH,
        world.SOUTH,
    )
    await service.database.execute(
        "insert into worker_snapshot select uuidv7(), $1, 'an-older-one', 'far', 7, now(),"
        " now() - ago from unnest('{3 seconds,1 minute}'::interval[]) as ago",
        world.NORTH,
    )
    found = [("sums", 7, 0), ("ids", 0, 0), ("lots", 5, 2)]
    report = Report(
        tuple(CheckResult(name, f"{name}.", rows, bad, (), 0.5) for name, rows, bad in found)
    )
    assert await keep_report(service.dsn, report) == ""


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
            shown[partner_id] = shown_by(await page.figures())
        for name, statement in STATED.items():
            told = [tuple(row) for row in await service.database.fetch(statement, partner_id)]
            assert shown[partner_id][name] == told, name
    north, south = shown[world.NORTH], shown[world.SOUTH]
    for name in STATED.keys() - {"strange_sales", "verified", "verified_checks"}:
        assert north[name] != south[name], f"{name} is not exercised"
    assert [len(north[name]) for name in ("sales_by_day", "points_by_day")] == [3, 3]
    assert [row[0] for row in north["live_campaigns"]] == ["soap", "fruit", "earn", "bread"]
    assert north["qr_sales"] == [(1,)]
    assert (north["strange_sales"], north["waiting"]) == ([(2,)], [(2, 2, 2, 1)])
    assert north["verified"][0][1:] == (3, 1, 1, 12)
    assert [row[0] for row in north["verified_checks"]] == ["lots", "sums", "ids"]
    assert north["refusal_count"] == [(9, 2)]
    assert [row[:3] for row in north["refusals"]] == [
        ("OVERLOADED", "Quote", 2),
        ("INSUFFICIENT_POINTS", "Confirm", 7),
    ]
    assert [row[4] for row in north["workers"]].count(False) == 1
    with scope(Scope(reach="installation", partner_id=world.NORTH)):
        everybody = await page.figures()
    assert tuple(everybody["refusal_count"]) == (909, 902)


async def test_what_workers_refuse_is_told(service: Service) -> None:
    """Each refusal once, with its partner if that was known; nothing is told twice."""
    await refusal_of(service.till().confirm("p", receipt(local_time="2020-02-02T20:20:20")))
    for token in ("nobody", "nobody", "south-s1-t1"):
        await refusal_of(service.till(token).confirm("p", receipt(line("bread", -1))))
    await wait_until(lambda: told(service), what="the fourth refusal")
    rows = await service.database.fetch(
        "select partner_id, method, reason, sum(calls)::integer as calls from worker_refusal"
        " group by 1, 2, 3 order by calls desc, reason"
    )
    assert [tuple(row) for row in rows] == [
        (None, "Confirm", "TOKEN_INVALID", 2),
        (world.SOUTH, "Confirm", "FIELD_OUT_OF_RANGE", 1),
        (world.NORTH, "Confirm", "RECEIPT_TIME_OUT_OF_WINDOW", 1),
    ]


async def told(service: Service) -> bool:
    """Whether all four have been."""
    return bool(await service.database.fetchval("select sum(calls) = 4 from worker_refusal"))


@pytest.mark.parametrize("highest", [0, 1, 3, 4, 5, 9, 41, 399, 400, 401, 123_456_789])
def test_a_scale_is_round_and_reaches_the_highest(highest: int) -> None:
    """Equal steps of 1, 2 or 5 with noughts, few of them, and none above what is needed."""
    lines = scale_of(highest)
    step = lines[1]
    assert lines == list(range(0, step * len(lines), step))
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert lines[-1] >= highest > lines[-2] or (highest, lines) == (0, [0, 1])
    assert len(lines) <= LINES_MAX + 1


def test_amounts_are_written_as_the_language_writes_them() -> None:
    """Whole, and as scales name them."""
    money = money_of("RUB", 2)
    written = {}
    for code in ("en", "ru"):
        with language(code):
            written[code] = (
                money.shown(-123_456_789_05),
                *(money.short(amount) for amount in (0, 50, 300_00, 20_000_00, 1_500_000_00)),
            )
    assert written["en"] == ("-123,456,789.05\u00a0₽", "0", "0.5", "300", "20k", "1.5M")
    assert written["ru"] == tuple(
        text.replace(" ", "\u00a0")
        for text in ("-123 456 789,05 ₽", "0", "0,5", "300", "20 тыс.", "1,5 млн")
    )


def test_no_statement_of_the_first_page_goes_unchecked() -> None:
    """Each that stands in the file of figures is stated here a second time."""
    written = (Path(sql.__file__).parent / "figures.sql").read_text()
    assert set(re.findall("^-- name: (.+)$", written, re.MULTILINE)) == set(STATED)


async def test_bars_stand_on_their_days(service: Service, page: FirstPage) -> None:
    """Days without a sale have their place, also the last ones: the span ends today."""
    await service.till().confirm("old", receipt(line("soap")))
    await move_back(service.database, "old", DAYS - 1)
    with scope(Scope(reach="partner", partner_id=world.NORTH)):
        figures = await page.figures()
    assert [bar.x for bar in figures["sales_picture"].bars if bar.height] == [LEFT]


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
            "Live campaigns: 6</h2>",
            "With a budget:",
            "<svg",
        ):
            assert shown in page, shown
        assert mine.outcome.discount_minor > 0
        assert 'aria-label="Discount given, ₽"' in page
        # Of all days the one: as high as its amount on the scale.
        (discounted,) = re.findall('bar-discount" .* height="([1-9][0-9]*)"', page)
        given = mine.outcome.discount_minor + guest.outcome.discount_minor
        assert int(discounted) == given * HEIGHT // scale_of(given)[-1]
        assert "7.77" not in page
        assert re.search(r"as of [\d-]{10} \d\d:\d\d:\d\d UTC", page)
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
