"""What the history keeps of people: closed up for the holder of the member's key, as it is written.

The service has no key that opens it. The pages make the keys of members, and open them; of whom
they have made none the history keeps a sign of omission.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from checkout.ledger.changes import UNKEPT, Personal
from checkout.primitives import bucket_of_uuid
from checkout.sealed_box import close_to
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncpg import Connection, Record

    from checkout.ledger.changes import Change, Values

#: Values are filled up to a multiple: how long one is tells what it may be.
FILLED_TO_BYTES: Final = 64


async def close_personal(connection: Connection[Any], changes: Iterable[Change]) -> None:
    """Put in place of values of people what the history keeps of them, before a batch writes.

    What a profile had is read here: it is locked, and the batch has not written it yet.
    """
    named = [each for each in changes if _is_personal(each.before) or _is_personal(each.after)]
    if not named:
        return
    members = sorted({UUID(each.record_key) for each in named})
    found = await connection.fetch(
        QUERIES["personal_keys"], [bucket_of_uuid(one) for one in members], members
    )
    keys = {str(row["member_id"]): row for row in found}
    for each in named:
        row = keys.get(each.record_key)
        each.before = None if each.before is None else _kept(row, each.before)
        each.after = _kept(row, each.after)


def _is_personal(values: Values | None) -> bool:
    return any(isinstance(held, Personal) for held in (values or {}).values())


def _kept(row: Record | None, values: Values) -> Values:
    return {
        column: _closed(row, column, held) if isinstance(held, Personal) else held
        for column, held in values.items()
    }


def _closed(row: Record | None, column: str, held: Personal) -> object:
    if row is None or row["sealed_to"] is None:
        return UNKEPT
    plain = orjson.dumps(row[column] if held.is_stored else held.value)
    # Blanks behind a JSON text are none of it.
    filled = plain.ljust(-len(plain) // FILLED_TO_BYTES * -FILLED_TO_BYTES)
    box = close_to(row["sealed_to"], filled, f"member_profile.{column}")
    return {"key": str(row["key_id"]), "closed": base64.b64encode(box).decode()}
