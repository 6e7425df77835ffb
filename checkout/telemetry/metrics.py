"""What the continuous verifier tells Prometheus: text over HTTP, in a registry of its own."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.verifier.lags import Lags
    from checkout.verifier.report import Report


class VerifierMetrics:
    """The last run's figures, its age, and how far behind the workers are."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._violations = self._gauge("verify_violations", "Wrong rows, by check", "check")
        self._rows = self._gauge("verify_rows", "Rows looked at, by check", "check")
        self._seconds = self._gauge("verify_seconds", "Time that a check took", "check")
        self._lag = self._gauge(
            "lag_seconds", "How long the oldest piece of background work waits", "work"
        )
        self._put_aside = self._gauge("jobs_put_aside", "Jobs that failed for good")
        self._at_fault = self._gauge(
            "partners_at_fault", "Partners with a setting that workers cannot follow"
        )
        self._ran_at: float | None = None
        self._gauge(
            "verify_age_seconds", "Time since the last whole run; none before the first"
        ).set_function(self._age_s)
        self._failed = Counter(
            "checkout_verify_failed_runs",
            "Runs in which the database could not be asked",
            registry=self.registry,
        )

    def told(self, report: Report, lags: Lags, partners_at_fault: int) -> None:
        """A run has ended; so many partners have a setting that no worker can follow."""
        for result in report.results:
            self._violations.labels(result.name).set(result.violations)
            self._rows.labels(result.name).set(result.rows_checked)
            self._seconds.labels(result.name).set(result.elapsed_s)
        for work, seconds in lags.seconds.items():
            self._lag.labels(work).set(seconds)
        self._put_aside.set(lags.jobs_put_aside)
        self._at_fault.set(partners_at_fault)
        self._ran_at = time.monotonic()

    def failed(self) -> None:
        """A run could not be made; the figures are those of the last one."""
        self._failed.inc()

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[int]:
        """Serve them while the block runs; the port (0 takes a free one).

        Raises:
            OSError: the port is taken.
        """
        server, thread = start_http_server(port, addr=host, registry=self.registry)
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"checkout_{name}", about, labels, registry=self.registry)

    def _age_s(self) -> float:
        return float("nan") if self._ran_at is None else time.monotonic() - self._ran_at
