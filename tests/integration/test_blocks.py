"""Members and cards that an operator blocks: sales go on without them, at once."""

from __future__ import annotations

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from tests.service import world
from tests.service.batching import batched_in_order
from tests.service.running import Service, wait_until
from tests.service.till import receipt, refusal_of

#: GU9 and the contract's word for what tills see of changes made elsewhere.
PROMISED_S = 2.0


async def member_id(service: Service, card: str = world.CARD) -> str:
    return (await service.till().identify(card=card)).member_id


async def test_a_blocked_member_brings_nobody_to_the_next_confirm(two_workers: Service) -> None:
    """Whatever quotes of another worker still say; lifted, the member is back."""
    there = two_workers.till(worker=1)
    sale = receipt(card=world.CARD)
    member = await member_id(two_workers)
    assert (await there.quote("p", sale)).HasField("member")
    blocked = await two_workers.operator().block_member(member, reason="a stolen phone")
    assert (blocked.blocked, blocked.changed) == (True, True)
    sold = await there.confirm("p", sale)
    assert not sold.HasField("member")
    assert sold.identifier_reason == error_reason_pb2.ERROR_REASON_MEMBER_BLOCKED
    assert (await two_workers.operator(worker=1).block_member(member, lift=True)).changed
    assert (await two_workers.till().confirm("q", sale)).HasField("member")


async def test_a_blocked_card_leaves_the_members_phone(two_workers: Service) -> None:
    """Only what was blocked is; by phone the member is served."""
    there = two_workers.till(worker=1)
    by_card, by_phone = receipt(card=world.CARD), receipt()
    by_phone.identifier.phone = world.PHONE
    await there.quote("p", by_card)
    assert (await two_workers.operator().block_card(world.CARD)).changed
    sold = await there.confirm("p", by_card)
    assert sold.identifier_reason == error_reason_pb2.ERROR_REASON_CARD_BLOCKED
    assert (await there.confirm("q", by_phone)).HasField("member")
    assert (await two_workers.operator().block_card(world.CARD, lift=True)).changed
    assert (await there.confirm("r", by_card)).HasField("member")


@pytest.mark.parametrize("what", ["member", "card"])
async def test_quotes_of_every_worker_know_it_within_two_seconds(
    two_workers: Service, what: str
) -> None:
    """Blocked and lifted again: the cached state is dropped everywhere."""
    sale = receipt(card=world.CARD)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    member, operator = await member_id(two_workers), two_workers.operator()
    for till in tills:
        assert (await till.quote("p", sale)).HasField("member")
    for lift in (False, True):
        if what == "member":
            await operator.block_member(member, lift=lift)
        else:
            await operator.block_card(world.CARD, lift=lift)
        for till in tills:

            async def is_known(till: object = till, lift: bool = lift) -> bool:
                quoted = await till.quote("p", sale)  # type: ignore[attr-defined]
                return bool(quoted.HasField("member") == lift)

            await wait_until(is_known, within_s=PROMISED_S, what=f"{what}, lifted: {lift}")


async def test_a_live_hold_keeps_its_member(service: Service) -> None:
    """A price that was guaranteed is not undone by a block."""
    till = service.till()
    sale = receipt(card=world.CARD, points_minor=10_00)
    held = await till.quote("p", sale, hold=True)
    await service.operator().block_member(held.member.member_id)
    sold = await till.confirm("p", sale, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.redemption.points_minor) == (pb.STATUS_OK, 10_00)


async def test_a_block_counts_for_sales_behind_it_in_the_same_batch(service: Service) -> None:
    """As if they ran one after the other; the member's purchases are counted beside it."""
    till, operator = service.till(), service.operator()
    member, sale = await member_id(service), receipt(card=world.CARD)
    answers = await batched_in_order(
        service.workers[0],
        [till.confirm("p", sale), operator.block_member(member), till.confirm("q", sale)],
    )
    sold = [a for a in answers if isinstance(a, pb.ConfirmResponse)]
    assert [a.HasField("member") for a in sold] == [True, False]
    row = await service.database.fetchrow(
        "select purchases, blocked_at is not null from member where member_id = $1::uuid",
        member,
    )
    assert tuple(row) == (1, True)


async def test_who_blocked_and_why_is_kept(service: Service) -> None:
    """Each change has its row; repeating a call or a state adds none."""
    operator, member = service.operator(), await member_id(service)
    first = await operator.block_member(member, request_id="b", reason="a quarrel")
    assert await operator.block_member(member, request_id="b", reason="a quarrel") == first
    assert not (await operator.block_member(member)).changed
    await operator.block_member(member, lift=True, reason="made up")
    await operator.block_card(world.CARD, reason="found in the street")
    assert not (await operator.block_card(world.CARD)).changed
    rows = await service.database.fetch(
        "select kind, member_id::text, identifier_kind, author, reason from intervention"
        " order by at"
    )
    assert [tuple(row) for row in rows] == [
        ("member_blocked", member, "", "tester", "a quarrel"),
        ("member_unblocked", member, "", "tester", "made up"),
        ("card_blocked", member, "card", "tester", "found in the street"),
    ]


async def test_of_another_partner_nobody_is_blocked(service: Service) -> None:
    """Its members do not exist here, and the card of the same number stays free."""
    south = service.operator("south")
    said = await refusal_of(south.block_member(await member_id(service)))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")
    said = await refusal_of(south.block_card(world.GOLD_CARD))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")
    await south.block_card(world.CARD)
    assert (await service.till().confirm("p", receipt(card=world.CARD))).HasField("member")
