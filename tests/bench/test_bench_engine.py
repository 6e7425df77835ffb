"""The engine's benchmark runs, and says what it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from loadtests.engine.figures import QUICK
from loadtests.engine.others import SORTS
from loadtests.engine.stages import STAGES
from tests.tidy.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = {
    *(f"engine_us_{count}" for count in QUICK.campaign_counts),
    "engine_growth_campaigns",
    "engine_us_per_line_10",
    "engine_us_per_line_1000",
    "engine_growth_lines",
    "engine_growth_lines_long",
    "explain_full_vs_none",
    *(f"stage_us_{stage}" for stage in STAGES),
    "indexed_us",
    "engine_vs_indexed",
    "real_engine_us_1000",
    "real_indexed_us",
    "real_engine_vs_indexed",
    *(f"unindexed_us_{sort}_{count}" for sort in SORTS for count in QUICK.campaign_counts),
    *(f"unindexed_growth_{sort}" for sort in SORTS),
    "units_us_bundle",
    "units_us_bundle_tried",
    "units_us_buy_get",
    "units_us_bundle_parts",
    "units_us_buy_get_parts",
    "combination_us",
    "combination_steps",
    "combination_gap_minor",
    "compile_documents_s",
    "compile_parts_s",
    "compile_step_ms",
    "change_publisher_ms",
    "change_worker_ms",
    "change_step_ms",
    "compiled_mib",
    "compile_peak_mib",
}
#: Far above the goals: neighbours on the machine must not fail a test.
GROWTH_MAX = 3


def test_the_quick_benchmark_writes_its_figures_and_sees_no_growth(tmp_path: Path) -> None:
    """All figures are there, and neither campaigns nor lines make a receipt dear."""
    output = tmp_path / "deep" / "bench.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "loadtests", "bench"),
            *("--quick", "--part", "engine", "--output", str(output)),
        ],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    written = json.loads(output.read_text())
    figures = {name: entry["value"] for name, entry in written["figures"].items()}
    assert figures.keys() >= FIGURES
    assert all(name in done.stdout for name in figures)
    assert all(figures[name] > 0 for name in FIGURES - {"combination_gap_minor"})
    assert figures["engine_growth_campaigns"] < GROWTH_MAX
    assert figures["engine_growth_lines"] < GROWTH_MAX
    assert figures["unindexed_growth_expired"] < GROWTH_MAX
    assert figures["unindexed_growth_codes"] < GROWTH_MAX
    assert {"commit", "python", "cpus", "versions", "form"} <= written["machine"].keys()
    assert {"measured_at", "load_average", "runs"} <= written["parts"]["engine"].keys()
