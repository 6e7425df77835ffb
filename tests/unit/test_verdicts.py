"""What a full explanation says of campaigns that are open and were beaten: by whom, and why."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.unit.verdict_cases import (
    EARN,
    LATER,
    MEMBER,
    OFF,
    goods,
    line,
    percent,
    points,
    sale,
    shop,
    verdict_on,
)

Doc = dict[str, Any]

A_100 = sale(line("a", 10_000))
A_AND_B = sale(line("a", 10_000), line("b", 5_000))


class Beaten(NamedTuple):
    """Why, by whom, in which lane, and by how much: alone beside what others were granted."""

    why: str
    by: str
    lane: str
    alone: int
    others: int


def campaigns(x: Doc | list[Doc], y: Doc | list[Doc], **of_x: Any) -> tuple[Doc, Doc]:
    """`x` comes first and keeps `y` away."""
    of_y = of_x.pop("of_y", {})
    return (
        {"code": "x", "priority": 5, "rewards": x if isinstance(x, list) else [x], **of_x},
        {"code": "y", "rewards": y if isinstance(y, list) else [y], **of_y},
    )


def lane(policy: str, scope: str, code: str = "off") -> Doc:
    return {"code": code, "phase": "discount", "policy": policy, "scope": scope}


def in_lane(policy: str, scope: str) -> tuple[Doc, ...]:
    return (lane(policy, scope), LATER, EARN)


def earning(policy: str, scope: str = "receipt") -> tuple[Doc, ...]:
    return (OFF, LATER, {**EARN, "policy": policy, "scope": scope})


TEN, TWENTY = percent(1_000), percent(2_000)
A_LANE = (OFF, LATER, EARN)
BEST_UNITS = in_lane("best_combination", "unit")

BEATEN = {
    "exclusive all: shut out of the winner's lane": (
        campaigns(TEN, TWENTY, exclusive="all"),
        A_LANE,
        A_100,
        Beaten("exclusive all", "x", "off", 2_000, 1_000),
    ),
    "exclusive all: shut out of a later lane, at the price that the winner left": (
        campaigns(TEN, percent(2_000, "later"), exclusive="all"),
        A_LANE,
        A_100,
        Beaten("exclusive all", "x", "later", 1_800, 1_000),
    ),
    "exclusive all: shut out of an earlier lane": (
        campaigns(percent(1_000, "later"), TWENTY, exclusive="all"),
        A_LANE,
        A_100,
        Beaten("exclusive all", "x", "off", 2_000, 1_000),
    ),
    "exclusive all: the winner gives in two lanes": (
        campaigns([TEN, percent(1_000, "later")], TWENTY, exclusive="all"),
        A_LANE,
        A_100,
        Beaten("exclusive all", "x", "off", 2_000, 1_000),
    ),
    "exclusive all: the winner works on another line": (
        campaigns(
            percent(1_000, goods=goods("b")), TWENTY | {"goods": goods("a")}, exclusive="all"
        ),
        A_LANE,
        A_AND_B,
        Beaten("exclusive all", "x", "off", 2_000, 500),
    ),
    "exclusive lane": (
        campaigns(TEN, TWENTY, exclusive="lane"),
        A_LANE,
        A_100,
        Beaten("exclusive lane", "x", "off", 2_000, 1_000),
    ),
    "exclusive below": (
        campaigns(TEN, TWENTY, exclusive="below"),
        A_LANE,
        A_100,
        Beaten("exclusive below", "x", "off", 2_000, 1_000),
    ),
    "exclusive below in a lane of the best": (
        campaigns(TEN, TWENTY, exclusive="below"),
        in_lane("best", "receipt"),
        A_100,
        Beaten("exclusive below", "x", "off", 2_000, 1_000),
    ),
    "not_with: the loser names the winner": (
        campaigns(TEN, TWENTY, of_y={"not_with": ["x"]}),
        A_LANE,
        A_100,
        Beaten("not_with", "x", "off", 2_000, 1_000),
    ),
    "not_with: the winner names the loser": (
        campaigns(TEN, TWENTY, not_with=["y"]),
        A_LANE,
        A_100,
        Beaten("not_with", "x", "off", 2_000, 1_000),
    ),
    "not_with: the winner names the loser, and gave in another lane": (
        campaigns(TEN, percent(2_000, "later"), not_with=["y"]),
        A_LANE,
        A_100,
        Beaten("not_with", "x", "later", 1_800, 1_000),
    ),
    "not_with: the loser would earn points where the winner took money off": (
        campaigns(TEN, points(7), not_with=["y"]),
        A_LANE,
        A_100,
        Beaten("not_with", "x", "earn", 7, 0),
    ),
    "not_with in a combination: the winner works on another line": (
        campaigns(
            percent(2_000, goods=goods("a")), percent(2_000, goods=goods("b")), not_with=["y"]
        ),
        BEST_UNITS,
        A_AND_B,
        Beaten("not_with", "x", "off", 1_000, 2_000),
    ),
    "policy all: nothing is left": (
        campaigns(percent(10_000), TEN),
        A_LANE,
        A_100,
        Beaten("all", "x", "off", 1_000, 10_000),
    ),
    "policy first by receipt": (
        campaigns(TEN, TWENTY),
        in_lane("first", "receipt"),
        A_100,
        Beaten("first", "x", "off", 2_000, 1_000),
    ),
    "policy first by line": (
        campaigns(TEN, TWENTY | {"goods": goods("a")}),
        in_lane("first", "line"),
        A_AND_B,
        Beaten("first", "x", "off", 2_000, 1_000),
    ),
    "policy best by receipt": (
        campaigns(TWENTY, TEN),
        in_lane("best", "receipt"),
        A_100,
        Beaten("best", "x", "off", 1_000, 2_000),
    ),
    "policy best by line": (
        campaigns(TWENTY, TEN | {"goods": goods("b")}),
        in_lane("best", "line"),
        A_AND_B,
        Beaten("best", "x", "off", 500, 1_000),
    ),
    "policy best by line, as much as the first in order": (
        campaigns(TEN, TEN),
        in_lane("best", "line"),
        A_100,
        Beaten("best", "x", "off", 1_000, 1_000),
    ),
    "policy best_combination by line": (
        campaigns(TWENTY, TEN),
        in_lane("best_combination", "line"),
        A_100,
        Beaten("best_combination", "x", "off", 1_000, 2_000),
    ),
    "policy best_combination by unit": (
        campaigns(
            {"kind": "multibuy", "lane": "off", "buy_units": 1},
            {"kind": "multibuy", "lane": "off", "buy_units": 1, "effect": {"rate_bp": 5_000}},
        ),
        BEST_UNITS,
        sale(line("a", 10_000, 2)),
        Beaten("best_combination", "x", "off", 5_000, 10_000),
    ),
    "points: exclusive lane": (
        campaigns(points(3), points(9), exclusive="lane"),
        A_LANE,
        A_100,
        Beaten("exclusive lane", "x", "earn", 9, 3),
    ),
    "points: exclusive all is as exclusive lane": (
        campaigns(points(3), points(9), exclusive="all"),
        A_LANE,
        A_100,
        Beaten("exclusive all", "x", "earn", 9, 3),
    ),
    "points: exclusive below": (
        campaigns(points(3), points(9), exclusive="below"),
        A_LANE,
        A_100,
        Beaten("exclusive below", "x", "earn", 9, 3),
    ),
    "points: policy first": (
        campaigns(points(3), points(9)),
        earning("first"),
        A_100,
        Beaten("first", "x", "earn", 9, 3),
    ),
    "points: policy first by line": (
        campaigns(points(3), points(9)),
        earning("first", "line"),
        A_100,
        Beaten("first", "x", "earn", 9, 3),
    ),
    "points: policy best": (
        campaigns(points(9), points(3)),
        earning("best"),
        A_100,
        Beaten("best", "x", "earn", 3, 9),
    ),
    "points: not_with": (
        campaigns(points(3), points(9), of_y={"not_with": ["x"]}),
        A_LANE,
        A_100,
        Beaten("not_with", "x", "earn", 9, 3),
    ),
}


@pytest.mark.parametrize("case", list(BEATEN))
def test_who_beat_a_campaign_and_by_how_much(case: str) -> None:
    """Each mark, policy, scope and phase: the loser's own figure beside that of the winner."""
    rules, lanes, receipt, expected = BEATEN[case]
    found = verdict_on("y", shop(*rules, lanes=lanes), receipt, MEMBER)
    assert found.verdict == "beaten"
    told = (found.condition, found.by, found.lane, found.alone_minor, found.others_minor)
    assert Beaten(*told) == expected


def test_the_winner_of_two_that_are_exclusive_is_the_one_that_gave_something() -> None:
    """The first with the mark gives nothing, so that the second shuts out the others."""
    snapshot = shop(
        {
            "code": "w",
            "priority": 9,
            "exclusive": "all",
            "rewards": [percent(1_000, goods=goods("c"))],
        },
        *campaigns(TEN, TWENTY, exclusive="all"),
    )
    receipt = sale(line("a", 10_000), line("c", 100, no_discount=True))
    of_first = verdict_on("w", snapshot, receipt)
    assert (of_first.verdict, of_first.needed) == ("nothing", "goods that take a discount")
    beaten = verdict_on("y", snapshot, receipt)
    assert (beaten.by, beaten.others_minor) == ("x", 1_000)


def test_what_a_combination_only_tries_leaves_no_trace() -> None:
    """In order, `x` would keep `y` away; but `z` is better than both, and has the line."""
    snapshot = shop(
        *campaigns(TEN, percent(1_500), not_with=["y"]),
        {"code": "z", "rewards": [percent(5_000)]},
        lanes=in_lane("best_combination", "line"),
    )
    beaten = verdict_on("y", snapshot, A_100)
    told = (beaten.condition, beaten.by, beaten.lane, beaten.alone_minor, beaten.others_minor)
    assert told == Beaten("best_combination", "z", "off", 1_500, 5_000)


def test_an_exclusive_campaign_that_gives_nothing_beats_nobody() -> None:
    """What was tried in vain leaves no trace in the explanation."""
    snapshot = shop(
        *campaigns(percent(1_000, goods=goods("c")), TWENTY, exclusive="all"),
        {"code": "z", "rewards": [percent(10_000)]},
        lanes=in_lane("best", "line"),
    )
    receipt = sale(line("a", 10_000), line("c", 100, no_discount=True))
    beaten = verdict_on("y", snapshot, receipt)
    assert (beaten.condition, beaten.by) == ("best", "z")
