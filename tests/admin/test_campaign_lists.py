"""What a campaign is for stands where campaigns are listed, and columns are as one chose them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

MARKETER: Final = login_of(Role.MARKETER)
LONG: Final = "Agreed with the supplier of towels: <b>half</b> is theirs, and " + "so on " * 20
REWARD: Final = {"kind": "percent", "lane": "goods", "rate_bp": 100}


_CODE: Final = re.compile(r'<a href="/campaign/details/(\w)">')


def heads_of(page: str) -> list[str]:
    """What the columns of the list are called."""
    return re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]*?)\s*<', page)


async def put_described(office: Office) -> None:
    """Two campaigns with a budget: one with a long description, one with a short one."""
    for code, description in (("long", LONG), ("short", "For the spring")):
        document = world.campaign(code, REWARD, budget={"uses": 9}, description=description)
        await world.put_campaign(office.database, world.NORTH, document)


async def test_a_description_stands_in_the_list_and_on_the_first_page(office: Office) -> None:
    """In short, with the whole of it as title; nobody's markup."""
    await put_described(office)
    marketer = await office.signed_in(MARKETER)
    for address in ("/campaign/list", "/"):
        page = (await marketer.get(address)).text
        assert "For the spring" in page, address
        (whole, shown) = re.search(r'<span title="([^"]*)">([^<]*)</span>', page).groups()  # type: ignore[union-attr]
        assert whole == LONG.replace("<", "&lt;").replace(">", "&gt;")
        assert shown.startswith("Agreed with the supplier of towels: &lt;b&gt;half")
        assert shown.endswith("…")
        assert len(shown.replace("&lt;", "<").replace("&gt;", ">")) <= 90


async def test_columns_of_campaigns_are_chosen_and_kept(office: Office) -> None:
    """With one's login; a campaign leads to its program, if there is one of that code."""
    await put_described(office)
    marketer = await office.signed_in(MARKETER)
    page = (await marketer.get("/campaign/list")).text
    usual = ["Campaign", "For colleagues", "State", "From", "Until", "Budget left", "Changed"]
    assert heads_of(page) == usual
    assert f"/program/details/{world.NORTH};main" not in page
    await marketer.post("/account/columns/campaign", {"column": ["program_code", "state"]})
    page = (await marketer.get("/campaign/list")).text
    assert heads_of(page) == ["Campaign", "State", "Program"]
    assert f'<a href="/program/details/{world.NORTH};main">main</a>' in page
    assert "For the spring" not in page
    analyst = await office.signed_in(login_of(Role.ANALYST))
    assert heads_of((await analyst.get("/campaign/list")).text) == usual


def _of(state: str, code: str, **more: Any) -> tuple[str, str, Any, Any]:
    """A campaign of the list: its code, status, document and draft."""
    document = world.campaign(code, REWARD, **more)
    return code, state, *((None, document) if state == "draft" else (document, None))


#: In order of codes; each with something that the others have not.
CAMPAIGNS: Final = (
    _of("live", "a", name="Zebra", schedule={"starts_at": "2020-01-01T00:00:00"}),
    _of("draft", "b", name="yak", schedule={"ends_at": "2031-01-01T00:00:00"}),
    _of("paused", "c", name="Xenops", budget={"discount_minor": 500_00, "uses": 7}),
    _of("live", "d", name="wolf", schedule={"starts_at": "2199-01-01T00:00:00"}),
    _of("live", "e", name="Viper", schedule={"ends_at": "2021-01-01T00:00:00"}),
    _of("live", "f", name="Urial", budget={"discount_minor": 400_00, "uses": 9}),
    _of("live", "g", name="Tiger", budget={"uses": 3}),
    # Nobody checks what a draft says before it is approved.
    _of("draft", "h", name="Seal", budget={"discount_minor": "much", "uses": [1]}),
    _of("draft", "i", name="Rhino", budget=[], schedule=["tomorrow"]),
)
ORDERS: Final = {
    "campaign": "ihgfedcba",
    "state": "bhidafgce",
    "starts_at": "adbcefghi",
    "ends_at": "ebacdfghi",
    "budget_left": "cfgabdehi",
    "program_code": "abcdefghi",
    "updated_at": "ihgfedcba",
}
#: What nothing is said of stands last in both.
DOWN: Final = {
    "campaign": "abcdefghi",
    "state": "ecafgdbhi",
    "starts_at": "dabcefghi",
    "ends_at": "beacdfghi",
    "budget_left": "fcgabdehi",
    "program_code": "abcdefghi",
    "updated_at": "abcdefghi",
}


async def test_campaigns_are_ordered_by_their_columns(office: Office) -> None:
    """By state as they go through it, by dates, by what is left; the file has the same order."""
    database = office.database
    await database.execute("delete from campaign where partner_id = $1", world.NORTH)
    for age, (code, status, *documents) in enumerate(CAMPAIGNS):
        await database.execute(
            "insert into campaign (partner_id, code, status, document, draft, draft_version,"
            " updated_at) values ($1, $2, $3, $4, $5, $6, now() - make_interval(days => $7))",
            world.NORTH,
            code,
            status,
            *(None if one is None else orjson.dumps(one).decode() for one in documents),
            None if documents[1] is None else 1,
            age,
        )
    # Of 500 money of the one more is used than of 400 of the other.
    await database.execute(
        "insert into budget (bucket, partner_id, campaign_code, discount_used, discount_held)"
        " values (0, $1, 'c', 15000, 5000)",
        world.NORTH,
    )
    marketer = await office.signed_in(MARKETER)
    for sort, orders in (("asc", ORDERS), ("desc", DOWN)):
        for name, codes in orders.items():
            query = f"sortBy={name}&sort={sort}"
            page = (await marketer.get(f"/campaign/list?{query}")).text
            assert "".join(_CODE.findall(page)) == codes, query
            shown = "ascending" if sort == "asc" else "descending"
            assert (f'aria-sort="{shown}"' in page) is (name != "program_code"), query
            file = (await marketer.post(f"/campaign/export?{query}")).json()
            assert "".join(one["code"] for one in file["campaigns"]) == codes
    for strange in ("sortBy=document", "sortBy=", "sort=desc"):
        page = (await marketer.get(f"/campaign/list?{strange}")).text
        assert "".join(_CODE.findall(page)) == "abcdefghi", strange
