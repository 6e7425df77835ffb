"""Names of the rules of docs/rules.md that a full run of generated sales must reach.

Those of rewards, lanes and points stand beside their generator.
"""

from __future__ import annotations

from tests.oracle.generated_conditions import COMPARISONS, LEAVES
from tests.oracle.generated_limits import (
    MEASURES,
    MEASURES_OF_REWARDS,
    MEASURES_OF_SALES,
    OF_GOODS,
    PERIODS,
    SUBJECTS,
)
from tests.oracle.generated_words import PROBLEMS
from tests.oracle.oracle_goods import FLAGS_OF_LINES, LISTS
from tests.oracle.oracle_words import PLACES

#: Conditions that compare a value with a bound.
COMPARING = (
    "receipt_amount",
    "receipt_quantity",
    "distinct_goods",
    "age",
    "purchase_number",
    "days_since_purchase",
    "spend_in_window",
    "visits_in_window",
    "activity_in_window",
    "member_attribute",
)
LATE = ("late all", "late any", "late not", "late receipt_amount", "late campaign_applied")
INDEXES = (
    "coupon",
    "coupon_series",
    "any",
    "contains_goods",
    "rewards",
    "personal_offer",
    "member_list",
    "segment",
    "tier",
    "place",
)
STATUSES = (
    "applied, used up",
    "repeated, not used up",
    "unknown, not used up",
    "not_in_force, not used up",
    "not_applicable, not used up",
    "not_applicable, used up",
    "already_used, not used up",
    "not_yet_valid, not used up",
    "expired, not used up",
    "other_member, not used up",
    "blocked, not used up",
)
PERSONAL = ("member", "card", "household")
CLAIMING = tuple(period for period in PERIODS if period != "receipt")

HELD_OR_FAILED = (
    {*LEAVES, "all", "any", "not", *LATE}
    | {f"{kind} {each}" for kind in COMPARING for each in COMPARISONS}
    | {
        f"schedule {part}"
        for part in (
            *("starts_at", "ends_at", "weekdays", "days_of_month", "last_day_of_month"),
            *("dates", "but_not_dates"),
        )
    }
    | {f"schedule time {form}" for form in ("one bound", "within a day", "across midnight")}
    | {f"tender by {part}" for part in ("kinds", "bins", "tokens")}
    | {"purchase_number every", "emergency stop"}
    | {"budget discount_minor", "budget uses"}
    | {f"limit of {measure}" for measure in ("purchases", "interval")}
    | {f"limit per {period}" for period in PERIODS if period != "receipt"}
    | {f"limit for {subject}" for subject in SUBJECTS}
    | {f"program's limit of {measure}" for measure in ("purchases", "interval")}
)
GOODS = (
    {f"goods by {name}" for name in LISTS}
    | {f"goods by flag {flag}" for flag in (*FLAGS_OF_LINES, "alcohol", "tobacco")}
    | {f"goods by a category {levels} levels up" for levels in (0, 1, 2)}
    | {"goods by the line's own category"}
    | {"goods: delivery is not meant by itself", "goods: delivery is meant inside"}
    | {
        f"goods {name}: {how}"
        for name in (
            *("kinds", "flags", "price_min_minor", "price_max_minor"),
            *("favourites", "offered", "within", "but_not"),
        )
        for how in ("let in", "left out")
    }
    | {f"goods {name}: on its bound" for name in ("price_min_minor", "price_max_minor")}
)
LINES = {
    *("lines: merged", "lines: a discount split back", "lines: a manual discount split back"),
    *("lines: a discount on a weighed line", "lines: a discount on a delivery charge"),
    "lines: at the floor from the start",
    "manual: granted whole",
    *(
        f"manual cut by {by}: {how}"
        for by in ("maximum", "floor", "cap")
        for how in ("in part", "to nothing")
    ),
    "cap: external discounts are more than it",
    *(f"cap: manual discounts are {where} it" for where in ("in", "beside")),
}
CONDITIONS = (
    {f"{kind} {each}: on its bound" for kind in COMPARING for each in ("at_least", "less_than")}
    | {f"place: by {part}" for part in ("stores", "chains", "formats", "regions", "terminals")}
    | {f"birthday: held {form}" for form in ("both", "before", "after")}
    | {f"{kind}: not known" for kind in ("age", "days_since_purchase", "member_attribute")}
    | {"member_attribute: of another type"}
    | {f"member_attribute: a {name}" for name in ("bool", "int", "str")}
    | {f"{kind}: of a category" for kind in ("spend_in_window", "visits_in_window")}
)
LIMITS = (
    {"limit: a guest", "limit: outside its schedule", "limit interval: on its bound"}
    | {
        f"limit of {measure}: bound a line {how}"
        for measure in OF_GOODS
        for how in ("in part", "to nothing")
    }
    | {f"limit which {which}: bound a line" for which in ("cheapest", "dearest", "receipt_order")}
    | {"limit each_sku: bound a line"}
    | {"limit of units: bound a weighed line to nothing"}
    | {f"limit of {name}: bound a weighed line in part" for name in ("quantity", "amount")}
    | {f"limit rolling: a slot of {slot}" for slot in ("an hour", "a day")}
    | {f"claim of a campaign's limit of {measure}" for measure in MEASURES}
    | {f"claim of a program's limit of {measure}, no_reward" for measure in MEASURES_OF_REWARDS}
    | {f"claim of a program's limit of {measure}, refuse_sale" for measure in MEASURES_OF_SALES}
    | {
        f"claim of a {whose}'s limit per {period}"
        for whose in ("campaign", "program")
        for period in CLAIMING
    }
    | {f"claim of a campaign's limit for {subject}" for subject in SUBJECTS}
    | {f"claim of a program's limit for {each}" for each in SUBJECTS if each != "campaign"}
    | {f"claim of a {whose}'s limit: several skus" for whose in ("campaign", "program")}
    | {"claim: nothing of a guest"}
    | {
        f"sale under a limit of {measure}: {answer}"
        for measure in MEASURES_OF_SALES
        for answer in ("refused", "allowed")
    }
    | {"sale refused of a sku", "sale refused to a guest"}
)
PAYING = (
    {"redemption 0: granted", "redemption max: granted", "redemption number: granted"}
    | {
        f"redemption number: {refusal}"
        for refusal in (
            "MEMBER_REQUIRED",
            "INSUFFICIENT_POINTS",
            "POINTS_ABOVE_MAXIMUM",
            "POINTS_BETWEEN_STEPS",
        )
    }
    | {f"redemption clamped: {how}" for how in ("as asked", "less", "none")}
    | {"redemption number: less for a limit"}
    | {"redemption: a cap of goods", "redemption: something paid with max"}
    | {"redemption: in a named currency"}
    | {"redemption max: less for a limit", "redemption number: refused for a limit"}
    | {"cash rounding: not in cash"}
    | {f"cash rounding down{how}: less" for how in ("", ", always")}
    | {
        f"cash rounding nearest{how}: {sign}"
        for how in ("", ", always")
        for sign in ("nothing", "less", "more")
    }
)
CERTIFICATES = (
    {
        f"certificate: {status}"
        for status in (*PROBLEMS, "not_accepted", "wrong_store", "wrong_goods", "not_needed")
    }
    | {f"certificate: applied {kind}" for kind in ("money", "pass")}
    | {
        f"certificate order: {what}"
        for what in ("a pass", "fewer lines", "an end", "the earlier end", "the code")
    }
    | {f"certificate: all that {bound} allows" for bound in ("what is due", "at_most", "it")}
    | {f"certificate: after {what}" for what in ("points", "a pass", "a certificate")}
    | {"certificate: a delivery charge", "certificate: of the money that points leave"}
    | {"certificate: parts of several till lines"}
    | {"pass: units of several lines", "pass: units of several till lines", "pass: at_most"}
    | {"pass: units that are worth nothing", "pass: a rest beyond whole units"}
    | {"pass: points pay more of the line", "pass: after a pass"}
    | {"pass: a broken unit of a till line", "pass: money of a till line beside its units"}
    | {f"accrual: the part paid with certificates {how}" for how in ("in", "out")}
)
WORDS = (
    {"applied: discount and points", "applied: with a budget", "applied: without rewards"}
    | {f"message: {place}" for place in PLACES}
    | {f"message with {name}" for name in ("campaign", "discount", "points", "tier", "store")}
    | {"message: translated, a language", "message: as it is, a language"}
    | {"message: as it is, no language"}
    | {
        f"message of a {whose}'s limit: {place}"
        for whose in ("campaign", "program")
        for place in PLACES
    }
    | {f"message of a limit that failed: {what} that lacked" for what in ("all", "not all")}
    | {f"issue: {kind}" for kind in ("issue_coupon", "issue_certificate", "give_tag", "give_gift")}
    | {"issue: no tag for a guest"}
    | {
        f"gift: {what}"
        for what in (
            *("given", "given again", "only named"),
            *("wrong_store", "wrong_time", "out_of_stock"),
        )
    }
    | {f"coupon: {status}" for status in STATUSES}
    | {"coupon: given twice", "coupon: given in other letters"}
    | {"coupon: named inside a `not` only"}
    | {
        f"coupon of a series: {status}"
        for status in ("applied", "repeated", "not_in_force", "not_applicable")
    }
)
NEARLY = (
    {f"nearly: {kind}" for kind in (*LEAVES, "any", "not", "limit", "budget")}
    | {f"nearly: {kind}" for kind in LATE if kind != "late all"}
    | {"nearly: more than ten", "index everyone: found"}
    | {f"index {kind}: {result}" for kind in INDEXES for result in ("found", "missed")}
)

RULES_OF_SALES = (
    {f"{name}: {result}" for name in HELD_OR_FAILED for result in ("held", "failed")}
    | GOODS
    | LINES
    | CONDITIONS
    | LIMITS
    | PAYING
    | CERTIFICATES
    | WORDS
    | NEARLY
)
