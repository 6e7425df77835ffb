"""Members who pool their points: adding one to a household, after a look at what that moves.

A household begins with its first member. Making it and adding them are two calls under the key of
the form: sent again, or with another reason after a refusal, it goes on with the same household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.currencies import Currency, Worth, read_worth
from admin.members.finding import find_others
from admin.members.forms import HouseholdForm
from admin.members.in_short import MemberInShort, find_in_short, read_in_short
from admin.members.kin import POOLING_MAX, household_ids
from admin.members.place import bucket_named, find_member, member_key
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.tables import Household
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.members.place import MemberPlace

#: What an address says of a household that is not there yet.
NEW: Final = "new"


@dataclass(frozen=True, slots=True)
class Pooled:
    """Points in one currency: the household's, what the member brings, and both."""

    currency: Currency
    there: int
    brought: int
    owed: int


class HouseholdPages(ServicePages):
    """Shows who would pool what, and has the service do it."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        path = "/member/{id}/household"
        return [
            Route(path, self.page, methods=["GET"], name="household"),
            Route(path, self.add, methods=["POST"], name="add_to_household"),
            Route("/household/{id}/add", self.search, methods=["GET"], name="household_add"),
        ]

    async def search(self, request: Request) -> Response:
        """Whom to add to a household."""
        require(request, "member.household")
        bucket, _, household_id = request.path_params["id"].partition(";")
        async with self._sessions() as database:
            household = await find_household(database, uuid_of(household_id))
        if household.bucket != bucket_named(bucket):
            raise HTTPException(404)
        context = {
            "name": "household-add",
            "household": household,
            "found": await find_others(self._sessions, self._operators, request),
            "suffix": f"/household?household={household.member_id}",
        }
        return await self._templates.TemplateResponse(request, "member_find.html", context)

    async def page(self, request: Request) -> Response:
        """Which household; then what adding the member moves."""
        require(request, "member.household")
        asked = request.query_params.get("household", "")
        if not asked:
            return await self._choice(request)
        form = HouseholdForm(FormData(), data={"request_id": uuid4().hex, "household": asked})
        return await self._preview(request, form)

    async def add(self, request: Request) -> Response:
        """Add the member, once; then the household's page."""
        require(request, "member.household")
        form = HouseholdForm(await request.form())
        if not form.household.data:
            return await self._choice(request, status=400)
        if not form.validate():
            return await self._preview(request, form, status=400)
        async with self._sessions() as database:
            member = await find_member(database, request.path_params["id"])
            is_new = form.household.data == NEW
            obstacles = await _obstacles(database, member, None) if is_new else []
        if obstacles:
            # No household begins with somebody who will not be let in.
            return await self._preview(request, form, status=400)
        key, why = str(form.request_id.data), str(form.reason.data)
        try:
            async with self._operators.of(request.state.principal) as client:
                if is_new:
                    # From here on the form is about this one, also if nobody is let in.
                    form.household.data = (await client.create_household(key, why)).household_id
                household_id = str(form.household.data)
                await client.add_to_household(key, household_id, str(member.member_id), why)
        except CallRefusedError as refused:
            status = 503 if is_away(refused) else 400
            return await self._preview(request, form, status=status, fault=in_words(refused))
        address = f"/household/details/{member_key(household_id)}"
        return RedirectResponse(f"{address}?said=household", status_code=303)

    async def _choice(self, request: Request, *, status: int = 200) -> Response:
        async with self._sessions() as database:
            member = await find_in_short(database, request)
        found = await find_others(self._sessions, self._operators, request, but=member.member_id)
        context = {
            "name": "household",
            "member": member,
            "found": found,
            "address": f"/member/{member.key}/household?household=",
        }
        return await self._templates.TemplateResponse(
            request, "member_find.html", context, status_code=status
        )

    async def _preview(
        self, request: Request, form: Any, *, status: int = 200, fault: str = ""
    ) -> Response:
        may_see = request.state.principal.may("member.contacts")
        async with self._sessions() as database:
            place = await find_member(database, request.path_params["id"])
            worth = await read_worth(database)
            member = await find_in_short(database, request)
            household = None
            pooling: list[MemberInShort] = []
            if form.household.data != NEW:
                household = await find_household(database, uuid_of(str(form.household.data)))
                ids = await household_ids(database, household.member_id)
                pooling = await read_in_short(database, ids, with_contacts=may_see)
            pooled = await _pooled(database, place, household, worth)
            obstacles = await _obstacles(database, place, household)
        context = {
            "member": member,
            "household": household,
            "pooling": pooling,
            "pooled": pooled,
            "obstacles": obstacles,
            "form": form,
            "fault": fault,
        }
        return await self._templates.TemplateResponse(
            request, "household_join.html", context, status_code=status
        )


async def find_household(database: AsyncSession, household_id: UUID) -> Household:
    """A household of the partner.

    Raises:
        HTTPException: 404, there is none.
    """
    found: Household | None = await database.scalar(
        select(Household).where(
            Household.bucket == bucket_of_uuid(household_id),
            Household.member_id == household_id,
            Household.household_size.is_not(None),
        )
    )
    if found is None:
        raise HTTPException(404)
    return found


async def _pooled(
    database: AsyncSession, place: MemberPlace, household: Household | None, worth: Worth
) -> list[Pooled]:
    brought = await _accounts(database, place.bucket, place.member_id)
    there = (
        await _accounts(database, household.bucket, household.member_id)
        if household is not None
        else {}
    )
    return [
        Pooled(
            worth.points_of(code),
            _points(there.get(code)),
            _points(brought.get(code)),
            sum(one.debt for one in (there.get(code), brought.get(code)) if one is not None),
        )
        for code in sorted({*brought, *there})
    ]


async def _accounts(database: AsyncSession, bucket: int, member_id: UUID) -> dict[str, Any]:
    values = {"bucket": bucket, "member_id": member_id}
    rows = await database.execute(STATEMENTS["member_accounts"], values)
    return {row.currency: row for row in rows}


def _points(account: Any | None) -> int:
    """What an account holds, also what is not active yet."""
    return int(account.balance + account.pending) if account is not None else 0


async def _obstacles(
    database: AsyncSession, place: MemberPlace, household: Household | None
) -> list[str]:
    """What the service would refuse, as far as it can be seen from here."""
    found = []
    if place.merged_into is not None:
        found.append(say("service.MEMBER_MERGED"))
    if place.household_id is not None:
        is_there = household is not None and place.household_id == household.member_id
        found.append(say("household.is_there" if is_there else "household.is_elsewhere"))
        return found
    if household is not None and (household.household_size or 0) >= POOLING_MAX:
        found.append(say("service.HOUSEHOLD_FULL"))
    own = await _accounts(database, place.bucket, place.member_id)
    if any(one.held or one.frozen or one.frozen_at for one in own.values()):
        found.append(say("household.not_free"))
    return found
