"""The sums of what a chain needs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from loadtests.__main__ import app
from loadtests.sizing import PLANNED_SHARE, Shop, as_markdown, basis_of, need_of

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

FIGURES = {
    "quote_session_us": 1_000.0,
    "confirm_us": 2_000.0,
    "confirm_postgres_us": 500.0,
    "member_valkey_bytes": 1_000.0,
    "receipt_disk_bytes": 10_000.0,
    "receipt_log_bytes": 20_000.0,
}
WITH_HOLD = {"sale_with_hold_us": 4_500.0, "sale_with_hold_postgres_us": 1_200.0}
#: One receipt a second in the busiest hour, from three stores.
SHOP = Shop(
    receipts_per_day=12_000,
    busiest_hour_share=0.1,
    quotes_per_receipt=4,
    identifies_per_receipt=0,
)


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


def test_who_is_identified_costs_a_quote_more() -> None:
    """One call before the first quote: a millisecond of the service, nothing of PostgreSQL."""
    need = need_of(3, replace(SHOP, identifies_per_receipt=1), FIGURES)
    assert need.service_cores == pytest.approx(0.007 / PLANNED_SHARE)
    assert need.postgres_cores == pytest.approx(0.0005 / PLANNED_SHARE)
    assert Shop().identifies_per_receipt == 1


def test_a_sale_with_hold_takes_the_place_of_its_last_quote_and_its_confirm() -> None:
    """Of two receipts one: three and a half quotes, half a confirm, half a sale with hold."""
    half, whole = (replace(SHOP, holds_share=share) for share in (0.5, 1))
    need = need_of(3, half, FIGURES | WITH_HOLD)
    assert need.service_cores == pytest.approx((0.0035 + 0.001 + 0.00225) / PLANNED_SHARE)
    assert need.postgres_cores == pytest.approx((0.00025 + 0.0006) / PLANNED_SHARE)
    assert need.quotes_per_s == pytest.approx(4)
    need = need_of(3, whole, FIGURES | WITH_HOLD)
    assert need.service_cores == pytest.approx((0.003 + 0.0045) / PLANNED_SHARE)
    assert need.postgres_cores == pytest.approx(0.0012 / PLANNED_SHARE)
    # A short bench measures no sale with hold.
    with pytest.raises(KeyError, match="sale_with_hold_us"):
        need_of(3, whole, FIGURES)


@pytest.mark.parametrize(("quotes", "share"), [(4, -0.1), (4, 1.1), (0.5, 0.6)])
def test_no_more_is_held_than_is_quoted_and_sold(quotes: float, share: float) -> None:
    """The quote with hold is one of the quotes."""
    with pytest.raises(ValueError, match="cannot be held"):
        Shop(quotes_per_receipt=quotes, holds_share=share)


def test_what_is_assumed_of_a_sale_is_told() -> None:
    """That nothing is held, or how much, and what a hold is not counted for."""
    assert any("no receipt is held" in line for line in basis_of(FIGURES, SHOP))
    held = list(basis_of(FIGURES, replace(SHOP, holds_share=0.25)))
    assert any(line.startswith("- 25% of the receipts are held") for line in held)
    assert not any("no receipt is held" in line for line in held)


def test_the_command_counts_holds_and_says_which_figure_it_lacks(tmp_path: Path) -> None:
    """A file of `make bench-quick` has no sale with hold."""

    def asked(figures: dict[str, float]) -> Result:
        file = tmp_path / "bench.json"
        entries = {name: {"value": value} for name, value in figures.items()}
        file.write_text(json.dumps({"parts": {}, "figures": entries}))
        return CliRunner().invoke(app, ["sizing", "--bench", str(file), "--holds", "0.5"])

    assert asked(FIGURES).exit_code == 2
    assert "no 'sale_with_hold_us' in" in asked(FIGURES).output
    assert "50% of the receipts are held" in asked(FIGURES | WITH_HOLD).output


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
    assert sum("assumed, `make bench" in line for line in basis_of(FIGURES, SHOP)) == 2
    assert (
        sum("MB" in line and line.endswith(": measured") for line in basis_of(measured, SHOP)) == 2
    )


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
