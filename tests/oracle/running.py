"""The engine run over plain JSON documents, so that it can be asked the oracle's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from pydantic import TypeAdapter

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts
from checkout.engine.parts import Pieces, split_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.receipt import Receipt
from checkout.engine.schema.snapshot import Snapshot
from checkout.engine.stored_outcome import dump_with_outcome
from tests.oracle.generators import World

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot

Doc = dict[str, Any]

FACTS = TypeAdapter(Facts)
RECEIPT = TypeAdapter(Receipt)


def compiled(snapshot: Doc) -> CompiledSnapshot:
    """The snapshot as the engine runs it."""
    return compile_snapshot(Snapshot.model_validate(snapshot))


def loaded(snapshot: Doc) -> CompiledSnapshot:
    """The snapshot as a worker loads one that was published: it is not checked again."""
    steps = Pieces().compile_steps(*split_snapshot(Snapshot.model_validate(snapshot)))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            whole: CompiledSnapshot = end.value
            return whole


def run_engine(snapshot: CompiledSnapshot, facts: Doc, receipt: Doc) -> Doc:
    """The engine's outcome as JSON."""
    outcome = evaluate(snapshot, FACTS.validate_python(facts), RECEIPT.validate_python(receipt))
    answer: Doc = orjson.loads(dump_with_outcome(outcome))
    return answer


def is_in_force(snapshot: Doc) -> bool:
    """Whether the engine takes the snapshot."""
    return check_snapshot(Snapshot.model_validate(snapshot)) == []


def world_in_force(seed: str) -> World:
    """A generated world without the few rules in it that could never be published.

    Chance makes rules that contradict themselves; the engine refuses their snapshots.
    """
    world = World(seed)
    while problems := check_snapshot(Snapshot.model_validate(world.snapshot)):
        for problem in problems:
            take_out(world.snapshot, problem.field)
    return world


def take_out(snapshot: Doc, field: str) -> None:
    """Take out the campaign, or the part of a program, that a path like `campaigns[x].y` names."""
    of, _, rest = field.partition("[")
    code, _, rest = rest.partition("]")
    if of == "campaigns":
        snapshot[of] = [each for each in snapshot[of] if each["code"] != code]
        return
    assert of == "programs", field
    program = next(each for each in snapshot[of] if each["code"] == code)
    part, _, rest = rest.removeprefix(".").partition("[")
    part = part.partition(".")[0]
    if part == "lanes":
        lane_code, _, name = rest.partition("].")
        lane = next(each for each in program[part] if each["code"] == lane_code)
        del lane[name]
    elif part in {"certificates", "gifts"}:
        listed = rest.partition("]")[0]
        program[part] = [each for each in program[part] if each["code"] != listed]
    else:
        rules = {"discount_cap", "redemption", "accrual", "limits", "manual_discounts"}
        assert part in rules, field
        program.pop(part, None)
