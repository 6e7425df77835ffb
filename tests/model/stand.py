"""Where a run of the model test plays: a database of its own, the assembled service, a clock."""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import redis

from checkout.embedded.state import wait_for_lock
from checkout.verifier.checks import CHECKS
from checkout.verifier.verifier import verify
from tests.model.comparison import (
    Seen,
    differences,
    seen_in_database,
    seen_in_model,
    turns_of_lots,
)
from tests.model.desk import Desk
from tests.model.model import Model
from tests.model.shop import MUGS, open_shop
from tests.server_fixtures import database_copy
from tests.service.clock import make_months
from tests.service.gifts import set_stock
from tests.service.running import running_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from asyncpg.prepared_stmt import PreparedStatement

    from tests.server_fixtures import Cluster

_TEMPLATE: Final = "model_template"
MEMBERS: Final = ("m000", "m001", "m002")
#: How far a run's clock may go; months are made until then.
HORIZON: Final = dt.timedelta(days=200)
#: The verifier's checks over what one call may move; at the end of a run all are made.
AFTER_EACH_STEP: Final = frozenset(
    {
        *("postings_sum_to_zero", "balances_are_sums_of_entries", "debts_are_sums_of_entries"),
        *("pending_is_the_sum_of_entries", "chains_have_no_gap", "lots_are_sums_of_movements"),
        *("lots_sum_to_balances", "accounts_hold_what_lots_hold", "accounts_hold_what_is_pending"),
        *("hold_points_lie_in_lots", "limit_slots_are_sums_of_uses", "limits_are_not_exceeded"),
        *("limit_slots_hold_what_is_pending", "budgets_are_sums_of_uses"),
        *("budgets_hold_what_is_pending", "members_of_households_keep_no_points"),
        *("merged_members_keep_no_points", "merges_owe_what_was_moved"),
        *("gift_stocks_are_sums_of_entries", "gift_stocks_hold_what_is_pending"),
        *("certificates_are_sums_of_entries", "certificates_hold_what_is_pending"),
        "erased_members_are_nobody",
    }
)


@dataclass(frozen=True)
class Place:
    """The run's servers, and which process plays there."""

    cluster: Cluster
    world_template: str
    redis_url: str
    directory: Path
    worker_id: str

    def template(self) -> str:
        """The name of a database with the model's shop, made once per run of the tests."""
        with wait_for_lock(self.directory / "shop.lock"):
            if not self.cluster.has_database(_TEMPLATE):
                unfinished = f"{_TEMPLATE}_unfinished"
                copied = f"CREATE DATABASE {unfinished} TEMPLATE {self.world_template}"
                self.cluster.execute(copied)
                with ThreadPoolExecutor(1) as thread:
                    opening = open_shop(self.cluster.dsn_of(unfinished))
                    thread.submit(asyncio.run, opening).result()
                self.cluster.execute(f"ALTER DATABASE {unfinished} RENAME TO {_TEMPLATE}")
        return _TEMPLATE


@dataclass
class Stand:
    """A model and the desk of a service that must do the same."""

    model: Model
    desk: Desk
    _checks: PreparedStatement[Any]

    async def seen(self) -> tuple[Seen, Seen]:
        """What is seen in the model, and in the database."""
        database = self.desk.service.database
        return seen_in_model(self.model), await seen_in_database(database, self.desk)

    async def turns(self) -> list[tuple[str, dt.date, dt.date]]:
        """In which order the service spends lots: by name and days."""
        return await turns_of_lots(self.desk.service.database, self.desk)

    async def compare(self) -> None:
        """Model and database are in the same state, and the database is in one that can be."""
        wrong = differences(*await self.seen())
        assert not wrong, "; ".join(wrong)
        violated = [row["name"] for row in await self._checks.fetch()]
        assert not violated, violated

    async def verified(self) -> list[str]:
        """What the whole verifier finds, when what is due has been booked; also the model."""
        await self.desk.sweep()
        await self.desk.book_lots()
        report = await verify(self.desk.service.dsn)
        return [f"{found.name}: {found.keys}" for found in report.violated]


@asynccontextmanager
async def open_stand(place: Place, workers: int = 1) -> AsyncIterator[Stand]:
    """A fresh shop with three members and an empty household, on a Monday morning."""
    template = place.template()
    with redis.Redis.from_url(place.redis_url, protocol=3) as cache:
        cache.flushdb()  # it knows the cards of the last run
    with database_copy(place.cluster, template, place.worker_id) as dsn:
        async with running_service(dsn, place.redis_url, workers=workers) as service:
            today = dt.datetime.now(dt.UTC)
            monday = today.replace(hour=10, minute=0, second=0, microsecond=0)
            # A week after the shop was opened: what is told late was sold under its rules.
            monday += dt.timedelta(days=14 - today.weekday())
            await make_months(service, HORIZON)
            desk = Desk(service, {}, monday - today)
            await desk.move_clock()
            till = service.till()
            desk.members = {
                card: (await till.enrol(card=card)).member.member_id for card in MEMBERS
            }
            desk.household = await service.operator().household()
            await set_stock(service.operator(), MUGS)
            model = Model([*MEMBERS], monday)
            yield Stand(model, desk, await service.database.prepare(_checks()))


def _checks() -> str:
    """The names of those checks that find something wrong, as one statement."""
    return " union all ".join(
        f"select '{check.name}' as name"
        f" where exists (select from ({check.query}) as c where is_wrong is not false)"
        for check in CHECKS
        if check.name in AFTER_EACH_STEP
    )
