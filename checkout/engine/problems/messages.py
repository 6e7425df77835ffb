"""Texts for customers and cashiers: variables that are filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.texts import VARIABLES
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.limits import LimitMessage

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_PLACES: Final = ("slip", "cashier", "display")


def check_messages(path: str, campaign: Campaign) -> Iterator[Problem]:
    """Messages of a campaign, in every language."""
    for i, message in enumerate(campaign.messages):
        here = f"{path}.messages[{i}]"
        yield from _check_text(f"{here}.text", message.text)
        for language, text in message.translations.items():
            yield from _check_text(f"{here}.translations[{language}]", text)


def check_limit_message(path: str, message: LimitMessage) -> Iterator[Problem]:
    """What a limit says, wherever it says something: nothing is filled in there."""
    for place in _PLACES:
        found = _VARIABLE.search(getattr(message, place))
        if found is not None:
            yield Problem(
                f"{path}.{place}",
                told(
                    "a limit's text is shown as it stands: {variable} would not be filled in",
                    variable=found.group(),
                ),
            )


def _check_text(path: str, text: str) -> Iterator[Problem]:
    if "{" not in text:
        return
    for name in _VARIABLE.findall(text):
        if name not in VARIABLES:
            yield Problem(
                path,
                told(
                    "there is no variable {{{name}}}; known: {known}",
                    name=name,
                    known=", ".join(sorted(VARIABLES)),
                ),
            )
