"""Bad input: each case with its status, reason and field path, and nothing written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc
import pytest

from checkout.v1 import card_pb2 as cards
from checkout.v1 import member_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.contract.bad_calls import CALLS
from tests.contract.bad_receipts import INT64_MIN, RECEIPTS
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of

#: Texts that must stand in no answer.
INSIDES = ("asyncpg", "psycopg", "Traceback", "sqlalchemy", "pydantic", 'File "', "select ", "0x")


async def check(call: Any, reason: str, field: str, *, name: str = "") -> None:
    """The call is refused so, names the field, and says nothing about our insides."""
    said = await refusal_of(call)
    assert said.code is grpc.StatusCode.INVALID_ARGUMENT, (name, said)
    assert said.reason == reason, (name, said)
    if reason != "RECEIPT_TIME_OUT_OF_WINDOW":
        assert field in said.fields, (name, said)
    assert not [text for text in INSIDES if text in said.message], (name, said)


async def test_a_bad_receipt_is_refused_by_every_call_that_takes_one(service: Service) -> None:
    """Quote, quote with hold, hold and confirm say the same about it, and nothing is written."""
    till = service.till()
    token = (await till.quote("p", receipt())).quote_token
    before = await service.rows()
    for bad in RECEIPTS:
        sale = bad.sale()
        expected = (bad.reason, bad.field)
        await check(till.quote("p", sale), *expected, name=bad.name)
        await check(till.quote("p", sale, hold=True), *expected, name=bad.name)
        await check(till.confirm("p", sale), *expected, name=bad.name)
        if bad.reason != "RECEIPT_TIME_OUT_OF_WINDOW":
            await check(till.hold("p", sale, token), *expected, name=bad.name)
    assert await service.rows() == before


async def test_a_bad_field_is_named(service: Service) -> None:
    """Every call refuses bad ids, times, texts and numbers with the field, and writes nothing."""
    till = service.till()
    before = await service.rows()
    for method, request, reason, field in CALLS:
        await check(till.call(method, request), reason, field, name=f"{method} {field}")
    assert await service.rows() == before


ADJUSTMENTS = (
    ({"request_id": ""}, "FIELD_REQUIRED", "request_id"),
    ({"member_id": ""}, "FIELD_INVALID", "member_id"),
    ({"member_id": "12"}, "FIELD_INVALID", "member_id"),
    ({"currency": ""}, "FIELD_REQUIRED", "currency"),
    ({"currency": "\0"}, "FIELD_INVALID", "currency"),
    ({"amount_minor": 0}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"amount_minor": 10**12 + 1}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"amount_minor": INT64_MIN}, "FIELD_OUT_OF_RANGE", "amount_minor"),
    ({"reason": "  "}, "FIELD_REQUIRED", "reason"),
    ({"reason": "x" * 501}, "FIELD_OUT_OF_RANGE", "reason"),
    ({"days": -1}, "FIELD_OUT_OF_RANGE", "days"),
    ({"days": 36_501}, "FIELD_OUT_OF_RANGE", "days"),
    ({"amount_minor": -1, "days": 1}, "FIELD_INVALID", "days"),
)

BULKS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"bulk": ""}, "FIELD_REQUIRED", "bulk"),
    ({"bulk": "b" * 65}, "FIELD_OUT_OF_RANGE", "bulk"),
    ({"file_hash": b"x" * 31}, "FIELD_INVALID", "file_hash"),
    ({"file_name": "f" * 256}, "FIELD_OUT_OF_RANGE", "file_name"),
    ({"reason": " "}, "FIELD_REQUIRED", "reason"),
    ({"rows": []}, "FIELD_OUT_OF_RANGE", "rows"),
    ({"rows": [op.BulkRow(line=1)] * 101}, "FIELD_OUT_OF_RANGE", "rows"),
)
LISTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"bulk": "b", "state": op.CORRECTION_STATE_REFUSED}, "FIELD_INVALID", "state"),
    ({"bulk": "b", "state": 99}, "FIELD_INVALID", "state"),
    ({"state": op.CORRECTION_STATE_BOOKED}, "FIELD_INVALID", "state"),
    ({"page_size": 101}, "FIELD_OUT_OF_RANGE", "page_size"),
    ({"page_token": "x" * 101}, "FIELD_OUT_OF_RANGE", "page_token"),
)
RECEIPT_LISTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"member_id": "ann"}, "FIELD_INVALID", "member_id"),
    ({"page_size": -1}, "FIELD_OUT_OF_RANGE", "page_size"),
    ({"page_size": 101}, "FIELD_OUT_OF_RANGE", "page_size"),
    ({"page_token": "x" * 101}, "FIELD_OUT_OF_RANGE", "page_token"),
)
TOKENS: tuple[tuple[str, str], ...] = (
    *(("b", token) for token in ("x", "-1", "9" * 20, "\u0661", "2026-11-27/1")),
    *(("", token) for token in ("1", "x/y", "2026-11-27T00:00:00/1", "2026-11-27T00:00:00Z/1")),
    ("", f"0001-01-01T00:00:00+14:00/{UUID(int=1)}"),
)


#: Of every call: what is right, and single fields that are wrong.
INTERVENTIONS: tuple[tuple[str, Any, dict[str, Any], tuple[tuple[str, Any, str], ...]], ...] = (
    (
        "EmergencyStop",
        op.EmergencyStopRequest,
        {"campaign": "fruit"},
        (
            ("campaign", "", "FIELD_REQUIRED"),
            ("campaign", "f" * 65, "FIELD_OUT_OF_RANGE"),
            ("campaign", "f\0", "FIELD_INVALID"),
        ),
    ),
    (
        "BlockMember",
        op.BlockMemberRequest,
        {"member_id": str(world.NORTH)},
        (("member_id", "", "FIELD_INVALID"), ("member_id", "12", "FIELD_INVALID")),
    ),
    ("BlockCard", op.BlockCardRequest, {"identifier": {"card": world.CARD}}, ()),
    (
        "BlockCard",
        op.BlockCardRequest,
        {"card_id": str(world.NORTH)},
        (("card_id", "12", "FIELD_INVALID"),),
    ),
    (
        "IssueCards",
        cards.IssueCardsRequest,
        {"type": "plastic", "count": 1},
        (
            ("type", "", "FIELD_REQUIRED"),
            ("type", "t" * 65, "FIELD_OUT_OF_RANGE"),
            ("count", 0, "FIELD_OUT_OF_RANGE"),
            ("count", 1_001, "FIELD_OUT_OF_RANGE"),
        ),
    ),
    (
        "ReplaceCard",
        cards.ReplaceCardRequest,
        {"card": world.CARD, "new_card": "12345", "replacement": cards.CARD_REPLACEMENT_LOST},
        (
            ("card", "12", "FIELD_INVALID"),
            ("card", "4111111111111111", "PAYMENT_CARD_NUMBER"),
            ("card_id", "12", "FIELD_INVALID"),
            ("new_card", "12", "FIELD_INVALID"),
            ("new_card", world.CARD, "FIELD_INVALID"),
            ("new_type", "", "FIELD_REQUIRED"),
            ("new_type", "t" * 65, "FIELD_OUT_OF_RANGE"),
            ("replacement", cards.CARD_REPLACEMENT_UNSPECIFIED, "FIELD_INVALID"),
            ("replacement", 9, "FIELD_INVALID"),
        ),
    ),
    (
        "TagMember",
        member_pb2.TagMemberRequest,
        {"member_id": str(world.NORTH), "tag": "vip"},
        (("member_id", "12", "FIELD_INVALID"), ("tag", "a b", "FIELD_INVALID")),
    ),
    (
        "SetMemberAttribute",
        member_pb2.SetMemberAttributeRequest,
        {"member_id": str(world.NORTH), "attribute": "children", "number": 2},
        (
            ("attribute", "", "FIELD_REQUIRED"),
            ("number", 10**15 + 1, "FIELD_OUT_OF_RANGE"),
            ("text", "", "FIELD_REQUIRED"),
            ("text", "t" * 501, "FIELD_OUT_OF_RANGE"),
        ),
    ),
    (
        "SetMemberConsent",
        member_pb2.SetMemberConsentRequest,
        {"member_id": str(world.NORTH), "channel": "sms", "consents": True},
        (
            ("member_id", "12", "FIELD_INVALID"),
            ("channel", "", "FIELD_REQUIRED"),
            ("channel", "c" * 65, "FIELD_OUT_OF_RANGE"),
        ),
    ),
    (
        "AddMember",
        member_pb2.AddMemberRequest,
        {"store": "s1", "card": "2900000000994"},
        (("store", "", "FIELD_REQUIRED"), ("store", "moon", "FIELD_INVALID")),
    ),
    (
        "FreezePoints",
        op.FreezePointsRequest,
        {"member_id": str(world.NORTH), "currency": world.CURRENCY, "amount_minor": 1},
        (
            ("member_id", "12", "FIELD_INVALID"),
            ("currency", "", "FIELD_REQUIRED"),
            ("amount_minor", 0, "FIELD_OUT_OF_RANGE"),
            ("amount_minor", 10**12 + 1, "FIELD_OUT_OF_RANGE"),
            ("amount_minor", INT64_MIN, "FIELD_OUT_OF_RANGE"),
        ),
    ),
    (
        "RestorePoints",
        op.RestorePointsRequest,
        {"freeze_id": str(world.NORTH)},
        (("freeze_id", "", "FIELD_INVALID"), ("freeze_id", "\0", "FIELD_INVALID")),
    ),
    (
        "FreezeAccount",
        op.FreezeAccountRequest,
        {"member_id": str(world.NORTH), "currency": world.CURRENCY},
        (("member_id", "12", "FIELD_INVALID"), ("currency", "", "FIELD_REQUIRED")),
    ),
    *(
        (
            method,
            request,
            {"member_id": str(world.NORTH), "program": "main"},
            (
                ("member_id", "", "FIELD_INVALID"),
                ("program", "", "FIELD_REQUIRED"),
                ("program", "p" * 65, "FIELD_OUT_OF_RANGE"),
            ),
        )
        for method, request in (
            ("LeaveProgram", op.LeaveProgramRequest),
            ("JoinProgram", op.JoinProgramRequest),
        )
    ),
    *(
        (
            method,
            request,
            {"correction_ids": [str(world.NORTH)]},
            (
                ("correction_ids", [], "FIELD_OUT_OF_RANGE"),
                ("correction_ids", [str(world.NORTH)] * 2, "FIELD_INVALID"),
                ("correction_ids", [str(UUID(int=n)) for n in range(101)], "FIELD_OUT_OF_RANGE"),
            ),
        )
        for method, request in (
            ("DecideCorrections", op.DecideCorrectionsRequest),
            ("UndoCorrections", op.UndoCorrectionsRequest),
        )
    ),
    ("CreateHousehold", op.CreateHouseholdRequest, {}, ()),
    (
        "AddToHousehold",
        op.AddToHouseholdRequest,
        {"household_id": str(world.NORTH), "member_id": str(world.NORTH)},
        (
            ("household_id", "", "FIELD_INVALID"),
            ("household_id", "12", "FIELD_INVALID"),
            ("member_id", "\0", "FIELD_INVALID"),
        ),
    ),
    (
        "RemoveFromHousehold",
        op.RemoveFromHouseholdRequest,
        {"member_id": str(world.NORTH)},
        (("member_id", "", "FIELD_INVALID"),),
    ),
    (
        "MergeMembers",
        op.MergeMembersRequest,
        {"absorbed_member_id": str(world.NORTH), "surviving_member_id": str(world.SOUTH)},
        (
            ("absorbed_member_id", "", "FIELD_INVALID"),
            ("absorbed_member_id", "12", "FIELD_INVALID"),
            ("surviving_member_id", "\0", "FIELD_INVALID"),
            ("surviving_member_id", str(world.NORTH), "FIELD_INVALID"),
        ),
    ),
    (
        "UnmergeMembers",
        op.UnmergeMembersRequest,
        {"merge_id": str(world.NORTH)},
        (("merge_id", "", "FIELD_INVALID"),),
    ),
    (
        "LinkPerson",
        op.LinkPersonRequest,
        {"member_id": str(world.NORTH), "person_id": str(world.NORTH)},
        (("member_id", "", "FIELD_INVALID"), ("person_id", "x", "FIELD_INVALID")),
    ),
    (
        "UnlinkPerson",
        op.UnlinkPersonRequest,
        {"member_id": str(world.NORTH)},
        (("member_id", "1", "FIELD_INVALID"),),
    ),
    (
        "EraseMember",
        op.EraseMemberRequest,
        {"member_id": str(world.NORTH)},
        (("member_id", "", "FIELD_INVALID"),),
    ),
)
OF_ALL = (
    ("request_id", "", "FIELD_REQUIRED"),
    ("request_id", "r" * 65, "FIELD_OUT_OF_RANGE"),
    ("reason", " ", "FIELD_REQUIRED"),
    ("reason", "x" * 501, "FIELD_OUT_OF_RANGE"),
    ("reason", "x\0", "FIELD_INVALID"),
)


async def test_a_bad_field_of_an_intervention_is_named(service: Service) -> None:
    """Stops, blocks and freezes need an id, a reason and what they are about."""
    operator = service.operator()
    before = await service.rows()
    for method, request, good, wrong in INTERVENTIONS:
        for field, value, reason in (*OF_ALL, *wrong):
            fields = {"request_id": "r", "reason": "because", **good, field: value}
            await check(operator.call(method, request(**fields)), reason, field, name=method)
    nameless = op.IssueQrTokenRequest(member_id="12")
    await check(operator.call("IssueQrToken", nameless), "FIELD_INVALID", "member_id")
    nobody = op.BlockCardRequest(request_id="r", reason="because")
    await check(operator.call("BlockCard", nobody), "FIELD_REQUIRED", "identifier")
    nothing = op.FreezePointsRequest(
        request_id="r", reason="because", member_id=str(world.NORTH), currency=world.CURRENCY
    )
    await check(operator.call("FreezePoints", nothing), "FIELD_REQUIRED", "amount_minor")
    nothing.all = False
    await check(operator.call("FreezePoints", nothing), "FIELD_REQUIRED", "amount_minor")
    assert await service.rows() == before


async def test_a_bad_field_of_a_bulk_is_named(service: Service) -> None:
    """Of the whole the call is refused; tokens of other lists, too."""
    operator = service.operator()
    before = await service.rows()
    good: dict[str, Any] = {"bulk": "b", "file_hash": b"x" * 32, "reason": "because"}
    good["rows"] = [op.BulkRow(line=1)]
    for fields, reason, field in BULKS:
        request = op.BulkAdjustRequest(**(good | fields))
        await check(operator.call("BulkAdjust", request), reason, field)
    for fields, reason, field in LISTS:
        listed = op.ListCorrectionsRequest(**fields)
        await check(operator.call("ListCorrections", listed), reason, field)
    for bulk, token in TOKENS:
        listed = op.ListCorrectionsRequest(bulk=bulk, page_token=token)
        await check(operator.call("ListCorrections", listed), "FIELD_INVALID", "page_token")
    for fields, reason, field in RECEIPT_LISTS:
        of_member = op.ListReceiptsRequest(**({"member_id": str(UUID(int=1))} | fields))
        await check(operator.call("ListReceipts", of_member), reason, field)
        of_tiers = op.ListTierChangesRequest(**({"member_id": str(UUID(int=1))} | fields))
        await check(operator.call("ListTierChanges", of_tiers), reason, field)
    change = UUID(int=1)
    for token in (
        "1",
        f"x/1/{change}/main",
        "2026-11-27T00:00:00Z/1",
        "2026-11-27T00:00:00Z/1/x/main",
        f"2026-11-27T00:00:00Z/0/{change}/main",
    ):
        of_tiers = op.ListTierChangesRequest(member_id=str(UUID(int=1)), page_token=token)
        await check(operator.call("ListTierChanges", of_tiers), "FIELD_INVALID", "page_token")
    for bulk, token in TOKENS:
        if not bulk:
            of_member = op.ListReceiptsRequest(member_id=str(UUID(int=1)), page_token=token)
            await check(operator.call("ListReceipts", of_member), "FIELD_INVALID", "page_token")
    await check(operator.call("GetBulk", op.GetBulkRequest()), "FIELD_REQUIRED", "bulk")
    assert await service.rows() == before


async def test_an_operators_bad_field_is_named(service: Service) -> None:
    """The same for corrections and publications."""
    operator = service.operator()
    good = {
        "request_id": "r",
        "member_id": str(world.NORTH),
        "currency": world.CURRENCY,
        "amount_minor": 1,
        "reason": "because",
    }
    before = await service.rows()
    for fields, reason, field in ADJUSTMENTS:
        request = op.AdjustBalanceRequest(**(good | fields))  # type: ignore[arg-type]
        await check(operator.call("AdjustBalance", request), reason, field)
    await check(operator.publish("x" * 501), "FIELD_OUT_OF_RANGE", "note")
    assert await service.rows() == before


@pytest.mark.parametrize(
    "token",
    ["x", "A" * 136, "ä" * 200, "'; drop table receipt; --", "\0", "A" * 100_000],
)
async def test_a_forged_token_is_refused(service: Service, token: str) -> None:
    """A quote token that is not ours is QUOTE_TOKEN_INVALID, whatever it is."""
    till = service.till()
    for call in (
        till.confirm("p", receipt(), quote_token=token),
        till.hold("p", receipt(), token),
    ):
        said = await refusal_of(call)
        assert (said.code, said.reason) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "QUOTE_TOKEN_INVALID",
        )


async def test_an_altered_token_is_refused(service: Service) -> None:
    """Changing any bit of a real token makes it invalid (the last characters carry spare bits)."""
    till = service.till()
    token = (await till.quote("p", receipt())).quote_token
    for place in range(0, len(token) - 4, 7):
        other = "A" if token[place] != "A" else "B"
        altered = token[:place] + other + token[place + 1 :]
        said = await refusal_of(till.confirm("p", receipt(), quote_token=altered))
        assert said.reason == "QUOTE_TOKEN_INVALID"


async def test_many_faults_are_named_at_once(service: Service) -> None:
    """Several faults are named at once, up to twenty; the contract's first reason counts."""
    bad = receipt(*(line("", -1, i, amount_minor=-1) for i in range(1, 1_001)))
    said = await refusal_of(service.till().quote("", bad))
    assert said.reason == "FIELD_REQUIRED"
    assert len(said.fields) == 20
    assert "purchase_id" in said.fields


async def test_the_largest_sale_is_sold(service: Service) -> None:
    """A thousand lines of 10^15 each are priced, confirmed and stored without overflow."""
    till = service.till()
    sale = receipt(*(line("towel", 10**15, i) for i in range(1, 1_001)), card=world.CARD)
    quoted = await till.quote("p", sale)
    assert quoted.outcome.amount_minor == 10**18
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.outcome.payable_minor == 10**18
