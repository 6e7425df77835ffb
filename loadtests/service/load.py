"""What one run of a generator gave: calls, and the processor time that they cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of the generator gave."""

    calls: int
    seconds: float
    generator_s: float
    server_s: float
    postgres_s: float
    valkey_s: float
    wrong: int
    #: What generated it.
    generator: str = "our generator"

    @property
    def per_s(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds

    @property
    def server_us(self) -> float:
        """The server's processor time per call."""
        return self.server_s / self.calls * 1e6

    @property
    def postgres_us(self) -> float:
        """PostgreSQL's per call."""
        return self.postgres_s / self.calls * 1e6

    @property
    def valkey_us(self) -> float:
        """Valkey's per call."""
        return self.valkey_s / self.calls * 1e6

    @property
    def generator_share(self) -> float:
        """Of a core."""
        return self.generator_s / self.seconds
