"""A request to every call that succeeds for its own partner, about things that only North has.

What another partner hears to the same request stands beside it: a reason where it names something
of North's, OK where each partner has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.v1 import card_pb2, coupon_pb2, gift_pb2, member_pb2
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import Identifier, Receipt
from tests.races.ledger_state import make_members
from tests.service import bulks, coupons, gifts, returns, world
from tests.service.cards import PLASTIC, add_card_type
from tests.service.ids import fresh
from tests.service.purchases import purchase
from tests.service.till import receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from tests.service.running import Service

#: A phone that nobody has at South; the card of world.CARD is another member's there.
ANN: Final = Identifier(phone=world.PHONE)
#: Members who are there for one call each.
_MEMBERS: Final = (
    *("adjust", "contact", "tag", "block", "card", "replace", "freeze", "account", "qr", "leave"),
    *("join", "tier", "absorbed", "surviving", "apart", "whole", "link", "unlink", "household"),
    *("in_household", "gift", "coupon", "attribute", "consent", "erase"),
)


def ann_buys() -> Receipt:
    """An apple, for Ann."""
    return receipt(identifier=ANN)


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is at North to be called about: ids by what they are there for."""

    ids: dict[str, str]
    #: Cards of the members who are there for a call about their card.
    cards: dict[str, str] = field(default_factory=dict)
    #: What Ann buys, at one moment: a hold is of what was quoted.
    apple: Receipt = field(default_factory=ann_buys)
    new_card: str = "2900000000994"
    bound_card: str = "2900000000987"

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


@dataclass(frozen=True, slots=True)
class Row:
    """A call that succeeds, and what the other partner hears to it."""

    request: Callable[[Stock], Message]
    at_south: str
    at_other_store: str = "OK"


def asked(kind: Callable[..., Any], **fields: Any) -> Any:
    """A request of an operator, who says why."""
    return kind(request_id=fresh("asked"), reason="a test", **fields)


async def sales(service: Service, **more: str) -> Stock:
    """Purchases of Ann and of a guest at a till, and codes that a till may be shown."""
    till, stock = service.till(), Stock({}, **more)  # type: ignore[arg-type]
    ids = stock.ids
    for name in ("sold", "brought_back", "guest"):
        ids[name] = fresh(name)
        sale = receipt() if name == "guest" else stock.apple
        await till.confirm(ids[name], sale, request_id=ids[name])
    for name in ("held", "cancelled"):
        ids[name] = fresh(name)
        await till.quote(ids[name], stock.apple, hold=True)
    ids["quoted"] = fresh("quoted")
    ids["token"] = (await till.quote(ids["quoted"], stock.apple)).quote_token
    (ids["certificate"],) = await service.operator().issue_certificates("gift", 1, activate=True)
    return stock


async def records(service: Service) -> Stock:
    """Rules, members, codes and corrections, of which operators ask."""
    await coupons.put_coupon_rules(service.database)
    await service.database.execute(
        "update partner set words = words || $2 where partner_id = $1",
        world.NORTH,
        orjson.dumps({"attributes": {"children": "number"}, "consents": ["sms"]}).decode(),
    )
    await add_card_type(service)
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 100)
    await bulks.set_four_eyes(service, 100_00)
    cards = dict(zip(_MEMBERS, await make_members(service, len(_MEMBERS), 50_00), strict=True))
    shown = [Identifier(card=card) for card in cards.values()]
    request = member_pb2.FindMembersRequest(identifiers=shown)
    found = (await service.operator().call("FindMembers", request)).members
    stock = Stock(dict(zip(_MEMBERS, (each.member_id for each in found), strict=True)), cards)
    stock.ids["sold"] = fresh("sold")
    await service.till().confirm(stock.ids["sold"], stock.apple)
    await _intervene(service, stock)
    return stock


async def _intervene(service: Service, stock: Stock) -> None:
    operator, ids = service.operator(), stock.ids
    ids["bulk"] = "north's"
    await bulks.bulk_adjust(operator, ids["bulk"], [bulks.row(1, "1")])
    ids["booked"] = (await operator.adjust(ids["adjust"], 1_00)).correction_id
    other = service.operator(author="another")
    ids["proposed"] = (await other.adjust(ids["adjust"], 200_00)).correction_id
    ids["freeze_id"] = (await operator.freeze(ids["freeze"], 1_00)).freeze_id
    await operator.leave(ids["join"])
    ids["merge_id"] = (await operator.merge(ids["apart"], ids["whole"])).merge_id
    await operator.link(ids["unlink"])
    ids["household_id"] = await operator.household(ids["in_household"])
    ids["given"] = (await gifts.give(operator, ids["gift"])).gift_given_id
    await coupons.issue(operator, codes=("TO-BLOCK", "BLOCKED"), member_id=ids["coupon"])
    await coupons.block(operator, "BLOCKED")
    for name in ("blocked_certificate", "moved_certificate"):
        (ids[name],) = await operator.issue_certificates("gift", 1, activate=True)


#: Calls of tills.
TILLS: Final[dict[str, Row]] = {
    "Identify": Row(lambda _: pb.IdentifyRequest(identifier=ANN), "MEMBER_UNKNOWN"),
    "EnrolMember": Row(
        lambda s: pb.EnrolMemberRequest(request_id=fresh("new"), card=s.new_card), "OK"
    ),
    "BindCard": Row(
        lambda s: pb.BindCardRequest(request_id=fresh("bind"), identifier=ANN, card=s.bound_card),
        "MEMBER_UNKNOWN",
    ),
    "Quote": Row(
        lambda s: pb.QuoteRequest(purchase_id=fresh("q"), receipt=s.apple), "MEMBER_UNKNOWN"
    ),
    "Hold": Row(
        lambda s: pb.HoldRequest(
            request_id=fresh("hold"),
            purchase_id=s["quoted"],
            receipt=s.apple,
            quote_token=s["token"],
        ),
        "QUOTE_TOKEN_INVALID",
        # A price is a store's.
        "RECEIPT_DIFFERS",
    ),
    "ExtendHold": Row(
        lambda s: pb.ExtendHoldRequest(
            request_id=fresh("extend"), purchase_id=s["held"], ttl_s=600
        ),
        "HOLD_UNKNOWN",
    ),
    "Confirm": Row(
        lambda s: pb.ConfirmRequest(
            request_id=fresh("sell"),
            purchase_id=fresh("sell"),
            receipt=s.apple,
        ),
        "MEMBER_UNKNOWN",
    ),
    "Cancel": Row(
        lambda s: pb.CancelRequest(request_id=fresh("cancel"), purchase_id=s["cancelled"]), "OK"
    ),
    "QuoteReturn": Row(lambda s: pb.QuoteReturnRequest(purchase_id=s["sold"]), "PURCHASE_UNKNOWN"),
    "ConfirmReturn": Row(
        lambda s: pb.ConfirmReturnRequest(
            request_id=fresh("back"), return_id=fresh("back"), purchase_id=s["brought_back"]
        ),
        "PURCHASE_UNKNOWN",
    ),
    "ReturnWithoutReceipt": Row(
        lambda _: pb.ReturnWithoutReceiptRequest(
            request_id=fresh("goods"),
            return_id=fresh("goods"),
            goods=[returns.goods(1_00)],
            identifier=ANN,
            reason="no receipt",
        ),
        "MEMBER_UNKNOWN",
    ),
    "SubmitOffline": Row(
        lambda s: pb.SubmitOfflineRequest(
            receipts=[pb.OfflineReceipt(purchase_id=fresh("told"), receipt=s.apple)]
        ),
        "MEMBER_UNKNOWN",
    ),
    "CreditLater": Row(
        lambda s: pb.CreditLaterRequest(
            request_id=fresh("later"), purchase_id=s["guest"], identifier=ANN
        ),
        "PURCHASE_UNKNOWN",
    ),
    "ReconcileShift": Row(
        lambda s: pb.ReconcileShiftRequest(
            shift="1", business_day=world.business_day(), purchase_ids=[s["sold"]]
        ),
        "OK",
    ),
    "CheckCertificate": Row(
        lambda s: pb.CheckCertificateRequest(code=s["certificate"]), "CERTIFICATE_UNKNOWN"
    ),
    "GetPurchase": Row(lambda s: pb.GetPurchaseRequest(purchase_id=s["sold"]), "PURCHASE_UNKNOWN"),
    "Explain": Row(lambda s: pb.ExplainRequest(purchase_id=s["sold"]), "PURCHASE_UNKNOWN"),
    "GetOperation": Row(
        lambda s: pb.GetOperationRequest(method="Confirm", request_id=s["sold"]), "OK"
    ),
    "GetBalances": Row(lambda _: pb.GetBalancesRequest(identifier=ANN), "MEMBER_UNKNOWN"),
    "GetStatement": Row(lambda _: pb.GetStatementRequest(identifier=ANN), "MEMBER_UNKNOWN"),
    "CheckCoupon": Row(lambda _: coupon_pb2.CheckCouponRequest(code=world.COUPON), "OK"),
    "ListCoupons": Row(lambda _: coupon_pb2.ListCouponsRequest(identifier=ANN), "MEMBER_UNKNOWN"),
    "ListGifts": Row(lambda _: gift_pb2.ListGiftsRequest(identifier=ANN), "MEMBER_UNKNOWN"),
    "ListStores": Row(lambda _: pb.ListStoresRequest(), "OK"),
    "GetSnapshotInfo": Row(lambda _: pb.GetSnapshotInfoRequest(), "OK"),
    "Session": Row(
        lambda s: pb.SessionRequest(
            correlation_id=1,
            timeout_ms=5_000,
            get_purchase=pb.GetPurchaseRequest(purchase_id=s["sold"]),
        ),
        "PURCHASE_UNKNOWN",
    ),
}


def _of_member(
    kind: Callable[..., Any], name: str, at_south: str = "MEMBER_UNKNOWN", **fields: Any
) -> Row:
    return Row(lambda s: asked(kind, member_id=s[name], **fields), at_south)


#: Calls of operators.
OPERATORS: Final[dict[str, Row]] = {
    "AdjustBalance": _of_member(
        op.AdjustBalanceRequest, "adjust", currency=world.CURRENCY, amount_minor=1
    ),
    "BulkAdjust": Row(
        lambda s: op.BulkAdjustRequest(
            bulk="another",
            file_hash=bytes(32),
            file_name="another.csv",
            reason="a test",
            rows=[bulks.row(1, "1", member_id=s["adjust"])],
        ),
        "MEMBER_UNKNOWN",
    ),
    "GetBulk": Row(lambda s: op.GetBulkRequest(bulk=s["bulk"]), "BULK_UNKNOWN"),
    "ListCorrections": Row(lambda s: op.ListCorrectionsRequest(bulk=s["bulk"]), "OK"),
    "DecideCorrections": Row(
        lambda s: asked(op.DecideCorrectionsRequest, correction_ids=[s["proposed"]]),
        "CORRECTION_UNKNOWN",
    ),
    "UndoCorrections": Row(
        lambda s: asked(op.UndoCorrectionsRequest, correction_ids=[s["booked"]]),
        "CORRECTION_UNKNOWN",
    ),
    "EmergencyStop": Row(
        lambda _: asked(op.EmergencyStopRequest, campaign="soap"), "CAMPAIGN_UNKNOWN"
    ),
    "AddMember": Row(
        lambda _: asked(member_pb2.AddMemberRequest, store="s1", card="2900000000970"), "OK"
    ),
    "ChangeContact": _of_member(member_pb2.ChangeContactRequest, "contact", phone="+79001230099"),
    "FindMembers": Row(lambda _: member_pb2.FindMembersRequest(identifiers=[ANN]), "OK"),
    "TagMember": _of_member(member_pb2.TagMemberRequest, "tag", tag=coupons.TAG),
    "SetMemberAttribute": _of_member(
        member_pb2.SetMemberAttributeRequest, "attribute", attribute="children", number=2
    ),
    "SetMemberConsent": _of_member(
        member_pb2.SetMemberConsentRequest, "consent", channel="sms", consents=True
    ),
    "BlockMember": _of_member(op.BlockMemberRequest, "block"),
    "BlockCard": Row(
        lambda s: asked(op.BlockCardRequest, identifier=Identifier(card=s.cards["card"])),
        "MEMBER_UNKNOWN",
    ),
    "IssueCards": Row(
        lambda _: asked(card_pb2.IssueCardsRequest, type=PLASTIC, count=1), "CARD_TYPE_UNKNOWN"
    ),
    "ReplaceCard": Row(
        lambda s: asked(
            card_pb2.ReplaceCardRequest,
            card=s.cards["replace"],
            new_card="2900000000963",
            replacement=card_pb2.CARD_REPLACEMENT_LOST,
        ),
        "MEMBER_UNKNOWN",
    ),
    "FreezePoints": _of_member(
        op.FreezePointsRequest, "freeze", currency=world.CURRENCY, amount_minor=1
    ),
    "RestorePoints": Row(
        lambda s: asked(op.RestorePointsRequest, freeze_id=s["freeze_id"]), "FREEZE_UNKNOWN"
    ),
    "FreezeAccount": _of_member(op.FreezeAccountRequest, "account", currency=world.CURRENCY),
    "IssueQrToken": Row(lambda s: op.IssueQrTokenRequest(member_id=s["qr"]), "MEMBER_UNKNOWN"),
    "LeaveProgram": _of_member(op.LeaveProgramRequest, "leave", program="main"),
    "JoinProgram": _of_member(op.JoinProgramRequest, "join", program="main"),
    "SetTier": _of_member(op.SetTierRequest, "tier", program="main", tier="gold"),
    "ListTierChanges": Row(
        lambda s: op.ListTierChangesRequest(member_id=s["tier"]), "MEMBER_UNKNOWN"
    ),
    "ExplainPurchase": Row(
        lambda s: op.ExplainPurchaseRequest(purchase_id=s["sold"]), "PURCHASE_UNKNOWN"
    ),
    "TryCampaign": Row(
        lambda s: op.TryCampaignRequest(
            campaign=orjson.dumps(world.campaigns("north")[0]), purchase_id=s["sold"]
        ),
        "PURCHASE_UNKNOWN",
    ),
    "AddPurchase": Row(lambda s: purchase(1_00, member_id=s["adjust"]), "MEMBER_UNKNOWN"),
    "ListReceipts": Row(lambda s: op.ListReceiptsRequest(member_id=s["adjust"]), "MEMBER_UNKNOWN"),
    "ListOverruns": Row(
        lambda _: op.ListOverrunsRequest(
            first_day=world.business_day(1), last_day=world.business_day()
        ),
        "OK",
    ),
    "MergeMembers": Row(
        lambda s: asked(
            op.MergeMembersRequest,
            absorbed_member_id=s["absorbed"],
            surviving_member_id=s["surviving"],
        ),
        "MEMBER_UNKNOWN",
    ),
    "UnmergeMembers": Row(
        lambda s: asked(op.UnmergeMembersRequest, merge_id=s["merge_id"]), "MERGE_UNKNOWN"
    ),
    "LinkPerson": _of_member(op.LinkPersonRequest, "link"),
    "UnlinkPerson": _of_member(op.UnlinkPersonRequest, "unlink"),
    "EraseMember": _of_member(op.EraseMemberRequest, "erase", write_off=True),
    "GetMemberLinks": Row(
        lambda s: op.GetMemberLinksRequest(member_id=s["whole"]), "MEMBER_UNKNOWN"
    ),
    "IssueCoupons": Row(
        lambda _: asked(coupon_pb2.IssueCouponsRequest, series=coupons.SERIES, count=1),
        "COUPON_SERIES_UNKNOWN",
    ),
    "BlockCoupon": Row(
        lambda _: asked(coupon_pb2.BlockCouponRequest, code="TO-BLOCK"), "COUPON_UNKNOWN"
    ),
    "UnblockCoupon": Row(
        lambda _: asked(coupon_pb2.UnblockCouponRequest, code="BLOCKED"), "COUPON_UNKNOWN"
    ),
    "IssueCertificates": Row(
        lambda _: asked(op.IssueCertificatesRequest, series="gift", count=1), "OK"
    ),
    "BlockCertificate": Row(
        lambda s: asked(op.BlockCertificateRequest, code=s["blocked_certificate"]),
        "CERTIFICATE_UNKNOWN",
    ),
    "MoveCertificate": Row(
        lambda s: asked(op.MoveCertificateRequest, code=s["moved_certificate"]),
        "CERTIFICATE_UNKNOWN",
    ),
    "GiveGift": _of_member(gift_pb2.GiveGiftRequest, "gift", gift=gifts.MUG, count=1),
    "TakeGiftBack": Row(
        lambda s: asked(gift_pb2.TakeGiftBackRequest, gift_given_id=s["given"]),
        "GIFT_GIVEN_UNKNOWN",
    ),
    "SetGiftStock": Row(
        lambda _: asked(gift_pb2.SetGiftStockRequest, gift=gifts.MUG, counted=90), "GIFT_UNKNOWN"
    ),
    "CreateHousehold": Row(lambda _: asked(op.CreateHouseholdRequest), "OK"),
    "AddToHousehold": Row(
        lambda s: asked(
            op.AddToHouseholdRequest, household_id=s["household_id"], member_id=s["household"]
        ),
        "HOUSEHOLD_UNKNOWN",
    ),
    "RemoveFromHousehold": _of_member(op.RemoveFromHouseholdRequest, "in_household"),
    "PublishSnapshot": Row(lambda _: op.PublishSnapshotRequest(), "OK"),
}
