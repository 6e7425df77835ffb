"""Conditions on members: the filters of their list, and what segments are made of.

A condition is a field of one form. A list has it in its address, a segment keeps what was typed;
both are read by `ConditionForm` and become SQL in `Conditions`: one meaning, written once.
Names, phones and addresses are no conditions: those find single people, for whom they may.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Select,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from starlette.datastructures import FormData
from wtforms import DateField, Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional

from admin.members.attribute_values import read_value
from admin.members.currencies import Worth
from admin.members.forms import AmountField
from admin.records.forms import CODE_CHARACTERS_MAX, NumberRange, RecordForm, plain_text
from admin.records.tables import Account, Member, MemberProfile, Participation
from admin.texts import say
from admin.texts.dates import shown_day
from admin.texts.numbers import as_typed, plain_decimal
from checkout.primitives import AMOUNT_MAX_MINOR, parse_minor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement

_COUNT_MAX: Final = 1_000_000
_AGE_MAX: Final = 150
#: Receipts are counted for at least so long.
_DAYS_MAX: Final = 3_660
_ENDS: Final = ("from", "to")
#: Conditions whose values are codes of something that has a name.
CODED: Final = frozenset({"tag", "segment", "member_list", "tier", "store", "attribute"})


def _view(name: str, *columns: str) -> Any:
    """Rows of members, of the partner's own."""
    return table(name, *map(column, ("bucket", "member_id", *columns)))


#: What is asked of members, of the partner's own.
KNOWN: Final = _view(
    "admin_known_member",
    *("created_at", "blocked_at", "purchases", "last_purchase_on", "household_size", "merged_into"),
    *("gender", "birth_date", "has_email", "has_phone", "traits"),
)
_RECEIPT: Final = _view("admin_receipt", "store_code")
_VISIT: Final = _view("admin_visit", "day", "spend_minor")
_TAGGED: Final = _view("admin_member_tag", "tag")
_LISTED: Final = _view("admin_member_list", "list_code")


def _choices(name: str, *values: str) -> Any:
    return lambda: [("", say("list.any")), *((one, say(f"value.{name}.{one}")) for one in values)]


def _whole(least: int, most: int) -> IntegerField:
    return IntegerField(validators=[Optional(), NumberRange(least, most)])


def _yes_or_no() -> list[tuple[str, str]]:
    return [("", say("list.any")), *((one, say(f"value.{one}")) for one in ("yes", "no"))]


class ConditionForm(Form):
    """All conditions; those left empty say nothing."""

    tag = SelectField(default="")
    segment = SelectField(default="")
    member_list = SelectField(default="")
    tier = SelectField(default="")
    purchases_from = _whole(0, _COUNT_MAX)
    purchases_to = _whole(0, _COUNT_MAX)
    bought_from = DateField(validators=[Optional()])
    bought_to = DateField(validators=[Optional()])
    spend_days = _whole(1, _DAYS_MAX)
    spend_from = AmountField(required=False)
    spend_to = AmountField(required=False)
    store = StringField(validators=[Length(max=CODE_CHARACTERS_MAX), plain_text])
    joined_from = DateField(validators=[Optional()])
    joined_to = DateField(validators=[Optional()])
    gender = SelectField(default="", choices=_choices("gender", "female", "male"))
    age_from = _whole(0, _AGE_MAX)
    age_to = _whole(0, _AGE_MAX)
    birthday_month = SelectField(default="", choices=_choices("month", *map(str, range(1, 13))))
    reached_by = SelectField(
        default="", choices=_choices("reached_by", "email", "phone", "nothing")
    )
    is_blocked = SelectField(default="", choices=_yes_or_no)
    currency = SelectField(default="")
    balance_from = AmountField(required=False)
    balance_to = AmountField(required=False)
    attribute = SelectField(default="")
    attribute_value = StringField(validators=[Length(max=500), plain_text])

    class Meta(RecordForm.Meta):
        """Messages in the language that is spoken."""

    def offer(self, worth: Worth) -> None:
        """What the partner's dictionaries and programs have to choose from."""
        anything = [("", say("list.any"))]
        self.tag.choices = anything + [(one.code, one.title) for one in worth.tags]
        self.segment.choices = anything + [(one.code, one.title) for one in worth.segments]
        self.member_list.choices = anything + [(one.code, one.title) for one in worth.lists]
        self.attribute.choices = anything + [(one.code, one.title) for one in worth.attributes]
        self.currency.choices = anything + [(one.code, one.name) for one in worth.points.values()]
        self.tier.choices = anything + [
            (f"{program}/{code}", f"{program} · {name}")
            for program, tiers in worth.tiers.items()
            for code, name in tiers
        ]

    def asked(self) -> dict[str, str]:
        """What was typed, as an address or a segment keeps it."""
        typed = {field.name: str(field.raw_data[0]).strip() for field in self if field.raw_data}
        return {name: text for name, text in typed.items() if text}

    def called(self, name: str, held: str) -> tuple[str, str]:
        """What a value of a condition is called; and its code, where people call it otherwise."""
        field = self[name]
        if isinstance(field, SelectField):
            choices: Any = field.choices
            title = dict(choices).get(held, held)
            return title, held if name in CODED and title != held else ""
        if isinstance(field, DateField):
            return shown_day(held), ""
        return as_typed(plain_decimal(held)) if isinstance(field, AmountField) else held, ""


#: Names of conditions, in order.
CONDITIONS: Final = tuple(field.name for field in ConditionForm())


def condition_form(asked: Mapping[str, str], worth: Worth) -> ConditionForm:
    """The form, filled in with what an address or a segment has; not validated yet."""
    typed = {name: asked[name] for name in CONDITIONS if asked.get(name, "").strip()}
    form = ConditionForm(FormData(typed))
    form.offer(worth)
    return form


class Conditions:
    """What a form asks of members, understood; all of it is to hold."""

    def __init__(self, form: ConditionForm, worth: Worth) -> None:
        """Read the form, which has been validated; what cannot be meant stands in its errors."""
        self._form = form
        self._today = dt.datetime.now(dt.UTC).date()
        self._spend = [_minor(form, f"spend_{end}", worth.money.exponent) for end in _ENDS]
        self._currency = form.currency.data or next(iter(worth.points), "")
        exponent = worth.points_of(self._currency).exponent
        self._balance = [_minor(form, f"balance_{end}", exponent) for end in _ENDS]
        self._traits = _traits_of(form, worth)

    @property
    def holds_for_all(self) -> bool:
        """Whether nothing is asked, as when a span of days is named and no sum."""
        return not (self.of_rows(KNOWN.c) or self.of_member(KNOWN.c))

    def of_rows(self, member: Any) -> list[ColumnElement[bool]]:
        """Those of columns that the list is ordered by: it is walked along where they hold only."""
        form = self._form
        found = []
        if form.joined_from.data:
            found.append(member.created_at >= _midnight(form.joined_from.data))
        # After the last day that there is nobody joins.
        if form.joined_to.data and form.joined_to.data < dt.date.max:
            next_day = form.joined_to.data + dt.timedelta(days=1)
            found.append(member.created_at < _midnight(next_day))
        return found

    def of_member(self, member: Any) -> list[ColumnElement[bool]]:
        """The others, asked of columns of `KNOWN`: the row's own first, then those looked up."""
        return [
            *self._of_record(member),
            *self._of_profile(member),
            *self._of_sets(member),
            *self._of_points(member),
            *self._of_purchases(member),
        ]

    def sets(self, most: int) -> list[Select[Any]]:
        """Of each condition that has an index: keys of at most so many for whom it holds."""
        form = self._form
        found = [_function("known", _document(self._traits), most)] if self._traits else []
        if form.tag.data:
            found.append(_function("tagged", form.tag.data, most))
        if form.member_list.data:
            found.append(_function("listed", form.member_list.data, most))
        if form.tier.data:
            found.append(_keys(Participation).where(*self._in_tier()))
        if form.store.data:
            found.append(
                select(_RECEIPT.c.bucket, _RECEIPT.c.member_id).where(
                    _RECEIPT.c.store_code == form.store.data, _RECEIPT.c.member_id.is_not(None)
                )
            )
        aged = self._aged(MemberProfile)
        if aged:
            found.append(_keys(MemberProfile).where(*aged))
        if form.reached_by.data == "nothing":
            # Written out, as the index is that has them.
            nothing: ColumnElement[str] = literal_column("''")
            found.append(
                _keys(MemberProfile).where(
                    MemberProfile.email == nothing, MemberProfile.phone == nothing
                )
            )
        if form.is_blocked.data == "yes":
            found.append(_keys(Member).where(Member.blocked_at.is_not(None)))
        return [keys.limit(most) for keys in found]

    def _of_record(self, member: Any) -> Iterator[ColumnElement[bool]]:
        form = self._form
        if form.is_blocked.data:
            is_blocked = member.blocked_at.is_not(None)
            yield is_blocked if form.is_blocked.data == "yes" else ~is_blocked
        # Nobody has fewer than none.
        least = form.purchases_from.data or None
        yield from _between(member.purchases, least, form.purchases_to.data)
        yield from _between(member.last_purchase_on, form.bought_from.data, form.bought_to.data)

    def _of_purchases(self, member: Any) -> Iterator[ColumnElement[bool]]:
        form = self._form
        if form.store.data:
            yield _exists(member, _RECEIPT.c, _RECEIPT.c.store_code == form.store.data)
        least, most = self._spend
        if least is not None or most is not None:
            since = self._today - dt.timedelta(days=form.spend_days.data or _DAYS_MAX)
            spent = (
                select(func.coalesce(func.sum(_VISIT.c.spend_minor), 0))
                .where(*_same(_VISIT.c, member), _VISIT.c.day > since)
                .scalar_subquery()
            )
            yield from _between(spent, least, most)

    def _of_points(self, member: Any) -> Iterator[ColumnElement[bool]]:
        least, most = self._balance
        own = Account.currency == self._currency
        # Who has no account has nothing.
        if least is not None and least > 0:
            yield _exists(member, Account, own, Account.balance >= least)
        if most is not None:
            yield ~_exists(member, Account, own, Account.balance > most)

    def _of_profile(self, member: Any) -> Iterator[ColumnElement[bool]]:
        form = self._form
        yield from self._aged(member)
        if form.gender.data:
            yield member.gender == form.gender.data
        if form.birthday_month.data:
            yield func.extract("month", member.birth_date) == int(form.birthday_month.data)
        match form.reached_by.data:
            case "email":
                yield member.has_email
            case "phone":
                yield member.has_phone
            case "nothing":
                yield ~member.has_email
                yield ~member.has_phone
        if self._traits:
            yield _knows(member, self._traits)

    def _of_sets(self, member: Any) -> Iterator[ColumnElement[bool]]:
        form = self._form
        if form.tag.data:
            yield or_(
                func.coalesce(_knows(member, {"tags": [form.tag.data]}), false()),
                _exists(member, _TAGGED.c, _TAGGED.c.tag == form.tag.data),
            )
        if form.member_list.data:
            yield _exists(member, _LISTED.c, _LISTED.c.list_code == form.member_list.data)
        if form.tier.data:
            yield _exists(member, Participation, *self._in_tier())

    def _in_tier(self) -> list[ColumnElement[bool]]:
        program, _, tier = self._form.tier.data.partition("/")
        return [
            Participation.program_code == program,
            Participation.tier_code == tier,
            Participation.left_at.is_(None),
        ]

    def _aged(self, person: Any) -> list[ColumnElement[bool]]:
        least, most = self._form.age_from.data, self._form.age_to.data
        born = person.birth_date
        oldest = [] if most is None else [born > _years_before(self._today, most + 1)]
        return oldest + ([] if least is None else [born <= _years_before(self._today, least)])


def read_conditions(form: ConditionForm, worth: Worth) -> Conditions | None:
    """What a form asks; None: the form says what is wrong with it."""
    if not form.validate():
        return None
    found = Conditions(form, worth)
    return None if form.errors else found


def member_ids(found: Conditions, bucket: int) -> Select[Any]:
    """Ids of the members of a bucket for whom conditions hold, and who are nobody's other name.

    A household is no member.
    """
    member = KNOWN.c
    return select(member.member_id).where(
        member.bucket == bucket,
        member.household_size.is_(None),
        member.merged_into.is_(None),
        *found.of_rows(member),
        *found.of_member(member),
    )


def _traits_of(form: ConditionForm, worth: Worth) -> dict[str, Any]:
    """What traits hold of members in the segment, with the attribute."""
    traits: dict[str, Any] = {}
    if form.segment.data:
        traits["segments"] = [form.segment.data]
    if form.attribute.data:
        kind = next(one.kind for one in worth.attributes if one.code == form.attribute.data)
        value, fault = read_value(kind, form.attribute_value.data or "")
        if fault or value is None:
            form.attribute_value.errors = [fault or say("form.attribute_value")]
        else:
            traits["attributes"] = {form.attribute.data: value}
    return traits


def _function(name: str, asked: Any, most: int) -> Select[Any]:
    """Members whom a function finds, by the end of its name."""
    found = getattr(func, f"admin_members_{name}")(asked, most)
    keys = found.table_valued("member_bucket", "found_id")
    return select(keys.c.member_bucket, keys.c.found_id)


def _keys(rows: type[Any]) -> Select[Any]:
    return select(rows.bucket, rows.member_id)


def _knows(member: Any, document: dict[str, Any]) -> ColumnElement[bool]:
    known: ColumnElement[bool] = member.traits.op("@>")(_document(document))
    return known


def _exists(member: Any, rows: Any, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    # The offset keeps it a look-up per member: as a join, all rows would be gone through first.
    found: ColumnElement[bool] = exists(
        select(rows.bucket).where(*_same(rows, member), *wanted).offset(0)
    )
    return found


def _same(rows: Any, member: Any) -> list[ColumnElement[bool]]:
    return [rows.bucket == member.bucket, rows.member_id == member.member_id]


def _document(document: dict[str, Any]) -> Any:
    return cast(literal(document, JSONB), JSONB)


def _between(value: Any, least: object, most: object) -> Iterator[ColumnElement[bool]]:
    if least is not None:
        yield value >= least
    if most is not None:
        yield value <= most


def _minor(form: ConditionForm, name: str, exponent: int) -> int | None:
    field = form[name]
    if not field.data:
        return None
    amount = parse_minor(field.data, exponent)
    if amount is None or abs(amount) > AMOUNT_MAX_MINOR:
        field.errors = [say("form.amount", decimals=exponent)]
        return None
    return amount


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years ago; of 29 February the 28th where there is none."""
    year = max(day.year - years, dt.MINYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
