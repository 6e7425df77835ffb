"""Compiled rules need no collector: they have no cycles, and it rests while they are made."""

from __future__ import annotations

import gc

from checkout.cache.collector import collector_at_rest
from loadtests.engine.documents import snapshot_of
from loadtests.engine.others import campaigns_on_skus
from tests.oracle.running import compiled


def test_old_rules_go_when_nobody_holds_them() -> None:
    """After the last reference is gone the collector finds nothing of them."""
    document = snapshot_of(campaigns_on_skus(50)).model_dump(mode="json", by_alias=True)
    snapshot = compiled(document)
    gc.collect()
    with collector_at_rest():
        assert snapshot.campaign_count
        del snapshot
        assert gc.collect() == 0


def test_the_collector_works_again_afterwards() -> None:
    """Also after a compilation inside another."""
    assert gc.isenabled()
    with collector_at_rest():
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
