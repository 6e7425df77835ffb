"""How much of an explanation is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import ID_CHARACTERS_MAX
from checkout.engine.evaluate import Explain
from checkout.refusals import Reason
from checkout.v1 import checkout_service_pb2 as pb
from checkout.wording.speech import LANGUAGES

if TYPE_CHECKING:
    from checkout.api.violations import Violations

_LEVELS: Final = {
    pb.EXPLAIN_LEVEL_UNSPECIFIED: Explain.APPLIED,
    pb.EXPLAIN_LEVEL_NONE: Explain.NONE,
    pb.EXPLAIN_LEVEL_APPLIED: Explain.APPLIED,
    pb.EXPLAIN_LEVEL_FULL: Explain.FULL,
}


def decode_explain(
    explain: pb.ExplainLevel, explain_campaign: str, found: Violations, *, hold: bool = False
) -> Explain:
    """The level; the default one, with a violation, if it cannot be had."""
    level = _LEVELS.get(explain)
    if level is None:
        found.add(Reason.FIELD_INVALID, "explain", "explain is a level of the contract, or absent")
    if hold and explain != pb.EXPLAIN_LEVEL_UNSPECIFIED:
        found.add(
            Reason.FIELD_INVALID, "explain", "a quote that holds explains what it does by default"
        )
    found.text("explain_campaign", explain_campaign, ID_CHARACTERS_MAX)
    found.same_form("explain_campaign", explain_campaign)
    if explain_campaign and level is not Explain.FULL:
        found.add(
            Reason.FIELD_INVALID, "explain_campaign", "only a full explanation covers one campaign"
        )
    return level or Explain.APPLIED


def decode_language(language: str, found: Violations) -> None:
    """In which language conditions are told: one that we speak, or none."""
    if language and language not in LANGUAGES:
        found.add(
            Reason.FIELD_INVALID,
            "language",
            f"language is {' or '.join(LANGUAGES)}, or absent",
            {"language": language[:ID_CHARACTERS_MAX]},
        )
