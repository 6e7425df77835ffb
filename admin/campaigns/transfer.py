"""Campaigns as files: a snapshot's document, which `python -m checkout describe` and loaders read.

A file that comes in may hold a whole snapshot, a list of campaigns, or one; each becomes a draft,
all of them or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson
from sqlalchemy import select

from admin.campaigns.desk import add_campaign, locked, write_draft
from admin.campaigns.difference import difference
from admin.campaigns.life import Status
from admin.campaigns.rulebook import Rulebook
from admin.records.forms import CODE_CHARACTERS_MAX, CODE_PATTERN, document_in
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Campaign
from admin.texts import say
from checkout.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.campaigns.difference import Line

#: Campaigns that one file brings or takes.
CAMPAIGNS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Incoming:
    """A campaign of a file, and what becomes of it here."""

    code: str
    name: str
    what: Literal["new", "changed", "same"]
    faults: Sequence[Problem]
    lines: Sequence[Line]


async def outgoing(database: AsyncSession, rows: Sequence[Campaign]) -> bytes:
    """The file of some campaigns, with the programs, places and words that they need.

    Raises:
        RefusedChangeError: no partner is chosen.
    """
    documents = [row.latest for row in rows]
    rulebook = await Rulebook.read(database, documents)
    file = {**rulebook.document, "campaigns": documents}
    return orjson.dumps(file, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def campaigns_in(text: str) -> list[dict[str, Any]]:
    """The campaigns of a file.

    Raises:
        RefusedChangeError: it is no such file, with what is wrong.
    """
    try:
        found = document_in(text)
    except orjson.JSONDecodeError as error:
        raise RefusedChangeError("form.json_at", line=error.lineno, fault=error.msg) from None
    if isinstance(found, dict):
        found = found.get("snapshot", found)
    if isinstance(found, dict):
        found = found.get("campaigns", [found])
    if not isinstance(found, list) or not found:
        raise RefusedChangeError("refused.no_campaigns")
    if len(found) > CAMPAIGNS_MAX:
        raise RefusedChangeError("refused.many_campaigns", most=CAMPAIGNS_MAX)
    codes = set()
    for place, document in enumerate(found):
        code = document.get("code") if isinstance(document, dict) else None
        if (
            not isinstance(code, str)
            or not CODE_PATTERN.fullmatch(code)
            or len(code) > CODE_CHARACTERS_MAX
        ):
            raise RefusedChangeError("refused.campaign_code", place=place + 1)
        if code in codes:
            raise RefusedChangeError("refused.campaign_twice", code=code)
        codes.add(code)
    return found


async def looked_at(database: AsyncSession, documents: Sequence[dict[str, Any]]) -> list[Incoming]:
    """What becomes of the campaigns of a file, without doing it.

    Raises:
        RefusedChangeError: no partner is chosen.
    """
    known = {
        row.code: row
        for row in await database.scalars(
            select(Campaign).where(Campaign.code.in_([one["code"] for one in documents]))
        )
    }
    before = {code: row.latest for code, row in known.items()}
    rulebook = (await Rulebook.read(database, [*documents, *before.values()])).among(documents)
    found = []
    for document in documents:
        code = document["code"]
        what: Literal["new", "changed", "same"] = "new"
        if code in before:
            what = "same" if before[code] == document else "changed"
        faults = (await rulebook.check(document)).faults
        if code in known and known[code].status == Status.ARCHIVED and what == "changed":
            faults = [Problem("code", say("refused.campaign_archived")), *faults]
        lines: list[Line] = []
        if what == "changed" and not faults:
            lines = difference(await rulebook.lines(before[code]), await rulebook.lines(document))
        name = str(document.get("name", ""))[:CODE_CHARACTERS_MAX]
        found.append(Incoming(code, name, what, faults, lines))
    return found


async def take_in(database: AsyncSession, documents: Sequence[dict[str, Any]], note: str) -> int:
    """Make drafts of the campaigns of a file, in the open transaction; how many.

    Raises:
        RefusedChangeError: one of them has a fault.
    """
    taken = 0
    by_code = {document["code"]: document for document in documents}
    for incoming in await looked_at(database, documents):
        if incoming.faults:
            fault = incoming.faults[0]
            said = f"{incoming.code}: {fault.field}: {fault.message}"
            raise RefusedChangeError("refused.campaign_faulty", faults=said)
        document = by_code[incoming.code]
        if incoming.what == "new":
            await add_campaign(database, document, note)
        elif incoming.what == "changed":
            row = await locked(database, incoming.code)
            await write_draft(database, row, document, note)
        taken += incoming.what != "same"
    return taken
