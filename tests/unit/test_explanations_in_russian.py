"""Explanations and rules in Russian have no English words, but for codes and names."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.schema.conditions import Condition
from checkout.engine.schema.limits import Measure, Period
from checkout.engine.schema.program import PointCurrency
from checkout.flows.in_words import InWords
from checkout.wording.kinds import CODES, KINDS, REWARDS, WHYS, kind_text
from checkout.wording.speech import speaking
from tests.oracle.running import FACTS, RECEIPT, compiled
from tests.scenarios.test_explain_in_words import A_100, CONDITIONS, IDENTIFIED, REST
from tests.unit import condition_cases
from tests.unit.test_condition_texts import TOLD
from tests.unit.test_limits import limit_of
from tests.unit.test_nothing_given import CASES
from tests.unit.test_verdicts import BEATEN
from tests.unit.verdict_cases import MEMBER, percent, shop
from tests.unit.wording_samples import SAMPLES, document_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

Doc = dict[str, Any]

POINTS: Final = PointCurrency(code="points", name="Points", exponent=1)
RUBLES: Final = InWords(2, "₽", [POINTS])
_WORD: Final = re.compile("[A-Za-z_]{2,}")
#: What a partner may have called something, of which the schema has a word, too.
_OURS: Final = {*CODES, *KINDS, *REWARDS} - {"goods", "place", "coupon", "age", "points"}


def strings_of(document: object) -> Iterator[str]:
    """What somebody wrote into a document; its keys are ours."""
    if isinstance(document, dict):
        for value in document.values():
            yield from strings_of(value)
    elif isinstance(document, list | tuple | set | frozenset):
        for value in document:
            yield from strings_of(value)
    elif isinstance(document, str) and document not in _OURS:
        yield document
    elif not isinstance(document, str | int | None):
        yield str(document)


def english_in(texts: object, *documents: object) -> list[str]:
    """Texts with Latin words that are neither codes nor names of the documents."""
    allowed = {word for told in strings_of(documents) for word in _WORD.findall(told)}
    return [text for text in strings_of(texts) if set(_WORD.findall(text)) - allowed]


def conditions() -> Iterator[tuple[Doc, Doc]]:
    """Conditions with a sale: those that are told in English elsewhere, and one of each kind."""
    yield from ((condition, receipt) for condition, receipt, *_ in TOLD)
    for form in get_args(get_args(Condition)[0]):
        _, shortest = SAMPLES[form]
        inner = [{"kind": "identified"}, {"kind": "gender", "genders": ["female"]}]
        of: Doc = {"not": {"of": inner[0]}, "all": {"of": inner}, "any": {"of": inner}}
        document = shortest | of.get(shortest["kind"], {})
        yield document, {}
        yield document, {"member": {"lifecycle": "sleeping", "gender": "male"}}


@pytest.mark.parametrize(("condition", "receipt"), list(conditions()))
def test_what_conditions_need_and_saw(condition: Doc, receipt: Doc) -> None:
    """Of every kind, with a guest and with a member."""
    made, case = condition_cases.compiled(condition, **receipt)
    with speaking("ru"):
        told = [made.needed_in(RUBLES), made.seen_in(RUBLES, case)]
    # Of the test's own receipts: the codes of their places, goods and tenders.
    world = ["one", "chain", "north", "mini", "milk", "wine", "cash", "card", "till"]
    assert english_in(told, world, condition, receipt) == []


def considered(snapshot: Doc, receipt: Doc, facts: Doc) -> list[str]:
    """All that an explanation says of campaigns, but for codes that stand alone."""
    with speaking("ru"):
        outcome = evaluate(
            compiled(snapshot),
            FACTS.validate_python(facts),
            RECEIPT.validate_python(receipt),
            Explain.FULL,
            "y",
            words=RUBLES,
        )
        return [
            text
            for one in outcome.considered
            for text in (kind_text(one.condition), one.needed, one.seen)
        ]


@pytest.mark.parametrize("case", [*CASES, *BEATEN, *REST, *range(len(CONDITIONS))])
def test_why_a_campaign_did_not_apply(case: str | int) -> None:
    """Unmet, beaten, cut or nothing for it: what is said of each campaign of a receipt."""
    receipt: Doc = A_100
    facts: Doc = MEMBER
    if isinstance(case, int):
        snapshot = shop({"code": "y", "when": CONDITIONS[case][0], "rewards": [percent(1_000)]})
    elif case in BEATEN:
        rules, lanes, receipt, _ = BEATEN[case]
        snapshot = shop(*rules, lanes=lanes)
    elif case in REST:
        snapshot, receipt, _ = REST[case]
    else:
        snapshot, receipt, facts, *_ = CASES[case]
    assert english_in(considered(snapshot, receipt, facts), snapshot, receipt, facts) == []


@pytest.mark.parametrize(("measure", "period"), list(product(Measure, Period)))
def test_what_limits_bound(measure: Measure, period: Period) -> None:
    """Each measure in each period, for a guest."""
    hours: dict[str, Any] = {"rolling_hours": 48} if period is Period.ROLLING else {}
    limit = limit_of(name="1", subject="member", measure=measure, period=period, **hours)
    _, case = condition_cases.compiled({"kind": "identified"})
    with speaking("ru"):
        told = limit.failure(case, RUBLES)
    assert told is not None
    assert english_in([kind_text(told[0]), *told[1:]]) == []


def test_bounds_are_written_with_their_unit() -> None:
    """Money as money, points with the decimals of their currency, quantities without noughts."""
    _, case = condition_cases.compiled({"kind": "identified"})
    told = []
    with speaking("ru"):
        for measure in (Measure.DISCOUNT, Measure.POINTS, Measure.QUANTITY, Measure.UNITS):
            limit = limit_of(name="1", subject="member", measure=measure, period="day", bound=1_500)
            failure = limit.failure(case, RUBLES)
            assert failure is not None
            told.append(failure[1].replace("\u00a0", " ").partition(" за ")[0])
    assert told == [
        "1: не больше 15,00 ₽ (скидка)",
        "1: не больше 150,0 (баллы)",
        "1: не больше 1,5 (количество)",
        "1: не больше 1500 (единицы)",
    ]


def test_what_had_no_room_is_written_with_its_unit() -> None:
    """A cap cuts a discount in money, a limit cuts points in their currency."""
    earned: Doc = {"kind": "points_amount", "lane": "earn", "points_minor": 25}
    limit = {"code": "l", "name": "L", "bound": 0, "period": "receipt", "above": "no_reward"}
    for reward, measure, room in (
        (earned, "points", "место для 2,5\u00a0points"),
        (percent(1_000), "discount", "место для 10,00\u00a0₽"),
    ):
        snapshot = shop(
            {"code": "y", "rewards": [reward]},
            {"code": "x", "rewards": [percent(1)]},
            limits=[limit | {"measure": measure}],
        )
        assert considered(snapshot, A_100, MEMBER)[-2] == room


def test_every_word_of_explanations_is_said() -> None:
    """Kinds of conditions and rewards, why something gave nothing, and words of the schema."""
    with speaking("ru"):
        told = [kind_text(kind) for kind in (*KINDS, *REWARDS, *WHYS)]
        told += [RUBLES.code(code) for code in CODES]
    assert english_in(told) == []


@pytest.mark.parametrize("form", list(SAMPLES), ids=lambda form: form.__name__)
def test_rules_of_every_form(form: Any) -> None:
    """What a manager reads of a rule."""
    _, shortest = SAMPLES[form]
    # What is empty is no rule.
    needed: dict[str, Doc] = {
        "all": {"of": [IDENTIFIED]},
        "any": {"of": [IDENTIFIED]},
        "not": {"of": IDENTIFIED},
        "place": {"stores": ["one"]},
    }
    more = needed.get(shortest.get("kind", ""), {})
    with speaking("ru"):
        told = words(form, more)
    # What our own sentences name as it stands.
    usual = ["SAVE", "save", "UTC", "EAN"]
    assert english_in(told, document_of(form, more), usual) == []
