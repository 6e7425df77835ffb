"""The composition root of the admin: settings in, an ASGI application out."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from admin.codes.pages import CodePages
from admin.corrections.job_pages import CorrectionJobPages
from admin.corrections.member_pages import MemberCorrectionPages
from admin.corrections.pages import CorrectionFilePages
from admin.database import make_engine, make_sessions
from admin.events.pages import EventPages
from admin.gifts.pages import GiftPages
from admin.guard.cookies import Cookies
from admin.guard.errors import ErrorPages
from admin.guard.gate import Gate
from admin.guard.headers import SecureHeaders
from admin.guard.reports import PolicyReports
from admin.guard.requests import RequestGuard
from admin.jobs.pages import JobPages
from admin.jobs.queue import JobQueue
from admin.jobs.runner import JobRunner
from admin.limits.pages import LimitPages
from admin.members.desk import DeskPages
from admin.members.household_pages import HouseholdPages
from admin.members.list_files import ListFilePages
from admin.members.merge_pages import MergePages
from admin.members.newcomer import NewcomerPages
from admin.members.person_pages import PersonPages
from admin.members.profile import ProfilePages
from admin.members.segment_pages import SegmentPages
from admin.members.segments import SegmentKeeper
from admin.members.tier_pages import TierPages
from admin.pages.account import AccountPages
from admin.pages.campaign_editor import CampaignEditor
from admin.pages.campaign_files import CampaignFiles
from admin.pages.campaign_trial import TrialPages
from admin.pages.campaigns import CampaignPages
from admin.pages.completion import CompletionPages
from admin.pages.entrance import EntrancePages
from admin.pages.history import HistoryPages
from admin.pages.list_columns import ListColumns
from admin.pages.office import Office
from admin.pages.program_editor import ProgramEditor
from admin.pages.publications import PublicationPages
from admin.pages.record_then import RecordThenPage
from admin.pages.second_factor import SecondFactorPages
from admin.pages.secrets_shown_once import SecretPages
from admin.pages.settings_decisions import SettingsDecisions
from admin.receipts.pages import ReceiptPages
from admin.records.households import HouseholdView
from admin.records.members import MemberView
from admin.records.staff import StaffView
from admin.service.operators import Operators
from admin.staff.passwords import Passwords
from admin.staff.role_page import RolePage
from admin.staff.sessions import SessionKeeper, SessionTerms
from admin.staff.signing_in import Entrance
from admin.tills.overruns import OverrunPages
from admin.tills.shifts import ShiftPages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from admin.settings import AdminSettings

_ASSETS: Final = Path(__file__).parent / "statics"


def build_app(settings: AdminSettings) -> tuple[ASGIApp, Starlette]:
    """The application to be served, and the Starlette inside it, whose routes tests look at."""
    engine = make_engine(settings.postgres_dsn, settings.pool_connections)
    sessions = make_sessions(engine)
    idle = dt.timedelta(minutes=settings.idle_minutes)
    keeper = SessionKeeper(sessions, SessionTerms(idle, dt.timedelta(hours=settings.session_hours)))
    masters = settings.masters()
    entrance = Entrance(sessions, keeper, Passwords(), masters)
    cookies = Cookies(is_https=settings.is_https)

    ca_pem = settings.service_ca.read_bytes() if settings.service_ca else None
    credential = settings.service_credential.get_secret_value()
    operators = Operators(settings.service_target, credential, ca_pem)
    runner = JobRunner(sessions, operators)
    queue = JobQueue(sessions, runner)
    segments = SegmentKeeper(sessions)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(segments.run())]
        if credential:
            running.append(asyncio.create_task(runner.run()))
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await engine.dispose()

    app = Starlette(lifespan=lifespan)
    StaffView.idle = idle
    MemberView.operators = HouseholdView.operators = operators
    MemberView.masters = masters
    office = Office(app, engine, sessions)
    errors = ErrorPages(office.templates)
    templates = office.templates
    (members,) = (view for view in office.views if isinstance(view, MemberView))
    account = AccountPages(
        templates, sessions, entrance, idle, needs_factor=settings.second_factor_needed
    )
    own = [
        Mount("/assets", StaticFiles(directory=_ASSETS), name="assets"),
        *PolicyReports().routes(),
        *EntrancePages(templates, entrance, cookies).routes(),
        *account.routes(),
        *SecondFactorPages(templates, sessions, entrance, account, masters).routes(),
        *HistoryPages(templates, sessions, masters).routes(),
        *EventPages(templates, sessions).routes(),
        *ListColumns(office, sessions).routes(),
        *SettingsDecisions(sessions).routes(),
        *RolePage(templates).routes(),
        *RecordThenPage(templates, sessions, masters).routes(),
        *DeskPages(templates, sessions, operators, masters).routes(),
        *MergePages(templates, sessions, operators).routes(),
        *HouseholdPages(templates, sessions, operators).routes(),
        *TierPages(templates, sessions, operators).routes(),
        *NewcomerPages(templates, sessions, operators).routes(),
        *ProfilePages(templates, sessions, masters).routes(),
        *PersonPages(sessions, masters).routes(),
        *SegmentPages(templates, sessions).routes(),
        *ListFilePages(templates, sessions, operators).routes(),
        *JobPages(templates, sessions, operators, queue).routes(),
        *GiftPages(templates, sessions, operators).routes(),
        *OverrunPages(templates, sessions, operators).routes(),
        *ShiftPages(templates, sessions).routes(),
        *CorrectionFilePages(templates, sessions, operators, queue).routes(),
        *CorrectionJobPages(templates, sessions, operators, queue).routes(),
        *MemberCorrectionPages(templates, sessions, operators, queue, members).routes(),
        *CodePages(templates, sessions, operators).routes(),
        *ReceiptPages(templates, sessions, operators).routes(),
        *LimitPages(templates, sessions).routes(),
        *CampaignPages(templates, sessions, operators).routes(),
        *CampaignEditor(templates, sessions).routes(),
        *CampaignFiles(templates, sessions).routes(),
        *ProgramEditor(sessions).routes(),
        *CompletionPages(sessions).routes(),
        *TrialPages(templates, sessions, operators).routes(),
        *PublicationPages(templates, sessions, operators).routes(),
        *SecretPages(
            templates, sessions, settings.url, dt.timedelta(hours=settings.link_hours)
        ).routes(),
    ]
    app.router.routes = [*own, *app.router.routes]
    for one in (app, office.admin):
        one.exception_handlers = {HTTPException: errors.http, Exception: errors.unexpected}
    app.user_middleware = [
        Middleware(
            Gate,
            guard=RequestGuard(settings.url, cookies),
            keeper=keeper,
            cookies=cookies,
            show_error=errors.http,
            needs_factor=settings.second_factor_needed,
        )
    ]
    return SecureHeaders(app, is_https=settings.is_https), app
