"""The first page keeps its figures for a minute: a large partner has millions of receipts."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from admin.database import make_engine, make_sessions
from admin.first import page as first_page
from admin.first.page import FRESH_S, FirstPage
from admin.permissions import Role
from admin.scope import Reach, Scope, current_scope, scope
from tests.service import world
from tests.service.office import begin_partner, login_of

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Office


async def test_figures_are_kept_for_a_minute_and_never_told_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By partner and reach; of so many partners, of whom the one goes that was longest away."""
    now = [0.0]
    reads: list[Scope] = []

    async def read(self: FirstPage) -> dict[str, Any]:
        del self
        reads.append(current_scope())
        await asyncio.sleep(0)
        return {"verified": SimpleNamespace(verified_at=1), "of": current_scope()}

    monkeypatch.setattr(FirstPage, "_figures", read)
    monkeypatch.setattr(first_page, "KEPT_MAX", 3)
    engine = make_engine("postgresql://nowhere", 1)
    page = FirstPage(make_sessions(engine), lambda: now[0])

    async def asked(partner_id: UUID, reach: Reach = "partner") -> int:
        """How often the database has been read by then."""
        with scope(Scope(reach=reach, partner_id=partner_id)):
            found = await asyncio.gather(page.figures(), page.figures())
        for one in found:
            assert (one["of"].partner_id, one["of"].reach) == (partner_id, reach)
        return len(reads)

    assert [await asked(world.NORTH), await asked(world.SOUTH)] == [1, 2]
    now[0] = FRESH_S
    assert [await asked(world.NORTH), await asked(world.NORTH, "installation")] == [2, 3]
    assert [await asked(UUID(int=7)), await asked(world.NORTH)] == [4, 4]
    assert await asked(world.SOUTH) == 5, "three others have been asked for since"
    now[0] += FRESH_S + 1
    assert await asked(world.NORTH) == 6
    await engine.dispose()


async def test_a_fresh_partner_is_told_what_to_do_first(office: Office) -> None:
    """In order, and what of it is done; on forms that need it, too; nobody else reads it."""
    fresh = await office.signed_in(await begin_partner(office.database))
    page = (await fresh.get("/")).text
    steps = ["/program/list", "/chain/list", "/store/list", "/terminal/list", "/publication/list"]
    told = page[page.index("Before the first sale") :]
    assert re.findall(r'<a href="([^"]+)">\d', told) == steps
    assert ">done<" not in told
    for path in ("/campaign/new", "/correction/file", "/correction/members"):
        assert "There is no program yet" in (await fresh.get(path)).text, path
    publication = (await fresh.get("/publication/list")).text
    assert "There is nothing to publish yet" in publication
    assert 'action="/publication/publish"' not in publication
    assert "They come from tills" in (await fresh.get("/receipt/list")).text
    assert (await fresh.post("/chain/create", {"code": "c", "name": "C"})).status_code == 302
    done = re.findall(r'href="/(\w+)/list">\d[^<]+</a><[^<]+>done<', (await fresh.get("/")).text)
    assert done == ["chain"]
    selling = await office.signed_in(login_of(Role.OWNER))
    assert "Before the first sale" not in (await selling.get("/")).text
