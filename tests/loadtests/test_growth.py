"""What the growth of a database is measured with."""

from __future__ import annotations

import pytest

from loadtests.service.growth import Growth


def test_what_is_asked_for_by_default_has_enough_members() -> None:
    """`make growth` with its own figures, and with the largest that the documents name."""
    for members, receipts in ((100_000, 100_000), (1_000_000, 5_000_000)):
        growth = Growth(members=members, receipts=receipts)
        assert growth.members_at_first == 1_000


@pytest.mark.parametrize("few", [{"members_at_first": 39}, {"receipts": 35}, {"members": 19}])
def test_too_few_for_another_member_with_each_call_are_refused_at_once(few: dict[str, int]) -> None:
    """Not after an hour of filling: warm, quotes and confirms, with few and many take four each."""
    enough = {"members": 60, "receipts": 60, "members_at_first": 40, "receipts_at_first": 30}
    Growth(**enough, calls=10, buyers=2, baskets=3)
    with pytest.raises(ValueError, match="too few for 10 calls"):
        Growth(**{**enough, **few}, calls=10, buyers=2, baskets=3)
