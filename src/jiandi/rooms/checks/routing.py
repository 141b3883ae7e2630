"""Where an alert goes, and around whom: units by name, the structural outsiders of a rule, the next level up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from jiandi.core.checks import Rule
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit

# The unit kind that holds each recipient of the rule table.
KIND_OF_RECIPIENT: Mapping[str, str] = {
    "police_trafficking": "police",
    "police_identity": "police",
    "police_emergency": "police",
    "ambulance": "health",
    "women_federation": "women",
    "maternal_health": "health",
    "mental_health": "health",
    "health": "health",
    "civil_affairs": "civil",
    "archives": "civil",
    "child_director": "civil",
    "education": "education",
    "disabled_federation": "disabled",
    "procuratorate": "procuratorate",
    "inspection": "inspection",
    "hotline": "hotline",
    "finance": "finance",
}


@dataclass(frozen=True, slots=True)
class Route:
    """The unit an alert goes to and the reason, which those who may see the alert may read."""

    unit: Unit | None
    why: Text


class Directory:
    """The county's units and officers, read once for a whole run."""

    def __init__(self) -> None:
        self.units = list(Unit.objects.select_related("place").order_by("pk"))
        self.by_name = {unit.name: unit for unit in self.units}
        self.officers = {officer.pk: officer for officer in Officer.objects.select_related("unit")}
        self._named: dict[str, Unit | None] = {}

    @cached_property
    def villages(self) -> dict[int, list[Unit]]:
        """Village committees by village."""
        return self._by_place("village")

    @cached_property
    def townships(self) -> dict[int, list[Unit]]:
        """Township governments by town."""
        return self._by_place("township")

    def _by_place(self, kind: str) -> dict[int, list[Unit]]:
        found: dict[int, list[Unit]] = {}
        for unit in self.units:
            if unit.kind == kind:
                found.setdefault(unit.place_id, []).append(unit)
        return found

    def named(self, name: str | None) -> Unit | None:
        """Return the unit a record's text names: the same name, or the longest name that contains or is contained."""
        if not name:
            return None
        if name not in self._named:
            near = [
                unit for unit in self.units if unit.name in name or (len(name) >= 3 and name in unit.name)
            ]
            self._named[name] = self.by_name.get(name) or max(
                near, key=lambda unit: len(unit.name), default=None
            )
        return self._named[name]

    def officer_units(self, ids: Iterable[int | None]) -> list[Officer]:
        """Return the officers of these ids."""
        return [self.officers[id_] for id_ in ids if id_ in self.officers]

    def route(self, rule: Rule, county: int, walled: set[int]) -> Route:
        """Return the first recipient of the rule that no wall stands before; the level above when none is left."""
        passed_over: list[str] = []
        for recipient in rule.recipients:
            kind = KIND_OF_RECIPIENT.get(recipient, "working_group")
            for unit in self.units:
                if unit.kind != kind or unit.place_id != county:
                    continue
                if not walled & set(path_ids(unit)):
                    return Route(unit, _why(unit, passed_over))
                passed_over.append(unit.name)
        outside = next(
            (unit for unit in self.units if unit.is_outside and not walled & set(path_ids(unit))), None
        )
        if outside is not None:
            return Route(outside, _why_up(outside, passed_over))
        return Route(
            None,
            Text(
                zh="没有不受牵连的接收单位,请上一级指定。",
                en="Every recipient is implicated; the level above must name one.",
            ),
        )


def path_ids(unit: Unit) -> list[int]:
    """Return a unit's id and those above it."""
    return [int(part) for part in unit.path.split("/") if part] or [unit.pk]


def _why(unit: Unit, passed_over: list[str]) -> Text:
    if not passed_over:
        return Text(zh=f"按规则由{unit.name}接收", en=f"{unit.name} receives this rule")
    names = "、".join(passed_over)
    return Text(
        zh=f"{names}与此事有关,改由{unit.name}接收", en=f"{names} implicated; {unit.name} receives it instead"
    )


def _why_up(unit: Unit, passed_over: list[str]) -> Text:
    names = "、".join(passed_over) or "县内接收单位"
    return Text(
        zh=f"{names}与此事有关,交县外{unit.name}",
        en=f"{names} implicated; it goes outside the county to {unit.name}",
    )
