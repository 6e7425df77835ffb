"""The service against a model of it: the short form of MT3; `make model` runs it at length."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import ShopMachine
from tests.walls import part_of

if TYPE_CHECKING:
    from tests.model.stand import Place

RUNS: Final = int(os.environ.get("MODEL_RUNS") or part_of(12, 4))
SHRINKS: Final = bool(os.environ.get("MODEL_SHRINKS"))
STEPS: Final = int(os.environ.get("MODEL_STEPS", "30"))


@pytest.mark.wall
def test_every_step_does_what_the_model_says(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each of some hundred drawn calls the model and the database are in the same state."""

    class Machine(ShopMachine):
        pass

    Machine.place = place
    # Each attempt to make what failed smaller opens a shop, and so few steps can be read: only
    # who runs it at length waits for that (five minutes at most).
    phases = [hypothesis.Phase.generate]
    if SHRINKS:
        phases.append(hypothesis.Phase.shrink)
    settings = hypothesis.settings(max_examples=RUNS, stateful_step_count=STEPS, phases=phases)
    begun = time.monotonic()
    try:
        run_state_machine_as_test(Machine, settings=settings)
    finally:
        rate = Machine.steps / (time.monotonic() - begun)
        with capsys.disabled():
            sys.stdout.write(f"\nmodel: {Machine.runs} runs, {Machine.steps} steps, {rate:.0f}/s\n")
    assert Machine.runs >= RUNS
