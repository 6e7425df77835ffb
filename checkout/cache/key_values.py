"""What members and snapshots need of a cache: one server, or the nodes of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class KeyValues(Protocol):
    """Values by key; what fails or is late is missing, and nothing is raised."""

    async def open(self) -> None:
        """Connect: the first change is told as soon as later ones."""

    async def get(self, *keys: str) -> list[bytes | None]:
        """Values; None where there is none, or none in time."""

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        """Values for loading in bulk, with a time-out of its own."""

    async def set_if_newer(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value that begins with its version, unless a newer one is there."""

    async def set_all_if_newer(self, values: Mapping[str, bytes], ttl_ms: int) -> None:
        """The same for many at once."""

    async def set_if_absent(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value unless there is one."""

    async def set_many(self, values: Mapping[str, bytes], ttl_ms: int, timeout_s: float) -> None:
        """Store values in bulk."""

    async def overwrite(
        self, newer: Mapping[str, tuple[bytes, int]], pauses: list[str], pause_ms: int
    ) -> set[str]:
        """Bring invalidations in; the keys for which that was not possible."""

    async def close(self) -> None:
        """Close the connections."""
