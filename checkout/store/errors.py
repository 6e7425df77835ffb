"""What PostgreSQL says, told by SQLSTATE and constraint name in this one place.

Driver texts go no further.
"""

from __future__ import annotations

import enum

import asyncpg


class Failure(enum.Enum):
    """How a transaction failed, as far as a caller must know."""

    #: Locks or connections were busy, or two batches met: the same again may work.
    RETRYABLE = "retryable"
    #: All connections that this may use are busy; nothing was written.
    BUSY = "busy"
    #: The batch took longer than one may; nothing was written. Its operations may work one by one.
    TOO_LONG = "too long"
    #: The database cannot be reached or is starting; nothing was written.
    UNAVAILABLE = "unavailable"
    #: The connection broke while COMMIT was on its way.
    UNKNOWN = "unknown"
    #: A bug of ours: a constraint that decisions should have kept.
    BUG = "bug"


class StoreError(Exception):
    """A transaction that did not happen, or of which nobody knows."""

    def __init__(self, failure: Failure) -> None:
        """Carry the kind; the driver's own error stays the cause."""
        self.failure = failure
        super().__init__(failure.value)


_RETRYABLE = (
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.QueryCanceledError,
    asyncpg.TooManyConnectionsError,
)
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    # The server ended a connection while the driver believed it idle.
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
    # The server gave up on a transaction of ours: a worker that was stopped comes back to this.
    asyncpg.IdleInTransactionSessionTimeoutError,
    OSError,
    TimeoutError,
)
#: Everything that talking to PostgreSQL may raise.
DRIVER_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def failure_of(error: BaseException, *, committing: bool) -> Failure:
    """The kind of a driver's error; a connection that broke at COMMIT means "unknown"."""
    if isinstance(error, _RETRYABLE):
        return Failure.RETRYABLE
    if isinstance(error, _UNAVAILABLE):
        return Failure.UNKNOWN if committing else Failure.UNAVAILABLE
    return Failure.BUG
