"""A member's statement: entries that sum up to the balance, page by page, as of any moment."""

from __future__ import annotations

import asyncio
import datetime as dt

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.bulks import undo
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


async def play(service: Service) -> list[int]:
    """An opening, a correction, a sale that spends and earns; the balances after each entry."""
    till, operator = service.till(), service.operator()
    member = (await till.identify(card=world.CARD)).member_id
    await operator.adjust(member, 7_00)
    sold = await till.confirm("sale", receipt(card=world.CARD, points_minor=20_00))
    earned = sold.outcome.points_earned_minor
    assert earned > 0
    return [500_00, 507_00, 487_00, 487_00 + earned]


async def test_entries_are_newest_first_and_sum_up(service: Service) -> None:
    """Each with kind, purchase, amount, the balance after it, and dates of what came in."""
    till = service.till()
    balances = await play(service)
    page = await till.statement()
    assert (page.currency, page.exponent, page.next_page_token) == (world.CURRENCY, 2, "")
    assert page.balance_minor == balances[-1] == sum(e.amount_minor for e in page.entries)
    assert [e.balance_after_minor for e in page.entries] == balances[::-1]
    assert [e.sequence for e in page.entries] == [4, 3, 2, 1]
    kinds = [pb.EntryKind.Name(e.kind).removeprefix("ENTRY_KIND_") for e in page.entries]
    assert kinds == ["SALE", "SALE", "ADJUSTMENT", "ADJUSTMENT"]
    assert [e.purchase_id for e in page.entries] == ["sale", "sale", "", ""]
    receipt_id = await service.database.fetchval("select receipt_id::text from receipt")
    assert [e.receipt_id for e in page.entries] == [receipt_id, receipt_id, "", ""]
    earned, spent, given, _ = page.entries
    assert not spent.lots
    for entry in (earned, given):
        (lot,) = entry.lots
        assert lot.amount_minor == entry.amount_minor
        begins, ends = map(dt.datetime.fromisoformat, (lot.active_from, lot.expires_at))
        assert begins <= dt.datetime.fromisoformat(entry.at) < ends


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
async def test_pages_together_are_the_whole(service: Service, size: int) -> None:
    """No entry twice, none missing, also when new ones come in between; the balance comes first."""
    till = service.till()
    await play(service)
    whole = (await till.statement(page_size=100)).entries
    pages = [await till.statement(page_size=size)]
    member = (await till.identify(card=world.CARD)).member_id
    await service.operator().adjust(member, 1_00)
    while token := pages[-1].next_page_token:
        pages.append(await till.statement(page_size=size, page_token=token))
    assert [entry for page in pages for entry in page.entries] == list(whole)
    assert [page.HasField("balance_minor") for page in pages] == [True] + [False] * (len(pages) - 1)


async def test_the_balance_at_any_past_moment(service: Service) -> None:
    """As of the moment of each entry the statement ends with it; before the first there is none."""
    till = service.till()
    balances = await play(service)
    entries = (await till.statement()).entries
    # The two entries of the sale have one moment.
    for entry, balance in ((entries[0], balances[3]), (entries[2], balances[1])):
        past = await till.statement(as_of=entry.at)
        assert (past.balance_minor, past.entries[0].sequence) == (balance, entry.sequence)
    first = dt.datetime.fromisoformat(entries[-1].at)
    for moment in (first - dt.timedelta(microseconds=1), first - dt.timedelta(days=400)):
        past = await till.statement(as_of=moment.isoformat())
        assert (past.balance_minor, list(past.entries)) == (0, [])
    far = await till.statement(as_of="9999-12-31T23:59:59+00:00")
    assert far.balance_minor == balances[-1]


async def test_other_currencies_and_members_are_apart(service: Service) -> None:
    """A currency without entries has none; one that the program does not have is refused."""
    till = service.till()
    await play(service)
    gold = await till.statement(world.GOLD_CARD)
    assert (gold.balance_minor, len(gold.entries)) == (10_00, 1)
    south = await service.till("south-s1-t1").statement()
    assert south.balance_minor == world.ZOE_POINTS_MINOR
    said = await refusal_of(till.statement(currency="miles"))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "CURRENCY_UNKNOWN")
    for card, reason in (
        ("2900000000994", "MEMBER_UNKNOWN"),
        (world.BLOCKED_CARD, "CARD_BLOCKED"),
        (world.BLOCKED_MEMBERS_CARD, "MEMBER_BLOCKED"),
    ):
        assert (await refusal_of(till.statement(card))).reason == reason


async def test_it_changes_nothing(service: Service) -> None:
    """However often it is asked."""
    before = await service.rows()
    await asyncio.gather(*(service.till().statement() for _ in range(20)))
    assert await service.rows() == before


async def test_a_return_names_its_purchase_and_its_lots(service: Service) -> None:
    """Points come back to the lot that they were spent from; what was earned goes again."""
    till = service.till()
    sold = await till.confirm("sale", receipt(card=world.CARD, points_minor=20_00))
    earned = sold.outcome.points_earned_minor
    back = await till.take_back("sale")
    entries = (await till.statement()).entries
    returned = [each for each in entries if each.kind == pb.ENTRY_KIND_RETURN]
    assert sorted(each.amount_minor for each in returned) == [-earned, 20_00]
    assert {each.purchase_id for each in returned} == {"sale"}
    assert {each.receipt_id for each in returned} == {back.return_receipt_id}
    (came_in,) = [each for each in returned if each.amount_minor > 0]
    assert [lot.amount_minor for lot in came_in.lots] == [20_00]
    assert came_in.lots[0] == type(came_in.lots[0])(
        amount_minor=20_00,
        active_from=entries[-1].lots[0].active_from,
        expires_at=entries[-1].lots[0].expires_at,
    )
    assert entries[0].balance_after_minor == world.ANN_POINTS_MINOR


async def test_a_return_to_a_lot_that_ran_out_fills_a_new_one(service: Service) -> None:
    """Each entry has the dates of its own lots, old and new ones apart."""
    till, operator = service.till(), service.operator()
    program = world.program(returns={"expired_points_days": 30})
    await world.put_program(service.database, world.NORTH, program)
    await operator.publish()
    await service.workers[0].follower.step()
    member = (await till.identify(card=world.CARD)).member_id
    await service.database.execute("update lot set expires_at = now() + interval '1 hour'")
    await operator.adjust(member, 10_00)
    sale = receipt(line("towel", 2_000_00), card=world.CARD, points_minor=505_00)
    assert (await till.confirm("sale", sale)).status == pb.STATUS_OK
    await service.database.execute(
        "update lot set active_from = now() - interval '2 days',"
        " expires_at = now() - interval '1 day' where issued = 50000"
    )
    await till.take_back("sale")
    page = await till.statement()
    returned = [each for each in page.entries if each.kind == pb.ENTRY_KIND_RETURN]
    assert sorted(each.amount_minor for each in returned) == [5_00, 500_00]
    lots = [lot for each in returned for lot in each.lots]
    assert sorted(lot.amount_minor for lot in lots) == [5_00, 500_00]
    for entry in returned:
        assert sum(lot.amount_minor for lot in entry.lots) == entry.amount_minor
    moments = [dt.datetime.fromisoformat(lot.expires_at) for lot in lots]
    assert min(moments) > dt.datetime.now(dt.UTC)
    assert page.balance_minor == sum(each.amount_minor for each in page.entries)


async def test_what_is_owed_names_what_it_came_from(service: Service) -> None:
    """A return of goods whose points were spent, a correction that was taken back; as of then."""
    till, operator = service.till(), service.operator()
    member = (await till.identify(card=world.CARD)).member_id
    given = await operator.adjust(member, 30_00)
    sold = await till.confirm("one", receipt(card=world.CARD))
    earned = sold.outcome.points_earned_minor
    everything = world.ANN_POINTS_MINOR + 30_00 + earned
    paid = receipt(line("towel", 2_000_00), card=world.CARD, points_minor=everything)
    assert earned > 0
    assert (await till.confirm("two", paid)).outcome.points_earned_minor == 0
    before = await till.statement()
    assert (before.debt_minor, list(before.debts)) == (0, [])
    back = await till.take_back("one")
    (undone,) = await undo(operator, given.correction_id)
    assert undone.owed_minor == 30_00
    page = await till.statement()
    newest, oldest = page.debts
    assert (newest.kind, newest.correction_id) == (pb.ENTRY_KIND_UNDO, given.correction_id)
    assert (newest.owed_minor, newest.open_minor, newest.purchase_id) == (30_00, 30_00, "")
    assert (oldest.kind, oldest.purchase_id) == (pb.ENTRY_KIND_RETURN, "one")
    assert oldest.receipt_id == back.return_receipt_id
    assert (oldest.owed_minor, oldest.open_minor) == (earned, earned)
    assert page.debt_minor == earned + 30_00
    (balance,) = (await till.identify(card=world.CARD)).balances
    assert balance.active_minor == page.balance_minor - page.debt_minor == -earned - 30_00
    past = await till.statement(as_of=oldest.at)
    assert (past.debt_minor, len(past.debts)) == (earned, 1)
    assert not (await till.statement(page_size=1, page_token="3")).HasField("debt_minor")
