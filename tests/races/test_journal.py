"""The service against a small model: one client, and several at once on two workers (MT3, MT4)."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

import grpc
import pytest

from tests.races.journal import START_MINOR, Actor
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away

if TYPE_CHECKING:
    from tests.service.running import Service

SEEDS: Final = os.environ.get("JOURNAL_SEEDS", "one two").split()
CALLS: Final = 160
ACTORS: Final = 6
CALLS_EACH: Final = 60


async def members_of(service: Service, count: int) -> dict[str, str]:
    """Member ids by card."""
    cards = await make_members(service, count, START_MINOR)
    till = service.till()
    return {card: (await till.identify(card=card)).member_id for card in cards}


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_call_does_what_the_model_says(service: Service, seed: str) -> None:
    """After each call every member can spend what the answers add up to."""
    members = await members_of(service, 3)
    till = service.till()
    actor = Actor(seed, till, service.operator(), members)
    for _ in range(CALLS):
        await actor.act()
        for card in members:
            assert await till.balance_minor(card) == START_MINOR + actor.moved[card], actor.said
    assert {"sold", "returned", "cancelled", "frozen", "restored", "repeated"} <= set(actor.said)
    assert await violations(service) == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_clients_at_once_end_with_what_their_answers_add_up_to(
    two_workers: Service, seed: str
) -> None:
    """Six clients share three members over two workers: nothing is lost, nothing done twice."""
    members = await members_of(two_workers, 3)
    await play_at_once(two_workers, members, seed)


async def test_without_the_lock_of_members_points_are_lost(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model can fail: two batches that read the same member write over each other."""
    members = await members_of(two_workers, 1)
    take_lock_away(two_workers, monkeypatch, "members")
    with pytest.raises((AssertionError, grpc.aio.AioRpcError)):
        await play_at_once(two_workers, members, "sabotage")


async def play_at_once(service: Service, members: dict[str, str], seed: str) -> None:
    """Let all clients act, and compare the members with the sum of what was answered."""
    actors = [
        Actor(f"{seed}/{number}", service.till(worker=number % 2), service.operator(), members)
        for number in range(ACTORS)
    ]

    async def play(actor: Actor) -> None:
        for _ in range(CALLS_EACH):
            await actor.act()

    await asyncio.gather(*(play(actor) for actor in actors))
    for card in members:
        found = await service.till().balance_minor(card)
        assert found == START_MINOR + sum(actor.moved[card] for actor in actors)
    assert await violations(service) == []
