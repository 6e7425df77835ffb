"""Forms that start a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wtforms import BooleanField, DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from admin.members.forms import USES_MAX, AmountField, DeskForm, ReasonField
from admin.records.forms import NumberRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from admin.codes.series import Series

#: More at once are an affair of the loaders, which write a million by COPY.
CODES_MAX: Final = 1_000_000


class IssueForm(DeskForm):
    """What both have: a series, and how many."""

    series = SelectField(validators=[InputRequired()])
    total = IntegerField(validators=[InputRequired(), NumberRange(1, CODES_MAX)])

    def offer_series(self, series: Iterable[Series]) -> None:
        """Those that the partner's rules have."""
        self.series.choices = [
            (one.code, one.code if one.name == one.code else f"{one.name} ({one.code})")
            for one in series
        ]


class CertificatesForm(IssueForm):
    face = AmountField(required=False)
    activate = BooleanField()
    reason = ReasonField()


class CardsForm(IssueForm):
    """Of a type instead of a series."""

    reason = ReasonField()


class CouponsForm(IssueForm):
    uses_max = IntegerField(validators=[InputRequired(), NumberRange(1, USES_MAX)], default=1)
    valid_until = DateField(validators=[Optional()])
    reason = ReasonField()
