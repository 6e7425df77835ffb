"""Which of several equally good combinations the engine took: its outcome is the hint."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_claims import uses_of_campaign
from tests.oracle.oracle_limits import OF_LINES, measure_of

if TYPE_CHECKING:
    from tests.oracle.oracle_combination import Combination, Search
    from tests.oracle.oracle_lanes import Lane

Doc = dict[str, Any]
#: Campaign, limit, article (with `each_sku`) and uses.
Claim = tuple[str, str, str, int]

#: Rewards that count units; any article.
COUNTING = {"multibuy", "buy_get", "bundle", "gift"}
ANY = "*"
#: So many equally good combinations are compared with the engine's outcome.
EXPLANATIONS_MAX = 300


def explains(search: Search, combination: Combination) -> bool:
    """Whether a combination leads to the engine's result, if that is known."""
    hint = search.lane.work.sale.hint
    if hint is None:
        return True
    wanted = result_of_hint(search.lane, hint)
    result = result_of(search, combination)
    elsewhere = worked_elsewhere(search.lane, hint)
    return (
        dataclasses.replace(result, claims=wanted.claims) == wanted
        and uses_within(result.claims, wanted.claims, elsewhere) >= 0
    )


def the_one_that_explains(search: Search, equal: list[Combination]) -> Combination:
    """Of equally good combinations the one that leads to the engine's result, if there is one."""
    hint = search.lane.work.sale.hint
    if hint is None or len(equal) == 1:
        return equal[0]
    wanted = result_of_hint(search.lane, hint)
    likely = [each for each in equal if granted_alone_as_hinted(search, each, wanted)]
    likely += [each for each in equal if each not in likely]
    # A later lane may add to the claims: then the one nearest to them from below is the likeliest.
    but_for_claims, most = None, -1
    elsewhere = worked_elsewhere(search.lane, hint)
    for combination in likely[:EXPLANATIONS_MAX]:
        result = result_of(search, combination)
        if result == wanted:
            return combination
        uses = uses_within(result.claims, wanted.claims, elsewhere)
        if uses > most and dataclasses.replace(result, claims=wanted.claims) == wanted:
            but_for_claims, most = combination, uses
    return but_for_claims or likely[0]


def worked_elsewhere(lane: Lane, hint: Doc) -> set[tuple[str, str]]:
    """Campaign and article that the engine's other lanes may have used; no article: any.

    Where something was granted; rewards that count units also use lines without.
    """
    counting = {
        (campaign["code"], reward["lane"])
        for campaign in lane.contenders
        for reward in campaign["rewards"]
        if reward["kind"] in COUNTING
    }
    found = set()
    for line in hint["lines"]:
        for each in [*line["discounts"], *line["points"]]:
            if each["lane"] != lane.code:
                code = each["campaign"]
                found |= {(code, line["sku"]), (code, "")}
                if (code, each["lane"]) in counting:
                    found.add((code, ANY))
    return found


def uses_within(claims: list[Claim], wanted: list[Claim], elsewhere: set[tuple[str, str]]) -> int:
    """The sum of claims; below 0 if one is above the wanted one, or below for no reason."""
    had = {claim[:3]: claim[3] for claim in claims}
    bounds = {claim[:3]: claim[3] for claim in wanted}
    for key in had | bounds:
        campaign, _, sku = key
        less = bounds.get(key, 0) - had.get(key, 0)
        if less < 0 or (less > 0 and elsewhere.isdisjoint({(campaign, sku), (campaign, ANY)})):
            return -1
    return sum(had.values())


@dataclass
class Result:
    """What a lane led to: what is told of it, discounts by line, cuts, what the till should add."""

    #: Without limits and cap of the program, which may leave nothing of two that differ in it.
    value: int

    discounts: list[list[Doc]]
    cuts: list[Doc]
    gifts: list[Doc]
    #: Uses of limits of units: also of lines on which nothing was granted, as far as known here.
    claims: list[Claim]


def of_lane(lane: Lane, docs: list[Doc]) -> list[Doc]:
    """Those of this lane."""
    return [each for each in docs if each["lane"] == lane.code]


def result_of_hint(lane: Lane, hint: Doc) -> Result:
    """What the engine's outcome says about this lane."""
    discounts = [of_lane(lane, line["discounts"]) for line in hint["lines"]]
    skus = {
        (campaign["code"], limit["code"]): limit.get("each_sku", False)
        for campaign in lane.contenders
        for limit in limits_of_units(lane, campaign)
    }
    claims = []
    for each in hint["limit_claims"]:
        key = each["campaign"], each["limit"]
        if key in skus:
            claims.append((*key, each["slot"].partition("/")[2] if skus[key] else "", each["uses"]))
    value = sum(each["value_minor"] for each in of_lane(lane, hint["combinations"]))
    return Result(
        value, discounts, of_lane(lane, hint["cuts"]), of_lane(lane, hint["gifts"]), sorted(claims)
    )


def limits_of_units(lane: Lane, campaign: Doc) -> list[Doc]:
    """The limits of a campaign that count units, quantities or amounts."""
    return [each for each in lane.work.sale.limits(campaign) if measure_of(each) in OF_LINES]


def claims_of(lane: Lane) -> list[Claim]:
    """What the contenders used of such limits so far."""
    sale = lane.work.sale
    before, sale.worked = sale.worked, lane.work.worked
    claims = [
        (campaign["code"], limit["code"], sku, uses)
        for campaign in lane.contenders
        if campaign["code"] in lane.work.granted
        for limit in limits_of_units(lane, campaign)
        if limit["period"] != "receipt"
        for sku, uses in uses_of_campaign(sale, campaign, limit).items()
        if uses
    ]
    sale.worked = before
    return sorted(claims)


def granted_alone_as_hinted(search: Search, combination: Combination, wanted: Result) -> bool:
    """Whether what each would be granted alone is already what the engine granted."""
    hinted: dict[tuple[str, int], int] = {}
    for number, discounts in enumerate(wanted.discounts):
        for each in discounts:
            key = each["campaign"], number
            hinted[key] = hinted.get(key, 0) + each["granted_minor"]
    granted: dict[tuple[str, int], int] = {}
    for campaign in search.contenders:
        code = campaign["code"]
        if combination.values[code]:
            amounts, _ = search.granted_alone(campaign, combination.shares[code])
            granted |= {(code, search.lines.index(line)): n for line, n in amounts.items()}
    return granted == hinted


def result_of(search: Search, combination: Combination) -> Result:
    """What would follow if each worked on what the combination gives it."""
    lane = search.lane
    work = lane.work
    value = search.taken_off(combination)
    with work.taken_back():
        trial = lane.as_it_opened(search.contenders, {})
        trial.alone = False
        trial.shares = combination.shares
        for campaign in search.contenders:
            if combination.shares.get(campaign["code"]):
                trial.work_one(campaign)
        discounts = [of_lane(lane, line.discounts) for line in search.lines]
        cuts, gifts = of_lane(lane, work.cuts), of_lane(lane, work.gifts)
        return Result(value, discounts, cuts, gifts, claims_of(lane))
