"""Which histories an order explains, and which none does: made by hand, without a service (MT4)."""

from __future__ import annotations

import copy
import datetime as dt
from typing import TYPE_CHECKING, Final

import pytest

from tests.model.comparison import differences, seen_in_model
from tests.model.histories import Call, explained
from tests.model.model import Model
from tests.model.values import MOMENT, OK, Sale

if TYPE_CHECKING:
    from tests.model.comparison import Seen
    from tests.model.values import Answer

ANN, BOB = "m000", "m001"
MONDAY: Final = dt.datetime(2030, 1, 7, 10, tzinfo=dt.UTC)
#: More than half of what each has.
POINTS: Final = 45_00
APPLES: Final = (("apple", 3),)
TOWEL: Final = (("towel", 1),)


def shop() -> Model:
    """Two members with points, a coupon, and a certificate."""
    model = Model([ANN, BOB], MONDAY)
    begun = [Call("adjust", (f"c-{who}", who, 60_00)) for who in (ANN, BOB)]
    begun += [Call("issue", ("k000",)), Call("make_certificate", ("v000", "gift", True))]
    for call in begun:
        model.now += MOMENT
        assert call.of(model)[0] == OK
    return model


def buy(name: str, sale: Sale) -> Call:
    return Call("buy", (name, sale))


def served(model: Model, *calls: Call) -> tuple[list[Answer], Seen]:
    """The answers of a service that makes calls one by one, and what can be seen of it then."""
    done = copy.deepcopy(model)
    answers = []
    for call in calls:
        done.now += MOMENT
        answers.append(call.of(done))
    return answers, seen_in_model(done)


def written_over(model: Model, *calls: Call) -> tuple[list[Answer], Seen]:
    """The same of one that reads for all before it writes: the last one's rows are what is left."""
    answers: list[Answer] = []
    before, seen = seen_in_model(model), seen_in_model(model)
    for call in calls:
        [answer], alone = served(model, call)
        answers.append(answer)
        for kind, rows in seen.items():
            had, has = before[kind], alone[kind]
            rows.update({name: row for name, row in has.items() if row != had.get(name)})
            for name in had.keys() - has.keys():
                rows.pop(name, None)
    return answers, seen


#: Of each pair the one that comes second must be answered otherwise, or find other rows.
RIVALS: Final = {
    "points are spent twice": (
        buy("p1", Sale(ANN, APPLES, POINTS)),
        buy("p2", Sale(ANN, APPLES, POINTS)),
    ),
    "points are spent and frozen": (
        buy("p1", Sale(ANN, APPLES, POINTS)),
        Call("freeze", ("f1", ANN, None)),
    ),
    "points are spent and taken": (
        buy("p1", Sale(ANN, APPLES, POINTS)),
        Call("adjust", ("c1", ANN, -POINTS)),
    ),
    "points are held twice": (
        Call("hold", ("p1", Sale(ANN, APPLES, POINTS), 30)),
        Call("hold", ("p2", Sale(ANN, APPLES, POINTS), 30)),
    ),
    "points are spent and end with a person": (
        buy("p1", Sale(ANN, APPLES, POINTS)),
        Call("erase", (ANN, True)),
    ),
    "points are spent and move to another member": (
        buy("p1", Sale(ANN, APPLES, POINTS)),
        Call("merge", ("m1", ANN, BOB)),
    ),
    "a coupon is used twice": (
        buy("p1", Sale(ANN, TOWEL, coupon="k000")),
        buy("p2", Sale(BOB, TOWEL, coupon="k000")),
    ),
    "a certificate pays twice": (
        buy("p1", Sale("", APPLES, certificate="v000")),
        buy("p2", Sale("", APPLES, certificate="v000")),
    ),
    "a use of a budget is not counted": (
        buy("p1", Sale("", (("bread", 1),))),
        buy("p2", Sale("", (("bread", 1),))),
    ),
    "a use of a weekly limit is not counted": (
        buy("p1", Sale(ANN, (("soap", 1),))),
        buy("p2", Sale(ANN, (("soap", 1),))),
    ),
    "a gift is not taken off its stock": (
        Call("give", ("g1", ANN, 1)),
        Call("give", ("g2", BOB, 1)),
    ),
}


@pytest.mark.parametrize("rivals", RIVALS.values(), ids=RIVALS)
def test_calls_one_after_the_other_are_explained(rivals: tuple[Call, Call]) -> None:
    """In whatever order they were made; the model goes on from where that led."""
    model = shop()
    for calls in (rivals, rivals[::-1]):
        answers, seen = served(model, *calls)
        told = dict(zip(calls, answers, strict=True))
        found = explained(model, [(call, told[call]) for call in rivals], seen)
        assert found is not None
        assert differences(seen_in_model(found), seen) == []


@pytest.mark.parametrize("rivals", RIVALS.values(), ids=RIVALS)
def test_calls_that_write_over_each_other_are_not(rivals: tuple[Call, Call]) -> None:
    """Both were answered as if they were alone: whichever wrote last, no order explains that."""
    model = shop()
    for calls in (rivals, rivals[::-1]):
        answers, seen = written_over(model, *calls)
        assert [reason for reason, _ in answers] == [OK, OK]
        assert explained(model, list(zip(calls, answers, strict=True)), seen) is None


SALE: Final = buy("p1", Sale(ANN, APPLES, POINTS))


def test_an_answer_that_no_order_gives_is_not_explained() -> None:
    """The till was told of other money than was taken."""
    model = shop()
    [(reason, numbers)], seen = served(model, SALE)
    told = reason, numbers | {"pays": numbers["pays"] - 1}
    assert explained(model, [(SALE, told)], seen) is None


def test_a_refusal_without_a_reason_is_not_explained() -> None:
    """Nothing was done, and nothing was in its way."""
    model = shop()
    assert explained(model, [(SALE, ("INSUFFICIENT_POINTS", {}))], seen_in_model(model)) is None


def test_what_was_told_and_is_not_there_is_not_explained() -> None:
    """A lost sale; and one of which only half is there."""
    model = shop()
    [answer], seen = served(model, SALE)
    before = seen_in_model(model)
    assert explained(model, [(SALE, answer)], before) is None
    assert explained(model, [(SALE, answer)], seen | {"lots": before["lots"]}) is None


def test_what_nobody_was_told_and_is_there_is_not_explained() -> None:
    """Made by no call, or by one of which the service said that it wrote nothing."""
    model = shop()
    _, seen = served(model, SALE)
    assert explained(model, [], seen) is None
    assert explained(model, [(SALE, ("STORAGE_UNAVAILABLE", {}))], seen) is None


def test_a_call_without_an_answer_may_have_been_done_or_not_but_not_half() -> None:
    """Its client went away."""
    model = shop()
    _, seen = served(model, SALE)
    before = seen_in_model(model)
    for there in (before, seen):
        found = explained(model, [(SALE, None)], there)
        assert found is not None
        assert differences(seen_in_model(found), there) == []
    assert explained(model, [(SALE, None)], seen | {"lots": before["lots"]}) is None
