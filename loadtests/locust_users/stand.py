"""Servers for Locust: one worker on the demo's year of a real grocery chain, and the echo."""

from __future__ import annotations

import asyncio
import datetime as dt
import zoneinfo
from collections import Counter
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkout.client import identifier_message, messages, receipt_message
from loaders.completejourney.program import PARTNER
from loaders.completejourney.receipts import DemoReceipt, draw_receipts
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import till_of
from loaders.environment import Environment
from loaders.tills import await_rules
from loadtests.locust_users.basket_deck import write_baskets
from loadtests.locust_users.plan import Plan
from loadtests.service.shop import running_shop
from loadtests.service.stand import Database, serving_echo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.client import CheckoutClient
    from loaders.completejourney import Dataset
    from loadtests.locust_users.profiles import Profile

#: Each store is a connection of a process of Locust; the busiest of the data.
STORES: Final = 4
BASKETS: Final = 400
#: Where only some baskets are wanted, so many more are looked at.
CANDIDATES: Final = 4


@dataclass(frozen=True, slots=True)
class ShopStand:
    """What is under load, and the plan of it, but for how much."""

    dsn: str
    plan: Plan
    #: Lines and bytes of the baskets and of their quotes.
    about_baskets: str


@contextmanager
def loaded_shop(folder: Path, name: str, profile: Profile) -> Iterator[ShopStand]:
    """Everything for one profile; the plan's files are written to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        shop = stack.enter_context(running_shop(folder / "worker.log"))
        database, worker, environment = shop.database, shop.worker, shop.environment
        candidates = _choose(shop.dataset, profile)
        quoted = asyncio.run(_quote(environment, candidates, profile))
        write_baskets(folder / "baskets.bin", [(store, receipt) for store, receipt, _ in quoted])
        answers = [answer for *_, answer in quoted]
        echo = stack.enter_context(serving_echo(folder / "answers.bin", answers))
        plan = Plan(
            target=worker.target,
            echo_target=echo.target,
            tokens={store: environment.terminal_token(store) for store, *_ in quoted},
            time_zone=TIME_ZONE,
            baskets="baskets.bin",
            profile=name,
            shape="",
            users=0,
            seconds=0,
            watched=_watched(database, worker.pid, echo.pid),
            service_credential=environment.service_credential,
            partner=PARTNER.code,
            owner_dsn=database.dsn,
            redis_url=database.redis_url,
        )
        yield ShopStand(database.dsn, plan, _about(quoted))


def _watched(database: Database, worker_pid: int, echo_pid: int) -> dict[str, int]:
    return {
        "worker": worker_pid,
        "echo": echo_pid,
        "postgres": database.postgres_pid,
        "valkey": database.valkey_pid,
    }


def _choose(dataset: Dataset, profile: Profile) -> Sequence[DemoReceipt]:
    """Baskets of the busiest stores, each as likely: small ones as often as the data have them."""
    stores = dataset.baskets.stores()
    busiest = {store for store, _ in Counter(stores).most_common(STORES)}
    indexes = [
        index
        for index, (store, size) in enumerate(zip(stores, dataset.baskets.sizes(), strict=True))
        if store in busiest and size <= profile.lines_max
    ]
    return draw_receipts(dataset, BASKETS * (CANDIDATES if profile.campaign else 1), indexes)


async def _quote(
    environment: Environment, candidates: Sequence[DemoReceipt], profile: Profile
) -> list[tuple[str, messages.Receipt, messages.QuoteResponse]]:
    """Baskets with their stores and answers; only those to which the profile's campaign applies."""
    now = dt.datetime.now(zoneinfo.ZoneInfo(TIME_ZONE))
    every = profile.one_card_every
    found = []
    clients: dict[str, CheckoutClient] = {}
    async with AsyncExitStack() as stack:
        for number, candidate in enumerate(candidates):
            store = candidate.basket.store
            if store not in clients:
                clients[store] = await stack.enter_async_context(till_of(environment, store))
                await await_rules(clients[store])
            whose = candidates[0] if every and number % every == 0 else candidate
            card = identifier_message("card", whose.member.card)
            receipt = receipt_message(candidate.at(now), card)
            answer = await clients[store].quote("chosen", receipt)
            applied = {each.code for each in answer.outcome.applied}
            if not profile.campaign or profile.campaign in applied:
                found.append((store, receipt, answer))
    return found[:BASKETS]


def _about(quoted: Sequence[tuple[str, messages.Receipt, messages.QuoteResponse]]) -> str:
    lines = [len(receipt.lines) for _, receipt, _ in quoted]
    sent = [receipt.ByteSize() for _, receipt, _ in quoted]
    answered = [answer.ByteSize() for *_, answer in quoted]
    count = len(quoted)
    return (
        f"{count} real baskets of {len({store for store, *_ in quoted})} stores: "
        f"{sum(lines) / count:.1f} lines, {sum(sent) // count:,} bytes, "
        f"answered with {sum(answered) // count:,} bytes (means)"
    )
