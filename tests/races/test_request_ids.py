"""RC4 and RC5: identical requests, and two contents under one request id, all at once."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.batching import batched_together
from tests.service.running import Service
from tests.service.till import line, receipt, said_by


async def say_fifty_times(service: Service) -> list[pb.ConfirmResponse]:
    """One confirm, sent fifty times at once to two workers; the answers that it got."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sale = receipt(card=world.CARD, points_minor=1_00)
    answers = await asyncio.gather(
        *(tills[i % 2].confirm("p", sale, request_id="c") for i in range(50)),
        return_exceptions=True,
    )
    return [answer for answer in answers if isinstance(answer, pb.ConfirmResponse)]


async def test_fifty_identical_requests_have_one_effect(two_workers: Service) -> None:
    """RC4: one receipt, fifty equal answers."""
    answers = await say_fifty_times(two_workers)
    assert len(answers) == 50
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].status == pb.STATUS_OK
    rows = await two_workers.rows()
    assert rows["receipt"] == 1
    assert await two_workers.till().balance_minor() == world.ANN_POINTS_MINOR - 1_00 + 79
    assert await violations(two_workers) == []


async def test_fifty_calls_for_one_purchase_have_one_effect(two_workers: Service) -> None:
    """The same purchase under fifty request ids is one receipt, too."""
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    sale = receipt(card=world.CARD, points_minor=1_00)
    answers = await asyncio.gather(*(tills[i % 2].confirm("p", sale) for i in range(50)))
    assert all(answer == answers[0] for answer in answers)
    assert (await two_workers.rows())["receipt"] == 1
    assert await violations(two_workers) == []


async def say_two_things_twenty_times(
    service: Service,
) -> tuple[list[pb.ConfirmResponse], list[str]]:
    """Two sales under one request id, each said twenty times at once: answers, and refusals.

    Each worker hears the one, in a batch that begins with the other's, and then the other.
    """
    # Of two members: the lock of one would let the batches read one after the other.
    sales = [receipt(card=world.CARD), receipt(line("towel"), card=world.GOLD_CARD)]
    answers: list[Any] = []
    for is_other in (0, 1):
        calls = {}
        for worker in (0, 1):
            said = worker ^ is_other
            till = service.till(worker=worker)
            calls[service.workers[worker].group_commit] = [
                till.confirm(f"p{said}", sales[said], request_id="c") for _ in range(10)
            ]
        answers += [answer for each in await batched_together(calls) for answer in each]
    sold = [answer for answer in answers if isinstance(answer, pb.ConfirmResponse)]
    refused = [said_by(a).reason for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    return sold, refused


async def test_of_two_contents_under_one_request_id_one_wins(two_workers: Service) -> None:
    """RC5: everybody with the first content gets its answer, the others REQUEST_ID_REUSED."""
    sold, refused = await say_two_things_twenty_times(two_workers)
    assert (len(sold), len(refused)) == (20, 20)
    assert all(answer == sold[0] for answer in sold)
    assert {*refused} == {"REQUEST_ID_REUSED"}
    assert (await two_workers.rows())["receipt"] == 1
    assert await violations(two_workers) == []


async def test_twenty_enrolments_with_one_card_are_one_member(two_workers: Service) -> None:
    """Who is first has the card; the others are told that it is taken."""
    answers: list[Any] = list(
        await asyncio.gather(
            *(
                two_workers.till(worker=i % 2).enrol(card="2900000000994", first_name=f"N{i}")
                for i in range(20)
            ),
            return_exceptions=True,
        )
    )
    refused = [said_by(a) for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    assert [said.reason for said in refused] == ["IDENTIFIER_TAKEN"] * 19
    assert await violations(two_workers) == []


async def test_without_the_keys_lock_the_constraint_still_stands(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The primary key of requests is the second line: the batch that comes second fails."""
    take_lock_away(two_workers, monkeypatch, "keys")
    answers = await say_fifty_times(two_workers)
    assert all(answer == answers[0] for answer in answers)
    assert (await two_workers.rows())["receipt"] == 1


async def test_without_lock_and_constraint_a_request_has_two_effects(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: with both lines gone, two workers sell the same purchase."""
    take_lock_away(two_workers, monkeypatch, "keys")
    await two_workers.database.execute("alter table request_key drop constraint request_key_pkey")
    answers = await say_fifty_times(two_workers)
    assert len({answer.receipt_id for answer in answers}) > 1
    assert (await two_workers.rows())["receipt"] > 1
    assert await violations(two_workers)


async def test_without_the_keys_lock_two_contents_meet_the_constraint(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes second fails at the primary key, for good (a bug, it says) or reads again."""
    take_lock_away(two_workers, monkeypatch, "keys")
    sold, refused = await say_two_things_twenty_times(two_workers)
    assert len({answer.receipt_id for answer in sold}) == 1
    assert "REQUEST_ID_REUSED" in refused
    assert {*refused} <= {"REQUEST_ID_REUSED", "INTERNAL"}
    assert (await two_workers.rows())["receipt"] == 1


async def test_without_lock_and_constraint_two_contents_both_win(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: with both lines gone each worker sells what it heard first."""
    take_lock_away(two_workers, monkeypatch, "keys")
    await two_workers.database.execute("alter table request_key drop constraint request_key_pkey")
    sold, _ = await say_two_things_twenty_times(two_workers)
    assert {answer.purchase_id for answer in sold} == {"p0", "p1"}
    assert (await two_workers.rows())["receipt"] > 1
