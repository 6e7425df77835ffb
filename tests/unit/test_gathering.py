"""Reads wait for each other only when the worker has no time to spare, and never for long."""

from __future__ import annotations

import asyncio
import time

import pytest

from checkout.cache import gathering
from checkout.cache.gathering import BUSY_SHARE, LOOKS_EVERY_S, TOGETHER, Gathering


class Core:
    """A core's clock, and how much of it we had."""

    def __init__(self) -> None:
        self.now_s = self.took_s = 0.0

    def gathering(self) -> Gathering:
        """What looks at it."""
        return Gathering(lambda: self.now_s, lambda: self.took_s)

    def passes(self, seconds: float, share: float) -> None:
        """Time, of which we had a share."""
        self.now_s += seconds
        self.took_s += share * seconds


@pytest.fixture
def core() -> Core:
    """Its clocks begin at 0."""
    return Core()


def returns_at_once(reader: Gathering, waiting: int) -> bool:
    """Whether it does not even let others go on."""
    waits = reader.wait(waiting)
    try:
        waits.send(None)
    except StopIteration:
        return True
    finally:
        waits.close()
    return False


async def test_who_has_time_to_spare_waits_for_nobody(core: Core) -> None:
    """Whatever it has just done, and how few wait."""
    reader = core.gathering()
    assert returns_at_once(reader, 1)
    core.passes(LOOKS_EVERY_S, BUSY_SHARE - 0.01)
    assert returns_at_once(reader, 1)


async def test_who_has_none_waits_for_some_but_for_no_more(core: Core) -> None:
    """It is looked at now and then: one long step does not count, and it passes."""
    reader = core.gathering()
    core.passes(LOOKS_EVERY_S / 2, 1)
    assert returns_at_once(reader, 1)
    core.passes(LOOKS_EVERY_S / 2, 1)
    assert not returns_at_once(reader, TOGETHER - 1)
    assert returns_at_once(reader, TOGETHER)
    core.passes(LOOKS_EVERY_S, BUSY_SHARE / 2)
    assert returns_at_once(reader, 1)


async def test_it_ends_when_enough_have_come(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before."""
    monkeypatch.setattr(gathering, "WAIT_S", 60)
    reader = core.gathering()
    core.passes(LOOKS_EVERY_S, 1)
    waits = asyncio.create_task(reader.wait(1))
    for waiting in range(2, TOGETHER):
        await asyncio.sleep(0)
        reader.came(waiting)
    await asyncio.sleep(0)
    assert not waits.done()
    reader.came(TOGETHER)
    reader.came(TOGETHER + 1)
    await asyncio.wait_for(waits, 10)


async def test_it_ends_when_nobody_comes(core: Core) -> None:
    """After some milliseconds."""
    reader = core.gathering()
    core.passes(LOOKS_EVERY_S, 1)
    began_s = time.monotonic()
    await asyncio.wait_for(reader.wait(1), 10)
    assert time.monotonic() - began_s >= gathering.WAIT_S / 2
