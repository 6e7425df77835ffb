"""Conditions compiled by themselves, and receipts to ask them of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from checkout.engine.conditions.compile import compile_condition
from checkout.engine.facts import MemberState
from checkout.engine.goods import Selector
from checkout.engine.receipt import PlannedTender
from checkout.engine.schema.conditions import Condition
from tests.unit.engine_cases import case_of, delivery, line

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.conditions.base import CompiledCondition
    from checkout.engine.schema.goods import Goods

Doc = dict[str, Any]

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)

MILK = line("milk-1", 500, 2_000, external_discount_minor=100)
WINE = line("wine", 2_000)
#: 900 + 2,000 counted, 3 pieces of 2 articles; delivery never counts.
LINES = (MILK, WINE, delivery(300))
CARD = PlannedTender(kind="card", bin="427600", token="t1")
CASH = PlannedTender(kind="cash")


def compiled(condition: Doc, **receipt: Any) -> tuple[CompiledCondition, Case]:
    """A condition of the campaign `c`, and a receipt; `member`: what is known of one."""
    selectors: list[Selector] = []

    def selector_of(goods: Goods | None) -> Selector | None:
        if goods is None:
            return None
        selectors.append(Selector(goods, None))
        return selectors[-1]

    made = compile_condition(_CONDITION.validate_python(condition), selector_of, "c")
    if "member" in receipt:
        receipt["member"] = MemberState(member_id="m", **receipt["member"])
    lines = receipt.pop("lines", LINES)
    granted = receipt.pop("granted", ())
    case = case_of(*lines, selectors=selectors, **receipt)
    case.granted.update(granted)
    return made, case


def holds(condition: Doc, **receipt: Any) -> bool:
    """Whether a condition holds for a receipt."""
    made, case = compiled(condition, **receipt)
    return made.holds(case)


def told(condition: Doc, **receipt: Any) -> tuple[str, str]:
    """What a condition needs, and what it saw of a receipt."""
    made, case = compiled(condition, **receipt)
    return made.needed(), made.seen(case)


def amount(compare: str, bound: int, **rest: Any) -> Doc:
    """The counted goods, or some, against a bound."""
    return {"kind": "receipt_amount", "compare": compare, "amount_minor": bound} | rest


def attribute(compare: str, value: object) -> Doc:
    """The attribute `x` against a value."""
    return {"kind": "member_attribute", "name": "x", "compare": compare, "value": value}
