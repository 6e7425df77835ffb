"""python -m loaders adjust …: corrections in bulk from a file, and what ends them."""

from __future__ import annotations

import asyncio
import csv
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from uuid_utils.compat import uuid7

from checkout.client import CallRefusedError, OperatorClient
from loaders.adjustments import (
    Adjusted,
    BadRow,
    FileUnusableError,
    adjust_from_file,
    end_bulk,
    report_cell,
)
from loaders.completejourney.program import PARTNER
from loaders.environment import operator_address
from loaders.progress import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Author = Annotated[str, typer.Option(help="Who is responsible.")]
Reason = Annotated[str, typer.Option(help="Why; kept for ever.")]
PartnerCode = Annotated[str, typer.Option(help="Code of the partner.")]


def add_commands(app: typer.Typer) -> None:
    """Let an app have these commands."""
    app.command()(adjust)
    app.command("end-bulk")(end)


def adjust(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8.")],
    author: Author,
    reason: Reason,
    bulk: Annotated[
        str, typer.Option(help="Names the file for ever; its own name when left out.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be.")] = False,  # noqa: FBT002
    report: Annotated[Path | None, typer.Option(help="CSV for the rows that were bad.")] = None,
    partner: PartnerCode = PARTNER.code,
) -> None:
    """Correct many balances from a file; safe to repeat. Ends with 2 if rows were bad."""

    async def work(operator: OperatorClient, on_bad: Callable[[BadRow], None]) -> Adjusted:
        return await adjust_from_file(
            operator,
            file,
            bulk=bulk or file.stem[:64],
            reason=reason,
            dry_run=dry_run,
            say=say,
            on_bad=on_bad,
        )

    with ExitStack() as stack:
        on_bad = _tell
        if report is not None:
            out = stack.enter_context(report.open("w", encoding="utf-8", newline=""))
            writer = csv.writer(out)
            writer.writerow(("line", "field", "value", "reason", "message"))

            def on_bad(bad: BadRow) -> None:
                cells = (bad.field, bad.value, bad.reason, bad.message)
                writer.writerow((bad.line, *map(report_cell, cells)))

        done = _run(partner, author, lambda operator: work(operator, on_bad))
    say(("would be: " if dry_run else "") + done.table())
    if done.states["refused"]:
        raise typer.Exit(2)


def end(
    bulk: Annotated[str, typer.Argument(help="The name of the bulk.")],
    how: Annotated[str, typer.Argument(help="undo, approve or reject.")],
    author: Author,
    reason: Reason,
    partner: PartnerCode = PARTNER.code,
) -> None:
    """Take a bulk back, or decide on what of it is proposed; safe to repeat."""
    if how not in {"undo", "approve", "reject"}:
        raise typer.BadParameter("undo, approve or reject", param_hint="HOW")
    run = str(uuid7())
    done = _run(
        partner,
        author,
        lambda operator: end_bulk(
            operator, bulk, how=how, reason=reason, run=run, say=say, on_bad=_tell
        ),
    )
    say(done.table() + (f", {done.owed:,} minor units owed" if done.owed else ""))
    if done.states["refused"]:
        raise typer.Exit(2)


def _run(
    partner: str, author: str, work: Callable[[OperatorClient], Awaitable[Adjusted]]
) -> Adjusted:
    target, credential = operator_address()

    async def call() -> Any:  # noqa: ANN401 - what the work gives
        async with OperatorClient(
            target, credential, partner=partner, author=author, timeout_factor=3
        ) as operator:
            return await work(operator)

    try:
        done: Adjusted = asyncio.run(call())
    except FileUnusableError as error:
        typer.echo(f"nothing was sent: {error}", err=True)
        raise typer.Exit(1) from None
    except CallRefusedError as error:
        typer.echo(f"not finished, it may be run again: {error}", err=True)
        raise typer.Exit(1) from None
    return done


def _tell(bad: BadRow) -> None:
    typer.echo(
        f"    line {bad.line}: {bad.field} {bad.value!r}: {bad.reason}, {bad.message}", err=True
    )
