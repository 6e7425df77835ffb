"""python -m checkout …: everything one does with the service on a command line."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from checkout.embedded import EmbeddedError
from checkout.launch.local import LoaderFailedError
from checkout.launch.pages import PagesFailedError
from checkout.launch.run import demo as run_demo
from checkout.launch.run import run as run_all
from checkout.launch.serve import serve as serve_all
from checkout.launch.verifying import verify_beside, verify_continuously
from checkout.launch.workers import WorkersFailedError
from checkout.settings import Settings
from checkout.store.migrate import migrate as migrate_database
from checkout.stories.check import check_file
from checkout.stories.describe import describe_file
from checkout.stories.document import InvalidStoryError
from checkout.stories.evaluate import evaluate_files, evaluate_stream
from checkout.stories.explain import explain_file
from checkout.stories.reference.examples import STORIES, read_examples
from checkout.stories.reference.page import render_page
from checkout.stories.runner import run_stories
from checkout.stories.schema import print_schema
from checkout.verifier.connections import CONNECTIONS_MAX
from checkout.verifier.verifier import run_verify

#: What `run` and `demo` say in one line.
_CANNOT_START = (
    EmbeddedError,
    WorkersFailedError,
    LoaderFailedError,
    PagesFailedError,
    OSError,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _say(line: str) -> None:
    sys.stdout.write(f"==> {line}\n")
    sys.stdout.flush()


def _fail(message: str) -> NoReturn:
    typer.echo(f"checkout: {message}", err=True)
    raise typer.Exit(1)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"CHECKOUT_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        _fail(faults)


@app.command()
def run() -> None:
    """Start everything here with demo data, sell one receipt, stay until Ctrl-C."""
    _end_on_terminate()
    try:
        run_all(_settings(), _say)
    except _CANNOT_START as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _say("ended")


@app.command()
def demo(
    receipts: Annotated[int, typer.Option(min=1, help="Real receipts to sell.")] = 200,
) -> None:
    """Sell real receipts on fresh data, verify the books, end."""
    _end_on_terminate()
    try:
        code = run_demo(_settings(), _say, receipts)
    except _CANNOT_START as error:
        _fail(str(error))
    raise typer.Exit(code)


@app.command()
def serve() -> None:
    """Serve on the servers that CHECKOUT_POSTGRES_DSN and CHECKOUT_REDIS_URL name."""
    try:
        serve_all(_settings(), _say)
    except (ValueError, WorkersFailedError) as error:
        _fail(str(error))


@app.command()
def migrate(
    dsn: Annotated[
        str, typer.Option(help="Of a role that owns the schema; else CHECKOUT_POSTGRES_DSN.")
    ] = "",
) -> None:
    """Bring the database to the newest schema."""
    target = dsn or _settings().postgres_dsn
    if not target:
        _fail("CHECKOUT_POSTGRES_DSN is not set: which database?")
    migrate_database(target)
    _say("the schema is up to date")


@app.command()
def verify(
    dsn: Annotated[
        str, typer.Option(help="Of any role that may read all tables; else CHECKOUT_POSTGRES_DSN.")
    ] = "",
    require_exercised: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--require-exercised", help="Fail if a check saw no row.")
    ] = False,
    every: Annotated[
        int,
        typer.Option(
            min=0, help="Again every so many seconds, until SIGTERM; see CHECKOUT_METRICS_PORT."
        ),
    ] = 0,
    connections: Annotated[
        int,
        typer.Option(
            min=1,
            max=CONNECTIONS_MAX,
            help="Checks that run at the same time, each on a core of the server; --every has 1.",
        ),
    ] = 2,
    beside: Annotated[bool, typer.Option("--beside", hidden=True)] = False,  # noqa: FBT002
) -> None:
    """Check the books with SQL of its own; ends with 1 if anything is wrong."""
    settings = _settings()
    target = dsn or settings.postgres_dsn
    if not target:
        _fail("CHECKOUT_POSTGRES_DSN is not set: which database?")
    if beside:
        raise typer.Exit(verify_beside(target, _say))
    if every:
        try:
            code = verify_continuously(
                target, every, host=settings.host, metrics_port=settings.metrics_port, say=_say
            )
        except OSError as error:
            _fail(str(error))
        raise typer.Exit(code)
    code = run_verify(
        target,
        require_exercised=require_exercised,
        out=sys.stdout,
        connections=connections,
    )
    raise typer.Exit(code)


@app.command()
def evaluate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="JSON Lines; standard input if none is given.", exists=True, dir_okay=False
        ),
    ] = None,
) -> None:
    """Evaluate {"snapshot": …, "member": …, "receipt": …} lines: one outcome a line."""
    out = sys.stdout.buffer
    if paths:
        raise typer.Exit(evaluate_files(paths, out))
    raise typer.Exit(evaluate_stream(sys.stdin.buffer, out))


@app.command()
def explain(
    path: Annotated[
        Path, typer.Argument(help="One case, as for evaluate.", exists=True, dir_okay=False)
    ],
    campaign: Annotated[str, typer.Option(help="Only why this campaign did (not) apply.")] = "",
) -> None:
    """Say in tables why a receipt costs what it costs, and what became of each campaign."""
    raise typer.Exit(explain_file(path, sys.stdout, campaign))


@app.command()
def describe(
    path: Annotated[
        Path,
        typer.Argument(help="A snapshot, or a case as for evaluate.", exists=True, dir_okay=False),
    ],
    campaign: Annotated[str, typer.Option(help="Only this campaign.")] = "",
) -> None:
    """Say in words what programs and campaigns do, with every setting, defaults included."""
    raise typer.Exit(describe_file(path, sys.stdout, campaign))


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="A snapshot, as JSON.", exists=True, dir_okay=False)],
) -> None:
    """Say what is wrong with rules, and what looks strange; ends with 1 if something is wrong."""
    raise typer.Exit(check_file(path, sys.stdout))


@app.command()
def story(
    paths: Annotated[list[Path], typer.Argument(help="YAML stories, or folders of them.")],
    answers: Annotated[bool, typer.Option("--answers", help="Show answers.")] = False,  # noqa: FBT002
) -> None:
    """Run stories in memory on the service's own decisions; ends with 1 if one fails."""
    raise typer.Exit(run_stories(paths, sys.stdout, shows_answers=answers))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="campaign, snapshot, member, receipt or story.")],
) -> None:
    """Print the JSON Schema of a document."""
    raise typer.Exit(print_schema(name, sys.stdout))


@app.command()
def reference() -> None:
    """Print the page of all rules with worked examples, from the stories of this checkout."""
    try:
        sys.stdout.write(render_page(read_examples(Path(STORIES), STORIES)))
    except InvalidStoryError as error:
        _fail(str(error))


def _end_on_terminate() -> None:
    """SIGTERM ends `run` and `demo` as Ctrl-C does: in order, with nothing left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def _require_assertions() -> None:
    """Our assertions guard the books: they stay on."""
    if sys.flags.optimize:
        _fail("do not run with -O: assertions are part of the service")


if __name__ == "__main__":
    _require_assertions()
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))
    app()
