"""SQLAdmin as this admin runs it: its routes of records, nothing that changes by GET, our pages.

Of the routes that SQLAdmin brings these are served: list, details, create, edit, export and the
lookup of references. Deleting, importing, files, its login and its logout (a GET) are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqladmin import Admin
from sqladmin.authentication import AuthenticationBackend, login_required
from sqladmin.authorization import Action, AuthorizationBackend
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from admin.campaigns.reading import date_of
from admin.first.page import FirstPage
from admin.first.steps import read_steps
from admin.members.place import member_key
from admin.pages.history_words import WITHOUT_PAST
from admin.permissions import MATRIX
from admin.records.attachment import dated_attachment
from admin.records.card_types import CardTypeView
from admin.records.cells import rows_of_list, shown_document, shown_value
from admin.records.certificate_series import CertificateSeriesView
from admin.records.codes import CertificateView, CouponView
from admin.records.coupon_series import CouponSeriesView
from admin.records.dictionaries import AttributeView, MemberListView, SegmentView, TagView
from admin.records.export import csv_response
from admin.records.goods import CategoryView, ProductView
from admin.records.households import HouseholdView
from admin.records.members import IdentifierView, MemberView
from admin.records.partner_settings import awaiting
from admin.records.places import ChainView, PartnerView, StoreView
from admin.records.programs import ProgramView
from admin.records.record_view import SEARCH_CHARACTERS_MAX, RecordView, dashed
from admin.records.staff import StaffView
from admin.records.tables import Partner
from admin.records.terminals import TerminalView
from admin.staff.notes import note
from admin.texts import LANGUAGES, has_text, say, say_first, spoken
from admin.texts.checks import check_sentence
from admin.texts.dates import shown_day, shown_local, shown_moment, shown_second
from admin.texts.numbers import counted
from checkout.engine.schema.partner_settings import settings_faults

if TYPE_CHECKING:
    from sqladmin import ModelView
    from sqlalchemy.ext.asyncio import AsyncEngine
    from starlette.applications import Starlette
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.staff.principal import Principal

VIEWS: Final[tuple[type[RecordView], ...]] = (
    PartnerView,
    ChainView,
    StoreView,
    TerminalView,
    ProgramView,
    CategoryView,
    ProductView,
    MemberView,
    HouseholdView,
    IdentifierView,
    CardTypeView,
    SegmentView,
    MemberListView,
    TagView,
    AttributeView,
    CertificateView,
    CertificateSeriesView,
    CouponView,
    CouponSeriesView,
    StaffView,
)
#: Groups of the menu, in order.
GROUPS: Final = ("places", "tills", "rules", "goods", "customers", "cards", "codes", "staff")
_SERVED: Final = frozenset(
    {"statics", "index", "list", "details", "create", "edit", "export", "ajax_lookup"}
)
_ACTIONS: Final = {
    Action.LIST: "view",
    Action.DETAILS: "view",
    Action.CREATE: "create",
    Action.EDIT: "edit",
    Action.EXPORT: "export",
}
_TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


class GateAuthentication(AuthenticationBackend):
    """SQLAdmin asks again whether somebody is signed in; the gate has found out."""

    def __init__(self) -> None:
        self.middlewares = []

    async def authenticate(self, request: Request) -> Response | bool:
        """Whether the gate let somebody through."""
        if request.state.principal is None:
            raise HTTPException(403)
        return True

    async def get_user_id(self, request: Request) -> Any:
        """Who."""
        return request.state.principal.staff_id


class MatrixAuthorization(AuthorizationBackend):
    """SQLAdmin's questions, answered by the one matrix."""

    def has_permission(
        self, request: Request, identity: str, action: str, obj: Any | None = None
    ) -> bool:
        """Whether the person's role has the permission of the page."""
        del obj
        permission = permission_of(identity, action)
        return permission in MATRIX and request.state.principal.may(permission)


def permission_of(identity: str, action: str) -> str:
    """The matrix' name of what SQLAdmin asks about."""
    record = "card" if identity == "identifier" else identity
    return f"{record}.{_ACTIONS.get(Action(action), action)}"


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A list that is no record of SQLAdmin, at `/identity/list`."""

    identity: str
    icon: str
    group: str
    permission: str


#: Beside the records.
PAGES: Final = (
    MenuPage("campaign", "ti ti-speakerphone", "rules", "campaign.view"),
    MenuPage("publication", "ti ti-rocket", "rules", "campaign.view"),
    MenuPage("limit", "ti ti-gauge", "rules", "campaign.view"),
    MenuPage("receipt", "ti ti-receipt", "customers", "receipt.view"),
    MenuPage("correction", "ti ti-user-check", "customers", "correction.view"),
    MenuPage("overrun", "ti ti-plug-connected-x", "tills", "overrun.view"),
    MenuPage("reconciliation", "ti ti-scale", "tills", "shift.view"),
    MenuPage("return-without-receipt", "ti ti-receipt-refund", "tills", "shift.view"),
    MenuPage("gift", "ti ti-gift", "goods", "gift.view"),
    MenuPage("job", "ti ti-progress", "codes", "job.view"),
    MenuPage("role", "ti ti-key", "staff", "staff.view"),
)


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A group of the menu with the pages that the person may open."""

    name: str
    pages: list[RecordView | MenuPage]


class Office(Admin):
    """The records, and the templates that all pages share."""

    def __init__(self, app: Starlette, engine: AsyncEngine, sessions: Sessions) -> None:
        super().__init__(
            app,
            engine=engine,
            session_maker=sessions,
            base_url="/",
            title="Checkout",
            templates_dir=str(_TEMPLATES),
            authentication_backend=GateAuthentication(),
            authorization_backend=MatrixAuthorization(),
        )
        served = {getattr(route, "name", ""): route for route in self.admin.routes}
        # What a reference field asks; SQLAdmin's lookup is of relationships, which there are none.
        served["ajax_lookup"] = Route("/{identity}/lookup", self.ajax_lookup, name="ajax_lookup")
        # The history tells who took a list: SQLAdmin's export is a GET, and writes nothing.
        served["export"] = Route(
            "/{identity}/export/{export_type}", self.export, methods=["POST"], name="export"
        )
        self.admin.router.routes = [served[name] for name in served if name in _SERVED]
        for view in VIEWS:
            self.add_view(view)
        self._first = FirstPage(sessions)
        names = self.templates.env.globals
        names |= {
            "t": say,
            "t_first": say_first,
            "check_sentence": check_sentence,
            "value": shown_value,
            "rows_of_list": rows_of_list,
            "has_text": has_text,
            "language": spoken,
            "languages": LANGUAGES,
            "dashed": dashed,
            "counted": counted,
            "menu": self.menu,
            "date_of": date_of,
            "member_key": member_key,
            "without_past": WITHOUT_PAST,
        }
        self.templates.env.filters |= {
            "moment": shown_moment,
            "second": shown_second,
            "day": shown_day,
            "local": shown_local,
            "document": shown_document,
            "prefixed": "?{}".format,
        }
        self.templates.env.trim_blocks = True
        self.templates.env.lstrip_blocks = True

    def menu(self, principal: Principal) -> list[MenuGroup]:
        """The pages that somebody may open, in their groups."""
        records = [view for view in self.views if isinstance(view, RecordView)]
        shown: list[RecordView | MenuPage] = [
            page for page in PAGES if principal.may(page.permission)
        ]
        shown += [
            view for view in records if principal.may(permission_of(view.identity, Action.LIST))
        ]
        groups = [
            MenuGroup(group, [page for page in shown if page.group == group]) for group in GROUPS
        ]
        return [group for group in groups if group.pages]

    @staticmethod
    def get_save_redirect_url(
        request: Request, form: FormData, model_view: ModelView, obj: object
    ) -> str:
        """After saving, the page of what was saved."""
        del request, form
        assert isinstance(model_view, RecordView)
        return model_view.address(obj)

    @login_required
    async def index(self, request: Request) -> Response:
        """The first page: figures for those who read them, and the ways on."""
        principal: Principal = request.state.principal
        figures = None
        if principal.partner_id is not None and principal.may("figures.view"):
            figures = await self._first.figures()
        steps: dict[str, bool] = {}
        if figures is not None and figures["rules_in_force"] is None:
            async with self.session_maker() as database:
                steps = await read_steps(database)
        told = await self._told_of_settings(principal)
        context = {"figures": figures, "steps": steps, "told": told}
        return await self.templates.TemplateResponse(request, "start.html", context)

    async def _told_of_settings(self, principal: Principal) -> list[str]:
        """Names of texts about the partner's settings, for those who may do something about it."""
        if principal.partner_id is None or not principal.may("partner.edit"):
            return []
        async with self.session_maker() as database:
            settings = await database.scalar(
                select(Partner.settings).where(Partner.partner_id == principal.partner_id)
            )
        told = ["start.faulty_settings"] if settings_faults(settings) else []
        return told + (["start.settings_wait"] if awaiting(settings) else [])

    @login_required
    async def export(self, request: Request) -> Response:
        """A list as CSV; who took what is noted before the first line is sent."""
        await self._export(request)
        view = self._find_model_view(request.path_params["identity"])
        assert isinstance(view, RecordView)
        principal: Principal = request.state.principal
        if view.asked_faults(request):
            raise HTTPException(400, "list.faults")
        statement = await view.found_query(request)
        async with view.sessions.begin() as database:
            # By the name that its changes have in the history.
            record, asked = view.identity.replace("-", "_"), view.told_of(request)
            await note(database, principal.partner_id, record, "", "exported", **asked)
        columns = await view.exported_columns(request)
        return csv_response(
            view.sessions,
            statement,
            columns,
            view.exported,
            view.read_along,
            dated_attachment(view.identity, view.identity),
        )

    @login_required
    async def ajax_lookup(self, request: Request) -> Response:
        """What a field that refers to the record may hold, by how it begins."""
        view = self._find_model_view(request.path_params["identity"])
        if not view.has_permission(request, Action.LIST):
            raise HTTPException(403)
        assert isinstance(view, RecordView)
        term = request.query_params.get("term", "").strip()[:SEARCH_CHARACTERS_MAX]
        found = await view.offered(term)
        return JSONResponse([{"code": code, "name": name} for code, name in found])
