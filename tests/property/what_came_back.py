"""What a life sold, and what came back of it, as its answers tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Doc = dict[str, Any]

#: What a sale calls a sum, and what a return calls that which comes back of it.
_SUMS: Final = (
    ("payable_minor", "money_minor"),
    ("points_value_minor", "points_value_minor"),
    ("certificates_minor", "certificates_minor"),
)


@dataclass(slots=True)
class CameBack:
    """By purchase: its first answer, the sums that came back, its last return; the whole ones."""

    sold: dict[str, Doc] = field(default_factory=dict)
    sums: dict[str, Counter[str]] = field(default_factory=dict)
    last: dict[str, Doc] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def paid(self, purchase: str) -> dict[str, int]:
        """What was paid for it, by what returns call that."""
        sale = self.sold[purchase]
        paid: dict[str, int] = {name: sale.get(of_sale, 0) for of_sale, name in _SUMS}
        return paid | {"points_minor": sale["redemption"]["points_minor"]}

    def came(self, purchase: str) -> dict[str, int]:
        """What came back of that in all."""
        sums = self.sums.get(purchase, Counter())
        return {name: sums[name] for name in self.paid(purchase)}


def what_came_back(steps: Iterable[Doc], answers: Iterable[Doc]) -> CameBack:
    """Gathered from all steps with their answers."""
    found = CameBack()
    for step, answer in zip(steps, answers, strict=True):
        action, said = next(iter(step.items()))
        if action == "return":
            found.last[said["purchase"]] = answer
        if answer.get("status") != "ok":
            continue
        if action in {"confirm", "offline"}:
            found.sold.setdefault(said["purchase"], answer)
        if action == "return":
            sums = found.sums.setdefault(said["purchase"], Counter())
            sums.update({name: answer.get(name, 0) for _, name in _SUMS})
            sums["points_minor"] += answer["points_back_minor"]
            if answer["is_all"]:
                found.whole.add(said["purchase"])
    return found
