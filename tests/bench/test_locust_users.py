"""Locust, as a process of its own, against the service of the tests: two users for some seconds."""

from __future__ import annotations

import asyncio
import csv
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from loadtests.locust_users.basket_deck import write_baskets
from loadtests.locust_users.plan import FLOOR, Plan
from loadtests.locust_users.run import run_locust
from loadtests.locust_users.stages import TURNS
from loadtests.locust_users.verdict import floor_of
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.running import Service


#: The till of a store that the service does not know.
STRANGER = {"elsewhere": "nobody"}


@pytest.fixture
def plan(service: Service, tmp_path: Path) -> Plan:
    """Two tills for some seconds, each with two baskets; the echo is the service, too."""
    many = [line("apple", 100_00), *(line("bread", 50_00, position) for position in range(2, 8))]
    baskets = [receipt(*many, card=world.CARD), receipt(line("apple", 100_00), card=world.CARD)]
    write_baskets(
        tmp_path / "baskets.bin",
        [(store, basket) for store in ("s1", *STRANGER) for basket in baskets],
    )
    target = f"127.0.0.1:{service.ports[0]}"
    return Plan(
        target=target,
        echo_target=target,
        tokens={"s1": "north-s1-t1", "elsewhere": "north-s1-t1"},
        time_zone="UTC",
        baskets="baskets.bin",
        profile="returns-day",
        shape="soak",
        users=2,
        seconds=4,
        watched={"worker": os.getpid(), "echo": os.getpid()},
    )


async def test_a_till_sells_and_takes_back_while_another_is_refused(
    plan: Plan, service: Service, tmp_path: Path
) -> None:
    """All that was confirmed is in the books; only calls of the unknown till are failures."""
    strange = replace(plan, tokens=plan.tokens | STRANGER)
    told = await asyncio.to_thread(run_locust, tmp_path, strange)
    assert told["failures"]
    assert all("UNAUTHENTICATED" in what for what in told["failures"])
    with (tmp_path / "returns-day_stats.csv").open() as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    assert {"Identify", "Quote", "Quote with hold", "Confirm", "ConfirmReturn"} <= rows.keys()
    # Locust's report may have been written before its last customers had paid.
    confirmed = await service.database.fetchval("select count(*) from receipt")
    assert 0 < int(rows["Confirm"]["Request Count"]) <= confirmed
    assert rows["Confirm"]["Failure Count"] == "0"
    assert (tmp_path / "returns-day.html").stat().st_size > 0


async def test_echo_and_quotes_are_compared_by_the_same_users(plan: Plan, tmp_path: Path) -> None:
    """Both stages have calls, and none of them failed."""
    floor = replace(plan, profile=FLOOR, shape=TURNS, seconds=4)
    told = await asyncio.to_thread(run_locust, tmp_path, floor)
    assert told["failures"] == {}
    compared = floor_of(told["stages"])
    assert compared is not None
    assert compared.rate_ratio > 0
