"""Tills that follow the published advice: repeat with the same id, elsewhere, then GetOperation.

Operators do the same; nobody can tell them what became of a call, so they go on repeating it.

A pool of typed clients stands for a store server with a channel to each worker. After an attempt
that ended without an answer the next one takes another channel; when the attempts are used up,
GetOperation is asked until it tells. Each pause is twice the one before: a thousand tills that ask
ten times a second would keep down what is about to come back.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any, Final, cast

from checkout.client import CallRefusedError, messages
from tests.faults.streams import StreamedClient
from tests.faults.timed_clients import PlainTill, TimedOperator, TimedTill

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.journal import Call, Journal

    #: A call through a client of either kind.
    Make = Callable[[Any], Awaitable[Any]]

#: Whom the history names for what operators of a cell do.
AUTHOR: Final = "faults"
#: Times that a till sends a call before it asks what became of it.
ATTEMPTS: Final = 3
#: Pause after the first attempt or question that led nowhere, and the longest; the service may name
#: a longer one.
PAUSE_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0
#: A channel whose worker did not answer is left alone for so long.
REST_S: Final = 0.5
#: What the contract says to be certain: this attempt wrote nothing.
NOTHING_WRITTEN: Final = {
    *("OVERLOADED", "STORAGE_UNAVAILABLE", "DEADLINE_TOO_SHORT"),
}
_DONE: Final = messages.OPERATION_STATE_DONE
_NOT_DONE: Final = messages.OPERATION_STATE_NOT_DONE
#: Where GetOperation's answer stands, by method; what it does not know is repeated only.
_ANSWERS: Final = {
    "Quote": "quote",
    "Confirm": "confirm",
    "ConfirmReturn": "confirm_return",
    "Cancel": "cancel",
    "CreditLater": "credit_later",
}
#: Statuses without a reason of ours: the network's or grpc's own.
_SILENT: Final = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "INTERNAL"}


class Tills:
    """Channels to all workers, and what is done when one of them does not answer."""

    def __init__(
        self,
        targets: list[str],
        token: str,
        journal: Journal,
        seed: int,
        timeout_factor: int,
        *,
        is_streamed: bool = False,
        is_plain: bool = False,
    ) -> None:
        """Streamed: half of the calls go over a Session with each worker."""
        self._journal = journal
        self._kind = PlainTill if is_plain else TimedTill
        self._clients = [self._open(target, token, timeout_factor) for target in targets]
        if is_streamed:
            self._clients += [StreamedClient(t, token, journal, timeout_factor) for t in targets]
        self._next = 0
        self._rests_until = [0.0] * len(self._clients)
        self._chance = random.Random(f"tills/{seed}")  # noqa: S311 - not secret

    def _open(self, target: str, token: str, timeout_factor: int) -> Any:
        client = self._kind(target, token, timeout_factor=timeout_factor)
        client.waits = self._journal.waits
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.__aexit__(None, None, None)

    def client(self) -> Any:
        """The next one in turn that did not just stay silent; any, if all did."""
        return self._clients[self._choose()]

    def _choose(self) -> int:
        now = time.monotonic()
        places = [(self._next + n) % len(self._clients) for n in range(1, len(self._clients) + 1)]
        chosen = next((p for p in places if self._rests_until[p] <= now), places[0])
        self._next = chosen
        return chosen

    async def send(self, make: Make) -> Any:
        """One attempt; a channel that does not answer rests for a while.

        Raises:
            CallRefusedError: what the service or grpc said.
        """
        place = self._choose()
        try:
            return await make(self._clients[place])
        except CallRefusedError as error:
            if not error.reason:
                self._rests_until[place] = time.monotonic() + REST_S
            raise

    async def quote(self, purchase_id: str, sale: messages.Receipt) -> Any:
        """A quote, or None if three attempts were in vain."""
        began = time.monotonic()
        answer = None
        for attempts in range(1, ATTEMPTS + 1):
            asked = time.monotonic()
            try:
                answer = await self.send(lambda client: client.quote(purchase_id, sale))
                self._journal.quoted.append((asked, time.monotonic(), answer.snapshot_id))
                break
            except CallRefusedError as error:
                self._journal.said[_told(error)] += 1
                await self._pause(attempts, error.retry_after_ms)
        ended = time.monotonic()
        self._journal.quote_times.append((began, ended - began, answer is not None))
        self._journal.quotes["answered" if answer is not None else "given up"] += 1
        return answer

    async def carry_out(
        self, call: Call, make: Make, until: Callable[[], float], *, is_twice: bool = False
    ) -> None:
        """Send a call until it is answered; its fate is known, or `until` (monotonic) has come.

        Twice: a second time at once, as if the first was lost; which is first is nobody's affair.
        """
        call.begun_s, call.is_twice = time.monotonic(), is_twice
        self._journal.calls.append(call)
        lost = asyncio.create_task(_ignore(make(self.client()))) if is_twice else None
        try:
            while True:
                if await self._send(call, make):
                    return
                can_be_asked = call.method in _ANSWERS
                if can_be_asked and await self._ask(call, until) != _NOT_DONE:
                    return
                if time.monotonic() > until():
                    if can_be_asked or not call.was_unknown:
                        call.fate = "undone"
                    return
        finally:
            call.ended_s = time.monotonic()
            if lost is not None:
                await lost

    async def _send(self, call: Call, make: Make) -> bool:
        """Some attempts; whether one of them was answered."""
        for _ in range(ATTEMPTS):
            call.attempts += 1
            try:
                call.answer = await self.send(make)
            except CallRefusedError as error:
                self._journal.said[_told(error)] += 1
                if error.reason in NOTHING_WRITTEN:
                    if not call.was_unknown:
                        call.denied_at_s = time.monotonic()
                elif error.reason == "OUTCOME_UNKNOWN" or not error.reason:
                    call.unknown_attempts += 1
                    call.unknown_at_s = time.monotonic()
                elif error.reason != "INTERNAL":
                    call.fate, call.reason = "refused", error.reason
                    return True
                await self._pause(call.tries, error.retry_after_ms)
                continue
            call.fate = "acknowledged"
            return True
        return False

    async def _ask(self, call: Call, until: Callable[[], float]) -> Any:
        """Ask GetOperation until it says done or not done; None if it never did."""
        while time.monotonic() < until():
            call.questions += 1
            named_ms = 0
            try:
                view = await self.send(
                    lambda client: client.get_operation(call.method, call.request_id)
                )
            except CallRefusedError as error:
                self._journal.said[f"GetOperation {_told(error)}"] += 1
                named_ms = error.retry_after_ms
            else:
                if view.state == _DONE:
                    if view.refused:
                        call.fate, call.reason = "refused", messages.ErrorReason.Name(view.refused)
                    else:
                        call.answer = getattr(view, _ANSWERS[call.method])
                        call.fate = "acknowledged"
                    return _DONE
                if view.state == _NOT_DONE:
                    return _NOT_DONE
            await self._pause(call.tries, named_ms)
        return None

    async def _pause(self, tries: int, named_ms: int) -> None:
        """After so many tries in vain, by chance half more or less."""
        wanted_s = max(named_ms / 1_000, min(PAUSE_S * 2 ** (tries - 1), PAUSE_MAX_S))
        await asyncio.sleep(wanted_s * self._chance.uniform(0.5, 1.5))


class Operators(Tills):
    """Whoever works with the pages; the credential stands in a token's place."""

    def _open(self, target: str, token: str, timeout_factor: int) -> Any:
        client = TimedOperator(
            target, token, partner="north", author=AUTHOR, timeout_factor=timeout_factor
        )
        client.waits = self._journal.waits
        return client


def refused_in_band(reason: int, message: str) -> CallRefusedError:
    """What one of several things in a message was refused for, as a call of its own would be."""
    named = messages.ErrorReason.Name(cast("messages.ErrorReason", reason))
    return CallRefusedError("", named.removeprefix("ERROR_REASON_"), message)


async def _ignore(sent: Awaitable[Any]) -> None:
    try:
        await sent
    except CallRefusedError:
        return


def _told(error: CallRefusedError) -> str:
    if not error.reason and error.status in _SILENT:
        return f"{error.status} (no answer)"
    return f"{error.status} {error.reason}"
