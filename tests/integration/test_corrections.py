"""Corrections: four eyes, bulks from files, and taking both back."""

from __future__ import annotations

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.bulks import bulk_adjust, decide, row, set_four_eyes, undo
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of

BOOKED = op.CORRECTION_STATE_BOOKED
PROPOSED = op.CORRECTION_STATE_PROPOSED
UNDONE = op.CORRECTION_STATE_UNDONE
REFUSED = op.CORRECTION_STATE_REFUSED
REJECTED = op.CORRECTION_STATE_REJECTED


def reason_of(result: op.CorrectionResult) -> str:
    """The name of the reason of a result."""
    return error_reason_pb2.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_")


async def put_debt_policy(service: Service, policy: str) -> None:
    """Publish what becomes of points that cannot be taken back."""
    document = world.program(returns={"debt": policy})
    await world.put_program(service.database, world.NORTH, document)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


# ---- four eyes


async def test_a_large_correction_waits_for_another_author(service: Service) -> None:
    """Above the partner's amount nothing is booked until somebody else says so."""
    await set_four_eyes(service, 10_00)
    member = await service.ann()
    small = await service.operator().adjust(member, 10_00)
    assert (small.state, bool(small.posting_id)) == (BOOKED, True)
    large = await service.operator().adjust(member, 10_01)
    assert (large.state, large.posting_id) == (PROPOSED, "")
    assert large.balance.active_minor == world.ANN_POINTS_MINOR + 10_00
    (same,) = await decide(service.operator(author="Tester"), large.correction_id)
    assert (same.state, reason_of(same)) == (REFUSED, "SAME_AUTHOR")
    other = service.operator(author="boss")
    (done,) = await decide(other, large.correction_id)
    assert (done.state, done.changed) == (BOOKED, True)
    assert done.balance.active_minor == world.ANN_POINTS_MINOR + 20_01
    (again,) = await decide(other, large.correction_id)
    assert (again.state, again.changed) == (BOOKED, False)
    (late,) = await decide(other, large.correction_id, reject=True)
    assert reason_of(late) == "CORRECTION_DECIDED"
    posted = await service.database.fetchrow(
        "select author, reason from posting where posting_id = $1::uuid", large.correction_id
    )
    assert tuple(posted) == ("tester", "a test")
    assert await violations(service) == []


async def test_what_two_have_booked_is_not_taken_back_by_the_first(service: Service) -> None:
    """Also what was booked before the amount was set; what is below it the author undoes alone."""
    member = await service.ann()
    early = await service.operator().adjust(member, -20_00)
    await set_four_eyes(service, 10_00)
    small = await service.operator().adjust(member, -10_00)
    large = await service.operator().adjust(member, -10_01)
    boss = service.operator(author="boss")
    await decide(boss, large.correction_id)
    for made in (early, large):
        (same,) = await undo(service.operator(author="TESTER"), made.correction_id)
        assert (same.state, reason_of(same)) == (REFUSED, "SAME_AUTHOR")
    await set_four_eyes(service, None)
    (same,) = await undo(service.operator(), large.correction_id)
    assert reason_of(same) == "SAME_AUTHOR"
    (alone,) = await undo(service.operator(), small.correction_id)
    assert alone.changed
    for made in (early, large):
        (done,) = await undo(boss, made.correction_id)
        assert done.changed
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR
    assert await violations(service) == []


async def test_small_corrections_of_a_day_add_up(service: Service) -> None:
    """Given or taken, single or by file: what one author does alone has one bound a day."""
    await set_four_eyes(service, 10_00)
    member = await service.ann()
    tester, boss = service.operator(), service.operator(author="boss")
    assert (await tester.adjust(member, 6_00)).state == BOOKED
    assert (await tester.adjust(member, -3_00)).state == BOOKED
    waits = await service.operator(author="TESTER").adjust(member, 1_01)
    assert waits.state == PROPOSED
    # What another author approves, or does, is not the first one's.
    (approved,) = await decide(boss, waits.correction_id)
    assert approved.state == BOOKED
    assert (await boss.adjust(member, 10_00)).state == BOOKED
    rows = [row(2, "0.50"), row(3, "0.60"), row(4, "0.50")]
    made = await bulk_adjust(tester, "april", rows)
    assert [each.state for each in made] == [BOOKED, PROPOSED, BOOKED]
    (undone,) = await undo(boss, made[0].correction_id)
    assert undone.state == UNDONE
    assert (await tester.adjust(member, 1)).state == PROPOSED
    assert await violations(service) == []


async def test_what_is_rejected_is_never_booked(service: Service) -> None:
    """The rejection is kept with its author; nothing else happened, and nothing is undone."""
    await set_four_eyes(service, 0)
    made = await service.operator().adjust(await service.ann(), -5_00)
    boss = service.operator(author="boss")
    (undone,) = await undo(boss, made.correction_id)
    assert reason_of(undone) == "CORRECTION_NOT_BOOKED"
    (rejected,) = await decide(boss, made.correction_id, reject=True)
    assert (rejected.state, rejected.changed) == (REJECTED, True)
    (approved,) = await decide(boss, made.correction_id)
    assert reason_of(approved) == "CORRECTION_DECIDED"
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR
    kept = await service.database.fetchrow(
        "select decided_by, decision_reason, month from correction where state = 'rejected'"
    )
    assert tuple(kept) == ("boss", "looked at it", None)
    assert await violations(service) == []


async def test_what_was_spent_meanwhile_cannot_be_taken_on_approval(service: Service) -> None:
    """A proposal keeps nothing aside: it stays proposed, and is refused with the reason."""
    await set_four_eyes(service, 100_00)
    made = await service.operator().adjust(await service.ann(), -490_00)
    sale = receipt(line("towel", 200_00), card=world.CARD, points_minor=20_00)
    await service.till().confirm("p", sale)
    boss = service.operator(author="boss")
    (refused,) = await decide(boss, made.correction_id)
    assert (refused.state, reason_of(refused)) == (REFUSED, "INSUFFICIENT_POINTS")
    assert refused.field == "amount_minor"
    await service.operator().adjust(await service.ann(), 50_00)
    (done,) = await decide(boss, made.correction_id)
    assert done.state == BOOKED
    assert await violations(service) == []


async def test_what_is_proposed_is_listed_for_its_partner(service: Service) -> None:
    """Oldest first, page by page, with the bulk it belongs to; another partner sees nothing."""
    await set_four_eyes(service, 0)
    member = await service.ann()
    single = await service.operator().adjust(member, 1_00)
    await bulk_adjust(service.operator(), "march", [row(2, "2"), row(3, "3")])
    listed: list[op.Correction] = []
    token = ""
    while True:
        page = await service.operator().call(
            "ListCorrections", op.ListCorrectionsRequest(page_size=2, page_token=token)
        )
        listed += page.corrections
        token = page.next_page_token
        if not token:
            break
    told = [(each.bulk, each.line, each.amount_minor) for each in listed]
    assert told[0] == ("", 0, 1_00)
    assert sorted(told[1:]) == [("march", 2, 2_00), ("march", 3, 3_00)]
    assert listed[0].correction_id == single.correction_id
    south = await service.operator("south").call("ListCorrections", op.ListCorrectionsRequest())
    assert not south.corrections
    (foreign,) = await decide(service.operator("south", author="boss"), single.correction_id)
    assert reason_of(foreign) == "CORRECTION_UNKNOWN"


# ---- bulks


async def test_a_bulk_does_what_it_can_and_tells_the_rest(service: Service) -> None:
    """Each bad row is told with line, field and reason; the others are booked, once."""
    member = await service.ann()
    rows = [
        row(2, "+10"),
        row(3, "1", card="2900000009999"),
        row(4, "12.345"),
        row(5, "0"),
        row(6, "-0.50"),
        row(7, "5", currency="miles"),
        row(8, "5", member_id="12"),
        row(9, "-9999"),
        row(10, "5", days=-1),
        row(11, "2.5", member_id=member, days=30, reason="a reason of its own"),
        row(12, "-1", days=3),
        op.BulkRow(line=13, currency=world.CURRENCY, points="1"),
        row(14, "1", card=world.BLOCKED_CARD),
        row(15, "1e3"),
    ]
    results = await bulk_adjust(service.operator(), "march", rows)
    assert [r.line for r in results] == list(range(2, 16))
    told = {r.line: (reason_of(r), r.field) for r in results if r.state == REFUSED}
    assert told == {
        3: ("MEMBER_UNKNOWN", "card"),
        4: ("FIELD_INVALID", "points"),
        5: ("FIELD_INVALID", "points"),
        7: ("CURRENCY_UNKNOWN", "currency"),
        8: ("FIELD_INVALID", "member_id"),
        9: ("INSUFFICIENT_POINTS", "amount_minor"),
        10: ("FIELD_OUT_OF_RANGE", "days"),
        12: ("FIELD_INVALID", "days"),
        13: ("FIELD_REQUIRED", "member_id"),
        15: ("FIELD_INVALID", "points"),
    }
    assert all(r.message for r in results if r.state == REFUSED)
    assert {r.line for r in results if r.state == BOOKED} == {2, 6, 11, 14}
    assert results[9].balance.active_minor == world.ANN_POINTS_MINOR + 10_00 - 50 + 2_50
    reasons = await service.database.fetch("select line, reason from correction where line > 0")
    assert {r["line"]: r["reason"] for r in reasons}[11] == "a reason of its own"
    left = await service.database.fetchval(
        "select expires_at - now() from lot where issued = 250 and origin = 'adjusted'"
    )
    assert 29 <= left.days <= 31
    assert await violations(service) == []


async def test_a_repeated_page_books_nothing_twice(service: Service) -> None:
    """In other pages, too; a row that was refused before is tried again, another one is not."""
    first = await bulk_adjust(service.operator(), "march", [row(2, "1"), row(3, "2", card="7777")])
    assert [r.state for r in first] == [BOOKED, REFUSED]
    await service.till().enrol(card="7777")
    again = await bulk_adjust(
        service.operator(author="another"), "march", [row(3, "2", card="7777"), row(2, "1")]
    )
    assert [(r.state, r.changed) for r in again] == [(BOOKED, True), (BOOKED, False)]
    (other,) = await bulk_adjust(service.operator(), "march", [row(2, "5")])
    assert reason_of(other) == "BULK_DIFFERS"
    # Nobody is told that their points were booked when they were somebody else's.
    (taken,) = await bulk_adjust(service.operator(), "march", [row(2, "1", card="7777")])
    assert (reason_of(taken), taken.field) == ("BULK_DIFFERS", "line")
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR + 1_00
    assert await service.database.fetchval("select count(*) from bulk") == 1
    assert await violations(service) == []


async def test_a_bulk_is_one_file(service: Service) -> None:
    """The same name with another file is refused with the hash of the first."""
    await bulk_adjust(service.operator(), "march", [row(2, "1")], content="one")
    said = await refusal_of(bulk_adjust(service.operator(), "march", [row(3, "1")], content="two"))
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BULK_DIFFERS")
    (south,) = await bulk_adjust(service.operator("south"), "march", [row(2, "1")], content="two")
    assert south.state == BOOKED
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR + 1_00


async def test_a_dry_run_tells_and_writes_nothing(service: Service) -> None:
    """Row by row as it would be, rows of a page after each other; no table changes."""
    await set_four_eyes(service, 300_00)
    before = await service.rows()
    rows = [row(2, "-300"), row(3, "-300"), row(4, "301"), row(5, "x")]
    results = await bulk_adjust(service.operator(), "march", rows, dry_run=True)
    assert [r.state for r in results] == [BOOKED, REFUSED, PROPOSED, REFUSED]
    assert results[0].balance.active_minor == 200_00
    assert reason_of(results[1]) == "INSUFFICIENT_POINTS"
    assert await service.rows() == before
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR
    real = await bulk_adjust(service.operator(), "march", rows)
    assert [r.state for r in real] == [r.state for r in results]


async def test_a_bulk_is_told_with_its_counts(service: Service) -> None:
    """Who, why, which file, and what became of the rows; an unknown one is unknown."""
    await set_four_eyes(service, 5_00)
    await bulk_adjust(service.operator(), "march", [row(2, "1"), row(3, "-2"), row(4, "6")])
    bulk = await service.operator().call("GetBulk", op.GetBulkRequest(bulk="march"))
    assert (bulk.author, bulk.reason, bulk.file_name) == ("tester", "a test", "march.csv")
    assert len(bulk.file_hash) == 32
    counts = [(c.state, c.rows, c.given_minor, c.taken_minor) for c in bulk.counts]
    assert counts == [(BOOKED, 2, 1_00, 2_00), (PROPOSED, 1, 6_00, 0)]
    listed = await service.operator().call(
        "ListCorrections", op.ListCorrectionsRequest(bulk="march", state=BOOKED, page_size=1)
    )
    assert [c.line for c in listed.corrections] == [2]
    rest = await service.operator().call(
        "ListCorrections",
        op.ListCorrectionsRequest(bulk="march", page_token=listed.next_page_token),
    )
    assert [c.line for c in rest.corrections] == [3, 4]
    said = await refusal_of(
        service.operator("south").call("GetBulk", op.GetBulkRequest(bulk="march"))
    )
    assert said.reason == "BULK_UNKNOWN"


# ---- undo


async def test_what_was_given_is_taken_from_its_lot(service: Service) -> None:
    """Undone once, by a posting of its own with its own author and reason."""
    made = await service.operator().adjust(await service.ann(), 25_00)
    boss = service.operator(author="boss")
    (done,) = await undo(boss, made.correction_id, request_id="u")
    assert (done.state, done.changed, done.owed_minor) == (UNDONE, True, 0)
    assert done.balance.active_minor == world.ANN_POINTS_MINOR
    assert [done] == await undo(boss, made.correction_id, request_id="u")
    (again,) = await undo(boss, made.correction_id)
    assert (again.state, again.changed) == (UNDONE, False)
    rows = await service.database.fetch(
        "select kind, author, reason from posting where author in ('tester', 'boss') order by kind"
    )
    assert [tuple(r) for r in rows] == [
        ("adjustment", "tester", "a test"),
        ("undo", "boss", "a mistake"),
    ]
    statement = await service.till().statement()
    assert statement.entries[0].kind == pb.ENTRY_KIND_UNDO
    assert statement.entries[0].amount_minor == -25_00
    assert await violations(service) == []


@pytest.mark.parametrize("is_booked", [False, True])
async def test_what_ended_is_not_taken_again(service: Service, is_booked: bool) -> None:
    """Points that ran out before the correction was undone are no debt, whoever booked that."""
    member, operator = await service.ann(), service.operator()
    made = await operator.adjust(member, 25_00)
    await service.database.execute(
        "update lot set active_from = now() - interval '9 days',"
        " expires_at = now() - interval '20 minutes' where issued = 2500"
    )
    if is_booked:
        await service.workers[0].lot_keeper.step()
    ended = await service.database.fetchval("select expired from lot where issued = 2500")
    assert ended == (25_00 if is_booked else 0)
    (done,) = await undo(operator, made.correction_id)
    assert (done.state, done.owed_minor, done.written_off_minor) == (UNDONE, 0, 0)
    assert done.balance.active_minor == world.ANN_POINTS_MINOR
    found = await violations(service)
    assert [each for each in found if "lots_are_booked_in_time" not in str(each)] == []


async def test_what_was_taken_goes_back_to_its_lots(service: Service) -> None:
    """With their own dates, also to a lot that was emptied."""
    member = await service.ann()
    made = await service.operator().adjust(member, -world.ANN_POINTS_MINOR)
    before = await service.database.fetchval("select expires_at from lot where issued = 50000")
    (done,) = await undo(service.operator(), made.correction_id)
    assert done.balance.active_minor == world.ANN_POINTS_MINOR
    lots = await service.database.fetch(
        "select remaining, expires_at from lot where member_id = $1::uuid", member
    )
    assert [tuple(lot) for lot in lots] == [(world.ANN_POINTS_MINOR, before)]
    assert await violations(service) == []


@pytest.mark.parametrize(
    ("policy", "owed", "written_off"), [("negative", 30_00, 0), ("clip", 0, 30_00)]
)
async def test_what_was_spent_meanwhile_follows_the_debt_policy(
    service: Service, policy: str, owed: int, written_off: int
) -> None:
    """As far as the points are gone they are owed, or written off where there are no others."""
    await put_debt_policy(service, policy)
    member, operator = await service.ann(), service.operator()
    made = await operator.adjust(member, 40_00)
    await operator.adjust(member, -world.ANN_POINTS_MINOR)
    spent = receipt(line("towel", 200_00), card=world.CARD, points_minor=30_00)
    assert (await service.till().confirm("p", spent)).status == pb.STATUS_OK
    (done,) = await undo(operator, made.correction_id)
    assert (done.state, done.owed_minor, done.written_off_minor) == (UNDONE, owed, written_off)
    assert done.balance.active_minor == -owed
    assert await violations(service) == []


async def test_what_must_not_be_owed_is_not_undone(service: Service) -> None:
    """The program lets nobody owe: the correction stays, with the reason."""
    await put_debt_policy(service, "refuse")
    member, operator = await service.ann(), service.operator()
    made = await operator.adjust(member, 40_00)
    await operator.adjust(member, -world.ANN_POINTS_MINOR - 30_00)
    (refused,) = await undo(operator, made.correction_id)
    assert (refused.state, reason_of(refused)) == (REFUSED, "POINTS_ALREADY_SPENT")
    kept = await service.database.fetchval(
        "select state from correction where correction_id = $1::uuid", made.correction_id
    )
    assert kept == "booked"
    assert await violations(service) == []


async def test_a_whole_bulk_is_undone(service: Service) -> None:
    """All of its corrections by their ids; the members have what they had."""
    cards = [world.CARD, world.GOLD_CARD]
    before = [await service.till().balance_minor(card) for card in cards]
    rows = [row(2 + n, "-3" if n % 2 else "4", card=cards[n % 2]) for n in range(6)]
    made = await bulk_adjust(service.operator(), "march", rows)
    assert [await service.till().balance_minor(card) for card in cards] != before
    results = await undo(service.operator(), *(r.correction_id for r in made))
    assert {(r.state, r.changed) for r in results} == {(UNDONE, True)}
    assert [await service.till().balance_minor(card) for card in cards] == before
    again = await bulk_adjust(service.operator(), "march", rows)
    assert {(r.state, r.changed) for r in again} == {(UNDONE, False)}
    assert await violations(service) == []
