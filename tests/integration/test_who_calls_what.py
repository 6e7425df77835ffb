"""Every call by everybody: nobody, a wrong or revoked token, another partner, another store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.service import world
from tests.service.right_requests import OPERATORS, TILLS, records, sales
from tests.service.till import Operator, Till, said_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from tests.service.right_requests import Row, Stock
    from tests.service.running import Service

#: Where an answer says that it refuses a part of what was asked, or does not know the customer.
_IN_BAND: Final[dict[str, Callable[[Any], list[int]]]] = {
    "Quote": lambda answer: [answer.identifier_reason],
    "Confirm": lambda answer: [answer.identifier_reason],
    "ReturnWithoutReceipt": lambda answer: [answer.identifier_reason],
    "SubmitOffline": lambda answer: [
        reason
        for each in answer.results
        for reason in (each.refused.reason, each.confirmed.identifier_reason)
    ],
    "BulkAdjust": lambda answer: [each.reason for each in answer.rows],
    "DecideCorrections": lambda answer: [each.reason for each in answer.corrections],
    "UndoCorrections": lambda answer: [each.reason for each in answer.corrections],
    "Session": lambda answer: [answer.error.reason],
}
REVOKED: Final = "north-s1-t2"


@pytest.mark.parametrize(("module", "rows"), [(pb, TILLS), (op, OPERATORS)])
def test_every_call_has_a_request_that_is_right(module: Any, rows: dict[str, Row]) -> None:
    """A call that is added to the contract needs a row, or the calls below would pass it over."""
    (service,) = module.DESCRIPTOR.services_by_name.values()
    assert {method.name for method in service.methods} == set(rows)


async def said_to(client: Till | Operator, method: str, request: Message) -> tuple[str, str]:
    """OK or a reason, of the call or of a part of it, and all that was said."""
    try:
        if method == "Session":
            assert isinstance(client, Till)
            stream = client.stub.Session(metadata=client.metadata, timeout=10)
            await stream.write(request)
            answer = await stream.read()
            await stream.done_writing()
        else:
            answer = await client.call(method, request)
    except grpc.aio.AioRpcError as error:
        said = said_by(error)
        return said.reason, f"{said.message} {said.numbers}"
    reasons = [each for each in _IN_BAND[method](answer) if each] if method in _IN_BAND else []
    name = error_reason_pb2.ErrorReason.Name(reasons[0]) if reasons else "OK"
    return name.removeprefix("ERROR_REASON_"), str(answer)


async def check_others(south: Till | Operator, rows: dict[str, Row], stock: Stock) -> None:
    """The other partner hears what it should, and none of North's ids."""
    heard = {}
    for method, row in rows.items():
        request = row.request(stock)
        heard[method], told = await said_to(south, method, request)
        unasked = [each for each in stock.ids.values() if each not in str(request)]
        assert not [each for each in unasked if each in told], method
    assert heard == {method: row.at_south for method, row in rows.items()}


async def test_every_call_of_a_till_asks_who_calls(service: Service) -> None:
    """A till's calls are those of its partner, at any of its stores; of nobody else."""
    stock = await sales(service)
    await service.database.execute(
        "update terminal_token set revoked_at = now() where token_hash = sha256($1)",
        REVOKED.encode(),
    )
    await service.workers[0].follower.step()
    strangers = {
        "": "TOKEN_MISSING",
        "wrong": "TOKEN_INVALID",
        REVOKED: "TOKEN_INVALID",
        world.CREDENTIAL: "NOT_PERMITTED",
    }
    before = await service.rows()
    for token, reason in strangers.items():
        for method, row in TILLS.items():
            said, _ = await said_to(service.till(token), method, row.request(stock))
            assert said == reason, (method, token)
    assert await service.rows() == before
    await check_others(service.till("south-s1-t1"), TILLS, stock)
    more = await sales(service, new_card="2900000000956", bound_card="2900000000949")
    for store, things in (("s1", stock), ("s2", more)):
        for method, row in TILLS.items():
            till = service.till(f"north-{store}-t1")
            said, told = await said_to(till, method, row.request(things))
            expected = "OK" if store == "s1" else row.at_other_store
            assert said == expected, (method, store, told)
    callers = len(strangers) + 3  # with the other partner, the other store and its own
    print(f"{len(TILLS)} calls of tills, each by {callers} callers")  # noqa: T201 - a figure


async def test_every_call_of_an_operator_asks_who_calls(service: Service) -> None:
    """An operator's calls need the credential, a partner, an author, and that partner's things."""
    stock = await records(service)
    channel = service.channels[0]
    nameless = Operator(channel, "north")
    nameless.metadata = nameless.metadata[:2]
    strangers = [
        (Operator(channel, "north", ""), "TOKEN_MISSING"),
        (Operator(channel, "north", "wrong"), "TOKEN_INVALID"),
        (Operator(channel, "north", REVOKED), "NOT_PERMITTED"),
        (Operator(channel, "nobody"), "NOT_PERMITTED"),
        (Operator(channel, ""), "NOT_PERMITTED"),
        (nameless, "NOT_PERMITTED"),
    ]
    before = await service.rows()
    for stranger, reason in strangers:
        for method, row in OPERATORS.items():
            said, _ = await said_to(stranger, method, row.request(stock))
            assert said == reason, (method, stranger.metadata)
    assert await service.rows() == before
    await check_others(service.operator("south"), OPERATORS, stock)
    for method, row in OPERATORS.items():
        said, told = await said_to(service.operator(), method, row.request(stock))
        assert said == "OK", (method, told)
    callers = len(strangers) + 2  # with the other partner and its own
    print(f"{len(OPERATORS)} calls of operators, each by {callers} callers")  # noqa: T201 - a figure
