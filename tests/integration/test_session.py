"""The Session: every call of a till over one stream, as it is answered by itself."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.api import session as served
from checkout.client.errors import CallRefusedError
from checkout.client.session import SessionClient
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2, receipt_pb2
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub
from tests.integration.test_credentials import calls
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.ids import fresh
from tests.service.running import wait_until
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.service.running import Service

CARD = receipt_pb2.Identifier(card=world.CARD)


@asynccontextmanager
async def opened(service: Service, token: str = "north-s1-t1") -> AsyncIterator[SessionClient]:
    """A client with a stream to the first worker."""
    async with SessionClient(f"127.0.0.1:{service.ports[0]}", token) as client:
        yield client


def raw(service: Service, token: str = "north-s1-t1") -> Any:
    """A stream that a test writes frames to by itself."""
    stub = CheckoutServiceStub(service.channels[0])
    return stub.Session(metadata=(("authorization", f"Bearer {token}"),))


async def refused(call: Any) -> CallRefusedError:
    """What a call over the stream is refused for."""
    with pytest.raises(CallRefusedError) as caught:
        await call
    return caught.value


def confirm(purchase_id: str, request_id: str = "", **more: Any) -> pb.ConfirmRequest:
    """A sale to Ann, unless said otherwise."""
    sale = receipt(**({"card": world.CARD} | more))
    return pb.ConfirmRequest(
        request_id=request_id or fresh("c"), purchase_id=purchase_id, receipt=sale
    )


def test_a_frame_holds_every_call_of_a_till() -> None:
    """A call that is added to the contract must be added to the frames."""
    unary = [
        method
        for method in pb.DESCRIPTOR.services_by_name["CheckoutService"].methods
        if not method.client_streaming
    ]
    asks = pb.SessionRequest.DESCRIPTOR.oneofs_by_name["call"].fields
    answers = pb.SessionResponse.DESCRIPTOR.oneofs_by_name["answer"].fields[1:]
    assert [f.message_type for f in asks] == [m.input_type for m in unary]
    assert [f.message_type for f in answers] == [m.output_type for m in unary]
    assert [f.name for f in asks] == [f.name for f in answers] == list(served.METHODS)
    assert list(served.METHODS.values()) == [m.name for m in unary]


async def test_a_sale_over_the_stream_is_a_sale(service: Service) -> None:
    """Quote, hold, confirm, return: as unary calls answer; each of them knows the others' work."""
    async with opened(service) as client:
        sale = receipt(line("apple"), card=world.CARD, points_minor=1_00)
        quote = pb.QuoteRequest(purchase_id="p", receipt=sale)
        quoted = await client.call(quote, 5)
        alone = await service.till().quote("p", sale)
        assert quoted.outcome == alone.outcome
        hold = pb.HoldRequest(
            request_id="h", purchase_id="p", receipt=sale, quote_token=quoted.quote_token
        )
        assert (await client.call(hold, 5)).quote.status == pb.STATUS_OK
        request = pb.ConfirmRequest(request_id="c", purchase_id="p", receipt=sale)
        sold = await client.call(request, 5)
        assert sold.status == pb.STATUS_OK
        assert await service.till().call("Confirm", request) == sold
        assert (await client.call(pb.GetPurchaseRequest(purchase_id="p"), 5)).confirmed == sold
        back = pb.ConfirmReturnRequest(request_id="b", return_id="b", purchase_id="p")
        assert (await client.call(back, 5)).returned.is_all
    assert await violations(service) == []


async def test_each_call_is_refused_as_by_itself(service: Service) -> None:
    """Status, reason and fields of an empty request over the stream are those of the unary call."""
    async with opened(service) as client:
        for method, request in calls("CheckoutService"):
            if method in {"GetSnapshotInfo", "ListGifts", "ListStores", "SubmitOffline"}:
                continue
            alone = await refusal_of(service.till().call(method, request))
            said = await refused(client.call(request, 5))
            assert (said.status, said.reason) == (alone.code.name, alone.reason), method
            assert tuple(fault.field for fault in said.faults) == alone.fields, method


async def test_many_frames_are_answered_each_with_its_own(service: Service) -> None:
    """Three hundred sales at once over one stream, more than are worked on at once."""
    async with opened(service) as client:
        lines = [receipt(line("bread", 1_00 + n), card="") for n in range(300)]
        sold = await asyncio.gather(
            *(
                client.call(
                    pb.ConfirmRequest(request_id=f"c{n}", purchase_id=f"p{n}", receipt=r), 30
                )
                for n, r in enumerate(lines)
            )
        )
    assert [each.outcome.amount_minor for each in sold] == [1_00 + n for n in range(300)]
    assert await service.database.fetchval("select count(*) from receipt") == 300


async def test_frames_of_one_purchase_keep_their_order(service: Service) -> None:
    """Sold, then cancelled, then returned: sent at once, and answered as if one waited for one."""
    stream = raw(service)
    for n in range(20):
        await stream.write(frame(3 * n + 1, confirm=confirm(f"p{n}")))
        cancel = pb.CancelRequest(request_id=fresh("x"), purchase_id=f"p{n}")
        await stream.write(frame(3 * n + 2, cancel=cancel))
        back = pb.ConfirmReturnRequest(
            request_id=fresh("b"), return_id=f"b{n}", purchase_id=f"p{n}"
        )
        await stream.write(frame(3 * n + 3, confirm_return=back))
    await stream.done_writing()
    said = {response.correlation_id: response async for response in stream}
    for n in range(20):
        assert said[3 * n + 1].confirm.status == pb.STATUS_OK
        assert said[3 * n + 2].error.reason == error_reason_pb2.ERROR_REASON_PURCHASE_CONFIRMED
        assert said[3 * n + 3].confirm_return.returned.is_all
    assert len(said) == 60


async def test_receipts_sold_off_line_keep_the_order_of_their_purchases(service: Service) -> None:
    """A till that was off line tells what it sold, and at once asks what became of it."""
    stream = raw(service)
    sold = [pb.OfflineReceipt(purchase_id=f"p{n}", receipt=receipt()) for n in range(20)]
    await stream.write(frame(99, submit_offline=pb.SubmitOfflineRequest(receipts=sold)))
    for n in range(20):
        await stream.write(frame(n + 1, get_purchase=pb.GetPurchaseRequest(purchase_id=f"p{n}")))
    await stream.done_writing()
    said = {response.correlation_id: response async for response in stream}
    assert all(each.confirmed.status == pb.STATUS_OK for each in said[99].submit_offline.results)
    confirmed = pb.PurchaseState.Value("PURCHASE_STATE_CONFIRMED")
    assert {said[n + 1].get_purchase.state for n in range(20)} == {confirmed}


async def test_a_shift_is_compared_after_the_frames_before_it(service: Service) -> None:
    """Sold, and compared in the same breath: by totals, no purchase is named."""
    stream = raw(service)
    day = world.business_day(0)
    settlement = receipt_pb2.Settlement(shift="7", business_day=day)
    for n in range(20):
        sale = confirm(f"p{n}")
        sale.settlement.CopyFrom(settlement)
        await stream.write(frame(n + 1, confirm=sale))
    till = pb.ShiftTotals(sales=20, sales_minor=20 * 100_00)
    shift = pb.ReconcileShiftRequest(shift="7", business_day=day, till=till)
    await stream.write(frame(99, reconcile_shift=shift))
    await stream.done_writing()
    said = {response.correlation_id: response async for response in stream}
    assert said[99].reconcile_shift.service.sales == 20


def frame(number: int, **call: Any) -> pb.SessionRequest:
    """A frame with time enough."""
    return pb.SessionRequest(correlation_id=number, timeout_ms=20_000, **call)


async def test_what_is_no_frame_is_told_and_the_stream_goes_on(service: Service) -> None:
    """Bytes, no call, no number, no time: each has its answer, and the next is answered."""
    call: Any = service.channels[0].stream_stream("/checkout.v1.CheckoutService/Session")(
        metadata=(("authorization", "Bearer north-s1-t1"),)
    )
    info = pb.GetSnapshotInfoRequest()
    for body in (
        b"\xff\xff\xff\xff",
        pb.SessionRequest(correlation_id=7).SerializeToString(),
        pb.SessionRequest(get_snapshot_info=info).SerializeToString(),
        pb.SessionRequest(
            correlation_id=8, timeout_ms=19, get_snapshot_info=info
        ).SerializeToString(),
        frame(9, quote=pb.QuoteRequest(purchase_id="x" * (1 << 20))).SerializeToString(),
        frame(10, get_snapshot_info=info).SerializeToString(),
    ):
        await call.write(body)
    await call.done_writing()
    said: dict[int, list[pb.SessionResponse]] = {}
    async for body in call:
        response = pb.SessionResponse.FromString(body)
        said.setdefault(response.correlation_id, []).append(response)
    wrong = [r for number in (0, 7, 8) for r in said[number]]
    assert {r.error.code for r in wrong} == {grpc.StatusCode.INVALID_ARGUMENT.value[0]}
    assert [f.field for r in said[8] for f in r.error.field_violations] == ["timeout_ms"]
    assert [f.field for r in said[7] for f in r.error.field_violations] == ["call"]
    assert len(said[0]) == 3
    assert said[10][0].get_snapshot_info.partner == "north"


async def test_a_frame_whose_time_passes_is_unknown(service: Service) -> None:
    """The answer comes in time; the sale is made all the same, once."""
    request = confirm("p", "c")
    async with opened(service) as client:
        async with service.database.transaction():
            await service.database.execute("select 1 from member for update")
            said = await refused(client.call(request, 0.1))
            assert (said.status, said.reason) == ("UNAVAILABLE", "OUTCOME_UNKNOWN")
        assert (await client.call(request, 5)).status == pb.STATUS_OK
    assert await service.database.fetchval("select count(*) from receipt") == 1


@pytest.mark.parametrize(("token", "reason"), [("", "TOKEN_MISSING"), ("nobody", "TOKEN_INVALID")])
async def test_a_stream_needs_a_terminal_token(service: Service, token: str, reason: str) -> None:
    """Without a token, or with none that we know, no frame is read."""
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    stream = CheckoutServiceStub(service.channels[0]).Session(metadata=metadata)
    said = await refusal_of(stream.read())
    assert (said.code, said.reason) == (grpc.StatusCode.UNAUTHENTICATED, reason)


async def test_a_revoked_token_ends_its_stream_within_two_seconds(service: Service) -> None:
    """With the reason; what was sold before stays."""
    async with opened(service) as client:
        assert (await client.call(confirm("p"), 5)).status == pb.STATUS_OK
        stream = raw(service)
        await service.database.execute(
            "update terminal_token set revoked_at = now() where token_hash = sha256('north-s1-t1')"
        )
        async with asyncio.timeout(2):
            said = await refusal_of(stream.read())
        assert (said.code, said.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")
        again = await refused(client.call(confirm("p2"), 5))
        assert again.reason == "TOKEN_INVALID"


async def test_a_stores_server_speaks_for_its_terminals(service: Service) -> None:
    """By frame and by header; others may not, and nobody for another store's."""
    info = pb.GetSnapshotInfoRequest()
    other = await service.database.fetchval(
        "insert into terminal (partner_id, store_code, code)"
        " select partner_id, store_code, 'beside' from terminal t"
        " join terminal_token k using (terminal_id) where k.token_hash = sha256('north-s1-t1')"
        " returning code"
    )
    async with opened(service) as client:
        said = await refused(client.call(info, 5, terminal=other))
        assert (said.status, said.reason) == ("PERMISSION_DENIED", "NOT_PERMITTED")
        await service.database.execute(
            "update terminal set kind = 'store_server' where terminal_id ="
            " (select terminal_id from terminal_token where token_hash = sha256('north-s1-t1'))"
        )

        async def is_known() -> bool:
            try:
                await client.call(info, 5, terminal=other)
            except CallRefusedError:
                return False
            return True

        await wait_until(is_known)
        told = await client.call(info, 5, terminal=other)
        own = await client.call(info, 5)
        assert (told.terminal, told.store) == (other, own.store)
        assert own.terminal != other
        sold = pb.ConfirmRequest(request_id="c", purchase_id="p", receipt=receipt())
        await client.call(sold, 5, terminal=other)
        kept = await service.database.fetchval("select terminal_code from receipt")
        assert kept == other
        said = await refused(client.call(info, 5, terminal="nobody"))
        assert said.reason == "NOT_PERMITTED"
    till = service.till()
    till.metadata += (("x-terminal", other),)
    assert (await till.snapshot_info()).terminal == other


async def test_an_old_stream_is_drained_and_nothing_is_lost(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drain frame; what is under way is answered; new calls go over a new stream."""
    sessions = service.workers[0].server.sessions
    monkeypatch.setattr(sessions, "_age_max_s", 0.3)
    stream = raw(service)
    async with opened(service) as client:
        began = time.monotonic()
        count = 1
        while time.monotonic() - began < 1:
            some = [confirm(f"p{count + n}") for n in range(4)]
            answers = await asyncio.gather(*(client.call(each, 10) for each in some))
            assert {each.status for each in answers} == {pb.STATUS_OK}
            count += 4
    drained = await stream.read()
    assert drained.drain.ends_within_ms == 4_000
    await stream.write(frame(1, confirm=confirm("late")))
    assert (await stream.read()).confirm.status == pb.STATUS_OK
    await stream.done_writing()
    assert await stream.read() is grpc.aio.EOF
    assert await service.database.fetchval("select count(*) from receipt") == count


async def test_a_worker_that_ends_drains_its_streams(service: Service) -> None:
    """The drain frame comes before the end, and the end soon after the client's own."""
    stream = raw(service)
    await stream.write(frame(1, get_snapshot_info=pb.GetSnapshotInfoRequest()))
    assert (await stream.read()).get_snapshot_info.partner == "north"
    ending = asyncio.create_task(service.workers[0].server.stop(5))
    assert (await stream.read()).HasField("drain")
    await stream.write(frame(2, confirm=confirm("p")))
    assert (await stream.read()).confirm.status == pb.STATUS_OK
    await stream.done_writing()
    assert await stream.read() is grpc.aio.EOF
    async with asyncio.timeout(2):
        await ending


async def test_no_more_frames_are_read_than_may_be_worked_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred are sent while the first waits for a lock: what is above waits in the client."""
    at_work: list[int] = []
    begin = served._Stream._begin

    def begun(self: served._Stream, body: bytes) -> None:
        begin(self, body)
        at_work.append(len(self._working))

    async def is_full() -> bool:
        return len(at_work) >= served.FRAMES_MAX

    monkeypatch.setattr(served._Stream, "_begin", begun)
    stream = raw(service)
    async with service.database.transaction():
        await service.database.execute("select 1 from member for update")
        await stream.write(frame(1, confirm=confirm("p")))
        for n in range(2, 201):
            await stream.write(frame(n, get_purchase=pb.GetPurchaseRequest(purchase_id="p")))
        await stream.done_writing()
        await wait_until(is_full)
        # Over the same connection, after all frames: they have come by now, read or not.
        for _ in range(20):
            await service.till().quote("q", receipt())
        assert at_work == list(range(1, served.FRAMES_MAX + 1))
    said = {response.correlation_id: response async for response in stream}
    assert said.pop(1).confirm.status == pb.STATUS_OK
    assert said.keys() == set(range(2, 201))
    confirmed = pb.PurchaseState.Value("PURCHASE_STATE_CONFIRMED")
    assert {each.get_purchase.state for each in said.values()} == {confirmed}
    assert (len(at_work), max(at_work)) == (200, served.FRAMES_MAX)


async def test_what_a_client_left_behind_is_done(service: Service) -> None:
    """The stream is cancelled while a sale waits: it is made, and the stream leaves nothing."""
    stream = raw(service)
    till = service.till()

    def is_in(state: str) -> Callable[[], Awaitable[bool]]:
        async def asked() -> bool:
            operation = await till.operation("Confirm", "c")
            return operation.state == pb.OperationState.Value(f"OPERATION_STATE_{state}")

        return asked

    async with service.database.transaction():
        await service.database.execute("select 1 from member for update")
        await stream.write(frame(1, confirm=confirm("p", "c")))
        await wait_until(is_in("IN_PROGRESS"))
        stream.cancel()
    await wait_until(is_in("DONE"))


async def test_who_gives_up_while_writing_ends_no_others_call(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service reads no more for a while: a call that no longer waits leaves the stream."""
    monkeypatch.setattr(served, "FRAMES_MAX", 1)
    large = pb.QuoteRequest(purchase_id="x" * (900 << 10))
    async with opened(service) as client:
        async with service.database.transaction():
            await service.database.execute("select 1 from member for update")
            first = asyncio.create_task(client.call(confirm("p"), 20))
            said = await asyncio.gather(*(refused(client.call(large, 0.1)) for _ in range(20)))
            assert {each.reason for each in said} == {"OUTCOME_UNKNOWN"}
        assert (await first).status == pb.STATUS_OK
