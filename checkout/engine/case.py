"""One receipt under evaluation: what conditions and rewards look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.periods import LocalMoment

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.facts import Facts, MemberState
    from checkout.engine.goods import Selector
    from checkout.engine.places import CompiledStore
    from checkout.engine.receipt import Receipt


class Case:
    """Receipt, facts and store in the form that rules ask for."""

    __slots__ = (
        "by_selector",
        "counted",
        "coupons",
        "facts",
        "lines",
        "lists",
        "member",
        "moment",
        "receipt",
        "store",
        "tier",
    )

    def __init__(
        self, receipt: Receipt, facts: Facts, store: CompiledStore, lines: list[CanonicalLine]
    ) -> None:
        """Index canonical lines, whose selectors have been resolved.

        By the selectors that mean them.
        """
        self.receipt = receipt
        self.facts = facts
        self.store = store
        self.lines = lines
        self.member: MemberState | None = facts.member
        self.tier = facts.member.tier if facts.member is not None else ""
        self.lists: frozenset[str] = facts.member.lists if facts.member is not None else frozenset()
        self.coupons = frozenset(receipt.coupons)
        self.moment = LocalMoment(receipt.local_time)
        self.counted = [line for line in lines if line.counted]
        by_selector: dict[Selector, list[CanonicalLine]] = {}
        for line in self.counted:
            for selector in line.selectors:
                meant = by_selector.get(selector)
                if meant is None:
                    by_selector[selector] = [line]
                else:
                    meant.append(line)
        self.by_selector = by_selector

    def meant_by(self, selector: Selector | None) -> list[CanonicalLine]:
        """The lines that a choice of goods means; all counted lines for none."""
        if selector is None:
            return self.counted
        return self.by_selector.get(selector, [])
