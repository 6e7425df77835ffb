"""Limits of the rules, each with its words, and what counts of them now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from admin.campaigns.life import Status
from admin.campaigns.rulebook import words_in
from admin.limits.standing import Standing, counted_slots, is_counted, standing
from admin.records.programs import snapshot_of_program
from admin.records.tables import Campaign, Category, Partner, Program
from admin.scope import current_scope
from admin.sql import STATEMENTS
from admin.texts import spoken
from checkout.engine.schema.limits import Limit, ProgramLimit, Subject
from checkout.wording.limits import limit_in_words
from checkout.wording.names import Names
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from checkout.wording.sections import Sentence

#: Of stores or articles that a limit counts for separately, those with the most use are shown.
PLACES_MAX: Final = 5
#: Categories whose names are said in the words of limits.
CATEGORIES_MAX: Final = 5_000
_OF_CAMPAIGNS: Final = TypeAdapter(tuple[Limit, ...])
_OF_PROGRAMS: Final = TypeAdapter(tuple[ProgramLimit, ...])


class Ref(NamedTuple):
    """Under what slots of a limit stand; one of a program has no campaign."""

    campaign_code: str
    limit_code: str


@dataclass(frozen=True, slots=True)
class RuledLimit:
    """A limit, and the rules that have it."""

    ref: Ref
    campaign_name: str
    program_code: str
    document: Limit
    #: What it says; none if the rules around it are not right.
    words: Sentence | None
    #: Whose days are those of limits that many stores share.
    zone: str


@dataclass(frozen=True, slots=True)
class Use:
    """What one, for whom a limit counts, has of it."""

    subject_id: UUID
    sku: str
    standing: Standing
    #: Of how many there are.
    places: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The partner's programs, as far as limits need them."""

    documents: Mapping[str, dict[str, Any]]
    names: Mapping[str, Names]
    zones: Mapping[str, str]

    def of_program(self, program_code: str) -> list[RuledLimit]:
        """Limits of a program."""
        return self._of(self.documents[program_code], "", "", program_code)

    def of_campaign(self, document: Mapping[str, Any]) -> list[RuledLimit]:
        """Limits of a campaign."""
        code, name = str(document["code"]), str(document.get("name", ""))
        return self._of(document, code, name, str(document.get("program", "")))

    def _of(
        self, document: Mapping[str, Any], campaign: str, name: str, program: str
    ) -> list[RuledLimit]:
        schema: TypeAdapter[Any] = _OF_CAMPAIGNS if campaign else _OF_PROGRAMS
        try:
            limits = schema.validate_python(document.get("limits") or ())
        except ValidationError:
            # Rules of before the schema was what it is: what cannot be read counts nothing.
            return []
        zone = self.zones.get(program) or "UTC"
        return [
            RuledLimit(Ref(campaign, one.code), name, program, one, self._words(program, one), zone)
            for one in limits
        ]

    def _words(self, program: str, limit: Limit) -> Sentence | None:
        names = self.names.get(program)
        if names is None:
            return None
        try:
            with speaking(spoken()):
                return limit_in_words(names, limit)
        except KeyError:
            # It counts points of a currency that the program has no more.
            return None


async def read_ground(database: AsyncSession) -> Ground:
    """The programs, without words."""
    programs = await database.scalars(select(Program).order_by(Program.code))
    documents = {one.code: one.document for one in programs}
    zones = {
        row.program_code: row.zone
        for row in await database.execute(STATEMENTS["zones_of_programs"])
    }
    return Ground(documents, {}, zones)


async def with_words(
    database: AsyncSession, ground: Ground, rules: Iterable[Mapping[str, Any]]
) -> Ground:
    """The same with words, in which categories that limits mention have their names."""
    partner = (
        await database.scalars(
            select(Partner).where(Partner.partner_id == current_scope().partner_id)
        )
    ).one()
    rules = (*rules, *ground.documents.values())
    said = {word for one in rules for word in words_in(one.get("limits"))}
    found = await database.execute(
        select(Category.code, Category.name).where(Category.code.in_(sorted(said)[:CATEGORIES_MAX]))
    )
    categories = [{"code": code, "name": name} for code, name in found]
    names = {}
    for code, document in ground.documents.items():
        snapshot = snapshot_of_program(document, partner, categories)
        if snapshot is not None:
            names[code] = Names(snapshot, snapshot.programs[0])
    return Ground(ground.documents, names, ground.zones)


async def live_documents(
    database: AsyncSession, codes: Collection[str]
) -> Sequence[dict[str, Any]]:
    """Campaigns of the rules, of those codes."""
    found = await database.scalars(
        select(Campaign.document)
        .where(Campaign.code.in_(codes), Campaign.status == Status.LIVE)
        .order_by(Campaign.code)
    )
    return [one for one in found if one]


async def read_uses(
    database: AsyncSession,
    limits: Sequence[RuledLimit],
    owners: Mapping[UUID, str],
    *,
    names: Collection[UUID] = (),
    name: UUID | None = None,
) -> dict[Ref, list[Use]]:
    """What counts now of limits, of slots that some own; the fullest first.

    Stores are named with their zones, by whose days they count; others without one, as for them
    the days are those of the limit.

    What counts for one of the `names` counts for `name`, who has them.
    """
    # Programs that have a limit of the same code share its slots: they are counted once.
    counted = {one.ref: one for one in reversed(limits) if is_counted(one.document)}
    if not counted or not owners:
        return {}
    now = dt.datetime.now(dt.UTC)
    zones = sorted({*owners.values()} - {""})
    asked = [
        (one.ref, zone, *counted_slots(one.document, now, zone or one.zone))
        for one in counted.values()
        for zone in (zones if one.document.subject is Subject.STORE else ("",))
    ]
    rows = await database.execute(
        STATEMENTS["limit_uses"],
        {
            "owners": list(owners),
            "owner_zones": list(owners.values()),
            "campaigns": [ref.campaign_code for ref, *_ in asked],
            "limits": [ref.limit_code for ref, *_ in asked],
            "zones": [zone for _, zone, *_ in asked],
            "firsts": [first for *_, first, _ in asked],
            "lasts": [last for *_, last in asked],
            "names": list(names),
            "name": name,
            "places_max": PLACES_MAX,
        },
    )
    uses: dict[Ref, list[Use]] = {}
    for row in rows:
        ref = Ref(row.campaign_code, row.limit_code)
        one = counted[ref].document
        found = standing(one, row.used, row.first_slot, row.last_slot, now)
        uses.setdefault(ref, []).append(Use(row.subject_id, row.sku, found, row.places))
    return uses
