"""Whose agreement rules need before they go out: another person's, unless the partner says so.

A campaign is approved draft by draft. A program - tiers, caps, redemption - has no drafts: whoever
wrote any of what the next publication changes of it does not publish it, somebody else looks at the
difference and does. What an earlier publication had went past somebody already, so that going back
is nobody's secret and waits for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from admin.campaigns.reading import latest_publication, part_hash, parts_of
from admin.records.tables import HistoryEntry, Partner, Publication
from checkout.engine.schema.partner_settings import Approval, read_settings

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.campaigns.publishing import Rules

#: Changes and publications that are looked at; of a program with more each author counts.
LOOKED_AT_MAX: Final = 200
EARLIER_MAX: Final = 20


async def anybody_approves(database: AsyncSession, partner_id: UUID) -> bool:
    """Whether the partner lets people approve what they wrote themselves."""
    settings = await database.scalar(
        select(Partner.settings).where(Partner.partner_id == partner_id)
    )
    return read_settings(settings).campaign_approval is Approval.ANYBODY


async def own_programs(
    database: AsyncSession, rules: Rules, partner_id: UUID, author: str
) -> list[str]:
    """Programs that a publication would change, and of whose change the author wrote any."""
    force = await latest_publication(database)
    # The first publication takes nothing out of force that somebody agreed to.
    if force is None or await anybody_approves(database, partner_id):
        return []
    parts = await parts_of(database, force.snapshot_id)
    own = []
    for (kind, code), rule in rules.items():
        there = parts.get((kind, code))
        in_force, new = there.part_hash if there is not None else "", rule.part_hash
        if kind != "program" or new == in_force:
            continue
        authors = await _authors_since(database, code, in_force)
        if author in authors and not await _was_published(database, code, new):
            own.append(code)
    return own


async def _authors_since(database: AsyncSession, code: str, in_force: str) -> set[str]:
    """Who changed a program since it was what is in force."""
    found = await database.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.record == "program", HistoryEntry.record_key == code)
        .order_by(HistoryEntry.seq.desc())
        .limit(LOOKED_AT_MAX)
    )
    authors = set()
    for entry in found:
        if in_force and _hash_in(entry.after) == in_force:
            break
        authors.add(entry.author)
    return authors


def _hash_in(held: dict[str, Any] | None) -> str:
    document = (held or {}).get("document")
    return part_hash("program", document) if isinstance(document, dict) else ""


async def _was_published(database: AsyncSession, code: str, wanted: str) -> bool:
    earlier = await database.scalars(
        select(Publication.snapshot_id).order_by(Publication.seq.desc()).limit(EARLIER_MAX)
    )
    for snapshot_id in dict.fromkeys(earlier):
        part = (await parts_of(database, snapshot_id)).get(("program", code))
        if part is not None and part.part_hash == wanted:
            return True
    return False
