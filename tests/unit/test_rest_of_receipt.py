"""What stays of a receipt, and when it is not evaluated anew but goes by its stored shares."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest

from checkout.api.encode_return import encode_returned
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts, MemberState
from checkout.engine.receipt import Receipt
from checkout.engine.schema.returns import ReturnPolicy
from checkout.engine.staying import evaluate_staying, staying_receipt
from checkout.flows.answers import ConfirmAnswer
from checkout.flows.recomputed_shares import receipt_of, settled_of
from checkout.flows.returned_answer import answer_of_return
from checkout.flows.returned_shares import Returned, SoldReceipt
from checkout.flows.sale_facts import dump_facts
from checkout.flows.views import Status, Unevaluated
from checkout.ledger.postings import ReturnedPoints
from checkout.ledger.rows import PurchaseKey
from checkout.ledger.sale_book import SoldContent
from checkout.stories.rules import StoryRules, snapshot_document
from checkout.v1 import checkout_service_pb2 as pb
from tests.oracle.running import compiled as compiled_document
from tests.unit.engine_cases import NOW, line

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.outcome import Outcome

_ID = UUID(int=1)
RULES: dict[str, Any] = {
    "programs": [{"tiers": [{"code": "gold", "name": "Gold"}, {"code": "base", "name": "Base"}]}],
    "campaigns": [
        {
            "code": "gold-10",
            "when": {"kind": "tier", "tiers": ["gold"]},
            "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 1_000}],
        }
    ],
}
GOLD = Facts(member=MemberState(member_id="anna", tier="gold"))


def compiled() -> CompiledSnapshot:
    return compiled_document(snapshot_document(StoryRules.model_validate(RULES), "shop"))


def sold_receipt(*lines: Any) -> Receipt:
    sent = tuple(dataclasses.replace(each, position=i) for i, each in enumerate(lines, start=1))
    return Receipt(store="shop", local_time=NOW, lines=sent)


def purchase(**fields: Any) -> PurchaseKey:
    return PurchaseKey(0, _ID, "p", "confirmed", b"", 0, None, NOW.date(), _ID, **fields)


def content(receipt: Receipt, facts: Facts, **more: Any) -> SoldContent:
    document = orjson.dumps({"receipt": receipt, **more})
    return SoldContent(_ID, document, dump_facts(facts))


def test_every_part_of_a_line_stays_in_proportion() -> None:
    """Amount and discounts given before stay rounded up, and never more of them than the amount."""
    whole = line("tea", 1, 3_000, external_discount_minor=1, manual_discount_minor=2)
    receipt = sold_receipt(whole, line("jam"))
    sold = evaluate(compiled(), GOLD, receipt)
    (tea,) = (each for each in staying_receipt(receipt, sold, {1: 1_000, 2: 1_000}).lines)
    assert (tea.quantity_milli, tea.amount_minor) == (2_000, 2)
    assert (tea.external_discount_minor, tea.manual_discount_minor) == (1, 1)
    assert tea.position == 1


def test_nothing_stays_of_everything() -> None:
    """An empty receipt is none: who asks for it has made a mistake."""
    receipt, snapshot = sold_receipt(line("tea")), compiled()
    with pytest.raises(ValueError, match="nothing stays"):
        evaluate_staying(snapshot, GOLD, receipt, evaluate(snapshot, GOLD, receipt), {1: 1_000})


def test_a_receipt_is_evaluated_anew_only_if_it_comes_out_as_it_was_sold() -> None:
    """Where facts, rules or code give another price than was paid, what was paid counts."""
    receipt, snapshot = sold_receipt(line("tea", 100, 2_000)), compiled()
    sold = evaluate(snapshot, GOLD, receipt)
    base = Facts(member=MemberState(member_id="anna", tier="base"))
    found = {
        name: receipt_of(snapshot, ReturnPolicy.RECOMPUTED, purchase(**key), stored, sold)
        for name, key, stored in (
            ("as it was", {}, content(receipt, GOLD)),
            ("other facts", {}, content(receipt, base)),
            ("by the till", {}, content(receipt, GOLD, already_paid={"discounts": []})),
            ("credited", {"credit_id": _ID}, content(receipt, GOLD)),
            ("begun by shares", {"returned": {"1": 1_000}}, content(receipt, GOLD)),
        )
    }
    assert {name: (each.policy.value, each.unevaluated) for name, each in found.items()} == {
        "as it was": ("recomputed", None),
        "other facts": ("stored_shares", Unevaluated.NOT_AS_SOLD),
        "by the till": ("stored_shares", Unevaluated.PRICED_BY_TILL),
        "credited": ("stored_shares", Unevaluated.CREDITED_LATER),
        "begun by shares": ("stored_shares", Unevaluated.NOT_AS_SOLD),
    }
    by_shares = receipt_of(
        snapshot, ReturnPolicy.STORED_SHARES, purchase(), content(receipt, base), sold
    )
    assert (by_shares.policy, by_shares.unevaluated) == (ReturnPolicy.STORED_SHARES, None)


def test_a_receipt_that_began_to_be_evaluated_anew_goes_on_so() -> None:
    """Whatever has changed meanwhile: nothing settled is asked back, and all comes back at last."""
    receipt, snapshot = sold_receipt(line("tea", 100, 2_000)), compiled()
    sold = evaluate(snapshot, GOLD, receipt)
    base = Facts(member=MemberState(member_id="anna", tier="base"))
    first = receipt_of(snapshot, ReturnPolicy.RECOMPUTED, purchase(), content(receipt, GOLD), sold)
    _, has = first.between({}, {1: 1_000}, {})
    key = purchase(returned={"1": 1_000}, settled=settled_of(has))
    later = receipt_of(snapshot, ReturnPolicy.RECOMPUTED, key, content(receipt, base), sold)
    assert later.policy is ReturnPolicy.RECOMPUTED
    had, after = later.between({1: 1_000}, {1: 2_000}, key.settled)
    assert (had.money_minor, after.money_minor) == (90, 180)


def test_every_reason_for_stored_shares_has_its_word_in_the_contract() -> None:
    """And each its own: a till must be able to tell why."""
    answers = [
        answer_of_return(
            "r",
            ConfirmAnswer(status=Status.OK, purchase_id="p", outcome=evaluated()),
            by_shares(why),
            Returned(is_all=False),
            Returned(is_all=True),
            ReturnedPoints({}, (), {}, {}, {}),
        )
        for why in (None, *Unevaluated)
    ]
    told = [encode_returned(answer).unevaluated for answer in answers]
    assert told == list(pb.Unevaluated.values())


def evaluated() -> Outcome:
    return evaluate(compiled(), GOLD, sold_receipt(line("tea")))


def by_shares(why: Unevaluated | None) -> SoldReceipt:
    sold = SoldReceipt(evaluated())
    sold.unevaluated = why
    return sold
