"""The statement of the lists as a reader may see it: of a place, with or without sensitive lists, exact or protected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from jiandi.core.disclosure import THRESHOLD, small_count
from jiandi.core.overlaps import Combination, Picture, picture
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, has_verb, is_within
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.counting import ASIDE, EVENTS, NAMED
from jiandi.rooms.register.found import TITLE
from jiandi.rooms.register.models import FOUND, MatchRun
from jiandi.rooms.register.models_standing import ListCount, Overlap, Statement

ASIDE_TITLES: dict[str, Text] = {
    FOUND: TITLE,
    NAMED: Text(zh="仅在他人名册行中被写到", en="Only named in another person's row"),
    EVENTS: Text(zh="仅在办事记录中", en="Only on lists of what happened"),
}
MOST_COMBINATIONS = 2000


@dataclass(frozen=True, slots=True)
class Reach:
    """What a reader may see of a place's counts: sensitive lists too, and small numbers as they are."""

    is_open: bool
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list at the place, with its deliveries."""

    code: str
    title: Text
    total: ListCount
    deliveries: list[ListCount] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole statement of a place."""

    statement: Statement
    place: Place
    reach: Reach
    kinds: list[Kind]
    picture: Picture
    aside: dict[str, int]
    is_outdated: bool

    @property
    def total(self) -> int:
        """Return everybody counted at the place."""
        return self.picture.total + sum(self.aside.values())


def is_statement_due() -> bool:
    """Answer whether rows were put with people since the lists were last counted."""
    whole = MatchRun.objects.filter(is_whole=True)
    last = Statement.objects.order_by("-pk").first()
    newest = MatchRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    return whole.exists() and (last is None or last.run_id != newest)


def reach(by: Officer, place: Place, at: datetime) -> Reach:
    """Return what an officer may see of a place's counts.

    Sensitive lists only at the county and for those who decide over links or rosters; small numbers only for those who
    may open these people's pages anyway. Everybody else reads them as any published count.
    """
    sees_all = place.level == Level.COUNTY and (
        has_verb(by, "register.decide_pair", at) or has_verb(by, "register.withdraw_roster", at)
    )
    may_read = any(is_within(place, area) for area in granting(by, "register.read_person", at))
    return Reach(is_open=not sees_all, is_exact=may_read)


def standing(by: Officer, place: Place, at: datetime) -> Standing | None:
    """Return the latest statement of a place as the officer may see it; None before the first count."""
    latest = Statement.objects.select_related("made_by", "run").order_by("-pk").first()
    if latest is None:
        return None
    sees = reach(by, place, at)
    counts = dict(
        Overlap.objects.filter(statement=latest, place=place, is_open=sees.is_open)
        .order_by("-people", "kinds")
        .values_list("kinds", "people")[:MOST_COMBINATIONS]
    )
    combinations: dict[Combination, int] = {
        frozenset(kinds.split()): n for kinds, n in counts.items() if kinds not in ASIDE
    }
    newest = MatchRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Standing(
        statement=latest,
        place=place,
        reach=sees,
        kinds=_kinds(latest, place, sees),
        picture=picture(combinations, threshold=None if sees.is_exact else THRESHOLD),
        aside={code: counts[code] for code in ASIDE if code in counts},
        is_outdated=newest != latest.run_id,
    )


def _kinds(latest: Statement, place: Place, sees: Reach) -> list[Kind]:
    lines = ListCount.objects.filter(statement=latest, place=place, is_open=sees.is_open)
    found: dict[str, Kind] = {}
    of_delivery = []
    for line in lines.select_related("roster__unit").order_by("-people", "kind", "-roster"):
        if line.roster_id is None:
            found[line.kind] = Kind(line.kind, kind_of(line.kind).title, line)
        else:
            of_delivery.append(line)
    for line in of_delivery:
        if line.kind not in found:  # nobody of it is linked at this place yet
            found[line.kind] = Kind(line.kind, kind_of(line.kind).title, ListCount(kind=line.kind))
        found[line.kind].deliveries.append(line)
    return list(found.values())


def shown(count: int | None, sees: Reach) -> Text:
    """Write a count as this reader may see it; a dash where nothing is known."""
    if count is None:
        return Text(zh="—", en="—")
    return Text(zh=f"{count:,}", en=f"{count:,}") if sees.is_exact else small_count(count).text


def title_of_set(code: str) -> Text:
    """Return what a set of the picture is called."""
    return ASIDE_TITLES.get(code) or kind_of(code).title
