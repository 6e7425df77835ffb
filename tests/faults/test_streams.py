"""How streams end is told apart, and what becomes of their frames; at length: FC2, its sabotage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.v1 import checkout_service_pb2 as pb
from tests.faults.journal import Journal
from tests.faults.streams import StreamedClient, StreamEnds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ANSWER = pb.SessionResponse(correlation_id=1, get_snapshot_info=pb.GetSnapshotInfoResponse())
DRAIN = pb.SessionResponse(drain=pb.SessionDrain(ends_within_ms=1))


class Served:
    """A stream that says all it has to say, and ends when its till is done or has no patience."""

    def __init__(self, *said: pb.SessionResponse) -> None:
        self.said = said

    def Session(self, **_: Any) -> Served:  # noqa: N802 - named by the contract
        return self

    async def write(self, _: pb.SessionRequest) -> None:
        """Nothing happens to it."""

    async def done_writing(self) -> None:
        """Nor then."""

    async def __aiter__(self) -> AsyncIterator[pb.SessionResponse]:
        for response in self.said:
            yield response


async def ended(*said: pb.SessionResponse, is_done: bool = False) -> tuple[StreamEnds, Journal]:
    """What is noted of a stream over which two frames were sent."""
    journal = Journal()
    client = StreamedClient("127.0.0.1:1", "any", journal, timeout_factor=1)
    watched: Any = client._session._stub
    watched._stub = Served(*said)
    stream = watched.Session()
    for number in (1, 2):
        info = pb.GetSnapshotInfoRequest()
        await stream.write(
            pb.SessionRequest(correlation_id=number, timeout_ms=300, get_snapshot_info=info)
        )
    if is_done:
        await stream.done_writing()
    assert [response async for response in stream] == list(said)
    await client.__aexit__(None, None, None)
    return journal.stream_ends, journal


async def test_an_end_is_announced_or_wanted_or_a_cut() -> None:
    """Where nobody answered there was no stream to cut."""
    announced, _ = await ended(ANSWER, DRAIN)
    assert (announced.announced, announced.left_open, announced.cut) == (1, 1, [])
    wanted, _ = await ended(ANSWER, is_done=True)
    assert (wanted.by_till, wanted.cut) == (1, [])
    unopened, _ = await ended()
    assert (unopened.unopened, unopened.cut) == (1, [])
    cut, _ = await ended(ANSWER)
    assert cut.cut == ["a stream of 127.0.0.1:1 with 1 open frames was cut"]


async def test_frames_wait_until_they_are_answered_or_their_stream_ends() -> None:
    """Afterwards none waits; both were counted."""
    _, journal = await ended(ANSWER)
    assert (journal.waits.requests, journal.waits.stuck, journal.waits._open) == (2, [], {})
