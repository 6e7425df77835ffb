"""The command: its table, its last line, its exit status."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import checkout.verifier
from tests.server_fixtures import Cluster, database_copy
from tests.verifier.running import verified


def test_a_sound_database_ends_with_no_violations(history_dsn: str) -> None:
    """One line per check, the last one the number, status 0."""
    status, lines = verified(history_dsn, require_exercised=True)
    assert status == 0
    assert lines[-1] == "violations: 0"
    assert re.fullmatch(
        r"\d+ checks, 0 not .*, [\d,]+ rows checked in \d+\.\d s, [\d,]+ rows/s", lines[-2]
    )
    assert lines[0].split() == ["check", "rows", "violations", "seconds", "rows/s"]
    (told,) = [line.split() for line in lines if line.startswith("postings_sum_to_zero ")]
    assert int(told[4].replace(",", "")) > int(told[1].replace(",", "")) > 0


def test_a_violation_is_named_and_fails(history_dsn: str, cluster: Cluster, worker_id: str) -> None:
    """The table counts it, the sentence explains it, the key says where."""
    with database_copy(cluster, history_dsn.rsplit("/", 1)[1], worker_id) as dsn:
        spoilt = Cluster(dsn)
        spoilt.execute("update account set balance = balance + 1 where held > 0")
        spoilt.close()
        status, lines = verified(dsn)
    assert status == 1
    assert lines[-1] != "violations: 0"
    at = lines.index(
        "VIOLATED balances_are_sums_of_entries:"
        " An account's balance is the sum of its member's entries."
    )
    assert lines[at + 1].endswith(" pts")


def test_what_saw_no_row_is_not_exercised(postgres_dsn: str) -> None:
    """An empty database breaks no rule; where proof is asked for, it is none."""
    status, lines = verified(postgres_dsn)
    assert status == 0
    assert lines[-1] == "violations: 0"
    assert all("not exercised" in line for line in lines[1:-3])
    assert verified(postgres_dsn, require_exercised=True)[0] == 1


def test_a_database_that_cannot_be_asked_is_not_verified(empty_postgres_dsn: str) -> None:
    """Without a schema, or without a server, there is no verdict."""
    assert verified(empty_postgres_dsn)[0] == 2
    status, lines = verified("postgresql://127.0.0.1:1/nowhere")
    assert status == 2
    assert "violations" not in lines[-1]


def test_the_verifier_shares_no_code_with_the_service() -> None:
    """It imports the driver, the standard library and itself."""
    found: set[str] = set()
    for path in Path(checkout.verifier.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
    foreign = {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("checkout.verifier.")} == {"asyncpg"}
