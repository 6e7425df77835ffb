"""TryCampaign: what a campaign that is in no rules would make of a confirmed purchase.

The receipt and what was known at its time are those that were stored; the rules are those in force,
once as they are and once with the campaign. Nothing is written and nothing is held: budgets and
limits are as they were at the sale, those that have come since are unused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from checkout.engine.evaluate import Explain, evaluate
from checkout.flows.explain import descriptions_of, sold_of
from checkout.flows.in_words import words_for
from checkout.flows.publish import Faulty, faulty, problems_of_changes
from checkout.flows.sale import load_content
from checkout.flows.sale_facts import load_facts, sale_facts
from checkout.flows.sale_operation import missing_snapshot
from checkout.refusals import Reason, Refusal
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.problems import Problem
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.campaign import Campaign
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import MemberBook
    from checkout.store.reference import ReferenceStore


class TryableSnapshots(Protocol):
    """Snapshots in force, with a campaign more."""

    async def try_campaign(self, snapshot_id: str, campaign: Campaign) -> CompiledSnapshot | None:
        """A resident snapshot as it would be with the campaign."""


class KnownMembers(Protocol):
    """Members by id."""

    async def get(self, partner_id: UUID, member_id: UUID) -> MemberBook | None:
        """A member of the partner, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried: a campaign on a purchase; at another time or for somebody else, if given."""

    campaign: Campaign
    purchase_id: str
    local_time: dt.datetime | None = None
    member_id: UUID | None = None
    is_guest: bool = False
    #: In which conditions are told; empty: in the codes of rules.
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Both outcomes, by the rules in force and with the campaign."""

    snapshot_id: str
    before: Outcome
    after: Outcome
    local_time: dt.datetime
    #: What colleagues wrote about campaigns that the outcomes name, by code.
    descriptions: Mapping[str, str]


class TryCampaignFlow:
    """Tries campaigns."""

    def __init__(
        self,
        snapshots: Snapshots,
        tryable: TryableSnapshots,
        members: KnownMembers,
        reference: ReferenceStore,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._snapshots = snapshots
        self._tryable = tryable
        self._members = members
        self._reference = reference
        self._clock = clock

    async def try_on(self, partner_id: UUID, trial: Trial) -> Tried | Faulty | Refusal:
        """Price a purchase of the partner by both rules.

        Raises:
            StoreError: the database cannot be asked.
        """
        sold = sold_of(await self._reference.find_sale(partner_id, trial.purchase_id))
        if isinstance(sold, Refusal):
            return sold
        receipt, _ = load_content(sold.content)
        if trial.local_time is not None:
            receipt = replace(receipt, local_time=trial.local_time)
        snapshot = self._snapshots.current(partner_id)
        if snapshot is None or receipt.store not in snapshot.stores:
            return missing_snapshot()
        facts = await self._facts(partner_id, trial, load_facts(sold.facts), snapshot, receipt)
        if isinstance(facts, Refusal):
            return facts
        problems = await self._problems(snapshot, trial.campaign)
        if problems:
            return faulty(problems)
        tried = await self._tryable.try_campaign(snapshot.snapshot_id, trial.campaign)
        if tried is None:  # another was published meanwhile, and this one forgotten
            return missing_snapshot()
        code = trial.campaign.code
        words = words_for(trial.language, snapshot, receipt.store)
        with speaking(trial.language):
            before, after = (
                evaluate(rules, facts, receipt, Explain.FULL, code, words=words)
                for rules in (snapshot, tried)
            )
        told = descriptions_of(tried, receipt.store, before, after)
        return Tried(snapshot.snapshot_id, before, after, receipt.local_time, told)

    async def _facts(
        self,
        partner_id: UUID,
        trial: Trial,
        stored: Facts,
        snapshot: CompiledSnapshot,
        receipt: Receipt,
    ) -> Facts | Refusal:
        """What is known of whoever buys: as it was stored, or of somebody else as of now."""
        if trial.is_guest:
            return replace(stored, member=None)
        if trial.member_id is None:
            return stored
        member = await self._members.get(partner_id, trial.member_id)
        if member is None:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        now = self._clock()
        return sale_facts(
            member,
            stored.budgets,
            {},
            stored.stopped,
            stored.certificates,
            program=snapshot.programs[snapshot.stores[receipt.store].program].document,
            today=receipt.local_time.date(),
            now=now,
            valid_at=now,
        )

    @staticmethod
    async def _problems(snapshot: CompiledSnapshot, campaign: Campaign) -> list[Problem]:
        """What a publication of the rules in force with the campaign would be refused for."""
        problems = await problems_of_changes(snapshot, {campaign.code: campaign}, ())
        root = f"campaigns[{campaign.code}]"
        return [one for one in problems if one.field.startswith(root)]
