"""Plays one cell from start to end."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from tests.faults.scene import Findings, open_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.cells import Cell
    from tests.faults.stand import Stand


async def play_cell(stand: Stand, cell: Cell, *, quick: bool, seed: int, logs: Path) -> Findings:
    """What the cell gave; a cell that breaks down has failed and says why."""
    findings = Findings(cell.name, cell.fault, seed)
    try:
        async with open_scene(
            stand,
            cell.name,
            cell.fault,
            seed=seed,
            seconds=cell.quick_s if quick else cell.full_s,
            rate_per_s=cell.rate_per_s,
            logs=logs,
            workers=cell.workers,
            environment=cell.environment,
            mix=cell.mix,
            timeout_factor=cell.timeout_factor,
            is_direct=cell.is_direct,
            is_streamed=cell.is_streamed,
            is_plain=cell.is_plain,
            module=cell.module,
        ) as scene:
            findings = scene.findings
            await cell.play(scene)
            await scene.judge()
            told = [f"{count:6} {what}" for what, count in scene.journal.said.most_common()]
            (logs / f"{cell.name.lower()}-errors.txt").write_text("\n".join(told) + "\n")
    except Exception as error:  # noqa: BLE001 - the other cells still have their turn
        trace = traceback.format_exc().strip().splitlines()
        findings.faults.append(f"the cell broke down: {error!r}: {' '.join(trace[-4:-1])}")
    return findings
