"""The service's benchmark in its shortest form: every figure, and every answer was right."""

from __future__ import annotations

from loadtests.service.measure import Effort, measure_service

SHORTEST = Effort(runs=1, seconds=0.5, pgbench_s=1, pgbench_scale=1, campaigns=40, members=40)


def test_the_shortest_benchmark_gives_every_figure() -> None:
    """Costs are above nothing; ratios are those of the figures beside them."""
    figures = {figure.name: figure.value for figure in measure_service(SHORTEST)}
    for name in ("echo", "stream_echo", "quote", "quote_session", "confirm", "sale_with_hold"):
        assert figures[f"{name}_us"] > 0, name
        assert figures[f"{name}_per_s"] > 0, name
    assert figures["quote_unary_vs_echo"] == figures["echo_us"] / figures["quote_us"]
    assert figures["quote_session_vs_echo"] == figures["echo_us"] / figures["quote_session_us"]
    assert figures["confirm_vs_pgbench"] == figures["confirm_per_s"] / figures["pgbench_tps"]
    assert figures["confirm_pg_cpu_vs_pgbench"] == (
        figures["confirm_postgres_us"] / figures["pgbench_us"]
    )
    assert figures["sale_with_hold_postgres_us"] > 0
    assert min(figures["confirm_batch"], figures["sale_with_hold_batch"]) >= 1
    for name in ("receipt_disk_bytes", "receipt_log_bytes", "member_valkey_bytes"):
        assert figures[name] > 0, name
    assert figures["verified_rows"] > 0
