"""Checks of the verifier that a cell may leave without a row to look at, each with its reason.

What the load of a cell makes is known from its journal. All else must have been looked at, or the
cell has shown less than it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from loadtests.service import unmade
from tests.faults.journal import did_something

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.faults.journal import Call, Journal

#: What no cell does, and why: checks by reason.
NEVER: Final = {
    "corrections need no four eyes here, and none comes from a file": (
        *("decisions_are_of_another_author", "bulks_have_their_corrections"),
        "allowances_count_what_one_author_corrected",
    ),
    "nobody freezes a whole account, and nobody leaves the program": (
        *("frozen_accounts_have_their_authors", "those_who_left_have_no_sales"),
    ),
    "only FC3 and FC11 stop a campaign": ("stops_have_their_authors",),
    "nobody adds a purchase by hand": (
        *("purchases_by_hand_have_their_authors", "purchases_by_hand_give_nothing_away"),
        *("allowances_count_what_was_added_by_hand", "added_purchases_are_what_was_asked"),
    ),
    "cards come with their members: none is issued or replaced, and only FC13B shows QR codes": (
        *("issued_cards_are_those_of_their_issue", "cards_are_of_a_type_that_there_is"),
        *("replaced_cards_have_one_successor", "qr_codes_are_of_one_purchase"),
    ),
    "nobody is a member of two partners": (
        *("persons_are_members_of_several_partners", "links_have_their_authors"),
    ),
    "operators of the cells erase nobody at all": ("erased_members_are_nobody",),
    "nobody moves a certificate to a new code": (
        "certificates_get_what_others_were_moved_off",
        "certificates_lead_to_what_they_were_moved_to",
    ),
    "tills take certificates on line only": ("certificates_uncharged_are_discounts",),
    "points of members last: few owe any": ("points_spent_without_being_there_are_flagged",),
    "no till closes its shift": ("reconciliations_agree_as_they_say",),
    "no day passes but in FC13, and nobody is judged": tuple(sorted(unmade.DAYS)),
    "nothing comes back without its receipt": tuple(sorted(unmade.RETURNS_WITHOUT_RECEIPT)),
    "no till asks for more time for its hold": tuple(sorted(unmade.EXTENSIONS)),
    "sales are counted within a minute, and nobody waits for it": tuple(
        sorted(unmade.COUNTED_LATER)
    ),
    "tills send no receipt numbers": tuple(sorted(unmade.NUMBERS)),
}
#: What is made by calls of a kind only; kinds as the journal has them, and what sales bring.
MADE_BY: Final = {
    "return": unmade.RETURNS - unmade.RETURNS_WITHOUT_RECEIPT,
    "hold": unmade.HOLDS,
    "cancel": unmade.CANCELLED,
    "credit": {
        *("credits_have_their_purchase", "credits_change_no_price"),
        "credits_are_what_was_asked",
    },
    "credited points": {"credit_postings_have_their_credit"},
    "offline points": {"allowances_count_what_tills_gave_away"},
    "undo": {"undone_corrections_are_reversed"},
    "freeze": {"freezes_are_what_they_name", "freezes_have_their_authors"},
    "gift": {"gifts_of_operators_have_their_entries", "gifts_cost_what_was_posted"},
    "certificate paid": {
        "receipts_spend_what_certificates_paid",
        "certificates_spent_without_being_there_are_flagged",
    },
    "certificate paid back": {"certificates_get_back_no_more_than_they_paid"},
    "certificate sold": {
        *("certificates_know_what_sold_them", "certificates_sold_are_active_or_flagged"),
    },
    "coupon used": {
        *("coupons_are_used_in_their_time", "coupon_uses_belong_to_receipts"),
        "coupon_uses_agree_with_answers",
    },
    "coupons issued": {"coupons_issued_agree_with_answers"},
    "tags": {"tags_are_sums_of_gifts", "tags_belong_to_receipts"},
    "coupons taken back": {"coupons_are_taken_back_with_their_sale"},
    "gift of a sale": {"receipts_give_the_gifts_that_they_say"},
    "gift brought back": {
        *("gifts_of_receipts_come_back_once", "returns_take_the_gifts_that_they_say"),
    },
}


def made_by(journal: Journal) -> set[str]:
    """Kinds of calls that did something, and what sales and returns did beside."""
    made = set()
    for call in journal.calls:
        if did_something(call):
            made |= {call.kind, *_brought_by(call)}
    return made


def _brought_by(call: Call) -> Iterator[str]:
    """What a call did beside, as its answer says."""
    answer = call.answer
    brought: dict[str, Any] = {}
    if call.kind == "confirm":
        brought = {
            "offline points": answer.already_paid and answer.outcome.redemption.points_minor,
            "certificate paid": answer.outcome.certificates_minor,
            "certificate sold": answer.certificates,
            "coupon used": any(c.used_up and c.series for c in answer.outcome.coupons),
            "coupons issued": answer.coupons_issued,
            "tags": answer.coupons_issued and call.card,
            "gift of a sale": any(i.kind == "give_gift" for i in answer.outcome.issued),
        }
    elif call.kind == "credit":
        brought = {"credited points": any(each.points_minor for each in answer.outcome.earned)}
    elif call.kind == "return":
        brought = {
            "certificate paid back": answer.returned.certificates_minor,
            "gift brought back": answer.returned.gifts_back,
        }
    return (name for name, is_so in brought.items() if is_so)


def unmade_by(journal: Journal) -> frozenset[str]:
    """Checks that may see nothing: no cell makes such rows, or this one did not."""
    made = made_by(journal)
    never = {name for names in NEVER.values() for name in names}
    missing = (checks for kind, checks in MADE_BY.items() if kind not in made)
    # What an answer does not say: whether coupons that the sale had issued were still there.
    return frozenset(never.union(MADE_BY["coupons taken back"], *missing))


def not_done(journal: Journal, kinds: Collection[str]) -> list[str]:
    """Kinds of a mix of which no call did anything."""
    made = made_by(journal)
    done = {
        "quote": bool(journal.quotes["answered"]),
        "hung up": bool(journal.hung_up.total()),
        "offline": any(
            call.method == "SubmitOffline" and did_something(call) for call in journal.calls
        ),
    }
    return [kind for kind in kinds if not done.get(kind, kind in made)]
