"""Cards of types: issued for nobody, given to members, replaced by others."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import grpc
import pytest

from checkout.flows.check_digits import has_check_digit
from checkout.v1 import card_pb2 as pb
from checkout.v1 import checkout_service_pb2 as calls
from checkout.v1 import error_reason_pb2, outcome_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.races.ledger_state import can_spend, violations
from tests.service import world
from tests.service.cards import DIGITS, PREFIX, add_card_type, issue_cards, replace_card
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of, said_by


async def test_two_types_made_at_once_have_no_number_in_common(
    service: Service,
) -> None:
    """Whoever comes second waits until the first is there, and is refused."""
    other = await asyncpg.connect(service.dsn)
    made = (
        "insert into card_type (partner_id, code, name, prefix, digits) values ($1, $2, $2, $3, 13)"
    )
    try:
        async with service.database.transaction():
            await service.database.execute(made, world.NORTH, "wide", "96")
            second = asyncio.create_task(other.execute(made, world.NORTH, "narrow", "964"))
            await asyncio.wait([second], timeout=0.2)
        with pytest.raises(asyncpg.ExclusionViolationError, match="the same numbers"):
            await second
    finally:
        await other.close()


async def test_numbers_are_issued_once_and_told_again(two_workers: Service) -> None:
    """Each a number of its type, whichever worker is asked again; the database holds none."""
    await add_card_type(two_workers)
    first, second = (two_workers.operator(worker=worker) for worker in (0, 1))
    numbers = await issue_cards(first, 200, request_id="box")
    assert {(n[:4], len(n), has_check_digit(n)) for n in numbers} == {(PREFIX, DIGITS, True)}
    assert len(set(numbers)) == 200
    assert await issue_cards(second, 200, request_id="box") == numbers
    assert (await refusal_of(issue_cards(first, 3, request_id="box"))).reason == "REQUEST_ID_REUSED"
    assert (await refusal_of(issue_cards(first, 3, card_type="x"))).reason == "CARD_TYPE_UNKNOWN"
    await asyncio.gather(*(issue_cards(o, 50) for o in (first, second) * 4))
    database = two_workers.database
    assert await database.fetchval("select count(*) from identifier where member_id is null") == 600
    stored = await database.fetchval(
        "select string_agg(i::text, '') || (select string_agg(convert_from(answer, 'UTF8'), '')"
        " from request_key where method = 'IssueCards') from identifier i"
    )
    assert not [number for number in numbers if number in stored or number[5:] in stored]
    south = two_workers.operator("south")
    assert (await refusal_of(issue_cards(south, 1))).reason == "CARD_TYPE_UNKNOWN"
    assert await violations(two_workers) == []


async def test_a_type_that_is_nearly_full_issues_no_more(service: Service) -> None:
    """Of ten thousand numbers about two thousand are issued; a call issues all or none."""
    await add_card_type(service, "short", prefix="123", digits=8)
    operator = service.operator()
    for _ in range(2):
        await issue_cards(operator, 900, card_type="short")
    said = await refusal_of(
        asyncio.wait_for(_until_full(service), 20),
    )
    assert (said.code, said.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "CARD_NUMBERS_EXHAUSTED",
    )
    issued = await service.database.fetchval(
        "select count(*) from identifier where type_code <> ''"
    )
    assert issued % 900 == 0
    assert 1_800 <= issued <= 2_700


async def _until_full(service: Service) -> None:
    while True:
        await issue_cards(service.operator(), 900, card_type="short")


async def test_who_joins_without_a_card_gets_one(service: Service) -> None:
    """The number is in the answer, in the answer told again, and brings the member to sales."""
    await add_card_type(service, "app", issued_at_enrolment=True)
    till = service.till()
    joined = await till.enrol("join", phone="+79001239999")
    assert (len(joined.card), has_check_digit(joined.card)) == (DIGITS, True)
    assert await till.enrol("join", phone="+79001239999") == joined
    assert (await till.operation("EnrolMember", "join")).enrol_member == joined
    assert (await till.identify(card=joined.card)) == joined.member
    assert (await till.enrol(card="2900000000994")).card == ""
    assert await violations(service) == []


async def test_of_two_members_who_want_one_new_card_one_gets_it(two_workers: Service) -> None:
    """By binding and by joining, on two workers: one has it, the others hear that it is taken."""
    await add_card_type(two_workers)
    (number,) = await issue_cards(two_workers.operator(), 1)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    shown = (world.CARD, world.GOLD_CARD)
    answers: list[Any] = list(
        await asyncio.gather(
            *(tills[i % 2].bind(number, shown=shown[i // 2 % 2]) for i in range(8)),
            *(tills[i % 2].enrol(card=number) for i in range(4)),
            return_exceptions=True,
        )
    )
    refused = {said_by(a).reason for a in answers if isinstance(a, grpc.aio.AioRpcError)}
    got = [a for a in answers if isinstance(a, calls.BindCardResponse | calls.EnrolMemberResponse)]
    assert refused == {"IDENTIFIER_TAKEN"}
    assert len({answer.member.member_id for answer in got}) == 1
    assert await violations(two_workers) == []


async def test_a_replaced_card_has_one_successor(two_workers: Service) -> None:
    """Of many who replace it at once, each by another card, one does."""
    await add_card_type(two_workers)
    numbers = await issue_cards(two_workers.operator(), 8)
    answers: list[Any] = list(
        await asyncio.gather(
            *(
                replace_card(two_workers.operator(worker=i % 2), world.CARD, new_card=number)
                for i, number in enumerate(numbers)
            ),
            return_exceptions=True,
        )
    )
    said = [said_by(a).reason for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    assert said == ["CARD_REPLACED"] * 7
    (done,) = (a for a in answers if isinstance(a, pb.ReplaceCardResponse))
    till = two_workers.till()
    found = [n for n in numbers if await _member(till, n) == done.member_id]
    assert [n[-4:] for n in found] == [done.masked[-4:]]
    free = await two_workers.database.fetchval(
        "select count(*) from identifier where member_id is null"
    )
    assert free == 7
    assert await violations(two_workers) == []


async def _member(till: Any, card: str) -> str:
    try:
        found: outcome_pb2.MemberView = await till.identify(card=card)
    except grpc.aio.AioRpcError:
        return ""
    return found.member_id


async def test_a_purchase_with_the_old_card_is_before_or_after(two_workers: Service) -> None:
    """Each is the member's, or goes on without one as the card was replaced; no point is lost."""
    await add_card_type(two_workers)
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=10_00)
    replaced, *sold = await asyncio.gather(
        replace_card(two_workers.operator(worker=1), world.CARD, new_type="plastic"),
        *(two_workers.till(worker=i % 2).confirm(f"p{i}", sale) for i in range(12)),
        return_exceptions=True,
    )
    assert isinstance(replaced, pb.ReplaceCardResponse), replaced
    reasons = Counter(
        error_reason_pb2.ErrorReason.Name(a.identifier_reason)
        for a in sold
        if isinstance(a, calls.ConfirmResponse)
    )
    assert set(reasons) <= {"ERROR_REASON_UNSPECIFIED", "ERROR_REASON_CARD_REPLACED"}
    assert reasons.total() == 12
    till = two_workers.till()
    spent = 10_00 * reasons["ERROR_REASON_UNSPECIFIED"]
    await can_spend(till, replaced.number, world.ANN_POINTS_MINOR - spent)
    assert await violations(two_workers) == []


async def test_a_card_is_blocked_and_replaced_by_its_id(service: Service) -> None:
    """Nobody has the number of a lost card: its id does. What was replaced is never unblocked."""
    await add_card_type(service)
    operator, till = service.operator(), service.till()
    ann = await service.ann()
    card_id = str(
        await service.database.fetchval(
            "select encode(i.digest, 'hex')::uuid from identifier i join member m using (member_id)"
            " where m.member_id = $1 and i.kind = 'card'",
            ann,
        )
    )
    block = op.BlockCardRequest(request_id="b", reason="lost", card_id=card_id)
    await operator.call("BlockCard", block)
    await service.workers[0].invalidator.step()
    assert (await refusal_of(till.identify(card=world.CARD))).reason == "CARD_BLOCKED"
    done = await replace_card(operator, "", card_id=card_id, new_type="plastic")
    assert (done.member_id, done.number[-4:]) == (ann, done.masked[-4:])
    await service.workers[0].invalidator.step()
    said = await refusal_of(till.identify(card=world.CARD))
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CARD_REPLACED")
    lift = op.BlockCardRequest(request_id="l", reason="found", card_id=card_id, lift=True)
    assert (await refusal_of(operator.call("BlockCard", lift))).reason == "CARD_REPLACED"
    rows = await service.database.fetch(
        "select o.kind, i.author, i.reason from outbox o join intervention i"
        " on i.intervention_id = o.subject_id order by o.kind"
    )
    assert [tuple(row) for row in rows] == [
        ("card_blocked", "tester", "lost"),
        ("card_bound", "tester", "told by phone"),
        ("card_replaced", "tester", "told by phone"),
    ]
    state = await service.database.fetchrow(
        "select replaced_for, blocked_at is not null as blocked from identifier"
        " where replaced_by is not null"
    )
    assert tuple(state) == ("lost", True)
    assert await violations(service) == []
