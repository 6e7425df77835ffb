"""What must be true of the database after every race, asked by SQL and by the verifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.identifiers import IdentifierHasher
from checkout.verifier.verifier import verify
from tests.service import world
from tests.service.world import enrol

if TYPE_CHECKING:
    from tests.service.running import Service


async def violations(service: Service) -> list[str]:
    """The verifier's checks that found something wrong."""
    report = await verify(service.dsn)
    return [f"{found.name}: {found.keys}" for found in report.violated]


async def make_members(service: Service, count: int, points_minor: int) -> list[str]:
    """Cards of new members of North."""
    cards = [f"77{number:08}" for number in range(count)]
    hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
    members = [("north", {"card": card}, points_minor) for card in cards]
    await enrol(service.dsn, service.redis_url, members, hasher)
    return cards
