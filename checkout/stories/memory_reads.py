"""What flows read beside the book: rules and members of a story, straight from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_snapshot
from checkout.engine.parts import split_snapshot
from checkout.engine.problems import InvalidSnapshotError
from checkout.flows.operation import member_of_identifier
from checkout.flows.served import unserved
from checkout.ledger.book import KeyRefs

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import MemberBook
    from checkout.refusals import Reason
    from checkout.stories.memory import MemoryBookStore

    Document = dict[str, Any]


class MemorySnapshots:
    """All snapshots that the story published; the last one is in force."""

    def __init__(self) -> None:
        self._in_force: CompiledSnapshot | None = None
        self._known: dict[str, CompiledSnapshot] = {}

    def put_in_force(self, document: Document) -> None:
        """Compile a document and switch to it.

        Raises:
            InvalidDocumentError: it does not follow the schema.
            InvalidSnapshotError: its rules are faulty, or not served.
        """
        snapshot = parse_snapshot(document)
        compiled = compile_snapshot(snapshot)
        problems = unserved(snapshot)
        if problems:
            raise InvalidSnapshotError(problems)
        compiled.snapshot_id = split_snapshot(snapshot)[0].snapshot_id
        self._in_force = self._known[compiled.snapshot_id] = compiled

    def current(self, partner_id: UUID) -> CompiledSnapshot | None:
        """The snapshot in force."""
        del partner_id
        return self._in_force

    def resident(self, snapshot_id: str) -> CompiledSnapshot | None:
        """Any snapshot of the story."""
        return self._known.get(snapshot_id)


class MemoryMembers:
    """Where quotes find members: the store itself, as nothing is cached."""

    def __init__(self, store: MemoryBookStore) -> None:
        self._store = store

    async def find(
        self, caller: Caller, identifier: PresentedIdentifier | None
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member whose identifier it is, or why there is none."""
        if identifier is None:
            return None, None
        ref = identifier.ref(caller.partner_id)
        async with self._store.transaction() as transaction:
            book = await transaction.lock_keys(())
            await transaction.read_keys(book, KeyRefs(identifiers={ref}))
            await transaction.load_members(book, {i.member_id for i in book.identifiers.values()})
        return member_of_identifier(book, caller.partner_id, identifier)
