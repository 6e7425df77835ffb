"""The service on a Valkey Cluster: the same answers, a node less, a slot elsewhere, whole again.

Nothing here waits for a cache that does not answer, so a test is as quick as without.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from redis.crc import key_slot

from checkout.cache import keys
from checkout.cache.cluster import ClusterCache
from checkout.flows.identifiers import IdentifierHasher
from checkout.primitives import bucket_of
from tests.races.ledger_state import make_members, violations
from tests.server_fixtures import Cluster, database_copy
from tests.service import world
from tests.service.running import Service, running_service, wait_until
from tests.service.till import line, receipt
from tests.service.valkey_cluster import ClusterNode, ValkeyCluster, valkey_cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MEMBERS = 24
HASHER = IdentifierHasher(bytes.fromhex(world.PEPPER))


@pytest.fixture(scope="module")
def nodes() -> Iterator[ValkeyCluster]:
    with valkey_cluster() as cluster:
        yield cluster


@pytest.fixture
async def clustered(world_dsn: str, nodes: ValkeyCluster) -> AsyncIterator[Service]:
    """A worker whose cache is the cluster, empty, since copies of the world share ids."""
    nodes.flush()
    async with running_service(world_dsn, nodes.url, redis_cluster=True) as service:
        yield service


def card_key(card: str) -> str:
    digest = HASHER.digest(world.NORTH, "card", card)
    return keys.identifier_key(bucket_of(digest), world.NORTH, "card", digest)


async def points(service: Service, cards: list[str]) -> list[int]:
    return list(await asyncio.gather(*(service.till().balance_minor(card) for card in cards)))


async def untold(service: Service) -> list[str]:
    """The keys of invalidations that wait."""
    rows = await service.database.fetch(
        "select bucket, partner_id, member_id, kind, digest from invalidation"
    )
    return [
        keys.identifier_key(row["bucket"], row["partner_id"], row["kind"], row["digest"])
        if row["kind"]
        else keys.member_key(row["bucket"], row["partner_id"], row["member_id"])
        for row in rows
    ]


async def warm(service: Service, nodes: list[ClusterNode], cards: list[str]) -> None:
    """Read members, whose balances are 100.00 all the time, until each of the nodes had some."""
    before = [node.hits() for node in nodes]

    async def all_answer() -> bool:
        assert await points(service, cards) == [100_00] * len(cards)
        return all(node.hits() > then for node, then in zip(nodes, before, strict=True))

    await wait_until(all_answer, what="an answer of every node")


async def an_hour(service: Service) -> list[Any]:
    """Quotes, sales and quotes after them; what was answered."""
    cards = await make_members(service, MEMBERS, 100_00)
    till, now = service.till(), world.local_now()
    sales = [
        receipt(line("towel", 20_00), card=card, points_minor=5_00, local_time=now)
        for card in cards
    ]

    async def quotes(of: str) -> list[Any]:
        answers = await asyncio.gather(
            *(till.quote(f"{of}{n}", sale) for n, sale in enumerate(sales))
        )
        return [(answer.outcome, answer.member.balances[0].active_minor) for answer in answers]

    told = [await quotes("p"), await quotes("p")]
    sold = await asyncio.gather(*(till.confirm(f"p{n}", sale) for n, sale in enumerate(sales)))
    told.append([answer.outcome for answer in sold])
    return [*told, await quotes("q"), await points(service, cards)]


async def test_answers_are_those_of_one_server(
    cluster: Cluster, world_template: str, worker_id: str, redis_url: str, nodes: ValkeyCluster
) -> None:
    """Quotes before and after sales, to members on all nodes, say what they say with one."""
    nodes.flush()
    before = [node.hits() for node in nodes.nodes]
    answers = []
    for url, is_cluster in ((redis_url, False), (nodes.url, True)):
        with database_copy(cluster, world_template, worker_id) as dsn:
            async with running_service(dsn, url, redis_cluster=is_cluster) as service:
                answers.append(await an_hour(service))
                assert await violations(service) == []
    assert answers[0] == answers[1]
    # And it was the cluster that answered: every node was read, and had it.
    assert all(node.hits() > then for node, then in zip(nodes.nodes, before, strict=True))


async def test_a_dead_node_costs_its_own_part_only(
    clustered: Service, nodes: ValkeyCluster
) -> None:
    """Its members are read from PostgreSQL, those of others come from the cache, changes included.

    When it is back it serves as before, and hears what was changed meanwhile.
    """
    cards = await make_members(clustered, MEMBERS, 100_00)
    by_node: dict[int, list[str]] = {node.port: [] for node in nodes.nodes}
    for card in cards:
        by_node[nodes.owner(card_key(card)).port].append(card)
    assert all(by_node.values())
    await warm(clustered, nodes.nodes, cards)
    dead, *living = nodes.nodes
    dead.kill()
    began_s = time.monotonic()
    assert await points(clustered, cards) == [100_00] * MEMBERS
    assert time.monotonic() - began_s < 2
    await warm(clustered, living, cards)
    # What a living node must forget it forgets, though others' changes cannot be told.
    operator = clustered.operator()
    for card in cards:
        await operator.block_card(card)

    async def all_blocked() -> bool:
        views = [await clustered.till().quote("x", receipt(card=card)) for card in cards]
        return not any(view.HasField("member") for view in views)

    await wait_until(all_blocked, what="the blocks")

    async def only_its_own_wait() -> bool:
        owners = [nodes.owner(key) for key in await untold(clustered)]
        return dead in owners and not any(node in owners for node in living)

    await wait_until(only_its_own_wait, what="those that the living nodes hear")
    dead.start()
    nodes.wait_until_whole()

    async def all_told() -> bool:
        return not await untold(clustered)

    await wait_until(all_told, what="the rest of the invalidations")
    for card in cards:
        await operator.block_card(card, lift=True)
    await wait_until(all_told, what="the invalidations")
    await warm(clustered, nodes.nodes, cards)
    assert await violations(clustered) == []


async def test_a_slot_that_moves_is_found_again(nodes: ValkeyCluster) -> None:
    """Its keys are misses until the cache has asked where it is; no other key is."""
    nodes.flush()
    cache = ClusterCache(nodes.url)
    await cache.open()
    try:
        moving, staying = "{b3}:moving", "{b4}:staying"
        source = nodes.owner(moving)
        target = next(node for node in nodes.nodes if node is not source)
        await cache.set_if_absent(staying, b"s", 60_000)
        assert await cache.get(moving, staying) == [None, b"s"]
        for node in nodes.nodes:
            node.client.execute_command(
                "CLUSTER SETSLOT", key_slot(moving.encode()), "NODE", target.id
            )
        target.client.set(moving, b"m")
        assert (await cache.get(moving, staying))[1] == b"s"

        async def is_found() -> bool:
            return await cache.get(moving, staying) == [b"m", b"s"]

        await wait_until(is_found, within_s=2, what="the slot")
    finally:
        for node in nodes.nodes:
            node.client.flushall()
            node.client.execute_command(
                "CLUSTER SETSLOT", key_slot(moving.encode()), "NODE", source.id
            )
        await cache.close()


async def test_without_any_node_the_service_serves(world_dsn: str) -> None:
    """A cluster that cannot be reached at all is a cache that knows nothing."""
    async with running_service(world_dsn, "redis://127.0.0.1:1/0", redis_cluster=True) as service:
        sale = receipt(line("towel", 20_00), card=world.CARD)
        quoted = await service.till().quote("p", sale)
        confirmed = await service.till().confirm("p", sale, quote_token=quoted.quote_token)
        assert confirmed.outcome == quoted.outcome
