"""`python -m checkout evaluate`: the pure engine over JSON Lines, one outcome a line.

A line is ``{"snapshot": …, "member": …, "receipt": …, "budgets": …, "limit_uses": …,
"coupon_series": …, "stopped": …, "certificates": …}``. All but the receipt may be left out (a
guest, unused budgets and limits, no unique coupons, no campaign stopped, certificates unknown),
`snapshot` after the first line: the last one is kept, and is compiled once. A bad line is answered
in its place, with a reason and the fields to blame; after a bad snapshot lines without one are
answered SNAPSHOT_MISSING, never with older rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import (
    InvalidDocumentError,
    parse_facts,
    parse_receipt,
    parse_snapshot,
)
from checkout.engine.evaluate import evaluate
from checkout.engine.problems import InvalidSnapshotError, Problem
from checkout.engine.stored_outcome import dump_with_outcome
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from checkout.engine.compiled import CompiledSnapshot

#: What may stand in a line beside snapshot and receipt.
FACTS: Final = (
    "member",
    "budgets",
    "limit_uses",
    "coupon_series",
    "stopped",
    "certificates",
    "coupons_refused",
)
_FIELDS: Final = frozenset({"snapshot", "receipt", *FACTS})


class Evaluator:
    """Answers lines; it remembers the last snapshot."""

    def __init__(self) -> None:
        self._snapshot: CompiledSnapshot | None = None

    def answer(self, line: bytes) -> bytes:
        """The outcome of one line as JSON, or what is wrong with it."""
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return _refused(Reason.FIELD_INVALID, [Problem("", f"this is no JSON: {error}")])
        if not isinstance(document, dict):
            return _refused(Reason.FIELD_INVALID, [Problem("", "a line is a JSON object")])
        unknown = sorted(document.keys() - _FIELDS)
        if unknown:
            problems = [Problem(name, "there is no such field") for name in unknown]
            return _refused(Reason.FIELD_INVALID, problems)
        try:
            if document.get("snapshot") is not None:
                self._take_snapshot(document["snapshot"])
        except (InvalidDocumentError, InvalidSnapshotError) as error:
            return _refused(Reason.SNAPSHOT_INVALID, error.problems)
        if self._snapshot is None:
            problems = [Problem("snapshot", "no line so far brought a good one")]
            return _refused(Reason.SNAPSHOT_MISSING, problems)
        return _outcome(self._snapshot, document)

    def _take_snapshot(self, document: object) -> None:
        self._snapshot = None  # a bad one leaves none: older rules would answer wrongly
        self._snapshot = compile_snapshot(parse_snapshot(document))


def evaluate_stream(lines: Iterable[bytes], out: BinaryIO) -> int:
    """Answer every line that is not blank; the exit code of the command, 0."""
    evaluator = Evaluator()
    for line in lines:
        if line.strip():
            out.write(evaluator.answer(line) + b"\n")
    return 0


def evaluate_files(paths: Sequence[Path], out: BinaryIO) -> int:
    """Answer the lines of files, in order; a ``.json`` file is one document over many lines.

    The exit code of the command: 2 if a file cannot be read, and then nothing is answered.
    """
    for path in paths:
        if not path.is_file():
            return 2
    return evaluate_stream(_lines(paths), out)


def _lines(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        if path.suffix == ".json":
            yield path.read_bytes()
        else:
            with path.open("rb") as file:
                yield from file


def _outcome(snapshot: CompiledSnapshot, document: dict[str, Any]) -> bytes:
    try:
        receipt = parse_receipt(document.get("receipt"))
        facts = parse_facts(*(document.get(name) for name in FACTS))
    except InvalidDocumentError as error:
        return _refused(Reason.FIELD_INVALID, error.problems)
    if receipt.store not in snapshot.stores:
        problem = Problem("receipt.store", f"the snapshot has no store {receipt.store!r}")
        return _refused(Reason.FIELD_INVALID, [problem])
    outcome = evaluate(snapshot, facts, receipt)
    try:
        return dump_with_outcome(outcome)
    except orjson.JSONEncodeError as error:
        return _refused(Reason.FIELD_OUT_OF_RANGE, [Problem("", f"the outcome: {error}")])


def _refused(reason: Reason, problems: list[Problem]) -> bytes:
    return orjson.dumps({"reason": reason.value, "problems": problems})
