"""Messages of one kind in a file, each after its length: receipts to sell, answers to give."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message
from google.protobuf.proto import parse_length_prefixed, serialize_length_prefixed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Kind = TypeVar("Kind", bound=Message)


def write_messages(path: Path, messages: Iterable[Message]) -> None:
    """Write them in this order."""
    file = BytesIO()
    for message in messages:
        serialize_length_prefixed(message, file)
    path.write_bytes(file.getvalue())


def read_messages(path: Path, kind: type[Kind]) -> list[Kind]:
    """Read them in the order in which they were written.

    Raises:
        ValueError: the file holds none.
    """
    body = path.read_bytes()
    file = BytesIO(body)
    found: list[Kind] = []
    while file.tell() < len(body):
        found.append(parse_length_prefixed(kind, file))
    if not found:
        raise ValueError(f"{path} holds no messages")
    return found
