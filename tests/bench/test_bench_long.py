"""What is measured at length, in its shortest form: growth, soak and profile, every figure.

All on one stand, and in this order: growth is of members who have bought nothing.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from loadtests.machine import servers_of
from loadtests.service.growth import Growth, grown
from loadtests.service.measure import QUICK
from loadtests.service.profile import KINDS, profiled, sampled_worker
from loadtests.service.soak import soaked
from loadtests.service.stand import running_stand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loadtests.engine.figures import Figure
    from loadtests.service.stand import Stand

MEMBERS = 40
#: Each call is of another member.
SHORTEST = Growth(
    members=60,
    receipts=60,
    members_at_first=MEMBERS,
    receipts_at_first=30,
    calls=10,
    buyers=2,
    baskets=3,
)
#: A quote and a confirm, both on a Session.
PROFILED = KINDS[1:]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker writes its samples."""
    return tmp_path_factory.mktemp("profile") / "stacks"


@pytest.fixture(scope="module")
def stand(stacks: Path) -> Iterator[Stand]:
    """Servers and a worker of the benchmark, which can be sampled."""
    with running_stand(campaigns=40, members=MEMBERS, worker=sampled_worker(stacks)) as stand:
        yield stand


def test_growth_soak_and_profile_give_every_figure(stand: Stand, stacks: Path) -> None:
    """Each call had all its campaigns, or the run would be void; the books are right."""
    found_growth(asyncio.run(grown(stand, SHORTEST)))
    found_soak(asyncio.run(soaked(stand, MEMBERS, 2, knee_s=0.5, at_once=4)))
    # The generator may begin late: the worker is looked at for two seconds.
    effort = replace(QUICK, seconds=3, members=MEMBERS)
    found_profile(list(profiled(stand, effort, stacks, PROFILED)))


def found_growth(found: list[Figure]) -> None:
    """Ratios are those of the medians beside them."""
    figures = {each.name: each for each in found}
    for name in ("history_growth", "member_growth"):
        for how in ("warm", "cold"):
            few, many = figures[f"{name}_{how}_few_ms"], figures[f"{name}_{how}_many_ms"]
            assert figures[f"{name}_{how}"].value == many.value / few.value > 0
            assert figures[f"{name}_{how}"].goal == 1.15
    assert figures["verified_rows"].value > SHORTEST.receipts


def found_soak(found: list[Figure]) -> None:
    """Members bought several times, and every sale was as heavy as the first."""
    figures = {each.name: each for each in found}
    # On a machine that does much else a sale may be turned away; no answer may be another one.
    assert not re.search("times (status|with|of|[0-9]+ lines)", figures["soak_failed"].about)
    assert figures["soak_sales"].value > 0
    assert figures["soak_idle_in_transaction"].goal == 0
    assert figures["soak_sale_us"].value > 0
    assert figures["soak_sale_postgres_us"].value > 0
    assert "of a core" in figures["soak_sale_per_s"].about
    assert figures["soak_verified_rows"].value > figures["soak_sales"].value
    # Nobody cleans up within two seconds: members and their lots were changed, or the books lie.
    assert figures["soak_dead_rows_share"].value > 0
    assert figures["soak_dead_rows_share"].void
    first, last = figures["soak_first_p99_ms"], figures["soak_last_p99_ms"]
    assert figures["soak_p99_drift"].value == last.value / first.value > 0
    assert figures["soak_worst_minute_p99_ms"].value > 0
    assert figures["soak_worst_minute_p99_ms"].about.endswith("minute 1")
    assert first.unit == last.unit == figures["soak_worst_minute_p99_ms"].unit == "ms"
    # In two seconds a worker that grows by a page seems to grow by megabytes an hour.
    assert figures["soak_memory_mb_per_h"].void


def found_profile(found: list[Figure]) -> None:
    """Every sample belongs to a part."""
    figures = {each.name: each.value for each in found}
    assert figures["echo_us"] > 0
    assert figures["confirm_session_postgres_us"] > 0
    assert figures["quote_session_valkey_us"] > 0
    assert figures["profile_verified_rows"] > 0
    for kind, parts, _ in PROFILED:
        summed = sum(figures[f"{kind}_us_{part.name}"] for part in parts)
        assert summed == pytest.approx(figures[f"{kind}_us"])


def test_the_servers_say_how_they_are_set(stand: Stand) -> None:
    """A confirm is durable, or its figure is none."""
    found = servers_of(stand.dsn, stand.redis_url)
    assert found["postgresql"]["fsync"] == found["postgresql"]["synchronous_commit"] == "on"
    assert found["postgresql"]["server_version"].startswith("18")
    assert found["valkey"]["version"]


def test_growth_measures_nobody_twice() -> None:
    """Who bought before has fewer campaigns, and is quicker."""
    for few in ({"members_at_first": 29}, {"receipts": 59}, {"receipts_at_first": 27}):
        with pytest.raises(ValueError, match="too few for 10 calls"):
            replace(SHORTEST, **few)
