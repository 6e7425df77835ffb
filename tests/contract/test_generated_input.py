"""Every call with made-up requests: a status of the contract, nothing of our insides."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import grpc
import pytest

from checkout.v1 import error_reason_pb2
from tests.contract.generated_requests import Requests
from tests.integration.test_credentials import calls
from tests.races.ledger_state import violations
from tests.service import gifts, world
from tests.service.coupons import publish_coupon_rules
from tests.service.till import Operator, Till, fresh, receipt, said_by
from tests.walls import part_of

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from tests.service.running import Service

SEED: Final = os.environ.get("CONTRACT_SEED", "made-up")
#: Requests per call; more at length by the environment.
REQUESTS: Final = int(os.environ.get("CONTRACT_REQUESTS") or part_of(60))
AT_ONCE: Final = 8
REASONS: Final = {
    value.name.removeprefix("ERROR_REASON_")
    for value in error_reason_pb2.ErrorReason.DESCRIPTOR.values
}
#: What only our code, the driver, the database or the libraries would say.
INSIDES: Final = re.compile(
    r"traceback|asyncpg|postgres|redis|valkey|pydantic|\.py\b|relation \"|constraint|exception|"
    r"keyerror|typeerror|valueerror|assert|<class|0x[0-9a-f]{6}",
    re.IGNORECASE,
)


@pytest.mark.wall
@pytest.mark.parametrize("service_name", ["CheckoutService", "OperatorService"])
async def test_made_up_requests_are_answered_or_refused(
    service: Service, service_name: str
) -> None:
    """No call crashes, none answers UNKNOWN or INTERNAL, each refusal has a reason."""
    print(f"CONTRACT_SEED={SEED}")  # noqa: T201 - shown when it fails
    is_till = service_name == "CheckoutService"
    client = service.till() if is_till else service.operator()
    await publish_coupon_rules(service)
    cards = (world.CARD, world.GOLD_CARD)
    ids = [(await service.till().identify(card=card)).member_id for card in cards]
    frozen = [(await service.operator().freeze(ids[0], 1_00)).freeze_id for _ in range(4)]
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 1_000)
    given = [(await gifts.give(service.operator(), ids[0])).gift_given_id for _ in range(4)]
    known = {
        "gift": lambda _: gifts.MUG,
        "gift_given_id": lambda chance: chance.choice(given),
        "member_id": lambda chance: chance.choice(ids),
        "freeze_id": lambda chance: chance.choice(frozen),
    }
    requests = []
    for method, empty in calls(service_name):
        made_up = Requests(f"{SEED}/{method}", known)
        requests += [(method, made_up.make(type(empty))) for _ in range(REQUESTS)]
    random.Random(SEED).shuffle(requests)  # noqa: S311 - reproducible, not secret
    said: Counter[str] = Counter()
    for begin in range(0, len(requests), AT_ONCE):
        some = requests[begin : begin + AT_ONCE]
        said.update(await asyncio.gather(*(check(client, *each) for each in some)))
    print(f"{said.total()} made-up requests of {service_name}: {said['OK']} answered")  # noqa: T201
    assert len(said) > 5, said
    assert said["OK"] > REQUESTS, said
    quoted = await service.till().quote(fresh("after"), receipt())
    assert quoted.outcome.amount_minor == 100_00
    assert await violations(service) == []
    assert await service.database.fetchval("select count(*) from member") >= len(world.PARTNERS)


async def check(client: Till | Operator, method: str, request: Message) -> str:
    """OK or the reason that the call was refused for."""
    try:
        answer = await client.call(method, request)
        # Calls that carry several answer each in band.
        assert "ERROR_REASON_INTERNAL" not in str(answer), f"{method} {answer}\n{request}"
    except grpc.aio.AioRpcError as error:
        found = said_by(error)
        told = f"{method} {found}\n{request}"
        assert found.code not in {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}, told
        assert found.reason in REASONS, told
        assert not INSIDES.search(found.message), told
        assert not any(INSIDES.search(each) for each in found.fields), told
        return found.reason
    return "OK"
