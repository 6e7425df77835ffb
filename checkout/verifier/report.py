"""What the verifier found, as values and as a table for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from checkout.verifier.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_EXERCISED = "not exercised"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: how much it saw, how much was wrong, and the first keys of that."""

    name: str
    sentence: str
    rows_checked: int
    violations: int
    keys: tuple[str, ...]
    elapsed_s: float

    @property
    def is_exercised(self) -> bool:
        """Whether there was anything to look at."""
        return self.rows_checked > 0

    @property
    def rows_per_s(self) -> float:
        """How fast it went."""
        return _rate(self.rows_checked, self.elapsed_s)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks over one moment of the database."""

    results: tuple[CheckResult, ...]
    #: From the beginning of the first to the end of the last; several may have run at a time.
    elapsed_s: float = 0.0

    @property
    def violations(self) -> int:
        """Wrong rows of all checks; one fault is often seen by several."""
        return sum(result.violations for result in self.results)

    @property
    def rows_checked(self) -> int:
        """Rows that were looked at, once per check."""
        return sum(result.rows_checked for result in self.results)

    @property
    def rows_per_s(self) -> float:
        """How fast they went, all together."""
        return _rate(self.rows_checked, self.elapsed_s)

    @property
    def violated(self) -> tuple[CheckResult, ...]:
        """The checks that found something wrong."""
        return tuple(result for result in self.results if result.violations)

    @property
    def unexercised(self) -> tuple[CheckResult, ...]:
        """The checks that found nothing to look at: they say nothing."""
        return tuple(result for result in self.results if not result.is_exercised)


def _rate(rows: int, seconds: float) -> float:
    return rows / seconds if seconds else 0.0


class ReportTable:
    """The report while it is made: a line for each check when it ends, so no hour is silent.

    Then what is wrong, then the sum; the last line is ``violations: N``.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._width = max(len(check.name) for check in CHECKS)
        self._has_head = False

    def tell(self, result: CheckResult) -> None:
        """A check has ended."""
        if not self._has_head:
            self._has_head = True
            self._write(
                f"{'check':<{self._width}} {'rows':>12} {'violations':>14} {'seconds':>8}"
                f" {'rows/s':>12}"
            )
        rows, elapsed = f"{result.rows_checked:,}", f"{result.elapsed_s:.2f}"
        found = str(result.violations) if result.is_exercised else NOT_EXERCISED
        rate = f"{result.rows_per_s:,.0f}" if result.is_exercised else "-"
        self._write(f"{result.name:<{self._width}} {rows:>12} {found:>14} {elapsed:>8} {rate:>12}")

    def end(self, report: Report) -> None:
        """All have."""
        for line in _after_all(report):
            self._write(line)

    def _write(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()


def summary_of(report: Report) -> Iterator[str]:
    """What is wrong, if anything, and the sum: for a run that is one of many."""
    for result in report.violated:
        yield f"VIOLATED {result.name}: {result.violations}, {', '.join(result.keys)}"
    yield (
        f"violations: {report.violations} in {report.rows_checked:,} rows,"
        f" {report.elapsed_s:.1f} s, {report.rows_per_s:,.0f} rows/s"
    )


def _after_all(report: Report) -> Iterator[str]:
    for result in report.violated:
        yield ""
        yield f"VIOLATED {result.name}: {result.sentence}"
        for key in result.keys:
            yield f"  {key}"
        if result.violations > len(result.keys):
            yield f"  … {result.violations - len(result.keys)} more"
    yield ""
    yield (
        f"{len(report.results)} checks, {len(report.unexercised)} {NOT_EXERCISED},"
        f" {report.rows_checked:,} rows checked in {report.elapsed_s:.1f} s,"
        f" {report.rows_per_s:,.0f} rows/s"
    )
    yield f"violations: {report.violations}"
