"""What a chain needs: processor cores, memory, disk, from what `make bench` measured.

The sums are deliberately plain. Everything that is assumed about a store stands in `Shop`; what a
call costs comes from the figures of a bench of the same machine. What not every bench measures has
a value here that is assumed instead, and `basis_of` says which it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Of a core or a disk, no more than this share is planned for: the rest is for spikes, and for the
#: machine that has failed.
PLANNED_SHARE: Final = 0.4
#: One sells while the other is restarted.
WORKERS_MIN: Final = 2
#: Of a worker: its pool, and what it listens and works with beside.
CONNECTIONS_A_WORKER: Final = 10
#: A backend of PostgreSQL with its caches and the memory of a sort.
CONNECTION_MB: Final = 10
#: `shared_buffers` as `make run` sets it: for rules, members and the indexes of a small chain.
BUFFERS_MB: Final = 512
#: What `make bench PART=publishing` measures, in MiB. Without it: the most that a worker may weigh,
#: and the parts of a snapshot of 92,331 articles and 10,000 campaigns, as measured once.
ASSUMED_MIB: Final = {"pss_mb": 250.0, "rules_valkey_mb": 29.0}
_HOUR_S: Final = 3_600
_GB: Final = 1e9
_MB: Final = 1e6
_MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What is assumed of one store."""

    receipts_per_day: int = 1_500
    #: Of a day's receipts, how many fall into its busiest hour.
    busiest_hour_share: float = 0.12
    #: A till asks again when the basket, the member or the payment changes.
    quotes_per_receipt: float = 3.0
    #: It identifies the member before the first quote.
    identifies_per_receipt: float = 1.0
    #: Of the receipts, how many are held before they are paid: their last quote is one with hold.
    holds_share: float = 0.0

    def __post_init__(self) -> None:
        """A hold is one of the quotes."""
        if not 0 <= self.holds_share <= min(1, self.quotes_per_receipt):
            raise ValueError(f"of the receipts {self.holds_share:g} cannot be held: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What so many stores need in their busiest hour, and what a year of them keeps."""

    stores: int
    quotes_per_s: float
    confirms_per_s: float
    service_cores: float
    workers: int
    workers_mb: float
    postgres_cores: float
    postgres_mb: float
    valkey_mb: float
    disk_gb_a_year: float
    log_mb_per_s: float


def need_of(stores: int, shop: Shop, figures: Mapping[str, float]) -> Need:
    """The need of so many equal stores.

    ``figures`` are those of `make bench` or `make bench-quick`: microseconds of processor time per
    call, bytes per receipt and per cached member; with its part `publishing` also the memory of a
    worker and of the rules; where receipts are held, also what a sale with hold costs. Quotes come
    on a Session, as tills are advised; to identify a member counts as a quote, which does that and
    more.

    Raises:
        KeyError: a figure is missing.
    """
    confirms_per_s = stores * shop.receipts_per_day * shop.busiest_hour_share / _HOUR_S
    quotes_per_s = confirms_per_s * shop.quotes_per_receipt
    # A sale with hold is measured together with its confirm, so its last quote is in it.
    looks = shop.identifies_per_receipt + shop.quotes_per_receipt - shop.holds_share
    worked_us = confirms_per_s * (
        looks * figures["quote_session_us"] + _of_a_sale("us", shop, figures)
    )
    service_cores = worked_us / 1e6 / PLANNED_SHARE
    workers = max(WORKERS_MIN, math.ceil(service_cores))
    in_the_hour = confirms_per_s * _HOUR_S
    receipt_mb = figures["receipt_disk_bytes"] / _MB
    return Need(
        stores=stores,
        quotes_per_s=quotes_per_s,
        confirms_per_s=confirms_per_s,
        service_cores=service_cores,
        workers=workers,
        workers_mb=workers * _memory_mb("pss_mb", figures),
        postgres_cores=(
            confirms_per_s * _of_a_sale("postgres_us", shop, figures) / 1e6 / PLANNED_SHARE
        ),
        postgres_mb=(
            max(BUFFERS_MB, in_the_hour * receipt_mb)
            + workers * CONNECTIONS_A_WORKER * CONNECTION_MB
        ),
        # A member stays cached for an hour, so those of the busiest hour are there at once; beside
        # them lie the rules, the same for any number of stores.
        valkey_mb=(
            in_the_hour * figures["member_valkey_bytes"] / _MB
            + _memory_mb("rules_valkey_mb", figures)
        ),
        disk_gb_a_year=stores * shop.receipts_per_day * 365 * figures["receipt_disk_bytes"] / _GB,
        log_mb_per_s=confirms_per_s * figures["receipt_log_bytes"] / _MB,
    )


def _of_a_sale(unit: str, shop: Shop, figures: Mapping[str, float]) -> float:
    """What its durable transactions cost: a confirm, or a hold and its confirm."""
    cost = (1 - shop.holds_share) * figures[f"confirm_{unit}"]
    if shop.holds_share:
        cost += shop.holds_share * figures[f"sale_with_hold_{unit}"]
    return cost


def _memory_mb(name: str, figures: Mapping[str, float]) -> float:
    return figures.get(name, ASSUMED_MIB[name]) * _MEBIBYTE / _MB


def basis_of(figures: Mapping[str, float], shop: Shop) -> Iterator[str]:
    """What each column stands on, as a list of the documentation."""
    yield (
        "- measured: processor time of a Session quote, of a confirm and of PostgreSQL for it,"
        " bytes of a receipt on disk and in the log, bytes of a cached member"
    )
    for name, told in (
        ("pss_mb", "of a worker"),
        ("rules_valkey_mb", "of Valkey for the rules"),
    ):
        how = "measured" if name in figures else "assumed, `make bench PART=publishing` measures it"
        yield f"- {_memory_mb(name, figures):,.0f} MB {told}: {how}"
    yield (
        f"- assumed: members are identified {shop.identifies_per_receipt:g} times a receipt, which"
        " costs as much as a Session quote"
    )
    if shop.holds_share:
        yield (
            f"- {shop.holds_share:.0%} of the receipts are held before they are paid: processor"
            " time of such a sale is measured, what a hold adds to disk and log is not counted"
        )
    else:
        yield "- assumed: no receipt is held before it is paid, `--holds 1` counts all of them so"
    yield (
        f"- assumed: PostgreSQL holds what the busiest hour wrote, at least {BUFFERS_MB} MB, and"
        f" {CONNECTION_MB} MB for each of {CONNECTIONS_A_WORKER} connections of a worker"
    )


def as_markdown(needs: list[Need]) -> str:
    """The table of the documentation."""
    columns = (
        *("stores", "quotes/s", "confirms/s", "service, cores", "workers", "workers, MB"),
        *("PostgreSQL, cores", "PostgreSQL, MB", "Valkey, MB", "disk a year, GB", "log, MB/s"),
    )
    rows = [f"| {' | '.join(columns)} |", f"| {' | '.join('---:' for _ in columns)} |"]
    rows += [
        f"| {need.stores:,} | {need.quotes_per_s:,.1f} | {need.confirms_per_s:,.1f}"
        f" | {need.service_cores:,.2f} | {need.workers} | {need.workers_mb:,.0f}"
        f" | {need.postgres_cores:,.2f} | {need.postgres_mb:,.0f} | {need.valkey_mb:,.0f}"
        f" | {need.disk_gb_a_year:,.0f} | {need.log_mb_per_s:,.2f} |"
        for need in needs
    ]
    return "\n".join(rows)
