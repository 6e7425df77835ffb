"""Fills a database up to so many members and receipts: by COPY, in pieces that each are whole.

What was filled is remembered in the partner's settings under `grown`, in the transaction of each
piece: a run that was ended goes on where it was. With other templates or another seed it refuses.
The run that comes to the end leaves one row in the history.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from loaders.growth.copies import Copier
from loaders.history_row import COMMAND_LINE, tell_history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    import asyncpg

    from loaders.growth.template import Template

_SETTING: Final = "grown"
#: Copies in one transaction.
PIECE: Final = 500


class OtherFillError(Exception):
    """The database was filled with other copies than this run would make."""


def card_of(number: int, series: int = 0) -> str:
    """The card of a copy."""
    return f"88{series}{number:09}"


async def fill(
    connection: asyncpg.Connection[Any],
    templates: Sequence[Template],
    partner_id: UUID,
    members: int,
    *,
    seed: int,
    digest: Callable[[UUID, str], bytes],
    series: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Make copies in turn of the templates until there are so many; how many were made.

    Args:
        connection: of the schema's owner, with nothing under way.
        templates: what to copy, in this order.
        partner_id: whose members the templates are.
        members: how many copies there are in the end, those of earlier runs included.
        seed: the same one makes the same copies.
        digest: how the service digests a card of a partner.
        series: 0 to 9; each is filled by itself, from templates of its own.
        say: takes a line of progress.

    Raises:
        OtherFillError: earlier runs had other templates or another seed, or made more.
    """
    setting = f"{_SETTING}{series}"
    mark = {"seed": seed, "templates": [str(each.member_id) for each in templates]}
    copiers = [Copier(template, f"{seed} {series}", digest) for template in templates]
    begun_at = done = await _made(connection, partner_id, setting, mark, members)
    while done < members:
        piece = range(done, min(done + PIECE, members))
        async with connection.transaction():
            rows: dict[str, list[tuple[Any, ...]]] = {}
            for number in piece:
                copy = copiers[number % len(copiers)].copy(number, card_of(number, series))
                for table, records in copy.items():
                    rows.setdefault(table, []).extend(records)
            for each in templates[0].rows:
                await connection.copy_records_to_table(
                    each.table, columns=list(each.columns), records=rows[each.table]
                )
            done = piece.stop
            code = await connection.fetchval(
                "update partner set settings = jsonb_set(settings, array[$2], $3)"
                " where partner_id = $1 returning code",
                partner_id,
                setting,
                json.dumps(mark | {"members": done}),
            )
            if done == members:
                await tell_history(
                    connection,
                    partner_id,
                    ("partner", code),
                    "filled",
                    author=COMMAND_LINE,
                    reason=setting,
                    after={"seed": seed, "members": done},
                )
        if done % (20 * PIECE) == 0 or done == members:
            say(f"{done:,} of {members:,} members")
    if done > begun_at:
        # Until statistics exist, plans are made for empty tables.
        await connection.execute(f"analyze {', '.join(each.table for each in templates[0].rows)}")
    return done - begun_at


async def _made(
    connection: asyncpg.Connection[Any],
    partner_id: UUID,
    setting: str,
    mark: dict[str, Any],
    members: int,
) -> int:
    """How many copies earlier runs made."""
    found = await connection.fetchval(
        "select settings -> $2 from partner where partner_id = $1", partner_id, setting
    )
    if found is None:
        return 0
    before = json.loads(found)
    made: int = before.pop("members")
    if before != mark:
        raise OtherFillError(
            f"the database has {made:,} copies of other members or with seed {before['seed']}:"
            " use the same seed and members, or an empty database"
        )
    if made > members:
        raise OtherFillError(f"the database has {made:,} copies already, more than {members:,}")
    return made
