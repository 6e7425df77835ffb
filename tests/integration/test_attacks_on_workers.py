"""One bad publication, one forgotten snapshot, one cut connection: only their own calls feel it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import asyncpg
import pytest

from checkout.flows.quote_token import TokenSigner
from checkout.store.errors import DRIVER_ERRORS, Failure, failure_of
from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.till import receipt

if TYPE_CHECKING:
    from checkout.cache.snapshots import SnapshotLibrary
    from checkout.engine.compiled import CompiledSnapshot
    from tests.service.running import Service

SIGNER = TokenSigner({1: bytes.fromhex(world.TOKEN_KEYS.removeprefix("1:"))})


async def publish_fruit(service: Service, partner: str, rate_bp: int) -> str:
    fruit = {"kind": "percent", "lane": "goods", "goods": {"categories": ["fruit"]}}
    document = world.campaign("fruit", fruit | {"rate_bp": rate_bp})
    await world.put_campaign(service.database, world.PARTNERS[partner], document)
    return (await service.operator(partner).publish()).snapshot_id


async def test_rules_that_cannot_be_read_keep_nobody_else_waiting(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker keeps the last good snapshot of one partner and follows the other's."""
    library = service.workers[0].library
    faulty = await publish_fruit(service, "north", 1_000)
    load = library._load

    async def load_or_fail(snapshot_id: str) -> CompiledSnapshot | None:
        if snapshot_id == faulty:
            raise ValueError("planted")
        return await load(snapshot_id)

    monkeypatch.setattr(library, "_load", load_or_fail)
    good = await publish_fruit(service, "south", 1_000)
    await service.workers[0].follower.step()
    south, north = library.current(world.SOUTH), library.current(world.NORTH)
    assert south is not None
    assert north is not None
    assert south.snapshot_id == good
    assert north.snapshot_id != faulty
    quoted = await service.till().quote("p", receipt(card=world.CARD))
    assert quoted.outcome.payable_minor == 80_00


async def test_a_token_that_ran_out_loads_no_snapshot_under_the_locks(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What will not count is not loaded: an old token keeps no member locked."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    library: SnapshotLibrary = service.workers[0].library
    for step in range(6):
        await publish_fruit(service, "north", 1_000 + step)
        await service.workers[0].follower.step()
    assert library.resident(quoted.snapshot_id) is None

    async def fail(snapshot_id: str) -> CompiledSnapshot | None:
        raise AssertionError(snapshot_id)

    monkeypatch.setattr(library, "_load", fail)
    terms = SIGNER.read(world.NORTH, quoted.quote_token)
    assert terms is not None
    terms = dataclasses.replace(terms, valid_until=terms.valid_until - dt.timedelta(hours=1))
    changed = await till.confirm("p", sale, quote_token=SIGNER.sign(world.NORTH, terms))
    assert changed.status == pb.STATUS_PRICE_CHANGED


@pytest.mark.parametrize(
    ("committing", "failure"), [(False, Failure.UNAVAILABLE), (True, Failure.UNKNOWN)]
)
def test_a_confused_driver_is_a_broken_connection(*, committing: bool, failure: Failure) -> None:
    """A connection that the server ended unseen is no fault of ours, and unknown at COMMIT."""
    error = asyncpg.InternalClientError("cannot switch to state 15")
    assert isinstance(error, DRIVER_ERRORS)
    assert failure_of(error, committing=committing) is failure
