"""What can go wrong with embedded servers, each error with a sentence that says what to do."""

from __future__ import annotations


class EmbeddedError(Exception):
    """The embedded servers cannot do what was asked; the message is meant for the terminal."""


class AlreadyRunningError(EmbeddedError):
    """Another living process runs servers on the same directory."""


class PortTakenError(EmbeddedError):
    """A port that was asked for by number belongs to someone else."""


class DirectoryUnusableError(EmbeddedError):
    """The data cannot be kept there: not writable, not ours, or the disk is full."""


class DataVersionError(EmbeddedError):
    """The data was written by another major version of PostgreSQL."""


class WheelUnusableError(EmbeddedError):
    """A server's wheel is not installed, or its programs do not run on this machine."""


class ServerFailedError(EmbeddedError):
    """A server ended by itself or did not answer in time; the message quotes its log."""


_CLASSES: dict[str, type[EmbeddedError]] = {
    error.__name__: error
    for error in (
        AlreadyRunningError,
        PortTakenError,
        DirectoryUnusableError,
        DataVersionError,
        WheelUnusableError,
        ServerFailedError,
    )
}


def error_named(name: str, message: str) -> EmbeddedError:
    """The error as it was raised in the supervisor, rebuilt in the owner."""
    return _CLASSES.get(name, EmbeddedError)(message)
