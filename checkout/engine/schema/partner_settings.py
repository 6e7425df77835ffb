"""The typed schema of a partner's settings: what each means, its unit, its bounds, its default.

The form of the pages and the service read the same schema. Settings lie in one column, where
people and loaders may write past the form: what does not follow the schema never reaches a sale. A
setting at fault is as it was while it was good, else as `CAUTIOUS` has it.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.schema.document import Document, NotNegative, Whole
from checkout.engine.told import told

#: Sales are taken so many days after they were made, unless the partner says otherwise; at most.
LATE_DAYS: Final = 7
LATE_DAYS_MAX: Final = 31
CARD_PREFIXES_MAX: Final = 50

LateDays = Annotated[
    Whole, Field(ge=0, le=LATE_DAYS_MAX, description="Days after the sale that it may be told")
]
CardPrefix = Annotated[
    str, Field(pattern=r"^[0-9A-Z]{1,32}$", description="First digits or capitals of card numbers")
]


class NumberClash(enum.StrEnum):
    """What becomes of a sale whose receipt number another sale has."""

    FLAG = "flag"
    REFUSE = "refuse"


class Approval(enum.StrEnum):
    """Who approves rules: nobody who wrote any of them, or anybody."""

    ANOTHER = "another"
    ANYBODY = "anybody"


class Offline(Document):
    """What tills may do by themselves; without an allowance nothing may be spent."""

    late_days: LateDays = LATE_DAYS
    terminal_minor: Annotated[
        NotNegative | None, Field(description="Money's worth of points a day and terminal")
    ] = None
    card_minor: Annotated[
        NotNegative | None, Field(description="Money's worth of points a day and card")
    ] = None


class WithoutReceipt(Document):
    """Goods that come back without a receipt."""

    terminal_minor: Annotated[
        NotNegative, Field(description="Money that a terminal may pay out for them in a day")
    ] = 0


class ByHand(Document):
    """Purchases that operators add by hand; without an allowance nobody may."""

    late_days: LateDays = LATE_DAYS
    author_minor: Annotated[
        NotNegative | None, Field(description="Money that one author may add in a day")
    ] = None


class PartnerSettings(Document):
    """All that a partner sets for itself."""

    phone_country: Annotated[
        str,
        Field(
            pattern=r"^([1-9][0-9]{0,2})?$",
            description="Country code, without +, of phones of ten digits; empty: they have one",
        ),
    ] = ""
    card_prefixes: Annotated[
        tuple[CardPrefix, ...],
        Field(
            max_length=CARD_PREFIXES_MAX,
            description="Numbers that begin so are the partner's cards, never payment cards",
        ),
    ] = ()
    receipt_number_clash: NumberClash = NumberClash.FLAG
    offline: Offline = Offline()
    returns_without_receipt: WithoutReceipt = WithoutReceipt()
    manual_purchases: ByHand = ByHand()
    four_eyes_above_minor: Annotated[
        NotNegative | None,
        Field(
            description="What one author corrects in a day, in minor units of each point currency,"
            " before another has to agree; absent: nobody has to"
        ),
    ] = None
    campaign_approval: Approval = Approval.ANOTHER


_NO_OBJECT: Final = told(
    "{wanted} belongs here, not {written}",
    wanted=told("an object with fields"),
    written=told("a list"),
)

#: Of a setting at fault of which no good value is known: nothing is given away unseen.
CAUTIOUS: Final = PartnerSettings(four_eyes_above_minor=0)


def settings_faults(document: object) -> list[Problem]:
    """What is wrong with settings, field by field; other words in them, as loaders keep, are not.

    Sentences are those of the engine's problems, which the wording says in other languages.
    """
    if not isinstance(document, dict):
        return [Problem("settings", _NO_OBJECT)]
    try:
        PartnerSettings.model_validate(known_settings(document))
    except ValidationError as error:
        return schema_faults(error, document, "")
    return []


def read_settings(document: object, before: PartnerSettings | None = None) -> PartnerSettings:
    """Settings as far as they are good; each at fault is as before, else cautious."""
    known = known_settings(document) if isinstance(document, dict) else None
    fallback = before or CAUTIOUS
    if known is None:
        return fallback
    good = {}
    for name, value in known.items():
        try:
            good[name] = getattr(PartnerSettings.model_validate({name: value}), name)
        except ValidationError:
            good[name] = getattr(fallback, name)
    return PartnerSettings.model_construct(**good)


def known_settings(document: dict[str, Any]) -> dict[str, Any]:
    """Those that the schema has."""
    return {name: value for name, value in document.items() if name in PartnerSettings.model_fields}
