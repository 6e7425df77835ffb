"""The desk: what is done for a member goes through the service, once, by whoever pressed."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from admin.members import sections
from admin.permissions import Role
from checkout.v1.receipt_pb2 import Settlement, Tender
from tests.service import world
from tests.service.office import login_of, running_office
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Browser, Office
    from tests.service.running import Service

CLERK: Final = login_of(Role.CALL_CENTRE)
OWNER: Final = login_of(Role.OWNER)
_KEY: Final = re.compile(r'name="request_id"[^>]*value="([0-9a-f]{32})"')


async def ann_of(office: Office) -> str:
    """The key of Ann's page."""
    row = await office.database.fetchrow(
        "select bucket, member_id from account where balance = $1", world.ANN_POINTS_MINOR
    )
    return f"{row['bucket']};{row['member_id']}"


async def press(browser: Browser, path: str, **fields: str) -> str:
    """Fill in the form of a page and send it; where it leads."""
    page = await browser.get(path)
    key = _KEY.search(page.text)
    assert key is not None, page.text[:2_000]
    answer = await browser.post(path.partition("?")[0], {"request_id": key[1], **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def balance_of(office: Office, key: str) -> int:
    return int(
        await office.database.fetchval(
            "select balance from account where member_id = $1", key.partition(";")[2]
        )
    )


async def test_a_correction_is_made_once_by_whoever_pressed(desk: Office) -> None:
    """Sent twice it moves points once; the ledger names the person; taking it back undoes it."""
    browser, key = await desk.signed_in(CLERK), await ann_of(desk)
    path = f"/member/{key}/correct"
    fields = {"request_id": "0" * 32, "currency": "pts", "points": "12.50", "reason": "late bus"}
    for _ in range(2):
        answer = await browser.post(path, fields)
        assert answer.headers["location"] == f"/member/details/{key}?said=correct"
    assert await balance_of(desk, key) == world.ANN_POINTS_MINOR + 12_50
    page = (await browser.get(f"/member/details/{key}?said=correct")).text
    for shown in ("Corrected: the points have moved.", "+12.50", "512.50", "late bus", CLERK):
        assert shown in page, shown
    again = await browser.post(path, fields | {"points": "13"})
    assert "sent before with other values" in again.text
    correction = await desk.database.fetchrow("select * from correction where author = $1", CLERK)
    assert (correction["author"], correction["reason"]) == (CLERK, "late bus")
    undo = f"/member/{key}/undo?correction_id={correction['correction_id']}"
    assert await press(browser, undo, correction_id=str(correction["correction_id"]), reason="x")
    assert await balance_of(desk, key) == world.ANN_POINTS_MINOR
    assert "taken back" in (await browser.get(f"/member/details/{key}")).text


async def test_a_large_correction_needs_another_person(desk: Office) -> None:
    """Above the partner's amount it waits; its author cannot decide it, somebody else can."""
    await desk.database.execute(
        "update partner set settings = settings || '{\"four_eyes_above_minor\": 10000}'"
    )
    await desk.database.execute("update directory_version set version = version + 1")
    owner, key = await desk.signed_in(OWNER), await ann_of(desk)
    for _ in range(200):
        said = await press(
            owner, f"/member/{key}/correct", currency="pts", points="100.01", reason="complaint"
        )
        if said.endswith("proposed"):
            break
    before = await balance_of(desk, key)
    page = (await owner.get("/correction/list")).text
    assert "somebody else decides" in page
    correction_id = str(
        await desk.database.fetchval("select correction_id from correction where state='proposed'")
    )
    decision = {"correction_id": correction_id, "reason": "seen the slip", "verdict": "approve"}
    own = await owner.post("/correction/decide", {"request_id": "1" * 32, **decision})
    assert own.status_code == 400
    assert "You proposed it" in own.text
    other = await desk.signed_in(login_of(Role.ADMINISTRATOR))
    done = await other.post("/correction/decide", {"request_id": "2" * 32, **decision})
    assert done.headers["location"] == "/correction/list?said=approved"
    assert await balance_of(desk, key) == before + 100_01


async def test_bad_input_is_refused_at_its_field_and_keeps_what_was_typed(desk: Office) -> None:
    """Numbers that are none, too many decimals, no reason, more than there is: nothing moves."""
    browser, key = await desk.signed_in(CLERK), await ann_of(desk)
    good = {"request_id": "3" * 32, "currency": "pts", "points": "1", "reason": "typed reason"}
    for fields, said in (
        ({"points": "many"}, "at most 2 decimals"),
        ({"points": "0.001"}, "at most 2 decimals"),
        ({"points": "0"}, "0 corrects nothing"),
        ({"points": "9" * 15}, "at most 2 decimals"),
        ({"points": "-9999"}, "fewer points that can be spent"),
        ({"reason": "  "}, "This field is required"),
        ({"currency": "gold"}, "Not a valid choice"),
        ({"days": "-1"}, "Number must be between"),
    ):
        answer = await browser.post(f"/member/{key}/correct", good | fields)
        assert answer.status_code == 400, fields
        assert said in answer.text, fields
        assert "typed reason" in answer.text or "reason" in fields
    assert await balance_of(desk, key) == world.ANN_POINTS_MINOR
    assert not await desk.database.fetchval(
        "select count(*) from correction where author = $1", CLERK
    )


async def test_blocks_freezes_and_tiers_are_set_and_lifted(
    desk: Office, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by its page; the till sees it, and the page tells who did it, all of it page by page."""
    browser, key = await desk.signed_in(OWNER), await ann_of(desk)
    page = f"/member/{key}"
    await press(browser, f"{page}/freeze", currency="pts", points="100", reason="claim")
    freeze_id = str(await desk.database.fetchval("select freeze_id from point_freeze"))
    assert "Frozen points" in (await browser.get(f"/member/details/{key}")).text
    await press(browser, f"{page}/restore?freeze_id={freeze_id}", freeze_id=freeze_id, reason="ok")
    await press(browser, f"{page}/freeze-account", currency="pts", reason="fraud?")
    await press(browser, f"{page}/freeze-account", currency="pts", lift="y", reason="no fraud")
    await press(browser, f"{page}/tier", tier="main/gold", reason="promised")
    await press(browser, f"{page}/block", reason="asked for")
    assert "This member is blocked" in (await browser.get(f"/member/details/{key}")).text
    await press(browser, f"{page}/unblock", reason="came back")
    await press(
        browser, f"{page}/block-card", kind="card", number=world.CARD, reason="lost in a bus"
    )
    told = await desk.database.fetch("select kind, author from intervention order by at")
    assert [row["kind"] for row in told] == [
        *("points_frozen", "points_restored", "account_frozen", "account_restored"),
        *("member_blocked", "member_unblocked", "card_blocked"),
    ]
    assert {row["author"] for row in told} == {OWNER}
    assert (await service.till().identify(phone=world.PHONE)).tier == "gold"
    monkeypatch.setattr(sections, "ROWS_MAX", 4)
    newest = (await browser.get(f"/member/details/{key}")).text
    assert "Shown are 1–4; there are others." in newest
    assert "?interventions=4#interventions" in newest
    assert "claim" not in newest.partition('id="interventions"')[2]
    rest = (await browser.get(f"/member/details/{key}?interventions=4")).text
    assert "claim" in rest.partition('id="interventions"')[2]
    assert "there are others" not in rest
    for odd in ("-1", "x", "9" * 30):
        assert (await browser.get(f"/member/details/{key}?lots={odd}")).status_code == 200


async def test_a_purchase_is_added_by_its_sum_or_its_goods(desk: Office) -> None:
    """The engine says what it earns; a number that is taken is refused; goods add up."""
    browser, key = await desk.signed_in(OWNER), await ann_of(desk)
    fields = {"store": "s1", "made_at": world.local_now()[:16], "reason": "no card that day"}
    await press(browser, f"/member/{key}/purchase", **fields, amount="250", receipt_number="77")
    goods = {"composition": "apple 2 50.00\nbread 1.5 10"}
    refused = await browser.post(
        f"/member/{key}/purchase", {"request_id": "4" * 32, **fields, **goods, "amount": "100"}
    )
    assert "add up to 115.00" in refused.text
    huge = {"composition": "apple 1000000 9999999999999", "amount": "1", "request_id": "6" * 32}
    unsold = await browser.post(f"/member/{key}/purchase", {**fields, **huge})
    assert unsold.status_code == 400
    await press(browser, f"/member/{key}/purchase", **fields, **goods, amount="115")
    taken = await browser.post(
        f"/member/{key}/purchase",
        {"request_id": "5" * 32, **fields, "amount": "1", "receipt_number": "77"},
    )
    assert taken.status_code == 400
    assert "has this number" in taken.text
    page = (await browser.get(f"/member/details/{key}")).text
    assert "by hand" in page
    assert "250.00" in page
    rows = await desk.database.fetch(
        "select author from intervention where kind = 'purchase_added'"
    )
    assert [row["author"] for row in rows] == [OWNER, OWNER]


async def test_a_receipt_is_found_and_explained(desk: Office, service: Service) -> None:
    """By its number, store and day, or by its purchase: slip, sums, reasons, and who may see it."""
    key = await ann_of(desk)
    sold = await service.till().confirm(
        "basket-1",
        receipt(line(), card=world.CARD),
        settlement=Settlement(
            receipt_number="4711", tenders=[Tender(kind="card", amount_minor=80_00, bin="220000")]
        ),
    )
    browser = await desk.signed_in(CLERK)
    found = (await browser.get("/receipt/list?number=4711&store=s1")).text
    path = re.search(r"/receipt/details/[^\"]+", found)
    assert path is not None, found
    page = (await browser.get(path[0])).text
    for shown in ("Name of fruit", "20\u00a0%", "80.00", "4711", "to the last digit", "You saved"):
        assert shown in page, shown
    lines = page.partition(">Lines</h2>")[2].partition(">Why so<")[0]
    for shown in ("Apple</a>", ">100.00<", ">−20.00<", "Payment card <code>220000…</code>"):
        assert shown in lines, shown
    publication = re.search(r"/publication/details/\d+", page)
    assert publication is not None
    assert (await browser.get(publication[0])).status_code == 200
    led = await browser.get(f"/receipt/list?purchase_id={sold.purchase_id}")
    assert led.headers["location"] == path[0]
    south = await desk.signed_in("south-administrator")
    assert (await south.get(path[0])).status_code == 404
    assert "4711" in (await browser.get(f"/member/details/{key}")).text


async def test_conditions_are_told_in_the_language_of_whoever_reads(
    desk: Office, service: Service
) -> None:
    """Money as money, and what is known of nobody; on the receipt's page, and in a trial of it."""
    await service.database.execute(
        "update campaign set document = jsonb_set(document, '{when}', case code when 'soap'"
        """ then '{"kind": "receipt_amount", "compare": "at_least", "amount_minor": 500000}'"""
        """ else '{"kind": "identified"}' end::jsonb)"""
        """ || '{"description": "<b>To try</b>"}'"""
        " where partner_id = $1 and code in ('soap', 'fruit')",
        world.NORTH,
    )
    await service.operator().publish()
    await service.workers[0].follower.step()
    sale = receipt(line("soap"), line("apple", position=2))
    sold = await service.till().confirm("basket", sale)
    for language, told in (
        ("en", ("sum of goods", "at least 5000.00\u00a0₽", "200.00\u00a0₽", "a guest")),
        ("ru", ("сумма товаров", "не меньше чем 5\u00a0000,00\u00a0₽", "200,00\u00a0₽", "гость")),
    ):
        await desk.database.execute(
            "update staff set language = $1 where login = $2", language, OWNER
        )
        browser = await desk.signed_in(OWNER)
        led = await browser.get(f"/receipt/list?purchase_id={sold.purchase_id}")
        for path in (led.headers["location"], "/campaign/try/soap?purchase=basket"):
            page = (await browser.get(path)).text
            for one in told[: 4 if "receipt" in path else 3]:
                assert one in page, (path, one)
            assert "&lt;b&gt;To try" in page, "what colleagues wrote"


async def test_a_profile_is_saved_in_the_lock_order_of_sales(desk: Office) -> None:
    """While a sale has the member's row, the form waits for it with nothing in its hands."""
    clerk, key = await desk.signed_in(CLERK), await ann_of(desk)
    bucket, _, member_id = key.partition(";")
    address = f"/member/{key}/profile"
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', (await clerk.get(address)).text)
    assert seen is not None
    typed = {"request_id": "7" * 32, "seen": seen[1], "first_name": "Anna", "gender": "female"}
    one = "where bucket = $1 and member_id = $2"
    async with desk.database.transaction():
        await desk.database.execute("set local lock_timeout = '500ms'")
        await desk.database.execute(f"select from member {one} for update", int(bucket), member_id)
        saving = asyncio.create_task(clerk.post(address, typed | {"reason": "passport"}))

        async def waits() -> bool:
            return bool(
                await desk.database.fetchval(
                    "select exists (select from pg_locks where not granted"
                    " and pg_backend_pid() = any(pg_blocking_pids(pid)))"
                )
            )

        await wait_until(waits, what="the form at the member's lock")
        await desk.database.execute(
            f"""update member_profile set traits = '{{"tags": ["vip"]}}' {one}""",
            int(bucket),
            member_id,
        )
    answer = await saving
    assert answer.status_code == 303, answer.text
    saved = await desk.database.fetchrow(
        f"select first_name, traits from member_profile {one}", int(bucket), member_id
    )
    assert tuple(saved) == ("Anna", '{"tags": ["vip"]}')


async def test_a_profile_is_changed_and_told_without_naming_anybody(desk: Office) -> None:
    """The page shows it, the history has who and why, and no name that its readers can read."""
    browser, key = await desk.signed_in(CLERK), await ann_of(desk)
    page = (await browser.get(f"/member/{key}/profile")).text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', page)
    assert seen is not None
    fields = {
        "request_id": "6" * 32,
        "seen": seen[1],
        "first_name": "Anna",
        "last_name": "Karenina",
        "birth_date": "1990-02-03",
        "gender": "female",
        "social_links": "https://vk.com/anna\nhttps://t.me/anna",
        "reason": "married",
    }
    bad = await browser.post(
        f"/member/{key}/profile", fields | {"social_links": "javascript:alert(1)"}
    )
    assert bad.status_code == 400
    # What tasks write of members meanwhile is no change of what the form has.
    await desk.database.execute("""update member_profile set traits = '{"segments": ["s"]}'""")
    done = await browser.post(f"/member/{key}/profile", fields)
    assert done.status_code == 303, done.text
    late = await browser.post(f"/member/{key}/profile", fields | {"first_name": "Nobody"})
    assert late.status_code == 400
    shown = (await browser.get(f"/member/details/{key}")).text
    for value in ("Anna Karenina<small", "1990-02-03", 'href="https://vk.com/anna"'):
        assert value in shown
    assert "Anna Karenina<small" in (await browser.get("/member/list")).text
    marketer = await desk.signed_in(login_of(Role.MARKETER))
    for address in ("/member/list", f"/member/details/{key}"):
        page = (await marketer.get(address)).text
        assert key.partition(";")[2] in page
        assert "Karenina" not in page
    (entry,) = await desk.history("member_profile")
    assert (entry["author"], entry["reason"]) == (CLERK, "married")
    assert "Karenina" not in str(entry["after"])


async def test_without_a_credential_pages_only_read(office: Office) -> None:
    """The member page stands and says why there are no receipts; a button does nothing."""
    browser, key = await office.signed_in(CLERK), await ann_of(office)
    page = (await browser.get(f"/member/details/{key}")).text
    assert "500.00" in page
    assert "they only read" in page
    fields = {"request_id": "7" * 32, "currency": "pts", "points": "1", "reason": "x"}
    assert (await browser.post(f"/member/{key}/correct", fields)).status_code == 503


async def test_a_service_that_is_away_leaves_nothing_half_done(world_dsn: str) -> None:
    """The form comes back with what was typed and its key: pressing once more does it once."""
    async with running_office(
        world_dsn, service_target="127.0.0.1:1", service_credential=world.CREDENTIAL
    ) as office:
        browser, key = await office.signed_in(CLERK), await ann_of(office)
        assert "The service does not answer" in (await browser.get(f"/member/details/{key}")).text
        fields = {"request_id": "7" * 32, "currency": "pts", "points": "1", "reason": "kept text"}
        answer = await browser.post(f"/member/{key}/correct", fields)
        assert answer.status_code == 503
        for shown in ("send the form again", f'value="{"7" * 32}"', "kept text"):
            assert shown in answer.text
        assert await balance_of(office, key) == world.ANN_POINTS_MINOR


async def test_strange_addresses_are_no_fault_of_ours(office: Office) -> None:
    """Numbers that no column holds, days that are none; and a form has its own request key."""
    browser, key = await office.signed_in(OWNER), await ann_of(office)
    digits = "9" * 5_000
    for path, status in (
        (f"/member/details/{key}?before={digits}", 200),
        (f"/member/{key}/tier?until=never", 200),
        (f"/member/{digits};{key.partition(';')[2]}/tier", 404),
        (f"/certificate/{digits};x/block", 404),
        (f"/receipt/details/{digits};2026-01-01;x", 404),
        ("/receipt/details/1;0001-01-01;x", 404),
    ):
        assert (await browser.get(path)).status_code == status, path[:60]
    undo = (await browser.get(f"/member/{key}/undo?correction_id=abc&request_id={'8' * 32}")).text
    assert 'value="abc"' in undo
    assert "8" * 32 not in undo


async def test_who_sees_no_contacts_finds_members_by_their_ids_only(office: Office) -> None:
    """Whatever else is typed finds nobody, with a hyphen or without."""
    analyst, key = await office.signed_in(login_of(Role.ANALYST)), await ann_of(office)
    member_id = key.partition(";")[2]
    for term, is_found in ((member_id.upper(), True), ("-", False), ("a-b", False), ("a", False)):
        page = (await analyst.get(f"/member/list?search={term}")).text
        assert (member_id in page, "Nothing found" in page) == (is_found, not is_found), term


async def test_points_of_receipts_are_in_the_programs_currency(
    desk: Office, service: Service
) -> None:
    """Whichever account's statement is open: here one of whole points."""
    key = await ann_of(desk)
    sold = await service.till().confirm("basket", receipt(line(), card=world.CARD))
    earned = sold.outcome.points_earned_minor
    await desk.database.execute(
        "insert into account (bucket, member_id, currency) select bucket, member_id, 'aaa'"
        " from member where member_id = $1",
        key.partition(";")[2],
    )
    page = (await (await desk.signed_in(CLERK)).get(f"/member/details/{key}?currency=aaa")).text
    assert f'data-label="Points earned">{earned // 100}.{earned % 100:02}\u00a0Points<' in page


async def test_no_connection_is_held_while_the_service_is_asked(world_dsn: str) -> None:
    """However slow it is: else as many member pages as connections stop all pages."""
    is_asked, is_over = asyncio.Event(), asyncio.Event()

    async def keep_waiting(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_asked.set()
        await is_over.wait()
        writer.close()

    server = await asyncio.start_server(keep_waiting, "127.0.0.1", 0)
    target = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with running_office(
        world_dsn, service_target=target, service_credential=world.CREDENTIAL
    ) as office:
        browser, key = await office.signed_in(CLERK), await ann_of(office)
        page = asyncio.create_task(browser.get(f"/member/details/{key}"))
        await is_asked.wait()
        held = await office.database.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and application_name = 'checkout admin' and state = 'idle in transaction'"
        )
        is_over.set()
        assert "The service does not answer" in (await page).text
        assert held == 0
    server.close()


async def test_an_external_id_that_was_replaced_is_theirs_again(
    desk: Office, service: Service
) -> None:
    """Blocked as it was replaced; the block is lifted by its number, and it takes its place."""
    browser, key = await desk.signed_in(CLERK), await ann_of(desk)
    fields, old = {"kind": "external_id", "reason": "by mistake"}, world.EXTERNAL_ID
    await press(browser, f"/member/{key}/contact", number="crm-2", instead_of=old, **fields)
    await press(browser, f"/member/{key}/block-card", number=old, lift="y", **fields)
    await press(browser, f"/member/{key}/contact", number=old, instead_of="crm-2", **fields)
    assert (await service.till().identify(external_id=old)).member_id == key.partition(";")[2]
