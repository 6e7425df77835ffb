"""What operators do with the points of members who pool them, and with what they did before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.integration.test_corrections import put_debt_policy, reason_of
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.bulks import bulk_adjust, decide, row, set_four_eyes, undo
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

BOOKED = op.CORRECTION_STATE_BOOKED
UNDONE = op.CORRECTION_STATE_UNDONE
POINTS_MINOR = 10_00


async def family(service: Service) -> tuple[str, list[str], list[str]]:
    """Two new members with points, not yet in their household: its id, their cards and ids."""
    cards = await make_members(service, 2, POINTS_MINOR)
    members = [(await service.till().identify(card=card)).member_id for card in cards]
    return await service.operator().household(), cards, members


async def test_a_bulk_moves_what_is_pooled(service: Service) -> None:
    """Rows of two members of one household follow each other; a page that is sent again is told."""
    household_id, cards, members = await family(service)
    operator = service.operator()
    for member in members:
        await operator.join_household(household_id, member)
    rows = [row(2, "-15", cards[0]), row(3, "4", cards[1]), row(4, "-9.01", cards[1])]
    rows += [row(5, "-9", "", member_id=members[0])]
    tried = await bulk_adjust(operator, "may", rows, dry_run=True)
    made = await bulk_adjust(operator, "may", rows)
    for each in (tried, made):
        assert [r.state for r in each] == [
            BOOKED,
            BOOKED,
            op.CORRECTION_STATE_REFUSED,
            BOOKED,
        ]
        assert reason_of(each[2]) == "INSUFFICIENT_POINTS"
        assert [r.balance.active_minor for r in each if r.state == BOOKED] == [5_00, 9_00, 0]
    again = await bulk_adjust(operator, "may", rows)
    assert [(r.state, r.changed) for r in again if r.state == BOOKED] == [(BOOKED, False)] * 3
    assert [await service.till().balance_minor(card) for card in cards] == [0, 0]
    assert await violations(service) == []


async def test_a_household_is_in_no_file(service: Service) -> None:
    """A correction names a member; what is no member's id is a bad row, like any other."""
    household_id, _, members = await family(service)
    operator = service.operator()
    await operator.join_household(household_id, members[0])
    (bad, good) = await bulk_adjust(
        operator,
        "june",
        [row(2, "1", "", member_id=household_id), row(3, "1", "", member_id=members[0])],
    )
    assert (reason_of(bad), good.state) == ("MEMBER_UNKNOWN", BOOKED)


async def test_what_is_proposed_is_booked_where_the_points_are_then(service: Service) -> None:
    """Four eyes: proposed for a member alone, approved for the household that was joined since."""
    household_id, cards, members = await family(service)
    operator, boss = service.operator(), service.operator(author="boss")
    await set_four_eyes(service, 5_00)
    given = await operator.adjust(members[0], 7_00)
    taken = await operator.adjust(members[1], -7_00)
    for member in members:
        await operator.join_household(household_id, member)
    (approved, booked) = await decide(boss, given.correction_id, taken.correction_id)
    assert [approved.state, booked.state] == [BOOKED, BOOKED]
    assert booked.balance.active_minor == 2 * POINTS_MINOR
    where = await service.database.fetch(
        "select household_id from correction where decided_at is not null"
    )
    assert {str(household) for (household,) in where} == {household_id}
    assert await service.till().balance_minor(cards[0]) == 2 * POINTS_MINOR
    assert await violations(service) == []


async def test_what_a_household_got_is_taken_from_it_whoever_has_left(service: Service) -> None:
    """Undone to the point, in the lot that it made; who has left has nothing to do with it."""
    household_id, cards, members = await family(service)
    operator = service.operator()
    for member in members:
        await operator.join_household(household_id, member)
    given = await operator.adjust(members[0], 7_00)
    taken = await operator.adjust(members[0], -12_00)
    await operator.leave_household(members[0])
    (first, second) = await undo(operator, given.correction_id, taken.correction_id)
    assert [(r.state, r.owed_minor) for r in (first, second)] == [(UNDONE, 0), (UNDONE, 0)]
    assert [await service.till().balance_minor(card) for card in cards] == [0, 2 * POINTS_MINOR]
    assert await violations(service) == []


async def test_what_was_corrected_before_joining_is_undone_in_the_household(
    service: Service,
) -> None:
    """What was taken comes to it with its dates; what was given it owes until points move."""
    household_id, cards, members = await family(service)
    operator, till = service.operator(), service.till()
    taken = await operator.adjust(members[0], -POINTS_MINOR)
    given = await operator.adjust(members[1], 4_00)
    for member in members:
        await operator.join_household(household_id, member)
    assert await till.balance_minor(cards[0]) == 14_00
    (back,) = await undo(operator, taken.correction_id)
    assert (back.state, back.balance.active_minor) == (UNDONE, 24_00)
    (owes,) = await undo(operator, given.correction_id)
    assert (owes.state, owes.owed_minor, owes.balance.active_minor) == (UNDONE, 4_00, 20_00)
    assert (await operator.adjust(members[0], 1)).balance.debt_minor == 0
    assert [await till.balance_minor(card) for card in cards] == [20_01, 20_01]
    dates = "select count(distinct (active_from, expires_at)) from lot where issued = $1"
    assert await service.database.fetchval(dates, POINTS_MINOR) == 2, "one for each enrolment"
    assert await violations(service) == []


@pytest.mark.parametrize(("policy", "owed"), [("refuse", 4_00), ("clip", 4_00)])
async def test_a_household_pays_what_its_members_were_given_by_mistake(
    service: Service, policy: str, owed: int
) -> None:
    """Joining moves points out of no policy's reach: those of the household count."""
    await put_debt_policy(service, policy)
    household_id, _, members = await family(service)
    operator = service.operator()
    given = await operator.adjust(members[0], 4_00)
    await operator.join_household(household_id, members[0])
    (done,) = await undo(operator, given.correction_id)
    assert (done.state, done.owed_minor, done.written_off_minor) == (UNDONE, owed, 0)
    assert done.balance.active_minor == POINTS_MINOR
    assert await violations(service) == []


async def test_a_frozen_account_is_the_households(service: Service) -> None:
    """Nobody spends from it, everybody earns; who has one of their own does not join with it."""
    household_id, cards, members = await family(service)
    operator, till = service.operator(), service.till()
    await operator.freeze_account(members[1])
    await operator.join_household(household_id, members[0])
    said = await refusal_of(operator.join_household(household_id, members[1]))
    assert said.reason == "POINTS_NOT_FREE"
    await operator.freeze_account(members[1], lift=True)
    await operator.join_household(household_id, members[1])
    await operator.freeze_account(members[1])
    spends = receipt(line("towel", 100_00), card=cards[0], points_minor=1_00)
    sold = await till.confirm("p", spends)
    assert sold.reason == error_reason_pb2.ERROR_REASON_ACCOUNT_FROZEN
    earns = await till.confirm("q", receipt(line("apple"), card=cards[0]))
    assert earns.member.balances[0].active_minor > 2 * POINTS_MINOR
    # It stays frozen for who stays; who leaves has an account of their own again.
    await operator.leave_household(members[0])
    assert not (await till.identify(card=cards[0])).balances[0].account_frozen
    assert (await operator.freeze_account(members[1], lift=True)).changed
    assert (await till.confirm("r", receipt(card=cards[1], points_minor=1_00))).status == (
        pb.STATUS_OK
    )
    assert await violations(service) == []


async def test_frozen_points_stay_with_the_household(service: Service) -> None:
    """They come back to it, also after the member whom the operator named has left."""
    household_id, cards, members = await family(service)
    operator, till = service.operator(), service.till()
    for member in members:
        await operator.join_household(household_id, member)
    frozen = await operator.freeze(members[0], 15_00)
    assert frozen.balance.active_minor == 5_00
    await operator.leave_household(members[0])
    restored = await operator.restore(frozen.freeze_id)
    assert (restored.restored_minor, restored.balance.active_minor) == (15_00, 20_00)
    assert [await till.balance_minor(card) for card in cards] == [0, 20_00]
    assert await violations(service) == []


async def test_points_are_pooled_in_all_currencies(service: Service) -> None:
    """Each in an account of its own; a debt in one does not stand against points in another."""
    document = world.program(
        currencies=[
            {"code": world.CURRENCY, "name": "Points", "exponent": 2},
            {"code": "stars", "name": "Stars"},
        ]
    )
    await world.put_program(service.database, world.NORTH, document)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()
    household_id, cards, members = await family(service)
    operator = service.operator()
    await operator.adjust(members[0], 7, currency="stars")
    for member in members:
        await operator.join_household(household_id, member)
    view = await service.till().identify(card=cards[1])
    assert {b.currency: b.active_minor for b in view.balances} == {
        world.CURRENCY: 2 * POINTS_MINOR,
        "stars": 7,
    }
    assert await violations(service) == []
