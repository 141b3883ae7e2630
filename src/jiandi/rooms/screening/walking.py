"""Who walks which doors in which order: the days `core.plan` makes of a village, for the officers who walk there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jiandi.core.plan.days import Door, plan_days


@dataclass(frozen=True, slots=True)
class Stop:
    """A door to plan: a dwelling, or a household or person whose door nobody knows."""

    dwelling_id: int | None
    household_id: int | None
    village_id: int | None
    town_id: int | None
    county_id: int
    group_no: int = 0
    number: int = 0  # the house number, as far as the address tells
    lon: float | None = None
    lat: float | None = None


@dataclass(slots=True)
class Walks:
    """The walks of a round, village by village; whoever walks several villages does one after the other."""

    days_taken: dict[str, int] = field(default_factory=dict)

    def plan(
        self, stops: Sequence[Stop], workers: Sequence[int]
    ) -> Iterator[tuple[Stop, int | None, int | None, int]]:
        """Yield (stop, worker, day, order in the day) for the doors of one village."""
        named = {f"{stop.number:09d}/{row}": stop for row, stop in enumerate(stops)}
        doors = [Door(name, "", f"{stop.group_no:05d}", stop.lat, stop.lon) for name, stop in named.items()]
        days = plan_days(doors, {"": [str(worker) for worker in workers]})
        before = dict(self.days_taken)
        for day in days:
            number = before.get(day.worker, 0) + day.day
            if day.worker:
                self.days_taken[day.worker] = max(self.days_taken.get(day.worker, 0), number)
            worker = int(day.worker) if day.worker else None
            for order, door in enumerate(day.doors, 1):
                yield named[door], worker, number if worker else None, order


def house_number(address: str) -> int:
    """Return the last run of digits of an address, which is the house number in a village."""
    digits = ""
    for letter in reversed(address):
        if letter.isascii() and letter.isdigit():
            digits = letter + digits
        elif digits:
            break
    return int(digits[-9:]) if digits else 0
