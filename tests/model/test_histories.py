"""Calls at once against the model: some order of them explains every answer and the end (MT4)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.model.histories import Call, History
from tests.model.stand import open_stand
from tests.model.values import Sale
from tests.races.sabotage import take_lock_away
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


#: Sales of which each gets, when it is alone, what there is once: by the lock that guards it.
RIVALS: Final = {
    "members": Sale("m000", (("apple", 3),), 45_00),
    "coupons": Sale("", (("towel", 1),), coupon="k000"),
    "certificates": Sale("", (("apple", 3),), certificate="v000"),
}


def both(lock: str) -> list[Call]:
    """Two of these sales, which go to two workers."""
    return [Call("buy", (f"{lock}-{number}", RIVALS[lock])) for number in (1, 2)]


async def test_rivals_with_their_locks_are_explained(place: Place) -> None:
    """One of each pair gets it."""
    async with open_stand(place, workers=2) as stand:
        history = History(stand, "rivals")
        await history.begin()
        for lock in RIVALS:
            await history.play_at_once(both(lock))
        assert await stand.verified() == []


# Certificates have a chain of their own beside the lock: the second of two is refused.
@pytest.mark.parametrize("lock", ["members", "coupons"])
async def test_no_order_explains_what_is_done_without_a_lock(
    place: Place, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    """The test can fail: both read what there is before either writes, and both get it."""
    async with open_stand(place, workers=2) as stand:
        history = History(stand, "rivals")
        await history.begin()
        take_lock_away(stand.desk.service, monkeypatch, lock)
        with pytest.raises(AssertionError, match="no order of these explains") as told:
            await history.play_at_once(both(lock))
        assert str(told.value).count(": ('OK'") == 2
