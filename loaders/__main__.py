"""python -m loaders …: load the demo's dataset, publish its rules, sell its receipts.

Addresses, credentials and keys come from the environment (``CHECKOUT_…``), as `make run` sets them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from checkout.client import CallRefusedError
from checkout.flows.identifiers import IdentifierHasher, IdentifierRules
from checkout.flows.sale import PresentedIdentifier
from checkout.refusals import Refusal
from loaders.adjust_command import add_commands
from loaders.card_play import play_cards
from loaders.certificates import pay_with_certificates
from loaders.codes_file import CodesKeptError
from loaders.completejourney import Dataset, DatasetMissingError, load_completejourney
from loaders.completejourney.database import OtherDataError, read_loaded, write_dataset
from loaders.completejourney.program import PARTNER
from loaders.completejourney.receipts import choose_receipts
from loaders.counting import wait_until_counted
from loaders.coupon_play import play_coupons
from loaders.coupons import BulkIssue, CouponsRefusedError, issue_in_bulk
from loaders.demo_clients import operator_of
from loaders.environment import Environment, require
from loaders.gift_play import play_gifts
from loaders.households import pool
from loaders.issue_certificates import Order, UnknownSeriesError, issue_certificates
from loaders.merge_play import merge
from loaders.operators import intervene
from loaders.progress import say
from loaders.tills import Play, play_receipts
from loaders.unusual_sales import sell_unusually

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
add_commands(app)

Seed = Annotated[int, typer.Option(help="Of everything that is invented or drawn.")]


@app.command()
def load(seed: Seed = 7) -> None:
    """Load the year of a grocery chain, unless it is loaded."""
    environment = Environment.read()
    hasher = IdentifierHasher(environment.pepper)

    def present(partner_id: object, kind: str, value: str) -> PresentedIdentifier:
        presented = hasher.present(partner_id, kind, value, IdentifierRules())  # type: ignore[arg-type]
        assert not isinstance(presented, Refusal), presented
        return presented

    async def write() -> None:
        connection = await asyncpg.connect(environment.owner_dsn)
        try:
            loaded = await read_loaded(connection)
            if loaded is not None and loaded.seed == seed:
                say(f"demo data are there: installed on {loaded.install_date}, seed {seed}")
                return
            say("reading a year of real receipts (about five seconds)")
            today = dt.datetime.now(dt.UTC).date()
            dataset = load_completejourney(today, seed)
            say(f"writing {len(dataset.members):,} members, {len(dataset.campaigns):,} campaigns")
            await write_dataset(
                connection,
                dataset,
                present=present,
                token_of=environment.terminal_token,
                say=lambda _: None,
            )
            for line in dataset.report.text().splitlines():
                say(line)
        finally:
            await connection.close()

    try:
        asyncio.run(write())
    except asyncpg.DiskFullError:
        typer.echo("demo data: the disk is full; nothing was loaded, free some 300 MB", err=True)
        raise typer.Exit(1) from None
    except (DatasetMissingError, OtherDataError, asyncpg.PostgresError, OSError) as error:
        typer.echo(f"demo data: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def publish(note: str = "demo data") -> None:
    """Publish the rules as they stand."""
    environment = Environment.read()

    async def call() -> None:
        async with operator_of(environment) as operator:
            published = await operator.publish_snapshot(note)
        state = "published" if published.changed else "in force already"
        say(f"rules {published.snapshot_id[:12]} {state}: {published.parts} parts")

    try:
        asyncio.run(call())
    except CallRefusedError as error:
        typer.echo(f"the rules were not published: {error}", err=True)
        for fault in error.faults[:20]:
            typer.echo(f"  {fault.field}: {fault.message}", err=True)
        raise typer.Exit(1) from None


@app.command()
def play(
    receipts: Annotated[int, typer.Option(min=1, help="How many real baskets to sell.")] = 200,
    slip: Annotated[bool, typer.Option("--slip", help="Print the last slip.")] = False,  # noqa: FBT002
) -> None:
    """Sell real baskets now, through the whole flow of a till; one after the other."""
    environment = Environment.read()
    result = asyncio.run(_play(environment, receipts, intervenes=not slip))
    if slip and result.last_slip:
        typer.echo("")
        for line in result.last_slip:
            typer.echo(f"        {line}")
        typer.echo("")
        typer.echo(f"    token of this till: {environment.terminal_token(result.last_store)}")
        typer.echo(f"    card of this member: {result.last_card}")
    else:
        typer.echo(result.table())
    if result.faults:
        for fault in result.faults[:20]:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(1)


@app.command("issue-certificates")
def issue(
    series: Annotated[str, typer.Option(help="Code of the series in the partner's rules.")],
    count: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many.")],
    output: Annotated[Path, typer.Option(help="New file for the codes; CSV, mode 0600.")],
    author: Annotated[str, typer.Option(help="Who issues them.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    partner: Annotated[str, typer.Option(help="Code of the partner.")] = PARTNER.code,
    face: Annotated[
        int, typer.Option(min=0, help="Minor units, or units; 0: what the series says.")
    ] = 0,
) -> None:
    """Issue certificates by COPY; they are worth nothing until they are sold."""
    order = Order(
        partner=partner,
        series=series,
        count=count,
        face=face or None,
        author=author,
        reason=reason,
    )

    async def write() -> None:
        connection = await asyncpg.connect(require("CHECKOUT_OWNER_DSN", "a role that may issue"))
        try:
            began = time.perf_counter()
            pepper = bytes.fromhex(require("CHECKOUT_PEPPER", "the digests of codes"))
            batch_id = await issue_certificates(connection, order, pepper, output, say)
            seconds = time.perf_counter() - began
            say(f"batch {batch_id}: {count:,} in {seconds:.1f} s, codes in {output}")
        finally:
            await connection.close()

    try:
        asyncio.run(write())
    except CodesKeptError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (UnknownSeriesError, asyncpg.PostgresError, OSError) as error:
        typer.echo(f"nothing was issued: {error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def issue_coupons(
    *,
    series: Annotated[str, typer.Option(help="Of the partner's coupon series.")],
    author: Annotated[str, typer.Option(help="Who issues them.")],
    reason: Annotated[str, typer.Option(help="Why, for the history.")],
    partner: Annotated[str, typer.Option(help="Code of the partner.")] = PARTNER.code,
    count: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many to make.")] = 0,
    output: Annotated[Path | None, typer.Option(help="Where new codes are written.")] = None,
    codes: Annotated[Path | None, typer.Option(help="Codes that are given, one a line.")] = None,
    uses: Annotated[int, typer.Option(min=1, max=1_000_000, help="Uses of each.")] = 1,
    valid_from: Annotated[
        dt.datetime | None, typer.Option(help="UTC; from now on if absent.")
    ] = None,
    valid_until: Annotated[
        dt.datetime | None, typer.Option(help="UTC; without end if absent.")
    ] = None,
    valid_days: Annotated[
        int | None, typer.Option(min=0, max=36_500, help="Days instead of an end.")
    ] = None,
) -> None:
    """Issue unique coupons in bulk, all or none: new ones to a file, or those of a file."""
    if (codes is None) == (output is None) or (codes is None) != (count > 0):
        raise typer.BadParameter("give --count and --output, or --codes")
    if valid_until is not None and valid_days is not None:
        raise typer.BadParameter("give --valid-until or --valid-days")
    issue = BulkIssue(
        partner=partner,
        series=series,
        author=author,
        reason=reason,
        count=count,
        output=output,
        codes=codes,
        uses_max=uses,
        valid_from=valid_from and valid_from.replace(tzinfo=dt.UTC),
        valid_until=valid_until and valid_until.replace(tzinfo=dt.UTC),
        valid_days=valid_days,
    )

    async def write() -> int:
        connection = await asyncpg.connect(require("CHECKOUT_OWNER_DSN", "a role that may issue"))
        try:
            pepper = bytes.fromhex(require("CHECKOUT_PEPPER", "the digests of codes"))
            return await issue_in_bulk(connection, pepper, issue, say)
        finally:
            await connection.close()

    try:
        issued = asyncio.run(write())
    except CodesKeptError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (CouponsRefusedError, asyncpg.PostgresError, OSError) as error:
        typer.echo(f"no coupons were issued: {error}", err=True)
        raise typer.Exit(1) from None
    say(f"{issued:,} coupons of {series} issued")


async def _play(environment: Environment, count: int, *, intervenes: bool) -> Play:
    connection = await asyncpg.connect(environment.owner_dsn)
    try:
        loaded = await read_loaded(connection)
    finally:
        await connection.close()
    if loaded is None:
        raise typer.BadParameter("there are no demo data: run `python -m loaders load` first")
    dataset: Dataset = load_completejourney(loaded.install_date, loaded.seed)
    chosen = choose_receipts(dataset)
    play = await play_receipts(environment, chosen[:count], say)
    if intervenes and play.last_saver is not None:
        play.faults += await intervene(environment, *play.last_saver)
        store, card, _ = play.last_saver
        play.faults += await sell_unusually(environment, store, card)
        play.faults += await play_coupons(environment, *play.last_saver[:2])
        play.faults += await play_gifts(environment, *play.last_saver[:2])
        play.faults += await play_cards(environment, play.last_store)
        play.faults += await pay_with_certificates(environment, play.last_store)
        play.faults += await pool(environment, play.last_store)
        play.faults += await merge(environment, play.last_store)
        play.faults += await wait_until_counted(environment)
    return play


if __name__ == "__main__":
    app()
