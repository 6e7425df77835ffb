"""What came of a load test on one page, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.verdict import FLOOR_SHARE, GENERATOR_MAX, Floor, floor_of
from loadtests.machine import load_average, machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.verifier.report import Report
    from loadtests.locust_users.run import Outcome

#: The knee: the fewest users with which this share of the highest rate is reached.
KNEE_SHARE: Final = 0.95
#: Cores that others may take without a word.
OTHERS_MAX: Final = 0.3
_CORES: Final = ("generator", "worker", "postgres", "valkey", "machine")
_LIMITS: Final = """\
## What this page cannot say

- Users wait for their answers before they ask again: when the service stalls, fewer calls are made,
  and the stall counts once for each user. So times above the median are lower bounds, and these
  users never offer more than is answered.
- Users, client, service and PostgreSQL share this machine's cores, with all else that runs on it.
- Rates of the floor are those of this client: where it is the bound, the echo could do more, and
  the ratio flatters the service. The ratio of processor times does not depend on the client.
- One worker; baskets and members are a grocery chain's, and buy more often than they did."""


def summary_of(outcome: Outcome, failures: Sequence[str]) -> str:
    """The page."""
    asked = outcome.asked
    stages = outcome.load["stages"]
    lines = [
        f"# Load test: {asked.profile}, {asked.shape}, at most {asked.users} users",
        "",
        "**Passed.**" if not failures else "**Not passed:**",
        *(f"- {failure}" for failure in failures),
        "",
        f"{asked.profile}: {PROFILES[asked.profile].about}; {asked.seconds} s.",
        _machine_line(machine()),
        f"{outcome.about_baskets}.",
        "",
        "## Quotes beside a bare echo",
        "",
        *_floor_lines(floor_of(outcome.floor["stages"]), asked.users),
        "",
        "## Stage by stage",
        "",
        *_stage_lines(stages),
        "",
        *_knee_lines(asked.shape, stages),
        *_drift_lines(asked.shape, stages),
        *_beside_lines(outcome.load["beside"], stages),
        *_busiest_lines(stages),
        "## The books",
        "",
        _books_line(outcome.report),
        "",
        _LIMITS,
    ]
    return "\n".join(lines) + "\n"


def _machine_line(about: dict[str, Any]) -> str:
    return (
        f"One worker, engine: {about['engine']}; {about['python']}; {about['system']};"
        f" {about['cpus']} cores; load average at the end {load_average()}."
    )


def _books_line(report: Report) -> str:
    return (
        f"{report.rows_checked:,} rows checked, {report.violations} violations;"
        f" {len(report.unexercised)} of {len(report.results)} checks saw no row."
    )


def _floor_lines(floor: Floor | None, users: int) -> Iterator[str]:
    if floor is None:
        yield "Nothing was answered in some turn: there is nothing to compare."
        return
    yield (
        f"The same {users} users, client, settings and receipts ask in turn an echo, which gives"
        " the answers that the service gave before, and the service. Medians of the turns."
    )
    yield ""
    yield "| | calls/s | µs of its server a call | cores of its server | of the generator |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, per_s, server_us, server, generator in (
        ("echo", floor.echoes_per_s, floor.echo_us, floor.echo_cores, floor.generator_echo),
        ("quote", floor.quotes_per_s, floor.quote_us, floor.worker_cores, floor.generator_quotes),
    ):
        yield f"| {name} | {per_s:,.0f} | {server_us:,.0f} | {server:.2f} | {generator:.2f} |"
    yield (
        f"| **ratio** | **{floor.rate_ratio:.2f}** (wanted: {FLOOR_SHARE}) |"
        f" {floor.processor_ratio:.2f} | | |"
    )
    if floor.others_cores > OTHERS_MAX:
        yield ""
        yield (
            f"What is not ours took {floor.others_cores:.1f} cores meanwhile: on a machine that"
            " does much else rates are noise, and costs are higher than they need be."
        )
    if floor.generator_echo > GENERATOR_MAX:
        yield ""
        yield (
            f"At the echo the generator took {floor.generator_echo:.0%} of a core, more than"
            f" {GENERATOR_MAX:.0%}: the echo's rate is the client's own, and the ratio of rates"
            " flatters the service."
        )


def _stage_lines(stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield (
        "| stage | users | sales/s | calls/s | quote p50 | p95 | p99 ms | confirm p50 | p95 |"
        " p99 ms | late | " + " | ".join(f"{name} cores" for name in _CORES) + " |"
    )
    yield "| --- " + "| ---: " * (10 + len(_CORES)) + "|"
    for stage in stages:
        calls = stage["calls"]
        sales_per_s = calls.get("Confirm", {}).get("per_s", 0.0)
        calls_per_s = sum(each["per_s"] for each in calls.values())
        late = sum(each["late"] for each in calls.values())
        count = sum(each["count"] for each in calls.values())
        times = [
            _ms(calls.get(name, {}), quantile)
            for name in ("Quote", "Confirm")
            for quantile in ("p50_ms", "p95_ms", "p99_ms")
        ]
        cores = [f"{stage['cores'].get(name, 0.0):.2f}" for name in _CORES]
        cells = [
            *(stage["label"], str(stage["users"]), f"{sales_per_s:,.1f}", f"{calls_per_s:,.0f}"),
            *times,
            f"{late / max(count, 1):.1%}",
            *cores,
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield (
        "Cores that each took; `machine` is all that ran, ours or not, of those there are."
        " Late: answers that came after a till that keeps to the guide had given up (0.3 s, or 1 s"
        " where something changes). The first seconds of each stage are left out."
    )


def _knee_lines(shape: str, stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    if shape != "steps" or not stages:
        return
    rates = [sum(each["per_s"] for each in stage["calls"].values()) for stage in stages]
    at = next(i for i, rate in enumerate(rates) if rate >= KNEE_SHARE * max(rates))
    if at == len(stages) - 1:
        yield (
            f"The knee is not reached: with all {stages[at]['users']} users there were most calls,"
            f" {rates[at]:,.0f} a second. More users (`USERS=`) show it."
        )
        yield ""
        return
    yield (
        f"The knee is at {stages[at]['users']} users: {rates[at]:,.0f} calls/s, where the highest"
        f" rate was {max(rates):,.0f}; more users wait longer for as many answers."
    )
    yield ""


def _drift_lines(shape: str, stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Of a soak: what grew from the first part to the last."""
    if shape != "soak" or len(stages) <= 1:
        return
    first, last = stages[0], stages[-1]
    minutes = sum(stage["seconds"] for stage in stages[1:]) / 60
    grown = last["resident_mib"]["worker"] - first["resident_mib"]["worker"]
    quotes = f"{_p99(first)} to {_p99(last)}"
    yield (
        f"From the first part to the last the worker's memory went from"
        f" {first['resident_mib']['worker']:.0f} to {last['resident_mib']['worker']:.0f} MiB,"
        f" {grown / minutes:+.1f} MiB a minute; p99 of quotes from {quotes} ms."
    )
    yield ""


def _beside_lines(beside: dict[str, Any], stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not beside["count"]:
        return
    yield "## What happened beside"
    yield ""
    yield (
        f"It ended {beside['count']} times, in {beside['p50_ms']:,.0f} ms (median), at most"
        f" {beside['max_ms']:,.0f}. Quotes from its begin until 2 s after its end, and all others:"
    )
    yield ""
    yield "| stage | beside: quotes | p50 | p99 ms | else: quotes | p50 | p99 ms |"
    yield "| --- " + "| ---: " * 6 + "|"
    for stage in stages:
        cells = [stage["label"]]
        for part in ("beside", "else"):
            found = stage["disturbed"][part]
            cells += [f"{found['count']:,}", _ms(found, "p50_ms"), _ms(found, "p99_ms")]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _call_lines(stage: dict[str, Any]) -> Iterator[str]:
    yield "| call | count | per s | p50 | p95 | p99 | p99.9 | longest ms | late |"
    yield "| --- " + "| ---: " * 8 + "|"
    for name, each in stage["calls"].items():
        times = [_ms(each, key) for key in ("p50_ms", "p95_ms", "p99_ms", "p99.9_ms", "max_ms")]
        cells = [name, f"{each['count']:,}", f"{each['per_s']:,.1f}", *times, str(each["late"])]
        yield f"| {' | '.join(cells)} |"


def _busiest_lines(stages: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not stages:
        return
    busiest = max(stages, key=lambda stage: (stage["users"], -stages.index(stage)))
    yield f"## Each call, in {busiest['label']}"
    yield ""
    yield from _call_lines(busiest)
    yield ""


def _p99(stage: dict[str, Any]) -> str:
    return _ms(stage["calls"].get("Quote", {}), "p99_ms")


def _ms(times: dict[str, float], quantile: str) -> str:
    return f"{times[quantile]:,.1f}" if quantile in times else "-"
