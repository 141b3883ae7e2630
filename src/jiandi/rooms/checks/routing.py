"""Where an alert goes, and around whom: units by name, the structural outsiders of a rule, the next level up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from jiandi.core.checks import Rule
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import grants_in_force
from jiandi.rooms.access.roles import roles_for

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
    """The county's units and officers as of a moment, read once for a whole run."""

    def __init__(self, at: datetime) -> None:
        self.at = at
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

    @cached_property
    def taking_up(self) -> set[int]:
        """Units with somebody in office who may take an alert up."""
        held = grants_in_force(self.at).filter(
            role__in=roles_for("checks.triage_alert"), officer__is_active=True
        )
        return set(held.values_list("officer__unit_id", flat=True))

    def route(self, rule: Rule, county: int, walled: set[int]) -> Route:
        """Return where an alert goes: the rule's first recipient that no wall stands before and where somebody can take it up.

        Where only such a reader is missing, the county's working group stands in; where recipients are implicated, the
        level above. An alert never goes to an inbox that nobody can open while another unit could have it.
        """
        passed_over: list[str] = []
        unread: list[Unit] = []
        for unit in self._recipients(rule, county):
            if walled & set(path_ids(unit)):
                passed_over.append(unit.name)
            elif unit.pk in self.taking_up:
                return Route(unit, _why(unit, passed_over, unread))
            else:
                unread.append(unit)
        above = [unit for unit in self.units if unit.is_outside]
        groups = [unit for unit in self.units if unit.kind == "working_group" and unit.place_id == county]
        for unit in above if passed_over else [*groups, *above]:
            if unit.pk in self.taking_up and not walled & set(path_ids(unit)):
                return Route(unit, _why(unit, passed_over, unread))
        return self._unread_route(unread, above, passed_over, walled)

    def _recipients(self, rule: Rule, county: int) -> Iterator[Unit]:
        for recipient in rule.recipients:
            kind = KIND_OF_RECIPIENT.get(recipient, "working_group")
            yield from (unit for unit in self.units if unit.kind == kind and unit.place_id == county)

    def _unread_route(
        self, unread: list[Unit], above: list[Unit], passed_over: list[str], walled: set[int]
    ) -> Route:
        """Return the best address where nobody can take anything up yet: it waits there for who will."""
        free = [*unread, *(unit for unit in above if not walled & set(path_ids(unit)))]
        if free:
            return Route(free[0], _why(free[0], passed_over, []))
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


def _why(unit: Unit, passed_over: list[str], unread: list[Unit]) -> Text:
    reasons = []
    if passed_over:
        names = "、".join(passed_over)
        reasons.append(Text(zh=f"{names}与此事有关", en=f"{names} implicated"))
    if unread:
        names = "、".join(one.name for one in unread)
        reasons.append(Text(zh=f"{names}没有能处理疑点的人", en=f"nobody at {names} can take an alert up"))
    if not reasons:
        return Text(zh=f"按规则由{unit.name}接收", en=f"{unit.name} receives this rule")
    zh, en = ",".join(r.zh for r in reasons), "; ".join(r.en for r in reasons)
    if unit.is_outside:
        return Text(zh=f"{zh},交县外{unit.name}", en=f"{en}; it goes outside the county to {unit.name}")
    return Text(zh=f"{zh},改由{unit.name}接收", en=f"{en}; {unit.name} receives it instead")
