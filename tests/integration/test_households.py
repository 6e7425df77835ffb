"""Households: whose points, who may join, and what the other members' tills see."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from checkout.flows.households import MEMBERS_MAX
from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import wait_until
from tests.service.till import fresh, line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

CARDS = (world.CARD, world.GOLD_CARD)


async def member_of(service: Service, card: str) -> str:
    return (await service.till().identify(card=card)).member_id


async def family(service: Service) -> str:
    """A household of the two who have cards."""
    return await service.operator().household(*[await member_of(service, c) for c in CARDS])


async def test_joining_moves_points_and_shows_them_to_both(service: Service) -> None:
    """Both see the sum; the statement of each tells where it came from, and sums up."""
    till = service.till()
    sum_minor = sum([await till.balance_minor(card) for card in CARDS])
    household_id = await family(service)
    for card in CARDS:
        view = await till.identify(card=card)
        assert view.household_id == household_id
        assert view.balances[0].active_minor == sum_minor
        page = await till.statement(card)
        assert {entry.kind for entry in page.entries} == {pb.ENTRY_KIND_TRANSFER}
        assert page.entries[0].balance_after_minor == page.balance_minor == sum_minor
        assert sum(entry.amount_minor for entry in page.entries) == sum_minor
        assert all(entry.lots for entry in page.entries)


@pytest.mark.parametrize("worker", [0, 1])
async def test_what_one_spends_the_other_sees_within_two_seconds(
    two_workers: Service, worker: int
) -> None:
    """Also at another worker, whose cache held the household; the next confirm sees it at once."""
    await family(two_workers)
    other = two_workers.till(worker=worker)
    before = (await other.quote("q", receipt(card=world.GOLD_CARD))).member.balances[0]
    await two_workers.till().confirm(
        "p", receipt(line("towel"), card=world.CARD, points_minor=1_00)
    )

    async def has_seen() -> bool:
        seen = (await other.quote(fresh("q"), receipt(card=world.GOLD_CARD))).member.balances[0]
        return seen.active_minor < before.active_minor

    await wait_until(has_seen, within_s=2, what="the other member's balance")
    all_of_it = receipt(
        line("towel", 5_000_00), card=world.GOLD_CARD, points_minor=before.active_minor
    )
    sold = await other.confirm("all", all_of_it)
    assert sold.status == pb.STATUS_REJECTED


async def test_sales_of_a_household_lie_in_its_bucket(service: Service) -> None:
    """Receipt, hold and posting with the points that they move; the member stays who they are."""
    household_id = await family(service)
    till = service.till()
    await till.quote("p", receipt(card=world.CARD, points_minor=1_00), hold=True)
    await till.confirm("q", receipt(card=world.CARD, points_minor=1_00))
    rows = await service.database.fetch(
        "select bucket, household_id, member_id from hold"
        " union all select bucket, household_id, member_id from receipt"
    )
    bucket = await service.database.fetchval(
        "select bucket from member where household_size is not null"
    )
    member_id = await member_of(service, world.CARD)
    assert [tuple(map(str, row)) for row in rows] == [(str(bucket), household_id, member_id)] * 2


async def test_events_name_the_household(service: Service) -> None:
    """Points are the household's, the sale is the member's, and joining is of both."""
    household_id = await family(service)
    member_id = await member_of(service, world.CARD)
    await service.till().confirm("p", receipt(line("apple"), card=world.CARD, points_minor=1_00))
    await service.till().take_back("p")
    found = await service.database.fetch(
        "select kind, member_id::text, body ->> 'household_id' from outbox"
        " where kind in ('sale_confirmed', 'sale_returned', 'household_created', 'points_moved')"
        " or kind = 'household_joined' and member_id = $1::uuid order by at, kind",
        member_id,
    )
    told = {kind: (member, household) for kind, member, household in found}
    assert told == {
        "household_created": (None, household_id),
        "household_joined": (member_id, household_id),
        "points_moved": (household_id, None),
        "sale_confirmed": (member_id, household_id),
        "sale_returned": (member_id, household_id),
    }


async def test_corrections_and_freezes_reach_what_is_pooled(service: Service) -> None:
    """An operator names a member; what moves is the household's."""
    household_id = await family(service)
    member_id = await member_of(service, world.CARD)
    operator, till = service.operator(), service.till()
    before = await till.balance_minor(world.GOLD_CARD)
    await operator.adjust(member_id, 5_00)
    frozen = await operator.freeze(member_id, 2_00)
    assert await till.balance_minor(world.GOLD_CARD) == before + 3_00
    await operator.restore(frozen.freeze_id)
    assert await till.balance_minor(world.GOLD_CARD) == before + 5_00
    # Nobody takes a household for a member.
    said = await refusal_of(operator.adjust(household_id, 5_00))
    assert said.reason == "MEMBER_UNKNOWN"
    said = await refusal_of(operator.block_member(household_id))
    assert said.reason == "MEMBER_UNKNOWN"


async def test_a_repeated_call_has_one_effect(service: Service) -> None:
    """The first answer again, also after the member has left."""
    operator = service.operator()
    household_id = await operator.household()
    member_id = await member_of(service, world.CARD)
    first = await operator.join_household(household_id, member_id, "same")
    await operator.leave_household(member_id)
    assert await operator.join_household(household_id, member_id, "same") == first
    assert not (await service.till().identify(card=world.CARD)).household_id
    said = await refusal_of(operator.join_household(str(uuid4()), member_id, "same"))
    assert said.reason == "REQUEST_ID_REUSED"


async def test_who_cannot_join(service: Service) -> None:
    """Unknown ones, those of other partners, members as households, and whose points are bound."""
    operator = service.operator()
    household_id, member_id = await operator.household(), await member_of(service, world.CARD)
    elsewhere = await service.operator("south").household()
    for unknown in (str(uuid4()), elsewhere, member_id):
        said = await refusal_of(operator.join_household(unknown, member_id))
        assert said.reason == "HOUSEHOLD_UNKNOWN"
    for unknown in (str(uuid4()), household_id):
        said = await refusal_of(operator.join_household(household_id, unknown))
        assert said.reason == "MEMBER_UNKNOWN"
    said = await refusal_of(service.operator("south").join_household(elsewhere, member_id))
    assert said.reason == "MEMBER_UNKNOWN"
    await service.till().quote("p", receipt(card=world.CARD, points_minor=1_00), hold=True)
    said = await refusal_of(operator.join_household(household_id, member_id))
    assert (said.reason, said.numbers["bound_minor"]) == ("POINTS_NOT_FREE", "100")
    await service.till().cancel("p")
    assert (await operator.join_household(household_id, member_id)).members == 1
    said = await refusal_of(operator.join_household(await operator.household(), member_id))
    assert said.reason == "MEMBER_IN_HOUSEHOLD"
    await service.database.execute(
        "update member set household_size = $1 where household_size is not null", MEMBERS_MAX
    )
    said = await refusal_of(
        operator.join_household(household_id, await member_of(service, world.GOLD_CARD))
    )
    assert said.reason == "HOUSEHOLD_FULL"


async def test_leaving_leaves_the_points(service: Service) -> None:
    """Who leaves begins anew; who stays has all of it. What was held is still guaranteed."""
    await family(service)
    till, operator = service.till(), service.operator()
    sale = receipt(line("towel"), card=world.CARD, points_minor=1_00)
    await till.quote("held", sale, hold=True)
    before = await till.balance_minor(world.GOLD_CARD)
    left = await operator.leave_household(await member_of(service, world.CARD))
    assert (left.members, left.changed) == (1, True)
    assert await till.balance_minor(world.CARD) == 0
    sold = await till.confirm("held", sale)
    assert sold.status == pb.STATUS_OK
    earned = sold.outcome.points_earned_minor
    assert await till.balance_minor(world.GOLD_CARD) == before + earned
    assert not (await operator.leave_household(await member_of(service, world.CARD))).changed
