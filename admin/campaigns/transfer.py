"""Campaigns as files: a snapshot's document, which `python -m checkout describe` and loaders read.

A file that comes in may hold a whole snapshot, a list of campaigns, or one; each becomes a draft,
all of them or none, or those without faults. What is live stays as it is until somebody else has
approved the draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import orjson
from sqlalchemy import select

from admin.campaigns.desk import add_campaign, locked, write_draft
from admin.campaigns.difference import difference
from admin.campaigns.form import filled_form
from admin.campaigns.life import Status
from admin.campaigns.rulebook import Rulebook
from admin.records.forms import CODE_CHARACTERS_MAX, CODE_PATTERN, document_in, number_in
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Campaign
from admin.texts import say
from checkout.engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    #: Its latest version here; 0: there is none, or only what loaders wrote.
    version: int = 0
    #: Who approved the draft that the file replaces.
    approved_by: str = ""


class FaultyFileError(RefusedChangeError):
    """Some campaigns of a file have faults, and no part of it was asked for."""

    def __init__(self, incoming: Sequence[Incoming]) -> None:
        """Say the first fault, and carry what becomes of each campaign."""
        self.incoming = incoming
        first = next(one for one in incoming if one.faults)
        fault = first.faults[0]
        said = ": ".join(part for part in (first.code, fault.field, fault.message) if part)
        super().__init__("refused.campaign_faulty", faults=said)


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


def as_seen(incoming: Sequence[Incoming]) -> str:
    """Which versions a page shows, to be sent back with the file; what is faulty is not taken."""
    return " ".join(f"{one.code};{one.version}" for one in incoming if not one.faults)


def seen_in(written: object) -> dict[str, int]:
    """What that says; what is none of it is passed over."""
    words = (word.partition(";") for word in str(written or "").split())
    return {code: number_in(version) for code, _, version in words}


async def looked_at(
    database: AsyncSession,
    documents: Sequence[dict[str, Any]],
    seen: Mapping[str, int] | None = None,
) -> list[Incoming]:
    """What becomes of the campaigns of a file, without doing it.

    With what was seen their rows are locked first: what somebody else saves or approves meanwhile
    is waited for, and known.

    Raises:
        RefusedChangeError: no partner is chosen.
    """
    codes = [one["code"] for one in documents]
    statement = select(Campaign).where(Campaign.code.in_(codes)).order_by(Campaign.code)
    if seen is not None:
        statement = statement.with_for_update()
    known = {row.code: row for row in await database.scalars(statement)}
    before = {code: row.latest for code, row in known.items()}
    rulebook = (await Rulebook.read(database, [*documents, *before.values()])).among(documents)
    found = []
    for document in documents:
        code = document["code"]
        row = known.get(code)
        what: Literal["new", "changed", "same"] = "new"
        if row is not None:
            what = "same" if before[code] == document else "changed"
        version = row.latest_version if row is not None else 0
        faults = (await rulebook.check(document)).faults
        if what != "same" and not faults:
            faults = _not_to_be_kept(document)
        if row is not None and row.status == Status.ARCHIVED and what == "changed":
            faults = [Problem("code", say("refused.campaign_archived")), *faults]
        if seen is not None and what != "same" and seen.get(code, 0) != version:
            faults = [Problem("", say("refused.campaign_meanwhile")), *faults]
        lines: list[Line] = []
        if what == "changed" and not faults:
            lines = difference(await rulebook.lines(before[code]), await rulebook.lines(document))
        name = str(document.get("name", ""))[:CODE_CHARACTERS_MAX]
        approved_by = row.approved_by if row is not None and what == "changed" else ""
        found.append(Incoming(code, name, what, faults, lines, version, approved_by))
    return found


def _not_to_be_kept(document: dict[str, Any]) -> list[Problem]:
    """What the schema lets pass, and the form of a campaign or the database would not."""
    form = filled_form(document, 0)
    form.validate()
    return [Problem(field.name, str(field.errors[0])) for field in form if field.errors]


async def take_in(
    database: AsyncSession,
    documents: Sequence[dict[str, Any]],
    note: str,
    seen: Mapping[str, int],
    *,
    partly: bool = False,
) -> tuple[int, list[Incoming]]:
    """Make drafts of the campaigns of a file, in the open transaction; how many, and who is left.

    Raises:
        FaultyFileError: one of them has a fault, and all were asked for.
    """
    left: list[Incoming] = []
    incoming = await looked_at(database, documents, seen)
    while faulty := [one for one in incoming if one.faults]:
        if not partly:
            raise FaultyFileError(incoming)
        # Who named one of those that stay out may be faulty without it.
        left += faulty
        codes = {one.code for one in faulty}
        documents = [one for one in documents if one["code"] not in codes]
        incoming = await looked_at(database, documents, seen)
    by_code = {document["code"]: document for document in documents}
    taken = 0
    for one in incoming:
        if one.what == "new":
            await add_campaign(database, by_code[one.code], note)
        elif one.what == "changed":
            row = await locked(database, one.code)
            await write_draft(database, row, by_code[one.code], note)
        taken += one.what != "same"
    return taken, left
