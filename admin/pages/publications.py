"""Publishing: what is in force and where, what waits, in words; and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from admin.campaigns.other_eyes import own_programs
from admin.campaigns.publishing import (
    fingerprint,
    fingerprint_of_published,
    going_with,
    prospect,
    roll_back,
    rules_after_going_back,
    rules_at_hand,
    rules_of,
    workers,
)
from admin.campaigns.reading import latest_publication
from admin.pages.places_in_lists import page_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import number_in, reason_in
from admin.records.reasons import stopped_campaigns
from admin.records.refused_change import refused
from admin.records.tables import Publication
from admin.scope import reason
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.texts import say, spoken
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.campaigns.publishing import Rules
    from admin.staff.principal import Principal

#: Publications that a page lists.
PAGE_ROWS: Final = 20
SEQ_DIGITS_MAX: Final = 18


class PublicationPages(ServicePages):
    """Publishes the rules, and shows who has them."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/publication/list", self.page, methods=["GET"]),
            Route("/publication/publish", self.publish, methods=["POST"]),
            Route("/publication/workers", self.workers, methods=["GET"]),
            Route("/publication/details/{id}", self.details, methods=["GET"]),
            Route("/publication/roll-back/{id}", self.roll_back, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """What is in force, on which workers, and what waits."""
        require(request, "campaign.view")
        return await self._page(request)

    async def workers(self, request: Request) -> Response:
        """Which rules each worker answers with, for the page that waits for them."""
        require(request, "campaign.view")
        async with self._sessions() as database:
            force = await latest_publication(database)
            found = await workers(database)
        in_force = force.snapshot_id if force is not None else ""
        behind = sum(worker.snapshot_id != in_force for worker in found)
        return JSONResponse({"workers": len(found), "behind": behind})

    async def publish(self, request: Request) -> Response:
        """Publish the rules as the person saw them; with a fault the last good ones stay."""
        require(request, "campaign.release")
        form = await request.form()
        note = reason_in(form.get("note"))
        principal: Principal = request.state.principal
        async with self._sessions() as database:
            rules = await rules_at_hand(database)
            own = await self._own(database, rules, principal)
        if form.get("seen") != fingerprint(rules):
            return await self._page(request, say("publication.changed_meanwhile"))
        if own:
            return await self._page(request, say("refused.program_own", codes=", ".join(own)))
        return await self._publish(request, note, fingerprint(rules))

    @staticmethod
    async def _own(database: AsyncSession, rules: Rules, principal: Principal) -> list[str]:
        if principal.partner_id is None:
            return []
        return await own_programs(database, rules, principal.partner_id, principal.login)

    async def details(self, request: Request) -> Response:
        """What going back to a publication would change."""
        require(request, "campaign.view")
        async with self._sessions() as database:
            chosen = await self._chosen(request, database)
            force = await latest_publication(database)
            rules = await rules_of(database, chosen.snapshot_id)
            changes = await prospect(database, await rules_after_going_back(database, rules))
        context = {"chosen": chosen, "force": force, "changes": changes}
        return await self._templates.TemplateResponse(request, "publication.html", context)

    async def roll_back(self, request: Request) -> Response:
        """Make campaigns and programs those of an earlier publication, and publish them at once."""
        require(request, "campaign.release")
        form = await request.form()
        why = reason_in(form.get("reason"))
        try:
            with reason(why):
                async with self._sessions.begin() as database:
                    chosen = await self._chosen(request, database)
                    self._operators.require()
                    note = say("publication.rolled_back", seq=chosen.seq)
                    rules = await rules_of(database, chosen.snapshot_id)
                    await roll_back(database, rules, note)
                    await database.flush()
                    seen = fingerprint(await rules_at_hand(database))
        except HTTPException:
            raise
        except Exception as error:
            raise HTTPException(409, refused(error).text) from error
        left = say("publication.rolled_unpublished")
        return await self._publish(request, reason_in(f"{note} {why}"), seen, left)

    async def _publish(self, request: Request, note: str, seen: str, left: str = "") -> Response:
        """Publish; tells if that is not what was seen, and what is `left` if it was not done."""
        try:
            async with self._operators.of(request.state.principal) as operator:
                published = await operator.publish_snapshot(note, language=spoken())
        except CallRefusedError as error:
            faults = [f"{fault.field}: {fault.message}" for fault in error.faults]
            said = say("publication.faulty") if faults else in_words(error)
            said = f"{said} {left}".strip()
            return await self._page(request, said, faults)
        async with self._sessions() as database:
            read = await fingerprint_of_published(database, published.snapshot_id)
        told = "differs" if read != seen else "published" if published.changed else "same"
        return RedirectResponse(f"/publication/list?told={told}", status_code=303)

    async def _page(
        self, request: Request, fault: str = "", faults: list[str] | None = None
    ) -> Response:
        async with self._sessions() as database:
            force = await latest_publication(database)
            rules = await rules_at_hand(database)
            context: dict[str, Any] = {
                "force": force,
                "changes": await prospect(database, rules),
                "seen": fingerprint(rules),
                "going_with": await going_with(database, force),
                "workers": await workers(database),
                "stopped": await stopped_campaigns(database),
            }
            publications, last = await _listed(database, request.query_params.get("before"))
        context |= {
            "publications": publications,
            "older": None if last is None else last.seq,
            "fault": fault,
            "faults": faults or [],
            "told": request.query_params.get("told", ""),
            "may_release": request.state.principal.may("campaign.release"),
        }
        return await self._templates.TemplateResponse(
            request, "publication_list.html", context, status_code=400 if fault else 200
        )

    @staticmethod
    async def _chosen(request: Request, database: AsyncSession) -> Publication:
        seq = number_in(request.path_params["id"], SEQ_DIGITS_MAX)
        found: Publication | None = await database.scalar(
            select(Publication).where(Publication.seq == seq)
        )
        if found is None:
            raise HTTPException(404)
        return found


async def _listed(
    database: AsyncSession, before: str | None
) -> tuple[Sequence[Publication], Publication | None]:
    """A page of publications, the latest first, and its last one if others follow."""
    statement = select(Publication).order_by(Publication.seq.desc()).limit(PAGE_ROWS + 1)
    seq = number_in(before, SEQ_DIGITS_MAX)
    if seq >= 0:
        statement = statement.where(Publication.seq < seq)
    return page_of((await database.scalars(statement)).all(), PAGE_ROWS)
