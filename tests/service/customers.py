"""Members by the thousand, each with a card, enrolled through the real operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.flows.identifiers import IdentifierHasher
from tests.service import world
from tests.service.world import enrol

if TYPE_CHECKING:
    from tests.service.running import Service

#: Members whose operations are in memory at once.
_AT_ONCE: Final = 2_000


def card_of(number: int) -> str:
    """The card of one of them."""
    return f"55{number:09}"


async def make_customers(service: Service, count: int, points_minor: int = 0) -> None:
    """Let North have so many members more."""
    hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        members = [("north", {"card": card_of(number)}, points_minor) for number in numbers]
        await enrol(service.dsn, service.redis_url, members, hasher)
    # Plans are made for empty tables until statistics exist.
    await service.database.execute("analyze")
