"""`make faults`, `make faults-quick`: the matrix, and a report; ends with 1 if a cell failed.

With `--sabotage` the workers break one promise: the cell that is about it must fail.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import sys
import time
from pathlib import Path

import structlog

from tests.faults.cells import CELLS, Cell
from tests.faults.playing import play_cell
from tests.faults.report import report_of, row_of
from tests.faults.stand import running_stand

DIRECTORY = Path("build/faults")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every cell in its short form")
    parser.add_argument("--cells", default="", help="only these, as FC1,FC4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--times-told",
        action="store_true",
        help="what came too late is told and fails no cell, in the short form: for a machine that"
        " does much else",
    )
    parser.add_argument(
        "--sabotage", default="", help="what workers do wrong: see tests/faults/sabotaged_worker.py"
    )
    parser.add_argument("--output", type=Path, default=DIRECTORY)
    asked = parser.parse_args()
    if asked.times_told and not asked.quick:
        parser.error("only the short form tells what came too late: at length it is demanded")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wanted = {name for name in asked.cells.upper().split(",") if name}
    cells = [cell for cell in CELLS if not wanted or cell.name in wanted]
    if wanted - {cell.name for cell in cells}:
        parser.error(f"there is no {', '.join(sorted(wanted - {c.name for c in cells}))}")
    if asked.sabotage:
        cells = [sabotaged(cell, asked.sabotage) for cell in cells]
    began = time.monotonic()
    found = []
    with running_stand() as stand:
        for cell in cells:
            print(f"==> {cell.name}: {cell.fault}", flush=True)
            cell_began = time.monotonic()
            findings = asyncio.run(
                play_cell(stand, cell, quick=asked.quick, seed=asked.seed, logs=asked.output)
            )
            found.append(findings)
            if not asked.times_told:
                findings.faults += findings.late
            print(row_of(findings), f"{time.monotonic() - cell_began:.0f} s", flush=True)
            for fault in findings.faults or findings.late:
                print(f"    ! {fault}", flush=True)
    form = "short form" if asked.quick else "full form"
    page = report_of(
        found,
        form=form,
        command=f"make faults{'-quick' if asked.quick else ''}",
        seconds=time.monotonic() - began,
    )
    asked.output.mkdir(parents=True, exist_ok=True)
    report = asked.output / "report.md"
    report.write_text(page)
    print(f"\n{report}: {sum(each.passed for each in found)} of {len(found)} cells passed")
    return 0 if all(each.passed for each in found) else 1


def sabotaged(cell: Cell, name: str) -> Cell:
    """The cell with workers that break a promise."""
    return dataclasses.replace(
        cell,
        module="tests.faults.sabotaged_worker",
        environment=cell.environment | {"CHECKOUT_SABOTAGE": name},
    )


if __name__ == "__main__":
    sys.exit(main())
