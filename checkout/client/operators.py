"""The operator's calls: deadlines and credentials as the guide says."""

from __future__ import annotations

from typing import Final

from checkout.client.cards import OperatorCards
from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S
from checkout.client.corrections import CorrectionCalls
from checkout.client.coupons import OperatorCoupons
from checkout.client.gifts import OperatorGifts
from checkout.client.identities import IdentityCalls
from checkout.client.memberships import MembershipCalls
from checkout.client.people import PeopleCalls
from checkout.v1 import operator_service_pb2 as pb
from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub

#: Publishing checks all rules.
PUBLISH_TIMEOUT_S: Final = 60.0


class OperatorClient(
    CorrectionCalls,
    MembershipCalls,
    PeopleCalls,
    OperatorCards,
    OperatorCoupons,
    OperatorGifts,
    IdentityCalls,
):
    """The admin or a loader, for one partner and one author. Its calls raise `CallRefusedError`."""

    def __init__(
        self,
        target: str,
        credential: str,
        *,
        partner: str,
        author: str,
        timeout_factor: int = 1,
        ca_pem: bytes | None = None,
    ) -> None:
        super().__init__(
            target,
            (
                ("authorization", f"Bearer {credential}"),
                ("x-partner", partner),
                ("x-author", author),
            ),
            timeout_factor,
            ca_pem,
        )
        self._stub = OperatorServiceStub(self._channel)

    async def emergency_stop(
        self, request_id: str, campaign: str, reason: str, *, lift: bool = False
    ) -> pb.EmergencyStopResponse:
        request = pb.EmergencyStopRequest(
            request_id=request_id, campaign=campaign, reason=reason, lift=lift
        )
        response: pb.EmergencyStopResponse = await self._call(
            self._stub.EmergencyStop, request, WRITE_TIMEOUT_S
        )
        return response

    async def list_receipts(
        self, member_id: str, *, page_size: int = 0, page_token: str = ""
    ) -> pb.ListReceiptsResponse:
        """A page of what a member bought and gave back, newest first."""
        request = pb.ListReceiptsRequest(
            member_id=member_id, page_size=page_size, page_token=page_token
        )
        response: pb.ListReceiptsResponse = await self._call(
            self._stub.ListReceipts, request, READ_TIMEOUT_S
        )
        return response

    async def list_tier_changes(
        self, member_id: str, *, program: str = "", page_size: int = 0, page_token: str = ""
    ) -> pb.ListTierChangesResponse:
        """A page of what became of a member's tiers, newest first."""
        request = pb.ListTierChangesRequest(
            member_id=member_id, program=program, page_size=page_size, page_token=page_token
        )
        response: pb.ListTierChangesResponse = await self._call(
            self._stub.ListTierChanges, request, READ_TIMEOUT_S
        )
        return response

    async def list_overruns(
        self,
        first_day: str,
        last_day: str,
        by: pb.OverrunsBy = pb.OVERRUNS_BY_UNSPECIFIED,
        page_size: int = 0,
        page_token: str = "",
    ) -> pb.ListOverrunsResponse:
        """What tills gave away by themselves on some business days, and what did not fit."""
        request = pb.ListOverrunsRequest(
            first_day=first_day,
            last_day=last_day,
            by=by,
            page_size=page_size,
            page_token=page_token,
        )
        response: pb.ListOverrunsResponse = await self._call(
            self._stub.ListOverruns, request, READ_TIMEOUT_S
        )
        return response

    async def explain_purchase(
        self, request: pb.ExplainPurchaseRequest
    ) -> pb.ExplainPurchaseResponse:
        """Why a confirmed purchase of the partner came out as it did."""
        response: pb.ExplainPurchaseResponse = await self._call(
            self._stub.ExplainPurchase, request, READ_TIMEOUT_S
        )
        return response

    async def try_campaign(self, request: pb.TryCampaignRequest) -> pb.TryCampaignResponse:
        """What a campaign would make of a confirmed purchase, beside what the rules in force do."""
        response: pb.TryCampaignResponse = await self._call(
            self._stub.TryCampaign, request, PUBLISH_TIMEOUT_S
        )
        return response

    async def add_purchase(self, request: pb.AddPurchaseRequest) -> pb.AddPurchaseResponse:
        """Add a purchase to a member by hand."""
        response: pb.AddPurchaseResponse = await self._call(
            self._stub.AddPurchase, request, WRITE_TIMEOUT_S
        )
        return response

    async def block_member(
        self, request_id: str, member_id: str, reason: str, *, lift: bool = False
    ) -> pb.BlockMemberResponse:
        request = pb.BlockMemberRequest(
            request_id=request_id, member_id=member_id, reason=reason, lift=lift
        )
        response: pb.BlockMemberResponse = await self._call(
            self._stub.BlockMember, request, WRITE_TIMEOUT_S
        )
        return response

    async def freeze_points(
        self,
        request_id: str,
        member_id: str,
        currency: str,
        reason: str,
        *,
        amount_minor: int | None = None,
    ) -> pb.FreezePointsResponse:
        """Freeze so many points; without an amount all that can be spent."""
        request = pb.FreezePointsRequest(
            request_id=request_id, member_id=member_id, currency=currency, reason=reason
        )
        if amount_minor is None:
            request.all = True
        else:
            request.amount_minor = amount_minor
        response: pb.FreezePointsResponse = await self._call(
            self._stub.FreezePoints, request, WRITE_TIMEOUT_S
        )
        return response

    async def restore_points(
        self, request_id: str, freeze_id: str, reason: str
    ) -> pb.RestorePointsResponse:
        request = pb.RestorePointsRequest(request_id=request_id, freeze_id=freeze_id, reason=reason)
        response: pb.RestorePointsResponse = await self._call(
            self._stub.RestorePoints, request, WRITE_TIMEOUT_S
        )
        return response

    async def issue_certificates(
        self,
        request_id: str,
        series: str,
        reason: str,
        *,
        count: int = 1,
        face: int = 0,
        activate: bool = False,
    ) -> pb.IssueCertificatesResponse:
        request = pb.IssueCertificatesRequest(
            request_id=request_id,
            series=series,
            count=count,
            face=face,
            activate=activate,
            reason=reason,
        )
        response: pb.IssueCertificatesResponse = await self._call(
            self._stub.IssueCertificates, request, WRITE_TIMEOUT_S
        )
        return response

    async def block_certificate(
        self,
        request_id: str,
        code: str,
        reason: str,
        *,
        lift: bool = False,
        certificate_id: str = "",
    ) -> pb.BlockCertificateResponse:
        """Block one, or lift it: by the code, or by the id of one with a code of ours."""
        request = pb.BlockCertificateRequest(request_id=request_id, reason=reason, lift=lift)
        if certificate_id:
            request.certificate_id = certificate_id
        else:
            request.code = code
        response: pb.BlockCertificateResponse = await self._call(
            self._stub.BlockCertificate, request, WRITE_TIMEOUT_S
        )
        return response

    async def move_certificate(
        self, request_id: str, code: str, reason: str, *, certificate_id: str = ""
    ) -> pb.MoveCertificateResponse:
        """Move what is left of one, named by the code or, if the code is ours, by the id."""
        request = pb.MoveCertificateRequest(request_id=request_id, reason=reason)
        if certificate_id:
            request.certificate_id = certificate_id
        else:
            request.code = code
        response: pb.MoveCertificateResponse = await self._call(
            self._stub.MoveCertificate, request, WRITE_TIMEOUT_S
        )
        return response

    async def create_household(self, request_id: str, reason: str) -> pb.CreateHouseholdResponse:
        request = pb.CreateHouseholdRequest(request_id=request_id, reason=reason)
        response: pb.CreateHouseholdResponse = await self._call(
            self._stub.CreateHousehold, request, WRITE_TIMEOUT_S
        )
        return response

    async def add_to_household(
        self, request_id: str, household_id: str, member_id: str, reason: str
    ) -> pb.AddToHouseholdResponse:
        request = pb.AddToHouseholdRequest(
            request_id=request_id, household_id=household_id, member_id=member_id, reason=reason
        )
        response: pb.AddToHouseholdResponse = await self._call(
            self._stub.AddToHousehold, request, WRITE_TIMEOUT_S
        )
        return response

    async def remove_from_household(
        self, request_id: str, member_id: str, reason: str
    ) -> pb.RemoveFromHouseholdResponse:
        request = pb.RemoveFromHouseholdRequest(
            request_id=request_id, member_id=member_id, reason=reason
        )
        response: pb.RemoveFromHouseholdResponse = await self._call(
            self._stub.RemoveFromHousehold, request, WRITE_TIMEOUT_S
        )
        return response

    async def publish_snapshot(
        self, note: str = "", *, check_only: bool = False, language: str = ""
    ) -> pb.PublishSnapshotResponse:
        request = pb.PublishSnapshotRequest(note=note, check_only=check_only, language=language)
        response: pb.PublishSnapshotResponse = await self._call(
            self._stub.PublishSnapshot, request, PUBLISH_TIMEOUT_S
        )
        return response
