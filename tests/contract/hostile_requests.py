"""What becomes of a request that is right: its bytes spoilt, or one of its lists overfilled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message

#: Empty parts that a list is filled with: two bytes each, so that the message is not too large.
CROWD: Final = 200_000
_LENGTH_DELIMITED: Final = 2


def spoilt(whole: bytes, chance: random.Random) -> bytes:
    """The message with a bit or two turned, its end cut off, noise put in, or said twice."""
    body = bytearray(whole or b"\x0a\x01x")
    way = chance.randrange(8)
    place = chance.randrange(len(body))
    if way == 0:
        del body[place:]
    elif way == 1:
        body[place:place] = chance.randbytes(chance.randrange(1, 9))
    else:
        if way == 2:
            body *= 2  # what stands twice is merged
        for _ in range(chance.randrange(1, 3)):
            # Never the highest bit: letters stay letters, and most is a message still.
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(7)
    return bytes(body)


def lists_of(kind: Any) -> Iterator[tuple[FieldDescriptor, ...]]:
    """Ways to each list of texts or messages that a descriptor has, through its single parts."""
    for field in cast("list[FieldDescriptor]", kind.fields):
        if field.is_repeated:
            if field.message_type is None and field.type != field.TYPE_STRING:
                continue
            if field.message_type is None or not field.message_type.GetOptions().map_entry:
                yield (field,)
        elif field.message_type is not None:
            yield from ((field, *way) for way in lists_of(field.message_type))


def crowded(request: Message, way: tuple[FieldDescriptor, ...]) -> Message:
    """The request with a list overfilled."""
    filled = type(request).FromString(request.SerializeToString())
    holder = filled
    for field in way[:-1]:
        holder = getattr(holder, field.name)
        holder.SetInParent()
    tag = way[-1].number << 3 | _LENGTH_DELIMITED
    assert tag < 1 << 14, "a tag of two bytes at most"
    wire = bytes([tag]) if tag < 1 << 7 else bytes([tag & 0x7F | 0x80, tag >> 7])
    holder.MergeFromString((wire + b"\0") * CROWD)
    return filled
