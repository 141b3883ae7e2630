"""Which shapes of harm, and of innocent look-alikes, are planted in which village."""

from __future__ import annotations

from collections import defaultdict

from jiandi.world.dice import Dice
from jiandi.world.geography import Geography
from jiandi.world.harm import benefits, children, family, illness, papers, traces
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.households import Builder
from jiandi.world.officers import all_clear_villages
from jiandi.world.parameters import Parameters
from jiandi.world.people import Harm, Village

SHAPES: dict[str, Shape] = (
    papers.SHAPES | illness.SHAPES | benefits.SHAPES | children.SHAPES | traces.SHAPES | family.SHAPES
)
ALL_CLEAR = "unit_reports_all_clear"
LARGE = 20_000


class Plan:
    """Drawn once from the seed: small, so that villages can be made one by one."""

    def __init__(self, places: Geography, people: int, seed: int, parameters: Parameters) -> None:
        rates = parameters.harm
        least = int(rates["least_large"] if people >= LARGE else rates["least_small"])
        wanted = max(least, round(rates["rate"] * people / 10_000))
        alike = max(least, round(wanted * rates["look_alikes"]))
        dice = Dice(seed, -1, "harm plan")
        villages = len(places.villages)
        self._of: dict[int, list[tuple[str, bool]]] = defaultdict(list)
        for shape in SHAPES:
            for look_alike, count in ((False, wanted), (True, alike)):
                if shape == family.NAME:
                    count = 0 if look_alike else max(1, min(3, people // 1_000_000))
                for _ in range(count):
                    self._of[dice.whole(0, villages - 1)].append((shape, look_alike))
        self.all_clear = max(least, round(villages * 0.02)) if villages > 5 else 1
        self._desk = set(all_clear_villages(places, seed, self.all_clear))
        quiet = all_clear_villages(places, seed, min(villages, 2 * self.all_clear))
        self._quiet = set(quiet) - self._desk

    def plant(self, village: Village, builder: Builder) -> None:
        """Plant a village's share."""
        stage = Stage(village, builder)
        for name, look_alike in self._of.get(village.place.index, ()):
            stage.play(name, SHAPES[name], look_alike)
        if village.place.index in self._desk:
            self._all_clear(village, look_alike=False)
        elif village.place.index in self._quiet:
            for person in village.people:
                person.need = ""
            self._all_clear(village, look_alike=True)

    def _all_clear(self, village: Village, *, look_alike: bool) -> None:
        """The whole village is the harm: its workers report from the desk; or it is really a quiet place."""
        unseen = next((p for p in village.people if p.hidden), village.people[0])
        village.harms.append(Harm(len(village.harms) + 1, ALL_CLEAR, unseen, village.place.code, look_alike))
