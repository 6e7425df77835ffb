"""PublishSnapshot: check the rules as they stand, write them in parts, put them in force.

A fault, or a rule that is not served yet, keeps the last good snapshot; the same content is not
published again. Where only a few campaigns differ from what is in force, only those are read,
checked against it, and written. Otherwise all rules are: few of them in a thread, and many, which
takes seconds, by another process, since a thread would keep tills waiting.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import ValidationError

from checkout.cache.slices import in_slices
from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.parts import change_steps, split_snapshot
from checkout.engine.problems import Problem, check_snapshot
from checkout.engine.problems.changes import check_changes
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.problems.warnings import warnings_of
from checkout.engine.schema.campaign import Campaign
from checkout.flows.served import unserved, unserved_campaign
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError
from checkout.store.rules import NewPublication, RulesMovedError
from checkout.wording.again import again
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.parts import Manifest
    from checkout.engine.schema.snapshot import Snapshot
    from checkout.store.reference import Publication, ReferenceStore
    from checkout.store.rules import RulesNow, RulesStore, Source

#: From so many rows on rules are checked by another process: a thread takes a tenth of a second.
MANY_FROM: Final = 4_000
#: Checking takes seconds in which another may publish newer rules: so often all are read.
ATTEMPTS_MAX: Final = 3


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


class Publishing(Protocol):
    """Whatever publishes a partner's rules, all of them."""

    async def publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        """Publish them."""

    async def check(self, partner_id: UUID) -> Checked | Faulty:
        """Say what publishing would do, and what looks strange."""


class ResidentSnapshots(Protocol):
    """The compiled snapshots of a worker."""

    async def basis(self, snapshot_id: str) -> tuple[CompiledSnapshot, Manifest] | None:
        """One that was published, with its manifest; None: it cannot be loaded."""


class PublishFlow:
    """Publishes rules: what changes by itself, all of them in a thread or by another process."""

    def __init__(
        self,
        rules: RulesStore,
        reference: ReferenceStore,
        snapshots: ResidentSnapshots,
        few: Publishing,
        many: Publishing,
    ) -> None:
        self._rules = rules
        self._writer = _Writer(rules, reference)
        self._snapshots = snapshots
        self._few = few
        self._many = many

    async def publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        """Publish a partner's rules.

        Raises:
            StoreError: the database cannot be used; nothing was published.
        """
        now = await self._rules.read_now(partner_id)
        basis = None if now.basis is None else await self._snapshots.basis(now.basis)
        if basis is not None and now.source is not None:
            published = await self._publish_changes(
                partner_id, now, now.source, *basis, author, note
            )
            if published is not None:
                return published
        return await self._whole(now).publish(partner_id, author, note)

    async def check(self, partner_id: UUID) -> Checked | Faulty:
        """Say what publishing would do, and what looks strange.

        Raises:
            StoreError: the database cannot be used.
        """
        return await self._whole(await self._rules.read_now(partner_id)).check(partner_id)

    def _whole(self, now: RulesNow) -> Publishing:
        return self._few if now.found < MANY_FROM else self._many

    async def _publish_changes(
        self,
        partner_id: UUID,
        now: RulesNow,
        source: Source,
        snapshot: CompiledSnapshot,
        manifest: Manifest,
        author: str,
        note: str,
    ) -> Published | Faulty | None:
        """Publish what differs from a snapshot; None: it is not the newest any more."""
        changed = _campaigns_of(now.changed)
        if isinstance(changed, Faulty):
            return changed
        by_code = {campaign.code: campaign for campaign in changed}
        problems = await problems_of_changes(snapshot, by_code, source.removed)
        if problems:
            return faulty(problems)
        new, bodies = await in_slices(change_steps(manifest, changed, source.removed))
        publication = NewPublication(
            new.snapshot_id,
            new.schema_version,
            new.semantics,
            bodies.pop(new.snapshot_id),
            bodies,
            [campaign.code for campaign in changed if campaign.budget is not None],
            source,
        )
        try:
            return await self._writer.write(partner_id, publication, len(new.parts), author, note)
        except RulesMovedError:
            return None


class WholePublishing:
    """Publishes all rules, whatever of them changes."""

    def __init__(self, rules: RulesStore, reference: ReferenceStore) -> None:
        self._rules = rules
        self._writer = _Writer(rules, reference)

    async def publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        """Publish a partner's rules; read again if another publication comes in between.

        Raises:
            StoreError: the database cannot be used, or others publish again and again; nothing was
                published.
        """
        for _ in range(ATTEMPTS_MAX):
            try:
                return await self._publish(partner_id, author, note)
            except RulesMovedError:
                continue
        raise StoreError(Failure.BUSY)

    async def _publish(self, partner_id: UUID, author: str, note: str) -> Published | Faulty:
        document, source = await self._rules.read_document(partner_id)
        checked = await asyncio.to_thread(_check, document)
        if isinstance(checked, Faulty):
            return checked
        manifest, parts = await asyncio.to_thread(split_snapshot, checked)
        publication = NewPublication(
            manifest.snapshot_id,
            manifest.schema_version,
            manifest.semantics,
            manifest.dump(),
            parts,
            sorted(c.code for c in checked.campaigns if c.budget is not None),
            source,
        )
        return await self._writer.write(partner_id, publication, len(manifest.parts), author, note)

    async def check(self, partner_id: UUID) -> Checked | Faulty:
        """Say what publishing would do, and what looks strange.

        Raises:
            StoreError: the database cannot be used.
        """
        document, _ = await self._rules.read_document(partner_id)
        found = await asyncio.to_thread(_check_thoroughly, document)
        if isinstance(found, Faulty):
            return found
        snapshot, warnings = found
        manifest, _ = await asyncio.to_thread(split_snapshot, snapshot)
        known = await self._writer.in_force(partner_id)
        return Checked(
            manifest.snapshot_id,
            known.seq if known is not None else 0,
            differs=known is None or known.snapshot_id != manifest.snapshot_id,
            parts=len(manifest.parts),
            warnings=warnings,
        )


class _Writer:
    """Writes publications, unless what they hold is in force."""

    def __init__(self, rules: RulesStore, reference: ReferenceStore) -> None:
        self._rules = rules
        self._reference = reference

    async def in_force(self, partner_id: UUID) -> Publication | None:
        found = {p.partner_id: p for p in await self._reference.read_publications()}
        return found.get(partner_id)

    async def write(
        self, partner_id: UUID, publication: NewPublication, parts: int, author: str, note: str
    ) -> Published:
        snapshot_id = publication.snapshot_id
        known = await self.in_force(partner_id)
        if known is not None and known.snapshot_id == snapshot_id:
            await self._rules.remember(partner_id, known.seq, publication)
            return Published(snapshot_id, known.seq, changed=False, parts=parts, parts_new=0)
        sequence, _, parts_new = await self._rules.publish(partner_id, publication, author, note)
        return Published(snapshot_id, sequence, changed=True, parts=parts, parts_new=parts_new)


async def problems_of_changes(
    snapshot: CompiledSnapshot, changed: Mapping[str, Campaign], removed: Collection[str]
) -> list[Problem]:
    """What rules in force are not published for with campaigns changed, added and removed.

    Faults, or else what is not served yet: the same as of all rules.
    """
    problems = await in_slices(check_changes(snapshot, changed, removed))
    if not problems:
        programs = [program.document for program in snapshot.programs.values()]
        for campaign in changed.values():
            problems += unserved_campaign(campaign, programs)
    return problems


def _campaigns_of(documents: Mapping[str, Any]) -> list[Campaign] | Faulty:
    """Campaigns of documents by code; faults are named as those of all rules are."""
    campaigns: list[Campaign] = []
    problems: list[Problem] = []
    for code, document in documents.items():
        try:
            campaigns.append(Campaign.model_validate(document))
        except ValidationError as error:
            problems += schema_faults(error, document, f"campaigns[{code}]")
    return faulty(problems) if problems else campaigns


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


def said_again(problems: Iterable[Problem], language: str) -> list[Problem]:
    """Faults or warnings in a language of `wording`; in English if there is no such."""
    with speaking(language):
        return [Problem(each.field, again(each.message)) for each in problems]


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
