"""Publishing rules: faults name the field, the last good snapshot stays, all workers follow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import grpc
import pytest

from checkout.cache import slices
from checkout.cache.snapshots import RESIDENT_MAX
from checkout.engine.documents import parse_snapshot
from checkout.engine.parts import split_snapshot
from checkout.flows import publish
from checkout.store import pool
from checkout.store.pool import open_pool
from checkout.store.rules import RulesStore
from checkout.v1 import operator_service_pb2 as op
from checkout.workers import follower
from checkout.workers.publisher_process import PROGRAM
from checkout.workers.publisher_process import TIMEOUT_S as PROCESS_TIMEOUT_S
from tests.service import world
from tests.service.running import Service, running_service, wait_until
from tests.service.till import receipt, refusal_of

if TYPE_CHECKING:
    from uuid import UUID

FRUIT: dict[str, Any] = {
    "kind": "percent",
    "lane": "goods",
    "rate_bp": 1_000,
    "goods": {"skus": ["apple"]},
}


async def payable_minor(service: Service, worker: int = 0) -> int:
    quoted = await service.till(worker=worker).quote("p", receipt())
    return quoted.outcome.payable_minor


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (world.campaign("fruit", FRUIT | {"lane": "nowhere"}), "campaigns[fruit].rewards[0].lane"),
        (
            world.campaign("fruit", FRUIT | {"goods": {"skus": ["pear"]}}),
            "campaigns[fruit].rewards[0].goods.skus",
        ),
        (
            world.campaign("fruit", FRUIT, when={"kind": "tier", "tiers": ["silver"]}),
            "campaigns[fruit].when.tiers",
        ),
        (
            world.campaign("fruit", FRUIT, messages=[{"place": "slip", "text": "{nonsense}"}]),
            "campaigns[fruit].messages[0].text",
        ),
        (world.campaign("fruit", FRUIT, program="other"), "campaigns[fruit].program"),
        (world.campaign("fruit", FRUIT, budget={}), "campaigns[fruit].budget"),
        (world.campaign("fruit", FRUIT | {"rate_bp": 10_001}), "rate_bp"),
        (world.campaign("fruit", FRUIT | {"kind": "magic"}), "rewards[0]"),
        (world.campaign("fruit", FRUIT, surprise=1), "surprise"),
    ],
)
async def test_faulty_rules_are_refused_with_the_field(
    service: Service, document: dict[str, Any], field: str
) -> None:
    """Nothing is published, the fault's field is named, and tills go on with the last snapshot."""
    before = await payable_minor(service)
    await world.put_campaign(service.database, world.NORTH, document)
    rows = await service.rows()
    said = await refusal_of(service.operator().publish())
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "SNAPSHOT_INVALID")
    assert any(found.endswith(field) or field in found for found in said.fields), said.fields
    assert await service.rows() == rows
    await service.workers[0].follower.step()
    assert await payable_minor(service) == before


async def test_the_same_rules_are_not_published_twice(service: Service) -> None:
    """Publishing unchanged content answers so and writes nothing."""
    rows = await service.rows()
    again = await service.operator().publish()
    assert not again.changed
    assert again.parts_new == 0
    assert again.snapshot_id == (await service.till().snapshot_info()).snapshot_id
    assert await service.rows() == rows


async def test_rules_are_checked_without_being_published(service: Service) -> None:
    """A check says what would be published and what looks strange, and writes nothing."""
    in_force = await service.till().snapshot_info()
    same = await service.operator().publish(check_only=True)
    assert (same.snapshot_id, same.changed) == (in_force.snapshot_id, False)
    assert same.sequence > 0
    # Two that together take more than half, the most that the program's cap allows.
    greedy = world.campaign("greedy", FRUIT | {"rate_bp": 4_000})
    await world.put_campaign(service.database, world.NORTH, greedy)
    rows = await service.rows()
    checked = await service.operator().publish(check_only=True)
    assert checked.changed
    assert checked.warnings_total == len(checked.warnings) == 1
    (warning,) = checked.warnings
    assert warning.field == "campaigns[greedy]"
    assert "together with 'fruit' it may want too much: on apple for 100.00" in warning.message
    assert await service.rows() == rows
    assert (await service.till().snapshot_info()).snapshot_id == in_force.snapshot_id
    published = await service.operator().publish()
    assert published.snapshot_id == checked.snapshot_id
    assert not published.warnings


async def test_a_check_names_the_fault_like_a_publication(service: Service) -> None:
    """What cannot be published is refused with its field, although nothing would be."""
    document = world.campaign("fruit", FRUIT | {"lane": "nowhere"})
    await world.put_campaign(service.database, world.NORTH, document)
    said = await refusal_of(service.operator().publish(check_only=True))
    assert (said.code, said.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "SNAPSHOT_INVALID")
    assert "campaigns[fruit].rewards[0].lane" in said.fields


async def test_rules_can_go_back(service: Service) -> None:
    """Publishing what was published earlier shares all its parts and is in force again."""
    first = (await service.till().snapshot_info()).snapshot_id
    await world.put_campaign(service.database, world.NORTH, world.campaign("fruit", FRUIT))
    changed = await service.operator().publish("less")
    assert changed.changed
    assert 0 < changed.parts_new < changed.parts
    for document in world.campaigns("north"):
        await world.put_campaign(service.database, world.NORTH, document)
    back = await service.operator().publish("back")
    assert back.changed
    assert back.parts_new == 0
    assert back.snapshot_id == first
    assert back.sequence > changed.sequence


async def test_what_changes_is_published_as_all_rules_would_be(service: Service) -> None:
    """Changed, new, archived, faulty, as before: each time what a publication of all would give."""
    operator = service.operator()
    new = world.campaign("new", FRUIT | {"rate_bp": 500}, not_with=["fruit"])
    archived = "update campaign set status = 'archived' where code = $1"
    await operator.publish()
    for code, document in (
        ("fruit", world.campaign("fruit", FRUIT)),
        ("new", new),
        ("fruit", world.campaign("fruit", FRUIT, priority=7)),
        ("fruit", None),
        ("new", None),
    ):
        if document is None:
            await service.database.execute(archived, code)
        else:
            await world.put_campaign(service.database, world.NORTH, document)
        if (code, document) == ("fruit", None):
            # Nobody may be apart from what is not there; and nothing is forgotten by a refusal.
            said = await refusal_of(operator.publish())
            assert said.fields == ("campaigns[new].not_with",)
            continue
        published = await operator.publish()
        async with await open_pool(service.dsn, connections_max=1, application="test") as one:
            whole, _ = await RulesStore(one, "nobody").read_document(world.NORTH)
        manifest, _ = split_snapshot(parse_snapshot(whole))
        assert published.snapshot_id == manifest.snapshot_id, code


async def test_a_campaign_has_the_code_of_its_document(service: Service) -> None:
    """Rows tell what changes: under another's code a campaign would stay in force when it ends."""
    for document in ("jsonb_set(document, '{code}', '\"other\"')", "document - 'code'"):
        with pytest.raises(asyncpg.CheckViolationError, match="code_of_its_document"):
            await service.database.execute(
                f"update campaign set document = {document} where code = 'fruit'"
            )


async def test_rules_that_were_read_earlier_do_not_undo_newer_ones(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While all rules are checked somebody changes a campaign and publishes: it stays in force."""
    await service.database.execute(
        "insert into chain (partner_id, code, name) values ($1, 'more', 'More')", world.NORTH
    )
    read, others = RulesStore.read_document, []

    async def overtaken(store: RulesStore, partner_id: UUID) -> Any:
        found = await read(store, partner_id)
        monkeypatch.setattr(RulesStore, "read_document", read)
        await world.put_campaign(service.database, world.NORTH, world.campaign("fruit", FRUIT))
        others.append(await service.operator().publish())
        return found

    monkeypatch.setattr(RulesStore, "read_document", overtaken)
    published = await service.operator().publish()
    (other,) = others
    assert (other.changed, published.changed) == (True, False)
    assert published.snapshot_id == other.snapshot_id
    await service.workers[0].follower.step()
    assert await payable_minor(service) == 90_00


async def test_only_what_differs_is_looked_at_unless_other_code_checked_it(
    service: Service,
) -> None:
    """A fault that does not look like a change is found where all rules are checked again."""
    await service.operator().publish()
    faulty = world.campaign("fruit", FRUIT | {"lane": "nowhere"})
    await world.put_campaign(service.database, world.NORTH, faulty)
    await service.database.execute(
        "update published_campaign p set source_hash = jsonb_hash_extended(c.document, 0)"
        " from campaign c where (c.partner_id, c.code) = (p.partner_id, p.code)"
    )
    assert not (await service.operator().publish()).changed
    await service.database.execute("update published_rules set checked_by = 'another'")
    said = await refusal_of(service.operator().publish())
    assert said.fields == ("campaigns[fruit].rewards[0].lane",)


async def test_many_rules_are_published_by_another_process(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published, checked and refused as in a thread; a chain more is no change of a campaign."""
    monkeypatch.setattr(publish, "MANY_FROM", 0)
    started: list[object] = []
    start = asyncio.create_subprocess_exec

    async def counted(*arguments: Any, **options: Any) -> Any:
        started.append(arguments[2])
        return await start(*arguments, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    await service.database.execute(
        "insert into chain (partner_id, code, name) values ($1, 'more', 'More')", world.NORTH
    )

    async def by_process(**asked: Any) -> Any:
        # A process that starts takes its time on a machine that does much else.
        return await service.operator().call(
            "PublishSnapshot", op.PublishSnapshotRequest(**asked), timeout_s=PROCESS_TIMEOUT_S
        )

    checked = await by_process(check_only=True)
    published = await by_process(note="by a process")
    assert (checked.changed, published.changed) == (True, True)
    assert checked.snapshot_id == published.snapshot_id
    await service.workers[0].follower.step()
    assert (await service.till().snapshot_info()).snapshot_id == published.snapshot_id
    await service.database.execute("update program set document = document || '{\"surprise\": 1}'")
    said = await refusal_of(by_process())
    assert said.reason == "SNAPSHOT_INVALID"
    assert any("surprise" in field for field in said.fields)
    assert started == [PROGRAM] * 3


async def test_what_could_not_be_put_in_force_is_tried_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot that was taken for faulty once comes into force without another publication."""
    worker = service.workers[0]
    await world.put_campaign(service.database, world.NORTH, world.campaign("fruit", FRUIT))
    published = await service.operator().publish()
    load = worker.library.load
    monkeypatch.setattr(follower, "RETRY_S", 0.0)

    async def broken(snapshot_id: str) -> None:
        raise ValueError(snapshot_id)

    monkeypatch.setattr(worker.library, "load", broken)
    await worker.follower.step()
    assert worker.library.in_force()[world.NORTH] != published.snapshot_id
    monkeypatch.setattr(worker.library, "load", load)
    await worker.follower.step()
    assert worker.library.in_force()[world.NORTH] == published.snapshot_id


async def test_a_publication_is_in_force_on_all_workers_within_two_seconds(
    two_workers: Service,
) -> None:
    """Published through one worker, both price by it; each by itself, without being told."""
    assert await payable_minor(two_workers, 0) == await payable_minor(two_workers, 1) == 80_00
    await world.put_campaign(two_workers.database, world.NORTH, world.campaign("fruit", FRUIT))
    await two_workers.operator(worker=0).publish()
    for worker in (0, 1):

        async def is_known(worker: int = worker) -> bool:
            return await payable_minor(two_workers, worker) == 90_00

        await wait_until(is_known, within_s=2, what=f"the publication on worker {worker}")


async def test_a_worker_that_starts_pauses_for_nobody(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the rules before any till is answered: pauses between slices would only delay it."""
    monkeypatch.setattr(slices, "SLICE_S", 0)
    monkeypatch.setattr(slices, "PAUSE_S", 60)
    async with asyncio.timeout(20), running_service(world_dsn, redis_url) as service:
        assert await payable_minor(service) == 80_00
        assert not service.workers[0].library.in_haste


async def test_publications_become_visible_in_the_order_of_their_numbers(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """North's publication has its number and is not committed yet: South's waits for it.

    Workers follow the highest number; if South's higher one came first, nobody would look for
    North's any more.
    """
    monkeypatch.setattr(pool, "LOCK_TIMEOUT_MS", 5_000)
    async with running_service(world_dsn, redis_url) as service:
        await service.database.execute(
            f"""
            create function wait_for_the_test() returns trigger language plpgsql as
                $$ begin perform pg_advisory_xact_lock(77); return null; end $$;
            create trigger waits after insert on publication for each row
                when (new.partner_id = '{world.NORTH}') execute function wait_for_the_test();
            """
        )
        # Different rules: a part that both write would make one wait for the other as well.
        for partner_id, rate_bp in ((world.NORTH, 1_100), (world.SOUTH, 1_200)):
            document = world.campaign("fruit", FRUIT | {"rate_bp": rate_bp})
            await world.put_campaign(service.database, partner_id, document)

        async def north_waits() -> bool:
            waiting = "select count(*) from pg_locks where objid = 77 and not granted"
            return bool(await service.database.fetchval(waiting))

        async with service.database.transaction():
            await service.database.execute("select pg_advisory_xact_lock(77)")
            north = asyncio.create_task(service.operator("north").publish())
            await wait_until(north_waits, what="North's publication")
            south = asyncio.create_task(service.operator("south").publish())
            await asyncio.wait({south}, timeout=0.3)
            await service.workers[0].follower.step()
        published = await asyncio.gather(north, south)
        await service.workers[0].follower.step()
        infos = [await service.till(f"{p}-s1-t1").snapshot_info() for p in ("north", "south")]
    assert [info.snapshot_id for info in infos] == [one.snapshot_id for one in published]


async def test_only_a_few_old_rules_stay_in_memory(service: Service) -> None:
    """Also of those that returns and explanations ask for; what was used last stays."""
    operator, library = service.operator(), service.workers[0].library
    published = []
    for priority in range(1, RESIDENT_MAX + 4):
        document = world.campaign("fruit", FRUIT, priority=priority)
        await world.put_campaign(service.database, world.NORTH, document)
        published.append((await operator.publish()).snapshot_id)
    await service.workers[0].follower.step()
    *old, newest = published
    for snapshot_id in [*old, old[-2], *old[:2]]:
        assert await library.load(snapshot_id) is not None
    resident = [each for each in old if library.resident(each) is not None]
    assert resident == [*old[:2], *old[-2:]]
    assert library.resident(newest) is not None


async def test_a_draft_is_not_published(service: Service) -> None:
    """Only live campaigns count."""
    await service.database.execute("update campaign set status = 'draft' where code = 'fruit'")
    assert (await service.operator().publish()).changed
    await service.workers[0].follower.step()
    assert await payable_minor(service) == 100_00
