"""Orders of the list of campaigns: what has none of it stands last, what is equal goes by code.

The documents of all campaigns that are found are looked into, a page of them is taken: of ten
thousand that takes what finding and counting them takes, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Numeric, case, cast, func

from admin.campaigns.life import State, state_column
from admin.records.tables import Campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

#: The places of states: as a campaign goes through them.
_PLACES: Final = {state.value: place for place, state in enumerate(State)}
#: What is used or held of budgets, of the partner's own.
_USED: Final = func.admin_budgets().table_valued("campaign_code", "discount_minor", "uses")


def ordered(statement: Select[Any], asked: Mapping[str, str]) -> Select[Any]:
    """In the order of an address; in one that there is not: by code."""
    columns = ORDERS.get(asked.get("sortBy", ""))
    if columns is None:
        return statement.order_by(Campaign.code)
    if columns is _left:
        statement = statement.outerjoin(_USED, _USED.c.campaign_code == Campaign.code)
    is_down = asked.get("sort") == "desc"
    by = [column.desc() if is_down else column.asc() for column in columns()]
    return statement.order_by(*[one.nulls_last() for one in by], Campaign.code)


def _document() -> Any:
    """What the list shows of: what the rules have, else the draft."""
    return func.coalesce(Campaign.document, Campaign.draft)


def _left() -> Sequence[ColumnElement[Any]]:
    """Of the budget: money, then receipts."""
    budget = _document()["budget"]
    return [
        _number(budget["discount_minor"]) - func.coalesce(_USED.c.discount_minor, 0),
        _number(budget["uses"]) - func.coalesce(_USED.c.uses, 0),
    ]


def _number(value: Any) -> ColumnElement[Any]:
    """A number of a document; of a draft, in which anything may stand, none if it is no number."""
    return case((func.jsonb_typeof(value) == "number", cast(value, Numeric)), else_=None)


def _named() -> Sequence[ColumnElement[Any]]:
    latest: Any = func.coalesce(Campaign.draft, Campaign.document)
    return [func.lower(latest["name"].astext)]


#: By the column that leads to it.
ORDERS: Final[Mapping[str, Callable[[], Sequence[ColumnElement[Any]]]]] = {
    "campaign": _named,
    "state": lambda: [case(_PLACES, value=state_column())],
    "program_code": lambda: [_document()["program"].astext],
    "starts_at": lambda: [_document()["schedule"]["starts_at"].astext],
    "ends_at": lambda: [_document()["schedule"]["ends_at"].astext],
    "budget_left": _left,
    "updated_at": lambda: [Campaign.updated_at.expression],
}
