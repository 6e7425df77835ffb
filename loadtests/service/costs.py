"""What runs of a closed loop came to: processor time a call of each process, calls a second."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Final

from loadtests.engine.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.service.load import Load

#: A generator that takes more of a core is measured itself: rates are void, costs per call are not.
GENERATOR_SHARE_MAX: Final = 0.7


def costs(
    name: str, told: str, loads: Sequence[Load], *, of_an_echo: bool = False
) -> Iterator[Figure]:
    """Of the server, PostgreSQL and Valkey for a call, and how many there were.

    An echo asks neither of the latter.
    """
    yield Figure(
        name=f"{name}_us",
        value=statistics.median(each.server_us for each in loads),
        about=f"µs of the server's processor time: {told}",
    )
    if not of_an_echo:
        yield Figure(
            name=f"{name}_postgres_us",
            value=statistics.median(each.postgres_us for each in loads),
            about="PostgreSQL's µs for it, with what is counted of it later",
        )
        yield Figure(
            name=f"{name}_valkey_us",
            value=statistics.median(each.valkey_us for each in loads),
            about="Valkey's µs for it",
        )
    yield _rate(name, told, loads)


def _rate(name: str, told: str, loads: Sequence[Load]) -> Figure:
    """Calls a second, and what the generator took of a core."""
    return Figure(
        name=f"{name}_per_s",
        value=statistics.median(each.per_s for each in loads),
        about=f"a second: {told}; {loads[0].generator} took {_share(loads):.0%} of a core",
        void=why_void(loads),
    )


def why_void(loads: Sequence[Load]) -> str:
    """Why their rate counts for nothing; empty if it counts."""
    return "it was the generator's rate" if _share(loads) > GENERATOR_SHARE_MAX else ""


def why_too_busy(share: float) -> str:
    """Why times of a generator with such a share of a core count for nothing; or empty."""
    if share > GENERATOR_SHARE_MAX:
        return f"the generator took over {GENERATOR_SHARE_MAX:.0%} of a core"
    return ""


def _share(loads: Sequence[Load]) -> float:
    """Of a core, the generator's."""
    return statistics.median(each.generator_share for each in loads)
