"""TagMember, SetMemberAttribute, SetMemberConsent: what rules know of a member, said by hand.

Ladder: no such member → so many that no more is kept. What receipts gave stands apart and stays
with them. Confirms and holds read it in their transaction; quotes know it within two seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.flows.answers import TagAnswer, TraitAnswer
from checkout.flows.member_operation import MemberOperation
from checkout.flows.operation import Decision
from checkout.flows.sameness import call_hash
from checkout.flows.traits import VALUES_MAX, united
from checkout.ledger.interventions import change_traits
from checkout.ledger.merged_view import names_of, tags_given
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.interventions import Cause


class TagMemberOperation(MemberOperation):
    """Give one member a tag, or take it."""

    method = "TagMember"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        tag: str,
        takes: bool,
        cause: Cause,
    ) -> None:
        content = call_hash(str(member_id), tag, takes, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.tag = tag
        self.takes = takes
        self.cause = cause

    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        tags: list[str] = [*member.traits.get("tags", ())]
        changes = (self.tag in tags) == self.takes
        if changes and not self.takes and len(tags) >= VALUES_MAX:
            return _full("tag", "tags")
        # After this point the member has the tag by hand, or has it not.
        if changes:
            tags = [tag for tag in tags if tag != self.tag] if self.takes else [*tags, self.tag]
            kind = "tag_taken" if self.takes else "tag_given"
            change_traits(book, member, member.traits | {"tags": tags}, kind, self.tag, self.cause)
        tagged = self.tag in _tags_of(member)
        return Decision(TagAnswer(tagged=tagged, changed=changes), is_final=True)


class SetMemberAttributeOperation(MemberOperation):
    """Say what an attribute of one member is; None: it is not known."""

    method = "SetMemberAttribute"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        attribute: str,
        value: bool | int | str | None,
        cause: Cause,
    ) -> None:
        content = call_hash(
            str(member_id), attribute, [type(value).__name__, value], cause.reason, cause.author
        )
        super().__init__(partner_id, request_id, content, member_id)
        self.attribute = attribute
        self.value = value
        self.cause = cause

    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        before: dict[str, Any] = member.traits.get("attributes", {})
        after = {code: held for code, held in before.items() if code != self.attribute}
        if self.value is not None:
            after[self.attribute] = self.value
        if len(after) > VALUES_MAX:
            return _full("attribute", "attributes")
        # After this point the attribute is what was said. Yes is no 1, though Python says so.
        was = before.get(self.attribute)
        changes = (type(was), was) != (type(self.value), self.value)
        if changes:
            kind = "attribute_forgotten" if self.value is None else "attribute_set"
            change_traits(
                book,
                member,
                member.traits | {"attributes": after},
                kind,
                self.attribute,
                self.cause,
            )
        return Decision(TraitAnswer(changed=changes), is_final=True)


class SetMemberConsentOperation(MemberOperation):
    """Say whether one member consents to be reached through a channel."""

    method = "SetMemberConsent"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        channel: str,
        consents: bool,
        cause: Cause,
    ) -> None:
        content = call_hash(str(member_id), channel, consents, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.channel = channel
        self.consents = consents
        self.cause = cause

    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        before: list[str] = [*member.traits.get("consents", ())]
        changes = (self.channel in before) != self.consents
        if changes and self.consents and len(before) >= VALUES_MAX:
            return _full("channel", "consents")
        # After this point the member consents, or does not. What other names of the member
        # consented to counts for nothing.
        if changes:
            kept = [channel for channel in before if channel != self.channel]
            after = [*kept, self.channel] if self.consents else kept
            kind = "consent_given" if self.consents else "consent_taken_back"
            traits = member.traits | {"consents": after}
            change_traits(book, member, traits, kind, self.channel, self.cause)
        return Decision(TraitAnswer(changed=changes), is_final=True)


def _tags_of(member: MemberBook) -> frozenset[str]:
    """The tags that rules see: by hand or brought over, of every name, and those of sales."""
    return frozenset(united([each.traits for each in names_of(member)]).get("tags", ())) | (
        tags_given(member)
    )


def _full(field: str, noun: str) -> Decision:
    return Decision(
        Refusal(
            Reason.FIELD_OUT_OF_RANGE,
            f"a member has at most {VALUES_MAX} {noun}",
            field,
            {"most": VALUES_MAX},
        ),
        is_final=False,
    )
