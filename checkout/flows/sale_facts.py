"""The facts of a sale: what the engine is told of its member, limits and budgets.

Derived values only: a date of birth becomes an age, a row of a limit what is used so far.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import TypeAdapter

from checkout.engine.birthdays import age_years, days_since_birthday, days_to_birthday
from checkout.engine.facts import BudgetUse, CertificateState, Facts, MemberState, Offer
from checkout.engine.lifecycle import lifecycle_state
from checkout.engine.schema.tiers import TierMeasure
from checkout.engine.windows import value_at
from checkout.flows.pricing import part_in
from checkout.flows.traits import united
from checkout.ledger.holds import claims_of, lots_of, purse_id_of
from checkout.ledger.lots import is_spendable
from checkout.ledger.merged_view import (
    last_purchase_on,
    lists_of,
    names_of,
    purchases_of,
    tags_given,
    windows_of,
)
from checkout.primitives import capped_total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.schema.program import Program
    from checkout.ledger.book import MemberBook
    from checkout.ledger.rows import Hold

_A_DAY: Final = dt.timedelta(days=1)
_FACTS: Final = TypeAdapter(Facts)


def sale_facts(
    member: MemberBook | None,
    budgets: dict[str, BudgetUse],
    limit_uses: dict[str, int],
    stopped: frozenset[str],
    certificates: dict[str, CertificateState],
    *,
    program: Program,
    today: dt.date,
    now: dt.datetime,
    valid_at: dt.datetime,
    identified_by: str = "",
    card_type: str = "",
    freed: Hold | None = None,
    spends: bool = True,
) -> Facts:
    """The facts of a sale in a program on a local date; what `freed` sets aside counts as free.

    Without `spends` the member was identified by what no points are spent with.

    `budgets`, `limit_uses`, `stopped` and `certificates` are taken as they are: see `budget_uses`,
    `stopped_in`, `checkout.flows.limit_slots` and `checkout.flows.shown_certificates`.
    """
    state = None
    if member is not None:
        points = _points(member, now, valid_at, freed)
        state = _member_state(
            member, program, today, points if spends else dict.fromkeys(points, 0)
        )
        state.identified_by = identified_by
        state.card_type = card_type
    return Facts(
        member=state,
        limit_uses=limit_uses,
        budgets=budgets,
        stopped=stopped,
        certificates=certificates,
    )


def stopped_in(program: CompiledProgram, stopped: frozenset[str]) -> frozenset[str]:
    """Those of a partner's stopped campaigns that a program has: a receipt keeps no others.

    So the facts stay small, however long the list: what is taken out of the rules leaves them.
    """
    return frozenset(code for code in stopped if code in program.by_code) if stopped else stopped


def budget_uses(budgets: dict[str, BudgetUse], freed: Hold | None) -> dict[str, BudgetUse]:
    """Budgets as the engine sees them; what `freed` sets aside counts as left."""
    if freed is None or not freed.claims["budgets"]:
        return budgets
    seen = dict(budgets)
    for claim in claims_of(freed).budgets:
        before = seen.get(claim.campaign, BudgetUse())
        seen[claim.campaign] = BudgetUse(
            discount_minor=before.discount_minor - claim.discount_minor,
            uses=before.uses - claim.uses,
        )
    return seen


def dump_facts(facts: Facts) -> bytes:
    """Facts as stored JSON; equal facts have equal bytes, in whatever order rows were read."""
    return orjson.dumps(facts, default=sorted, option=orjson.OPT_SORT_KEYS)


def load_facts(stored: bytes) -> Facts:
    """The facts that were stored."""
    return _FACTS.validate_json(stored)


def _member_state(
    member: MemberBook, program: Program, today: dt.date, points: dict[str, int]
) -> MemberState:
    born, traits = member.birth_date, united([each.traits for each in names_of(member)])
    last_on = last_purchase_on(member)
    part = part_in(member, program)
    state = MemberState(
        member_id=str(member.member.member_id),
        tier=part.tier_code if part is not None else "",
        lists=lists_of(member),
        points=points,
        segments=frozenset(traits.get("segments", ())),
        tags=frozenset(traits.get("tags", ())) | tags_given(member),
        attributes=traits.get("attributes", {}),
        gender=member.gender,
        purchases=purchases_of(member),
        spend=_bought(member, TierMeasure.SPEND, today),
        visits=_bought(member, TierMeasure.VISITS, today),
        windows_version=sum(windows.version for windows in windows_of(member)),
        activities=traits.get("activities", {}),
        favourites=frozenset(traits.get("favourites", ())),
        consents=frozenset(traits.get("consents", ())),
        lifecycle=traits.get("lifecycle") or _lifecycle(member, program, today),
        offers={code: _offer(offer) for code, offer in traits.get("offers", {}).items()},
    )
    # Far from now no birthday can be told; such a receipt is refused before it is priced.
    if born is not None and born <= today and today.year < dt.MAXYEAR:
        state.age_years = age_years(born, today)
        state.days_to_birthday = days_to_birthday(born, today)
        state.days_since_birthday = days_since_birthday(born, today)
    if last_on is not None:
        # A store further east may have begun tomorrow when the last purchase was made there.
        state.days_since_purchase = max((today - last_on).days, 0)
    return state


def _bought(member: MemberBook, measure: TierMeasure, today: dt.date) -> dict[str, int]:
    """The windows that end with yesterday, by key: the sums over the names of the member.

    What the traits of a name say of one stands instead of what was counted under that name.
    """
    bought: dict[str, int] = {}
    for each in names_of(member):
        counted = each.windows.windows.get("", {}) if each.windows is not None else {}
        under_name = {
            key: value_at(steps, today - _A_DAY)
            for key, steps in counted.get(measure.value, {}).items()
        }
        under_name |= each.traits.get(measure.value, {})
        for key, value in under_name.items():
            bought[key] = capped_total(bought.get(key, 0) + value)
    return bought


def _lifecycle(member: MemberBook, program: Program, today: dt.date) -> str:
    """The state by the program's rule, if it has one; who left and came back is new again."""
    rule, row = program.lifecycle, member.participation(program.code)
    if rule is None or row is None:
        return ""
    joined_on = row.joined_at.date()
    return lifecycle_state(rule, joined_on, last_purchase_on(member), today).value


def _offer(document: Mapping[str, Any]) -> Offer:
    return Offer(
        value=document.get("value", 0),
        skus=frozenset(document.get("skus", ())),
        categories=frozenset(document.get("categories", ())),
    )


def _points(
    member: MemberBook, now: dt.datetime, valid_at: dt.datetime, freed: Hold | None
) -> dict[str, int]:
    purse = member.purse
    points = {currency: purse.net_minor(currency, now, valid_at) for currency in purse.accounts}
    if freed is not None and purse_id_of(freed) == purse.member.member_id:
        for lot_id, amount in lots_of(freed).items():
            # Hold and lot may have run out together.
            if is_spendable(purse.lots[lot_id], now, valid_at):
                points[freed.currency] = points.get(freed.currency, 0) + amount
    return {
        currency: 0 if purse.is_frozen(currency) else max(amount, 0)
        for currency, amount in points.items()
    }
