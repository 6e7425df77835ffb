"""The sums of what a chain needs."""

from __future__ import annotations

import pytest

from loadtests.sizing import PLANNED_SHARE, Shop, as_markdown, basis_of, need_of

FIGURES = {
    "quote_session_us": 1_000.0,
    "confirm_us": 2_000.0,
    "confirm_postgres_us": 500.0,
    "member_valkey_bytes": 1_000.0,
    "receipt_disk_bytes": 10_000.0,
    "receipt_log_bytes": 20_000.0,
}
#: One receipt a second in the busiest hour, from three stores.
SHOP = Shop(receipts_per_day=12_000, busiest_hour_share=0.1, quotes_per_receipt=4)


def test_a_need_is_the_sum_of_its_calls() -> None:
    """Three stores sell once a second, after four quotes: 6 ms of the service, 0.5 of the rest."""
    need = need_of(3, SHOP, FIGURES)
    assert need.confirms_per_s == pytest.approx(1)
    assert need.quotes_per_s == pytest.approx(4)
    assert need.service_cores == pytest.approx(0.006 / PLANNED_SHARE)
    assert need.postgres_cores == pytest.approx(0.0005 / PLANNED_SHARE)
    # The members of the busiest hour, and the rules: 29 MiB if nobody has measured them.
    assert need.valkey_mb == pytest.approx(3.6 + 29 * 1.048576)
    # A worker sells while the other is restarted, each at most as heavy as it may be.
    assert need.workers == 2
    assert need.workers_mb == pytest.approx(2 * 250 * 1.048576)
    # The hour's 36 MB are less than what it has anyway; and twenty connections.
    assert need.postgres_mb == pytest.approx(512 + 20 * 10)
    assert need.disk_gb_a_year == pytest.approx(3 * 12_000 * 365 * 10_000 / 1e9)
    assert need.log_mb_per_s == pytest.approx(0.02)


def test_ten_times_the_stores_need_ten_times_as_much() -> None:
    """Nothing is shared between stores that would make it cheaper or dearer."""
    one, ten = need_of(3, SHOP, FIGURES), need_of(30, SHOP, FIGURES)
    assert ten.service_cores == pytest.approx(10 * one.service_cores)
    assert len(as_markdown([one, ten]).splitlines()) == 4


def test_memory_that_was_measured_takes_the_place_of_what_is_assumed() -> None:
    """And the basis says so."""
    measured = FIGURES | {"pss_mb": 100.0, "rules_valkey_mb": 10.0}
    need = need_of(3, SHOP, measured)
    assert need.workers_mb == pytest.approx(2 * 100 * 1.048576)
    assert need.valkey_mb == pytest.approx(3.6 + 10 * 1.048576)
    assert sum("assumed, `make bench" in line for line in basis_of(FIGURES)) == 2
    assert sum("MB" in line and line.endswith(": measured") for line in basis_of(measured)) == 2


def test_what_grows_with_the_stores_grows_and_the_rules_do_not() -> None:
    """A thousand times the stores: 15 cores planned are 15 workers, and the hour's 36 GB."""
    small, large = need_of(3, SHOP, FIGURES), need_of(3_000, SHOP, FIGURES)
    assert large.workers == 15
    assert large.postgres_mb == pytest.approx(36_000 + 150 * 10)
    assert large.valkey_mb - small.valkey_mb == pytest.approx(999 * 3.6)


def test_a_figure_that_is_missing_is_named() -> None:
    """An old file of a bench, say."""
    with pytest.raises(KeyError, match="confirm_us"):
        need_of(1, SHOP, {"quote_session_us": 1.0})
