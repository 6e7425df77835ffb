"""Laws of whole lives: what was done and undone leaves a shop as it was on its first day.

Sales with and without the service, holds, certificates, passes, coupons, gifts, frozen points,
tiers, merges, households, leaving, purchases credited later and returns, in any order, in memory,
on the service's own decisions. At the end everything is undone. No life fails but by a refusal,
nothing stays in a hold, nothing counts for a tier, and points, certificates, limits, budgets, stock
and sums are those of before, but:

- `refuse` may keep goods out whose points went to a household and are not active yet: what a
  household pays with is what it can spend now;
- what a survivor spent while two were one stays spent when they are two again (decision 0032): the
  other one may owe it then, or, under `refuse`, keep the goods;
- `clip` writes off what is missing, so members may end with more than they began with (rules §9);
- leaving with `written_off` takes what a member has, so they may end with less, and never owe it.

At length, 4,000 lives in some 4 minutes:
`CHECKOUT_TEST_EXAMPLES=search pytest -q tests/property/test_laws_of_lives.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, reject, settings

from checkout.stories.document import InvalidStoryError
from tests.property.life_rules import GIFT_STOCK, MEMBERS
from tests.property.lives import CERTIFICATES, Life, lives
from tests.property.return_cases import run
from tests.property.what_came_back import what_came_back

if TYPE_CHECKING:
    from checkout.stories.memory import MemoryBookStore

Doc = dict[str, Any]

_DEFAULT = hypothesis.settings.default
#: A life takes some 30 ms: as many as the profile asks for only where it searches.
_IS_SEARCH = _DEFAULT is not None and not _DEFAULT.derandomize
_LIVES = settings(
    max_examples=4_000 if _IS_SEARCH else 60,
    # Not `explain`: what varies in a life tells little, and takes minutes.
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
POINTS = 1500
FACES = {"gift": 40_000, "pass": 10}
#: What a sale took, and under which names its returns give that back.


@_LIVES
@given(lives())
def test_what_is_done_and_undone_leaves_the_shop_as_it_was(life: Life) -> None:
    """All of it, at the end of one life: a life costs more than to look at what it left."""
    try:
        store, answers = run(life.story())
    except InvalidStoryError:
        # It undoes what had been refused: no story can name that.
        reject()
    assert_nothing_is_held(store)
    if not assert_all_came_back(life, store, answers):
        return
    assert_points_are_there(life, store)
    assert_certificates_are_whole(life, store)
    assert_nothing_is_used(store)
    assert_nothing_counts_for_a_tier(store)


def is_spent_by_others(life: Life) -> bool:
    """Whether points that one member brought may have been spent by another one."""
    spends = life.has("give_gift") or any(
        "points" in said or "paid_points_minor" in said
        for step in life.steps
        for said in step.values()
    )
    return life.has("join_household") or (life.has("unmerge") and spends)


def assert_all_came_back(life: Life, store: MemoryBookStore, answers: list[Doc]) -> bool:
    """Each purchase, and in all exactly what was paid for it; whether none was kept out."""
    back = what_came_back(life.steps, answers)
    confirmed = {p.purchase_id for p in store.purchases.values() if p.state == "confirmed"}
    assert back.whole <= confirmed
    for purchase in confirmed - back.whole:
        assert life.settings.debt == "refuse"
        assert is_spent_by_others(life)
        assert back.last[purchase]["reason"] == "POINTS_ALREADY_SPENT"
    for purchase in back.whole:
        assert back.came(purchase) == back.paid(purchase)
    return confirmed == back.whole


def assert_nothing_is_held(store: MemoryBookStore) -> None:
    """Neither by a sale nor by an operator."""
    assert not any(account.held or account.frozen for account in store.accounts.values())
    assert not any(lot.held or lot.frozen for lot in store.lots.values())
    assert not any(certificate.held for certificate in store.certificates.values())
    assert not any(slot.held for slot in store.slots.values())
    assert not any(b.discount_held or b.uses_held for b in store.budgets.values())


def assert_points_are_there(life: Life, store: MemoryBookStore) -> None:
    """As many as on the first day, all members together, and nobody owes any beyond what is had."""
    net: Counter[str] = Counter()
    for (_, currency), account in store.accounts.items():
        has = account.balance + account.pending - account.debt
        net[currency] += has
        assert has >= 0 or is_spent_by_others(life)
    is_written_off = life.settings.after_leaving == "written_off" and life.has("leave")
    for currency, first in (("points", POINTS * len(MEMBERS)), ("stars", 0)):
        assert is_written_off or net[currency] >= first
        assert life.settings.debt == "clip" or net[currency] <= first


def assert_certificates_are_whole(life: Life, store: MemoryBookStore) -> None:
    """Worth what they were made with, and those that campaigns had issued nothing."""
    left: Counter[str] = Counter()
    for certificate in store.certificates.values():
        has = certificate.remaining - certificate.owed
        left[certificate.series_code] += has
        is_first = certificate.series_code in FACES
        assert not is_first or life.has("move_certificate") or has == certificate.face
    assert {series: left[series] for series in FACES} == FACES
    assert set(FACES) == set(CERTIFICATES.values())
    assert not left["bonus"]


def assert_nothing_is_used(store: MemoryBookStore) -> None:
    """No limit, no budget, no gift, no tag, and no purchase counts."""
    assert not any(slot.used for slot in store.slots.values())
    assert not any(b.discount_used or b.uses_used for b in store.budgets.values())
    assert not any(member.purchases for member in store.members.values())
    assert not any(tag.given for tag in store.coupons.tags.values())
    assert [(s.stock, s.held) for s in store.gifts.stocks.values()] == [(GIFT_STOCK, 0)]


def assert_nothing_counts_for_a_tier(store: MemoryBookStore) -> None:
    """Nobody bought anything: what was reached is kept to its day, and nothing leads to more."""
    visits = store.visits
    assert not any(v.spend_minor or v.visits or v.points_minor for v in visits.visits.values())
    assert not any(member.windows for member in visits.windows.values())
    assert not visits.pending
