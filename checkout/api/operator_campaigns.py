"""OperatorService: trying a campaign; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from pydantic import ValidationError

from checkout.api.decode import decode_id, decode_local_time
from checkout.api.decode_explain import decode_language
from checkout.api.encode_outcome import encode_outcome
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare, decode_uuid
from checkout.api.violations import RefusedCall, Violation, Violations, unless_refused
from checkout.engine.problems import Problem
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.schema.campaign import Campaign
from checkout.engine.told import told
from checkout.flows.publish import Faulty, faulty, said_again
from checkout.flows.try_campaign import Trial
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.try_campaign import TryCampaignFlow

    Context = ServicerContext[Any, Any]

CAMPAIGN_BYTES_MAX: Final = 200_000
#: Faults or warnings that an answer names.
PROBLEMS_SHOWN_MAX: Final = 100


class OperatorCampaigns(OperatorCare):
    """Calls about campaigns that are in no rules yet."""

    _trials: TryCampaignFlow

    async def TryCampaign(  # noqa: N802 - named by the contract
        self, request: pb.TryCampaignRequest, context: Context
    ) -> pb.TryCampaignResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        decode_id("purchase_id", request.purchase_id, found)
        local_time = member_id = None
        if request.local_time:
            local_time = decode_local_time("local_time", request.local_time, found)
        if request.HasField("member_id"):
            member_id = decode_uuid("member_id", request.member_id, found)
        if len(request.campaign) > CAMPAIGN_BYTES_MAX:
            found.add(
                Reason.FIELD_OUT_OF_RANGE,
                "campaign",
                f"campaign has at most {CAMPAIGN_BYTES_MAX} bytes",
                {"bytes": len(request.campaign), "bytes_max": CAMPAIGN_BYTES_MAX},
            )
        decode_language(request.language, found)
        found.raise_if_any()
        answer = await self._trials.try_on(
            partner.partner_id,
            Trial(
                campaign=_decode_campaign(request.campaign, request.language),
                purchase_id=request.purchase_id,
                local_time=local_time,
                member_id=member_id,
                is_guest=request.guest,
                language=request.language,
            ),
        )
        if isinstance(answer, Faulty):
            raise refused_rules(answer, request.language)
        tried = unless_refused(answer)
        return pb.TryCampaignResponse(
            snapshot_id=tried.snapshot_id,
            before=encode_outcome(tried.before),
            after=encode_outcome(tried.after),
            local_time=tried.local_time.isoformat(timespec="seconds"),
            descriptions=tried.descriptions,
        )


def _decode_campaign(body: bytes, language: str) -> Campaign:
    """The campaign of a JSON text.

    Raises:
        RefusedCall: SNAPSHOT_INVALID, with its fields as those of published rules are named.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        fault = told("it is not JSON, from sign {position} on", position=error.pos + 1)
        raise refused_rules(faulty([Problem("campaign", fault)]), language) from None
    try:
        return Campaign.model_validate(document)
    except ValidationError as error:
        code = document.get("code", "") if isinstance(document, dict) else ""
        root = f"campaigns[{code}]"
        raise refused_rules(faulty(schema_faults(error, document, root)), language) from None


def refused_rules(found: Faulty, language: str) -> RefusedCall:
    """Rules that cannot be published, with the fields to blame, in a language."""
    return RefusedCall(
        found.refusal,
        tuple(
            Violation(Reason.SNAPSHOT_INVALID, problem.field, problem.message, {})
            for problem in said_again(found.problems[:PROBLEMS_SHOWN_MAX], language)
        ),
    )
