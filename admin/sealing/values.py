"""A value of a column under a member's key, as it stands in an entry of the history."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import orjson

from admin.sealing.box import CannotOpenError, seal, unseal
from checkout.sealed_box import CannotOpenBoxError, open_with

if TYPE_CHECKING:
    from admin.sealing.member_keys import MemberKey

#: Values are filled up to a multiple: how long one is tells a gender, or that there was none.
FILLED_TO_BYTES: Final = 64


def sealed_value(held: MemberKey, column: str, value: Any) -> dict[str, str]:
    """Close a value up: what it is, and that it is none."""
    assert held.key is not None
    plain = orjson.dumps(value)
    # Blanks behind a JSON text are none of it.
    filled = plain.ljust(-len(plain) // FILLED_TO_BYTES * -FILLED_TO_BYTES)
    closed = seal(held.key, filled, f"member_profile.{column}")
    return {"key": str(held.key_id), "sealed": base64.b64encode(closed).decode()}


def is_sealed(value: Any) -> bool:
    """Whether an entry has a value so: sealed by the pages, or closed up by the service."""
    return isinstance(value, Mapping) and value.keys() in ({"key", "sealed"}, {"key", "closed"})


def opened_value(held: MemberKey, column: str, sealed: Mapping[str, str]) -> Any:
    """The value.

    Raises:
        CannotOpenError: this key has not sealed it here.
    """
    if held.key is None:
        raise CannotOpenError
    place = f"member_profile.{column}"
    if "sealed" in sealed:
        return orjson.loads(unseal(held.key, base64.b64decode(sealed["sealed"]), place))
    try:
        return orjson.loads(open_with(held.key, base64.b64decode(sealed["closed"]), place))
    except CannotOpenBoxError:
        raise CannotOpenError from None
