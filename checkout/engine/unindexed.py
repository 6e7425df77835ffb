"""Campaigns that every receipt reaches, or every receipt of a store: those whose day it is.

A campaign out of its dates is neither open nor nearly open. So for the dates that receipts have,
which are few, the others are remembered: campaigns of years before cost a receipt nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from checkout.engine.compiled_campaign import CompiledCampaign
    from checkout.engine.conditions.sale import AtPlace
    from checkout.engine.places import CompiledStore

#: Local dates remembered: stores lie in many zones, and tills send receipts of the day before.
DATES_MAX: Final = 4

Campaigns = tuple["CompiledCampaign", ...]


class _Day:
    """Campaigns whose dates overlap one local date."""

    __slots__ = ("at_stores", "everywhere")

    def __init__(self, everywhere: Campaigns) -> None:
        self.everywhere = everywhere
        self.at_stores: dict[str, Campaigns] = {}


class Unindexed:
    """The campaigns of a program without another index, and those with an index of stores."""

    __slots__ = ("_at_places", "_at_stores", "_days", "_everywhere")

    def __init__(self) -> None:
        """Start empty; nothing is remembered before all are added."""
        self._everywhere: list[CompiledCampaign] = []
        self._at_places: list[tuple[AtPlace, CompiledCampaign]] = []
        self._at_stores: dict[str, Campaigns] = {}
        self._days: dict[dt.date, _Day] = {}

    def add(self, campaign: CompiledCampaign, place: AtPlace | None = None) -> None:
        """Every receipt reaches it, or every one of the stores of a place."""
        if place is None:
            self._everywhere.append(campaign)
        else:
            self._at_places.append((place, campaign))

    def everywhere(self, date: dt.date | None = None) -> Campaigns:
        """Those that every receipt of a date reaches; without one, of any."""
        return tuple(self._everywhere) if date is None else self._day(date).everywhere

    def at_store(self, store: CompiledStore, date: dt.date | None = None) -> Campaigns:
        """Those reached through a whole store."""
        known = self._at_stores.get(store.code)
        if known is None:
            known = tuple(c for place, c in self._at_places if place.includes(store))
            self._at_stores[store.code] = known
        if date is None or not known:
            return known
        day = self._day(date)
        of_day = day.at_stores.get(store.code)
        if of_day is None:
            of_day = day.at_stores[store.code] = _on_date(known, date)
        return of_day

    def _day(self, date: dt.date) -> _Day:
        day = self._days.get(date)
        if day is None:
            if len(self._days) == DATES_MAX:
                del self._days[next(iter(self._days))]
            day = self._days[date] = _Day(_on_date(self._everywhere, date))
        return day


def _on_date(campaigns: Iterable[CompiledCampaign], date: dt.date) -> Campaigns:
    return tuple(campaign for campaign in campaigns if campaign.schedule.overlaps(date))
