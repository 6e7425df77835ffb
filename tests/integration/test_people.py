"""Members whom operators add, and what operators say of them: tags, attributes, consents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from checkout.v1 import member_pb2 as pb
from checkout.v1.error_reason_pb2 import ErrorReason
from tests.integration.test_what_rules_look_at import put_in_force, put_words, towel
from tests.service import world
from tests.service.batching import batched
from tests.service.cards import PREFIX, add_card_type
from tests.service.ids import fresh
from tests.service.running import wait_until
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

EVE: dict[str, str] = {
    "card": "2900000000994",
    "phone": "8 900 555 00 11",
    "external_id": "crm-7",
    "first_name": "Eve",
    "last_name": "Stone",
    "patronymic": "Petrovna",
    "email": "eve@example.org",
    "gender": "female",
    "birth_date": "1990-02-28",
}
#: What is a row's own: ids, digests and what follows from them, and moments.
OWN = {"bucket", "member_id", "member_bucket", "digest", "created_at", "joined_at", "masked"}


async def add(service: Service, **fields: str) -> pb.AddMemberResponse:
    request = pb.AddMemberRequest(
        **{"request_id": fresh("add"), "store": "s1", "reason": "called us"} | fields
    )
    answer: pb.AddMemberResponse = await service.operator().call("AddMember", request)
    return answer


async def tag(service: Service, member_id: str, code: str, **more: Any) -> pb.TagMemberResponse:
    request = pb.TagMemberRequest(
        request_id=fresh("tag"), member_id=member_id, tag=code, reason="said so", **more
    )
    answer: pb.TagMemberResponse = await service.operator().call("TagMember", request)
    return answer


async def attribute(
    service: Service, member_id: str, code: str, **value: Any
) -> pb.SetMemberAttributeResponse:
    request = pb.SetMemberAttributeRequest(
        request_id=fresh("set"), member_id=member_id, attribute=code, reason="said so", **value
    )
    answer: pb.SetMemberAttributeResponse = await service.operator().call(
        "SetMemberAttribute", request
    )
    return answer


async def record_of(service: Service, member_id: str) -> dict[str, list[dict[str, Any]]]:
    """All that the database keeps of a member, but for what is a row's own."""
    found = {}
    for table in ("member", "member_profile", "identifier", "participation"):
        kept = await service.database.fetch(
            f"select * from {table} where member_id = $1", member_id
        )
        rows = [{name: row[name] for name in set(row.keys()) - OWN} for row in kept]
        found[table] = sorted(rows, key=lambda row: str(row.get("kind")))
    return found


async def test_a_till_and_an_operator_make_the_same_record(service: Service) -> None:
    """Field by field in every table; of the operator it is kept who added whom, and why."""
    other = {"card": "2900000000987", "phone": "8 900 555 00 12", "external_id": "crm-8"}
    at_till = (await service.till().enrol(**EVE)).member
    by_hand = (await add(service, **EVE | other)).member
    assert by_hand.tier == at_till.tier
    theirs, ours = [await record_of(service, each.member_id) for each in (at_till, by_hand)]
    for field in ("phone", "external_id"):
        assert theirs["member_profile"][0].pop(field) == EVE[field]
        assert ours["member_profile"][0].pop(field) == other[field]
    assert ours == theirs
    assert [len(rows) for rows in ours.values()] == [1, 1, 3, 1]
    told = await service.database.fetchrow(
        "select kind, author, reason, member_id::text from intervention"
    )
    assert tuple(told) == ("member_added", "tester", "called us", by_hand.member_id)


async def test_an_operator_makes_a_card_for_who_brings_none_as_a_till_does(
    service: Service,
) -> None:
    """The number is in the answer and in the answer told again, and brings the member to sales."""
    await add_card_type(service, "app", issued_at_enrolment=True)
    added = await add(service, request_id="by-hand", phone="+79001239999")
    assert await add(service, request_id="by-hand", phone="+79001239999") == added
    assert await service.till().identify(card=added.card) == added.member
    assert (await add(service, card="2900000000994")).card == ""


async def test_what_cannot_be_a_member_is_refused_whole(service: Service) -> None:
    """Somebody's card, no store of the partner, nothing to be known by: nothing is written."""
    before = await service.rows()
    for fields, reason in (
        ({"card": "2900000000994", "phone": world.PHONE}, "IDENTIFIER_TAKEN"),
        ({"card": "2900000000994", "store": "moon"}, "FIELD_INVALID"),
        ({"first_name": "Eve"}, "FIELD_REQUIRED"),
        ({"card": "2900000000994", "reason": ""}, "FIELD_REQUIRED"),
        ({"card": "2900000000994", "email": "eve"}, "FIELD_INVALID"),
    ):
        assert (await refusal_of(add(service, **fields))).reason == reason, fields
    assert await service.rows() == before


async def test_a_tag_is_seen_by_the_next_quote_and_gone_when_it_is_taken(service: Service) -> None:
    """The version of the member moves, caches are told, and a row says who did it and why."""
    await put_words(service, '{"tags": ["vip"]}')
    await put_in_force(service, towel(when={"kind": "member_tag", "tags": ["vip"]}))
    till, sale = service.till(), receipt(line("towel", 50_00), card=world.CARD)
    ann = (await till.identify(card=world.CARD)).member_id

    async def payable() -> int:
        return (await till.quote(fresh("q"), sale)).outcome.payable_minor

    async def version() -> int:
        return int(
            await service.database.fetchval("select version from member where member_id=$1", ann)
        )

    assert await payable() == 50_00
    first = await version()
    assert await tag(service, ann, "vip") == pb.TagMemberResponse(tagged=True, changed=True)
    assert await version() > first

    async def is_seen() -> bool:
        return await payable() == 40_00

    await wait_until(is_seen, what="the quote with the tag")
    confirmed = await till.confirm(fresh("p"), sale)
    assert confirmed.outcome.payable_minor == 40_00
    # Repeated it changes nothing, and nobody is told of it.
    assert await tag(service, ann, "vip") == pb.TagMemberResponse(tagged=True)
    taken = await tag(service, ann, "vip", take=True)
    assert taken == pb.TagMemberResponse(tagged=False, changed=True)
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 50_00
    told = await service.database.fetch(
        "select kind, trait_code, author, reason from intervention order by at"
    )
    assert [tuple(row) for row in told] == [
        ("tag_given", "vip", "tester", "said so"),
        ("tag_taken", "vip", "tester", "said so"),
    ]


async def test_an_attribute_is_what_was_said_last_and_keeps_its_type(service: Service) -> None:
    """Yes is no 1; what is not known any more is gone; other traits stay as they are."""
    await put_words(service, '{"attributes": {"children": "number"}}')
    await put_in_force(
        service,
        towel(when={"kind": "member_attribute", "name": "children", "value": 2}),
    )
    till, sale = service.till(), receipt(line("towel", 50_00), card=world.CARD)
    ann = (await till.identify(card=world.CARD)).member_id
    await tag(service, ann, "parent")
    assert (await attribute(service, ann, "children", number=2)).changed
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 40_00
    assert not (await attribute(service, ann, "children", number=2)).changed
    assert (await attribute(service, ann, "children", yes_no=True)).changed
    assert (await attribute(service, ann, "children", number=1)).changed
    assert (await attribute(service, ann, "city", text="Kazan")).changed
    assert (await attribute(service, ann, "children")).changed
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 50_00
    traits = await service.database.fetchval(
        "select traits from member_profile where member_id = $1", ann
    )
    assert '"city": "Kazan"' in traits
    assert '"tags": ["parent"]' in traits
    assert "children" not in traits


async def test_a_consent_is_seen_by_the_next_confirm_until_it_is_taken_back(
    service: Service,
) -> None:
    """Each change leaves who made it and why; what is said again changes nothing."""
    await put_words(service, '{"consents": ["sms", "email"]}')
    await put_in_force(service, towel(when={"kind": "consent", "channel": "sms"}))
    till, sale = service.till(), receipt(line("towel", 50_00), card=world.CARD)
    ann = (await till.identify(card=world.CARD)).member_id

    async def say(channel: str, *, consents: bool) -> bool:
        request = pb.SetMemberConsentRequest(
            request_id=fresh("consent"),
            member_id=ann,
            channel=channel,
            consents=consents,
            reason="said so",
        )
        told: pb.SetMemberConsentResponse = await service.operator().call(
            "SetMemberConsent", request
        )
        return told.changed

    assert not await say("sms", consents=False)
    assert await say("email", consents=True)
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 50_00
    assert await say("sms", consents=True)
    assert not await say("sms", consents=True)
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 40_00
    assert await say("sms", consents=False)
    assert (await till.confirm(fresh("p"), sale)).outcome.payable_minor == 50_00
    told = await service.database.fetch(
        "select kind, trait_code, author, reason from intervention order by at"
    )
    assert [tuple(row) for row in told] == [
        ("consent_given", "email", "tester", "said so"),
        ("consent_given", "sms", "tester", "said so"),
        ("consent_taken_back", "sms", "tester", "said so"),
    ]
    traits = await service.database.fetchval(
        "select traits -> 'consents' from member_profile where member_id = $1", ann
    )
    assert traits == '["email"]'


async def test_what_is_no_tag_of_a_member_is_refused(service: Service) -> None:
    """The reason is told, and nothing is written; so it is with attributes."""
    ann = (await service.till().identify(card=world.CARD)).member_id
    before = await service.rows()
    for fields, reason in (
        ({"code": ""}, "FIELD_REQUIRED"),
        ({"code": "two words"}, "FIELD_INVALID"),
        ({"code": "v" * 65}, "FIELD_OUT_OF_RANGE"),
        ({"member_id": "ann"}, "FIELD_INVALID"),
        ({"member_id": str(world.NORTH)}, "MEMBER_UNKNOWN"),
    ):
        given = {"member_id": ann, "code": "vip"} | fields
        assert (await refusal_of(tag(service, **given))).reason == reason, fields
        assert (await refusal_of(attribute(service, **given, number=1))).reason == reason, fields
    assert await service.rows() == before


async def test_a_member_has_no_endless_tags(service: Service) -> None:
    """Five hundred, as the document of traits allows; one more is refused with the number."""
    ann = (await service.till().identify(card=world.CARD)).member_id
    await service.database.execute(
        "update member_profile set traits = jsonb_build_object('tags', ("
        "select jsonb_agg('t' || n) from generate_series(1, 500) n)) where member_id = $1",
        ann,
    )
    said = await refusal_of(tag(service, ann, "one-more"))
    assert (said.code, said.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_OUT_OF_RANGE")


async def test_numbers_of_a_file_are_found_and_strange_ones_told_in_their_place(
    service: Service,
) -> None:
    """Blocked ones too; another partner's member is nobody here; in the order that was asked."""
    await add_card_type(service)
    ann = (await service.till().identify(card=world.CARD)).member_id
    request = pb.FindMembersRequest(
        identifiers=[
            {"card": world.CARD},
            {"card": "2900000000994"},
            {"phone": world.PHONE},
            {"card": "12"},
            {"card": world.BLOCKED_CARD},
            {"card": f"{PREFIX}0000"},
        ]
    )
    answer: pb.FindMembersResponse = await service.operator().call("FindMembers", request)
    ids = [each.member_id for each in answer.members]
    assert ids[0] == ids[2] == ann
    assert ids[4] not in {"", ann}
    reasons = [ErrorReason.Name(each.reason) for each in answer.members]
    assert reasons[1] == "ERROR_REASON_MEMBER_UNKNOWN"
    assert reasons[3].startswith("ERROR_REASON_FIELD_")
    assert reasons[5] == "ERROR_REASON_CARD_NUMBER_INVALID"
    said = await refusal_of(service.operator().call("FindMembers", pb.FindMembersRequest()))
    assert said.reason == "FIELD_OUT_OF_RANGE"


async def change(service: Service, member_id: str, **more: str) -> pb.ChangeContactResponse:
    request = pb.ChangeContactRequest(
        request_id=fresh("contact"), member_id=member_id, reason="new phone", **more
    )
    answer: pb.ChangeContactResponse = await service.operator().call("ChangeContact", request)
    return answer


async def test_a_member_has_another_phone_and_the_old_one_brings_nobody(service: Service) -> None:
    """In one call, with what the profile shows; nothing else of the same batch is lost."""
    till = service.till()
    ann = (await till.identify(card=world.CARD)).member_id
    both = await batched(
        service.workers[0],
        [
            change(service, ann, phone="8 900 555 00 11", instead_of=world.PHONE),
            tag(service, ann, "moved"),
            change(service, ann, external_id="crm-9"),
        ],
    )
    assert both[0] == pb.ChangeContactResponse(changed=True, replaced=True)
    assert (await till.identify(phone="+79005550011")).member_id == ann
    assert (await refusal_of(till.identify(phone=world.PHONE))).reason == "CARD_BLOCKED"
    row = await service.database.fetchrow(
        "select phone, external_id, traits::text from member_profile where member_id = $1", ann
    )
    assert (row["phone"], row["external_id"]) == ("8 900 555 00 11", "crm-9")
    assert "moved" in row["traits"]
    assert await change(service, ann, phone="8 900 555 00 11") == pb.ChangeContactResponse()
    await change(service, ann, phone="8 900 555 00 12")
    back = await change(service, ann, phone="8 900 555 00 11", instead_of="8 900 555 00 12")
    assert back == pb.ChangeContactResponse(replaced=True)
    shown = "select phone from member_profile where member_id = $1"
    assert await service.database.fetchval(shown, ann) == "8 900 555 00 11"
    before = await service.rows()
    for fields, reason in (
        ({"phone": "+79001230002"}, "IDENTIFIER_TAKEN"),
        ({"phone": world.PHONE}, "CARD_BLOCKED"),
        ({"external_id": "x-1", "instead_of": "not-theirs"}, "MEMBER_UNKNOWN"),
        ({"phone": "12"}, "FIELD_INVALID"),
        ({}, "FIELD_REQUIRED"),
    ):
        assert (await refusal_of(change(service, ann, **fields))).reason == reason, fields
    assert await service.rows() == before
    told = await service.database.fetch(
        "select kind, identifier_kind from intervention where identifier_kind <> '' order by 1, 2"
    )
    assert [tuple(each) for each in told] == [
        ("card_blocked", "phone"),
        ("card_blocked", "phone"),
        ("card_bound", "external_id"),
        ("card_bound", "phone"),
        ("card_bound", "phone"),
    ]
