"""Another card for a member who shows one, at the till."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.running import Service
from tests.service.till import receipt, refusal_of, said_by

NEW_CARD = "2900000000994"


async def test_a_new_card_is_the_same_member(service: Service) -> None:
    """Both cards lead to the member, in quotes and confirms; the digest has its mask."""
    till = service.till()
    before = await till.identify(card=world.CARD)
    bound = await till.bind(NEW_CARD)
    assert (bound.member.member_id, bound.replaced) == (before.member_id, False)
    assert (await till.identify(card=NEW_CARD)) == before
    assert (await till.identify(card=world.CARD)) == before
    sold = await till.confirm("p", receipt(card=NEW_CARD, points_minor=1_00))
    assert sold.status == pb.STATUS_OK
    masked = await service.database.fetchval(
        "select masked from identifier where masked like '%994'"
    )
    assert masked == "…0994"
    assert await violations(service) == []


async def test_with_replace_the_shown_card_is_out_of_use(service: Service) -> None:
    """In the same transaction; both rows say by which till."""
    till = service.till()
    assert (await till.bind(NEW_CARD, replace=True)).replaced
    said = await refusal_of(till.identify(card=world.CARD))
    assert said.reason == "CARD_REPLACED"
    assert (await till.confirm("p", receipt(card=NEW_CARD))).HasField("member")
    assert not (await till.confirm("q", receipt(card=world.CARD))).HasField("member")
    rows = await service.database.fetch(
        "select kind, author, reason from intervention order by intervention_id"
    )
    assert [tuple(row) for row in rows] == [
        ("card_bound", "till s1/t1", ""),
        ("card_replaced", "till s1/t1", "replaced"),
    ]
    assert await violations(service) == []


async def test_a_card_of_somebody_else_is_taken(service: Service) -> None:
    """Nothing happens, whether it would replace or not; at another partner the number is free."""
    till = service.till()
    before = await service.rows()
    for replace in (False, True):
        said = await refusal_of(till.bind(world.GOLD_CARD, replace=replace))
        assert (said.code, said.reason) == (grpc.StatusCode.ALREADY_EXISTS, "IDENTIFIER_TAKEN")
    assert await service.rows() == before
    south = await service.till("south-s1-t1").bind(world.GOLD_CARD)
    assert south.member.member_id


async def test_repeating_changes_nothing(service: Service) -> None:
    """By request id the first answer; a card that is theirs already stays theirs."""
    till = service.till()
    first = await till.bind(NEW_CARD, request_id="b")
    assert await till.bind(NEW_CARD, request_id="b") == first
    assert await till.bind(NEW_CARD) == first
    assert await till.bind(world.CARD, phone=world.PHONE) == first
    assert (await service.rows())["intervention"] == 1
    operation = await till.operation("BindCard", "b")
    assert operation.state == pb.OPERATION_STATE_DONE
    assert operation.bind_card == first
    said = await refusal_of(till.bind(world.GOLD_CARD, request_id="b"))
    assert said.reason == "REQUEST_ID_REUSED"


async def test_whoever_is_not_known_or_blocked_gets_no_card(service: Service) -> None:
    """What was shown must bring its member; a blocked card of theirs is not theirs to use."""
    till = service.till()
    for shown, reason in (
        (NEW_CARD, "MEMBER_UNKNOWN"),
        (world.BLOCKED_MEMBERS_CARD, "MEMBER_BLOCKED"),
        (world.BLOCKED_CARD, "CARD_BLOCKED"),
    ):
        said = await refusal_of(till.bind("2900000000987", shown=shown))
        assert said.reason == reason
    said = await refusal_of(till.bind(world.BLOCKED_CARD, phone="+79001230002"))
    assert said.reason == "CARD_BLOCKED"


async def test_only_a_shown_card_is_replaced_and_by_another(service: Service) -> None:
    """A phone cannot be replaced by a card, nor a card by itself."""
    till = service.till()
    for call in (
        till.bind(NEW_CARD, phone=world.PHONE, replace=True),
        till.bind(world.CARD, replace=True),
    ):
        said = await refusal_of(call)
        assert (said.reason, said.fields) == ("FIELD_INVALID", ("replace",))


async def test_of_two_members_who_want_one_card_one_gets_it(two_workers: Service) -> None:
    """Twenty calls at once on two workers: the card is one member's, others hear it is taken."""
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    shown = (world.CARD, world.GOLD_CARD)
    answers: list[Any] = list(
        await asyncio.gather(
            *(tills[i % 2].bind(NEW_CARD, shown=shown[i // 2 % 2]) for i in range(20)),
            return_exceptions=True,
        )
    )
    refused = [said_by(a).reason for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    bound = [a for a in answers if isinstance(a, pb.BindCardResponse)]
    assert refused == ["IDENTIFIER_TAKEN"] * 10
    assert len({answer.member.member_id for answer in bound}) == 1
    assert await violations(two_workers) == []
