"""python -m loadtests …: measure, print a table, write JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from loadtests.engine.combining import measure_combination
from loadtests.engine.compiling import measure_compilation
from loadtests.engine.evaluations import measure_evaluations
from loadtests.engine.figures import FULL, QUICK, as_document, as_table, machine
from loadtests.engine.unindexed import measure_unindexed
from loadtests.engine.units import measure_units
from loadtests.service import measure as service_measure
from loadtests.service.growth import Growth, measure_growth
from loadtests.service.profile import measure_profile
from loadtests.service.soak import measure_soak

if TYPE_CHECKING:
    from loadtests.engine.figures import Figure

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def loadtests() -> None:
    """Measure how fast and how large things are."""


@app.command()
def bench_engine(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few seconds, to see that it works.")
    ] = False,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path("build/bench.json"),
) -> None:
    """Measure the engine alone: evaluation, compilation, memory."""
    effort = QUICK if quick else FULL
    about = machine(effort)
    figures = [
        *measure_evaluations(effort),
        *measure_unindexed(effort),
        *measure_combination(effort),
        *measure_units(effort),
        *measure_compilation(effort),
    ]
    _tell(about, figures, output)


@app.command()
def bench_service(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Under a minute, to see the ratios.")
    ] = False,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-service.json"
    ),
) -> None:
    """Measure the service: a quote over a bare echo, a confirm over pgbench."""
    effort = service_measure.QUICK if quick else service_measure.FULL
    figures = list(service_measure.measure_service(effort))
    about = machine(QUICK if quick else FULL) | {"settings": str(effort)}
    _tell(about, figures, output)


@app.command()
def growth(
    *,
    members: Annotated[int, typer.Option(min=1_000, max=10_000_000)] = 100_000,
    receipts: Annotated[int, typer.Option(min=10_000, max=10_000_000)] = 100_000,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-growth.json"
    ),
) -> None:
    """Measure a quote with few and with many members, a confirm with few and many receipts."""
    asked = Growth(members=members, receipts=receipts)
    figures = list(measure_growth(asked))
    _tell(machine(QUICK) | {"settings": str(asked)}, figures, output)


@app.command()
def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.5, max=1_440)] = 15,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-soak.json"
    ),
) -> None:
    """Sell at 70 % of the knee for long: memory, latency, sessions of PostgreSQL."""
    figures = list(measure_soak(minutes))
    _tell(machine(QUICK) | {"settings": f"{minutes} minutes"}, figures, output)


@app.command()
def profile_quote(
    *,
    seconds: Annotated[float, typer.Option(help="How long each kind of quote is looked at.")] = 20,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/profile-quote.json"
    ),
) -> None:
    """Say where each microsecond of a quote goes: parts that add up to the worker's time."""
    effort = replace(service_measure.QUICK, seconds=seconds)
    figures = list(measure_profile(effort))
    _tell(machine(QUICK) | {"settings": str(effort)}, figures, output)


def _tell(about: dict[str, Any], figures: list[Figure], output: Path) -> None:
    """Print the table, and write the same as JSON."""
    for line in as_table(about, figures):
        typer.echo(line)
    output.parent.mkdir(parents=True, exist_ok=True)
    body = orjson.dumps(as_document(about, figures), option=orjson.OPT_INDENT_2)
    output.write_bytes(body + b"\n")
    typer.echo(f"\nwritten to {output}")


if __name__ == "__main__":
    app()
