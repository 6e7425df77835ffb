"""What stands beside a message: a thousand headers, a large one, bytes, and a token twice."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from tests.service.till import refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

RIGHT: Final = ("authorization", "Bearer north-s1-t1")
WRONG: Final = ("authorization", "Bearer wrong")
#: Of one refusal, in processor time of client and server together: both are in this process.
REFUSED_WITHIN_S: Final = 0.05


async def call(service: Service, metadata: Any) -> pb.GetSnapshotInfoResponse:
    """A till's call with this beside it."""
    till = service.till()
    till.metadata = tuple(metadata)
    answer: pb.GetSnapshotInfoResponse = await till.call(
        "GetSnapshotInfo", pb.GetSnapshotInfoRequest()
    )
    return answer


TOO_LARGE: Final = {
    "a thousand headers": [RIGHT, *((f"x-more-{number}", "value") for number in range(1_000))],
    "64 KiB": [RIGHT, ("x-large", "x" * 65_536)],
    "a token of 64 KiB": [("authorization", "Bearer " + "x" * 65_536)],
}


async def test_metadata_that_is_too_large_is_refused_before_it_is_read(service: Service) -> None:
    """By gRPC itself, for next to nothing; and the next call of the same channel is answered."""
    await call(service, [RIGHT])
    for name, metadata in TOO_LARGE.items():
        began = time.process_time()
        for _ in range(3):
            said = await refusal_of(call(service, metadata))
            assert said.code is grpc.StatusCode.RESOURCE_EXHAUSTED, (name, said)
            assert not said.reason, name
        assert (time.process_time() - began) / 3 < REFUSED_WITHIN_S, name
    assert (await call(service, [RIGHT])).terminal == "t1"


async def test_bytes_and_headers_that_nobody_reads_harm_nobody(service: Service) -> None:
    """A till's call with bytes, empty values and some hundred headers of its own is answered."""
    some = [(f"x-{number}", "") for number in range(100)]
    beside = [("x-bytes-bin", bytes(range(256))), ("authorization-bin", b"Bearer wrong")]
    assert (await call(service, [RIGHT, *some, *beside])).terminal == "t1"


async def test_a_token_that_is_sent_twice_is_none(service: Service) -> None:
    """Whoever stands between might have checked the one and passed on the other."""
    for metadata in ([RIGHT, WRONG], [WRONG, RIGHT], [RIGHT, RIGHT]):
        said = await refusal_of(call(service, metadata))
        assert (said.code, said.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")


async def test_a_partner_that_is_named_twice_is_none(service: Service) -> None:
    """An operator's call is about one partner."""
    operator = service.operator()
    operator.metadata = (*operator.metadata, ("x-partner", "south"))
    said = await refusal_of(operator.publish())
    assert (said.code, said.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED")


async def test_a_header_that_is_no_bearer_token_is_none(service: Service) -> None:
    """Other schemes, a scheme alone, and no scheme."""
    for value in ("north-s1-t1", "Basic north-s1-t1", "Bearer", ""):
        said = await refusal_of(call(service, [("authorization", value)]))
        assert (said.code, said.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"), value
