"""The service's benchmark in its shortest form: every figure, and every answer was right."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import typer

from loadtests import __main__ as command
from loadtests import document
from loadtests.service import h2load, identifiers, measure
from loadtests.service.latency import IDENTIFY_BUDGET_MS, Driver, identify_figures
from loadtests.service.measure import QUICK, Effort, measure_stand
from loadtests.service.publishing import measure_publishing
from loadtests.service.real_baskets import measure_real_baskets
from loadtests.service.stand import running_stand
from loadtests.service.tunings import USUAL, Way, compared
from loadtests.service.waits import STAGES, staged_worker, stages_of, waited
from loadtests.service.year import measure_year

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loadtests.service.stand import Stand

SHORTEST = Effort(
    runs=1,
    seconds=0.5,
    pgbench_s=1,
    pgbench_scale=1,
    campaigns=40,
    members=40,
    warm_up_s=0.2,
)
#: Figures that are told of each corner.
CORNERS = (
    *("quote_50_lines", "quote_200_lines", "quote_valkey_off", "quote_valkey_cold"),
    *("confirm_hot_member", "confirm_hot_budget", "confirm_no_budget"),
)


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker writes what its confirms waited for."""
    return tmp_path_factory.mktemp("waits") / "noted"


@pytest.fixture(scope="module")
def stand(noted: Path) -> Iterator[Stand]:
    """Servers and a worker of the benchmark, which can note what it waits for."""
    worker = staged_worker(noted)
    with running_stand(
        campaigns=SHORTEST.campaigns, members=SHORTEST.members, worker=worker
    ) as stand:
        yield stand


def test_the_shortest_benchmark_gives_every_figure(stand: Stand) -> None:
    """Costs are above nothing; ratios are those of the figures beside them."""
    figures = {figure.name: figure.value for figure in measure_stand(stand, SHORTEST)}
    ordinary = ("echo", "stream_echo", "quote", "quote_session", "confirm", "sale_with_hold")
    of_two = ("quote_session_2_workers", "confirm_2_workers")
    for name in (*ordinary, *of_two, *CORNERS):
        assert figures[f"{name}_us"] > 0, name
        assert figures[f"{name}_per_s"] > 0, name
        if not name.endswith("echo"):
            # The system counts hundredths of a second: what is less in so short a run is nothing.
            assert figures[f"{name}_postgres_us"] >= 0, name
            assert figures[f"{name}_valkey_us"] >= 0, name
    assert figures["quote_unary_vs_echo"] == figures["echo_us"] / figures["quote_us"]
    assert figures["quote_session_vs_echo"] == figures["echo_us"] / figures["quote_session_us"]
    ratios = figures["confirm_1_vs_pgbench"], figures["confirm_2_vs_pgbench"]
    tps = figures["pgbench_tps"]
    both = figures["confirm_per_s"], figures["confirm_2_workers_per_s"]
    assert ratios == tuple(per_s / tps for per_s in both)
    assert figures["confirm_vs_pgbench"] in ratios
    assert figures["confirm_pg_cpu_vs_pgbench"] == (
        figures["confirm_postgres_us"] / figures["pgbench_us"]
    )
    assert figures["sale_with_hold_postgres_us"] > 0
    assert min(figures["confirm_batch"], figures["sale_with_hold_batch"]) >= 1
    for name in ("receipt_disk_bytes", "receipt_log_bytes", "database_mb", "member_valkey_bytes"):
        assert figures[name] > 0, name
    assert figures["verified_rows"] > 0


def test_a_given_rate_has_the_processor_time_of_all_beside_it(stand: Stand) -> None:
    """Of the generator a share of a core; of the others what a call took of each."""
    driver = Driver(stand, 3, 10, 0.2)
    quote = driver.run("quote_session", stand.worker, 300)
    assert 0 < quote.generator_share < 1
    # Hundredths of a second are counted: of Valkey there is one, at least, in a thousand calls.
    assert 0 < quote.valkey_us < quote.server_us
    assert driver.run("confirm", stand.worker, 30).postgres_us > quote.postgres_us
    assert driver.run("quote", stand.echo, 100).server_us < quote.server_us


def test_each_way_to_identify_has_its_times_and_its_budget(stand: Stand) -> None:
    """Every answer was somebody's, or the run would be void; an echo stands beside them."""
    figures = {f.name: f for f in identify_figures(Driver(stand, 0.5, 10, 0.2), 50, runs=1)}
    values = {name: figure.value for name, figure in figures.items()}
    for name in ("identify_echo", *identifiers.KINDS):
        assert 0 < values[f"{name}_p50_ms"] <= values[f"{name}_p95_ms"] <= values[f"{name}_p99_ms"]
    for kind in identifiers.KINDS:
        assert values[f"{kind}_p95_vs_echo"] == (
            values[f"{kind}_p95_ms"] / values["identify_echo_p95_ms"]
        )
        assert figures[f"{kind}_p95_ms"].goal == IDENTIFY_BUDGET_MS


def test_another_way_to_run_a_worker_stands_beside_the_usual_one(stand: Stand) -> None:
    """Both answer rightly, or the run would be void; a worker is bound to the core it was given."""
    arguments = (
        *("loadtests.service.tuned_worker", "--core", "{0}", "--collector-untouched"),
        *("--keeps-its-turn", "--batch-max", "16", "--counts-no-visits"),
    )
    way = Way(
        name="tuned",
        told="a core, no collector, nobody else",
        workers=(arguments,),
        session={"synchronous_commit": "off"},
    )
    figures = {f.name: f.value for f in compared(stand, SHORTEST, USUAL, (way,))}
    for kind in ("quote_us", "confirm_us", "confirm_rate"):
        assert figures[f"tuned_{kind}_vs_usual"] > 0, kind
    for kind in ("quote_session", "confirm_session"):
        assert figures[f"tuned_{kind}_p99_vs_usual"] > 0, kind
    assert figures["usual_quote_per_s"] > figures["usual_confirm_per_s"] > 0


def test_the_parts_of_a_confirms_wait_add_up(stand: Stand, noted: Path) -> None:
    """All of it is told; the slowest are no quicker than all."""
    figures = {f.name: f.value for f in waited(stand, SHORTEST, noted)}
    for whose in ("all", "slowest"):
        whole = figures[f"waits_{whose}_whole_ms"]
        parts = sum(figures[f"waits_{whose}_{stage}_ms"] for stage in STAGES)
        assert whole == pytest.approx(parts), whose
        assert figures[f"waits_{whose}_fold_ms"] > 0
        assert figures[f"waits_{whose}_write_ms"] > 0
        assert 0 <= figures[f"waits_{whose}_stalled_ms"] <= whole
    assert figures["waits_slowest_whole_ms"] >= figures["waits_all_whole_ms"]
    with pytest.raises(RuntimeError, match="void"):
        list(stages_of([]))


def test_publishing_under_load_gives_every_figure() -> None:
    """With few rules: what is published comes into force, and is weighed."""
    figures = {
        figure.name: figure.value for figure in measure_publishing(1, 1, campaigns=40, products=0)
    }
    assert 0 < figures["publish_ms"] <= figures["publish_max_ms"]
    for name in ("publish_whole_ms", "publish_quote_p99", "pss_mb"):
        assert figures[name] > 0, name
    assert 0 < figures["uss_mb"] < figures["pss_mb"]
    assert figures["pss_peak_mb"] >= figures["pss_mb"] / 2
    assert figures["rules_valkey_mb"] > 0
    assert figures["publish_verified_rows"] > 0


def test_the_quick_form_fails_if_it_took_longer_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so; its figures are written, as they are right, only late."""
    brief = dataclasses.replace(SHORTEST, is_brief=True, has_second_worker=False)
    monkeypatch.setattr(measure, "QUICK", brief)
    monkeypatch.setattr(command, "QUICK_WITHIN_S", 1.0)
    with pytest.raises(typer.Exit) as ended:
        command.bench(quick=True, output=tmp_path / "bench.json")
    assert ended.value.exit_code == 1
    assert "is to be over within 1 s" in capsys.readouterr().err
    written = document.read_document(tmp_path / "bench.json")
    assert written is not None
    assert "confirm_vs_pgbench" in written["figures"]


def test_the_quick_form_leaves_half_of_its_minute_to_servers_and_books() -> None:
    """The other half is what is measured for a time; the command itself says whether it was."""
    assert QUICK.is_brief
    assert not QUICK.open_s
    assert not QUICK.has_second_worker
    kinds = ("echo", "quote", "quote_session", "confirm")
    run_s = len(kinds) * (QUICK.warm_up_s + QUICK.seconds) + QUICK.pgbench_s
    assert QUICK.runs * run_s <= command.QUICK_WITHIN_S / 2


def test_real_baskets_give_the_same_figures() -> None:
    """Their quotes and confirms, by the demo's rules."""
    brief = dataclasses.replace(SHORTEST, has_second_worker=False)
    figures = {figure.name: figure.value for figure in measure_real_baskets(brief)}
    assert figures["real_quote_session_vs_echo"] == (
        figures["real_echo_us"] / figures["real_quote_session_us"]
    )
    assert figures["real_confirm_per_s"] > 0


def test_baskets_of_the_year_are_sold_and_verified() -> None:
    """The first of them, each once: what was answered is in the books."""
    figures = {figure.name: figure.value for figure in measure_year(200, print)}
    assert figures["year_receipts"] == 200
    assert figures["year_lines_mean"] > 1
    assert figures["year_verified_rows"] > 200


def test_what_h2load_says_is_void_without_whole_answers() -> None:
    """Calls are those that were answered; refusals and short answers end the run."""
    assert h2load.answered(said(calls=20, data=20 * 105), 100) == 20
    for calls, data, answer in ((0, 0, 100), (20, 0, 100), (20, 20 * 105, 200)):
        with pytest.raises(RuntimeError, match="void"):
            h2load.answered(said(calls=calls, data=data), answer)
    with pytest.raises(RuntimeError, match="void"):
        h2load.answered("cannot connect", 100)


def said(*, calls: int, data: int) -> str:
    """What h2load prints, as far as it is read."""
    return (
        f"requests: {calls} total, {calls} started, {calls} done, {calls} succeeded, 0 failed,"
        " 0 errored, 0 timeout\nstatus codes: 20 2xx, 0 3xx, 0 4xx, 0 5xx\n"
        f"traffic: 2KB ({data + 99}) total, 99B (99) headers (saved 90%), 2KB ({data}) data\n"
    )
