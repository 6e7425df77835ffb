"""A member's profile: names, e-mail, birthday, links; what the till knows them by stays as it is.

The history has what each was and is sealed under the member's key (`admin.sealing`): it is never
erased, and a person may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.forms import ProfileForm
from admin.members.in_short import read_in_short
from admin.members.place import MemberPlace, find_member
from admin.pages.secrets_shown_once import require
from admin.records.record_view import require_unchanged, version_of
from admin.records.refused_change import RefusedChangeError, refused
from admin.records.tables import MemberProfile
from admin.scope import reason
from admin.sealing.profile_history import seal_change

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys

#: What is changed here; a phone and an external id are identifiers, of which digests are kept.
FIELDS: Final = (
    *("first_name", "last_name", "patronymic", "email", "gender", "birth_date"),
    "social_links",
)


class ProfilePages:
    """Shows the form, and saves it."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, masters: MasterKeys | None
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._masters = masters

    def routes(self) -> list[Route]:
        """Their addresses."""
        path = "/member/{id}/profile"
        return [
            Route(path, self.page, methods=["GET"], name="profile"),
            Route(path, self.save, methods=["POST"], name="save_profile"),
        ]

    async def page(self, request: Request) -> Response:
        """The form, filled in."""
        require(request, "member.edit")
        async with self._sessions() as database:
            member, profile = await _read(database, request)
        held = {name: getattr(profile, name) for name in FIELDS}
        form = ProfileForm(data={**held, "seen": version_of(profile), "request_id": uuid4().hex})
        return await self._page(request, member, form)

    async def save(self, request: Request) -> Response:
        """Save it, unless somebody else did meanwhile."""
        require(request, "member.edit")
        form = ProfileForm(await request.form())
        async with self._sessions() as database:
            member, _ = await _read(database, request)
        if not form.validate():
            return await self._page(request, member, form, status=400)
        try:
            with reason(str(form.reason.data)):
                async with self._sessions.begin() as database:
                    _, profile = await _read(database, request, locks=True)
                    require_unchanged(profile, form.seen.data or "")
                    before = {name: getattr(profile, name) for name in FIELDS}
                    after = {name: form[name].data for name in FIELDS}
                    await seal_change(database, profile.member_id, before, after, self._masters)
                    for name, value in after.items():
                        setattr(profile, name, value)
        except (RefusedChangeError, DBAPIError) as error:
            fault = str(refused(error))
            return await self._page(request, member, form, status=400, fault=fault)
        return RedirectResponse(f"/member/details/{member.key}?said=profile", status_code=303)

    async def _page(
        self,
        request: Request,
        member: MemberPlace,
        form: Any,
        *,
        status: int = 200,
        fault: str = "",
    ) -> Response:
        may_see = request.state.principal.may("member.contacts")
        async with self._sessions() as database:
            named = await read_in_short(database, [member.member_id], with_contacts=may_see)
        context = {
            "action": "profile",
            "member": member,
            "title": named[0].title,
            "form": form,
            "fault": fault,
        }
        return await self._templates.TemplateResponse(
            request, "member_action.html", context, status_code=status
        )


async def _read(
    database: AsyncSession, request: Request, *, locks: bool = False
) -> tuple[MemberPlace, MemberProfile]:
    """The member and the profile; with locks nobody erases the person meanwhile.

    Raises:
        HTTPException: 404, there is none.
        RefusedChangeError: with locks, the person was erased.
    """
    member = await find_member(database, request.path_params["id"])
    statement = select(MemberProfile).where(
        MemberProfile.bucket == member.bucket, MemberProfile.member_id == member.member_id
    )
    if locks:
        # The member first: sales and operators come to the profile by it.
        await database.execute(select(func.admin_lock_member(member.bucket, member.member_id)))
        member = await find_member(database, request.path_params["id"])
        if member.erased_at is not None:
            raise RefusedChangeError("refused.member_erased")
        statement = statement.with_for_update()
    profile = (await database.scalars(statement)).one_or_none()
    if profile is None:
        raise HTTPException(404)
    return member, profile
