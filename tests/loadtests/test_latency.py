"""The open loop: when calls are sent, where the knee is, and how it is drawn."""

from __future__ import annotations

import time
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from loadtests.service.latency import Latency, Offered
from loadtests.service.latency_picture import picture_of
from loadtests.service.open_loop import moments, pace


def offered(rate: float, p99_ms: float, *, answered: float = 1.0, failed: int = 0) -> Offered:
    return Offered(
        offered_per_s=rate,
        answered_per_s=rate * answered,
        failed=failed,
        wrong=0,
        generator_share=0.2,
        sender_late_p99_ms=0.1,
        p50_ms=p99_ms / 4,
        p95_ms=p99_ms / 2,
        p99_ms=p99_ms,
        p999_ms=2 * p99_ms,
        server_us=300,
        postgres_us=5,
        valkey_us=10,
    )


def test_moments_are_the_same_each_time_and_as_many_as_asked() -> None:
    """A Poisson process: about rate × seconds, in order, with gaps of all sizes."""
    first, again = list(moments(200, 10)), list(moments(200, 10))
    assert first == again == sorted(first)
    assert 1_800 < len(first) < 2_200
    gaps = [after - before for before, after in pairwise(first)]
    assert min(gaps) < 0.001
    assert max(gaps) > 0.015


def test_a_stall_of_the_sender_counts_against_those_that_waited() -> None:
    """What could not be sent in time keeps the moment at which it was to be sent."""
    begins_s = time.monotonic() - 1.0
    sent: list[tuple[float, float]] = []
    pace(begins_s, [0.0, 0.5, 1.01], lambda moment: sent.append((moment, time.monotonic())))
    assert [moment - begins_s for moment, _ in sent] == pytest.approx([0.0, 0.5, 1.01])
    waited = [at - moment for moment, at in sent]
    assert waited[0] >= 1.0
    assert waited[1] >= 0.5
    assert 0 <= waited[2] < waited[1]


@pytest.mark.parametrize(
    ("point", "is_below"),
    [
        (offered(500, 20), True),
        (offered(500, 20, answered=0.98), True),
        (offered(500, 20, answered=0.9), False),
        (offered(500, 400), False),
        (offered(500, 20, failed=1), False),
    ],
)
def test_below_the_knee_answers_come_as_calls_do(point: Offered, *, is_below: bool) -> None:
    """A queue that grows, a till that gives up and a failure are each beyond it."""
    assert point.is_below_knee(deadline_ms=300) == is_below


def test_the_picture_has_two_lines_for_each_call_and_its_knees() -> None:
    """Well-formed, with all points within the frame, the higher time the higher up."""
    climb = [offered(100, 2), offered(400, 9), offered(800, 700)]
    latency = Latency(climbs={"quote": climb, "echo": climb[:2]}, knees_per_s={"quote": 400.0})
    tree = ET.fromstring(picture_of(latency))  # noqa: S314 - our own
    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 4
    for line in lines:
        places = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
        assert all(60 <= x <= 630 and 30 <= y <= 390 for x, y in places)
        assert places == sorted(places)
        assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert "knee of quotes 400/s" in "".join(tree.itertext())
