"""What the next publication changes, in words; going back to an earlier one; who has which rules.

Campaigns and programs are rules that people write here: they are compared one by one, and go back
as they were. Places, goods and words are as they are, and go with whatever is published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson
from sqlalchemy import Text, cast, func, select

from admin.campaigns.desk import write_draft
from admin.campaigns.difference import difference
from admin.campaigns.life import Status
from admin.campaigns.reading import hash_of_text, latest_publication, part_hash, parts_of
from admin.campaigns.rulebook import Rulebook
from admin.records.tables import (
    Campaign,
    CampaignVersion,
    HistoryEntry,
    Program,
    Publication,
    WorkerSnapshot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.campaigns.difference import Line
    from admin.campaigns.reading import Parts

#: Changes that are worded on one page; of more only the names are told.
WORDED_MAX: Final = 12
#: A worker tells itself every five seconds: whoever was not heard three times is gone.
HEARD_WITHIN: Final = dt.timedelta(seconds=15)
#: What is compared one by one.
RULES: Final = frozenset({"campaign", "program"})
#: Records that go with a publication as they are.
GOING_WITH: Final = (
    *("partner", "chain", "store", "category", "product"),
    *("member_list", "tag", "member_attribute", "coupon_series", "segment", "card_type"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A campaign or a program as it is written, and what it is called among a snapshot's parts.

    Of a thousand campaigns a few are looked into: the others are told apart by their names.
    """

    part_hash: str
    body: str

    @property
    def document(self) -> dict[str, Any]:
        """What it says."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found


#: By kind and code: what the rules have, or would have.
Rules = dict[tuple[str, str], Rule]


@dataclass(frozen=True, slots=True)
class Change:
    """A campaign or a program that comes, goes or becomes another one."""

    kind: str
    code: str
    name: str
    what: Literal["new", "changed", "gone"]
    lines: list[Line]


async def rules_at_hand(database: AsyncSession) -> Rules:
    """The rules that the next publication takes."""
    # As texts, not as records: drafts beside them are not read, nor are they themselves.
    live = select(Campaign.code, cast(Campaign.document, Text)).where(
        Campaign.status == Status.LIVE, Campaign.document.is_not(None)
    )
    programs = select(Program.code, cast(Program.document, Text))
    return {
        (kind, code): Rule(hash_of_text(kind, body.encode()), body)
        for kind, statement in (("campaign", live), ("program", programs))
        for code, body in await database.execute(statement)
    }


async def rules_of(database: AsyncSession, snapshot_id: str) -> Rules:
    """The rules that a snapshot has."""
    known = await parts_of(database, snapshot_id)
    hashes = [part.part_hash for key, part in known.items() if key[0] in RULES]
    return _written(await parts_of(database, snapshot_id, hashes))


def _written(parts: Parts) -> Rules:
    return {
        key: Rule(part.part_hash, part.body) for key, part in parts.items() if part.body is not None
    }


def fingerprint(rules: Rules) -> str:
    """Names rules: equal for equal ones."""
    return _fingerprint({key: rule.part_hash for key, rule in rules.items()})


async def fingerprint_of_published(database: AsyncSession, snapshot_id: str) -> str:
    """That of the rules that the service read and published: a snapshot names all its parts."""
    parts = await parts_of(database, snapshot_id)
    return _fingerprint({key: part.part_hash for key, part in parts.items() if key[0] in RULES})


def _fingerprint(hashes: Mapping[tuple[str, str], str]) -> str:
    named = [[*key, hashes[key]] for key in sorted(hashes)]
    return hashlib.sha256(orjson.dumps(named)).hexdigest()


async def prospect(database: AsyncSession, rules: Rules) -> list[Change]:
    """What the rules would change of those in force, if they were published."""
    force = await latest_publication(database)
    parts = await parts_of(database, force.snapshot_id) if force is not None else {}
    old = {key: part.part_hash for key, part in parts.items() if key[0] in RULES}
    hashes = {key: rule.part_hash for key, rule in rules.items()}
    keys = [key for key in sorted({*old, *rules}) if hashes.get(key) != old.get(key)]
    worded = keys[:WORDED_MAX]
    before: Rules = {}
    if force is not None and keys:
        wanted = [old[key] for key in keys if key in old]
        before = _written(await parts_of(database, force.snapshot_id, wanted))
    documents = [held[key].document for key in worded for held in (before, rules) if key in held]
    rulebook = await Rulebook.read(database, documents) if worded else None
    return [
        await _change(
            rulebook if place < WORDED_MAX else None, key, before.get(key), rules.get(key)
        )
        for place, key in enumerate(keys)
    ]


async def _change(
    rulebook: Rulebook | None,
    key: tuple[str, str],
    was: Rule | None,
    will: Rule | None,
) -> Change:
    before, after = (one.document if one is not None else None for one in (was, will))
    lines: list[Line] = []
    if rulebook is not None:
        say = rulebook.lines if key[0] == "campaign" else rulebook.program_lines
        lines = difference(await say(before), await say(after))
    what: Literal["new", "changed", "gone"] = (
        "new" if before is None else "gone" if after is None else "changed"
    )
    name = str((after or before or {}).get("name", ""))
    return Change(key[0], key[1], name, what, lines)


async def rules_after_going_back(database: AsyncSession, rules: Rules) -> Rules:
    """What would be published after `roll_back`: less what is archived, with newer programs."""
    archived = set(
        await database.scalars(select(Campaign.code).where(Campaign.status == Status.ARCHIVED))
    )
    at_hand = await rules_at_hand(database)
    programs = {key: rule for key, rule in at_hand.items() if key[0] == "program"}
    back = {
        key: rule
        for key, rule in rules.items()
        if (key in programs if key[0] == "program" else key[1] not in archived)
    }
    return programs | back


async def roll_back(database: AsyncSession, rules: Rules, note: str) -> None:
    """Make campaigns and programs those of an earlier publication, in the open transaction.

    Campaigns that it did not have are paused. Drafts stay as they are, and what is archived stays
    so: nothing of it is evaluated before somebody has taken it out and somebody else approved it.
    """
    for row in await database.scalars(select(Campaign).order_by(Campaign.code).with_for_update()):
        rule = rules.get(("campaign", row.code))
        if row.status == Status.ARCHIVED:
            continue
        if rule is not None:
            await _restore(database, row, rule.document, note)
        elif row.status == Status.LIVE:
            row.status = Status.PAUSED
            row.updated_at = dt.datetime.now(dt.UTC)
    for program in await database.scalars(select(Program).with_for_update()):
        rule = rules.get(("program", program.code))
        if rule is not None and not _same("program", program.document, rule.document):
            program.document = rule.document
            program.updated_at = dt.datetime.now(dt.UTC)


async def _restore(
    database: AsyncSession, row: Campaign, document: dict[str, Any], note: str
) -> None:
    is_same = row.document is not None and _same("campaign", row.document, document)
    if is_same and row.status == Status.LIVE:
        return
    if not is_same:
        kept = (row.draft, row.draft_version, row.approved_by)
        known = await database.scalars(
            select(CampaignVersion)
            .where(CampaignVersion.campaign_code == row.code)
            .order_by(CampaignVersion.version.desc())
        )
        same = next((one for one in known if _same("campaign", one.document, document)), None)
        if same is not None:
            row.document, row.version = same.document, same.version
        else:
            await write_draft(database, row, document, note)
            row.document, row.version = document, row.draft_version or 0
        row.draft, row.draft_version, row.approved_by = kept
    row.status = Status.LIVE
    row.updated_at = dt.datetime.now(dt.UTC)


def _same(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return part_hash(kind, dict(one)) == part_hash(kind, dict(other))


async def workers(database: AsyncSession) -> Sequence[WorkerSnapshot]:
    """Workers that were heard of just now, with the rules that each answers with."""
    found = await database.scalars(
        select(WorkerSnapshot)
        .where(WorkerSnapshot.seen_at > func.clock_timestamp() - HEARD_WITHIN)
        .order_by(WorkerSnapshot.host, WorkerSnapshot.process_id, WorkerSnapshot.worker_id)
    )
    return found.all()


async def going_with(database: AsyncSession, since: Publication | None) -> dict[str, int]:
    """How many changes of other records were made in these pages since a publication, by kind."""
    if since is None:
        return {}
    found = await database.execute(
        select(HistoryEntry.record, func.count())
        .where(HistoryEntry.at > since.published_at, HistoryEntry.record.in_(GOING_WITH))
        .where(HistoryEntry.action.in_(("created", "changed")))
        .group_by(HistoryEntry.record)
        .order_by(HistoryEntry.record)
    )
    return {row[0]: row[1] for row in found}
