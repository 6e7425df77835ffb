"""Merges and persons of a story: the tables that `checkout.store.identity_store` reads."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.identity_book import IdentityWrites
    from checkout.ledger.identity_rows import Merge, Person, PersonLink
    from checkout.ledger.rows import Hold, Lot, Member


@dataclass
class MemoryIdentities:
    """The tables as dicts."""

    merges: dict[UUID, Merge] = field(default_factory=dict)
    persons: dict[UUID, Person] = field(default_factory=dict)
    links: dict[tuple[UUID, UUID], PersonLink] = field(default_factory=dict)

    def fill(self, book: Book, refs: KeyRefs) -> None:
        """What calls name of merges and persons."""
        for merge_id in refs.merges & self.merges.keys():
            book.identities.merges[merge_id] = copy.deepcopy(self.merges[merge_id])
        book.identities.persons |= refs.persons & self.persons.keys()
        book.identities.links += [
            copy.copy(link)
            for link in self.links.values()
            if link.unlinked_at is None
            and (link.person_id in refs.persons or link.member_id in refs.linked)
        ]

    def fill_merged(
        self,
        book: Book,
        ids: Collection[UUID],
        lots: Mapping[UUID, Lot],
        holds: Mapping[UUID, Hold],
    ) -> None:
        """How members were merged, the lots that were moved, and who has an open hold."""
        identities = book.identities
        for merge in self.merges.values():
            if merge.unmerged_at is None and merge.absorbed_id in ids:
                identities.merged[merge.absorbed_id] = copy.deepcopy(merge)
                for lot in lots.values():
                    origin = lots.get(lot.moved_from) if lot.moved_from is not None else None
                    if origin is None or lot.member_id != merge.survivor_id:
                        continue
                    if origin.member_id == merge.absorbed_id:
                        for each in (lot, origin):
                            owner = book.members[each.member_id]
                            owner.lots[each.lot_id] = copy.copy(each)
        identities.holding |= {
            hold.member_id
            for hold in holds.values()
            if hold.state == "pending" and hold.member_id is not None and hold.member_id in ids
        }

    def with_others(self, ids: set[UUID], members: Mapping[UUID, Member]) -> set[UUID]:
        """These, those that they were merged into, and those that were merged into these."""
        into = {members[i].merged_into for i in ids & members.keys()} - {None}
        named = ids | {member_id for member_id in into if member_id is not None}
        return named | {i for i, row in members.items() if row.merged_into in named}

    def apply(self, writes: IdentityWrites) -> None:
        """Write everything that a batch changed."""
        self.merges |= copy.deepcopy(writes.merges)
        self.persons |= {person.person_id: copy.copy(person) for person in writes.persons}
        self.links |= copy.deepcopy(writes.links)
