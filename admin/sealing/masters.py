"""The keys of the settings, by id: the first one seals, each opens what it has sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.sealing.box import KEY_BYTES, CannotOpenError, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: An id stands in one byte before what was sealed.
ID_MAX: Final = 255
_FORM: Final = (
    f"keys are 'id:hex,…': each id once, from 1 to {ID_MAX}, each key of {2 * KEY_BYTES}"
    " hexadecimal digits (`openssl rand -hex 32`)"
)


class MasterKeys:
    """Seals what has no key of its own, and the keys of what has."""

    def __init__(self, by_id: Mapping[int, bytes]) -> None:
        self._by_id = by_id
        self._sealing_id = next(iter(by_id))

    def seal(self, plain: bytes, place: str) -> bytes:
        """Close something up under the first key."""
        sealed = seal(self._by_id[self._sealing_id], plain, place)
        return self._sealing_id.to_bytes() + sealed

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """What was closed up under any of them.

        Raises:
            CannotOpenError: under none of them, or not here.
        """
        key = self._by_id.get(sealed[0]) if sealed else None
        if key is None:
            raise CannotOpenError
        return unseal(key, sealed[1:], place)


def read_masters(text: str) -> MasterKeys | None:
    """The keys that a setting has; None: it is empty.

    Raises:
        ValueError: it has another form; the message does not repeat it.
    """
    by_id: dict[int, bytes] = {}
    for part in filter(None, text.split(",")):
        key_id, _, digits = part.partition(":")
        try:
            number, key = int(key_id), bytes.fromhex(digits)
        except ValueError:
            raise ValueError(_FORM) from None
        if not 1 <= number <= ID_MAX or len(key) != KEY_BYTES or number in by_id:
            raise ValueError(_FORM)
        by_id[number] = key
    return MasterKeys(by_id) if by_id else None
