"""Cancels, credits, corrections, freezes and gifts of operators, against the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.faults.desk import WHY
from tests.faults.journal import Call
from tests.service.world import NORTH

if TYPE_CHECKING:
    from asyncpg import Connection

    from tests.faults.matching import Comparison


class Made(NamedTuple):
    """What a kind of call leaves, under an id that its answer gives."""

    named: Callable[[Call], str]
    amount: Callable[[Call], int]
    #: The kind of call that takes it back.
    undone_by: str
    #: Id, amount, and whether it was taken back.
    rows: str


_MADE: Final = {
    "correct": Made(
        lambda call: str(call.answer.correction_id),
        lambda call: call.amount_minor,
        "undo",
        "select correction_id::text, amount_minor, state = 'undone' from correction"
        f" where partner_id = $1 and reason = '{WHY}'",
    ),
    "gift": Made(
        lambda call: str(call.answer.gift_given_id),
        lambda call: int(call.answer.points_minor),
        "gift back",
        "select gift_given_id::text, points_minor, taken_back_at is not null from gift_given"
        " where partner_id = $1",
    ),
    "freeze": Made(
        lambda call: str(call.answer.freeze_id),
        lambda call: int(call.answer.frozen_minor),
        "restore",
        "select freeze_id::text, points_minor, restored_at is not null from point_freeze"
        " where partner_id = $1",
    ),
}
_CANCELLED: Final = (
    "select k.purchase_id, case h.state when 'voided' then h.points_minor else 0 end"
    " from purchase_key k"
    " left join hold h on h.partner_id = k.partner_id and h.hold_id = k.hold_id"
    " where k.partner_id = $1 and k.state = 'cancelled' and k.purchase_id = any($2)"
)
_CREDITED: Final = "select purchase_id, credit_id::text from credit where partner_id = $1"


async def compare_care(
    done: list[Call], unresolved: list[Call], database: Connection[Any], found: Comparison
) -> None:
    """`done` is what was done; of a kind of which something is unresolved nothing is invented.

    What a call takes back of which nobody knows may be taken back or not.
    """
    for kind, made in _MADE.items():
        calls = [call for call in done if call.kind == kind]
        undone = {call.subject for call in done if call.kind == made.undone_by}
        perhaps = {call.subject for call in unresolved if call.kind == made.undone_by} - undone
        told = {
            made.named(call): (made.amount(call), made.named(call) in undone | perhaps)
            for call in calls
        }
        rows = [
            (key, (amount, is_back or key in perhaps))
            for key, amount, is_back in await database.fetch(made.rows, NORTH)
        ]
        is_unsure = any(call.kind == kind for call in unresolved)
        found.match(f"{kind}:", told, rows, {key for key, _ in rows} if is_unsure else ())
    # What a cell cancels by itself is its own affair: only holds of the journal are looked at.
    held = [call.purchase_id for call in (*done, *unresolved) if call.kind == "hold"]
    told_released = {
        call.purchase_id: call.answer.released_points_minor
        for call in done
        if call.kind == "cancel"
    }
    unsure = {call.purchase_id for call in unresolved}
    ended = await database.fetch(_CANCELLED, NORTH, held)
    found.match("cancelled:", told_released, map(tuple, ended), unsure)
    credited = {call.purchase_id: call.answer.credit_id for call in done if call.kind == "credit"}
    credits_there = await database.fetch(_CREDITED, NORTH)
    found.match("credited:", credited, map(tuple, credits_there), unsure)
