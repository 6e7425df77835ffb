"""A worker process by itself: what it does between being assembled and being told to end."""

from __future__ import annotations

import gc
import os
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from checkout.launch import worker as launched
from checkout.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class Served:
    """Stands for all that a worker is made of: remembers what was done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.server = self.group_commit = self
        self.library = SimpleNamespace(when_loaded=None)

    async def start(self, port: int) -> int:
        self.done.append("start")
        return port

    async def set_serving(self, *, is_serving: bool) -> None:
        self.done.append(f"serving {is_serving}")

    async def stop(self, grace_s: float) -> None:
        self.done.append(f"stop {grace_s}")

    async def drain(self) -> None:
        self.done.append("drain")


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector as it was before, also afterwards."""
    before = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
async def test_the_collector_looks_at_nothing_that_lives_as_long_as_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is there when it serves is frozen, what rules bring later too; old objects rest long."""
    served, frozen = Served(), []
    lifeline, parent = os.pipe()
    younger = gc.get_threshold()[:2]

    @asynccontextmanager
    async def assemble(settings: object) -> AsyncIterator[Served]:
        del settings
        yield served

    async def set_serving(*, is_serving: bool) -> None:
        del is_serving
        frozen.append(gc.get_freeze_count())
        # The parent is gone as soon as it serves: then it ends.
        os.close(parent)

    monkeypatch.setattr(launched, "assemble", assemble)
    monkeypatch.setattr(served, "set_serving", set_serving)
    with os.fdopen(lifeline) as read:
        monkeypatch.setattr("sys.stdin", read)
        await launched._serve(settings())
    kept = gc.get_freeze_count()
    assert frozen == [0]
    assert kept > 10_000
    assert gc.get_threshold() == (*younger, launched.YOUNGER_COLLECTIONS)
    rules: Any = [[] for _ in range(1_000)]
    served.library.when_loaded()
    assert gc.get_freeze_count() > kept + len(rules) // 2
    assert served.done == ["start", f"stop {launched.GRACE_S}", "drain"]


def settings() -> Settings:
    """As a worker needs them to be made; nothing is connected to."""
    return Settings(
        postgres_dsn="postgresql://nowhere",
        redis_url="redis://nowhere",
        token_keys=f"1:{'ab' * 32}",
        pepper="cd" * 32,
        service_credential="service",
        port=0,
    )
