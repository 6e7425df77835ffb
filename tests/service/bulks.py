"""Corrections in bulk as tests send them: rows by card, hashes by name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import receipt_pb2
from tests.service import world
from tests.service.till import fresh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.service.till import Operator


def row(line: int, points: str, card: str = world.CARD, **more: Any) -> op.BulkRow:
    """A row about the member of a card."""
    if "member_id" not in more:
        more["identifier"] = receipt_pb2.Identifier(card=card)
    more.setdefault("currency", world.CURRENCY)
    return op.BulkRow(line=line, points=points, **more)


async def bulk_adjust(
    operator: Operator,
    bulk: str,
    rows: Sequence[op.BulkRow],
    *,
    content: str = "",
    dry_run: bool = False,
) -> list[op.CorrectionResult]:
    """One page of a bulk; its file is named by its content, the bulk's name by default."""
    request = op.BulkAdjustRequest(
        bulk=bulk,
        file_hash=hashlib.sha256((content or bulk).encode()).digest(),
        file_name=f"{bulk}.csv",
        reason="a test",
        rows=rows,
        dry_run=dry_run,
    )
    answer: op.BulkAdjustResponse = await operator.call("BulkAdjust", request)
    return list(answer.rows)


async def undo(operator: Operator, *ids: str, request_id: str = "") -> list[op.CorrectionResult]:
    """Take corrections back."""
    request = op.UndoCorrectionsRequest(
        request_id=request_id or fresh("undo"), correction_ids=ids, reason="a mistake"
    )
    answer: op.UndoCorrectionsResponse = await operator.call("UndoCorrections", request)
    return list(answer.corrections)


async def decide(
    operator: Operator, *ids: str, reject: bool = False, request_id: str = ""
) -> list[op.CorrectionResult]:
    """Approve or reject what is proposed."""
    request = op.DecideCorrectionsRequest(
        request_id=request_id or fresh("decide"),
        correction_ids=ids,
        reject=reject,
        reason="looked at it",
    )
    answer: op.DecideCorrectionsResponse = await operator.call("DecideCorrections", request)
    return list(answer.corrections)


async def set_four_eyes(service: Any, above_minor: int | None, partner: str = "north") -> None:
    """Let corrections above an amount wait for another author, and all workers know it."""
    await service.database.execute(
        "update partner set settings ="
        " settings || jsonb_build_object('four_eyes_above_minor', $2::bigint) where code = $1",
        partner,
        above_minor,
    )
    for worker in service.workers:
        await worker.follower.step()
