"""What both editors of rules share: completion out of the schemas, in the reader's language."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from admin.campaigns.beginnings import program_beginning
from admin.campaigns.completion import ASKED, FREE, KINDS, KINDS_OF_DOCUMENTS, is_text, with_kinds
from admin.campaigns.positions import by_number
from admin.pages.completion import DOCUMENTS, LOOKED_FOR
from admin.permissions import Role
from checkout.wording.schema import DESCRIPTIONS, told_schema
from checkout.wording.speech import speaking
from tests.service import world
from tests.service.office import login_of, store_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.office import Browser, Office

MARKETER = login_of(Role.MARKETER)


def fields_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every field of every document: the document, the field, its schema."""
    for name, document in {schema["title"]: schema, **schema["$defs"]}.items():
        for field, one in document.get("properties", {}).items():
            yield name, field, one


def descriptions_in(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            yield " ".join(schema["description"].split())
        for value in schema.values():
            yield from descriptions_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from descriptions_in(value)


def test_every_description_of_rules_is_said_in_each_language() -> None:
    """None is missing, none lies unused; what an editor is sent has none left in English."""
    schemas = [document.model_json_schema() for document in DOCUMENTS.values()]
    told = {text for schema in schemas for text in descriptions_in(schema)}
    for language, catalogue in DESCRIPTIONS.items():
        assert told - set(catalogue) == set(), language
        assert set(catalogue) - told == set(), language
        assert all(text.strip() for text in catalogue.values())
        with speaking(language):
            said = {text for schema in schemas for text in descriptions_in(told_schema(schema))}
        assert said == {" ".join(text.split()) for text in catalogue.values()}
        assert all(re.search("[\u0400-\u04ff]", text) for text in said)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_field_of_rules_is_described(name: str) -> None:
    """By itself, or by the type of what stands in it: editors say it beside the text."""
    schema = DOCUMENTS[name].model_json_schema()

    def is_described(one: dict[str, Any]) -> bool:
        if "description" in one:
            return True
        if "$ref" in one:
            return is_described(schema["$defs"][one["$ref"].rpartition("/")[2]])
        inside = [*one.get("anyOf", ()), *([one["items"]] if "items" in one else ())]
        return any(map(is_described, inside))

    silent = {
        (document, field)
        for document, field, one in fields_of(schema)
        if field != "kind" and not is_described(one)
    }
    assert silent == set()


def test_every_text_of_rules_is_offered_or_said_to_be_free() -> None:
    """A new field that holds codes fails here until it is said of what kind they are."""
    unknown, kinds, named = set(), set(), set()
    for document_class in DOCUMENTS.values():
        for document, field, one in fields_of(document_class.model_json_schema()):
            if not is_text(one):
                continue
            named |= {field, (document, field)}
            if (document, field) in KINDS_OF_DOCUMENTS or field in KINDS:
                kinds.add(KINDS_OF_DOCUMENTS.get((document, field), KINDS.get(field)))
            elif field not in FREE:
                unknown.add((document, field))
    assert unknown == set()
    assert set(LOOKED_FOR) <= set(ASKED) <= kinds
    assert not {*KINDS, *KINDS_OF_DOCUMENTS} - named


def test_fields_of_one_name_mean_what_their_document_means() -> None:
    """Tags of goods are none of members."""
    schema = with_kinds(DOCUMENTS["campaign"].model_json_schema())
    offered = {
        (document, field): one["offered"]
        for document, field, one in fields_of(schema)
        if "offered" in one
    }
    assert offered["Goods", "tags"] == "goods_tags"
    assert offered["MemberTag", "tags"] == "tags"
    assert offered["Campaign", "not_with"] == "campaigns"
    assert ("Coupon", "code") not in offered


async def test_words_of_goods_and_places_are_looked_for_as_they_begin(office: Office) -> None:
    """Of one's own partner, whatever the capitals; who may not see the list gets none."""
    await office.database.execute(
        "insert into product (partner_id, sku, brand, supplier, tags, attributes)"
        " select partner_id, 'p' || n, p.code || '-Brand' || n, 'Farm', array['ripe'],"
        """ '{"origin": "Kuban"}' from partner p, generate_series(1, 30) n"""
    )
    await office.database.execute(
        "update store set format = 'super', region = 'East' where code = 's1'"
    )
    marketer = await office.signed_in(MARKETER)

    async def offered(kind: str, term: str) -> list[str]:
        answer = await marketer.get(f"/offered/{kind}", params={"term": term})
        return [one["code"] for one in answer.json()]

    brands = await offered("brands", "NORTH-b")
    assert len(brands) == 20
    assert {brand.partition("-")[0] for brand in brands} == {"north"}
    assert await offered("brands", "south") == []
    assert await offered("brands", "%") == []
    assert await offered("suppliers", "fa") == ["Farm"]
    assert await offered("goods_tags", "r") == ["ripe"]
    assert await offered("goods_attributes", "") == ["origin"]
    assert await offered("goods_values", "ku") == ["Kuban"]
    assert await offered("formats", "s") == ["super"]
    assert await offered("regions", "e") == ["East"]
    assert "t1" in await offered("terminals", "t")
    assert await offered("campaigns", "of soap") == ["soap"]
    assert await offered("campaigns", "soa") == ["soap"]
    category = (await marketer.get("/category/lookup?term=fru")).json()
    assert [one["code"] for one in category] == ["fruit"]
    analyst = await office.signed_in(login_of(Role.ANALYST))
    assert (await analyst.get("/offered/terminals?term=t")).status_code == 403
    assert (await analyst.get("/program/schema")).status_code == 403


async def test_the_schema_speaks_the_language_of_whoever_edits(office: Office) -> None:
    """Russian descriptions for who reads Russian; both editors have theirs."""
    marketer = await office.signed_in(MARKETER)
    english = (await marketer.get("/campaign/schema")).json()
    about = english["schema"]["properties"]["rewards"]["description"]
    assert about == "What it gives, in lanes"
    assert english["asked"]["categories"] == "/category/lookup"
    await marketer.post("/account/language", {"language": "ru"})
    russian = (await marketer.get("/campaign/schema")).json()
    assert "дорожкам" in russian["schema"]["properties"]["rewards"]["description"]
    program = (await marketer.get("/program/schema")).json()
    assert "Europe/Moscow" in program["known"]["time_zones"]
    assert "скидок" in program["schema"]["$defs"]["DiscountCap"]["description"]
    page = (await marketer.get("/campaign/edit/soap")).text
    assert 'lang="en"' not in page
    assert "Скидк" in page


async def checked(browser: Browser, text: str, code: str = "") -> dict[str, Any]:
    answer = await browser.post("/program/check", {"code": code, "document": text})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_new_program_begins_whole_and_is_saved_as_it_begins(office: Office) -> None:
    """Currency, tier, redemption: right as it stands, said in words, to be changed."""
    marketer = await office.signed_in(MARKETER)
    page = (await marketer.get("/program/create")).text
    assert "Points for every purchase" in page
    assert 'data-schema="/program/schema"' in page
    text = orjson.dumps(program_beginning()).decode()
    found = await checked(marketer, text)
    assert found["faults"] == []
    said = orjson.dumps(found["sections"]).decode()
    assert "At most 30 % of each line" in said
    assert "UTC" in said
    made = await marketer.post("/program/create", {"code": "new", "document": text})
    assert made.status_code == 302, made.text
    held = await office.database.fetchval("select document from program where code = 'new'")
    assert orjson.loads(held) == {"code": "new", **program_beginning()}
    form = (await marketer.get(f"/program/edit/{store_path('new')}")).text
    assert "&#34;code&#34;: &#34;new&#34;" not in form
    assert "&#34;time_zone&#34;: &#34;UTC&#34;" in form


async def test_a_new_program_begins_with_the_zone_and_money_of_its_partner(office: Office) -> None:
    """Of most of its stores, not of other partners'; a point of whole money has no decimals."""
    await office.database.execute("update store set time_zone = 'Europe/Samara' where code = 's2'")
    await office.database.execute(
        "insert into store (partner_id, code, chain_code, program_code, name, time_zone)"
        " select partner_id, 's' || n, 'chain', 'main', 'Shop', zone"
        " from (values ($1::uuid, 9, 'Asia/Omsk'), ($2, 12, 'Asia/Chita'))"
        " t(partner_id, most, zone), generate_series(7, most) n",
        world.NORTH,
        world.SOUTH,
    )
    await office.database.execute(
        "update partner set currency_exponent = 0 where partner_id = $1", world.NORTH
    )
    marketer = await office.signed_in(MARKETER)
    page = (await marketer.get("/program/create")).text
    held = orjson.loads(html.unescape(page.split("<textarea")[1].partition(">")[2].split("</t")[0]))
    assert held == program_beginning("Asia/Omsk", 0)
    assert held["currencies"][0]["value_minor"] == held["redemption"]["min_money_minor"] == 1
    assert (await checked(marketer, orjson.dumps(held).decode()))["faults"] == []


async def test_faults_of_a_program_stand_at_their_lines(office: Office) -> None:
    """Those of the schema and those of what belongs together, while typing and when it is saved."""
    marketer = await office.signed_in(MARKETER)
    program = {name: one for name, one in world.program().items() if name != "code"}

    def written(**changes: object) -> tuple[str, dict[str, int]]:
        text = orjson.dumps(program | changes, option=orjson.OPT_INDENT_2).decode()
        return text, {line.strip(): number for number, line in enumerate(text.splitlines(), 1)}

    text, lines = written(slip_footer=1)
    place = lines['"slip_footer": 1']
    (fault,) = (await checked(marketer, text))["faults"]
    assert fault["field"] == "document"
    assert fault["message"].startswith(f"Line {place}, slip_footer: ")
    refused = await marketer.edit(
        f"/program/edit/{store_path('main')}", {"code": "main", "document": text}
    )
    assert refused.status_code == 400
    assert f"Line {place}, slip_footer" in refused.text
    lanes = [{"code": "goods", "phase": "discount"}, {"code": "points", "phase": "accrual"}]
    lanes[1]["base"] = "original"
    text, lines = written(lanes=lanes)
    found = await checked(marketer, text, "main")
    assert found["sections"] is None
    place = lines['"base": "original"']
    assert any(one["message"].startswith(f"Line {place}, lanes[points]") for one in found["faults"])
    program_page = f"/program/details/{store_path('main')}"
    assert "would refuse" not in (await marketer.get(program_page)).text
    saved = await marketer.edit(
        f"/program/edit/{store_path('main')}", {"code": "main", "document": text}
    )
    assert saved.status_code == 302, saved.text
    for language, said in (("ru", "публикация эту программу не примет"), ("en", "would refuse")):
        await marketer.post("/account/language", {"language": language})
        page = (await marketer.get(saved.headers["location"])).text
        assert said in page
        assert "<code>lanes[points]" in page
        assert f'href="/program/edit/{store_path("main")}#document"' in page
    analyst = await office.signed_in(login_of(Role.ANALYST))
    page = (await analyst.get(program_page)).text
    assert "would refuse" in page
    assert "#document" not in page
    (fault,) = (await checked(marketer, '{\n"name":'))["faults"]
    assert fault["message"].startswith("Line 2: this is not JSON")


def test_codes_in_paths_are_found_by_their_numbers() -> None:
    """Also what is in no list, or no document at all."""
    document = {"lanes": [{"code": "a.b"}, {"code": "2"}], "limits": {"code": "x"}}
    assert by_number(document, "lanes[a.b].base") == "lanes[0].base"
    assert by_number(document, "lanes[2].base") == "lanes[1].base"
    assert by_number(document, "lanes[1]") == "lanes[1]"
    assert by_number(document, "lanes[9].goods.skus[0]") == "lanes[9].goods.skus[0]"
    assert by_number(document, "limits[x].bound") == "limits[x].bound"
    assert by_number([], "") == ""
