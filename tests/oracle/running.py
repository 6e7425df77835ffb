"""The engine run over plain JSON documents, so that it can be asked the oracle's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from pydantic import TypeAdapter

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts
from checkout.engine.receipt import Receipt
from checkout.engine.schema.snapshot import Snapshot

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot

Doc = dict[str, Any]

FACTS = TypeAdapter(Facts)
RECEIPT = TypeAdapter(Receipt)


def compiled(snapshot: Doc) -> CompiledSnapshot:
    """The snapshot as the engine runs it."""
    return compile_snapshot(Snapshot.model_validate(snapshot))


def run_engine(snapshot: CompiledSnapshot, facts: Doc, receipt: Doc) -> Doc:
    """The engine's outcome as JSON."""
    outcome = evaluate(snapshot, FACTS.validate_python(facts), RECEIPT.validate_python(receipt))
    answer: Doc = orjson.loads(orjson.dumps(outcome))
    return answer
