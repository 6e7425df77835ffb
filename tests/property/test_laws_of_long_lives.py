"""Laws of long lives: whatever a shop does, the books hold, and goods that came back leave nothing.

Days pass, rules are published, campaigns are stopped, tills come late, and at the end everything is
undone (`tests.property.long_lives`), in memory, on the service's own decisions. No life fails but
by a refusal. Whatever came back:

- each posting sums to zero, each account is the sum of its entries and of its lots, and each lot
  what was moved of it;
- nothing is held;
- what was given back for a purchase, in money, points and certificates, is never more than what was
  paid for it, and when everything has come back exactly that.

When all purchases have come back, all that sales took and gave has: points that were redeemed have
come back, points that were issued have been taken, owed or written off, certificates have what was
spent of them, and no limit, budget, stock or purchase counts. What may be kept out:

- `refuse` keeps goods out whose points are spent already;
- a line that sold a certificate which has ended, or was spent in part, on whatever code.

At length: `CHECKOUT_TEST_EXAMPLES=search pytest -q tests/property/test_laws_of_long_lives.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, reject, settings

from checkout.stories.document import InvalidStoryError
from tests.property.life_rules import GIFT_STOCK
from tests.property.long_lives import LongLife, long_lives
from tests.property.return_cases import run
from tests.property.test_laws_of_lives import assert_nothing_is_held
from tests.property.what_came_back import what_came_back

if TYPE_CHECKING:
    from checkout.stories.memory import MemoryBookStore

Doc = dict[str, Any]

_DEFAULT = hypothesis.settings.default
_IS_SEARCH = _DEFAULT is not None and not _DEFAULT.derandomize
_LIVES = settings(
    max_examples=3_000 if _IS_SEARCH else 40,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
#: What a sale took, and under which names its returns give that back.
_KEPT_OUT = {"POINTS_ALREADY_SPENT", "CERTIFICATE_ALREADY_SPENT"}


@_LIVES
@given(long_lives())
def test_books_hold_and_what_came_back_leaves_nothing(life: LongLife) -> None:
    """All of it, at the end of one life."""
    try:
        store, answers = run(life.story())
    except InvalidStoryError:
        # It undoes what had been refused: no story can name that.
        reject()
    assert_books_hold(store)
    assert_nothing_is_held(store)
    if assert_no_more_came_back(life, store, answers):
        assert_sales_left_nothing(store)


def assert_books_hold(store: MemoryBookStore) -> None:
    """Postings, accounts and lots say the same."""
    sums: Counter[object] = Counter()
    of_roles: Counter[object] = Counter()
    for entry in store.entries:
        sums[entry.posting_id, entry.currency] += entry.amount
        of_roles[entry.role, entry.member_id, entry.currency] += entry.amount
    assert not any(sums.values())
    remaining: Counter[object] = Counter()
    expired: Counter[object] = Counter()
    for moved in store.lot_movements:
        remaining[moved.lot_id] += moved.amount
        expired[moved.lot_id] += moved.expired
    in_lots: Counter[object] = Counter()
    for lot in store.lots.values():
        assert (lot.remaining, lot.expired) == (remaining[lot.lot_id], expired[lot.lot_id])
        assert 0 <= lot.held + lot.frozen <= lot.remaining <= lot.issued - lot.expired
        in_lots[lot.member_id, lot.currency, lot.is_pending] += lot.remaining
    for (member_id, currency), account in store.accounts.items():
        of = member_id, currency
        assert account.balance == of_roles["member", *of] == in_lots[*of, False]
        assert account.pending == of_roles["pending", *of] == in_lots[*of, True]
        assert account.debt == -of_roles["debt", *of] >= 0


def assert_no_more_came_back(life: LongLife, store: MemoryBookStore, answers: list[Doc]) -> bool:
    """Than was paid, and of what came back whole all of it; whether nothing was kept out."""
    back = what_came_back(life.steps, answers)
    confirmed = {p.purchase_id for p in store.purchases.values() if p.state == "confirmed"}
    assert confirmed == back.sold.keys()
    for purchase in confirmed:
        paid, came = back.paid(purchase), back.came(purchase)
        if purchase in back.whole:
            assert came == paid
        assert all(came[name] >= 0 for name in paid)
        assert sum(came.values()) <= sum(paid.values())
    for purchase in confirmed - back.whole:
        reason = back.last[purchase]["reason"]
        assert reason in _KEPT_OUT
        may_refuse = any("refuse" in (s.club.debt, s.cafe.debt) for s in life.rules)
        assert may_refuse or reason == "CERTIFICATE_ALREADY_SPENT"
        assert may_refuse or life.cards
    return confirmed == back.whole


def assert_sales_left_nothing(store: MemoryBookStore) -> None:
    """Neither points nor certificates, and nothing that is counted."""
    points: Counter[tuple[str, str]] = Counter()
    for entry in store.entries:
        points[entry.role, entry.currency] += entry.amount
    left = {of: amount for of, amount in points.items() if of[0] in {"redeemed", "issued"}}
    assert not any(left.values()), left
    assert not any(amount for of, amount in points.items() if of[0] == "transferred")
    moved: Counter[object] = Counter()
    for each in store.certificate_entries:
        moved[each.certificate_id, each.against] += each.amount
    for certificate in store.certificates.values():
        assert not moved[certificate.certificate_id, "spent"]
        assert not moved[certificate.certificate_id, "written_off"]
        assert moved[certificate.certificate_id, "owed"] == certificate.owed == 0
    assert not any(slot.used for slot in store.slots.values() if slot.limit_code != "rest")
    assert not any(b.discount_used or b.uses_used for b in store.budgets.values())
    assert not any(member.purchases for member in store.members.values())
    assert not any(coupon.used for coupon in store.coupons.coupons.values())
    assert not any(tag.given for tag in store.coupons.tags.values())
    assert [(s.stock, s.held) for s in store.gifts.stocks.values()] == [(GIFT_STOCK, 0)]
