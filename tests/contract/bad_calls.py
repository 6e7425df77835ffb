"""Calls with one bad field each, beside the receipt, with the reason and the field's path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import Identifier, Settlement, Tender
from tests.contract.bad_receipts import INT64_MAX
from tests.service import world
from tests.service.till import receipt

if TYPE_CHECKING:
    from google.protobuf.message import Message

#: What a quote may not ask to be explained.
#: As `é`, but of two signs.
TWIN = "e\u0301"

EXPLANATIONS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"explain": 9}, "FIELD_INVALID", "explain"),
    (
        {"explain": pb.EXPLAIN_LEVEL_FULL, "hold": True, "request_id": "r"},
        "FIELD_INVALID",
        "explain",
    ),
    ({"explain_campaign": "fruit"}, "FIELD_INVALID", "explain_campaign"),
    (
        {"explain": pb.EXPLAIN_LEVEL_FULL, "explain_campaign": "f" * 65},
        "FIELD_OUT_OF_RANGE",
        "explain_campaign",
    ),
    (
        {"explain": pb.EXPLAIN_LEVEL_FULL, "explain_campaign": "f\0"},
        "FIELD_INVALID",
        "explain_campaign",
    ),
    (
        {"explain": pb.EXPLAIN_LEVEL_FULL, "explain_campaign": TWIN},
        "FIELD_INVALID",
        "explain_campaign",
    ),
)

_ONE_BACK = pb.ReturnLine(position=1, quantity_milli=1_000)
_RETURN: dict[str, Any] = {"request_id": "r", "return_id": "b", "purchase_id": "p"}

CARD = Identifier(card="2900000000017")

_CODE = Identifier(qr="x" * 201)

CARDS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"identifier": CARD, "card": "12345", "request_id": ""}, "FIELD_REQUIRED", "request_id"),
    ({"card": "12345"}, "FIELD_REQUIRED", "identifier"),
    ({"identifier": CARD}, "FIELD_REQUIRED", "card"),
    ({"identifier": CARD, "card": "12"}, "FIELD_INVALID", "card"),
    ({"identifier": CARD, "card": "4111111111111111"}, "PAYMENT_CARD_NUMBER", "card"),
    (
        {"identifier": Identifier(phone="+79001234567"), "card": "12345", "replace": True},
        "FIELD_INVALID",
        "replace",
    ),
    (
        {"identifier": CARD, "card": "2900 0000 00017", "replace": True},
        "FIELD_INVALID",
        "replace",
    ),
)
STATEMENTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"currency": "p" * 65}, "FIELD_OUT_OF_RANGE", "currency"),
    ({"currency": "p\0"}, "FIELD_INVALID", "currency"),
    ({"page_size": -1}, "FIELD_OUT_OF_RANGE", "page_size"),
    ({"page_size": 101}, "FIELD_OUT_OF_RANGE", "page_size"),
    *(
        ({"page_token": token}, "FIELD_INVALID", "page_token")
        for token in ("x", "0", "-1", "1.5", "9" * 19, "1" * 5_000, "\u0661")
    ),
    *(
        ({"as_of": moment}, "FIELD_INVALID", "as_of")
        for moment in (
            *("x", "2026-11-21", "2026-11-21T18:05:00", "2026-02-30T00:00:00Z"),
            *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        )
    ),
)

#: Fields of a new card, and of a statement.
OF_MEMBERS: tuple[tuple[str, Message, str, str], ...] = (
    *(
        ("BindCard", pb.BindCardRequest(**({"request_id": "r"} | fields)), reason, field)
        for fields, reason, field in CARDS
    ),
    ("GetStatement", pb.GetStatementRequest(), "FIELD_REQUIRED", "identifier"),
    *(
        ("GetStatement", pb.GetStatementRequest(identifier=CARD, **fields), reason, field)
        for fields, reason, field in STATEMENTS
    ),
)

_SHIFT: dict[str, Any] = {"shift": "1", "business_day": world.business_day()}
SHIFTS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"shift": ""}, "FIELD_REQUIRED", "shift"),
    ({"shift": "s" * 33}, "FIELD_OUT_OF_RANGE", "shift"),
    ({"business_day": ""}, "FIELD_REQUIRED", "business_day"),
    ({"business_day": "27.11.2026"}, "FIELD_INVALID", "business_day"),
    ({"till": pb.ShiftTotals(sales=-1)}, "FIELD_OUT_OF_RANGE", "till.sales"),
    ({"till": pb.ShiftTotals(returns_minor=-1)}, "FIELD_OUT_OF_RANGE", "till.returns_minor"),
    ({"purchase_ids": ["p"] * 5_001}, "FIELD_OUT_OF_RANGE", "purchase_ids"),
    ({"purchase_ids": [""]}, "FIELD_REQUIRED", "purchase_ids[0]"),
    ({"return_ids": ["r" * 65]}, "FIELD_OUT_OF_RANGE", "return_ids[0]"),
)

CALLS: list[tuple[str, Message, str, str]] = [
    *OF_MEMBERS,
    ("Quote", pb.QuoteRequest(receipt=receipt()), "FIELD_REQUIRED", "purchase_id"),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p" * 65, receipt=receipt()),
        "FIELD_OUT_OF_RANGE",
        "purchase_id",
    ),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p\0", receipt=receipt()),
        "FIELD_INVALID",
        "purchase_id",
    ),
    ("Quote", pb.QuoteRequest(purchase_id=TWIN, receipt=receipt()), "FIELD_INVALID", "purchase_id"),
    ("Cancel", pb.CancelRequest(request_id=TWIN, purchase_id="p"), "FIELD_INVALID", "request_id"),
    (
        "ConfirmReturn",
        pb.ConfirmReturnRequest(**(_RETURN | {"return_id": TWIN})),
        "FIELD_INVALID",
        "return_id",
    ),
    (
        "Quote",
        pb.QuoteRequest(purchase_id="p", receipt=receipt(), hold=True),
        "FIELD_REQUIRED",
        "request_id",
    ),
    *(
        (
            "Quote",
            pb.QuoteRequest(
                purchase_id="p", receipt=receipt(), hold=True, request_id="r", hold_ttl_s=ttl
            ),
            "FIELD_OUT_OF_RANGE",
            "hold_ttl_s",
        )
        for ttl in (-1, 1, 29, 1_801, 2**31 - 1)
    ),
    *(
        ("Quote", pb.QuoteRequest(purchase_id="p", receipt=receipt(), **asked), reason, field)
        for asked, reason, field in EXPLANATIONS
    ),
    (
        "Hold",
        pb.HoldRequest(request_id="r", purchase_id="p", receipt=receipt()),
        "FIELD_REQUIRED",
        "quote_token",
    ),
    *(
        (
            "Confirm",
            pb.ConfirmRequest(
                request_id="r", purchase_id="p", receipt=receipt(), settlement=settlement
            ),
            reason,
            field,
        )
        for settlement, reason, field in (
            (Settlement(shift="x" * 33), "FIELD_OUT_OF_RANGE", "settlement.shift"),
            (Settlement(receipt_number="\0"), "FIELD_INVALID", "settlement.receipt_number"),
            (Settlement(cashier="\u0085"), "FIELD_INVALID", "settlement.cashier"),
            (Settlement(business_day="21.11.2026"), "FIELD_INVALID", "settlement.business_day"),
            (Settlement(business_day="2026-02-30"), "FIELD_INVALID", "settlement.business_day"),
            (
                Settlement(tenders=[Tender(kind="cash")] * 21),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders",
            ),
            (
                Settlement(tenders=[Tender(kind="cash", amount_minor=-1)]),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders[0].amount_minor",
            ),
            (
                Settlement(tenders=[Tender(kind="cash", amount_minor=INT64_MAX)]),
                "FIELD_OUT_OF_RANGE",
                "settlement.tenders[0].amount_minor",
            ),
            (
                Settlement(tenders=[Tender(amount_minor=1)]),
                "FIELD_REQUIRED",
                "settlement.tenders[0].kind",
            ),
            (
                Settlement(tenders=[Tender(kind="card", bin="427600000")]),
                "FIELD_INVALID",
                "settlement.tenders[0].bin",
            ),
            (
                Settlement(fiscal={str(i): "x" for i in range(21)}),
                "FIELD_OUT_OF_RANGE",
                "settlement.fiscal",
            ),
            (Settlement(fiscal={"a": "\0"}), "FIELD_INVALID", "settlement.fiscal[a]"),
            (Settlement(fiscal={"\0": "a"}), "FIELD_INVALID", "settlement.fiscal"),
        )
    ),
    (
        "Confirm",
        pb.ConfirmRequest(purchase_id="p", receipt=receipt()),
        "FIELD_REQUIRED",
        "request_id",
    ),
    ("ExtendHold", pb.ExtendHoldRequest(request_id="r"), "FIELD_REQUIRED", "purchase_id"),
    (
        "ExtendHold",
        pb.ExtendHoldRequest(request_id="r", purchase_id="p", ttl_s=10),
        "FIELD_OUT_OF_RANGE",
        "ttl_s",
    ),
    ("Cancel", pb.CancelRequest(purchase_id="p"), "FIELD_REQUIRED", "request_id"),
    (
        "Cancel",
        pb.CancelRequest(request_id="r", purchase_id="\x7f"),
        "FIELD_INVALID",
        "purchase_id",
    ),
    ("CreditLater", pb.CreditLaterRequest(purchase_id="p"), "FIELD_REQUIRED", "request_id"),
    (
        "CreditLater",
        pb.CreditLaterRequest(request_id="r", identifier=CARD),
        "FIELD_REQUIRED",
        "purchase_id",
    ),
    (
        "CreditLater",
        pb.CreditLaterRequest(request_id="r", purchase_id="p"),
        "FIELD_REQUIRED",
        "identifier",
    ),
    *(
        ("ReconcileShift", pb.ReconcileShiftRequest(**(_SHIFT | fields)), reason, field)
        for fields, reason, field in SHIFTS
    ),
    ("SubmitOffline", pb.SubmitOfflineRequest(), "FIELD_OUT_OF_RANGE", "receipts"),
    (
        "SubmitOffline",
        pb.SubmitOfflineRequest(receipts=[pb.OfflineReceipt()] * 51),
        "FIELD_OUT_OF_RANGE",
        "receipts",
    ),
    ("QuoteReturn", pb.QuoteReturnRequest(), "FIELD_REQUIRED", "purchase_id"),
    (
        "QuoteReturn",
        pb.QuoteReturnRequest(purchase_id="p", lines=[pb.ReturnLine(position=1)]),
        "FIELD_OUT_OF_RANGE",
        "lines[0].quantity_milli",
    ),
    (
        "QuoteReturn",
        pb.QuoteReturnRequest(purchase_id="p", lines=[_ONE_BACK] * 2),
        "LINE_POSITION_REPEATED",
        "lines[1].position",
    ),
    *(
        ("ConfirmReturn", pb.ConfirmReturnRequest(**(_RETURN | fields)), reason, field)
        for fields, reason, field in (
            ({"request_id": ""}, "FIELD_REQUIRED", "request_id"),
            ({"return_id": ""}, "FIELD_REQUIRED", "return_id"),
            ({"return_id": "x" * 65}, "FIELD_OUT_OF_RANGE", "return_id"),
            ({"purchase_id": "\0"}, "FIELD_INVALID", "purchase_id"),
            (
                {"lines": [pb.ReturnLine(quantity_milli=1)]},
                "FIELD_OUT_OF_RANGE",
                "lines[0].position",
            ),
            ({"lines": [_ONE_BACK] * 1_001}, "LINE_COUNT_OUT_OF_RANGE", "lines"),
            ({"business_day": "2026-02-30"}, "FIELD_INVALID", "business_day"),
            ({"cashier": "x" * 65}, "FIELD_OUT_OF_RANGE", "cashier"),
            ({"shown_money_minor": -1}, "FIELD_OUT_OF_RANGE", "shown_money_minor"),
        )
    ),
    ("GetPurchase", pb.GetPurchaseRequest(), "FIELD_REQUIRED", "purchase_id"),
    ("GetPurchase", pb.GetPurchaseRequest(purchase_id="\0"), "FIELD_INVALID", "purchase_id"),
    ("Explain", pb.ExplainRequest(), "FIELD_REQUIRED", "purchase_id"),
    (
        "Explain",
        pb.ExplainRequest(purchase_id="p", explain=cast("pb.ExplainLevel", 9)),
        "FIELD_INVALID",
        "explain",
    ),
    (
        "Explain",
        pb.ExplainRequest(purchase_id="p", explain_campaign="fruit"),
        "FIELD_INVALID",
        "explain_campaign",
    ),
    (
        "Explain",
        pb.ExplainRequest(
            purchase_id="p", explain=pb.EXPLAIN_LEVEL_FULL, explain_campaign="f" * 65
        ),
        "FIELD_OUT_OF_RANGE",
        "explain_campaign",
    ),
    (
        "GetOperation",
        pb.GetOperationRequest(method="Drop", request_id="r"),
        "FIELD_INVALID",
        "method",
    ),
    (
        "GetOperation",
        pb.GetOperationRequest(method="Confirm", request_id="\0"),
        "FIELD_INVALID",
        "request_id",
    ),
    ("Identify", pb.IdentifyRequest(), "FIELD_REQUIRED", "identifier"),
    ("GetBalances", pb.GetBalancesRequest(), "FIELD_REQUIRED", "identifier"),
    (
        "Identify",
        pb.IdentifyRequest(identifier=_CODE),
        "FIELD_OUT_OF_RANGE",
        "identifier.qr",
    ),
    (
        "GetStatement",
        pb.GetStatementRequest(identifier=_CODE),
        "FIELD_INVALID",
        "identifier.qr",
    ),
    (
        "Identify",
        pb.IdentifyRequest(identifier=Identifier(card="4111-1111-1111-1111")),
        "PAYMENT_CARD_NUMBER",
        "identifier.card",
    ),
    ("EnrolMember", pb.EnrolMemberRequest(request_id="r"), "FIELD_REQUIRED", "card"),
    *(
        ("EnrolMember", pb.EnrolMemberRequest(request_id="r", **fields), reason, field)
        for fields, reason, field in (
            ({"card": "5555555555554444"}, "PAYMENT_CARD_NUMBER", "card"),
            ({"phone": "12"}, "FIELD_INVALID", "phone"),
            ({"external_id": "\0"}, "FIELD_INVALID", "external_id"),
            (
                {"card": "2900000000994", "first_name": "x" * 101},
                "FIELD_OUT_OF_RANGE",
                "first_name",
            ),
            ({"card": "2900000000994", "last_name": "a\0"}, "FIELD_INVALID", "last_name"),
            ({"card": "2900000000994", "email": "nobody"}, "FIELD_INVALID", "email"),
            ({"card": "2900000000994", "gender": "x"}, "FIELD_INVALID", "gender"),
            ({"card": "2900000000994", "birth_date": "1990-02-30"}, "FIELD_INVALID", "birth_date"),
        )
    ),
]
