"""Samples of a worker are told by the part that their innermost frame belongs to."""

from __future__ import annotations

import re

import pytest

from loadtests.engine.figures import Figure
from loadtests.service.parts import OF_A_CONFIRM, OF_A_QUOTE, REST, Part, part_of
from loadtests.service.profile import KINDS
from loadtests.service.profile_picture import picture_of
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
    assert part_of([_LOOP, _GATE, *inner], OF_A_QUOTE) == part


def test_what_belongs_to_nobody_is_the_librarys() -> None:
    """But for the selector, in which the main thread waits while other threads take the time."""
    waiting = [_LOOP, "/lib/python3.11/selectors.py|EpollSelector.select"]
    for parts in (OF_A_QUOTE, OF_A_CONFIRM):
        assert part_of([_LOOP], parts) == REST.name
        assert part_of(waiting, parts) == "threads"


@pytest.mark.parametrize("parts", [OF_A_QUOTE, OF_A_CONFIRM])
def test_places_of_our_own_exist(parts: tuple[Part, ...]) -> None:
    """A file that was renamed would be told as somebody else's."""
    ours = [path.as_posix() for path in (ROOT / "checkout").rglob("*.py")]
    libraries = ("/redis/", "/asyncio/", "/asyncpg/", "/psycopg", "/pgqueuer/")
    for part in parts:
        for place in part.places:
            if not place.startswith((*libraries, "/selectors.py", "/textwrap")):
                assert any(place in path for path in ours), place


def test_the_picture_has_every_part_in_proportion() -> None:
    """A bar for each part of each kind, the longest as wide as there is room."""
    figures = [Figure(name="echo_us", value=100, about="an echo")]
    for kind, parts, _ in KINDS:
        figures.append(Figure(name=f"{kind}_us", value=1_000, about="the whole call"))
        figures += [
            Figure(name=f"{kind}_us_{part.name}", value=50 + 10 * number, about=part.about)
            for number, part in enumerate(parts)
        ]
    bars = [
        float(width) for width in re.findall(r'<rect x.* width="([0-9.]+)"', picture_of(figures))
    ]
    assert len(bars) == 1 + sum(len(parts) for _, parts, _ in KINDS)
    assert max(bars) == pytest.approx(bars[0] / 100 * (50 + 10 * (len(OF_A_CONFIRM) - 1)), rel=0.01)
    assert len({part.about for part in OF_A_CONFIRM}) == len(OF_A_CONFIRM)
