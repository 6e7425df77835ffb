"""Campaigns as pages read them: found, with their state, budgets, stops and what is in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, or_, select, text
from starlette.exceptions import HTTPException

from admin.campaigns.life import Status, state_column
from admin.records.reasons import stopped_campaigns
from admin.records.tables import Campaign, CampaignVersion, Publication
from checkout.engine.schema.campaign import Campaign as CampaignDocument
from checkout.engine.schema.program import Program as ProgramDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

PAGE_ROWS: Final = 50
_BUDGETS: Final = text("select * from admin_budgets()")
_PARTS: Final = text("select * from admin_snapshot_parts(:asked, :wanted)")
#: Documents whose hashes are remembered: those of a large partner.
HASHES_MAX: Final = 20_000
_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "campaign": TypeAdapter(CampaignDocument),
    "program": TypeAdapter(ProgramDocument),
}


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """What is left of a campaign's budget; None: it has no such bound."""

    discount_minor: int | None
    uses: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a snapshot, with its content if that was wanted."""

    part_hash: str
    body: str | None


#: By kind and key.
Parts = dict[tuple[str, str], Part]


@dataclass(frozen=True, slots=True)
class Found:
    """A campaign with what stands beside it."""

    row: Campaign
    state: str
    budget: BudgetLeft
    #: The emergency stop, by whom and why; None: there is none.
    stop: Any | None
    #: What the next publication has is not what is in force.
    waits: bool


def found_campaigns(asked: Mapping[str, str], *, with_archived: bool = False) -> Select[Any, Any]:
    """Campaigns that match, with their state; archived ones only if they are asked for."""
    state = state_column()
    statement: Select[Any, Any] = select(Campaign, state.label("state"))
    if asked.get("state"):
        statement = statement.where(state == asked["state"])
    elif not with_archived:
        statement = statement.where(Campaign.status != Status.ARCHIVED)
    latest = func.coalesce(Campaign.draft, Campaign.document)
    if asked.get("program"):
        statement = statement.where(latest["program"].astext == asked["program"])
    if asked.get("search"):
        statement = statement.where(
            or_(
                Campaign.code.icontains(asked["search"], autoescape=True),
                *(
                    latest[name].astext.icontains(asked["search"], autoescape=True)
                    for name in ("name", "description")
                ),
            )
        )
    return statement


async def with_surroundings(
    database: AsyncSession, rows: Sequence[tuple[Campaign, str]]
) -> list[Found]:
    """Budgets, stops and what is in force beside each campaign: three statements in all."""
    used = {row.campaign_code: row for row in await database.execute(_BUDGETS)}
    stops = {stop.code: stop for stop in await stopped_campaigns(database)}
    force = await latest_publication(database)
    parts = await parts_of(database, force.snapshot_id) if force is not None else {}
    return [
        Found(
            row,
            state,
            budget_left(row.document or row.latest, used.get(row.code)),
            stops.get(row.code),
            differs_from_force(row, parts),
        )
        for row, state in rows
    ]


async def campaign_row(database: AsyncSession, code: str) -> Campaign:
    """A campaign by its code, without what stands beside it.

    Raises:
        HTTPException: 404, there is none.
    """
    row: Campaign | None = await database.scalar(select(Campaign).where(Campaign.code == code))
    if row is None:
        raise HTTPException(404)
    return row


async def one_campaign(database: AsyncSession, code: str) -> Found:
    """A campaign by its code.

    Raises:
        HTTPException: 404, there is none.
    """
    rows = (
        await database.execute(
            select(Campaign, state_column().label("state")).where(Campaign.code == code)
        )
    ).all()
    if not rows:
        raise HTTPException(404)
    (found,) = await with_surroundings(database, [(row[0], row[1]) for row in rows])
    return found


async def versions_of(
    database: AsyncSession, code: str, before: int = -1
) -> Sequence[CampaignVersion]:
    """Versions of a campaign, newest first, before one of them: one more than a page shows."""
    statement = (
        select(CampaignVersion)
        .where(CampaignVersion.campaign_code == code)
        .order_by(CampaignVersion.version.desc())
        .limit(PAGE_ROWS + 1)
    )
    if before >= 0:
        statement = statement.where(CampaignVersion.version < before)
    return (await database.scalars(statement)).all()


async def version_of(database: AsyncSession, code: str, version: int) -> CampaignVersion:
    """One version of a campaign.

    Raises:
        HTTPException: 404, there is none.
    """
    found: CampaignVersion | None = await database.scalar(
        select(CampaignVersion).where(
            CampaignVersion.campaign_code == code, CampaignVersion.version == version
        )
    )
    if found is None:
        raise HTTPException(404)
    return found


async def latest_publication(database: AsyncSession) -> Publication | None:
    """What is in force; None: nothing was ever published."""
    found: Publication | None = await database.scalar(
        select(Publication).order_by(Publication.seq.desc()).limit(1)
    )
    return found


async def parts_of(database: AsyncSession, snapshot_id: str, wanted: Collection[str] = ()) -> Parts:
    """What a snapshot consists of; parts whose hashes are wanted come with their content."""
    found = await database.execute(_PARTS, {"asked": snapshot_id, "wanted": list(wanted)})
    return {(row.kind, row.part_key): Part(row.part_hash, row.body) for row in found}


def part_hash(kind: str, document: dict[str, Any]) -> str:
    """What a campaign or a program is called among a snapshot's parts; empty if it is faulty."""
    return hash_of_text(kind, orjson.dumps(document))


@lru_cache(HASHES_MAX)
def hash_of_text(kind: str, document: bytes) -> str:
    """The same of what has not been read, in whichever form it is written."""
    adapter = _ADAPTERS[kind]
    try:
        body = adapter.dump_json(adapter.validate_json(document), by_alias=True)
    except ValidationError:
        return ""
    return hashlib.sha256(body).hexdigest()


def differs_from_force(row: Campaign, parts: Parts) -> bool:
    """Whether the next publication changes the campaign."""
    there = parts.get(("campaign", row.code))
    if row.status != Status.LIVE or row.document is None:
        return there is not None
    return there is None or there.part_hash != part_hash("campaign", row.document)


def budget_left(document: Mapping[str, Any], used: Any) -> BudgetLeft:
    """What the document's budget leaves of what was used or is held; a draft may say anything."""
    budget = document.get("budget")
    bounds = budget if isinstance(budget, dict) else {}
    money, uses = (_whole(bounds.get(name)) for name in ("discount_minor", "uses"))
    return BudgetLeft(
        max(money - (used.discount_minor if used else 0), 0) if money is not None else None,
        max(uses - (used.uses if used else 0), 0) if uses is not None else None,
    )


def date_of(document: Mapping[str, Any], name: str) -> str:
    """When a campaign starts, or ends; empty: it does not say, or nothing that is a moment."""
    schedule = document.get("schedule")
    moment = schedule.get(name) if isinstance(schedule, dict) else None
    return moment if isinstance(moment, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
