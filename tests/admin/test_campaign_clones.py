"""A copy of a campaign says what the campaign says; it has none of what became of it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from admin.permissions import Role
from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from tests.admin.test_campaign_versions import row_of
from tests.admin.test_campaigns import Desk
from tests.service import gifts, world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

MARKETER: Final = login_of(Role.MARKETER)
#: Something of all that a campaign can say.
FULL: Final[dict[str, Any]] = {
    "code": "full",
    "program": "main",
    "name": "Полная",
    "description": "For the autumn;\nasked by the shops",
    "priority": 7,
    "exclusive": "lane",
    "not_with": ["soap"],
    "schedule": {
        "starts_at": "2026-01-01T00:00:00",
        "ends_at": "2030-01-01T00:00:00",
        "weekdays": [1, 7],
        "but_not_dates": ["2026-12-31"],
    },
    "when": {
        "kind": "all",
        "of": [
            {"kind": "segment", "segments": ["students"]},
            {"kind": "not", "of": {"kind": "place", "stores": ["s2"]}},
        ],
    },
    "rewards": [
        {"kind": "gift", "lane": "goods", "goods": {"skus": ["soap"]}},
        {"kind": "points_percent", "lane": "points", "rate_bp": 50},
    ],
    "issues": [{"kind": "give_gift", "gift": "mug", "count": 2}],
    "limits": [{"code": "weekly", "name": "Twice a week", "bound": 2, "period": "week"}],
    "budget": {"discount_minor": 500_00, "uses": 9, "above": "nothing"},
    "maximum_discount_minor": 100_00,
    "above_maximum": "nothing",
    "messages": [{"place": "slip", "text": "Saved {discount}", "translations": {"ru": "Скидка"}}],
}


#: What is worked on says something else.
DRAFT: Final = {**FULL, "priority": 8}
#: The rules around it, with what it names.
PROGRAM: Final = world.program(gifts=[gifts.LISTED])
WORDS: Final = {"segments": ["students"]}
RULES: Final = {
    "partner": {"code": "north", "name": "North", "currency": {"code": "RUB", "exponent": 2}},
    "programs": [PROGRAM],
    "chains": [{"code": "chain", "name": "Chain"}],
    "stores": [
        {"code": code, "chain": "chain", "program": "main", "name": code} for code in ("s1", "s2")
    ],
    "categories": [{"code": "home", "name": "Home"}],
    "products": [
        {"sku": "soap", "category": "home", "name": "Soap"},
        {"sku": "gift", "name": "Gift certificate"},
    ],
    "words": WORDS,
}


@pytest.mark.parametrize("document", [FULL, DRAFT], ids=["rules", "draft"])
def test_what_is_copied_is_a_campaign(document: dict[str, Any]) -> None:
    """The engine takes all of it: what could not be published would show nothing of a copy."""
    (soap,) = (one for one in world.campaigns("north") if one["code"] == "soap")
    snapshot = parse_snapshot({**RULES, "campaigns": [soap, document]})
    assert not check_snapshot(snapshot)
    compiled = compile_snapshot(snapshot).programs["main"].by_code["full"]
    assert compiled.document.model_dump(mode="json", exclude_unset=True) == document


async def test_a_copy_says_the_same_and_has_nothing_used_or_approved(office: Office) -> None:
    """All of the document but its code; of status, approval, versions, budget and stop nothing."""
    database = office.database
    await world.put_program(database, world.NORTH, PROGRAM)
    await database.execute(
        "update partner set words = $2 where partner_id = $1",
        world.NORTH,
        orjson.dumps(WORDS).decode(),
    )
    await database.execute(
        "insert into campaign (partner_id, code, document, status, version, draft, draft_version,"
        " approved_by) values ($1, 'full', $2, 'paused', 3, $3, 4, 'x')",
        world.NORTH,
        *(orjson.dumps(document).decode() for document in (FULL, DRAFT)),
    )
    await database.execute(
        "insert into campaign_version (partner_id, campaign_code, version, document, author)"
        " select partner_id, code, generate_series(1, 4), draft, 'x' from campaign"
        " where code = 'full'"
    )
    await database.execute(
        "insert into budget (bucket, partner_id, campaign_code, discount_used, uses_used)"
        " values (0, $1, 'full', 40000, 3)",
        world.NORTH,
    )
    desk = Desk(await office.signed_in(MARKETER))
    was = await row_of(office, "full")
    page = (await desk.browser.get("/campaign/details/full")).text
    assert "The copy has all that this campaign says" in page
    assert "It does not have" in page
    assert 'class="faults"' not in page
    cloned = await desk.browser.post("/campaign/clone/full", {"code": "copy"})
    assert cloned.headers["location"] == "/campaign/edit/copy", cloned.text
    copy = await row_of(office, "copy")
    assert copy["draft"] == {**DRAFT, "code": "copy"}, "what is worked on, where that differs"
    assert [copy[name] for name in ("document", "status", "version", "draft_version")] == [
        None,
        "draft",
        0,
        1,
    ]
    assert copy["approved_by"] == ""
    assert await row_of(office, "full") == was
    versions = await database.fetch(
        "select version, author, document from campaign_version where campaign_code = 'copy'"
    )
    assert [(row["version"], row["author"]) for row in versions] == [(1, MARKETER)]
    assert orjson.loads(versions[0]["document"]) == copy["draft"]
    left = (await desk.browser.get("/campaign/details/copy")).text
    left = left.partition("Budget left")[2]
    assert "500.00 ₽, 9 receipts" in " ".join(left.split())


async def test_the_code_of_a_copy_is_in_one_form(office: Office) -> None:
    """As that of a new campaign: letters of two signs would make one that looks the same."""
    desk = Desk(await office.signed_in(MARKETER))
    code = unicodedata.normalize("NFD", "летний")
    assert (await desk.browser.post("/campaign/clone/fruit", {"code": code})).status_code == 303
    assert (await row_of(office, "летний"))["draft"]["code"] == "летний"
    for wrong in ("", "a b", "x" * 65, "a;b", "fruit"):
        refused = await desk.browser.post("/campaign/clone/fruit", {"code": wrong})
        assert refused.status_code == 400, wrong
