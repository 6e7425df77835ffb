from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.office import Office, office_beside, running_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.service.running import Service


@pytest.fixture
async def office(world_dsn: str) -> AsyncIterator[Office]:
    async with running_office(world_dsn) as office:
        yield office


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    """The pages beside a service that runs."""
    async with office_beside(service) as office:
        yield office
