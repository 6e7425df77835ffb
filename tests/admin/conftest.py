from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.office import Office, running_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def office(world_dsn: str) -> AsyncIterator[Office]:
    async with running_office(world_dsn) as office:
        yield office
