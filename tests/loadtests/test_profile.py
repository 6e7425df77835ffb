"""Samples of a worker are told by the part that their innermost frame belongs to."""

from __future__ import annotations

import pytest

from loadtests.service.profile import PARTS, REST, part_of
from tests.tidy.sources import ROOT

_LOOP = "/lib/python3.11/asyncio/base_events.py|BaseEventLoop._run_once"
_GATE = "/x/checkout/api/gate.py|Gate.passed"


@pytest.mark.parametrize(
    ("inner", "part"),
    [
        (["/x/checkout/flows/quote.py|QuoteFlow.quote"], "engine"),
        (["/x/checkout/flows/quote.py|", "/x/checkout/engine/lanes/field.py|"], "engine"),
        (["/x/checkout/flows/pricing.py|", "/x/checkout/flows/sameness.py|priced_hash"], "token"),
        (["/x/checkout/api/decode.py|", "/lib/python3.11/hmac.py|digest"], "request"),
        (["/x/checkout/api/encode.py|encode_quote"], "answer"),
        (["/x/checkout/cache/members.py|", "/lib/python3.11/uuid.py|UUID.__init__"], "member"),
        (["/x/redis/asyncio/connection.py|", "/lib/asyncio/streams.py|write"], "cache"),
        ([], "gate"),
    ],
)
def test_the_innermost_frame_of_a_part_decides(inner: list[str], part: str) -> None:
    """Whatever library is called below it, and whoever called it."""
    assert part_of([_LOOP, _GATE, *inner]) == part


def test_what_belongs_to_nobody_is_the_librarys() -> None:
    """But for the selector, in which the main thread waits while other threads take the time."""
    assert part_of([_LOOP]) == REST[0]
    assert part_of([_LOOP, "/lib/python3.11/selectors.py|EpollSelector.select"]) == "threads"


def test_places_of_our_own_exist() -> None:
    """A file that was renamed would be told as somebody else's."""
    ours = [path.as_posix() for path in (ROOT / "checkout").rglob("*.py")]
    libraries = ("/redis/", "/asyncio/", "/asyncpg/", "/psycopg", "/pgqueuer/", "/procrastinate/")
    for _, _, places in PARTS:
        for place in places:
            if not place.startswith((*libraries, "/selectors.py")):
                assert any(place in path for path in ours), place
