"""A stand of this folder's own: PostgreSQL is durable here, and killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stand import Stand, running_stand


@pytest.fixture(scope="session")
def stand() -> Iterator[Stand]:
    with running_stand() as stand:
        yield stand
