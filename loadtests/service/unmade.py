"""Rows that a load does not make: checks of the verifier that may see nothing, by the reason.

Every other check must see rows, or the run is void: what looked at nothing shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.verifier.report import Report

#: Nobody works on the pages, nor does an operator do anything by hand.
BY_HAND: Final = frozenset(
    (
        *("admin_history_is_a_chain", "admin_history_is_whole", "undone_corrections_are_reversed"),
        *("decisions_are_of_another_author", "blocked_coupons_have_their_authors"),
        *("freezes_are_what_they_name", "freezes_have_their_authors", "stops_have_their_authors"),
        *("interventions_name_what_exists", "frozen_accounts_have_their_authors"),
        *("those_who_left_have_no_sales", "purchases_by_hand_have_their_authors"),
        *("purchases_by_hand_give_nothing_away", "allowances_count_what_was_added_by_hand"),
        *("credits_have_their_purchase", "credits_change_no_price"),
        *("credit_postings_have_their_credit", "allowances_count_what_one_author_corrected"),
        *("calls_are_what_was_asked", "added_purchases_are_what_was_asked"),
        "credits_are_what_was_asked",
    )
)
#: Members come with a card of their own, each alone: none is issued, nobody is joined to another.
IDENTITY: Final = frozenset(
    (
        *("issued_cards_are_those_of_their_issue", "cards_are_of_a_type_that_there_is"),
        *("replaced_cards_have_one_successor", "qr_codes_are_of_one_purchase"),
        *("households_count_their_members", "members_lead_to_their_household"),
        *("members_of_households_keep_no_points", "households_have_their_history"),
        *("transfers_arrive", "merged_members_lead_to_a_member", "merges_are_what_members_say"),
        *("merged_members_keep_no_points", "moved_lots_keep_what_they_were"),
        *("merges_owe_what_was_moved", "merges_have_their_authors"),
        *("persons_are_members_of_several_partners", "links_have_their_authors"),
        "erased_members_are_nobody",
    )
)
#: Nothing is paid with certificates.
CERTIFICATES: Final = frozenset(
    (
        *("certificates_are_sums_of_entries", "certificate_chains_have_no_gap"),
        *("certificates_are_activated_first", "certificates_hold_what_is_pending"),
        *("receipts_spend_what_certificates_paid", "certificates_know_what_sold_them"),
        *("certificates_get_back_no_more_than_they_paid", "batches_have_their_certificates"),
        *("certificates_uncharged_are_discounts", "certificates_owe_what_entries_say"),
        "certificates_spent_without_being_there_are_flagged",
        "certificates_sold_are_active_or_flagged",
        "certificates_get_what_others_were_moved_off",
        "certificates_lead_to_what_they_were_moved_to",
    )
)
#: No coupon is of one member or of one use, but for those that a campaign knows by its own code.
COUPONS: Final = frozenset(
    (
        *("coupons_are_sums_of_uses", "coupons_hold_what_is_pending", "coupons_are_not_overused"),
        *("coupons_are_used_in_their_time", "coupon_uses_belong_to_receipts"),
        *("coupon_uses_agree_with_answers", "coupons_come_from_an_issue"),
        *("issues_have_their_coupons", "coupons_issued_agree_with_answers"),
        "coupons_are_taken_back_with_their_sale",
    )
)
#: No campaign gives goods or tags.
GIFTS: Final = frozenset(
    (
        *("tags_are_sums_of_gifts", "tags_belong_to_receipts", "gift_stocks_are_sums_of_entries"),
        *("gift_stocks_hold_what_is_pending", "gift_stocks_are_not_overdrawn"),
        *("receipts_give_the_gifts_that_they_say", "gifts_of_receipts_come_back_once"),
        *("returns_take_the_gifts_that_they_say", "gifts_of_operators_have_their_entries"),
        "gifts_cost_what_was_posted",
    )
)
#: Tills are on line, and are not closed: no shift is compared, nothing was sold before it is told.
OFFLINE: Final = frozenset(
    (
        *("points_spent_without_being_there_are_flagged", "allowances_count_what_tills_gave_away"),
        "reconciliations_agree_as_they_say",
    )
)
#: No day passes, so that nothing begins later, expires, or is judged.
DAYS: Final = frozenset(
    (
        *("lots_begin_once", "lots_expire_after_their_end", "windows_are_sums_of_visits"),
        *("tiers_follow_each_other", "tiers_were_judged_by_their_figures"),
    )
)
#: Nothing comes back without its receipt.
RETURNS_WITHOUT_RECEIPT: Final = frozenset(
    (
        *("returns_without_receipt_add_up", "returns_without_receipt_use_their_allowance"),
        *("returns_without_receipt_move_no_points", "returns_without_receipt_are_what_was_sent"),
    )
)
#: Nothing comes back.
RETURNS: Final = RETURNS_WITHOUT_RECEIPT | frozenset(
    (
        *("returns_are_what_was_sent", "returns_stay_within_what_was_sold"),
        *("returns_pay_out_what_was_paid", "returns_have_lines_and_key"),
        *("returns_of_everything_give_everything_back", "return_points_are_posted"),
        *("returns_are_settled_with_their_purchase", "return_keys_lead_to_returns"),
        "returns_are_what_was_asked",
    )
)
#: Who began to buy pays.
CANCELLED: Final = frozenset(
    (
        *("other_purchases_have_no_receipt", "cancelled_purchases_have_their_event"),
        "cancels_are_what_was_asked",
    )
)
#: Tills send no receipt numbers.
NUMBERS: Final = frozenset(("receipt_numbers_have_their_receipt",))
#: Everybody has a card.
GUESTS: Final = frozenset(("guest_receipts_lie_with_their_store",))
#: Nobody needs more time than a hold has from the start.
EXTENSIONS: Final = frozenset(("extensions_are_what_was_asked",))
#: Nothing is set aside before it is paid: the short forms.
HOLDS: Final = frozenset(
    (
        *("hold_points_lie_in_lots", "holds_end_once", "holds_end_in_time"),
        *("purchases_have_one_pending_hold", "holds_have_their_purchase"),
        *("pending_holds_are_of_held_purchases", "posted_holds_are_of_confirmed_purchases"),
        *("purchases_name_their_hold", "holds_are_what_was_asked"),
    )
)
#: Members were written by a loader: none is enrolled by a call, or given points by hand.
LOADED: Final = frozenset(
    (
        *("adjustments_have_their_correction", "bulks_have_their_corrections"),
        *("corrections_are_posted", "enrolled_members_have_their_event"),
        "stored_answers_are_readable",
    )
)
#: Sales are counted within a minute: the books may be looked at before. Who waits demands these.
COUNTED_LATER: Final = frozenset(
    ("visits_are_receipts_less_returns", "visits_of_categories_are_parts")
)
#: Nothing is sold.
SALES: Final = frozenset(
    (
        *("answers_agree_with_receipts", "budgets_are_not_exceeded", "earned_points_are_posted"),
        *("confirmed_purchases_have_their_receipt", "flags_are_answered", "overruns_are_flagged"),
        *("limit_slots_are_sums_of_uses", "limit_slots_hold_what_is_pending"),
        *("limits_are_not_exceeded", "limits_lie_with_their_owner", "prices_were_in_force"),
        "uses_were_given_the_bound_of_their_rules",
        *("receipt_documents_are_json", "receipt_points_are_posted", "receipts_add_up"),
        *("receipts_are_what_was_sent", "receipts_have_their_purchase"),
        *("receipts_have_their_request", "receipts_without_certificates_are_paid_without"),
        *("requests_have_their_receipt", "sales_are_what_was_sent", "sales_have_their_snapshot"),
        *("spending_respects_lot_dates", "uses_have_their_receipt"),
        "confirms_are_what_was_asked",
    )
)

#: What no load of this repository makes, or not for sure, whatever its tills do.
ANY_LOAD: Final = (
    BY_HAND
    | IDENTITY
    | CERTIFICATES
    | COUPONS
    | GIFTS
    | OFFLINE
    | DAYS
    | RETURNS_WITHOUT_RECEIPT
    | EXTENSIONS
    | COUNTED_LATER
)
#: Tills of the bench only quote, hold and sell, to members.
BENCH: Final = ANY_LOAD | RETURNS | CANCELLED | NUMBERS | GUESTS | HOLDS
#: The same to members of the demo's data.
SHOP: Final = BENCH | LOADED
#: Tills only quote.
QUOTES: Final = BENCH | SALES


def unexpected(report: Report, unmade: Iterable[str]) -> list[str]:
    """Checks that saw nothing, though the load should have made what they look at."""
    return sorted({each.name for each in report.unexercised} - {*unmade})
