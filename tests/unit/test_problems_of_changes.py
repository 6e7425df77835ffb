"""A few campaigns that change in rules that are sound: the same problems as of all rules anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checkout.engine.compiler import compile_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.changes import check_changes
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.snapshot import Snapshot
from tests.unit.test_documents import RULES, Doc, run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PERCENT: Doc = {"kind": "percent", "lane": "off", "rate_bp": 700}


def campaign(code: str, **changed: object) -> Doc:
    return {"code": code, "program": "club", "name": code, "rewards": [PERCENT]} | changed


AFTER_FIRST = {"kind": "campaign_applied", "campaigns": ["first"]}
SOUND = Snapshot.model_validate(
    RULES
    | {
        "chains": [{"code": "chain", "name": "Chain"}, {"code": "empty", "name": "Empty"}],
        "campaigns": [
            campaign("apart", not_with=["first"]),
            campaign("first"),
            campaign(
                "last",
                when={"kind": "all", "of": [AFTER_FIRST]},
                rewards=[],
                messages=[{"place": "slip", "text": "{campaign}"}],
            ),
            campaign("plain"),
        ],
    }
)


@pytest.mark.parametrize(
    ("changed", "removed"),
    [
        ([], []),
        ([campaign("plain", priority=3)], []),
        ([campaign("another")], ["plain"]),
        ([campaign("plain", when={"kind": "place", "chains": ["empty"]})], []),
        ([campaign("plain", when={"kind": "place", "chains": ["nowhere"]})], []),
        ([campaign("plain", program="other")], []),
        ([campaign("plain", rewards=[PERCENT | {"lane": "nowhere"}])], []),
        ([campaign("plain", rewards=[PERCENT | {"goods": {"skus": ["wine"]}}])], []),
        ([campaign("plain", rewards=[PERCENT | {"goods": {"skus": ["beer"]}}])], []),
        ([campaign("plain", not_with=["another"])], []),
        ([campaign("plain", not_with=["another"]), campaign("another")], []),
        # What names a campaign is judged by it.
        ([], ["first"]),
        ([campaign("first", rewards=[], messages=[{"place": "slip", "text": "x"}])], []),
        ([campaign("first", not_with=["last"])], ["apart"]),
    ],
)
def test_changes_have_the_problems_of_the_whole(
    changed: Sequence[Doc], removed: Collection[str]
) -> None:
    """Checked by themselves against compiled rules, or with all rules as one document."""
    campaigns = {document["code"]: Campaign.model_validate(document) for document in changed}
    others = [each for each in SOUND.campaigns if each.code not in {*campaigns, *removed}]
    listed = sorted([*others, *campaigns.values()], key=lambda each: each.code)
    whole = SOUND.model_copy(update={"campaigns": tuple(listed)})
    assert run(check_changes(compile_snapshot(SOUND), campaigns, removed)) == check_snapshot(whole)


def test_some_of_these_changes_are_faulty() -> None:
    """So the comparison is one of something."""
    found = run(check_changes(compile_snapshot(SOUND), {}, ["first"]))
    assert [problem.field for problem in found] == [
        "campaigns[apart].not_with",
        "campaigns[last].when.of[0].campaigns",
    ]
