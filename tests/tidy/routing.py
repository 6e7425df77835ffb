"""Which bucket the rows of a statement are of, as a planner that places rows by bucket sees it.

Every use of a table with a bucket must be bound: its bucket equals a parameter, that of rows made
of parameters, that of a part of the statement that was looked at by itself, or that of a table that
is bound. What is not bound asks all shards; what is bound by anything else than a bucket (the
`home_bucket` of a key, the crc32 of an id) leads from one shard to another.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from tests.tidy.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SCHEMA = ROOT / "checkout" / "store" / "migrations" / "versions" / "0001_base.sql"
BUCKET = "bucket"

_TABLE = re.compile(r"^create table .*?;$", re.MULTILINE | re.DOTALL)
_UNIQUE = re.compile(r"^create unique index (\w+) on (\w+) \(([^)]*)\)", re.MULTILINE)
_BLOCKS = (exp.Select, exp.Insert, exp.Update, exp.Delete)


class Finding(enum.Enum):
    """Why one shard is not enough for a statement."""

    UNBOUND = "asks all buckets"
    LEADS = "leads from one bucket to another"
    GATHERS = "takes buckets for several kinds of rows, which need not be the same"


@dataclass(frozen=True, slots=True)
class Table:
    """What decides where the rows of a table may lie."""

    columns: tuple[str, ...]
    #: Columns of the primary key, and of what else is unique, by name.
    unique: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def has_bucket(self) -> bool:
        return BUCKET in self.columns


def tables_of(migration: str) -> dict[str, Table]:
    """The tables that a migration makes, by name."""
    tables: dict[str, Table] = {}
    for statement in _TABLE.findall(migration):
        definition = parse_one(statement, read="postgres").this
        columns = [part for part in definition.expressions if isinstance(part, exp.ColumnDef)]
        table = tables[definition.this.name] = Table(tuple(column.name for column in columns))
        for column in columns:
            for constraint in column.constraints:
                if isinstance(constraint.kind, exp.PrimaryKeyColumnConstraint):
                    table.unique["primary key"] = (column.name,)
                if isinstance(constraint.kind, exp.UniqueColumnConstraint):
                    table.unique[constraint.name or column.name] = (column.name,)
        for key in definition.find_all(exp.PrimaryKey):
            table.unique["primary key"] = _names(key.expressions)
        for constraint in definition.find_all(exp.UniqueColumnConstraint):
            if isinstance(constraint.this, exp.Schema):
                table.unique[constraint.parent.name] = _names(constraint.this.expressions)
    for name, of, columns in _UNIQUE.findall(migration):
        tables[of].unique[name] = tuple(column.strip() for column in columns.split(","))
    return tables


@cache
def schema() -> dict[str, Table]:
    """The tables of the first migration: no later one makes a table that sales touch."""
    return tables_of(SCHEMA.read_text(encoding="utf-8"))


def findings_of(query: str, bucketed: Collection[str]) -> set[tuple[Finding, str]]:
    """What of a query one shard cannot answer: the finding and the table, or "" for the whole."""
    statement = parse_one(query, read="postgres")
    parts = {part.alias for part in statement.find_all(exp.CTE)}
    found: set[tuple[Finding, str]] = set()
    for block in statement.find_all(*_BLOCKS):
        found.update(_findings_in(block, frozenset(bucketed), parts))
    if any(
        _is_computed(column)
        for part in statement.find_all(exp.Select)
        for column in part.expressions
    ):
        found.add((Finding.LEADS, ""))
    if len(_buckets_taken(statement)) > 1:
        found.add((Finding.GATHERS, ""))
    return found


def _is_computed(column: exp.Expr) -> bool:
    """Whether a column of a part is the bucket of another row than the part has read."""
    value = _bare(column.unalias())
    if column.alias == BUCKET and isinstance(value, exp.Column) and value.name != BUCKET:
        return True
    found = column.find(exp.Anonymous)
    return found is not None and found.name == "crc32"


def _findings_in(
    block: exp.Expr, bucketed: frozenset[str], parts: set[str]
) -> Iterator[tuple[Finding, str]]:
    if isinstance(block, exp.Insert):
        return _findings_of_insert(block, bucketed)
    tables = {
        table.alias_or_name: table.name
        for table in block.find_all(exp.Table)
        if _block_of(table) is block and table.name in bucketed - parts
    }
    return _unbound_or_leading(block, tables)


def _findings_of_insert(
    block: exp.Insert, bucketed: frozenset[str]
) -> Iterator[tuple[Finding, str]]:
    target = block.this
    table = target.this.name if isinstance(target, exp.Schema) else target.name
    if table not in bucketed:
        return
    if BUCKET not in _names(target.expressions):
        yield Finding.UNBOUND, table
    elif any(name == BUCKET and _leads(value) for name, value in _written(block)):
        yield Finding.LEADS, table


def _written(block: exp.Insert) -> Iterator[tuple[str, exp.Expr]]:
    """What stands in the rows that a statement writes, one by one, and in which column."""
    names = _names(block.this.expressions)
    for row in _rows_of(block.expression):
        if not any(value.is_star for value in row):
            for name, value in zip(names, row, strict=False):
                yield name, _bare(value.unalias())


def _rows_of(written: exp.Expr | None) -> Iterator[list[exp.Expr]]:
    if isinstance(written, exp.SetOperation):
        yield from _rows_of(written.this)
        yield from _rows_of(written.expression)
    elif isinstance(written, exp.Values):
        yield from (row.expressions for row in written.expressions)
    elif isinstance(written, exp.Select):
        yield written.expressions


def _unbound_or_leading(block: exp.Expr, tables: dict[str, str]) -> Iterator[tuple[Finding, str]]:
    bound: dict[str, bool] = {}
    equal = list(_equalities(block, tables))
    # What is bound binds others, so look until nothing is new.
    for _ in tables:
        for alias, other in equal:
            if alias in bound and not bound[alias]:
                continue
            if isinstance(other, exp.Column) and other.table in tables:
                if other.table in bound:
                    bound[alias] = other.name != BUCKET or bound[other.table]
            else:
                bound[alias] = _leads(other)
    for alias, table in tables.items():
        if alias not in bound:
            yield Finding.UNBOUND, table
        elif bound[alias]:
            yield Finding.LEADS, table


def _leads(other: exp.Expr) -> bool:
    """Whether a bucket is that of something else: not a parameter, nor called a bucket itself."""
    if isinstance(other, exp.Column):
        return other.name != BUCKET
    return not isinstance(other, exp.Parameter)


def _equalities(block: exp.Expr, tables: dict[str, str]) -> Iterator[tuple[str, exp.Expr]]:
    """Whose bucket must equal what: all that the block's joins and conditions demand."""
    for equality in block.find_all(exp.EQ):
        if _block_of(equality) is not block:
            continue
        for one, other in _both_ways(equality):
            if isinstance(one, exp.Column) and one.name == BUCKET:
                alias = one.table or _only(tables)
                if alias in tables and _is_demanded(equality, alias):
                    yield alias, _bare(other)
    yield from _merged(block, tables)


def _merged(block: exp.Expr, tables: dict[str, str]) -> Iterator[tuple[str, exp.Expr]]:
    """What USING makes one: the bucket of a join, and that of what stands before it."""
    source = block.args.get("from_")
    before = [] if source is None else [source.this.alias_or_name]
    for join in block.args.get("joins") or ():
        alias = join.alias_or_name
        if BUCKET in _names(join.args.get("using") or ()):
            others = [other for other in before if other in tables]
            # Of a part of the statement otherwise, which was looked at by itself.
            equal = [(alias, other) for other in others or [""]]
            equal += [(other, alias) for other in others]
            for one, other in equal:
                if one in tables and _binds(join, one):
                    yield one, exp.column(BUCKET, table=other or None)
        before.append(alias)


def _is_demanded(condition: exp.Expr, alias: str) -> bool:
    """Whether it must hold for a row of a table to count: in ON or WHERE, below AND alone."""
    above = condition.parent
    while isinstance(above, (exp.And, exp.Paren)):
        above = above.parent
    return isinstance(above, exp.Where) or (isinstance(above, exp.Join) and _binds(above, alias))


def _binds(join: exp.Join, alias: str) -> bool:
    """Whether a join drops the rows of a table that it demands something else of.

    A left join keeps all that stands before it, a right one all that it adds, a full one both.
    """
    is_added = join.alias_or_name == alias
    return {"LEFT": is_added, "RIGHT": not is_added, "FULL": False}.get(join.side, True)


def _buckets_taken(statement: exp.Expr) -> set[str]:
    """The parameters that are buckets: of rows made of parameters, or written by themselves."""
    taken = set()
    for rows in statement.find_all(exp.Unnest):
        names = _names(rows.args["alias"].columns) if rows.args.get("alias") else ()
        insert = rows.find_ancestor(exp.Insert)
        if not names and insert is not None:
            names = _names(insert.this.expressions)
        taken |= {
            str(parameter.find(exp.Parameter))
            for name, parameter in zip(names, rows.expressions, strict=False)
            if name.endswith(BUCKET)
        }
    named = [
        (name, value) for block in statement.find_all(exp.Insert) for name, value in _written(block)
    ]
    for equality in statement.find_all(exp.EQ):
        named += [(one.name, _bare(other)) for one, other in _both_ways(equality)]
    taken |= {
        str(value)
        for name, value in named
        if name.endswith(BUCKET) and isinstance(value, exp.Parameter)
    }
    return taken


def _both_ways(equality: exp.EQ) -> tuple[tuple[exp.Expr, exp.Expr], tuple[exp.Expr, exp.Expr]]:
    return (equality.left, equality.right), (equality.right, equality.left)


def _bare(value: exp.Expr) -> exp.Expr:
    """Without casts, parentheses and ANY: `any($1::smallint[])` is a parameter as `$1` is."""
    while isinstance(value, (exp.Cast, exp.Paren, exp.Any)):
        value = value.this
    return value


def _block_of(node: exp.Expr) -> exp.Expr | None:
    return node.find_ancestor(*_BLOCKS)


def _names(nodes: Collection[exp.Expr]) -> tuple[str, ...]:
    return tuple(node.name for node in nodes)


def _only(tables: dict[str, str]) -> str:
    return next(iter(tables)) if len(tables) == 1 else ""
