"""A program's gifts in words: what one costs, where and when it is given, if it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.gifts import GiftPeriod
from checkout.wording.names import titled
from checkout.wording.phrases import phrases
from checkout.wording.schedules import schedule_texts
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import counted, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.gifts import ProgramGift
    from checkout.wording.names import Names


_PERIODS: Final = phrases(
    GiftPeriod,
    {
        GiftPeriod.DAY: " a day",
        GiftPeriod.WEEK: " a week, which begins on Monday",
        GiftPeriod.MONTH: " a calendar month",
        GiftPeriod.LIFETIME: " in all",
    },
)


def gifts_in_words(names: Names) -> Iterator[Sentence]:
    """What can be handed out for points, or by campaigns."""
    if not names.program.gifts:
        yield Sentence(say("There are no gifts."))
        return
    for gift in names.program.gifts:
        about = f" {gift.description}" if gift.description else ""
        text = f"{titled(gift.code, gift.name)}.{about}"
        yield Sentence(text, plain(*_settings(names, gift)))
    yield Sentence(say("What is given when everything of a sale comes back, comes back with it."))


def _settings(names: Names, gift: ProgramGift) -> Iterator[str]:
    if gift.sku:
        yield say("It is the article {articles}.", articles=names.articles((gift.sku,)))
    if gift.points_minor:
        price = names.points(gift.points_minor, gift.currency or names.main_currency)
        yield say("A member pays {price} for one; campaigns give it for nothing.", price=price)
    else:
        yield say("It costs a member nothing.")
    if gift.counted:
        yield say("No more are given than are in stock.")
    else:
        yield say("As many are given as are wanted.")
    if gift.per_member is not None:
        bound = counted(gift.per_member.bound, "piece")
        yield say(
            "Operators give one member at most {bound}{periods}.",
            bound=bound,
            periods=_PERIODS[gift.per_member.period],
        )
    else:
        yield say("Operators give one member as many as they like.")
    if gift.stores:
        yield say("Only in {stores}.", stores=names.stores(gift.stores))
    else:
        yield say("In every store of the program.")
    times = tuple(schedule_texts(gift.schedule))
    if times:
        yield say("By local time: {times}.", times=", ".join(times))
    else:
        yield say("At any time.")
