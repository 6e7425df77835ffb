"""Whatever the database keeps and the service can be asked has a page, or a reason for having none.

The lists are made of the schema and of the contract: a table or a call that is new fails here until
a page reads or calls it, or until it is said why none does. What is seen is that the code of pages
names a table in a statement or a model, and calls a method of the client; that people find it, and
find it enough, is for the walks and pictures of tests/browser.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

import admin
from checkout.v1 import checkout_service_pb2, operator_service_pb2
from tests.admin.test_access import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = Path(admin.__file__).parent
PROTOS: Final = SOURCES.parent / "proto" / "checkout" / "v1"
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
    "pgqueuer_schedules": _QUEUE + ": when periodic jobs run next",
    "pgqueuer_statistics": "counts that the queue's library keeps for itself",
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


#: Calls of tills, and the page on which one sees what came of them.
SEEN_ON: Final = {
    "BindCard": "/member/details/{pk:path}",
    "CheckCertificate": "/certificate/details/{pk:path}",
    "CheckCoupon": "/coupon/details/{pk:path}",
    "Confirm": "/receipt/details/{pk:path}",
    "ConfirmReturn": "/receipt/details/{pk:path}",
    "CreditLater": "/receipt/details/{pk:path}",
    "EnrolMember": "/member/details/{pk:path}",
    "Explain": "/receipt/details/{pk:path}",
    "ExtendHold": "/member/details/{pk:path}",
    "GetBalances": "/member/details/{pk:path}",
    "GetPurchase": "/receipt/list",
    "GetSnapshotInfo": "/publication/list",
    "GetStatement": "/member/details/{pk:path}",
    "Hold": "/member/details/{pk:path}",
    "Identify": "/member/list",
    "ListCoupons": "/member/details/{pk:path}",
    "ListGifts": "/gift/list",
    "ListStores": "/store/list",
    "Quote": "/campaign/try/{id}",
    "QuoteReturn": "/receipt/details/{pk:path}",
    "ReconcileShift": "/reconciliation/list",
    "ReturnWithoutReceipt": "/return-without-receipt/list",
    "SubmitOffline": "/overrun/list",
}
#: Calls of tills that leave nothing to see, and why.
NOT_SEEN: Final = {
    "Cancel": "gives back what was held: the purchase is none",
    "GetOperation": "tells a till what became of a call of its own",
    "Session": "another way to make the same calls",
}
#: What pages call the client that speaks to the service.
_CLIENTS: Final = frozenset({"client", "operator"})
_COMMENT: Final = re.compile(r"--.*$", re.MULTILINE)


@cache
def trees() -> tuple[ast.Module, ...]:
    """The code of the pages."""
    return tuple(ast.parse(path.read_text()) for path in sorted(SOURCES.rglob("*.py")))


def statements() -> Iterator[str]:
    """Texts that code and files of statements have, without what only people read."""
    for path in sorted(SOURCES.rglob("*.sql")):
        yield _COMMENT.sub("", path.read_text())
    for tree in trees():
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str() as text) if id(node) not in told:
                    yield text


def modelled() -> Iterator[str]:
    """Tables and views that models of the pages stand for."""
    for tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id="__tablename__")], value=ast.Constant(value=str() as name)
                ):
                    yield name
                case ast.Call(
                    func=ast.Name(id="Table"), args=[ast.Constant(value=str() as name), *_]
                ):
                    yield name


def called() -> Iterator[str]:
    """Methods of the client that the admin calls, or hands on to be called."""
    for tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=method) if name in _CLIENTS:
                    yield method


@cache
def read_names() -> frozenset[str]:
    """What statements and models of the pages name as a table or a view: looked through once."""
    named = re.compile(r"(?i)\b(?:from|join|into|update)\s+(\w+)")
    found = {name for text in statements() for name in named.findall(text)}
    return frozenset(name.lower() for name in {*found, *modelled()})


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
        " group by 1"
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


def test_what_came_of_every_call_of_tills_is_seen_on_a_page() -> None:
    """Each call is named with a page that there is, or with why nothing of it is to be seen."""
    service = checkout_service_pb2.DESCRIPTOR.services_by_name["CheckoutService"]
    assert {method.name for method in service.methods} == {*SEEN_ON, *NOT_SEEN}
    routes = {line.split()[1] for line in TABLE.read_text().splitlines() if line[:3] == "GET"}
    assert not set(SEEN_ON.values()) - routes


def test_there_are_no_other_services() -> None:
    """One that is added needs a list of its own here."""
    found = {
        name
        for file in (checkout_service_pb2, operator_service_pb2)
        for name in file.DESCRIPTOR.services_by_name
    }
    files = {path.stem for path in PROTOS.glob("*.proto") if "\nservice " in path.read_text()}
    assert (found, files) == (
        {"CheckoutService", "OperatorService"},
        {"checkout_service", "operator_service"},
    )


def test_each_exception_says_why() -> None:
    """A reason is a sentence, not a word."""
    reasons = {**TABLES_WITHOUT, **CALLS_WITHOUT, **NOT_SEEN}
    assert not {name for name, why in reasons.items() if len(why.split()) < 3}
