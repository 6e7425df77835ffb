"""What the editors of rules complete by: their schemas, and the codes and words that rules name."""

from __future__ import annotations

import zoneinfo
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from admin.campaigns.completion import ASKED, with_kinds
from admin.pages.secrets_shown_once import require
from admin.records.dictionary import read_dictionary
from admin.records.record_view import LOOKUP_ROWS_MAX, SEARCH_CHARACTERS_MAX
from admin.records.tables import Partner, Program
from admin.scope import current_scope
from admin.sql import STATEMENTS
from admin.texts import spoken
from checkout.engine.dictionary import words_with
from checkout.engine.schema.campaign import Campaign as CampaignDocument
from checkout.engine.schema.program import Program as ProgramDocument
from checkout.wording.schema import told_schema
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from starlette.requests import Request

    from admin.database import Sessions
    from checkout.engine.schema.document import Document

#: Codes of a kind that come with the schema.
OFFERED_MAX: Final = 500
#: As profiles have them.
GENDERS: Final = ("female", "male")
DOCUMENTS: Final[dict[str, type[Document]]] = {
    "campaign": CampaignDocument,
    "program": ProgramDocument,
}
#: Words that are looked for here, and who may see them: whoever sees the lists where they stand.
#: Codes of tills are for whoever writes rules, too.
LOOKED_FOR: Final = {
    "brands": "product.view",
    "campaigns": "campaign.view",
    "formats": "store.view",
    "goods_attributes": "product.view",
    "goods_tags": "product.view",
    "goods_values": "product.view",
    "regions": "store.view",
    "suppliers": "product.view",
    "terminals": "campaign.edit",
}
#: The same for filters of lists: no rule asks for what has products.
_OFFERED: Final = LOOKED_FOR | {"product_categories": "product.view"}


class CompletionPages:
    """Answers what the editors ask."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            *(
                Route(f"/{name}/schema", partial(self._schema, name), methods=["GET"])
                for name in DOCUMENTS
            ),
            *(
                Route(f"/offered/{kind}", partial(self._offered, kind), methods=["GET"])
                for kind in _OFFERED
            ),
        ]

    async def _schema(self, name: str, request: Request) -> Response:
        """The schema with its descriptions, and all codes of which there are few."""
        require(request, f"{name}.edit")
        known = await self._known()
        if name == "program":
            known["time_zones"] = sorted(zoneinfo.available_timezones())
        return JSONResponse({"schema": _told(name, spoken()), "known": known, "asked": ASKED})

    async def _offered(self, kind: str, request: Request) -> Response:
        """The first words that begin so."""
        require(request, _OFFERED[kind])
        term = request.query_params.get("term", "").strip()[:SEARCH_CHARACTERS_MAX]
        values = {"term": term.replace("\0", ""), "rows_max": LOOKUP_ROWS_MAX}
        async with self._sessions() as database:
            rows = await database.execute(STATEMENTS[f"offered_{kind}"], values)
            return JSONResponse([{"code": row.code, "name": row.name or ""} for row in rows])

    async def _known(self) -> dict[str, list[str]]:
        """Codes of programs and of dictionaries; what is archived is offered to nobody."""
        async with self._sessions() as database:
            programs = (await database.scalars(select(Program.document))).all()
            words = await database.scalar(
                select(Partner.words).where(Partner.partner_id == current_scope().partner_id)
            )
            entries = await read_dictionary(database)
            offered = await read_dictionary(database, archived=False)
        known: dict[str, list[str]] = {"genders": [*GENDERS]}
        for program in programs:
            for name in ("lanes", "currencies", "tiers", "gifts", "certificates"):
                codes = [one["code"] for one in program.get(name) or () if "code" in one]
                known[name] = sorted({*known.get(name, ()), *codes})
        archived = {(field, code) for field, code, _ in entries} - {
            (field, code) for field, code, _ in offered
        }
        for name, held in words_with(words or {}, offered).items():
            codes = sorted(code for code in held if (name, code) not in archived)
            known[name] = sorted({*known.get(name, ()), *codes})[:OFFERED_MAX]
        series = {*known.get("certificates", ()), *known.get("certificate_series", ())}
        known["certificate_series"] = sorted(series)
        return known


@cache
def _told(name: str, language: str) -> object:
    """A schema in a language: made when somebody first edits, as it takes some 35 ms."""
    schema = with_kinds(DOCUMENTS[name].model_json_schema())
    with speaking(language):
        return told_schema(schema)
