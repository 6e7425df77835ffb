"""The engine answers as it did when its semantics were numbered."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from checkout.engine.schema.snapshot import SEMANTICS
from tests.golden.corpus import corpus_file, outcomes, read, rules_reached
from tests.oracle.rewards_reached import RULES_OF_MEETINGS, RULES_OF_REWARDS
from tests.oracle.rules_reached import RULES_OF_SALES


@pytest.mark.parametrize("semantics", range(1, SEMANTICS + 1))
def test_every_outcome_of_the_corpus_is_the_same_bit_for_bit(semantics: int) -> None:
    """Prices, points, claims, texts and explanations: a difference is a new `semantics`."""
    seen = 0
    for number, world in enumerate(read(corpus_file(semantics))):
        for sale, outcome in zip(world["sales"], outcomes(world), strict=True):
            assert outcome.decode() == sale["outcome"], f"world {number} of the corpus"
            seen += 1
    assert seen > 100


WRITTEN = """
import hashlib
from tests.golden.corpus import corpus_file, outcomes, read
digest = hashlib.sha256()
for _, world in zip(range(20), read(corpus_file())):
    for outcome in outcomes(world):
        digest.update(outcome)
print(digest.hexdigest())
"""


def test_outcomes_are_written_before_anything_in_them_is_gone() -> None:
    """With an allocator that writes over what is freed, the same bytes.

    Of a compiled class an attribute may be an object that is made when it is asked for.
    """
    expected = hashlib.sha256()
    for _, world in zip(range(20), read(corpus_file()), strict=False):
        for outcome in outcomes(world):
            expected.update(outcome)
    done = subprocess.run(
        [sys.executable, "-c", WRITTEN],
        check=False,
        env={**os.environ, "PYTHONMALLOC": "malloc"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip()) == (0, expected.hexdigest()), done.stderr


def test_the_corpus_reaches_nearly_every_rule() -> None:
    """Each rule that the oracle tells apart has a sale in the corpus, but for a few rare ones."""
    reached: set[str] = set()
    for world in read(corpus_file()):
        for sale in world["sales"]:
            reached |= rules_reached(world["snapshot"], sale, sale["outcome"].encode())
    rules = RULES_OF_SALES | RULES_OF_REWARDS | RULES_OF_MEETINGS
    missing = sorted(rules - reached)
    assert len(missing) <= len(rules) // 100, missing
