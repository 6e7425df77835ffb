"""How long somebody may take to send a request, and to read an answer.

Left to itself the server waits for ever for the rest of a request: a few hundred connections that
send a byte now and then, or read nothing, would leave none for anybody else. A byte does not begin
the time anew; only the next part of a request does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

#: For a request's head; and for its body, at most 2 MB over a slow line.
HEAD_S: Final = 10.0
BODY_S: Final = 60.0
#: Until a reader who fell behind has read what was sent: 64 KB.
READING_S: Final = 60.0
#: Beyond so many connections requests are told to come later (503).
CONNECTIONS_MAX: Final = 512


class PatientProtocol(H11Protocol):
    """A connection that ends when its patience does."""

    #: By what the browser is sending; nothing else is waited for.
    patience_s: ClassVar[dict[Any, float]] = {h11.IDLE: HEAD_S, h11.SEND_BODY: BODY_S}
    reading_s: ClassVar[float] = READING_S

    _waits_for: Any = None
    _waiting: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for what is still missing of a request."""
        super().data_received(data)
        self._wait()

    def pause_writing(self) -> None:
        """Wait for a reader who fell behind."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.reading_s, self.transport.abort)

    def resume_writing(self) -> None:
        """They have read."""
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)
        if self._writing is not None:
            self._writing.cancel()

    def _wait(self) -> None:
        wanted = self.conn.their_state
        if wanted is self._waits_for:
            return
        self._stop()
        if wanted in self.patience_s and not self.transport.is_closing():
            self._waits_for = wanted
            self._waiting = self.loop.call_later(self.patience_s[wanted], self.transport.abort)

    def _stop(self) -> None:
        self._waits_for = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
