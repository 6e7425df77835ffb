"""How rules are said: conditions that nest, goods, schedules, scales, money of other exponents."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.documents import parse_snapshot
from checkout.stories.describe import described
from checkout.wording.numbers import factor_text, quantity_text, rate_text
from checkout.wording.phrases import both, either, phrases
from checkout.wording.speech import counted
from tests.unit.wording_shop import PERCENT, campaign, club, condition, goods, limit, reward

if TYPE_CHECKING:
    from collections.abc import Callable

Doc = dict[str, Any]


def told(document: Doc, heading: str, about: str = "c") -> list[str]:
    """The lines of one section of a campaign."""
    lines = list(described(parse_snapshot(document), about))
    start = lines.index(heading) + 1
    end = next(
        (i for i, line in enumerate(lines) if i > start and not line.startswith(" ")), len(lines)
    )
    return [line.removeprefix("  ") for line in lines[start:end]]


def test_nested_conditions_are_indented() -> None:
    """What must hold together is one list; what is an alternative or denied stands inside."""
    when = {
        "kind": "all",
        "of": [
            {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 100_000},
            {
                "kind": "any",
                "of": [
                    {"kind": "tier", "tiers": ["gold", "base"]},
                    {
                        "kind": "all",
                        "of": [
                            {"kind": "coupon", "code": "SAVE"},
                            {"kind": "not", "of": {"kind": "channel", "channels": ["app"]}},
                        ],
                    },
                    {"kind": "schedule", "schedule": {"weekdays": [6, 7], "time_from": "18:00"}},
                ],
            },
            {
                "kind": "not",
                "of": {
                    "kind": "any",
                    "of": [
                        {"kind": "segment", "segments": ["vip"]},
                        {"kind": "contains_goods", "goods": {"categories": ["wine"]}},
                    ],
                },
            },
        ],
    }
    assert told(condition(when), "When") == [
        "- A sale in a store of the program Club (club).",
        "- At any time.",
        (
            "- The sum of all goods and services is at least 1000.00 RUB, at prices before the"
            " discounts of campaigns."
        ),
        "- At least one of these holds:",
        "  - The member's tier is Gold (gold) or Base (base).",
        "  - All of these hold:",
        "    - The receipt carries the coupon code “SAVE” (capitals do not matter).",
        "    - Not: the sale is made through the channel app.",
        "  - The sale is made (local time of the till):",
        "    - on Saturdays and Sundays",
        "    - daily from 18:00 until midnight",
        "- Not: at least one of these holds:",
        "  - The member is in the segment vip.",
        "  - At least one line is of category Wine (wine) with all below.",
        (
            "- Conditions on the member do not hold for a guest, nor where the value is not known"
            " (and then “not” does)."
        ),
    ]


@pytest.mark.parametrize(
    ("denied", "text"),
    [
        ({"kind": "identified"}, "The sale has no member: it is that of a guest."),
        (
            {"kind": "tier", "tiers": ["gold"]},
            "Not (a guest meets this): the member's tier is Gold (gold).",
        ),
        ({"kind": "channel", "channels": ["a"]}, "Not: the sale is made through the channel a."),
        (
            {"kind": "not", "of": {"kind": "channel", "channels": ["a"]}},
            "Not: not: the sale is made through the channel a.",
        ),
    ],
)
def test_a_denial_says_for_whom_it_holds(denied: Doc, text: str) -> None:
    """What must not hold about a member does not hold for a guest, and that is said."""
    assert f"- {text}" in told(condition({"kind": "not", "of": denied}), "When")


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ({}, "all goods and services"),
        (
            {"skus": ["milk", "merlot"], "brands": ["Alpha"]},
            "article Milk (milk) or merlot or brand Alpha",
        ),
        ({"kinds": ["service", "delivery"]}, "services or delivery charges"),
        (
            {"kinds": ["goods"], "categories": ["dairy"], "price_max_minor": 9_900},
            "goods of category Dairy (dairy) with all below, only up to a shelf price of 99.00 RUB",
        ),
        (
            {"but_not": {"flags": ["alcohol", "tobacco"]}},
            "all goods and services, but not (anything flagged as alcohol or tobacco)",
        ),
    ],
)
def test_goods_are_named_as_the_catalogue_names_them(choice: Doc, text: str) -> None:
    """Lists are joined, narrowings follow, and what is left out is said."""
    assert told(goods(choice), "What")[0] == f"- 10 % off {text}."


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (
            {"starts_at": "2026-11-01T00:00:00", "ends_at": "2026-12-01T00:00:00"},
            "from 2026-11-01 00:00 on, until before 2026-12-01 00:00",
        ),
        (
            {"time_from": "22:00", "time_until": "06:00"},
            (
                "daily from 22:00 across midnight until before 06:00 (weekday and date are those of"
                " the moment itself)"
            ),
        ),
        (
            {"days_of_month": [1], "last_day_of_month": True},
            "on day 1 or the last day of a month",
        ),
    ],
)
def test_a_schedule_says_its_first_and_last_moment(schedule: Doc, text: str) -> None:
    """Ends are exclusive, nights go on, and the last day of a month stands beside its days."""
    lines = told(campaign({"schedule": schedule}), "When")
    assert lines[1] == f"- By the till's local time: {text}."


def test_a_scale_is_a_list_of_steps() -> None:
    """Each step has its bounds and its value; the head says what is measured and how."""
    scaled = {
        "kind": "fixed_price",
        "lane": "more",
        "per": "quantity",
        "scale": {
            "by": "quantity",
            "over": "line",
            "mode": "marginal",
            "steps": [{"from": 0, "value": 5_000}, {"from": 2_500, "value": 4_000}],
        },
    }
    assert told(reward(scaled), "What")[:5] == [
        (
            "- Fixed price: a price by a scale for each piece or kilogram of all goods and"
            " services, in proportion."
        ),
        (
            "  - The scale: the quantity of these goods on each line alone; each step counts for"
            " the part that lies in it:"
        ),
        "    - from 0 pieces/kg to below 2.5 pieces/kg: 50.00 RUB",
        "    - from 2.5 pieces/kg on: 40.00 RUB",
        "  - Rounded half up to 0.01 RUB, on each line.",
    ]


def test_percentages_say_where_they_are_taken_from_and_rounded() -> None:
    """The lane's base and the level of rounding stand in the campaign, not only in the program."""
    rules = club(
        {
            "lanes": [
                {"code": "off", "phase": "discount"},
                {"code": "more", "phase": "discount", "base": "added_up"},
            ]
        }
    )
    assert told(rules, "What")[:3] == [
        "- 10 % off all goods and services.",
        "  - Reckoned from the price before the discounts of campaigns.",
        (
            "  - Rounded half up to 0.01 RUB, on each line, together with the percentages before it"
            " in its lane."
        ),
    ]


def test_a_limit_says_what_for_whom_and_in_which_time() -> None:
    """One sentence for the bound, and below it what counts, who is left out and what is said."""
    rolling = {
        "code": "few",
        "name": "Few",
        "measure": "quantity",
        "bound": 2_500,
        "subject": "household",
        "period": "rolling",
        "rolling_hours": 72,
        "each_sku": True,
        "message": {"cashier": "No more."},
    }
    assert told(limit(rolling), "How far")[:6] == [
        (
            "- Limit Few (few): at most a quantity of 2.5 pieces/kg within any 72 hours, by the"
            " day, for each household."
        ),
        "  - What counts: all goods and services.",
        "  - Counted for each article alone.",
        "  - Where not all fit, the cheapest are rewarded.",
        "  - Guests do not get this campaign.",
        "  - When it cuts, the cashier reads: “No more.”",
    ]


def test_money_has_the_decimals_of_its_currency() -> None:
    """Yen have none, dinars three; what is rounded is rounded to the smallest part."""
    for exponent, text in ((0, "1500 JPY"), (3, "1.500 JPY")):
        document = campaign(
            {"rewards": [{**PERCENT, "kind": "amount", "rate_bp": None, "amount_minor": 1_500}]}
        )
        del document["campaigns"][1]["rewards"][0]["rate_bp"]
        document["partner"] = {
            "code": "p",
            "name": "P",
            "currency": {"code": "JPY", "exponent": exponent},
        }
        assert told(document, "What")[0].startswith(f"- {text} off for each unit")


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        (rate_text, 1_000, "10 %"),
        (rate_text, 1_050, "10.5 %"),
        (rate_text, 1, "0.01 %"),
        (rate_text, 0, "0 %"),
        (factor_text, 15_000, "1.5"),
        (factor_text, 100_000, "10"),
        (quantity_text, 10_000, "10 pieces/kg"),
        (quantity_text, 250, "0.25 pieces/kg"),
    ],
)
def test_numbers_lose_only_zeros_behind_the_point(
    shown: Callable[[int], str], value: int, text: str
) -> None:
    """Ten stays ten, and a hundredth of a percent is not lost."""
    assert shown(value) == text


def test_lists_of_words_end_with_a_word() -> None:
    """Alternatives end with or, what holds together with and; one is one."""
    assert either(["a"]) == "a"
    assert either(["a", "b", "c"]) == "a, b or c"
    assert both(["a", "b"]) == "a and b"
    assert (counted(1, "unit"), counted(2, "unit")) == ("1 unit", "2 units")


class _Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


def test_no_answer_goes_without_a_phrase() -> None:
    """A list of phrases that lacks an answer, or says two answers alike, does not even load."""
    assert phrases(_Colour, {_Colour.RED: "warm", _Colour.BLUE: "cold"})[_Colour.RED] == "warm"
    with pytest.raises(AssertionError, match="without a phrase"):
        phrases(_Colour, {_Colour.RED: "warm"})
    with pytest.raises(AssertionError, match="one phrase"):
        phrases(_Colour, {_Colour.RED: "warm", _Colour.BLUE: "warm"})
