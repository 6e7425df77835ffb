"""Tokens that are revoked and rotated, and where plain text may be spoken."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from checkout.settings import Settings
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from tests.service.running import Service, settings_for, wait_until


def calls(service_name: str) -> list[tuple[str, Message]]:
    """Every unary call of a service with an empty request: a new one is tested by itself."""
    module = pb if service_name == "CheckoutService" else op
    methods = module.DESCRIPTOR.services_by_name[service_name].methods
    return [(m.name, GetMessageClass(m.input_type)()) for m in methods if not m.client_streaming]


@pytest.mark.parametrize(
    "statement",
    [
        "update terminal_token set revoked_at = now()",
        "update terminal set blocked_at = now()",
        "delete from terminal_token",
    ],
)
async def test_a_revoked_token_ends_within_two_seconds(service: Service, statement: str) -> None:
    """Revoked, deleted or its terminal blocked: the next poll knows."""
    till = service.till()
    await till.snapshot_info()
    await service.database.execute(statement)

    async def is_refused() -> bool:
        try:
            await till.snapshot_info()
        except grpc.aio.AioRpcError as error:
            return error.code() is grpc.StatusCode.UNAUTHENTICATED
        return False

    await wait_until(is_refused, within_s=2, what="the revocation")


async def test_a_new_token_works_beside_the_old_one(service: Service) -> None:
    """Two tokens of a terminal live at once, so that they can be rotated."""
    await service.database.execute(
        "insert into terminal_token (token_hash, terminal_id)"
        " select sha256('rotated'), terminal_id from terminal_token"
        " where token_hash = sha256('north-s1-t1')"
    )
    await service.workers[0].follower.step()
    for token in ("rotated", "north-s1-t1"):
        info = await service.till(token).snapshot_info()
        assert (info.partner, info.store, info.terminal) == ("north", "s1", "t1")


@pytest.mark.parametrize(
    ("host", "more", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("localhost", {}, True),
        ("[::1]", {}, True),
        ("0.0.0.0", {}, False),  # noqa: S104 - refused is what is tested
        ("till.example.com", {}, False),
        ("0.0.0.0", {"plaintext_off_loopback": True}, True),  # noqa: S104 - set on purpose
    ],
)
def test_plain_text_stays_on_the_machine(
    host: str, more: dict[str, bool], *, allowed: bool
) -> None:
    """Off loopback plain text needs TLS or an explicit setting."""
    assert Settings(host=host, **more).is_plaintext_allowed() is allowed  # type: ignore[arg-type]


async def test_a_worker_refuses_to_start_plain_text_off_loopback(
    world_dsn: str, redis_url: str
) -> None:
    """The start fails with a sentence that says what to set."""
    from checkout.assembly import assemble

    settings = settings_for(world_dsn, redis_url, host="0.0.0.0")  # noqa: S104 - to be refused
    async with assemble(settings) as worker:
        with pytest.raises(RuntimeError, match="CHECKOUT_TLS_CERTIFICATE"):
            await worker.server.start(0)
