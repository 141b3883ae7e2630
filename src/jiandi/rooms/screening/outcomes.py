"""What one visit says about each person, and which of several visits is believed. Any order gives the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from jiandi.core.forms.visit import SeenPerson, VisitForm
from jiandi.rooms.screening.models import Expected, VisitTask

_T, _O = VisitTask.State, Expected.Outcome
Lineage = tuple[int | None, int | None, int | None]  # village, town, county
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

OUTCOME_OF_PRESENCE: dict[str, str] = {
    "seen": _O.SEEN,
    "away": _O.AWAY,
    "not_here": _O.NOT_HERE,
    "dead": _O.DEAD,
    "unknown": _O.NO_CONTACT,
}
# What the answer at the door says about everybody it does not name; "met" says nothing about them.
OUTCOME_OF_RESULT: dict[str, str] = {
    "no_contact": _O.NO_CONTACT,
    "refused": _O.NO_CONTACT,
    "empty": _O.NOT_HERE,
    "moved": _O.NOT_HERE,
}
STATE_OF_RESULT: dict[str, str] = {
    "met": _T.VISITED,
    "empty": _T.VISITED,
    "moved": _T.VISITED,
    "no_contact": _T.CALL_BACK,
    "refused": _T.CALL_BACK,
}
_STATE_RANK: dict[str, int] = {_T.OPEN: 0, _T.CALL_BACK: 1, _T.VISITED: 2, _T.CLOSED: 3}
# Seen beats a granted excuse, which beats claims, which beat silence. Among equals the later visit is believed.
_RANK: dict[str, int] = {
    _O.NOT_YET: 0,
    _O.NO_CONTACT: 1,
    _O.AWAY: 2,
    _O.NOT_HERE: 2,
    _O.DEAD: 2,
    _O.EXCUSED: 3,
    _O.SEEN: 4,
}


@dataclass(frozen=True, slots=True)
class Saying:
    """What a visit says about a person: the outcome, whether they were alone, and which visit, of when."""

    outcome: str
    alone: bool
    started_at: datetime | None
    instance_id: str
    visit_id: int

    @property
    def weight(self) -> tuple[int, datetime, str]:
        """What decides between two sayings; total, so that no order of arrival matters."""
        return (_RANK[self.outcome], self.started_at or _LONG_AGO, self.instance_id)


@dataclass(slots=True)
class Standing:
    """An expected person as the database has them, changed in memory until all sayings are heard."""

    id: int  # 0 until stored
    task_id: int
    person_id: int
    where: Lineage
    campaign_id: int | None  # of the round whose counters it moves; None for follow-ups and re-visits
    needs_alone: bool = False
    is_found: bool = False
    outcome: str = _O.NOT_YET
    seen_alone: bool = False
    visit_id: int | None = None
    started_at: datetime | None = None
    instance_id: str = ""
    before: tuple[str, bool] | None = None  # outcome, seen alone; None for somebody new

    @property
    def is_changed(self) -> bool:
        """Answer whether anything heard has changed it."""
        return self.before != (self.outcome, self.seen_alone) or self._is_moved

    _is_moved: bool = False

    def hear(self, saying: Saying) -> None:
        """Take a visit's word where it outweighs what stands; being seen alone is never unsaid."""
        self.seen_alone = self.seen_alone or saying.alone
        if saying.weight > (_RANK[self.outcome], self.started_at or _LONG_AGO, self.instance_id):
            self.outcome, self.visit_id = saying.outcome, saying.visit_id
            self.started_at, self.instance_id = saying.started_at, saying.instance_id
            self._is_moved = True


def saying_of(person: SeenPerson, form: VisitForm, visit_id: int, started_at: datetime | None) -> Saying:
    """Return what the visit says about one person it names."""
    outcome = OUTCOME_OF_PRESENCE.get(person.present, _O.NO_CONTACT)
    alone = person.alone and outcome == _O.SEEN
    return Saying(outcome, alone, started_at, form.instance_id, visit_id)


def saying_of_door(form: VisitForm, visit_id: int, started_at: datetime | None) -> Saying | None:
    """Return what the answer at the door says about everybody it does not name."""
    outcome = OUTCOME_OF_RESULT.get(form.result)
    return Saying(outcome, False, started_at, form.instance_id, visit_id) if outcome else None


def further(state: str, result: str) -> str:
    """Return the state of a door after a visit: forwards only."""
    new = STATE_OF_RESULT.get(result, _T.CALL_BACK)
    return max(state, new, key=lambda one: _STATE_RANK[one])


def unlisted(form: VisitForm) -> Iterator[tuple[int, SeenPerson, tuple[str, int | None, int | None, int]]]:
    """Yield the people on no list who live behind the door: (row, person, key).

    The key makes a second visit that meets them again know them again: name, sex, birth year, and which of several
    people told alike.
    """
    seen: dict[tuple[str, int | None, int | None], int] = {}
    for row, person in enumerate(form.people):
        if person.listed or person.is_blank or person.present in ("not_here", "dead"):
            continue
        told = (person.name[:60], person.sex, person.birth_year)
        seen[told] = seen.get(told, 0) + 1
        yield row, person, (*told, seen[told])


def findings(people: Iterable[SeenPerson]) -> Iterator[tuple[int, str, str]]:
    """Yield (row, kind, value) for each danger sign, need and word; dangers are danger now."""
    for row, person in enumerate(people):
        if person.danger != "none":
            yield row, "danger", person.danger
        if person.need:
            yield row, "need", person.need
        if person.words:
            yield row, "words", person.words
