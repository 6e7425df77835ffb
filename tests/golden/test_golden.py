"""The engine answers as it did when its semantics were numbered."""

from __future__ import annotations

import pytest

from checkout.engine.schema.snapshot import SEMANTICS
from tests.golden.corpus import corpus_file, outcomes, read


@pytest.mark.parametrize("semantics", range(1, SEMANTICS + 1))
def test_every_outcome_of_the_corpus_is_the_same_bit_for_bit(semantics: int) -> None:
    """Prices, points, claims, texts and explanations: a difference is a new `semantics`."""
    seen = 0
    for number, world in enumerate(read(corpus_file(semantics))):
        for sale, outcome in zip(world["sales"], outcomes(world), strict=True):
            assert outcome.decode() == sale["outcome"], f"world {number} of the corpus"
            seen += 1
    assert seen > 100
