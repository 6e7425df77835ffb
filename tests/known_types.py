"""What PostgreSQL says of its types, asked once per process instead of by every connection.

A driver asks for each composite type that it meets, by a recursive query that takes longer to plan
than most statements take to run, and a worker's first statements meet a dozen. The databases of a
run are copies of one template, in which a type has one id: what one said of it holds in all.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from asyncpg import Connection

if TYPE_CHECKING:
    from collections.abc import Collection

#: In place of the question's statement: the one that waits for the types is still prepared.
_NOT_ASKED: Final = SimpleNamespace(name="not asked")
_ask: Final = Connection._introspect_types


def share_types(port: int) -> None:
    """Let connections to the server at this port know what others were told."""
    known: dict[frozenset[int], Any] = {}

    async def tell(
        connection: Connection[Any],
        oids: Collection[int],
        timeout: float | None,  # noqa: ASYNC109 - so the driver calls it
    ) -> tuple[Any, Any]:
        is_shared = connection._addr[1] == port
        asked = frozenset(oids)
        if is_shared and asked in known:
            return known[asked], _NOT_ASKED
        types, statement = await _ask(connection, oids, timeout)
        if is_shared:
            known[asked] = types
        return types, statement

    Connection._introspect_types = tell
