"""Programs as they are stored: a document of the engine's schema, in words, checked when saved.

What is saved here is in force after the next publication.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

import orjson
from pydantic import ValidationError
from sqlalchemy import Text, and_, cast, func, select
from wtforms.validators import InputRequired, StopValidation

from admin.campaigns.beginnings import program_beginning
from admin.campaigns.rule_field import RuleField, as_text
from admin.campaigns.rulebook import Rulebook, words_in
from admin.members.currencies import points_in
from admin.records.filters import HasFilter, ValueFilter
from admin.records.forms import CodeField, RecordForm, document_in
from admin.records.record_view import RecordView
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Category, Partner, Program, Store
from admin.scope import current_scope
from admin.texts import say, spoken
from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import Problem
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.schema.program import Program as ProgramDocument
from checkout.wording.again import again
from checkout.wording.programs import program_in_words
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from wtforms import Form

    from checkout.engine.schema.snapshot import Snapshot
    from checkout.wording.sections import Section

#: Faults that one answer names.
FAULTS_MAX: Final = 10
#: Categories whose names are said; of others the code is.
CATEGORIES_MAX: Final = 5_000


class ProgramField(RuleField):
    """A program, without the code that the form has a field for."""

    def pre_validate(self, form: Any) -> None:
        """It follows the engine's schema."""
        super().pre_validate(form)
        code = form.code.data or "-"
        document = {"code": code, **self.document}
        if document["code"] != code:
            raise StopValidation(say("refused.document_code", code=code))
        try:
            ProgramDocument.model_validate(document)
        except ValidationError as error:
            faults = schema_faults(error, document, "")[:FAULTS_MAX]
            with speaking(spoken()):
                self.blame(Problem(one.field, again(one.message)) for one in faults)


class ProgramForm(RecordForm):
    code = CodeField()
    document = ProgramField(validators=[InputRequired()])


class CurrencyFilter(ValueFilter):
    """Programs that have a currency of points."""

    def __init__(self) -> None:
        """Filter by what documents say."""
        super().__init__(Program.document)
        self.parameter_name = "currency"

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Those of all programs, by their names."""
        del request, model
        named = select(cast(Program.document["currencies"], Text)).order_by(Program.code)
        found = points_in(
            {"currencies": orjson.loads(text)} for text in await run_query(named) if text
        )
        return [(one.code, one.name) for one in found.values()]

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Programs whose documents have it."""
        del model
        return query.where(Program.document["currencies"].contains([{"code": value}]))


class ProgramView(RecordView, model=Program):
    group = "rules"
    icon = "ti ti-award"
    details_template = "program.html"
    create_template = edit_template = "program_form.html"
    column_list = ("code", "name", "updated_at")
    column_details_list = column_list
    column_searchable_list = ("code", "document")
    column_sortable_list = ("code", "updated_at")
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [
        HasFilter(
            Store.chain_code,
            and_(Store.partner_id == Program.partner_id, Store.program_code == Program.code),
        ),
        CurrencyFilter(),
    ]
    form = ProgramForm
    form_columns = ("code", "document")
    fixed_columns = ("code",)
    lookup_columns = ("code", "code")

    async def scaffold_form(self, rules: Any = None) -> type[Form]:
        """The form: a new program begins with the zone and the decimals of its partner."""
        del rules
        async with self.sessions() as database:
            begun = as_text(await _begun(database))

        class BegunForm(ProgramForm):
            document = ProgramField(validators=[InputRequired()], default=begun)

        return BegunForm

    def related(self, row: Program) -> Sequence[tuple[str, str]]:
        """Where it is sold under, and what is done in it."""
        return (
            ("page.store", f"/store/list?program_code={quote(row.code)}"),
            ("page.campaign", f"/campaign/list?program={quote(row.code)}"),
        )

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """The document follows the engine's schema, and is of this code."""
        del database, request
        code = row.code or data["code"]
        document = {"code": code, **document_in(data["document"])}
        if document["code"] != code:
            raise RefusedChangeError("refused.document_code", code=code)
        data["document"] = document
        data["updated_at"] = dt.datetime.now(dt.UTC)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """The code stands in a field of its own."""
        document = {name: one for name, one in obj.document.items() if name != "code"}
        return {**await super().get_form_data_for_edit(obj), "document": as_text(document)}

    async def more(self, row: Program, request: Request) -> dict[str, Any]:
        """What it says, in words, and why the next publication would refuse it."""
        del request
        faults: Sequence[Problem] = ()
        async with self.sessions() as database:
            partner = (
                (
                    await database.execute(
                        select(Partner).where(Partner.partner_id == row.partner_id)
                    )
                )
                .scalars()
                .one()
            )
            # Those that the document may name, not thousands.
            said = sorted(set(words_in(row.document)))[:CATEGORIES_MAX]
            found = await database.execute(
                select(Category.code, Category.name).where(Category.code.in_(said))
            )
            named = [{"code": code, "name": name} for code, name in found]
            if row.partner_id == current_scope().partner_id:
                rulebook = await Rulebook.read(database, [row.document])
                checked = await rulebook.check_program({**row.document, "code": row.code})
                faults = checked.faults
        return {"sections": in_words(row.document, partner, named), "faults": faults}


async def _begun(database: AsyncSession) -> dict[str, Any]:
    """What a new program begins with: the zone that most stores have, and the partner's money."""
    partner_id = current_scope().partner_id
    zones = (
        select(Store.time_zone)
        .where(Store.partner_id == partner_id)
        .group_by(Store.time_zone)
        .order_by(func.count().desc(), Store.time_zone)
        .limit(1)
    )
    money = select(Partner.currency_exponent).where(Partner.partner_id == partner_id)
    zone, exponent = await database.scalar(zones), await database.scalar(money)
    # Whoever has chosen no partner yet cannot save, and may look.
    return program_beginning(zone or "UTC", 2 if exponent is None else exponent)


def in_words(
    document: dict[str, Any], partner: Partner, categories: Sequence[dict[str, str]]
) -> Sequence[Section]:
    """A program in words; nothing if its document cannot be read, which its page says."""
    snapshot = snapshot_of_program(document, partner, categories)
    if snapshot is None:
        return ()
    with speaking(spoken()):
        return program_in_words(snapshot, snapshot.programs[0])


def snapshot_of_program(
    document: dict[str, Any], partner: Partner, categories: Sequence[dict[str, str]]
) -> Snapshot | None:
    """A program by itself, to be worded; none if its document cannot be read."""
    money = {"code": partner.currency_code, "exponent": partner.currency_exponent}
    store = {"code": "-", "chain": "-", "program": document.get("code"), "name": "-"}
    try:
        return parse_snapshot(
            {
                "partner": {"code": partner.code, "name": partner.name, "currency": money},
                "programs": [document],
                "chains": [{"code": "-", "name": "-"}],
                "stores": [store],
                "categories": categories,
            }
        )
    except InvalidDocumentError:
        return None
