"""Who may call what."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from checkout.settings import Settings
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from tests.service import world
from tests.service.bulks import decide, set_four_eyes
from tests.service.running import Service, running_service, settings_for, wait_until
from tests.service.till import Operator, Till, refusal_of


def calls(service_name: str) -> list[tuple[str, Message]]:
    """Every unary call of a service with an empty request: a new one is tested by itself."""
    module = pb if service_name == "CheckoutService" else op
    methods = module.DESCRIPTOR.services_by_name[service_name].methods
    return [(m.name, GetMessageClass(m.input_type)()) for m in methods if not m.client_streaming]


@pytest.mark.parametrize(
    ("token", "code", "reason"),
    [
        ("", grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
        ("nonsense", grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"),
        (world.CREDENTIAL, grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED"),
    ],
)
async def test_tills_calls_need_a_terminal_token(
    service: Service, token: str, code: grpc.StatusCode, reason: str
) -> None:
    """Without a token, with a wrong one or with the operators' credential no call begins."""
    till = Till(service.channels[0], token)
    for method, request in calls("CheckoutService"):
        said = await refusal_of(till.call(method, request))
        assert (said.code, said.reason) == (code, reason), method


@pytest.mark.parametrize(
    ("token", "partner", "code", "reason"),
    [
        ("north-s1-t1", "north", grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED"),
        ("nonsense", "north", grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"),
        (world.CREDENTIAL, "nobody", grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED"),
        (world.CREDENTIAL, "", grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED"),
    ],
)
async def test_operators_calls_need_the_service_credential(
    service: Service, token: str, partner: str, code: grpc.StatusCode, reason: str
) -> None:
    """A terminal's token is denied; so is a partner that does not exist."""
    operator = Operator(service.channels[0], partner, token)
    for method, request in calls("OperatorService"):
        said = await refusal_of(operator.call(method, request))
        assert (said.code, said.reason) == (code, reason), method


async def test_an_operators_call_names_its_author(service: Service) -> None:
    """Without x-author nobody would be responsible."""
    operator = service.operator()
    operator.metadata = operator.metadata[:2]
    said = await refusal_of(operator.publish())
    assert (said.code, said.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED")


@pytest.mark.parametrize("author", ["", " ", " ann", "ann ", "an  n", "a" * 101])
async def test_an_author_has_a_name_that_can_be_seen(service: Service, author: str) -> None:
    """Blanks are nobody, and no two names of one look."""
    said = await refusal_of(service.operator(author=author).publish())
    assert (said.code, said.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED")
    assert "x-author" in said.message


async def test_an_authors_own_credential_speaks_for_nobody_else(
    world_dsn: str, redis_url: str
) -> None:
    """Whoever holds it approves nothing by another name; the author is the login it was given."""
    own, given = "a" * 32, f"boss:{'b' * 32},ann:{'a' * 32}"
    async with running_service(world_dsn, redis_url, author_credentials=given) as service:
        await set_four_eyes(service, 0)
        member = await service.ann()
        made = await Operator(service.channels[0], "north", own, "Ann").adjust(member, 5_00)
        other = Operator(service.channels[0], "north", own, "boss")
        said = await refusal_of(decide(other, made.correction_id))
        assert (said.code, said.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED")
        author = await service.database.fetchval(
            "select author from correction where state = 'proposed'"
        )
        assert author == "ann"
        boss = Operator(service.channels[0], "north", "b" * 32, "boss")
        (done,) = await decide(boss, made.correction_id)
        assert done.state == op.CORRECTION_STATE_BOOKED
        said = await refusal_of(Till(service.channels[0], own).snapshot_info())
        assert said.reason == "NOT_PERMITTED"


@pytest.mark.parametrize(
    "wrong",
    [
        "ann",
        "ann:short",
        f" ann:{'a' * 32}",
        f"ann:{'a' * 32},Ann:{'b' * 32}",
        f"ann:{'a' * 32},bob:{'a' * 32}",
        f"ann:{world.CREDENTIAL:x<32}",
    ],
)
def test_credentials_of_authors_are_one_persons_each(wrong: str) -> None:
    """Neither guessed, nor shared, nor that of the pages."""
    settings = Settings(
        service_credential=f"{world.CREDENTIAL:x<32}",
        author_credentials=wrong,
    )
    with pytest.raises(ValueError, match="CHECKOUT_AUTHOR_CREDENTIALS"):
        settings.credentials_of_authors()


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
