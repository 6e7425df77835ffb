"""The least that any engine does: find the campaigns of a receipt, take their discounts off.

It matches the same ten campaigns as the engine and comes to the same discounts, which is seen
before it is timed. It has no floors, caps, budgets, use of limits, other policies and settings,
points, reasons, messages or claims. It is a yardstick for the machine and for the interpreter, not
a rival; its functions have some 60 lines of code together, but for what only real baskets need
(`_recount`), so that it remains one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loadtests.engine.plain_index import Sale

if TYPE_CHECKING:
    from checkout.engine.facts import MemberState
    from checkout.engine.receipt import Line, Receipt
    from loadtests.engine.plain_index import Index, Offer


def price(
    index: Index, member: MemberState, receipt: Receipt, *, recounts: bool = False
) -> dict[str, int]:
    """What each campaign that matches takes off.

    With `recounts` pieces on lines that another offer has won do not count for a multibuy: that
    makes no difference to the ten lines, but to one real basket in four.
    """
    amount = sum(line.amount_minor for line in receipt.lines)
    matching = _matching(index, Sale(member, receipt, amount))
    given = {offer.code: 0 for offer, _ in matching}
    best: dict[int, tuple[int, Offer]] = {}
    for offer, lines in matching:
        if offer.of_goods:
            for line, discount in _on_lines(offer, lines):
                if discount > best.get(line.position, (0, offer))[0]:
                    best[line.position] = (discount, offer)
    if recounts:
        _recount(matching, best)
    apart: set[str] = set()
    for discount, offer in sorted(best.values(), key=lambda won: won[1].order):
        if offer.code not in apart:
            given[offer.code] += discount
            apart |= offer.not_with
    left = amount - sum(given.values())
    for offer, _ in matching:
        if not offer.of_goods and offer.kind in {"percent", "amount"}:
            is_percent = offer.kind == "percent"
            taken = (2 * left * offer.number + offer.term) // 20_000 if is_percent else offer.number
            given[offer.code] = taken
            left -= taken
    return given


def _matching(index: Index, sale: Sale) -> list[tuple[Offer, list[Line]]]:
    """The offers of which everything holds, in order, with the lines through which it was found."""
    reached: dict[str, tuple[Offer, list[Line]]] = {}
    receipt, member = sale.receipt, sale.member
    for line in receipt.lines:
        for offer in index.get(line.sku, ()):
            if offer.code in reached:
                reached[offer.code][1].append(line)
            else:
                reached[offer.code] = (offer, [line])
    for key in ("", member.tier, receipt.store, *member.segments, *receipt.coupons):
        for offer in index.get(key, ()):
            reached[offer.code] = (offer, [])
    return sorted(found for found in reached.values() if all(test(sale) for test in found[0].tests))


def _recount(matching: list[tuple[Offer, list[Line]]], best: dict[int, tuple[int, Offer]]) -> None:
    """Leave a multibuy only the pieces of lines that it has won."""
    for offer, lines in matching:
        if offer.kind == "multibuy":
            won = [line for line in lines if best.get(line.position, (0, None))[1] is offer]
            best |= {line.position: (minor, offer) for line, minor in _on_lines(offer, won)}


def _on_lines(offer: Offer, lines: list[Line]) -> list[tuple[Line, int]]:
    """What an offer on goods takes off each line, alone."""
    number, term, bound = offer.number, offer.term, offer.bound
    found = []
    pieces, left = 0, bound * 1_000
    if offer.kind == "multibuy":
        lines.sort(key=lambda line: -line.price_minor)
    for line in lines:
        amount, quantity = line.amount_minor, line.quantity_milli
        if offer.kind == "multibuy":
            rewarded = (pieces + quantity // 1_000) // 3 - pieces // 3
            pieces += quantity // 1_000
            discount = (2 * rewarded * line.price_minor * number + term) // 20_000
            found.append((line, min(discount, bound)))
        if offer.kind == "percent":
            # Units that an offer is limited to are those of all its lines.
            units = min(left, quantity) if bound else quantity
            left -= units
            base = amount * units // quantity
            found.append((line, (2 * base * number + term) // 20_000))
        elif offer.kind == "amount":
            found.append((line, number * (1 if line.weighed else quantity // 1_000)))
        elif offer.kind == "fixed_price":
            found.append((line, amount - (2 * number * quantity + 1_000) // 2_000))
    return found
