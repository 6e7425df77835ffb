"""What must be true of the database after every race, asked by SQL and by the verifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.flows.identifiers import IdentifierHasher
from checkout.verifier.verifier import verify
from tests.service import world
from tests.service.running import wait_until
from tests.service.world import enrol

if TYPE_CHECKING:
    from uuid import UUID

    from tests.service.running import Service
    from tests.service.till import Till

#: As far behind as a quote may be.
SEEN_WITHIN_S: Final = 2.0


async def violations(service: Service) -> list[str]:
    """The verifier's checks that found something wrong."""
    report = await verify(service.dsn)
    return [f"{found.name}: {found.keys}" for found in report.violated]


async def enrol_members(dsn: str, redis_url: str, count: int, points_minor: int) -> dict[str, UUID]:
    """New members of North by their cards; no worker is needed."""
    cards = [f"77{number:08}" for number in range(count)]
    hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
    members = [("north", {"card": card}, points_minor) for card in cards]
    return dict(zip(cards, await enrol(dsn, redis_url, members, hasher), strict=True))


async def make_members(service: Service, count: int, points_minor: int) -> list[str]:
    """Cards of new members of North."""
    return [*await enrol_members(service.dsn, service.redis_url, count, points_minor)]


async def can_spend(till: Till, card: str, points_minor: int) -> None:
    """The cache is told after the caller: for a moment it may say what was."""

    async def is_seen() -> bool:
        return await till.balance_minor(card) == points_minor

    await wait_until(is_seen, within_s=SEEN_WITHIN_S, what=f"{points_minor} points of {card}")
