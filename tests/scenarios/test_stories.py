"""Every story, both ways: in memory and through gRPC on PostgreSQL, with equal answers."""

from __future__ import annotations

import datetime as dt
from contextlib import AsyncExitStack
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

import pytest
import pytest_asyncio

from checkout.ledger.card_rows import CardWrites
from checkout.ledger.coupon_rows import CouponWrites
from checkout.ledger.gift_rows import GiftWrites
from checkout.ledger.identity_book import IdentityWrites
from checkout.ledger.writes import Writes
from checkout.stories.document import Story, load_stories, story_files
from checkout.stories.runner import run_in_memory
from checkout.stories.schema import document_schema
from checkout.stories.teller import Teller
from checkout.verifier.verifier import verify
from tests.scenarios.forgetful_stores import ForgetfulMemoryStore, ForgetfulPostgresStore
from tests.scenarios.grpc_shop import GrpcShop
from tests.scenarios.stage import Stage, open_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from checkout.embedded import EmbeddedServers
    from checkout.stories.teller import StepTold

FILES: Final = story_files(Path(__file__).parent)


def _named_stories() -> Iterator[tuple[str, Story]]:
    """By the file's name, and a number if it tells several."""
    for file in FILES:
        stories = load_stories(file)
        for number, story in enumerate(stories, start=1):
            yield (f"{file.stem}-{number}" if len(stories) > 1 else file.stem), story


STORIES: Final = dict(_named_stories())
each_story = pytest.mark.parametrize("name", STORIES)

#: What a sale's answers rest on. The rest of what a batch writes is history, which the verifier
#: checks: postings, entries, movements of lots, uses of limits and budgets.
TOLD_TABLES: Final = (
    "accounts",
    "bound_cards",
    "budgets",
    "cards.new",
    "changed_identifiers",
    "coupons.coupons",
    "coupons.new_coupons",
    "coupons.tags",
    "coupons.tags_given",
    "coupons.uses",
    "freezes",
    "gifts.entries",
    "gifts.new_given",
    "gifts.stocks",
    "gifts.taken_back",
    "holds",
    "identifiers",
    "identities.merges",
    "lots",
    "members",
    "naturals",
    "new_freezes",
    "new_holds",
    "new_lots",
    "certificates",
    "new_certificates",
    "new_members",
    "participations",
    "profiles",
    "purchases",
    "receipts",
    "requests",
    "return_keys",
    "returns",
    "slots",
    "standings",
    "stops",
    "without_receipt",
    "visits",
    "visits_pending",
    "windows",
)


#: A table that PostgreSQL is not told, and a story that needs it.
PLANTED_BUGS: Final = (
    ("new_lots", "lifetime_of_points"),
    ("lots", "price_changed_by_points"),
    ("slots", "weekly_limit"),
    ("budgets", "budget_to_the_last_kopeck"),
    ("new_holds", "hold_then_confirm"),
    ("purchases", "cancel_before_confirm"),
    ("requests", "operator_corrects_points"),
    ("profiles", "what_is_known_of_a_member"),
    ("members", "first_and_each_third_purchase"),
    ("stops", "emergency_stop"),
    ("new_freezes", "points_frozen_and_restored"),
    ("changed_identifiers", "lost_card_replaced"),
    ("return_keys", "goods_come_back-11"),
    ("coupons.coupons", "coupon_used_once"),
    ("coupons.uses", "coupon_used_once"),
    ("coupons.new_coupons", "campaign_issues_coupons_and_tags"),
    ("coupons.tags", "campaign_issues_coupons_and_tags"),
    ("coupons.tags_given", "campaign_issues_coupons_and_tags"),
    ("without_receipt", "without_a_receipt"),
    ("gifts.entries", "beside_the_receipt-1"),
    ("gifts.new_given", "for_points-1"),
    ("gifts.stocks", "beside_the_receipt-1"),
    ("gifts.taken_back", "for_points-1"),
    ("certificates", "paying-1"),
    ("new_certificates", "paying-1"),
    ("visits", "what_counts-2"),
    ("visits_pending", "climbs_keeps_and_falls"),
    ("windows", "what_the_member_bought-1"),
    ("standings", "climbs_keeps_and_falls"),
)

#: Stories that are asked first whether they miss a table: found among hundreds, it would take long.
ASKED_FIRST: Final = dict(PLANTED_BUGS) | {
    "freezes": "points_frozen_and_restored",
    "holds": "life-6",
    "identities.merges": "for_points-6",
    "naturals": "receipt_number_clash",
    "participations": "lifecycle_by_the_days",
    "returns": "after_the_return-6",
}

#: How stories went in memory: pure rooms answer the same each time.
_TOLD_IN_MEMORY: Final[dict[str, list[StepTold]]] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    module_postgres_dsn: str, embedded_pair: EmbeddedServers, worker_id: str
) -> AsyncIterator[Stage]:
    """One service for all stories; `redis_url` of the same worker, which nobody else uses now."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    redis_url = urlunsplit(urlsplit(embedded_pair.redis_url)._replace(path=f"/{number}"))
    async with open_stage(module_postgres_dsn, redis_url) as stage:
        yield stage


async def run_through_grpc(stage: Stage, story: Story, partner: str) -> list[StepTold]:
    """How a story goes in the service, for a partner of its own."""
    async with AsyncExitStack() as clients:
        return await Teller(story, GrpcShop(stage, partner, clients), partner).tell()


async def told_in_memory(name: str) -> list[StepTold]:
    """How a story goes in memory, of which it is told once."""
    if name not in _TOLD_IN_MEMORY:
        _TOLD_IN_MEMORY[name] = await run_in_memory(STORIES[name])
    return _TOLD_IN_MEMORY[name]


def complaints(told: list[StepTold]) -> list[str]:
    return [f"step {step.number}, {step.action}: {d}" for step in told for d in step.differences]


@each_story
async def test_a_story_goes_as_told_in_memory(name: str) -> None:
    """Every figure that the story states is what the pure rooms answer."""
    assert not complaints(await told_in_memory(name))


@each_story
@pytest.mark.asyncio(loop_scope="module")
async def test_a_story_goes_the_same_through_grpc(name: str, stage: Stage) -> None:
    """The service on PostgreSQL answers every step as the pure rooms do, field by field."""
    served = await run_through_grpc(stage, STORIES[name], name)
    stage.told.add(name)
    assert not complaints(served)
    in_memory = await told_in_memory(name)
    for step, told in zip(served, in_memory, strict=True):
        assert step == told


@pytest.mark.parametrize("table", TOLD_TABLES)
async def test_forgetting_any_table_spoils_some_story(table: str) -> None:
    """Whatever the answers rest on, some story notices that it was not written."""
    for name in sorted(STORIES, key=lambda name: name != ASKED_FIRST.get(table)):
        try:
            told = await run_in_memory(STORIES[name], ForgetfulMemoryStore(table))
        except (KeyError, AssertionError):
            return  # the batch itself fell over what was missing
        if complaints(told):
            return
    pytest.fail(f"no story notices that {table} is not written")


@pytest.fixture
async def spoilt_stage(postgres_dsn: str, redis_url: str) -> AsyncIterator[Stage]:
    """A service of its own for planted bugs, since they spoil what the database says."""
    async with open_stage(postgres_dsn, redis_url) as stage:
        yield stage


async def test_a_bug_planted_in_the_store_is_found(spoilt_stage: Stage) -> None:
    """A service whose store forgets a table no longer answers as the pure rooms do."""
    honest = spoilt_stage.books()
    for table, name in PLANTED_BUGS:
        spoilt_stage.use_books(ForgetfulPostgresStore(honest, table))
        served = await run_through_grpc(spoilt_stage, STORIES[name], f"without-{table}")
        assert complaints(served), f"nobody noticed that {table} was not written"
        assert served != await told_in_memory(name)


@pytest.mark.asyncio(loop_scope="module")
async def test_after_all_stories_the_books_balance(stage: Stage) -> None:
    """The verifier, which shares no code with the ledger, finds nothing wrong in their database.

    The last test of the module (see conftest.py); alone, it tells the stories itself.
    """
    for name in STORIES.keys() - stage.told:
        assert not complaints(await run_through_grpc(stage, STORIES[name], name))
    await stage.set_clock(dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    # Some stories end with something still set aside, or with points that are gone by then.
    await stage.worker.sweeper.step()
    await stage.worker.lot_keeper.step()
    await stage.worker.visit_counter.step()
    assert not (await verify(stage.dsn)).violated


def test_every_table_of_a_batch_is_told_or_is_history() -> None:
    """A table that is added to the writes is either noticed by a story or named as history."""
    history = {
        "budget_uses",
        "credits",
        "bulks",
        "cards.issues",
        "changes",
        "corrections",
        "coupons.issues",
        "certificate_batches",
        "certificate_entries",
        "entries",
        "events",
        "identities.erasures",  # erased people have no story: tests/integration/test_erase.py
        "identities.links",  # persons have no story: tests/integration/test_persons.py
        "identities.persons",
        "interventions",
        "limit_uses",
        "lot_movements",
        "memberships",
        "new_corrections",
        "postings",
        "qr_claims",
        "return_lines",
        "tier_changes",
        "traits",  # operators tell of people without a story: tests/integration/test_people.py
        "visits_counted",  # what stays queued is counted again, to the same end
    }
    tables = {field.name for field in fields(Writes)} - {"cards", "coupons", "gifts", "identities"}
    tables |= {f"cards.{field.name}" for field in fields(CardWrites)}
    tables |= {f"coupons.{field.name}" for field in fields(CouponWrites)}
    tables |= {f"gifts.{field.name}" for field in fields(GiftWrites)}
    tables |= {f"identities.{field.name}" for field in fields(IdentityWrites)}
    assert tables == history | set(TOLD_TABLES)


def test_every_reward_and_condition_has_a_story() -> None:
    """Whatever a manager can choose in a campaign is shown at work, or refused, in figures."""
    told: set[str] = set()
    for story in STORIES.values():
        published = [step.publish for step in story.steps if step.publish is not None]
        for rules in (story.snapshot, *published):
            told |= set(_kinds([campaign.model_dump() for campaign in rules.campaigns]))
    known = {
        definition["properties"]["kind"]["const"]
        for definition in document_schema("campaign")["$defs"].values()
        if "kind" in definition.get("properties", {})
    }
    assert told == known


def _kinds(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("kind"), str):
            yield value["kind"]
        for inner in value.values():
            yield from _kinds(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _kinds(inner)
