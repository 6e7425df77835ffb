"""What somebody writes into the cache who can: garbage, and lies that look like the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import orjson

from checkout.cache.keys import part_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

_HEAD: Final = 23
_VERSION: Final = 19
#: How much more campaigns give by rules that are not the rules.
GENEROUS: Final = 2
#: Amounts and rates of rewards.
_GIVEN: Final = ("rate_bp", "amount_minor", "points_minor")


class Liar:
    """Changes values in one cache."""

    def __init__(self, cache: redis.Redis, parts: Mapping[str, bytes]) -> None:
        """Take the parts of all snapshots as PostgreSQL has them, by hash."""
        self._cache = cache
        self._other_rules = {part_key(name): generous(body) for name, body in parts.items()}

    def lie(self, chance: float, *, plausible_rules: bool) -> int:
        """Change what is there, in one of several ways; how many values.

        Rules become garbage, or others that can be read and that campaigns give more by.
        """
        keys: list[bytes] = list(self._cache.scan_iter(count=1_000))
        told = self._lie_about_members([key for key in keys if b":member" in key], chance)
        told += self._lie_about_cards([key for key in keys if b":identifier" in key], chance)
        if not plausible_rules:
            return told + self._spoil_rules(
                [key for key in keys if key.startswith(b"part")], chance
            )
        for name, body in self._other_rules.items():
            self._cache.set(name, body)
        return told + len(self._other_rules)

    def _lie_about_members(self, keys: list[bytes], chance: float) -> int:
        told = 0
        for place, key in enumerate(keys):
            value = self._value(key)
            if value is None or len(value) <= _HEAD:
                continue
            if (lie := self._lie_about(value, int(chance * 1_000) + place, keys)) is not None:
                self._cache.set(key, lie, keepttl=True)
                told += 1
        return told

    def _lie_about_cards(self, keys: list[bytes], chance: float) -> int:
        for place, key in enumerate(keys[:5]):
            other = self._value(keys[(place + 1) % len(keys)])
            self._cache.set(key, other if chance < 1 / 2 and other else b"x" * 16, keepttl=True)
        return len(keys[:5])

    def _spoil_rules(self, keys: list[bytes], chance: float) -> int:
        for place, key in enumerate(keys[:20]):
            other = self._value(keys[(place + 1) % len(keys)])
            self._cache.set(key, b"{}" if chance < 1 / 2 or not other else other, keepttl=True)
        return len(keys[:20])

    def _value(self, key: bytes) -> bytes | None:
        found = self._cache.get(key)
        return found if isinstance(found, bytes) else None

    def _lie_about(self, value: bytes, number: int, members: list[bytes]) -> bytes | None:
        """Garbage, a torn value, somebody else's, a richer member, a version from the future."""
        match number % 6:
            case 0:
                return b"\xff\x00garbage"
            case 1:
                return value[:-7]
            case 2:
                return self._value(members[number % len(members)])
            case 3:
                return _checked(value[:_VERSION], b'{"balance": 1}')
            case 4:
                return _checked(b"9" * _VERSION, _richer(value))
            case _:
                return _checked(value[:_VERSION], _richer(value))


def generous(part: bytes) -> bytes:
    """A campaign that gives more than it does; any other part as it is."""
    document: Any = orjson.loads(part)
    for reward in document.get("rewards", ()) if isinstance(document, dict) else ():
        for name in _GIVEN:
            if reward.get(name):
                reward[name] *= GENEROUS
    return orjson.dumps(document)


def _richer(value: bytes) -> bytes:
    try:
        body: Any = orjson.loads(value[_HEAD:])
        for lot in body[5]:
            lot[5] *= 10
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return value[_HEAD:]  # a lie already
    return orjson.dumps(body)


def _checked(version: bytes, body: bytes) -> bytes:
    return version + crc32(body).to_bytes(4, "big") + body
