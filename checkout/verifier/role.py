"""Who verifies: any role that reads all tables; one that may become `checkout_verifier` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asyncpg import Connection

#: Longest wait for a connection to open.
CONNECT_TIMEOUT_S: Final = 10

_MAY_BE_VERIFIER: Final = """
select exists (
    select from pg_roles where rolname = 'checkout_verifier' and pg_has_role(oid, 'SET')
)
"""


async def take_role(connection: Connection[Any]) -> None:
    """Go on as the verifier until the transaction ends, if that may be."""
    if await connection.fetchval(_MAY_BE_VERIFIER):
        await connection.execute("set local role checkout_verifier")
