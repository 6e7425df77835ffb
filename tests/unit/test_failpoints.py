"""Failpoints: off unless a test stand says so, and doing what their description says."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from checkout import failpoints
from checkout.failpoints import FailpointError, arm, reach
from checkout.settings import Settings


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    arm("")


async def test_without_a_description_nothing_happens() -> None:
    """Passing a place that is not armed does nothing."""
    for place in failpoints.PLACES:
        await reach(place)


async def test_one_acts_at_the_pass_that_was_set() -> None:
    """The passes before it are let through, those of other places always."""
    arm("before_commit:fail:3")
    await reach("before_commit")
    await reach("before_commit")
    await reach("after_commit")
    with pytest.raises(FailpointError):
        await reach("before_commit")


async def test_one_can_wait() -> None:
    """A pause is as long as it says."""
    arm("before_reply:pause_30")
    began = time.monotonic()
    await reach("before_reply")
    assert time.monotonic() - began >= 0.03


@pytest.mark.parametrize(
    "description",
    ["nowhere:kill", "before_commit", "before_commit:dance", "before_commit:kill:0", "x:pause_"],
)
def test_a_wrong_description_is_refused(description: str) -> None:
    """Whoever writes it wrong hears what there is."""
    with pytest.raises(ValueError, match="CHECKOUT_FAILPOINT"):
        arm(description)


def test_they_are_refused_where_no_test_stand_is() -> None:
    """An installation that has one by mistake does not start."""
    with pytest.raises(ValueError, match="CHECKOUT_TEST_STAND"):
        Settings(failpoint="before_commit:kill").armed_failpoints()
    stand = Settings(failpoint="before_commit:kill", test_stand=True)
    assert stand.armed_failpoints() == "before_commit:kill"
    assert Settings().armed_failpoints() == ""
