from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service import world
from tests.service.office import Office, running_office

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
    async with running_office(
        service.dsn,
        service_target=f"127.0.0.1:{service.ports[0]}",
        service_credential=world.CREDENTIAL,
    ) as office:
        yield office
