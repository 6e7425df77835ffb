"""Series of certificates as records: read here, and changed in the programs that take them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import ARRAY, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from admin.codes.series_terms import read_terms
from admin.database import STATEMENT_TIMEOUT_MS, rows_within
from admin.pages.history import day_of
from admin.records.codes import in_unit
from admin.records.filters import HeldFilter, ValueFilter
from admin.records.record_view import RecordView
from admin.records.tables import Program, Table
from admin.sql import STATEMENTS
from checkout.engine.schema.certificates import CertificateKind
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import Select
    from starlette.requests import Request

#: As long a page waits for its figures: those of a million certificates one asks for by a button.
FIGURES_MS: Final = 120
#: What stands in the table of figures: how many, and how much of what was put on them.
FIGURES: Final = (
    ("issued", "issued_count", "issued"),
    ("activated", "activated_count", "activated"),
    ("spent", "spent_count", "spent"),
    ("left", "left_count", "still_left"),
    ("blocked", "blocked_count", "blocked"),
    ("expired", "expired_count", "expired"),
)


class CertificateSeries(Table):
    """Read through the view of what the partner's programs have; the first of them if several."""

    __tablename__ = "admin_certificate_series"
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    unit: Mapped[str]
    exponent: Mapped[int]
    face: Mapped[int | None]
    once: Mapped[bool]
    programs: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ProgramsFilter(HeldFilter):
    """Series that a program takes, perhaps with others."""

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """The partner's programs."""
        del request, model
        return [(code, code) for code in await run_query(select(Program.code).order_by("code"))]


class CertificateSeriesView(RecordView, model=CertificateSeries):
    group = "codes"
    icon = "ti ti-certificate"
    can_create = False
    can_edit = False
    details_template = "certificate_series.html"
    column_list = ("code", "name", "kind", "face", "once", "programs")
    column_details_list = column_list
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name", "kind", "face")
    sort_ties = ("code",)
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [
        ValueFilter(CertificateSeries.kind, tuple(CertificateKind)),
        ProgramsFilter(CertificateSeries.programs),
    ]

    def shown(self, row: CertificateSeries, name: str) -> Any:
        """What a new one holds, in its unit."""
        held = super().shown(row, name)
        return in_unit(row, held) if name == "face" and held is not None else held

    def exported(self, row: CertificateSeries, name: str) -> Any:
        """The same as a decimal number; its unit is a column of its own."""
        held = getattr(row, name)
        is_amount = name == "face" and held is not None
        return format_minor(held, row.exponent) if is_amount else held

    async def exported_columns(self, request: Request) -> Sequence[str]:
        """With the unit, without which an amount is a bare number."""
        return [*await super().exported_columns(request), "unit"]

    def related(self, row: CertificateSeries) -> Sequence[tuple[str, str]]:
        """What was issued of it."""
        return [("page.certificate", f"/certificate/list?series_code={quote(row.code)}")]

    async def more(self, row: CertificateSeries, request: Request) -> dict[str, Any]:
        """Its figures, its terms in words, now and on a day, and who changed them."""
        day = request.query_params.get("day", "").strip()
        begun = day_of(day)
        end = begun + dt.timedelta(days=1) if begun is not None else None
        is_patient = "figures" in request.query_params
        async with self.sessions() as database:
            terms = await read_terms(database, row.code, end)
            figures = await rows_within(
                database,
                STATEMENT_TIMEOUT_MS if is_patient else FIGURES_MS,
                STATEMENTS["series_figures"],
                {"series": row.code},
            )
        return {
            "terms": terms,
            "day": day if end is not None else "",
            "figures": figures,
            "figure_names": FIGURES,
            "is_patient": is_patient,
            "in_unit": in_unit,
        }
