"""Text that would be markup, put into every column of texts of the database, and looked for.

Each text gets the same ending, so that codes go on naming each other. What a column refuses by a
constraint of its own it cannot hold; what it takes and pages cannot read is named here, with why.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson
from pydantic import ValidationError

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import BaseModel

#: Ends an attribute of either kind and begins a script; a template of it would say 49. Without
#: blanks, slashes and bars, which codes have not.
MARK: Final = "'\"><script>alert(1){{7*7}}"
SCRIPTS: Final = frozenset({"/assets/office.js", "/assets/editor.js"})

#: By name, whatever the table.
_KEPT_NAMES: Final = {
    "snapshot_id": "a hash that the service makes of rules and reads them by",
    "time_zone": "a name that time zones are looked up by, checked when it is written",
}
#: By table and column.
_KEPT: Final = {
    "partner.code": "names the partner in every call; nobody can change it",
    "alembic_version.version_num": "of migrations",
    "admin_history.action": "a word that triggers write, and pages have a text for",
    "admin_history.record": "the name of a table, by triggers; pages have a text for each",
}
#: Documents that are read by their schema: texts are planted where the schema takes them.
_SCHEMAS: Final[Mapping[str, type[BaseModel]]] = {
    "campaign_version.document": Campaign,
    "program.document": Program,
}
#: What the service reads when it explains a sale, or tries a rule upon one.
SALES: Final = frozenset({"campaign", "program", "purchase_key", "receipt"})
#: Written together: one names the other.
_TOGETHER: Final = frozenset({"campaign.code", "campaign.document", "campaign.draft"})
#: What of a document says which query finds its row.
_KEPT_KEYS: Final = {"admin_job_row.told": "state"}
#: Keys that are codes, below this one.
_CODED_KEYS: Final = frozenset({"attributes"})


async def plant(
    database: asyncpg.Connection[Any], *, of_sales: bool | None = None
) -> tuple[set[str], set[str]]:
    """Columns that hold the mark now, and those that refused it: all, of sales, or the others.

    With the mark in the codes of sales the service finds none any more.
    """
    planted: set[str] = set()
    refused: set[str] = set()
    await database.execute("set session_replication_role = replica")
    if of_sales is not False:
        planted |= _TOGETHER
        await _put_campaigns(database)
    for table, column, kind in await _columns_of(database):
        name = f"{table}.{column}"
        if of_sales is not None and (table in SALES) != of_sales:
            continue
        if column in _KEPT_NAMES or name in _KEPT or name in _TOGETHER:
            continue
        put = {"jsonb": _put_json, "text[]": _put_list}.get(kind, _put_text)
        try:
            async with database.transaction():
                await put(database, table, column)
        except asyncpg.CheckViolationError:
            refused.add(name)
        else:
            planted.add(name)
    await database.execute("reset session_replication_role")
    return planted, refused


def without_reason(columns: set[str]) -> set[str]:
    """Kept columns that there are not: whoever removes one removes its reason."""
    names = {name.partition(".")[2] for name in columns}
    return {name for name in _KEPT_NAMES if name not in names} | (set(_KEPT) - columns)


async def columns_of(database: asyncpg.Connection[Any]) -> set[str]:
    """All columns of texts."""
    return {f"{table}.{column}" for table, column, _ in await _columns_of(database)}


async def _columns_of(database: asyncpg.Connection[Any]) -> list[tuple[str, str, str]]:
    found = await database.fetch(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as kind"
        " from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
        " and not c.relispartition and c.relname not like 'pgqueuer%' and a.attnum > 0"
        " and not a.attisdropped and a.attgenerated = '' order by 1, a.attnum"
    )
    texts = ("text", "text[]", "json", "jsonb", "character", "name", "xml")
    return [tuple(row) for row in found if row["kind"].startswith(texts)]


async def _put_text(database: asyncpg.Connection[Any], table: str, column: str) -> None:
    put = f"update {table} set {column} = coalesce({column}, '') || $1"
    try:
        async with database.transaction():
            await database.execute(put, MARK)
    except asyncpg.CheckViolationError:
        # Some texts may only be there together with others.
        await database.execute(f"{put} where {column} <> ''", MARK)


async def _put_list(database: asyncpg.Connection[Any], table: str, column: str) -> None:
    await database.execute(
        f"update {table} set {column} ="
        f" array(select each || $1 from unnest({column}) each) || array[$1]",
        MARK,
    )


async def _put_json(database: asyncpg.Connection[Any], table: str, column: str) -> None:
    schema = _SCHEMAS.get(f"{table}.{column}")
    rows = await database.fetch(
        f"select tableoid::regclass::text as part, ctid, {column} as held from {table}"
        f" where {column} is not null"
    )
    for row in rows:
        document = orjson.loads(row["held"])
        marked = _marked(document) if schema is None else _marked_by_schema(document, schema)
        kept = _KEPT_KEYS.get(f"{table}.{column}", "")
        if kept in document:
            marked[kept] = document[kept]
        await database.execute(
            f"update {row['part']} set {column} = $1 where ctid = $2",
            orjson.dumps(marked).decode(),
            row["ctid"],
        )


async def _put_campaigns(database: asyncpg.Connection[Any]) -> None:
    """Codes of campaigns together with those in their documents, which must be the same."""
    for row in await database.fetch("select ctid, document, draft from campaign"):
        document, draft = (
            None
            if row[name] is None
            else orjson.dumps(_marked_by_schema(orjson.loads(row[name]), Campaign)).decode()
            for name in ("document", "draft")
        )
        await database.execute(
            "update campaign set code = code || $1, document = $2, draft = $3 where ctid = $4",
            MARK,
            document,
            draft,
            row["ctid"],
        )


def _marked(held: Any, *, has_coded_keys: bool = False) -> Any:
    match held:
        case str():
            return held + MARK
        case list():
            return [_marked(each) for each in held]
        case dict():
            return {
                key + MARK if has_coded_keys else key: _marked(
                    each, has_coded_keys=key in _CODED_KEYS
                )
                for key, each in held.items()
            }
        case _:
            return held


def _marked_by_schema(document: Any, schema: type[BaseModel]) -> Any:
    """With the mark at the end of each text that the schema then still takes."""
    for put in list(_puts(document)):
        was = put(None)
        put(was + MARK)
        try:
            schema.model_validate(document)
        except ValidationError:
            put(was)
    return document


def _puts(held: Any) -> Iterator[Callable[[str | None], str]]:
    """For each text of a document what exchanges it; without another one it tells it."""
    places = held.items() if isinstance(held, dict) else enumerate(held)
    for key, each in places:
        if isinstance(each, str):

            def put(new: str | None, key: Any = key) -> str:
                was: str = held[key]
                if new is not None:
                    held[key] = new
                return was

            yield put
        elif isinstance(each, dict | list):
            yield from _puts(each)


class Markup(HTMLParser):
    """What of a page would be done by a browser, and is not ours."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(page)
        if "alert(1)49" in page:
            self.faults.append("a template was filled in")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Scripts of ours are files; none is in an attribute or an address."""
        held = dict(attrs)
        if tag == "script" and (held.get("src") not in SCRIPTS or len(held) > 1):
            self.faults.append(f"a script: {attrs}")
        for name, value in attrs:
            if name.startswith("on") or name == "style" or "'" in name or '"' in name:
                self.faults.append(f"<{tag}> has {name}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.faults.append(f"<{tag}> leads to {value}")
