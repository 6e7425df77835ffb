"""Stores, compiled: what place conditions ask of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.schema.snapshot import Store


class CompiledStore:
    """A store and what it stands under."""

    __slots__ = (
        "address",
        "chain",
        "code",
        "format",
        "name",
        "program",
        "region",
        "time_zone",
    )

    def __init__(self, store: Store) -> None:
        """Take over what rules and slips read."""
        self.code = store.code
        self.name = store.name
        self.address = store.address
        self.chain = store.chain
        self.program = store.program
        self.format = store.format
        self.region = store.region
        self.time_zone = store.time_zone
