"""python -m admin …: the pages for managers on a command line."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from admin.database import make_engine, make_sessions
from admin.members.person_file import UnknownMemberError, person_file_of
from admin.permissions import Role
from admin.serving import serve as serve_pages
from admin.settings import AdminSettings
from admin.staff.first_staff import NobodyError, drop_factor_of, keep_demo_staff, link_for
from admin.staff.first_staff import add_staff as make_staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from admin.database import Sessions

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    follow_parent: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--follow-parent", help="End when standard input ends.")
    ] = False,
    with_demo_staff: Annotated[  # noqa: FBT002
        bool, typer.Option("--demo-staff", hidden=True, help="Make the demo's people first.")
    ] = False,
) -> None:
    """Serve the pages until SIGTERM or Ctrl-C."""
    if with_demo_staff:
        demo_staff()
    settings = _settings()
    try:
        asyncio.run(serve_pages(settings, follows_parent=follow_parent))
    except OSError as error:
        _fail(
            f"port {settings.port} on {settings.host} cannot be used ({error.strerror}): end what"
            " listens there, or set CHECKOUT_ADMIN_PORT to another"
        )


@app.command()
def add_staff(
    login: Annotated[str, typer.Argument(help="Small letters, digits and . _ @ -")],
    name: Annotated[str, typer.Argument(help="As the pages greet them.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OWNER,
) -> None:
    """Add somebody of the installation; prints the link through which they choose a password."""
    settings = _settings()
    validity = dt.timedelta(hours=settings.link_hours)
    token = _run(settings, lambda sessions: make_staff(sessions, login, name, role, validity))
    _print_link(settings, token)


@app.command()
def new_link(login: Annotated[str, typer.Argument(help="Of somebody who is there.")]) -> None:
    """Print a link through which somebody chooses a new password: for who lost the only one."""
    settings = _settings()
    validity = dt.timedelta(hours=settings.link_hours)
    try:
        token = _run(settings, lambda sessions: link_for(sessions, login, validity))
    except NobodyError as error:
        _fail(str(error))
    _print_link(settings, token)


@app.command()
def drop_factor(login: Annotated[str, typer.Argument(help="Of somebody who is there.")]) -> None:
    """Take away a second factor: for a sole owner who lost the telephone and the codes."""
    try:
        had_one = _run(_settings(), lambda sessions: drop_factor_of(sessions, login))
    except NobodyError as error:
        _fail(str(error))
    typer.echo(f"{login} signs in with the password alone" + ("" if had_one else ", as before"))


@app.command()
def person(
    member: Annotated[UUID, typer.Option(help="The member's id.")],
    partner: Annotated[str, typer.Option(help="Code of the partner whose member it is.")],
) -> None:
    """Print all that is stored about a person, as JSON; that it was asked stands in the history."""
    settings = _settings()
    masters = settings.masters()
    try:
        told = _run(settings, lambda sessions: person_file_of(sessions, partner, member, masters))
    except UnknownMemberError as error:
        _fail(str(error))
    typer.echo(told.decode())


@app.command(hidden=True)
def demo_staff() -> None:
    """One person per role, with the password of CHECKOUT_ADMIN_DEMO_PASSWORD: for `make run`."""
    password = os.environ.get("CHECKOUT_ADMIN_DEMO_PASSWORD", "")
    if not password:
        _fail("CHECKOUT_ADMIN_DEMO_PASSWORD is not set")
    _run(_settings(), lambda sessions: keep_demo_staff(sessions, password))


def _print_link(settings: AdminSettings, token: str) -> None:
    base = settings.url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    sys.stdout.write(f"{base}/link/{token}\n")


def _run(settings: AdminSettings, work: Callable[[Sessions], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = make_engine(settings.postgres_dsn, 2)
        try:
            return await work(make_sessions(engine))
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except DBAPIError as error:
        _fail(str(error.orig))
    except OSError as error:
        _fail(f"the database cannot be reached: {error}")


def _settings() -> AdminSettings:
    try:
        return AdminSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"{'_'.join(('CHECKOUT_ADMIN', *map(str, fault['loc']))).upper()}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        _fail(faults)


def _fail(message: str) -> NoReturn:
    typer.echo(f"admin: {message}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
