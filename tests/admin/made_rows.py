"""Rows that a form uses up, made anew for each who sends it: members, cards, codes, points.

Whoever came after another would find them blocked, merged or gone, and be refused for that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pyotp

from admin.members.erasing import ENDING_CHARACTERS
from admin.members.place import member_key
from checkout.v1 import gift_pb2 as gp
from checkout.v1 import operator_service_pb2 as op
from tests.admin.page_forms import PageForms
from tests.service import coupons
from tests.service.ids import fresh

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service.office import Browser, Office
    from tests.service.running import Service
    from tests.service.till import Operator

#: Who opens the link for a password: nobody who asks, as it ends all their sessions.
LINKED: Final = "somebody-new"
_SEEN: Final = re.compile(r'name="seen" value="([0-9a-f]+)"')
_CARD_ID: Final = """
select encode(digest, 'hex')::uuid::text from identifier where member_id = $1 and kind = 'card'
"""
_CERTIFICATE: Final = """
select bucket || ';' || certificate_id from certificate where certificate_id = $1
"""
_COUPON: Final = """
select bucket || ';' || encode(digest, 'hex')::uuid from coupon where coupon_id = $1
"""
_LINK: Final = """
insert into staff_link (token_hash, staff_id, expires_at)
select sha256(convert_to($1, 'UTF8')), staff_id, now() + interval '1 hour'
from staff where login = $2
"""
_FACTOR: Final = """
insert into staff_factor (staff_id, secret, confirmed_at)
select staff_id, $2, case when $3 then now() end from staff where login = $1
"""


@dataclass(frozen=True, slots=True)
class Making:
    """For whom rows are made: a partner's, and the keys of those that it has."""

    service: Service
    office: Office
    #: Somebody of the partner who may do everything, and asks for nothing of the table.
    reader: Browser
    partner: str
    keys: dict[str, str]
    #: Who is going to ask; empty: nobody.
    login: str

    @property
    def operator(self) -> Operator:
        """One of the partner."""
        return self.service.operator(self.partner)

    @property
    def ann(self) -> str:
        """The member of the partner's keys."""
        return self.keys["member"].partition(";")[2]

    async def enrolled(self, **shown: str) -> str:
        """Somebody new; the id."""
        till = self.service.till(f"{self.partner}-s1-t1")
        answer = await till.enrol(**(shown or {"external_id": uuid4().hex}))
        return answer.member.member_id


async def _member(making: Making) -> dict[str, str]:
    member_id = await making.enrolled()
    return {"member": member_key(member_id), "ending": member_id[-ENDING_CHARACTERS:]}


async def _with_points(making: Making) -> dict[str, str]:
    member_id = await making.enrolled()
    await making.operator.adjust(member_id, 1_00)
    return {"member": member_key(member_id)}


async def _with_card(making: Making) -> dict[str, str]:
    number = f"29{uuid4().int % 10**11:011}"
    member_id = await making.enrolled(card=number)
    card = await making.office.database.fetchval(_CARD_ID, member_id)
    return {"member": member_key(member_id), "number": number, "card": card}


async def _outside(making: Making) -> dict[str, str]:
    member_id = await making.enrolled()
    await making.operator.leave(member_id)
    return {"member": member_key(member_id)}


async def _pooling(making: Making) -> dict[str, str]:
    member_id = await making.enrolled()
    await making.operator.household(member_id)
    return {"member": member_key(member_id)}


async def _two(making: Making) -> dict[str, str]:
    survivor, other = await making.enrolled(), await making.enrolled()
    return {"member": member_key(survivor), "other": other}


async def _merged(making: Making) -> dict[str, str]:
    survivor, other = await making.enrolled(), await making.enrolled()
    merged = await making.operator.merge(other, survivor)
    return {"member": member_key(survivor), "merge": merged.merge_id}


async def _linked(making: Making) -> dict[str, str]:
    member_id = await making.enrolled()
    await making.operator.link(member_id)
    return {"member": member_key(member_id)}


async def _frozen(making: Making) -> dict[str, str]:
    return {"freeze": (await making.operator.freeze(making.ann, 1)).freeze_id}


async def _corrected(making: Making) -> dict[str, str]:
    return {"booked": (await making.operator.adjust(making.ann, 1)).correction_id}


async def _given(making: Making) -> dict[str, str]:
    request = gp.GiveGiftRequest(
        request_id=fresh("give"),
        member_id=making.ann,
        gift=making.keys["gift"],
        count=1,
        reason="a test",
    )
    return {"gift_given": (await making.operator.call("GiveGift", request)).gift_given_id}


async def _certificate(making: Making) -> dict[str, str]:
    request = op.IssueCertificatesRequest(
        request_id=fresh("issue"), series="gift", count=1, activate=True, reason="a test"
    )
    (issued,) = (await making.operator.call("IssueCertificates", request)).certificates
    key = await making.office.database.fetchval(_CERTIFICATE, issued.certificate_id)
    return {"certificate": key}


async def _coupon(making: Making) -> dict[str, str]:
    (issued,) = await coupons.issue(making.operator, series=making.keys["campaign"])
    key = await making.office.database.fetchval(_COUPON, issued.coupon_id)
    return {"coupon": key, "coupon_code": issued.code}


async def _link(making: Making) -> dict[str, str]:
    token = uuid4().hex
    await making.office.database.execute(_LINK, token, LINKED)
    return {"token": token}


async def _factor(making: Making, *, confirmed: bool) -> dict[str, str]:
    secret = pyotp.random_base32()
    await making.office.database.execute(_FACTOR, making.login, secret, confirmed)
    return {"digits": pyotp.TOTP(secret).now()}


async def _begun_factor(making: Making) -> dict[str, str]:
    return await _factor(making, confirmed=False)


async def _working_factor(making: Making) -> dict[str, str]:
    return await _factor(making, confirmed=True)


async def _profile(making: Making) -> dict[str, str]:
    """As it is now: other forms of this table change it."""
    path = f"/member/{making.keys['member']}/profile"
    found = PageForms(path, (await making.reader.get(path)).text).found
    (form,) = (one for one in found if one.path == path)
    return {name: "".join(values) for name, values in form.fields.items() if name != "reason"}


async def _rules(making: Making) -> dict[str, str]:
    page = await making.reader.get("/publication/list")
    return {"seen_rules": _SEEN.search(page.text)[1]}  # type: ignore[index]


#: By route: what makes the rows that its form is about, and the keys of these.
MAKERS: Final[dict[str, Callable[[Making], Awaitable[dict[str, str]]]]] = {
    "/account/factor/confirm": _begun_factor,
    "/account/factor/drop": _working_factor,
    "/certificate/{id}/block": _certificate,
    "/certificate/{id}/move": _certificate,
    "/coupon/block": _coupon,
    "/coupon/{id}/block": _coupon,
    "/link/{token}": _link,
    "/member/{id}/block-card": _with_card,
    "/member/{id}/block-this-card": _with_card,
    "/member/{id}/erase": _member,
    "/member/{id}/freeze-account": _with_points,
    "/member/{id}/gift-back": _given,
    "/member/{id}/household": _member,
    "/member/{id}/join-program": _outside,
    "/member/{id}/leave-household": _pooling,
    "/member/{id}/leave-program": _member,
    "/member/{id}/link-person": _member,
    "/member/{id}/merge": _two,
    "/member/{id}/profile": _profile,
    "/member/{id}/replace-card": _with_card,
    "/member/{id}/restore": _frozen,
    "/member/{id}/unblock-this-card": _with_card,
    "/member/{id}/undo": _corrected,
    "/member/{id}/unlink-person": _linked,
    "/member/{id}/unmerge": _merged,
    "/publication/publish": _rules,
}


async def made_for(making: Making, method: str, path: str) -> dict[str, str]:
    """The partner's keys, with those of what a route's form uses up."""
    maker = MAKERS.get(path) if method == "POST" else None
    return making.keys | (await maker(making) if maker is not None else {})
