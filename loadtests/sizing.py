"""What a chain needs: processor cores, memory, disk, from what `make bench` measured.

The sums are deliberately plain. Everything that is assumed about a store stands in `Shop`; what a
call costs comes from the figures of a bench of the same machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of a core or a disk, no more than this share is planned for: the rest is for spikes, and for the
#: machine that has failed.
PLANNED_SHARE: Final = 0.4
_HOUR_S: Final = 3_600
_GB: Final = 1e9
_MB: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What is assumed of one store."""

    receipts_per_day: int = 1_500
    #: Of a day's receipts, how many fall into its busiest hour.
    busiest_hour_share: float = 0.12
    #: A till asks again when the basket, the member or the payment changes.
    quotes_per_receipt: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What so many stores need in their busiest hour, and what a year of them keeps."""

    stores: int
    quotes_per_s: float
    confirms_per_s: float
    service_cores: float
    postgres_cores: float
    valkey_mb: float
    disk_gb_a_year: float
    log_mb_per_s: float


def need_of(stores: int, shop: Shop, figures: Mapping[str, float]) -> Need:
    """The need of so many equal stores.

    ``figures`` are those of `make bench` or `make bench-quick`: microseconds of processor time per
    call, bytes per receipt and per cached member. Quotes come on a Session, as tills are advised.

    Raises:
        KeyError: a figure is missing.
    """
    confirms_per_s = stores * shop.receipts_per_day * shop.busiest_hour_share / _HOUR_S
    quotes_per_s = confirms_per_s * shop.quotes_per_receipt
    worked_us = quotes_per_s * figures["quote_session_us"] + confirms_per_s * figures["confirm_us"]
    return Need(
        stores=stores,
        quotes_per_s=quotes_per_s,
        confirms_per_s=confirms_per_s,
        service_cores=worked_us / 1e6 / PLANNED_SHARE,
        postgres_cores=confirms_per_s * figures["confirm_postgres_us"] / 1e6 / PLANNED_SHARE,
        # A member stays cached for an hour, so those of the busiest hour are there at once.
        valkey_mb=confirms_per_s * _HOUR_S * figures["member_valkey_bytes"] / _MB,
        disk_gb_a_year=stores * shop.receipts_per_day * 365 * figures["receipt_disk_bytes"] / _GB,
        log_mb_per_s=confirms_per_s * figures["receipt_log_bytes"] / _MB,
    )


def as_markdown(needs: list[Need]) -> str:
    """The table of the documentation."""
    columns = (
        *("stores", "quotes/s", "confirms/s", "service, cores", "PostgreSQL, cores"),
        *("Valkey, MB", "disk a year, GB", "log, MB/s"),
    )
    rows = [f"| {' | '.join(columns)} |", f"| {' | '.join('---:' for _ in columns)} |"]
    rows += [
        f"| {need.stores:,} | {need.quotes_per_s:,.1f} | {need.confirms_per_s:,.1f}"
        f" | {need.service_cores:,.2f} | {need.postgres_cores:,.2f} | {need.valkey_mb:,.0f}"
        f" | {need.disk_gb_a_year:,.0f} | {need.log_mb_per_s:,.2f} |"
        for need in needs
    ]
    return "\n".join(rows)
