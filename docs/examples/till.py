"""A till in one file: identify, quote while lines are added, hold, extend, confirm, cancel.

    make run                                          # in another terminal: prints a token
    .venv/bin/python docs/examples/till.py till-…     # that token

Needs grpcio, grpcio-status and the code generated from proto/; of this repository it uses
`checkout.v1`, which `make proto` writes. The parts that a till copies are `open_channel`, `change`
and the order of calls in `sell`. docs/integration.md explains them.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import uuid
import zoneinfo
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import outcome_pb2, receipt_pb2
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub

CARD = "2944887500131"  # of the demo data with seed 7, which is the default
READ_TIMEOUT_S = 0.3
WRITE_TIMEOUT_S = 1.0
ATTEMPTS = 3
# The call may have happened, or may work a little later: it is repeated with the same request_id.
UNKNOWN = {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
# Only UNAVAILABLE is repeated by the channel; see docs/integration.md.
SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": "checkout.v1.CheckoutService"}],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}


def open_channel(target: str) -> grpc.Channel:
    """One channel for the life of the till; with TLS it is grpc.secure_channel."""
    options = [
        ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        # A thousand lines with many campaigns each explain themselves in some megabytes.
        ("grpc.max_receive_message_length", 32 << 20),
    ]
    return grpc.insecure_channel(target, options)


def reason_of(error: grpc.RpcError) -> str:
    """The contract's reason of an error; empty if the call never reached the service."""
    status = rpc_status.from_call(error)
    for detail in status.details if status is not None else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info) and info.domain == "checkout.v1":
            return info.reason
    return ""


class Till:
    """One till with its token."""

    def __init__(self, target: str, token: str) -> None:
        self.stub = CheckoutServiceStub(open_channel(target))
        self.metadata = (("authorization", f"Bearer {token}"),)
        # A till knows its store's zone; this one asks, once.
        self.zone = zoneinfo.ZoneInfo(
            self.read("GetSnapshotInfo", pb.GetSnapshotInfoRequest()).time_zone
        )

    def read(self, method: str, request: Any) -> Any:
        """A call that changes nothing."""
        call = getattr(self.stub, method)
        return call(request, metadata=self.metadata, timeout=READ_TIMEOUT_S)

    def change(self, method: str, request: Any) -> Any:
        """A call that changes something: one request_id, repeated until its outcome is known.

        A deadline that passes means "unknown". The same request_id makes repeating safe. When
        this gives up, `became_of` tells later what happened.
        """
        request.request_id = str(uuid.uuid4())
        for attempt in range(1, ATTEMPTS + 1):
            try:
                call = getattr(self.stub, method)
                return call(request, metadata=self.metadata, timeout=WRITE_TIMEOUT_S)
            except grpc.RpcError as error:
                unknown = error.code() in UNKNOWN or reason_of(error) == "OVERLOADED"
                if not unknown or attempt == ATTEMPTS:
                    raise
                time.sleep(0.1 * attempt)
        raise AssertionError("the loop returns or raises")

    def became_of(self, method: str, request_id: str) -> str:
        """OPERATION_STATE_NOT_DONE, _IN_PROGRESS or _DONE."""
        request = pb.GetOperationRequest(method=method, request_id=request_id)
        return pb.OperationState.Name(self.read("GetOperation", request).state)


def receipt_of(
    till: Till, lines: list[receipt_pb2.Line], *, points_max: bool
) -> receipt_pb2.Receipt:
    """The sale so far, at the store's local time."""
    now = dt.datetime.now(till.zone)
    offset = now.utcoffset() or dt.timedelta()
    receipt = receipt_pb2.Receipt(
        local_time=now.replace(tzinfo=None).isoformat(timespec="seconds"),
        utc_offset_minutes=offset // dt.timedelta(minutes=1),
        identifier=receipt_pb2.Identifier(card=CARD),
        lines=lines,
    )
    if points_max:
        receipt.points_max = True
    return receipt


def money(minor: int) -> str:
    """Minor units of a currency with two decimals."""
    return f"{minor // 100}.{minor % 100:02d}"


def show(what: str, outcome: outcome_pb2.Outcome) -> None:
    """One line about an outcome."""
    paid = outcome.redemption.points_minor
    print(
        f"{what:<22} pay {money(outcome.payable_minor):>6}, discount "
        f"{money(outcome.discount_minor)}, points paid {paid}, earned "
        f"{outcome.points_earned_minor}"
    )


def sell(till: Till, basket: list[receipt_pb2.Line]) -> None:
    """The long flow: quotes while lines are added, a hold while the customer pays, the confirm."""
    purchase_id = str(uuid.uuid4())  # once per sale
    for count in range(1, len(basket)):
        so_far = receipt_of(till, basket[:count], points_max=False)
        quote = till.read("Quote", pb.QuoteRequest(purchase_id=purchase_id, receipt=so_far))
        show(f"quote, {count} lines", quote.outcome)

    whole = receipt_of(till, basket, points_max=True)  # keep it: Confirm carries the very same
    held = till.change("Quote", pb.QuoteRequest(purchase_id=purchase_id, receipt=whole, hold=True))
    if held.status != pb.STATUS_OK:
        print("the points cannot be spent:", held.reason)
        return
    show("quote with hold", held.outcome)
    till.change("ExtendHold", pb.ExtendHoldRequest(purchase_id=purchase_id, ttl_s=900))

    # The customer pays held.outcome.payable_minor here; the live hold guarantees it.
    request = pb.ConfirmRequest(
        purchase_id=purchase_id,
        receipt=whole,
        quote_token=held.quote_token,
        settlement=receipt_pb2.Settlement(
            tenders=[receipt_pb2.Tender(kind="cash", amount_minor=held.outcome.payable_minor)],
            shift="17",
            receipt_number=purchase_id[:8],
        ),
    )
    sold = till.change("Confirm", request)
    show("confirm", sold.outcome)
    again = till.stub.Confirm(request, metadata=till.metadata, timeout=WRITE_TIMEOUT_S)
    print("repeated confirm       same answer:", again == sold)
    print("GetOperation          ", till.became_of("Confirm", request.request_id))
    print()
    for line in sold.slip:
        print("   ", line)
    print()


def give_up(till: Till, basket: list[receipt_pb2.Line]) -> None:
    """The customer walks away: what was held comes back, and nobody can confirm it any more."""
    purchase_id = str(uuid.uuid4())
    whole = receipt_of(till, basket, points_max=True)
    held = till.change("Quote", pb.QuoteRequest(purchase_id=purchase_id, receipt=whole, hold=True))
    cancelled = till.change("Cancel", pb.CancelRequest(purchase_id=purchase_id))
    print(
        f"hold and cancel        held {held.hold.points_minor} points, "
        f"released {cancelled.released_points_minor}"
    )


def main() -> None:
    """Play everything once."""
    token, *rest = sys.argv[1:]
    till = Till(rest[0] if rest else "127.0.0.1:50051", token)
    milk = receipt_pb2.Line(
        position=1, sku="862349", quantity_milli=2_000, price_minor=189, amount_minor=378
    )
    grapes = receipt_pb2.Line(
        position=2, sku="869857", quantity_milli=1_000, price_minor=661, amount_minor=661
    )
    chips = receipt_pb2.Line(
        position=3, sku="15926638", quantity_milli=1_000, price_minor=250, amount_minor=250
    )
    card = receipt_pb2.Identifier(card=CARD)
    member = till.read("Identify", pb.IdentifyRequest(identifier=card)).member
    print(f"identify               tier {member.tier}, points {member.balances[0].active_minor}")
    sell(till, [milk, grapes, chips])
    give_up(till, [milk, grapes, chips])
    try:
        till.read("Identify", pb.IdentifyRequest(identifier=receipt_pb2.Identifier(card="0000")))
    except grpc.RpcError as error:
        print(
            f"unknown card           {error.code().name} {reason_of(error)}: sell without a member"
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:  # noqa: PLR2004 - the program and a token
        sys.exit("usage: till.py TOKEN [HOST:PORT]")
    try:
        main()
    except grpc.RpcError as failed:
        sys.exit(f"{failed.code().name} {reason_of(failed)}: {failed.details()}")
