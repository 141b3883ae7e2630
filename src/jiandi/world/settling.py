"""Make one village at a time, each without its neighbours, and bind up what it hands in."""

from __future__ import annotations

from jiandi.world import hidden
from jiandi.world.geography import VillagePlace, lay_out
from jiandi.world.harm.plan import Plan
from jiandi.world.households import settle_village
from jiandi.world.lives import live_on
from jiandi.world.parameters import Parameters
from jiandi.world.people import Village
from jiandi.world.rosters.all import rows_of
from jiandi.world.rosters.kinds import KINDS
from jiandi.world.rosters.mess import Clerk
from jiandi.world.sheaves import Page, Sheaf, page_of, sheaf_of


class Settler:
    """Makes any village of a world, in any order; nothing of a village outlives its turn."""

    def __init__(self, people: int, seed: int, rates: Parameters) -> None:
        self.seed, self.rates = seed, rates
        self.places = lay_out(people, seed, rates)
        self.plan = Plan(self.places, people, seed, rates)
        self._clerks = [Clerk(kind, rates) for kind in KINDS]

    def village(self, place: VillagePlace) -> Village:
        """Make one village and everything that is planted in it."""
        village = Village(place, self.rates, self.seed)
        builder = settle_village(village)
        live_on(village)
        hidden.hide(village, builder)
        self.plan.plant(village, builder)
        return village

    def sheaf(self, place: VillagePlace) -> Sheaf:
        """Make one village and return what it hands in."""
        village = self.village(place)
        return sheaf_of(village, [self._page(clerk, village) for clerk in self._clerks])

    def _page(self, clerk: Clerk, village: Village) -> Page:
        kind = clerk.kind
        rows = clerk.write(rows_of(kind.name, village), village.dice(f"clerk {kind.name}"))
        return page_of(kind, rows)
