"""The service against a model of it: the short form of MT3; `make model` runs it at length."""

from __future__ import annotations

import os

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import ShopMachine
from tests.model.stand import Place

RUNS = int(os.environ.get("MODEL_RUNS", "15"))
STEPS = int(os.environ.get("MODEL_STEPS", "30"))


def test_every_step_does_what_the_model_says(place: Place) -> None:
    """After each of some hundred drawn calls the model and the database are in the same state."""

    class Machine(ShopMachine):
        pass

    Machine.place = place
    settings = hypothesis.settings(
        max_examples=RUNS, stateful_step_count=STEPS, phases=PHASES
    )
    run_state_machine_as_test(Machine, settings=settings)
    assert Machine.steps > RUNS
