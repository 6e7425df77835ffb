"""Conditions about the sale itself: where, when and how it is made, and what codes it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from checkout.engine.conditions.base import CompiledCondition, found, listed
from checkout.engine.frozen import frozen
from checkout.engine.periods import CompiledSchedule
from checkout.engine.schema.conditions import (
    CampaignApplied,
    Channel,
    Coupon,
    CouponSeries,
    InSchedule,
    Place,
    Tender,
)

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.places import CompiledStore
    from checkout.engine.receipt import PlannedTender


class AtPlace(CompiledCondition):
    """`place`."""

    __slots__ = ("chains", "formats", "regions", "stores", "terminals")
    kind = "place"

    def __init__(self, place: Place) -> None:
        """Keep the sets; a till is named by its store and its code."""
        self.stores = frozen(place.stores)
        self.chains = frozen(place.chains)
        self.formats = frozen(place.formats)
        self.regions = frozen(place.regions)
        self.terminals = frozen([(till.store, till.terminal) for till in place.terminals])

    def includes(self, store: CompiledStore) -> bool:
        """The whole store is meant."""
        return (
            store.code in self.stores
            or store.chain in self.chains
            or store.format in self.formats
            or store.region in self.regions
        )

    def holds(self, case: Case) -> bool:
        """The receipt's store is meant, or its till."""
        return (
            self.includes(case.store) or (case.store.code, case.receipt.terminal) in self.terminals
        )

    def needed_in(self, words: Words) -> str:
        """The named stores and tills, and what else stores are named by."""
        tills = {f"{store}/{till}" for store, till in self.terminals}
        return listed(
            words,
            [
                *sorted(self.stores | tills),
                *[words.say("chain {chain}", chain=chain) for chain in sorted(self.chains)],
                *[words.say("format {format}", format=name) for name in sorted(self.formats)],
                *[words.say("region {region}", region=name) for name in sorted(self.regions)],
            ],
        )

    def seen_in(self, words: Words, case: Case) -> str:
        """The place under those names that are asked for: till or store, chain, format, region."""
        store, terminal = case.store, case.receipt.terminal
        names = []
        if self.terminals and terminal:
            names.append(f"{store.code}/{terminal}")
        elif self.stores or self.terminals:
            names.append(store.code)
        if self.chains:
            names.append(words.say("chain {chain}", chain=store.chain))
        if self.formats:
            format_ = words.say("format {format}", format=store.format)
            names.append(format_ if store.format else words.say("no format"))
        if self.regions:
            region = words.say("region {region}", region=store.region)
            names.append(region if store.region else words.say("no region"))
        return ", ".join(names)


class IsInSchedule(CompiledCondition):
    """`schedule`."""

    __slots__ = ("schedule",)
    kind = "schedule"

    def __init__(self, schedule: CompiledSchedule) -> None:
        """Keep the schedule."""
        self.schedule = schedule

    def holds(self, case: Case) -> bool:
        """The moment lies in it."""
        return self.schedule.holds(case.moment)

    def needed_in(self, words: Words) -> str:
        """The schedule."""
        return self.schedule.text(words)

    def seen_in(self, words: Words, case: Case) -> str:
        """The moment."""
        return case.moment.text(words)


class IsPaidWith(CompiledCondition):
    """`tender`."""

    __slots__ = ("bins", "kinds", "tokens")
    kind = "tender"

    def __init__(self, tender: Tender) -> None:
        """Keep what is given."""
        self.kinds = frozen(tender.kinds)
        self.bins = tender.bins
        self.tokens = frozen(tender.tokens)

    def holds(self, case: Case) -> bool:
        """One planned tender has every part that is given."""
        return any(self._is_meant(tender) for tender in case.receipt.tenders)

    def _is_meant(self, tender: PlannedTender) -> bool:
        return (
            (not self.kinds or tender.kind in self.kinds)
            and (not self.bins or tender.bin.startswith(self.bins))
            and (not self.tokens or tender.token in self.tokens)
        )

    def needed_in(self, words: Words) -> str:
        """The kinds and first digits; of tokens how many there are."""
        parts = []
        if self.kinds:
            parts.append(f" {words.code('or')} ".join(sorted(self.kinds)))
        if self.bins:
            parts.append(words.say("beginning with {bins}", bins=listed(words, self.bins)))
        if self.tokens:
            parts.append(words.say("with one of {count} tokens", count=len(self.tokens)))
        return " ".join(parts) or words.say("any")

    def seen_in(self, words: Words, case: Case) -> str:
        """The planned tenders, without tokens."""
        tenders = [f"{tender.kind} {tender.bin}".strip() for tender in case.receipt.tenders]
        return listed(words, [tender or words.say("unnamed") for tender in tenders]) or words.say(
            "none"
        )


class IsThroughChannel(CompiledCondition):
    """`channel`."""

    __slots__ = ("channels",)
    kind = "channel"

    def __init__(self, channels: tuple[str, ...]) -> None:
        """Keep the channels."""
        self.channels = frozen(channels)

    def holds(self, case: Case) -> bool:
        """The receipt's channel is one of them."""
        return case.receipt.channel in self.channels

    def needed_in(self, words: Words) -> str:
        """The channels."""
        return listed(words, sorted(self.channels))

    def seen_in(self, words: Words, case: Case) -> str:
        """The receipt's channel."""
        return case.receipt.channel or words.say("none")


class HasCoupon(CompiledCondition):
    """`coupon`: as it is written, and without regard to case; the program says which counts."""

    __slots__ = ("code", "folded")
    kind = "coupon"

    def __init__(self, code: str) -> None:
        """Keep the code in both forms: programs that read it differently share the campaign."""
        self.code = code
        self.folded = code.casefold()

    def holds(self, case: Case) -> bool:
        """The receipt carries it."""
        return case.carries(self.code, self.folded)

    def needed_in(self, words: Words) -> str:
        """The code."""
        del words
        return self.code

    def seen_in(self, words: Words, case: Case) -> str:
        """The codes given, as they were typed."""
        return found(words, set(case.receipt.coupons))


class HasCouponOfSeries(CompiledCondition):
    """`coupon_series`."""

    __slots__ = ("series",)
    kind = "coupon_series"

    def __init__(self, series: str) -> None:
        """Keep the series."""
        self.series = series

    def holds(self, case: Case) -> bool:
        """The receipt carries a code that the facts know as one of the series."""
        return self.series in case.coupon_series.values()

    def needed_in(self, words: Words) -> str:
        """The series."""
        return words.say("a coupon of {series}", series=self.series)

    def seen_in(self, words: Words, case: Case) -> str:
        """The series of the codes given."""
        return found(words, set(case.coupon_series.values()))


class HasGranted(CompiledCondition):
    """`campaign_applied`."""

    __slots__ = ("campaigns",)
    kind = "campaign_applied"
    is_late = True

    def __init__(self, campaigns: tuple[str, ...]) -> None:
        """Keep their codes."""
        self.campaigns = frozen(campaigns)

    def holds(self, case: Case) -> bool:
        """One of them has been granted something so far: it is asked when a lane opens."""
        return not self.campaigns.isdisjoint(case.granted)

    def needed_in(self, words: Words) -> str:
        """The campaigns."""
        return listed(words, sorted(self.campaigns))

    def seen_in(self, words: Words, case: Case) -> str:
        """Which of them have granted something."""
        return found(words, self.campaigns & case.granted)


def compile_sale_condition(
    condition: Place | InSchedule | Tender | Channel | Coupon | CouponSeries | CampaignApplied,
) -> CompiledCondition:
    """The compiled form of a condition about the sale itself."""
    match condition:
        case Place():
            return AtPlace(condition)
        case InSchedule():
            return IsInSchedule(CompiledSchedule(condition.schedule))
        case Tender():
            return IsPaidWith(condition)
        case Channel():
            return IsThroughChannel(condition.channels)
        case Coupon():
            return HasCoupon(condition.code)
        case CouponSeries():
            return HasCouponOfSeries(condition.series)
        case CampaignApplied():
            return HasGranted(condition.campaigns)
        case _:
            assert_never(condition)
