"""Where campaigns are worked on: each change locks the row, and loses nobody's work.

A draft is saved as a version that stays for ever. Whoever saves upon another state than they saw
gets both changes brought together, to look at and to save; what the other one wrote stands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from admin.campaigns.life import MOVES, Status, Step, possible_steps
from admin.campaigns.merging import Merged, merge
from admin.campaigns.other_eyes import anybody_approves
from admin.campaigns.reading import latest_publication, parts_of
from admin.campaigns.rulebook import Rulebook
from admin.records.refused_change import RefusedChangeError, refused
from admin.records.tables import Campaign, CampaignVersion
from admin.scope import current_scope, reason

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else saved after the form was opened: both changes in one, and whose it was."""

    merged: Merged
    author: str
    #: What the form shows from now on.
    version: int


class CampaignDesk:
    """Changes campaigns of the partner on whose rows one works."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def create(self, document: dict[str, Any], note: str = "") -> None:
        """Begin a campaign with a draft.

        Raises:
            RefusedChangeError: the code is taken, no partner is chosen, or a value is no good.
        """
        try:
            with reason(note):
                async with self._sessions.begin() as database:
                    await add_campaign(database, document, note)
        except Exception as error:
            raise refused(error) from error

    async def save(
        self, code: str, document: dict[str, Any], seen: int, note: str = ""
    ) -> Meanwhile | None:
        """Save a draft; if somebody else did since version `seen`, nothing is written.

        Raises:
            RefusedChangeError: the campaign is gone or archived, or a value is no good.
        """
        try:
            with reason(note):
                async with self._sessions.begin() as database:
                    row = await locked(database, code)
                    _require_at_work(row)
                    await _keep_original(database, row)
                    if row.latest_version != max(seen, 1):
                        return await _brought_together(database, row, document, max(seen, 1))
                    if document != row.latest:
                        await write_draft(database, row, document, note)
        except Exception as error:
            raise refused(error) from error
        return None

    async def take(self, code: str, step: Step, seen: int, why: str = "") -> None:
        """Take a step in a campaign's life, in which it stands as the person saw it.

        Raises:
            RefusedChangeError: it stands otherwise by now, or the step is not theirs.
        """
        try:
            with reason(why):
                async with self._sessions.begin() as database:
                    row = await locked(database, code)
                    _require_as_seen(row, step, seen)
                    await _take(database, row, step)
        except Exception as error:
            raise refused(error) from error


async def add_campaign(database: AsyncSession, document: dict[str, Any], note: str) -> None:
    """Add a campaign that is a draft, in the open transaction.

    Raises:
        RefusedChangeError: no partner is chosen.
    """
    partner_id = _partner_id()
    database.add(
        Campaign(
            partner_id=partner_id,
            code=document["code"],
            status=Status.DRAFT,
            draft=document,
            draft_version=1,
        )
    )
    await database.flush()
    await _write_version(database, partner_id, document, 1, note)


async def locked(database: AsyncSession, code: str) -> Campaign:
    """A campaign, locked until the transaction ends.

    Raises:
        RefusedChangeError: there is none.
    """
    row: Campaign | None = await database.scalar(
        select(Campaign).where(Campaign.code == code).with_for_update()
    )
    if row is None:
        raise RefusedChangeError("refused.gone")
    return row


async def write_draft(
    database: AsyncSession, row: Campaign, document: dict[str, Any], note: str
) -> None:
    """Make the document the draft of a locked campaign; an approval is of what was approved."""
    await _keep_original(database, row)
    last = await database.scalar(
        select(func.max(CampaignVersion.version)).where(CampaignVersion.campaign_code == row.code)
    )
    version = int(last or 0) + 1
    await _write_version(database, row.partner_id, document, version, note)
    row.draft, row.draft_version, row.approved_by = document, version, ""
    row.updated_at = dt.datetime.now(dt.UTC)


async def _keep_original(database: AsyncSession, row: Campaign) -> None:
    """What loaders wrote becomes the first version before anybody changes it."""
    if row.version == 0 and row.document is not None:
        await _write_version(database, row.partner_id, row.document, 1, "")
        row.version = 1
        await database.flush()


async def _write_version(
    database: AsyncSession, partner_id: UUID, document: dict[str, Any], version: int, note: str
) -> None:
    database.add(
        CampaignVersion(
            partner_id=partner_id,
            campaign_code=document["code"],
            version=version,
            document=document,
            author=current_scope().author,
            note=note,
        )
    )
    await database.flush()


async def _brought_together(
    database: AsyncSession, row: Campaign, mine: dict[str, Any], seen: int
) -> Meanwhile:
    versions = {
        one.version: one
        for one in await database.scalars(
            select(CampaignVersion).where(
                CampaignVersion.campaign_code == row.code,
                CampaignVersion.version.in_((seen, row.latest_version)),
            )
        )
    }
    if seen not in versions:
        raise RefusedChangeError("refused.changed_meanwhile")
    theirs = versions[row.latest_version]
    merged = merge(versions[seen].document, mine, row.latest)
    return Meanwhile(merged, theirs.author, row.latest_version)


def _require_at_work(row: Campaign) -> None:
    if row.status == Status.ARCHIVED:
        raise RefusedChangeError("refused.campaign_archived")


def _require_as_seen(row: Campaign, step: Step, seen: int) -> None:
    if row.latest_version != seen or step not in possible_steps(row):
        raise RefusedChangeError("refused.campaign_meanwhile")


async def _take(database: AsyncSession, row: Campaign, step: Step) -> None:
    match step:
        case Step.APPROVE:
            await _require_another(database, row)
            await _require_right(database, row)
            row.approved_by = current_scope().author
        case Step.WITHDRAW:
            row.approved_by = ""
        case Step.DISCARD:
            row.draft, row.draft_version, row.approved_by = None, None, ""
        case Step.RELEASE:
            assert row.draft is not None
            assert row.draft_version is not None
            row.document, row.version = row.draft, row.draft_version
            row.draft, row.draft_version, row.approved_by = None, None, ""
        case Step.ARCHIVE:
            await _require_out_of_force(database, row)
        case Step.REWORK if row.draft is None:
            await _keep_original(database, row)
            row.draft, row.draft_version = row.document, row.version
        case _:
            pass
    target = MOVES[step].target
    if target is not None:
        row.status = target
    row.updated_at = dt.datetime.now(dt.UTC)


async def _require_another(database: AsyncSession, row: Campaign) -> None:
    """Who wrote any of a draft does not approve it, unless the partner's setting says so."""
    if await anybody_approves(database, row.partner_id):
        return
    assert row.draft_version is not None
    # Rules that were rolled back to may have a later version than the draft that stayed.
    since = row.version if row.version <= row.draft_version else 0
    written = await database.scalars(
        select(CampaignVersion.author).where(
            CampaignVersion.campaign_code == row.code,
            CampaignVersion.version <= row.draft_version,
            # A draft that is what the rules have was written by somebody all the same.
            (CampaignVersion.version > since) | (CampaignVersion.version == row.draft_version),
        )
    )
    if current_scope().author in set(written):
        raise RefusedChangeError("refused.campaign_own")


async def _require_out_of_force(database: AsyncSession, row: Campaign) -> None:
    """What is archived never applies: tills have left it, no publication of that is awaited."""
    force = await latest_publication(database)
    if force is not None and ("campaign", row.code) in await parts_of(database, force.snapshot_id):
        raise RefusedChangeError("refused.campaign_in_force")


async def _require_right(database: AsyncSession, row: Campaign) -> None:
    """What is approved can be published."""
    document = row.latest
    faults = (await (await Rulebook.read(database, [document])).check(document)).faults
    if faults:
        said = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
        raise RefusedChangeError("refused.campaign_faulty", faults=said)


def _partner_id() -> UUID:
    partner_id = current_scope().partner_id
    if partner_id is None:
        raise RefusedChangeError("refused.no_partner")
    return partner_id
