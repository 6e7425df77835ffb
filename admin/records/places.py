"""Partners, chains and stores."""

from __future__ import annotations

import zoneinfo
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sqlalchemy import and_, select

from admin.members.currencies import money_of, points_in
from admin.records.filters import HasFilter, StateFilter, ValueFilter
from admin.records.forms import CodeField, NameField, RecordForm, ReferenceField
from admin.records.partner_settings import (
    AWAITING,
    PLACES,
    PartnerForm,
    Units,
    awaiting,
    fault_lines,
    in_fields,
    out_of_fields,
    put_aside,
)
from admin.records.record_view import RecordView, version_of
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Chain, Partner, Program, Store
from admin.scope import current_scope, scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.staff.principal import Principal


class PartnerView(RecordView, model=Partner):
    group = "places"
    icon = "ti ti-building-community"
    column_list = ("code", "name", "currency_code")
    details_template = "partner.html"
    column_details_list = ("code", "name", "currency_code", "currency_exponent")
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name")
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [
        ValueFilter(Partner.currency_code),
        StateFilter(Partner.settings[AWAITING].astext, "is_waiting"),
    ]
    form = PartnerForm
    form_columns = ("code", "name", "currency_code", "currency_exponent", *PLACES)
    fixed_columns = ("code", "currency_code", "currency_exponent")
    belongs_to_partner = False

    async def check_can_create(self, request: Request) -> bool:
        """Only the installation makes partners."""
        return request.state.principal.is_of_installation and await super().check_can_create(
            request
        )

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Settings follow the schema; what two people watch over waits for another one."""
        del database
        currency = data["currency_code"].upper()
        if len(currency) != len("RUB") or not currency.isascii() or not currency.isalpha():
            raise RefusedChangeError("refused.currency")
        data["currency_code"] = currency
        is_new = row.partner_id is None
        new = Units(money_of(currency, data["currency_exponent"]))
        units = new if is_new else request.state.units
        settings = out_of_fields(data, units, row.settings)
        if not is_new:
            settings = put_aside(row.settings, settings, current_scope().author)
        data["settings"] = settings

    async def edit_context(self, request: Request) -> dict[str, Any]:
        """What its amounts are counted in, beside their fields."""
        context = await super().edit_context(request)
        row = await self.get_object_for_edit(request)
        request.state.units = units = None if row is None else await self._units(row)
        return context | {"units": units}

    async def _units(self, row: Partner) -> Units:
        """Read in its own scope: who may change another partner sees no programs of it."""
        with scope(replace(current_scope(), partner_id=row.partner_id)):
            async with self.sessions() as database:
                programs = await database.scalars(select(Program.document).order_by(Program.code))
                points = points_in(programs)
        return Units(money_of(row.currency_code, row.currency_exponent), [*points.values()])

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """Settings stand in fields of their own."""
        units = await self._units(obj)
        for name, value in in_fields(obj.settings, units.written).items():
            setattr(obj, name, value)
        return await super().get_form_data_for_edit(obj)

    async def more(self, row: Partner, request: Request) -> dict[str, Any]:
        """What is set, what is wrong with it, and what waits for somebody else."""
        principal: Principal = request.state.principal
        units = await self._units(row)
        waiting = awaiting(row.settings)
        return {
            "settings": in_fields(row.settings, units.shown),
            "wished": {name: units.shown(name, wish["value"]) for name, wish in waiting.items()},
            "faults": fault_lines(row.settings),
            "waiting": waiting,
            "may_decide": principal.may("partner.edit"),
            "seen": version_of(row),
        }

    def related(self, row: Partner) -> Sequence[tuple[str, str]]:
        """Its places, if it is the one on whose rows the person works."""
        if row.partner_id != current_scope().partner_id:
            return ()
        return (
            ("page.chain", "/chain/list"),
            ("page.store", "/store/list"),
            ("page.program", "/program/list"),
        )


class ChainForm(RecordForm):
    code = CodeField()
    name = NameField()


class ChainView(RecordView, model=Chain):
    group = "places"
    icon = "ti ti-building-store"
    column_list = ("code", "name")
    column_details_list = ("code", "name")
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name")
    column_default_sort: ClassVar[Any] = [("code", False)]
    #: By what stores of the chain have.
    column_filters: ClassVar[Any] = [
        HasFilter(one, and_(Store.partner_id == Chain.partner_id, Store.chain_code == Chain.code))
        for one in (Store.program_code, Store.format, Store.region)
    ]
    form = ChainForm
    form_columns = ("code", "name")
    fixed_columns = ("code",)
    lookup_columns = ("code", "name")

    def related(self, row: Chain) -> Sequence[tuple[str, str]]:
        """Its stores."""
        return (("page.store", f"/store/list?chain_code={quote(row.code)}"),)


class StoreForm(RecordForm):
    code = CodeField()
    name = NameField()
    chain_code = ReferenceField("chain")
    program_code = ReferenceField("program")
    address = NameField(required=False, longest=300)
    format = NameField(required=False, longest=64)
    region = NameField(required=False, longest=64)
    time_zone = NameField(longest=64)


class StoreView(RecordView, model=Store):
    group = "places"
    icon = "ti ti-map-pin"
    column_list = ("code", "name", "chain_code", "program_code", "format", "region", "address")
    column_details_list = (*column_list, "time_zone")
    column_searchable_list = ("code", "name", "address")
    column_sortable_list = ("code", "name", "chain_code", "program_code", "format", "region")
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [
        ValueFilter(Store.chain_code),
        ValueFilter(Store.program_code),
        ValueFilter(Store.format),
        ValueFilter(Store.region),
    ]
    form = StoreForm
    form_columns = (
        "code",
        "name",
        "chain_code",
        "program_code",
        "address",
        "format",
        "region",
        "time_zone",
    )
    fixed_columns = ("code",)
    lookup_columns = ("code", "name")

    def link(self, row: Store, name: str) -> str:
        """Its chain and its program are one click away."""
        if name in {"chain_code", "program_code"}:
            record = name.removesuffix("_code")
            return f"/{record}/details/{row.partner_id};{quote(getattr(row, name))}"
        return super().link(row, name)

    def related(self, row: Store) -> Sequence[tuple[str, str]]:
        """Its tills."""
        return (("page.terminal", f"/terminal/list?store_code={quote(row.code)}"),)

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """The time zone is one that the service knows."""
        del database, row, request
        if data["time_zone"] not in zoneinfo.available_timezones():
            raise RefusedChangeError("refused.time_zone", zone=data["time_zone"])
