"""ListStores: where a partner sells, and for whom a store's server speaks."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

import pytest

from checkout.client.session import SessionClient
from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import wait_until

if TYPE_CHECKING:
    from tests.service.running import Service

_SYDNEY = "Australia/Sydney"


async def stores(service: Service, size: int = 0, till: str = "") -> list[list[pb.StoreView]]:
    """All pages."""
    got: list[list[pb.StoreView]] = []
    token = ""
    while not got or token:
        request = pb.ListStoresRequest(page_size=size, page_token=token)
        asks = service.till(till) if till else service.till()
        page: pb.ListStoresResponse = await asks.call("ListStores", request)
        got.append(list(page.stores))
        token = page.next_page_token
    return got


async def move_a_store(service: Service) -> None:
    """One of North's is in Sydney from now on."""
    await service.database.execute(
        "update store set time_zone = $1, address = 'Pier 1', format = 'kiosk', region = 'NSW'"
        " where code = 's2' and partner_id = (select partner_id from partner where code = 'north')",
        _SYDNEY,
    )
    await service.operator().publish()
    await service.workers[0].follower.step()


async def test_the_stores_of_the_partner_are_listed(service: Service) -> None:
    """By the rules in force: names, places, and what their clocks are ahead of UTC now."""
    await move_a_store(service)
    ((own, other),) = await stores(service)
    ahead = dt.datetime.now(zoneinfo.ZoneInfo(_SYDNEY)).utcoffset()
    assert ahead is not None
    assert other == pb.StoreView(
        store="s2",
        name="Shop s2",
        address="Pier 1",
        chain="chain",
        program="main",
        program_name=world.program()["name"],
        format="kiosk",
        region="NSW",
        time_zone=_SYDNEY,
        utc_offset_minutes=ahead // dt.timedelta(minutes=1),
    )
    assert (own.store, own.own, own.utc_offset_minutes) == ("s1", True, 0)
    assert not own.terminals
    ((south, *_),) = await stores(service, till="south-s1-t1")
    assert south.address == ""


@pytest.mark.parametrize("size", [1, 2])
async def test_pages_of_stores_together_are_the_whole(service: Service, size: int) -> None:
    """Each store once."""
    got = await stores(service, size)
    assert [view.store for page in got for view in page] == ["s1", "s2"]
    assert [len(page) for page in got] == [size] * (2 // size)


async def test_a_stores_server_learns_its_terminals(service: Service) -> None:
    """Those of its own store, with what they may do; by a frame as by a call."""
    await service.database.execute(
        "update terminal set kind = 'store_server' where terminal_id ="
        " (select terminal_id from terminal_token where token_hash = sha256('north-s1-t1'))"
    )
    await service.database.execute(
        "update terminal set permissions = '{already_paid}' where code = 't2'"
    )

    async def is_known() -> bool:
        ((own, _),) = await stores(service)
        return len(own.terminals) == 2 and list(own.terminals[1].permissions) == ["already_paid"]

    await wait_until(is_known)
    ((own, other),) = await stores(service)
    assert [each.terminal for each in own.terminals] == ["t1", "t2"]
    assert not other.terminals
    async with SessionClient(f"127.0.0.1:{service.ports[0]}", "north-s1-t1") as client:
        told = await client.call(pb.ListStoresRequest(), 5)
        assert list(told.stores) == [own, other]
        # Whoever is named there may be spoken for.
        for each in own.terminals:
            info = await client.call(pb.GetSnapshotInfoRequest(), 5, terminal=each.terminal)
            assert info.terminal == each.terminal
