"""Reasons: one list in code and contract, each with a status and a word for the till."""

from __future__ import annotations

import re
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2

from checkout.api.status import STATUS_CODES, status_of
from checkout.api.violations import RefusedCall, Violation
from checkout.refusals import Reason, Refusal
from checkout.v1 import error_reason_pb2

PROTO = Path(__file__).resolve().parents[2] / "proto" / "checkout" / "v1" / "error_reason.proto"
#: Enum members with the comment above each.
MEMBERS = re.findall(
    r"((?:^  //.*\n)*)^  ERROR_REASON_(\w+) = (\d+);", PROTO.read_text(), re.MULTILINE
)


def test_the_contract_lists_the_reasons_in_their_order() -> None:
    """Names, order and numbers agree; the first value is "unspecified"."""
    assert [name for _, name, _ in MEMBERS] == ["UNSPECIFIED", *(r.value for r in Reason)]
    assert [int(number) for _, _, number in MEMBERS] == list(range(len(Reason) + 1))
    assert [f"ERROR_REASON_{name}" for _, name, _ in MEMBERS] == list(
        error_reason_pb2.ErrorReason.keys()
    )


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_status_and_says_what_the_till_does(reason: Reason) -> None:
    """The comment begins with the status of the table and goes on with advice."""
    (comment,) = [text for text, name, _ in MEMBERS if name == reason.value]
    words = " ".join(line.strip().removeprefix("//").strip() for line in comment.splitlines())
    status, _, advice = words.partition(". ")
    assert status == STATUS_CODES[reason].name
    assert len(advice.split()) >= 5


def test_no_reason_is_unknown_or_ok() -> None:
    """A till can act on every status; UNKNOWN says nothing."""
    assert set(STATUS_CODES) == set(Reason)
    assert not {grpc.StatusCode.UNKNOWN, grpc.StatusCode.OK} & set(STATUS_CODES.values())


@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_becomes_a_status_with_details(reason: Reason) -> None:
    """ErrorInfo with reason, domain and numbers; BadRequest with fields; RetryInfo if it helps."""
    call = RefusedCall(
        Refusal(reason, "because", "a.b", {"retry_after_ms": 1_500, "value": 3}),
        (Violation(reason, "a.b", "because", {}),),
    )
    status = status_of(call)
    assert status.code is STATUS_CODES[reason]
    assert status.details == "because"
    packed = dict(status.trailing_metadata)["grpc-status-details-bin"]
    for detail in (
        error_details_pb2.ErrorInfo(reason=reason.value, domain="checkout.v1"),
        error_details_pb2.BadRequest(),
        error_details_pb2.RetryInfo(),
    ):
        assert detail.DESCRIPTOR.full_name.encode() in packed
    assert reason.value.encode() in packed
    assert b"a.b" in packed
