"""What a batch reads and changes of merges and persons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.identity_rows import Erasure, Merge, Person, PersonLink


@dataclass(slots=True)
class IdentityBook:
    """What a batch has read of merges and persons, under their keys or members' locks."""

    #: Those that a call names, whether or not they still hold.
    merges: dict[UUID, Merge] = field(default_factory=dict)
    #: Those that hold, by the absorbed member.
    merged: dict[UUID, Merge] = field(default_factory=dict)
    #: Of members who are to be merged: those for whom a hold is open.
    holding: set[UUID] = field(default_factory=set)
    persons: set[UUID] = field(default_factory=set)
    #: Links that have not ended.
    links: list[PersonLink] = field(default_factory=list)


@dataclass(slots=True)
class IdentityWrites:
    """What a batch changes of merges and persons."""

    merges: dict[UUID, Merge] = field(default_factory=dict)
    persons: list[Person] = field(default_factory=list)
    #: By person and member.
    links: dict[tuple[UUID, UUID], PersonLink] = field(default_factory=dict)
    erasures: list[Erasure] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write of merges and persons."""
        return not (self.merges or self.persons or self.links)
