"""OperatorService: decode → flow → encode, one method a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.decode_explain import decode_language
from checkout.api.gate import OPERATOR
from checkout.api.household_calls import HouseholdCalls
from checkout.api.identity_calls import IdentityCalls
from checkout.api.operator_campaigns import (
    PROBLEMS_SHOWN_MAX,
    OperatorCampaigns,
    refused_rules,
)
from checkout.api.operator_cards import OperatorCards
from checkout.api.operator_care import REASON_CHARACTERS_MAX
from checkout.api.operator_certificates import OperatorCertificates
from checkout.api.operator_corrections import OperatorCorrections
from checkout.api.operator_coupons import OperatorCoupons
from checkout.api.operator_gifts import OperatorGifts
from checkout.api.operator_members import OperatorMembers
from checkout.api.operator_overruns import OperatorOverruns
from checkout.api.operator_people import OperatorPeople
from checkout.api.operator_purchases import OperatorPurchases
from checkout.api.operator_receipts import OperatorReceipts
from checkout.api.operator_tiers import OperatorTiers
from checkout.api.violations import Violations
from checkout.flows.publish import Faulty, said_again
from checkout.v1 import operator_service_pb2 as pb
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.correction_lookup import CorrectionLookup
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.directory import Directory
    from checkout.flows.explain import ExplainFlow
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.list_overruns import OverrunList
    from checkout.flows.list_receipts import ReceiptList
    from checkout.flows.list_tier_changes import TierChangeList
    from checkout.flows.member_links import MemberLinksFlow
    from checkout.flows.publish import PublishFlow
    from checkout.flows.qr_issue import QrIssue
    from checkout.flows.try_campaign import TryCampaignFlow

    Context = ServicerContext[Any, Any]


class OperatorServicer(
    OperatorMembers,
    OperatorPeople,
    OperatorReceipts,
    OperatorCampaigns,
    OperatorTiers,
    OperatorOverruns,
    OperatorPurchases,
    OperatorCorrections,
    OperatorCertificates,
    OperatorCoupons,
    OperatorCards,
    OperatorGifts,
    HouseholdCalls,
    IdentityCalls,
):
    """What the admin and loaders ask."""

    def __init__(
        self,
        *,
        decoder: Decoder,
        group_commit: GroupCommit,
        corrections: CorrectionLookup,
        receipts: ReceiptList,
        tier_changes: TierChangeList,
        overruns: OverrunList,
        explanations: ExplainFlow,
        trials: TryCampaignFlow,
        qr_codes: QrIssue,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        card_numbers: CardNumbers,
        links: MemberLinksFlow,
        publishing: PublishFlow,
        directory: Directory,
    ) -> None:
        super().__init__(decoder=decoder, group_commit=group_commit, codes=codes)
        self._corrections = corrections
        self._receipts = receipts
        self._tier_changes = tier_changes
        self._overruns = overruns
        self._explanations = explanations
        self._trials = trials
        self._qr_codes = qr_codes
        self._coupon_codes = coupon_codes
        self._card_numbers = card_numbers
        self._links = links
        self._publishing = publishing
        self._directory = directory

    async def PublishSnapshot(  # noqa: N802 - named by the contract
        self, request: pb.PublishSnapshotRequest, context: Context
    ) -> pb.PublishSnapshotResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        found.text("note", request.note, REASON_CHARACTERS_MAX)
        decode_language(request.language, found)
        found.raise_if_any()
        if request.check_only:
            with speaking(request.language):
                checked = await self._publishing.check(partner.partner_id)
            if isinstance(checked, Faulty):
                raise refused_rules(checked, request.language)
            return pb.PublishSnapshotResponse(
                snapshot_id=checked.snapshot_id,
                sequence=checked.sequence,
                changed=checked.differs,
                parts=checked.parts,
                warnings=[
                    pb.RuleWarning(field=warning.field, message=warning.message)
                    for warning in said_again(
                        checked.warnings[:PROBLEMS_SHOWN_MAX], request.language
                    )
                ],
                warnings_total=len(checked.warnings),
            )
        with speaking(request.language):
            published = await self._publishing.publish(partner.partner_id, author, request.note)
        if isinstance(published, Faulty):
            raise refused_rules(published, request.language)
        return pb.PublishSnapshotResponse(
            snapshot_id=published.snapshot_id,
            sequence=published.sequence,
            changed=published.changed,
            parts=published.parts,
            parts_new=published.parts_new,
        )
