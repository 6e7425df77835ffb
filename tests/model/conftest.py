"""What both model tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.stand import Place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server_fixtures import Cluster


@pytest.fixture
def place(
    cluster: Cluster, world_template: str, redis_url: str, servers_directory: Path, worker_id: str
) -> Place:
    """Where the runs play."""
    return Place(cluster, world_template, redis_url, servers_directory, worker_id)
