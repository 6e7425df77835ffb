"""What rules may name: what the partner's settings declare, and the records of dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def words_with(
    declared: Mapping[str, Any], entries: Iterable[tuple[str, str, str]]
) -> dict[str, Any]:
    """The words of a snapshot document.

    An entry is the name of a field of `Words`, a code, and (of attributes) the type. What the
    settings declare comes first; of an attribute that stands in both the record's type counts.
    """
    words = {**declared, "member_lists": []}
    for field, code, kind in entries:
        if field == "attributes":
            words[field] = {**words.get(field, {}), code: kind}
        elif code not in words.get(field, ()):
            words[field] = [*words.get(field, ()), code]
    return words
