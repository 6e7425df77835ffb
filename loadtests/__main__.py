"""python -m loadtests …: measure, print a table, write JSON."""

from __future__ import annotations

import enum
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer

from loadtests import document
from loadtests.engine.combining import measure_combination
from loadtests.engine.compiling import measure_compilation
from loadtests.engine.evaluations import measure_evaluations
from loadtests.engine.figures import FULL, QUICK, Effort, Figure, as_table, manner
from loadtests.engine.unindexed import measure_unindexed
from loadtests.engine.units import measure_units
from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.run import Asked, LocustFailedError, run_load, serve_pages
from loadtests.locust_users.stages import SECONDS_MIN, SHAPES
from loadtests.locust_users.summary import summary_of
from loadtests.locust_users.verdict import failures_of
from loadtests.machine import load_average, machine, servers
from loadtests.pages.routes import Untimed, timed_routes
from loadtests.pages.stand import Filling, page_stand
from loadtests.pages.telling import as_lists, told
from loadtests.pages.telling import as_table as as_page_table
from loadtests.pages.timing import failures_of as failures_of_pages
from loadtests.pages.timing import page_times
from loadtests.service import measure as service_measure
from loadtests.service.growth import Growth, measure_growth
from loadtests.service.profile import measure_profile
from loadtests.service.profile_picture import picture_of
from loadtests.service.publishing import measure_publishing
from loadtests.service.real_baskets import measure_real_baskets
from loadtests.service.soak import measure_soak
from loadtests.service.tunings import measure_tunings
from loadtests.service.waits import measure_waits
from loadtests.service.year import YEAR, measure_year
from loadtests.sizing import Shop, as_markdown, basis_of, need_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: The quick form is there to be over by then.
QUICK_WITHIN_S: Final = 60.0
#: To whom the bench sells.
SOLD_TO: Final = "one sale in five to a hundredth of the members, the others to all alike"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def loadtests() -> None:
    """Measure how fast and how large things are."""
    # As Ctrl-C does, so that servers and generators end with us.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


class Part(enum.StrEnum):
    """What `make bench` measures, one after the other."""

    ENGINE = "engine"
    SERVICE = "service"
    REAL_BASKETS = "real-baskets"
    PUBLISHING = "publishing"
    #: Other ways to run a worker: only where it is asked for, as nothing of it has a goal.
    TUNINGS = "tunings"
    #: What the slowest confirms wait for: the same.
    WAITS = "waits"


#: Of the whole.
_WHOLE: Final = tuple(each for each in Part if each not in {Part.TUNINGS, Part.WAITS})


@app.command()
def bench(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Under a minute: the service's ratios alone.")
    ] = False,
    part: Annotated[list[Part] | None, typer.Option(help="One part; again for another.")] = None,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path("build/bench.json"),
) -> None:
    """Measure the engine, the service beside a bare echo and pgbench, and publishing under load.

    The quick form fails if it took longer than its minute; its figures are written all the same.
    """
    began_s = time.monotonic()
    where = machine() | {"form": "quick" if quick else "whole"}
    parts = part or ([Part.SERVICE] if quick else [*_WHOLE])
    engine, service = (QUICK, service_measure.QUICK) if quick else (FULL, service_measure.FULL)
    asked = {Part.ENGINE: manner(engine)}
    if {*parts} != {Part.ENGINE}:
        about = {"service": str(service), "sold_to": SOLD_TO, "servers": servers()}
        asked |= {each: about for each in Part if each is not Part.ENGINE}
    figures_of: dict[Part, Callable[[], Iterator[Figure]]] = {
        Part.ENGINE: lambda: _engine(engine),
        Part.SERVICE: lambda: service_measure.measure_service(
            service, output.with_suffix(".latency.svg")
        ),
        Part.REAL_BASKETS: lambda: measure_real_baskets(service),
        Part.PUBLISHING: lambda: measure_publishing(
            service.runs, service.open_s or service.seconds
        ),
        Part.TUNINGS: lambda: measure_tunings(service),
        Part.WAITS: lambda: measure_waits(service),
    }
    measured = [
        document.Part(name=each.value, settings=asked[each], figures=tuple(figures_of[each]()))
        for each in parts
    ]
    _tell(where, measured, output, before=document.read_document(output))
    if quick and part is None:
        typer.echo(f"left out: {service_measure.LEFT_OUT}")
        _require_soon(time.monotonic() - began_s)


def _require_soon(took_s: float) -> None:
    """Say how long the quick form took.

    Raises:
        typer.Exit: it was longer than it is to take.
    """
    typer.echo(f"took {took_s:.1f} s")
    if took_s > QUICK_WITHIN_S:
        typer.echo(
            f"failed: the quick form is to be over within {QUICK_WITHIN_S:.0f} s; something else"
            " was at work, or it measures too much",
            err=True,
        )
        raise typer.Exit(1)


def _engine(effort: Effort) -> Iterator[Figure]:
    yield from measure_evaluations(effort)
    yield from measure_unindexed(effort)
    yield from measure_combination(effort)
    yield from measure_units(effort)
    yield from measure_compilation(effort)


@app.command()
def growth(
    *,
    members: Annotated[int, typer.Option(min=1_000, max=10_000_000)] = 100_000,
    receipts: Annotated[int, typer.Option(min=20_000, max=10_000_000)] = 100_000,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-growth.json"
    ),
) -> None:
    """Measure a quote with few and with many members, a confirm with few and many receipts."""
    asked = Growth(members=members, receipts=receipts)
    _measure_one("growth", str(asked), measure_growth(asked), output)


@app.command()
def year(
    *,
    receipts: Annotated[int, typer.Option(min=10, max=YEAR)] = YEAR,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-year.json"
    ),
) -> None:
    """Sell a real grocery chain's year, basket by basket, and verify the books."""
    _measure_one("year", f"{receipts} baskets", measure_year(receipts, typer.echo), output)


@app.command()
def pages(
    *,
    members: Annotated[int, typer.Option(min=1_000, max=10_000_000)] = 1_000_000,
    receipts: Annotated[int, typer.Option(min=10, max=10_000_000)] = 100_000,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Over how many they were sold.")] = 4,
    times: Annotated[int, typer.Option(min=1, max=100, help="How often each is opened.")] = 8,
    directory: Annotated[
        Path, typer.Option(help="Where the database lies; it is kept, and filled further.")
    ] = Path("var/pages"),
    minutes: Annotated[float, typer.Option(min=0.1, help="How long pages are timed at most.")] = 40,
) -> None:
    """Measure every page for managers with very many members; fails if one is slow or left out."""
    untimed = Untimed(timed_routes())
    found, late = [], []
    with page_stand(directory, Filling(members, receipts, weeks), typer.echo) as stand:
        try:
            for one in told(page_times(stand, times, untimed), typer.echo, minutes * 60):
                found.append(one)  # noqa: PERF402 - those before it took too long are told
        except TimeoutError as error:
            late.append(str(error))
    typer.echo(as_page_table(found))
    typer.echo(as_lists(found))
    failures = failures_of_pages(found, untimed) + late
    for failure in failures:
        typer.echo(failure, err=True)
    typer.echo(
        f"{len(found)} pages, {len(failures)} failures, {members:,} members, {receipts:,} receipts"
    )
    raise typer.Exit(1 if failures else 0)


@app.command()
def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.5, max=1_440)] = 15,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "build/bench-soak.json"
    ),
) -> None:
    """Sell at 70 % of the knee for long: memory, latency, sessions of PostgreSQL."""
    _measure_one("soak", f"{minutes} minutes", measure_soak(minutes), output)


@app.command()
def profile(
    *,
    seconds: Annotated[float, typer.Option(help="How long each kind of call is looked at.")] = 20,
    output: Annotated[Path, typer.Option(help="Where the JSON goes, and the picture.")] = Path(
        "build/profile.json"
    ),
) -> None:
    """Say where each microsecond of a quote and a confirm goes, as a table and as a picture."""
    effort = replace(service_measure.QUICK, seconds=seconds)
    figures = _measure_one("profile", str(effort), measure_profile(effort), output)
    drawn = output.with_suffix(".svg")
    drawn.write_text(picture_of(figures))
    typer.echo(f"drawn in {drawn}")


@app.command()
def load(
    *,
    profile: Annotated[str, typer.Option(help=", ".join(PROFILES))] = "peak",
    shape: Annotated[str, typer.Option(help=", ".join(SHAPES))] = "steps",
    users: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many tills.")] = 64,
    seconds: Annotated[int, typer.Option(min=SECONDS_MIN, max=86_400, help="Of the profile.")] = 90,
    session: Annotated[
        bool, typer.Option("--session", help="Each store calls over one Session, not unary.")
    ] = False,
    output: Annotated[Path, typer.Option(help="Folder of reports.")] = Path("build/loadtest"),
) -> None:
    """Load a service under Locust; fails on errors, violations, and too far from the echo."""
    asked = Asked(
        profile=_one_of(profile, PROFILES, "--profile"),
        shape=_one_of(shape, SHAPES, "--shape"),
        users=users,
        seconds=seconds,
        over_session=session,
    )
    try:
        outcome = run_load(asked, output, typer.echo)
    except LocustFailedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    failures = list(failures_of(outcome))
    page = summary_of(outcome, failures)
    (output / "summary.md").write_text(page)
    typer.echo(f"\n{page}\nwritten to {output}: summary.md; {profile}.html and {profile}_*.csv")
    if failures:
        raise typer.Exit(1)


@app.command()
def load_ui(
    *,
    profile: Annotated[str, typer.Option(help=", ".join(PROFILES))] = "peak",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Of Locust's pages.")] = 8089,
    output: Annotated[Path, typer.Option(help="Folder of the plan.")] = Path("build/loadtest"),
) -> None:
    """The same with Locust's own pages, where users are set by hand."""
    serve_pages(_one_of(profile, PROFILES, "--profile"), output, port, typer.echo)


def _one_of(value: str, known: Iterable[str], option: str) -> str:
    if value not in known:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)
    return value


@app.command()
def sizing(
    *,
    bench: Annotated[
        Path, typer.Option(help="Figures of `make bench` or `make bench-quick`.", exists=True)
    ] = Path("build/bench.json"),
    stores: Annotated[list[int], typer.Option(help="How many stores; again for another row.")] = [  # noqa: B006 - typer copies it
        10,
        100,
        1_000,
        10_000,
    ],
    receipts: Annotated[int, typer.Option(help="Receipts a day in a store.")] = 1_500,
    quotes: Annotated[float, typer.Option(min=1, help="Quotes for each receipt.")] = 3,
    identifies: Annotated[float, typer.Option(min=0, help="Times its member is identified.")] = 1,
    holds: Annotated[
        float, typer.Option(min=0, max=1, help="Of the receipts, the share that is held first.")
    ] = 0,
) -> None:
    """Say what chains of so many stores need: cores, memory, disk."""
    whole = document.read_document(bench)
    if whole is None:
        raise typer.BadParameter(f"{bench} is not of this bench", param_hint="--bench")
    figures = document.values_of(whole["figures"])
    shop = Shop(
        receipts_per_day=receipts,
        quotes_per_receipt=quotes,
        identifies_per_receipt=identifies,
        holds_share=holds,
    )
    try:
        needs = [need_of(count, shop, figures) for count in stores]
    except KeyError as missing:
        raise typer.BadParameter(f"no {missing} in {bench}", param_hint="--bench") from None
    typer.echo(as_markdown(needs))
    typer.echo()
    for line in basis_of(figures, shop):
        typer.echo(line)


def _measure_one(
    name: str, settings: str, measured: Iterator[Figure], output: Path
) -> tuple[Figure, ...]:
    """Measure what is a document of its own, and tell of it; its figures."""
    where = machine()
    about = {"settings": settings, "servers": servers()}
    part = document.Part(name=name, settings=about, figures=tuple(measured))
    _tell(where, [part], output)
    return part.figures


def _tell(
    where: dict[str, Any],
    parts: list[document.Part],
    output: Path,
    before: dict[str, Any] | None = None,
) -> None:
    """Print the table, and write the same as JSON, with what was measured before on its own.

    `where` was asked before anything was measured: the tree may have changed meanwhile.
    """
    whole = document.document_of(where, parts, before)
    about = {**whole["machine"], "load_average": load_average()}
    for part in parts:
        about |= part.settings
    figures = [figure for part in parts for figure in part.figures]
    figures += document.over_echo(document.values_of(whole["figures"]))
    for line in as_table(about, figures):
        typer.echo(line)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n")
    typer.echo(f"\nwritten to {output}: {', '.join(whole['parts'])}")


if __name__ == "__main__":
    app()
