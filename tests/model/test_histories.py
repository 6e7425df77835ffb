"""Calls at once against the model: some order of them explains every answer and the end (MT4)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.model.histories import History
from tests.model.stand import open_stand
from tests.walls import part_of

if TYPE_CHECKING:
    from tests.model.stand import Place

HISTORIES: Final = int(os.environ.get("MODEL_HISTORIES") or part_of(3, 3))
ROUNDS: Final = 12


@pytest.mark.wall
@pytest.mark.parametrize("seed", range(1, HISTORIES + 1))
async def test_some_order_explains_what_was_done_at_once(place: Place, seed: int) -> None:
    """Six calls at a time over two workers, one client in two rounds goes away meanwhile."""
    async with open_stand(place, workers=2) as stand:
        history = History(stand, str(seed))
        await history.begin()
        for _ in range(ROUNDS):
            await history.play()
        report = await stand.verified()
        assert report == []
        assert history.said
