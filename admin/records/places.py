"""Partners, chains and stores."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import orjson
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from admin.records.filters import ValueFilter
from admin.records.forms import CodeField, NameField, RecordForm, ReferenceField, document_in
from admin.records.record_view import RecordView
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Chain, Partner, Store
from admin.scope import current_scope
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

#: Settings of a partner that the service knows, and what a value is.
KNOWN_SETTINGS: dict[str, type] = {
    "phone_country": str,
    "card_prefixes": list,
    "receipt_number_clash": str,
    "offline": dict,
    "four_eyes_above_minor": int,
    "returns_without_receipt": dict,
    "manual_purchases": dict,
    "campaign_approval": str,
}


class JsonField(TextAreaField):
    """A JSON object, written out."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return orjson.dumps(self.data or {}, option=orjson.OPT_INDENT_2).decode()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it."""
        try:
            self.data = document_in(valuelist[0] if valuelist else "{}")
        except orjson.JSONDecodeError as error:
            raise ValueError(say("form.json", fault=error)) from None
        if not isinstance(self.data, dict):
            raise ValueError(say("form.json", fault="{…}"))  # noqa: TRY004 - as WTForms wants it


class PartnerForm(RecordForm):
    code = CodeField()
    name = NameField()
    currency_code = NameField(longest=3)
    currency_exponent = IntegerField(validators=[InputRequired(), NumberRange(0, 4)], default=2)
    settings = JsonField(validators=[Length(max=10_000)])


class PartnerView(RecordView, model=Partner):
    group = "places"
    icon = "ti ti-building-community"
    column_list = ("code", "name", "currency_code")
    column_details_list = ("code", "name", "currency_code", "currency_exponent", "settings")
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name")
    column_default_sort: ClassVar[Any] = [("code", False)]
    form = PartnerForm
    form_columns = ("code", "name", "currency_code", "currency_exponent", "settings")
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
        """Settings are those that the service reads."""
        del database, request
        currency = data["currency_code"].upper()
        if len(currency) != len("RUB") or not currency.isascii() or not currency.isalpha():
            raise RefusedChangeError("refused.currency")
        data["currency_code"] = currency
        for name, value in data["settings"].items():
            known = KNOWN_SETTINGS.get(name)
            # What loaders remember there stays as it is.
            if known is None and value == (row.settings or {}).get(name):
                continue
            if known is None:
                raise RefusedChangeError(
                    "refused.setting", name=name, known=", ".join(KNOWN_SETTINGS)
                )
            if not isinstance(value, known) or isinstance(value, bool):
                raise RefusedChangeError("refused.setting_value", name=name)

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
