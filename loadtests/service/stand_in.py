"""What measured workers have where the service has something of its own.

A watch, or another way of doing it: no setting of the service, which nobody who runs it needs.
"""

from __future__ import annotations


def stand_in(where: object, name: str, what: object) -> None:
    """Let something else stand where the service has its own, for as long as the process lives."""
    if not hasattr(where, name):
        raise AttributeError(f"{where!r} has no {name}: nothing would be measured")
    setattr(where, name, what)
