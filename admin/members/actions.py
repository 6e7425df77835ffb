"""What can be done for a member: each a form, a permission, and one call of the service.

`ACTIONS` is the list: pages, buttons and routes follow from it. A call carries the form's request
key, so a form that is sent again, by a double click or after an answer that got lost, is done once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from admin.codes.validity import moment_behind
from admin.members import forms, named_rows
from admin.members.action import Action, FieldFaultError, ShownOnce
from admin.members.attribute_values import read_value
from admin.members.composition import lines_of
from admin.members.erasing import ERASING
from admin.members.kin_actions import KIN_ACTIONS
from admin.service.answers import fault_in
from admin.texts import say
from checkout.client import OperatorClient, messages
from checkout.primitives import AMOUNT_MAX_MINOR, parse_minor

if TYPE_CHECKING:
    from admin.members.currencies import Currency, Worth
    from admin.members.place import MemberPlace

_REPLACEMENTS: Final = {
    "lost": messages.CARD_REPLACEMENT_LOST,
    "damaged": messages.CARD_REPLACEMENT_DAMAGED,
    "stolen": messages.CARD_REPLACEMENT_STOLEN,
}


def amount_of(form: Any, field: str, currency: Currency) -> int:
    """The minor units of a field.

    Raises:
        FieldFaultError: it is no number, has more decimals than the currency, or is too large.
    """
    amount = parse_minor(form[field].data, currency.exponent)
    if amount is None or abs(amount) > AMOUNT_MAX_MINOR:
        raise FieldFaultError(field, say("form.amount", decimals=currency.exponent))
    return amount


async def correct(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Give or take points; above the partner's amount it is proposed to a second pair of eyes."""
    amount = amount_of(form, "points", worth.points_of(form.currency.data))
    if amount == 0:
        raise FieldFaultError("points", say("form.not_zero"))
    done = await client.adjust_balance(
        form.request_id.data,
        str(member.member_id),
        form.currency.data,
        amount,
        form.reason.data,
        days=form.days.data or 0,
    )
    is_proposed = done.state == messages.CORRECTION_STATE_PROPOSED
    return "proposed" if is_proposed else "correct"


async def undo(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Take a correction back."""
    del member, worth
    (result,) = await client.undo_corrections(
        form.request_id.data, [form.correction_id.data], form.reason.data
    )
    fault = fault_in(result)
    if fault:
        raise FieldFaultError("reason", fault)
    return "undo"


async def freeze(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Put points out of reach; all that can be spent if no number is given."""
    currency = worth.points_of(form.currency.data)
    amount = amount_of(form, "points", currency) if form.points.data else None
    if amount is not None and amount <= 0:
        raise FieldFaultError("points", say("form.above_zero"))
    await client.freeze_points(
        form.request_id.data,
        str(member.member_id),
        form.currency.data,
        form.reason.data,
        amount_minor=amount,
    )
    return "freeze"


async def restore(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Give frozen points back."""
    del member, worth
    await client.restore_points(form.request_id.data, form.freeze_id.data, form.reason.data)
    return "restore"


async def freeze_account(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Freeze a whole account, or lift it."""
    del worth
    await client.freeze_account(
        form.request_id.data,
        str(member.member_id),
        form.currency.data,
        form.reason.data,
        lift=form.lift.data,
    )
    return "freeze-account"


async def block(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Sales go on without the member."""
    del worth
    await client.block_member(form.request_id.data, str(member.member_id), form.reason.data)
    return "block"


async def unblock(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """The member is one again."""
    del worth
    await client.block_member(
        form.request_id.data, str(member.member_id), form.reason.data, lift=True
    )
    return "unblock"


async def block_card(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """One card or phone no longer brings the member: named whole, as only a digest is kept."""
    del member, worth
    identifier = messages.Identifier(**{form.kind.data: form.number.data})
    await client.block_card(form.request_id.data, identifier, form.reason.data, lift=form.lift.data)
    return "block-card"


async def set_tier(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Give a tier by hand, until a day or until further notice."""
    del worth
    program, _, tier = form.tier.data.partition("/")
    await client.set_tier(
        form.request_id.data,
        str(member.member_id),
        program,
        tier,
        form.reason.data,
        until=form.until.data,
    )
    return "tier"


async def block_this_card(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Block one of the member's cards."""
    del member, worth
    await client.block_card_of_id(form.request_id.data, form.card_id.data, form.reason.data)
    return "block-card"


async def unblock_this_card(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Lift that."""
    del member, worth
    await client.block_card_of_id(
        form.request_id.data, form.card_id.data, form.reason.data, lift=True
    )
    return "block-card"


async def replace_card(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str | ShownOnce:
    """Put another card in the place of one: a card at hand, or a number that is made."""
    del member, worth
    if bool(form.new_card.data) == bool(form.new_type.data):
        raise FieldFaultError("new_card", say("form.card_or_type"))
    request = messages.ReplaceCardRequest(
        request_id=form.request_id.data,
        card_id=form.card_id.data,
        replacement=_REPLACEMENTS[form.replacement.data],
        reason=form.reason.data,
    )
    if form.new_card.data:
        request.new_card = form.new_card.data
    else:
        request.new_type = form.new_type.data
    done = await client.replace_card(request)
    return ShownOnce("card", done.number) if done.number else "replace-card"


async def give_gift(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Give something from the lists of the programs, for what it costs."""
    del worth
    await client.give_gift(
        form.request_id.data,
        str(member.member_id),
        form.gift.data,
        form.reason.data,
        count=form.count.data,
        store=form.store.data or "",
    )
    return "gift"


async def give_coupon(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> ShownOnce:
    """Issue a coupon that this member alone can use."""
    del worth
    issued = await client.issue_coupons(
        messages.IssueCouponsRequest(
            request_id=form.request_id.data,
            series=form.series.data,
            count=1,
            member_id=str(member.member_id),
            uses_max=form.uses_max.data,
            valid_until=moment_behind(form.valid_until.data),
            reason=form.reason.data,
        )
    )
    return ShownOnce("coupon", issued.coupons[0].code)


async def take_gift_back(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Take back what was given, with its points."""
    del member, worth
    await client.take_gift_back(form.request_id.data, form.gift_given_id.data, form.reason.data)
    return "gift-back"


async def tag(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Give a tag by hand."""
    del worth
    await client.tag_member(
        form.request_id.data, str(member.member_id), form.tag.data, form.reason.data
    )
    return "tag"


async def untag(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Take a tag; what receipts gave stays theirs."""
    del worth
    done = await client.tag_member(
        form.request_id.data, str(member.member_id), form.tag.data, form.reason.data, take=True
    )
    return "tag-stays" if done.tagged else "untag"


async def change_contact(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Give another phone or external id; the old one, if it is named, brings nobody any more."""
    del worth
    await client.change_contact(
        form.request_id.data,
        str(member.member_id),
        form.kind.data,
        form.number.data,
        form.reason.data,
        instead_of=form.instead_of.data or "",
    )
    return "contact"


async def set_attribute(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Say what an attribute is, of its type; nothing typed: it is not known any more."""
    kind = next(one.kind for one in worth.attributes if one.code == form.attribute.data)
    value, fault = read_value(kind, form.value.data or "")
    if fault:
        raise FieldFaultError("value", fault)
    await client.set_member_attribute(
        form.request_id.data,
        str(member.member_id),
        form.attribute.data,
        value,
        form.reason.data,
    )
    return "attribute"


async def set_consent(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Say that the member consents to a channel, or does not any more."""
    del worth
    await client.set_member_consent(
        form.request_id.data,
        str(member.member_id),
        form.channel.data,
        form.reason.data,
        consents=form.consents.data == "yes",
    )
    return "consent"


async def add_purchase(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Add a purchase that no till knows: the engine prices what it earns."""
    amount = amount_of(form, "amount", worth.money)
    if amount <= 0:
        raise FieldFaultError("amount", say("form.above_zero"))
    lines = lines_of(form.composition.data or "", worth.money.exponent)
    if isinstance(lines, str):
        raise FieldFaultError("composition", lines)
    if lines and sum(line.amount_minor for line in lines) != amount:
        found = worth.money.number(sum(line.amount_minor for line in lines))
        raise FieldFaultError("composition", say("form.composition_sum", found=found))
    await client.add_purchase(
        messages.AddPurchaseRequest(
            request_id=form.request_id.data,
            purchase_id=f"office-{form.request_id.data}"[:64],
            member_id=str(member.member_id),
            store=form.store.data,
            local_time=form.made_at.data.isoformat(timespec="seconds"),
            amount_minor=amount,
            lines=lines,
            receipt_number=form.receipt_number.data,
            reason=form.reason.data,
        )
    )
    return "purchase"


ACTIONS: Final = (
    Action("correct", "member.correct", forms.CorrectForm, correct, "ti ti-plus-minus"),
    Action("purchase", "member.purchase", forms.PurchaseForm, add_purchase, "ti ti-receipt"),
    Action("gift", "member.gift", forms.GiftForm, give_gift, "ti ti-gift"),
    Action("coupon", "member.coupon", forms.CouponForm, give_coupon, "ti ti-ticket"),
    Action("tag", "member.tag", forms.TagForm, tag, "ti ti-tag"),
    Action(
        "attribute",
        "member.edit",
        forms.AttributeForm,
        set_attribute,
        "ti ti-variable",
        filled_in=("attribute",),
        is_personal=True,
    ),
    Action(
        "consent",
        "member.edit",
        forms.ConsentForm,
        set_consent,
        is_of_row=True,
        filled_in=("channel", "consents"),
    ),
    Action(
        "contact",
        "member.edit",
        forms.ContactForm,
        change_contact,
        "ti ti-phone",
        is_personal=True,
    ),
    Action("freeze", "member.block", forms.FreezeForm, freeze, "ti ti-snowflake"),
    Action(
        "freeze-account", "member.block", forms.AccountForm, freeze_account, "ti ti-snowflake-off"
    ),
    Action("tier", "member.tier", forms.TierForm, set_tier, "ti ti-medal"),
    Action("block-card", "member.block", forms.CardForm, block_card, "ti ti-id-off"),
    Action("block", "member.block", forms.ReasonForm, block, "ti ti-ban"),
    Action("unblock", "member.block", forms.ReasonForm, unblock, "ti ti-lock-open"),
    Action(
        "undo",
        "member.correct",
        forms.UndoForm,
        undo,
        is_of_row=True,
        foretell=named_rows.correction,
    ),
    Action(
        "restore",
        "member.block",
        forms.RestoreForm,
        restore,
        is_of_row=True,
        foretell=named_rows.freeze,
    ),
    Action("block-this-card", "member.block", forms.CardRowForm, block_this_card, is_of_row=True),
    Action(
        "unblock-this-card", "member.block", forms.CardRowForm, unblock_this_card, is_of_row=True
    ),
    Action("replace-card", "member.block", forms.ReplaceCardForm, replace_card, is_of_row=True),
    Action(
        "gift-back",
        "member.gift",
        forms.GiftBackForm,
        take_gift_back,
        is_of_row=True,
        foretell=named_rows.gift,
    ),
    Action("untag", "member.tag", forms.UntagForm, untag, is_of_row=True, foretell=named_rows.tag),
    *KIN_ACTIONS,
    ERASING,
)
