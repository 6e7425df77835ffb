"""Names of the rules of rewards, lanes and points that a full run of generated sales must reach."""

from __future__ import annotations

LINE_REWARDS = ("percent", "amount", "fixed_price")
UNIT_REWARDS = ("multibuy", "buy_get", "bundle", "gift")
POINT_REWARDS = ("points_percent", "points_amount", "points_multiplier")
REWARDS = (*LINE_REWARDS, *UNIT_REWARDS, *POINT_REWARDS)
PER = ("unit", "quantity", "line", "receipt", "each_amount", "each_units")
WHICH = ("cheapest", "dearest", "receipt_order")
EFFECTS = ("rate_bp", "amount_minor", "price_minor")
BASES = ("current", "original", "added_up")
IN_PART_OR_TO_NOTHING = ("in part", "to nothing")

VALUES = {
    "value: by tier",
    "value: by segment",
    "value: by_member, none",
    "value: personal, found",
    "value: personal, none",
    "value: a rate above the whole",
    "scale: on a bound",
    "percent on a marginal scale over all goods",
    "scale after original",
    "scale after earlier_lanes",
    *(
        f"scale whole {by} over {over}: {answer}"
        for by in ("quantity", "amount")
        for over in ("goods", "line")
        for answer in ("found", "below the first step")
    ),
    "scale whole receipt_amount over goods: found",
    "scale whole receipt_amount over goods: below the first step",
    *(
        f"scale marginal {form}: {many} steps"
        for form in ("quantity over line", "amount over line", "amount over goods")
        for many in ("0", "1", "several")
    ),
}
WISHES = (
    {
        f"percent {level} {rounding}: wished"
        for level in ("line", "unit", "total", "receipt")
        for rounding in ("half_up", "down", "up", "half_up_price")
    }
    | {"percent unit: a rest beyond whole units", "percent receipt: after another"}
    | {f"amount per {per}: wished" for per in PER}
    | {f"amount each_amount after {after}" for after in ("original", "earlier_lanes")}
    | {
        f"fixed_price per {per}: {answer}"
        for per in ("unit", "quantity", "line")
        for answer in ("reached", "already lower")
    }
    | {f"{kind}: granted" for kind in REWARDS}
    | {
        f"{kind} reduced_goods: {how}"
        for kind in REWARDS
        for how in ("count", "skip", "next", "refuse")
    }
)
UNITS = (
    {
        f"{kind} effect {effect}: wished"
        for kind in ("multibuy", "buy_get", "gift")
        for effect in EFFECTS
    }
    | {
        f"multibuy {which} {pick}{counts}"
        for which in WHICH
        for pick in ("each_group", "of_all")
        for counts in ("", ", rewarded_counts")
    }
    | {
        f"multibuy incomplete {how}: {pick}"
        for how in ("part", "gift")
        for pick in ("each_group", "of_all")
    }
    | {f"{kind}: nothing to add for a limit of units" for kind in ("multibuy", "buy_get", "gift")}
    | {"multibuy incomplete gift: told", "multibuy times: bounded"}
    | {f"buy_get {which}{counts}" for which in WHICH for counts in ("", ", rewarded_counts")}
    | {"buy_get: rewarded units among the bought", "buy_get times: reached"}
    | {
        f"buy_get incomplete {how}: {there}"
        for how in ("nothing", "part", "gift")
        for there in ("some", "none")
    }
    | {f"bundle {effect}: {many}" for effect in EFFECTS for many in ("once", "several times")}
    | {f"bundle {which}" for which in WHICH}
    | {"bundle price_minor: not worth more", "bundle times: reached"}
    | {f"gift {which}: all there" for which in WHICH}
    | {
        f"gift missing {how}: {there}"
        for how in ("nothing", "part", "gift")
        for there in ("some", "none")
    }
    | {"units: of a part of a line", "units: a weighed line", "units: a rest beyond whole units"}
)
GRANTING = (
    {
        f"spread by {by}, {left_over}, {full_line}"
        for by in ("value", "units")
        for left_over in ("largest_remainder", "first_lines", "last_line")
        for full_line in ("moves", "lapses")
    }
    | {
        f"spread left over: {left_over}"
        for left_over in ("largest_remainder", "first_lines", "last_line")
    }
    | {f"spread {full_line}: not all fits" for full_line in ("moves", "lapses")}
    | {"spread: a full line", "spread: a line without weight", "spread: a tie of remainders"}
    | {"spread: a maximum bounds a line"}
    | {f"maximum {name}: cut" for name in ("unit_minor", "line_minor")}
    | {f"maximum of a line: {how}" for how in ("part", "nothing")}
    | {
        f"bound {name}: {how}"
        for name in ("application_minor", "maximum_discount_minor", "budget", "cap")
        for how in (*IN_PART_OR_TO_NOTHING, "above nothing")
    }
    | {f"bound program limit on discount: {how}" for how in IN_PART_OR_TO_NOTHING}
    | {f"cut by a limit of units: {how}" for how in IN_PART_OR_TO_NOTHING}
    | {"bound campaign limit: in part", "points campaign's limit: in part"}
    | {f"bound program limit on {name}: to nothing" for name in ("purchases", "interval")}
    | {
        f"cut by {by}: {how}"
        for by in ("maximum", "floor", "budget", "limit", "cap")
        for how in IN_PART_OR_TO_NOTHING
    }
    | {"cap: not for delivery", "lines: no_discount stands against a reward"}
)
LANES = (
    {f"portions: a part, base {base}" for base in BASES}
    | {"portions: a part of a weighed line", "portions: of a delivery line"}
    | {f"discount lane base {base}: on a reduced line" for base in BASES}
    | {"lane: a contender has granted something in an earlier one"}
)
#: What happens between campaigns: the contests must reach it.
RULES_OF_MEETINGS = (
    {f"{phase} lane all any scope: met on a line" for phase in ("discount", "accrual")}
    | {f"{phase} lane first line: a line is closed" for phase in ("discount", "accrual")}
    | {f"{phase} lane first receipt: the lane is closed" for phase in ("discount", "accrual")}
    | {f"discount lane first unit: a line is closed {how}" for how in ("whole", "in part")}
    | {"discount lane first unit: met on a line"}
    | {
        f"discount lane {policy} unit: a contender beside itself on a line"
        for policy in ("first", "best_combination")
    }
    | {
        f"{phase} lane best {scope}: {what}"
        for phase in ("discount", "accrual")
        for scope in ("line", "receipt")
        for what in ("not the first", "a tie")
    }
    | {
        f"discount lane best_combination {scope}: {what}"
        for scope in ("line", "unit")
        for what in (
            *("0 granted", "1 granted", "several granted"),
            "more than the best of each line",
        )
    }
    | {"discount lane best_combination unit: a line is divided"}
    | {"combination: the best found so far"}
    | {
        f"exclusive {mark} in a {phase} lane: {what}"
        for mark in ("lane", "all")
        for phase in ("discount", "accrual")
        for what in ("alone", "granted nothing")
        if (mark, phase, what) != ("all", "discount", "alone")
    }
    | {f"exclusive all on the receipt: {what}" for what in ("alone", "granted nothing")}
    | {
        f"exclusive below in a {phase} lane {policy}: {whom}"
        for phase in ("discount", "accrual")
        for policy in ("all", "first", "best", "best_combination")
        for whom in ("others", "nobody")
        if (phase, policy) != ("accrual", "best_combination")
    }
    | {f"not_with: kept apart in a {phase} lane" for phase in ("discount", "accrual")}
    | {"added_up: a second rate on a line", "added_up: rates above the whole"}
)
POINTS = (
    {"accrual: a guest earns nothing", "accrual: nothing when points are spent"}
    | {"accrual: a line does not earn", "accrual: a tier's multiplier", "accrual: no tier"}
    | {f"accrual: the part paid with points {where}" for where in ("in", "out")}
    | {
        f"accrual base {base}: of a line with a discount{spread}"
        for base in ("after_discounts", "before_discounts", "without_receipt_discounts")
        for spread in ("", ", spread")
    }
    | {f"points_amount per {per}: wished" for per in PER}
    | {
        f"points rounded {rounding}, level {level}"
        for rounding in ("down", "nearest", "up")
        for level in ("receipt", "reward", "line")
    }
    | {"points level receipt: after another", "points: not tier_multiplied"}
    | {f"points in the {which} currency" for which in ("first", "another")}
    | {f"points maximum: {how}" for how in ("part", "nothing")}
    | {f"points program's limit: {how}" for how in IN_PART_OR_TO_NOTHING}
    | {f"points cut by a limit of units: {how}" for how in ("in part", "whole")}
    | {f"points dates of the {whose}" for whose in ("program", "reward")}
    | {f"points dates with {name}" for name in ("delay_days", "days", "months", "end_of", "on")}
    | {"points dates with end_of and months"}
    | {f"points dates on: {what}" for what in ("ended", "not yet", "on its bound")}
    | {"points: of a part of a line", "points beside a discount of the same campaign"}
    | {"points_multiplier: not what its own lane gave"}
    | {"points_multiplier: not another currency"}
)

RULES_OF_REWARDS = VALUES | WISHES | UNITS | GRANTING | LANES | POINTS
