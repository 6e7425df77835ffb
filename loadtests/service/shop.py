"""A worker on the demo's year of a real grocery chain: its members, goods, rules and coupons."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import secrets
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.client import identifier_message, messages, receipt_message
from loaders.completejourney import load_completejourney
from loaders.completejourney.database import read_loaded
from loaders.environment import Environment
from loadtests.service.stand import WORKER, Database, Served, execute, running_database, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.completejourney import Dataset
    from loaders.completejourney.receipts import DemoReceipt

SEED: Final = 7
#: One receipt in so many pays with as many points as the rules allow.
SPENDS_EVERY: Final = 4
_NONE: Final = dt.timedelta()
#: What campaigns with a budget may give under load: their own are used up after 200 receipts.
BUDGET_MINOR: Final = 10_000_000_000
#: How often members may use what is once for each, or once a week: as often as they are sold to.
USES: Final = 1_000_000
_ROOT: Final = Path(__file__).resolve().parents[2]
_MORE_BUDGET: Final = """
update campaign set document = jsonb_set(document, '{budget,discount_minor}', to_jsonb($1::bigint))
where document #> '{budget,discount_minor}' is not null
"""


#: What is counted within a receipt is counted anew in each.
_MORE_USES: Final = """
update campaign set document = jsonb_set(document, '{limits}', (
    select jsonb_agg(
        case one ->> 'period'
            when 'receipt' then one else jsonb_set(one, '{bound}', to_jsonb($1::bigint))
        end order by place
    )
    from jsonb_array_elements(document -> 'limits') with ordinality as of_it (one, place)
))
where jsonb_array_length(coalesce(document -> 'limits', '[]')) > 0
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """Servers, a worker with the rules in force, and what was loaded."""

    database: Database
    worker: Served
    environment: Environment
    dataset: Dataset
    #: What another worker would be told.
    worker_environment: dict[str, str]


def receipt_now(
    number: int, sale: DemoReceipt, clock_ahead: dt.timedelta = _NONE
) -> messages.Receipt:
    """A receipt of the year, the so-manieth of a run, as it is sold to its member now.

    By the till's clock, which may be some minutes ahead.
    """
    spends: Any = "max" if number % SPENDS_EVERY == 0 else 0
    card = identifier_message("card", sale.member.card)
    return receipt_message(sale.at(dt.datetime.now(dt.UTC) + clock_ahead, spends), card)


@contextmanager
def running_shop(log: Path | None = None, *, limits_close: bool = True) -> Iterator[Shop]:
    """All of it, until the block ends; what the worker logs goes to a file.

    Where the same members are sold to again and again, limits that close would make every later
    sale a lighter one.
    """
    with ExitStack() as stack:
        database = stack.enter_context(running_database())
        told = database.environment()
        given = told | {
            "CHECKOUT_OWNER_DSN": database.dsn,
            "CHECKOUT_TERMINALS_KEY": secrets.token_hex(32),
        }
        _load(given, "load", "--seed", str(SEED))
        asyncio.run(execute(database.dsn, _MORE_BUDGET, BUDGET_MINOR))
        if not limits_close:
            asyncio.run(execute(database.dsn, _MORE_USES, USES))
        worker = stack.enter_context(serving(WORKER, told, log))
        host, _, port = worker.target.partition(":")
        given |= {"CHECKOUT_HOST": host, "CHECKOUT_PORT": port}
        _load(given, "publish")
        environment = Environment(
            owner_dsn=database.dsn,
            target=worker.target,
            service_credential=given["CHECKOUT_SERVICE_CREDENTIAL"],
            pepper=bytes.fromhex(given["CHECKOUT_PEPPER"]),
            terminals_key=bytes.fromhex(given["CHECKOUT_TERMINALS_KEY"]),
        )
        yield Shop(database, worker, environment, asyncio.run(_dataset(database.dsn)), told)


def _load(given: dict[str, str], *arguments: str) -> None:
    """Run the demo's loader.

    Raises:
        subprocess.CalledProcessError: it failed, and has said why.
    """
    command = [sys.executable, "-m", "loaders", *arguments]
    subprocess.run(command, cwd=_ROOT, env={**os.environ, **given}, check=True)


async def _dataset(dsn: str) -> Dataset:
    connection = await asyncpg.connect(dsn)
    try:
        loaded = await read_loaded(connection)
    finally:
        await connection.close()
    assert loaded is not None, "it was loaded"
    return load_completejourney(loaded.install_date, loaded.seed)
