"""PublishSnapshot: check and compile the rules as they stand, write them in parts.

Put them in force.

A fault, or a rule that is not served yet, keeps the last good snapshot; the same content is not
published again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.parts import split_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from checkout.flows.served import unserved
from checkout.refusals import Reason, Refusal
from checkout.store.rules import NewPublication

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.problems import Problem
    from checkout.engine.schema.snapshot import Snapshot
    from checkout.store.reference import Publication, ReferenceStore
    from checkout.store.rules import RulesStore


@dataclass(frozen=True, slots=True)
class Published:
    """What is in force now."""

    snapshot_id: str
    sequence: int
    changed: bool
    parts: int
    parts_new: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What would be in force, and what looks strange in it, though it may be what was meant."""

    snapshot_id: str
    #: Of the publication in force; 0 if there is none.
    sequence: int
    differs: bool
    parts: int
    warnings: list[Problem]


@dataclass(frozen=True, slots=True)
class Faulty:
    """Why nothing was published."""

    refusal: Refusal
    problems: list[Problem]


class PublishFlow:
    """Publishes rules."""

    def __init__(self, rules: RulesStore, reference: ReferenceStore) -> None:
        self._rules = rules
        self._reference = reference

    async def publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        """Publish a partner's rules.

        Raises:
            StoreError: the database cannot be used; nothing was published.
        """
        document = await self._rules.read_document(partner_id)
        # Checking ninety thousand articles takes a second: in a thread, tills go on being answered.
        checked = await asyncio.to_thread(_check, document)
        if isinstance(checked, Faulty):
            return checked
        manifest, parts = await asyncio.to_thread(split_snapshot, checked)
        snapshot_id = manifest.snapshot_id
        known = await self._in_force(partner_id)
        if known is not None and known.snapshot_id == snapshot_id:
            return Published(
                snapshot_id, known.seq, changed=False, parts=len(manifest.parts), parts_new=0
            )
        budgeted = sorted(c.code for c in checked.campaigns if c.budget is not None)
        sequence, _, parts_new = await self._rules.publish(
            partner_id,
            NewPublication(
                snapshot_id,
                manifest.schema_version,
                manifest.semantics,
                manifest.dump(),
                parts,
                budgeted,
            ),
            author,
            note,
        )
        return Published(
            snapshot_id, sequence, changed=True, parts=len(manifest.parts), parts_new=parts_new
        )

    async def check(self, partner_id: UUID) -> Checked | Faulty:
        """Say what publishing would do, and what looks strange.

        Raises:
            StoreError: the database cannot be used.
        """
        document = await self._rules.read_document(partner_id)
        found = await asyncio.to_thread(_check_thoroughly, document)
        if isinstance(found, Faulty):
            return found
        snapshot, warnings = found
        manifest, _ = await asyncio.to_thread(split_snapshot, snapshot)
        known = await self._in_force(partner_id)
        return Checked(
            manifest.snapshot_id,
            known.seq if known is not None else 0,
            differs=known is None or known.snapshot_id != manifest.snapshot_id,
            parts=len(manifest.parts),
            warnings=warnings,
        )

    async def _in_force(self, partner_id: UUID) -> Publication | None:
        found = {p.partner_id: p for p in await self._reference.read_publications()}
        return found.get(partner_id)


def _check_thoroughly(document: object) -> tuple[Snapshot, list[Problem]] | Faulty:
    checked = _check(document)
    return checked if isinstance(checked, Faulty) else (checked, warnings_of(checked))


def _check(document: object) -> Snapshot | Faulty:
    try:
        snapshot = parse_snapshot(document)
    except InvalidDocumentError as error:
        return faulty(error.problems)
    problems = check_snapshot(snapshot) or unserved(snapshot)
    return faulty(problems) if problems else snapshot


def faulty(problems: list[Problem]) -> Faulty:
    """Why rules with such problems are not published."""
    return Faulty(
        Refusal(
            Reason.SNAPSHOT_INVALID,
            f"the rules have {len(problems)} faults and were not published",
            problems[0].field,
            {"problems": len(problems)},
        ),
        problems,
    )
