"""Who may do what: the one matrix of roles.

A permission is ``record.action``. Pages ask `may`; what stands in no row is nobody's. Staff of a
partner have their role on that partner's rows only: the database sees to that (`admin.scope`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody works as."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MARKETER = "marketer"
    ANALYST = "analyst"
    CALL_CENTRE = "call_centre"
    CASHIER_SUPERVISOR = "cashier_supervisor"
    AUDITOR = "auditor"


_OWNER: Final = frozenset({Role.OWNER})
_ADMINS: Final = frozenset({Role.OWNER, Role.ADMINISTRATOR})
_RULES: Final = _ADMINS | {Role.MARKETER}
_TILLS: Final = _ADMINS | {Role.CASHIER_SUPERVISOR}
_EVERYBODY: Final = frozenset(Role)
_READERS: Final = _EVERYBODY - {Role.CALL_CENTRE, Role.CASHIER_SUPERVISOR}
_CUSTOMERS: Final = _ADMINS | {Role.CALL_CENTRE, Role.ANALYST, Role.MARKETER, Role.AUDITOR}

#: Permission → roles. Names of records are those of their pages.
MATRIX: Final[dict[str, frozenset[Role]]] = {
    "partner.view": _EVERYBODY,
    "partner.edit": _ADMINS,
    "partner.create": _OWNER,
    "partner.export": _ADMINS,
    "chain.view": _EVERYBODY,
    "chain.edit": _ADMINS,
    "chain.create": _ADMINS,
    "chain.export": _READERS,
    "store.view": _EVERYBODY,
    "store.edit": _ADMINS,
    "store.create": _ADMINS,
    "store.export": _READERS,
    "terminal.view": _TILLS | {Role.AUDITOR},
    "terminal.edit": _TILLS,
    "terminal.create": _TILLS,
    "terminal.export": _ADMINS | {Role.AUDITOR},
    "terminal.tokens": _ADMINS,
    "program.view": _EVERYBODY,
    "program.edit": _RULES,
    "program.create": _RULES,
    "program.export": _READERS,
    "campaign.view": _EVERYBODY,
    "campaign.edit": _RULES,
    "campaign.approve": _RULES,
    # Puts into the rules and takes out of them, publishes, rolls back.
    "campaign.release": _RULES,
    "campaign.stop": _RULES | {Role.CASHIER_SUPERVISOR},
    # Tries a draft on a receipt.
    "campaign.try": _RULES | {Role.ANALYST},
    "campaign.export": _READERS,
    "category.view": _EVERYBODY,
    "category.edit": _RULES,
    "category.create": _RULES,
    "category.export": _READERS,
    "product.view": _EVERYBODY,
    "product.edit": _RULES,
    "product.create": _RULES,
    "product.export": _READERS,
    # Finds a member, and sees who it is as far as contacts allow.
    "member.view": _CUSTOMERS | {Role.CASHIER_SUPERVISOR},
    # All that a member has and did, and the conditions that ask for it.
    "member.whole": _CUSTOMERS,
    # Names, phones and addresses: else they are masked, and nobody is found by them.
    "member.contacts": _ADMINS | {Role.CALL_CENTRE},
    "member.export": _ADMINS,
    "member.edit": _ADMINS | {Role.CALL_CENTRE},
    "member.create": _ADMINS | {Role.CALL_CENTRE},
    "member.gift": _ADMINS | {Role.CALL_CENTRE},
    # Issues a coupon for one member.
    "member.coupon": _ADMINS | {Role.CALL_CENTRE, Role.MARKETER},
    "member.tag": _ADMINS | {Role.CALL_CENTRE, Role.MARKETER},
    # Points that are given or taken, or taken back; above the partner's amount another decides.
    "member.correct": _ADMINS | {Role.CALL_CENTRE},
    "member.purchase": _ADMINS | {Role.CALL_CENTRE, Role.CASHIER_SUPERVISOR},
    "member.tier": _ADMINS | {Role.MARKETER},
    # Members, cards, points and accounts: out of reach, or within reach again.
    "member.block": _ADMINS | {Role.CALL_CENTRE},
    # Makes one member of two, and two of one.
    "member.merge": _ADMINS | {Role.CALL_CENTRE},
    "member.household": _ADMINS | {Role.CALL_CENTRE},
    # Lets members leave programs, and join them.
    "member.program": _ADMINS | {Role.CALL_CENTRE},
    # Forgets the person whom a member stands for: nothing takes it back.
    "member.erase": _ADMINS,
    # All that is stored about a person, as a file for them.
    "member.disclose": _ADMINS,
    # Which person a member is: whoever knows the id may link a member of another partner.
    "member.person": _ADMINS,
    "household.view": _CUSTOMERS,
    "household.export": _ADMINS,
    # Dictionaries that rules name, and sets of members.
    "tag.view": _CUSTOMERS,
    "tag.edit": _RULES,
    "tag.create": _RULES,
    "tag.export": _READERS,
    "member-attribute.view": _CUSTOMERS,
    "member-attribute.edit": _RULES,
    "member-attribute.create": _RULES,
    "member-attribute.export": _READERS,
    "segment.view": _CUSTOMERS,
    "segment.edit": _RULES,
    "segment.create": _RULES,
    "segment.export": _READERS,
    "member-list.view": _CUSTOMERS,
    "member-list.edit": _RULES,
    "member-list.create": _RULES,
    "member-list.export": _READERS,
    "correction.view": _ADMINS | {Role.CALL_CENTRE, Role.AUDITOR},
    "correction.decide": _ADMINS,
    # Points of thousands of members at once, and what of a file is taken back.
    "correction.file": _ADMINS,
    "receipt.view": _CUSTOMERS | {Role.CASHIER_SUPERVISOR},
    "card.view": _CUSTOMERS,
    "card.export": _ADMINS,
    "card.issue": _RULES,
    "card-type.view": _CUSTOMERS,
    "card-type.edit": _RULES,
    "card-type.create": _RULES,
    "card-type.export": _READERS,
    "certificate.view": _CUSTOMERS,
    "certificate.export": _ADMINS,
    "certificate.issue": _RULES,
    "certificate.block": _ADMINS | {Role.CALL_CENTRE},
    # A new code for what is left on one: whoever moves it reads the code.
    "certificate.move": _ADMINS | {Role.CALL_CENTRE},
    # They lie in programs: whoever edits those makes and changes them.
    "certificate-series.view": _CUSTOMERS,
    "certificate-series.export": _READERS,
    "gift.view": _CUSTOMERS | {Role.CASHIER_SUPERVISOR},
    "gift.stock": _RULES | {Role.CASHIER_SUPERVISOR},
    "coupon.view": _CUSTOMERS,
    "coupon.export": _ADMINS,
    "coupon.issue": _RULES,
    "coupon.block": _ADMINS | {Role.CALL_CENTRE},
    "coupon-series.view": _CUSTOMERS,
    "coupon-series.edit": _RULES,
    "coupon-series.create": _RULES,
    "coupon-series.export": _READERS,
    # What tills sold without the service, shifts as tills counted them, goods without a receipt.
    "overrun.view": _ADMINS | {Role.ANALYST, Role.AUDITOR, Role.CASHIER_SUPERVISOR},
    "shift.view": _ADMINS | {Role.ANALYST, Role.AUDITOR, Role.CASHIER_SUPERVISOR},
    "figures.view": _READERS,
    "job.view": _RULES | {Role.AUDITOR},
    "staff.view": _ADMINS | {Role.AUDITOR},
    "staff.edit": _ADMINS,
    "staff.create": _ADMINS,
    "staff.export": _ADMINS | {Role.AUDITOR},
    # Takes away a second factor: of whoever lost telephone and recovery codes.
    "staff.factor": _OWNER,
    "history.view": _ADMINS | {Role.AUDITOR},
    # What the webhook did not take, and its next try.
    "event.view": _ADMINS | {Role.AUDITOR},
    "event.retry": _ADMINS,
}

#: Who may give a role: nobody makes somebody who may do more than they.
_GIVEN_BY_ADMINISTRATORS: Final = frozenset(Role) - {Role.OWNER, Role.ADMINISTRATOR}


def may(role: str, permission: str) -> bool:
    """Whether the role has the permission.

    Raises:
        KeyError: there is no such permission; a page asks for one that nobody thought of.
    """
    return role in MATRIX[permission]


def roles_given_by(role: str) -> frozenset[Role]:
    """Which roles somebody may give to others, and change of those who have them."""
    if role == Role.OWNER:
        return frozenset(Role)
    return _GIVEN_BY_ADMINISTRATORS if role == Role.ADMINISTRATOR else frozenset()
