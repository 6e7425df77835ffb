"""What the service publishes so far: asked of the check itself, on rules with one thing in them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.certificates import CertificateKind, CertificateSeries
from checkout.engine.schema.conditions import All, Not
from checkout.engine.schema.conditions import Any as AnyOf
from checkout.engine.schema.gifts import ProgramGift
from checkout.engine.schema.limits import Limit, Measure, Period, Subject
from checkout.engine.schema.member_conditions import Identified
from checkout.engine.schema.program import Program
from checkout.engine.schema.snapshot import Snapshot
from checkout.flows.served import unserved
from checkout.stories.reference.chapters import CONDITIONS, ISSUES

if TYPE_CHECKING:
    from pydantic import BaseModel

_ANY: Final = "any"
#: A limit that is counted.
_LIMIT: Final[dict[str, Any]] = {
    "code": _ANY,
    "measure": Measure.PURCHASES,
    "bound": 1,
    "subject": Subject.MEMBER,
    "period": Period.DAY,
    "each_sku": False,
}
#: What stands inside the conditions that need something inside.
_INSIDE: Final[dict[type, Any]] = {All: (), AnyOf: (), Not: Identified()}


def is_served(form: type[BaseModel]) -> bool:
    """Whether rules with this form are published."""
    if form in CONDITIONS:
        return _is_published(when=form.model_construct(of=_INSIDE.get(form)))
    if form in ISSUES:
        return _is_published(issues=(form.model_construct(series=_ANY, gift=_ANY),))
    return True


def is_answer_served(form: type[BaseModel], field: str, answer: str) -> bool:
    """Whether rules with this answer to a question of the form are published."""
    if not issubclass(form, Limit):
        return is_served(form)
    kind = form.model_fields[field].annotation
    value: object = answer == "true"
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        value = kind(answer)
    return _is_published(limits=(Limit.model_construct(**(_LIMIT | {field: value})),))


def _is_published(**parts: object) -> bool:
    """Whether a campaign of nothing but these parts is."""
    empty: dict[str, Any] = {"program": _ANY, "when": None, "issues": (), "limits": ()}
    campaign: dict[str, Any] = {"code": _ANY} | empty | parts
    series: dict[str, Any] = {"code": _ANY, "kind": CertificateKind.MONEY}
    program: dict[str, Any] = {
        "code": _ANY,
        "limits": (),
        "certificates": (CertificateSeries.model_construct(**series),),
        "gifts": (ProgramGift.model_construct(code=_ANY, name=_ANY),),
    }
    rules: dict[str, Any] = {
        "programs": (Program.model_construct(**program),),
        "campaigns": (Campaign.model_construct(**campaign),),
    }
    return not unserved(Snapshot.model_construct(**rules))
