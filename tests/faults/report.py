"""The report: one row a cell."""

from __future__ import annotations

import platform
import subprocess
from typing import TYPE_CHECKING, Final

from tests.faults.processes import SOURCES

if TYPE_CHECKING:
    from tests.faults.scene import Findings

_HEAD: Final = (
    "| cell | fault | seed | operations | acknowledged | lost | duplicated | unknown resolved |"
    " violations | recovery s | figures | verdict |"
)


def row_of(found: Findings) -> str:
    """A cell's row."""
    resolved = f"{found.resolved} of {found.unknown}" if found.unknown else "none unknown"
    figures = ", ".join(f"{name} {value}" for name, value in found.figures.items())
    recovery = "" if found.recovery_s is None else f"{found.recovery_s:.2f}"
    cells = (
        *(found.name, found.fault, found.seed, found.operations, found.acknowledged, found.lost),
        *(found.duplicated, resolved, found.violations, recovery, figures),
        ("LATE" if found.late else "passed") if found.passed else "FAILED",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def report_of(cells: list[Findings], *, form: str, command: str, seconds: float) -> str:
    """The whole page."""
    what = f"`{command}`, {form}, commit {_commit()}, Python {platform.python_version()}"
    lines = [
        "# Fault matrix",
        "",
        f"{what}, {seconds:.0f} s.",
        "",
        "A journal of what clients sent and were told is compared with the database after",
        "each cell, and the verifier runs. Operations are calls with an effect and quotes; a",
        "call counts once, however often it was sent. Unknown: an attempt ended without an",
        "answer; resolved: its fate was learned by repeating it or from GetOperation.",
        "Recovery: from the end of the fault (of a kill: from the kill) to the answer of the",
        "first call that began after it; the longest of several.",
        "",
        _HEAD,
        "|" + " --- |" * (_HEAD.count("|") - 1),
        *(row_of(found) for found in cells),
        "",
    ]
    failed = [found for found in cells if not found.passed]
    lines.append(f"{len(cells) - len(failed)} of {len(cells)} cells passed.")
    for found in failed:
        lines += ["", f"## {found.name} failed", "", *(f"- {fault}" for fault in found.faults)]
    for found in cells:
        if found.late:
            lines += ["", f"## {found.name} was late", "", *(f"- {late}" for late in found.late)]
    return "\n".join(lines) + "\n"


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        capture_output=True,
        check=False,
        cwd=SOURCES,
        text=True,
    )
    return told.stdout.strip() or "unknown"
