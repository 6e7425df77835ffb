"""Accounts that are frozen as a whole, and members who leave a program and come back."""

from __future__ import annotations

import datetime as dt

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.running import Service, wait_until
from tests.service.till import line, receipt, refusal_of

ACCOUNT_FROZEN = error_reason_pb2.ERROR_REASON_ACCOUNT_FROZEN
PROGRAM_LEFT = error_reason_pb2.ERROR_REASON_PROGRAM_LEFT


async def publish(service: Service, **changes: object) -> None:
    """Publish another program of North."""
    await world.put_program(service.database, world.NORTH, world.program(**changes))
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


# ---- accounts


async def test_a_frozen_account_earns_and_does_not_spend(service: Service) -> None:
    """The reason at the sale is its own; what comes in is out of reach, too, until it is lifted."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    frozen = await operator.freeze_account(member)
    assert (frozen.frozen, frozen.changed, frozen.balance.account_frozen) == (True, True, True)
    assert frozen.balance.active_minor == world.ANN_POINTS_MINOR
    assert not (await operator.freeze_account(member)).changed
    spends = receipt(line("towel", 200_00), card=world.CARD, points_minor=1)
    confirmed = await till.confirm("p", spends)
    assert (confirmed.status, confirmed.reason) == (pb.STATUS_REJECTED, ACCOUNT_FROZEN)
    held = await till.quote("h", spends, hold=True)
    assert (held.status, held.reason) == (pb.STATUS_REJECTED, ACCOUNT_FROZEN)
    most = await till.confirm("m", receipt(line("apple"), card=world.CARD, points_max=True))
    assert (most.outcome.redemption.points_minor, most.status) == (0, pb.STATUS_OK)
    assert most.outcome.points_earned_minor > 0
    assert most.member.balances[0].account_frozen
    lifted = await operator.freeze_account(member, lift=True)
    assert (lifted.frozen, lifted.changed) == (False, True)
    assert (await till.confirm("p2", spends)).status == pb.STATUS_OK
    assert await violations(service) == []


async def test_quotes_know_a_frozen_account_within_two_seconds(service: Service) -> None:
    """Also where the member's state was cached."""
    till = service.till()
    member = await service.ann()
    spends = receipt(line("towel", 200_00), card=world.CARD, points_minor=1)
    assert (await till.quote("q", spends)).status == pb.STATUS_OK
    await service.operator().freeze_account(member)

    async def is_known() -> bool:
        return (await till.quote("q", spends)).reason == ACCOUNT_FROZEN

    await wait_until(is_known, within_s=2, what="the freeze")


async def test_a_live_hold_outlives_the_freeze_of_its_account(service: Service) -> None:
    """What was promised is kept; nothing more is."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    spends = receipt(line("towel", 200_00), card=world.CARD, points_minor=5_00)
    held = await till.quote("p", spends, hold=True)
    await operator.freeze_account(member)
    sold = await till.confirm("p", spends, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.redemption.points_minor) == (pb.STATUS_OK, 5_00)
    assert (await operator.adjust(member, -1_00)).balance.account_frozen
    assert await violations(service) == []


async def test_a_foreign_account_is_not_frozen(service: Service) -> None:
    """Members and currencies of another partner do not exist here."""
    member = await service.ann()
    said = await refusal_of(service.operator("south").freeze_account(member))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")
    said = await refusal_of(service.operator().freeze_account(member, currency="miles"))
    assert said.reason == "CURRENCY_UNKNOWN"


# ---- programs


async def test_who_has_left_earns_and_spends_nothing(service: Service) -> None:
    """The sale goes on as a guest's and says so; points that are kept are there on the return."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    left = await operator.leave(member, request_id="l")
    assert (left.changed, dict(left.written_off_minor)) == (True, {})
    assert await operator.leave(member, request_id="l") == left
    assert not (await operator.leave(member)).changed
    sold = await till.confirm("p", receipt(line("apple"), card=world.CARD))
    assert (sold.status, sold.identifier_reason) == (pb.STATUS_OK, PROGRAM_LEFT)
    assert (sold.outcome.points_earned_minor, sold.member.member_id) == (0, "")
    spends = await till.confirm("s", receipt(line("towel"), card=world.CARD, points_minor=1))
    assert spends.status == pb.STATUS_REJECTED
    assert spends.identifier_reason == PROGRAM_LEFT
    said = await refusal_of(till.identify(card=world.CARD))
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PROGRAM_LEFT")
    joined = await operator.join(member)
    assert (joined.changed, joined.balances[0].active_minor) == (True, world.ANN_POINTS_MINOR)
    assert not (await operator.join(member)).changed
    sold = await till.confirm("p3", receipt(line("apple"), card=world.CARD, points_minor=1_00))
    assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, member)
    assert sold.outcome.points_earned_minor > 0
    assert await violations(service) == []


async def test_who_has_left_gets_no_points_for_what_was_sold_without_the_card(
    service: Service,
) -> None:
    """Neither later nor from a till that was offline; a retry of what was credited is answered."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    for purchase_id in ("credited", "forgotten"):
        await till.confirm(purchase_id, receipt())
    credited = await till.credit("credited", request_id="c")
    await operator.leave(member)
    before = await service.database.fetchval("select count(*) from posting")
    said = await refusal_of(till.credit("forgotten"))
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PROGRAM_LEFT")
    assert await till.credit("credited", request_id="c") == credited
    assert await till.credit("credited") == credited
    soon = world.local_now(dt.timedelta(seconds=2))
    sold = (await till.submit("offline", receipt(card=world.CARD, local_time=soon))).confirmed
    assert (sold.identifier_reason, sold.outcome.points_earned_minor) == (PROGRAM_LEFT, 0)
    assert await service.database.fetchval("select count(*) from posting") == before
    sold_at = world.local_now(dt.timedelta(minutes=-5))
    early = await till.submit("early", receipt(card=world.CARD, local_time=sold_at))
    assert early.confirmed.outcome.points_earned_minor > 0, "a member still at that time"
    assert await violations(service) == []


async def test_points_are_written_off_where_the_program_says_so(service: Service) -> None:
    """All but what a hold keeps, by a posting with author and reason; nothing comes back."""
    await publish(service, points_after_leaving="written_off")
    till, operator = service.till(), service.operator()
    member = await service.ann()
    sale = receipt(line("towel", 200_00), card=world.CARD, points_minor=20_00)
    held = await till.quote("held", sale, hold=True)
    left = await operator.leave(member)
    assert dict(left.written_off_minor) == {world.CURRENCY: world.ANN_POINTS_MINOR - 20_00}
    sold = await till.confirm("held", sale, quote_token=held.quote_token)
    assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, member)
    posted = await service.database.fetchrow(
        "select author, reason from posting where kind = 'leaving'"
    )
    assert tuple(posted) == ("tester", "a test")
    joined = await operator.join(member)
    assert joined.balances[0].active_minor == 0
    statement = await till.statement()
    kinds = {entry.kind for entry in statement.entries}
    assert pb.ENTRY_KIND_LEAVING in kinds
    assert await violations(service) == []


async def test_who_comes_back_begins_with_the_first_tier(service: Service) -> None:
    """As somebody who is enrolled; quotes know it."""
    till, operator = service.till(), service.operator()
    gold = await till.identify(card=world.GOLD_CARD)
    assert gold.tier == "gold"
    await operator.leave(gold.member_id)
    await operator.join(gold.member_id)
    assert (await till.identify(card=world.GOLD_CARD)).tier == "base"


async def test_quotes_know_who_has_left_within_two_seconds(service: Service) -> None:
    """Also where the member's state was cached, and back again."""
    till, operator = service.till(), service.operator()
    member = await service.ann()
    sale = receipt(line("apple"), card=world.CARD)
    assert (await till.quote("q", sale)).member.member_id == member
    for change, reason in ((operator.leave, PROGRAM_LEFT), (operator.join, 0)):
        await change(member)

        async def is_known(reason: int = reason) -> bool:
            return (await till.quote("q", sale)).identifier_reason == reason

        await wait_until(is_known, within_s=2, what="the change")


@pytest.mark.parametrize(
    ("partner", "program", "reason"),
    [("south", "main", "MEMBER_UNKNOWN"), ("north", "other", "PROGRAM_UNKNOWN")],
)
async def test_foreign_members_and_programs_are_unknown(
    service: Service, partner: str, program: str, reason: str
) -> None:
    """Nothing is left or joined that is not there."""
    member = await service.ann()
    for call in (service.operator(partner).leave, service.operator(partner).join):
        said = await refusal_of(call(member, program))
        assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, reason)


async def test_the_program_that_prices_a_sale_is_the_one_that_was_left(service: Service) -> None:
    """A manager gives the store another program: until that is published, rules are as before.

    So whoever left the program of the rules is a guest, whatever the store's row says.
    """
    till, member = service.till(), await service.ann()
    await service.database.execute(
        "insert into program (partner_id, code, document)"
        " select partner_id, 'other', document || '{\"code\": \"other\"}' from program"
        " where partner_id = $1",
        world.NORTH,
    )
    await service.operator().leave(member)
    await service.database.execute(
        "update store set program_code = 'other' where partner_id = $1 and code = 's1'",
        world.NORTH,
    )
    for worker in service.workers:
        await worker.follower.step()
    sale = receipt(card=world.CARD, local_time=world.local_now(dt.timedelta(minutes=1)))
    quoted = await till.quote("p", sale)
    assert (quoted.identifier_reason, quoted.outcome.points_earned_minor) == (PROGRAM_LEFT, 0)
    said = await refusal_of(till.identify(card=world.CARD))
    assert said.reason == "PROGRAM_LEFT"
    held = await till.quote("h", sale, hold=True)
    assert held.identifier_reason == PROGRAM_LEFT
    sold = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert (sold.identifier_reason, sold.outcome.points_earned_minor) == (PROGRAM_LEFT, 0)
    told = await till.submit("o", sale)
    assert told.confirmed.identifier_reason == PROGRAM_LEFT
