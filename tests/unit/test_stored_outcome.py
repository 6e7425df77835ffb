"""A stored outcome is read as it was: of holds, and inside the answers that retries get again."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from checkout.engine.outcome import CouponStatus, CutBy, GiftFault, Outcome, Verdict
from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.stored_outcome import dump_with_outcome, outcome_of_document
from checkout.flows.answers import QuoteAnswer, dump_answer, load_answer
from checkout.flows.views import Status
from tests.golden.corpus import corpus_file, read

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC)
#: Outcomes with everything that an outcome can have: they reach every rule.
STORED = [sale["outcome"].encode() for world in read(corpus_file()) for sale in world["sales"]]


def held(part: Any) -> Iterator[Any]:
    """All that a part of an outcome holds, and what that holds."""
    for each in fields(part):
        value = getattr(part, each.name)
        for one in value if isinstance(value, list) else [value]:
            yield one
            if is_dataclass(one):
                yield from held(one)


def test_every_part_is_read_as_what_it_was() -> None:
    """Writing it again gives the same bytes, and parts are parts, not dictionaries."""
    kinds: set[type] = set()
    for stored in STORED:
        outcome = outcome_of_document(orjson.loads(stored))
        assert isinstance(outcome, Outcome)
        assert dump_with_outcome(outcome) == stored
        assert all(type(cut.by) is CutBy for cut in outcome.cuts)
        assert all(type(coupon.status) is CouponStatus for coupon in outcome.coupons)
        kinds.update(map(type, held(outcome)))
    assert dict not in kinds
    assert {CertificateStatus, GiftFault, Verdict} <= kinds


def test_an_answer_keeps_its_outcome() -> None:
    """What a retry gets again equals what was answered first."""
    outcome = outcome_of_document(orjson.loads(STORED[0]))
    answer = QuoteAnswer(
        status=Status.OK,
        purchase_id="p",
        snapshot_id="0" * 64,
        evaluated_at=MOMENT,
        valid_until=MOMENT,
        token="t",
        outcome=outcome,
    )
    assert load_answer(dump_answer(answer)) == answer
    assert load_answer(dump_answer(replace(answer, purchase_id="q"))) != answer


def test_a_field_that_no_outcome_has_is_not_passed_over() -> None:
    """What the engine did not write is refused, not read in part."""
    document = orjson.loads(STORED[0])
    with pytest.raises(TypeError, match=r"given|unexpected"):
        outcome_of_document({**document, "surprise": 1})
