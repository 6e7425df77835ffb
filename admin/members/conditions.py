"""Conditions on members: the filters of their list, and what segments are made of.

A condition is a field of one form. A list has it in its address, a segment keeps what was typed;
both are read by `ConditionForm` and become SQL in `read_clauses`: one meaning, written once.
Names, phones and addresses are no conditions: those find single people, for whom they may.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    and_,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from starlette.datastructures import FormData
from wtforms import DateField, Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from admin.members.attribute_values import read_value
from admin.members.currencies import Worth
from admin.members.forms import AmountField
from admin.records.forms import CODE_CHARACTERS_MAX, RecordForm, plain_text
from admin.records.tables import Account, Member, MemberProfile, Participation
from admin.texts import say
from checkout.primitives import AMOUNT_MAX_MINOR, parse_minor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

_COUNT_MAX: Final = 1_000_000
_AGE_MAX: Final = 150
#: Receipts are counted for at least so long.
_DAYS_MAX: Final = 3_660
#: Members of a set that is asked for whole.
LARGE_SET: Final = 20_000
_RECEIPT: Final = table("admin_receipt", *map(column, ("bucket", "member_id", "store_code")))


def _choices(name: str, *values: str) -> Any:
    return lambda: [("", say("list.any")), *((one, say(f"value.{name}.{one}")) for one in values)]


def _whole(least: int, most: int) -> IntegerField:
    return IntegerField(validators=[Optional(), NumberRange(least, most)])


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


#: Names of conditions, in order.
CONDITIONS: Final = tuple(field.name for field in ConditionForm())


def condition_form(asked: Mapping[str, str], worth: Worth) -> ConditionForm:
    """The form, filled in with what an address or a segment has; not validated yet."""
    typed = {name: asked[name] for name in CONDITIONS if asked.get(name, "").strip()}
    form = ConditionForm(FormData(typed))
    form.offer(worth)
    return form


async def read_clauses(
    database: AsyncSession, form: ConditionForm, worth: Worth
) -> list[ColumnElement[bool]] | None:
    """Conditions on rows of `Member`, all of which are to hold; None: the form says what is wrong.

    A household is no member. Sets that an index has are asked for whole, unless they are large:
    then each member is asked about as the list is walked along, which soon has a page of them.
    """
    if not form.validate():
        return None
    today = dt.datetime.now(dt.UTC).date()
    found = [
        Member.household_size.is_(None),
        *_of_tier(form),
        *_of_purchases(form, worth, today),
        *_of_profile(form, today),
    ]
    sets = list(_sets(form, worth, today))
    if form.errors:
        return None
    return [*found, *[await _in_set(database, each) for each in sets]]


def _sets(form: ConditionForm, worth: Worth, today: dt.date) -> Iterator[_Set]:
    if form.tag.data:
        yield _Set("tagged", form.tag.data)
    if form.segment.data:
        yield _Set("known", _document({"segments": [form.segment.data]}))
    if form.member_list.data:
        yield _Set("listed", form.member_list.data)
    least = _minor(form, "spend_from", worth.money.exponent)
    if least is not None and least > 0:
        since = _since(form, today)
        yield _Set("spent", since, least, holds=_spent(since) >= least)
    if form.attribute.data:
        kind = next(one.kind for one in worth.attributes if one.code == form.attribute.data)
        value, fault = read_value(kind, form.attribute_value.data or "")
        if fault or value is None:
            form.attribute_value.errors = [fault or say("form.attribute_value")]
        else:
            yield _Set("known", _document({"attributes": {form.attribute.data: value}}))


def _of_tier(form: ConditionForm) -> Iterator[ColumnElement[bool]]:
    if form.tier.data:
        program, _, tier = form.tier.data.partition("/")
        yield _own(
            Participation,
            Participation.program_code == program,
            Participation.tier_code == tier,
            Participation.left_at.is_(None),
        )


def _of_purchases(
    form: ConditionForm, worth: Worth, today: dt.date
) -> Iterator[ColumnElement[bool]]:
    yield from _between(Member.purchases, form.purchases_from.data, form.purchases_to.data)
    yield from _between(Member.last_purchase_on, form.bought_from.data, form.bought_to.data)
    most = _minor(form, "spend_to", worth.money.exponent)
    if most is not None:
        yield _spent(_since(form, today)) <= most
    if form.store.data:
        yield exists().where(
            _RECEIPT.c.bucket == Member.bucket,
            _RECEIPT.c.member_id == Member.member_id,
            _RECEIPT.c.store_code == form.store.data,
        )
    currency = form.currency.data or next(iter(worth.points), "")
    exponent = worth.points_of(currency).exponent
    least = _minor(form, "balance_from", exponent)
    most = _minor(form, "balance_to", exponent)
    held = select(Account.bucket, Account.member_id).where(Account.currency == currency)
    if least is not None and least > 0:
        yield _key().in_(held.where(Account.balance >= least))
    if most is not None:
        yield _key().not_in(held.where(Account.balance > most))


def _of_profile(form: ConditionForm, today: dt.date) -> Iterator[ColumnElement[bool]]:
    if form.joined_from.data:
        yield Member.created_at >= _midnight(form.joined_from.data)
    # After the last day that there is nobody joins.
    if form.joined_to.data and form.joined_to.data < dt.date.max:
        yield Member.created_at < _midnight(form.joined_to.data + dt.timedelta(days=1))
    born = MemberProfile.birth_date
    wanted = []
    if form.gender.data:
        wanted.append(MemberProfile.gender == form.gender.data)
    if form.age_from.data is not None:
        wanted.append(born <= _years_before(today, form.age_from.data))
    if form.age_to.data is not None:
        wanted.append(born > _years_before(today, form.age_to.data + 1))
    if form.birthday_month.data:
        wanted.append(func.extract("month", born) == int(form.birthday_month.data))
    match form.reached_by.data:
        case "email":
            wanted.append(MemberProfile.email != "")
        case "phone":
            wanted.append(MemberProfile.phone != "")
        case "nothing":
            wanted += [MemberProfile.email == "", MemberProfile.phone == ""]
    if wanted:
        yield _own(MemberProfile, *wanted)


class _Set:
    """Members that one statement finds: by the end of its function's name, and what is asked.

    `holds` says the same of one member.
    """

    def __init__(self, name: str, *asked: Any, holds: ColumnElement[bool] | None = None) -> None:
        self._members = getattr(func, f"admin_members_{name}")
        self._asked = asked
        is_in = getattr(func, f"admin_is_{name}")
        self.holds: ColumnElement[bool] = (
            is_in(Member.bucket, Member.member_id, *asked, type_=Boolean)
            if holds is None
            else holds
        )

    def found(self, found_max: int) -> Any:
        """The first so many of them."""
        return self._members(*self._asked, found_max).table_valued("member_bucket", "found_id")


async def _in_set(database: AsyncSession, members: _Set) -> ColumnElement[bool]:
    some = select(func.count()).select_from(members.found(LARGE_SET + 1))
    if (await database.scalar(some) or 0) > LARGE_SET:
        return members.holds
    found = members.found(LARGE_SET)
    within: ColumnElement[bool] = _key().in_(select(found.c.member_bucket, found.c.found_id))
    return within


def _since(form: ConditionForm, today: dt.date) -> dt.date:
    return today - dt.timedelta(days=form.spend_days.data or _DAYS_MAX)


def _spent(since: dt.date) -> Any:
    return func.admin_spent(Member.bucket, Member.member_id, since, type_=BigInteger)


def _key() -> Any:
    return tuple_(Member.bucket, Member.member_id)


def _document(document: dict[str, Any]) -> Any:
    return cast(literal(document, JSONB), JSONB)


def _own(rows: type[Any], *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        and_(rows.bucket == Member.bucket, rows.member_id == Member.member_id, *wanted)
    )


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


def member_ids(found: list[ColumnElement[bool]], bucket: int) -> Select[Any]:
    """Ids of the members of a bucket for whom conditions hold, and who are nobody's other name."""
    return select(Member.member_id).where(
        Member.bucket == bucket, Member.merged_into.is_(None), *found
    )
