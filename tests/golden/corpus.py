"""The corpus as a file: cases by line, each a snapshot of rules with the sales that need it."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.schema.snapshot import SEMANTICS
from checkout.engine.stored_outcome import dump_with_outcome
from tests.oracle.oracle import evaluate as ask_oracle
from tests.oracle.oracle_combination import TooLargeToCheckError
from tests.oracle.running import FACTS, RECEIPT, loaded, world_in_force
from tests.oracle.test_contests import SALES_PER_CONTEST, contest_in_force

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.generated_contests import Contest
    from tests.oracle.generators import World

Doc = dict[str, Any]

#: Generated worlds, and contests, that are looked through for cases.
WORLDS = 400
SALES_PER_WORLD = 20


def corpus_file(semantics: int = SEMANTICS) -> Path:
    """Where the corpus of a number of semantics lies."""
    return Path(__file__).parent / f"semantics-{semantics}.jsonl.xz"


def read(path: Path) -> Iterator[Doc]:
    """The worlds of a corpus: ``{"snapshot", "sales": [{"facts", "receipt", "outcome"}]}``."""
    for line in lzma.decompress(path.read_bytes()).splitlines():
        world: Doc = orjson.loads(line)
        yield world


def write(path: Path, worlds: Iterator[Doc]) -> None:
    """Equal worlds give equal bytes."""
    lines = [orjson.dumps(world, option=orjson.OPT_SORT_KEYS) for world in worlds]
    path.write_bytes(lzma.compress(b"\n".join(lines), preset=9))


def outcomes(world: Doc) -> Iterator[bytes]:
    """What the engine answers today to the sales of a world: the outcome's JSON bytes.

    The rules are loaded as a worker loads published ones: what a later check refuses stays in force
    where it was published.
    """
    snapshot = loaded(world["snapshot"])
    for sale in world["sales"]:
        facts = FACTS.validate_python(sale["facts"])
        receipt = RECEIPT.validate_python(sale["receipt"])
        yield dump_with_outcome(evaluate(snapshot, facts, receipt, Explain.FULL))


def chosen() -> Iterator[Doc]:
    """Generated worlds and contests with those of their sales that reach a rule first."""
    reached: set[str] = set()
    for number in range(WORLDS):
        for rules, many in (
            (world_in_force(f"golden/{number}"), SALES_PER_WORLD),
            (contest_in_force(f"golden/{number}"), SALES_PER_CONTEST),
        ):
            case = _case(rules, many, reached)
            if case["sales"]:
                yield case


def _case(rules: World | Contest, many: int, reached: set[str]) -> Doc:
    """Of so many sales those that reach a rule which no earlier one did, with their outcomes."""
    case: Doc = {"snapshot": rules.snapshot, "sales": []}
    for _ in range(many):
        facts, receipt = rules.sale()
        sale = {"facts": facts, "receipt": receipt}
        (outcome,) = outcomes({**case, "sales": [sale]})
        more = rules_reached(case["snapshot"], sale, outcome) - reached
        if more:
            reached |= more
            case["sales"].append({**sale, "outcome": outcome.decode()})
    return case


def rules_reached(snapshot: Doc, sale: Doc, outcome: bytes) -> set[str]:
    """The rules that had a say in a sale, by the oracle; none if it cannot tell."""
    reached: set[str] = set()
    hint = orjson.loads(outcome)
    try:
        ask_oracle(snapshot, sale["facts"], sale["receipt"], reached, hint=hint)
    except TooLargeToCheckError:
        return set()
    return reached
