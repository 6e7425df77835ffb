"""Writes the dataset into an empty database of the service, in one transaction, by COPY.

One row of the history tells it, with the hash of the files. What was loaded is remembered in the
partner's settings under `loaded`: a second run finds it and writes nothing. It also answers with
the day of the first installation, because everything was shifted by it; whoever wants the same demo
receipts and campaigns again makes the dataset with that day. Costs about five seconds, of which the
making of the parts is half.

The connection must own the schema: rules, members and history are written directly, before anything
is published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.primitives import key_number
from loaders.completejourney.program import CARD_TYPE, FOUR_EYES_ABOVE, PARTNER
from loaders.completejourney.records import (
    TableRows,
    member_rows,
    partner_id_of,
    rule_rows,
    terminal_id_of,
)
from loaders.history_row import COMMAND_LINE, tell_history

if TYPE_CHECKING:
    from collections.abc import Callable

    import asyncpg

    from checkout.engine.schema.snapshot import Words
    from loaders.completejourney.dataset import Dataset
    from loaders.completejourney.records import Present

#: Version of what this loader writes; another one means that a loaded database differs.
FORM: Final = 2

_NAME: Final = "completejourney"
_SETTING: Final = "loaded"
#: Money that a till may pay out in a day for goods without a receipt.
WITHOUT_RECEIPT: Final = {"terminal_minor": 200_00}
#: What one operator may add by hand in a day.
BY_HAND: Final = {"author_minor": 500_00}
#: Points that tills may take by themselves in a day: worth so much.
OFFLINE: Final = {"terminal_minor": 5_000_00, "card_minor": 1_000_00}
_ANALYZED: Final = (
    *("category", "product", "campaign", "store", "member", "member_profile", "identifier"),
    *("participation", "member_list_entry", "account", "lot", "posting", "entry", "lot_movement"),
)


_CARD_TYPES: Final = TableRows(
    "card_type",
    ("partner_id", "code", "name", "prefix", "digits"),
    [(partner_id_of(PARTNER.code), *CARD_TYPE)],
)


class OtherDataError(Exception):
    """The database holds other data of the partner than this load would write."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a database was loaded with."""

    seed: int
    install_date: dt.date
    shift_weeks: int


async def read_loaded(connection: asyncpg.Connection) -> Loaded | None:
    """What the database was loaded with, or None if it knows nothing of the partner.

    Raises:
        OtherDataError: the partner exists, but was not loaded by this version of the loader.
    """
    settings = await connection.fetchval(
        "select settings::text from partner where code = $1", PARTNER.code
    )
    if settings is None:
        return None
    mark = json.loads(settings).get(_SETTING)
    if not mark or mark.get("dataset") != _NAME or mark.get("form") != FORM:
        raise OtherDataError(
            f"the database has a partner {PARTNER.code} with other data: use an empty database"
        )
    return Loaded(
        seed=mark["seed"],
        install_date=dt.date.fromisoformat(mark["install_date"]),
        shift_weeks=mark["shift_weeks"],
    )


async def write_dataset(
    connection: asyncpg.Connection,
    dataset: Dataset,
    *,
    present: Present,
    token_of: Callable[[str], str] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Load the dataset unless it is loaded; the answer says with which seed and day it was.

    Args:
        connection: of the schema's owner.
        dataset: what to write.
        present: how the service digests and masks cards, phones and external ids.
        token_of: the token of a store's till by the store's code; without it no till gets one.
        say: takes a line of progress.

    Raises:
        OtherDataError: the partner is there with another seed or other data.
    """
    async with connection.transaction():
        await connection.execute(
            "select pg_advisory_xact_lock($1)", key_number(b"loader", _NAME.encode())
        )
        loaded = await read_loaded(connection)
        if loaded is not None:
            if loaded.seed != dataset.seed:
                raise OtherDataError(
                    f"the database is loaded with seed {loaded.seed}, not {dataset.seed}: "
                    "use that seed or an empty database"
                )
            say(f"loaded already: seed {loaded.seed}, installed on {loaded.install_date}")
            return loaded
        return await _write(connection, dataset, present, token_of, say)


async def _write(
    connection: asyncpg.Connection,
    dataset: Dataset,
    present: Present,
    token_of: Callable[[str], str] | None,
    say: Callable[[str], None],
) -> Loaded:
    now = await connection.fetchval("select transaction_timestamp()")
    await connection.execute("select create_month_partitions($1, $1)", now.date())
    loaded = Loaded(dataset.seed, dataset.install_date, dataset.shift.weeks)
    await _copy(connection, _partner_row(loaded, dataset.snapshot.words))
    list_names = [(audience.code, audience.name) for audience in dataset.audiences]
    for rows in rule_rows(dataset.snapshot, list_names):
        await _copy(connection, rows)
        say(f"{rows.table}: {len(rows.records):,}")
    await _copy(connection, _CARD_TYPES)
    if token_of is not None:
        await _copy(connection, _token_rows(dataset, token_of))
    for rows in member_rows(dataset, present, now):
        await _copy(connection, rows)
        say(f"{rows.table}: {len(rows.records):,}")
    # Until statistics exist, plans are made for empty tables.
    await connection.execute(f"analyze {', '.join(_ANALYZED)}")
    await tell_history(
        connection,
        partner_id_of(PARTNER.code),
        ("partner", PARTNER.code),
        "filled",
        author=COMMAND_LINE,
        reason=_NAME,
        after={
            "seed": loaded.seed,
            "members": len(dataset.members),
            "file_sha256": dataset.source.file_hash(),
        },
    )
    return loaded


def _partner_row(loaded: Loaded, words: Words) -> TableRows:
    mark = {
        "dataset": _NAME,
        "form": FORM,
        "seed": loaded.seed,
        "install_date": loaded.install_date.isoformat(),
        "shift_weeks": loaded.shift_weeks,
    }
    return TableRows(
        "partner",
        ("partner_id", "code", "name", "currency_code", "currency_exponent", "settings", "words"),
        [
            (
                *(partner_id_of(PARTNER.code), PARTNER.code, PARTNER.name),
                *(PARTNER.currency.code, PARTNER.currency.exponent),
                json.dumps(
                    {
                        _SETTING: mark,
                        "offline": OFFLINE,
                        "returns_without_receipt": WITHOUT_RECEIPT,
                        "manual_purchases": BY_HAND,
                        "four_eyes_above_minor": FOUR_EYES_ABOVE,
                    }
                ),
                words.model_dump_json(
                    exclude={"card_types", "coupon_series", "member_lists"}, exclude_defaults=True
                ),
            )
        ],
    )


def _token_rows(dataset: Dataset, token_of: Callable[[str], str]) -> TableRows:
    return TableRows(
        "terminal_token",
        ("token_hash", "terminal_id"),
        [
            (hashlib.sha256(token_of(store.code).encode()).digest(), terminal_id_of(store.code))
            for store in dataset.places.stores
        ],
    )


async def _copy(connection: asyncpg.Connection, rows: TableRows) -> None:
    await connection.copy_records_to_table(
        rows.table, columns=list(rows.columns), records=rows.records
    )
