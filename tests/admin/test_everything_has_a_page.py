"""Whatever the database keeps and operators may call has a page, or a reason for having none.

Both lists are made of the schema and of the contract: a table or a call that is new fails here
until a page reads or calls it, or until it is said why none does.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

import admin
from checkout.v1 import operator_service_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = Path(admin.__file__).parent
_QUEUE: Final = "a queue of the service's own work"
_KEYS: Final = "what makes a retry safe; its purchase, return or call is what one looks for"
_PARTS: Final = "a part of what a page shows whole: "

#: Tables that no page reads, and why.
TABLES_WITHOUT: Final = {
    "admin_history_head": _PARTS + "where the history's chain ends",
    "alembic_version": "which migrations have run",
    "budget_use": _PARTS + "what is used of budgets is on the page of limits",
    "card_issue": _PARTS + "issues of cards are jobs",
    "certificate_batch": _PARTS + "issues of certificates are jobs",
    "directory_version": "moves when places change, for workers to see",
    "hold": _PARTS + "what is held of points is on the member's page",
    "invalidation": _QUEUE,
    "lot_movement": _PARTS + "lots and the statement are on the member's page",
    "member_window": "sums for rules, made of purchases",
    "natural_key": _KEYS,
    "outbox": "events for other systems; what they tell of has its page",
    "outbox_forgotten": _QUEUE,
    "outbox_pending": _QUEUE,
    "person": "an id without content; which members it links is on the member's page",
    "published_campaign": _PARTS + "which rules a publication has; publications are shown in words",
    "published_rules": _PARTS + "which rules a publication has; publications are shown in words",
    "request_key": _KEYS,
    "return_key": _KEYS,
    "shared_limit": "rows to be locked; what is used stands in slots, which pages show",
    "snapshot": _PARTS + "publications are shown in words",
    "snapshot_part": _PARTS + "publications are shown in words",
    "tag_given": _PARTS + "tags are on the member's page",
    "tier_change": "ListTierChanges tells the page of a member's tiers",
    "visit_pending": _QUEUE,
    "window_rule": "windows that rules in force ask for",
}
#: Calls of operators that no page makes, and why.
CALLS_WITHOUT: Final = {
    "GetBulk": "the page of a job of corrections reads them from the database",
    "GetMemberLinks": "the member's page reads them from the database",
    "IssueQrToken": "made for a member's telephone, by whoever runs the application on it",
    "ListCorrections": "the page of corrections reads them from the database",
}


@cache
def pages_text() -> str:
    """All that pages are made of: code and statements."""
    files = sorted(path for path in SOURCES.rglob("*") if path.suffix in {".py", ".sql"})
    return "\n".join(path.read_text() for path in files)


def called() -> Iterator[str]:
    """Names of methods that the admin calls, or hands on to be called."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                yield node.attr


@cache
def read_names() -> frozenset[str]:
    """What statements and models of the pages name as a table or a view: looked through once."""
    used = r"(?i)(?:\b(?:from|join|into|update)\s+|__tablename__ = \"|\bTable\(\s*\")(\w+)"
    return frozenset(name.lower() for name in re.findall(used, pages_text()))


def is_read(name: str) -> bool:
    """Whether a statement or a model of the pages names a table or a view as its own."""
    return name in read_names()


async def test_every_table_has_a_page(postgres_dsn: str) -> None:
    """Read by itself, or through a view of the admin's role."""
    connection = await asyncpg.connect(postgres_dsn)
    tables = await connection.fetch(
        "select c.relname, array_remove(array_agg(v.view_name::text), null) as views"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " left join information_schema.view_table_usage v"
        " on v.table_schema = 'public' and v.table_name = c.relname"
        " where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition"
        " and c.relname not like 'pgqueuer%' group by 1"
    )
    await connection.close()
    without = {
        table["relname"]
        for table in tables
        if not any(map(is_read, (table["relname"], *table["views"])))
    }
    assert without == set(TABLES_WITHOUT)


def test_every_call_of_operators_has_a_page() -> None:
    """Made by a page through the client."""
    service = operator_service_pb2.DESCRIPTOR.services_by_name["OperatorService"]
    made = set(called())
    without = {
        method.name
        for method in service.methods
        if re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower() not in made
    }
    assert without == set(CALLS_WITHOUT)


def test_each_exception_says_why() -> None:
    """A reason is a sentence, not a word."""
    reasons = {**TABLES_WITHOUT, **CALLS_WITHOUT}
    assert not {name for name, why in reasons.items() if len(why.split()) < 3}
