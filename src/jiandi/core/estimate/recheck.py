"""A visit and its blind re-visit side by side: what was false, what has changed since, what cannot be told yet.

The inspector sees neither the first visit nor a score. A difference is a false claim only when what the re-visit
found must already have been so on the day of the first visit; else it is a change, or unresolved until somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jiandi.core.values import Text

Verdict = Literal["false_claim", "change", "unresolved"]
Outcome = Literal["clean", "changed", "unresolved", "false"]
Kind = Literal["visit", "existence", "person_seen", "person_missed", "danger_missed"]

_EMPTY_HOME = ("empty", "moved")
_DANGERS = ("locked", "tied", "hidden", "injured")
#: Within so many days a danger found at the re-visit is taken to have been there at the visit.
DANGER_DAYS = 14


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person as a visit recorded them; `since` dates what the re-visit learnt (moved in, left, died, began)."""

    key: str
    present: str  # seen | away | not_here | dead | unknown
    danger: str = "none"
    name: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit or re-visit as its form recorded it.

    `result`: met, no_contact, refused, empty or moved. On a re-visit `somebody_came` is the household's answer to
    "did anybody from the campaign come into your home?", and `since` dates an empty home.
    """

    held_on: date
    result: str
    persons: tuple[PersonFacts, ...] = ()
    somebody_came: Literal["yes", "no", "unknown"] = "unknown"
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which visit and re-visit disagree, how it counts, in words."""

    kind: Kind
    verdict: Verdict
    person: str | None
    text: Text


def compare_visit(original: VisitFacts, recheck: VisitFacts) -> list[Difference]:
    """List on what a visit and its blind re-visit disagree: whether anybody came, the home, each person, danger."""
    if recheck.result in ("no_contact", "refused"):
        return [Difference("existence", "unresolved", None, _NOT_REACHED)]
    found = _compare_coming(original, recheck) + _compare_home(original, recheck)
    if recheck.result != "met":
        return found
    again = {person.key: person for person in recheck.persons}
    for person in original.persons:
        found += _compare_person(original.held_on, person, again.get(person.key))
    if original.result == "met":
        met_before = {person.key for person in original.persons}
        found += [
            _missed(original, p) for p in recheck.persons if p.key not in met_before and p.present == "seen"
        ]
    found += _compare_dangers(original, recheck)
    return found


def outcome_of(differences: Sequence[Difference]) -> Outcome:
    """What a re-visit counts as in the tally: one false claim makes it false, else one unresolved leaves it open."""
    verdicts = {difference.verdict for difference in differences}
    if "false_claim" in verdicts:
        return "false"
    if "unresolved" in verdicts:
        return "unresolved"
    return "changed" if verdicts else "clean"


def _compare_coming(original: VisitFacts, recheck: VisitFacts) -> list[Difference]:
    if original.result == "met" and recheck.somebody_came == "no":
        return [Difference("visit", "false_claim", None, _NOBODY_CAME)]
    return []


def _compare_home(original: VisitFacts, recheck: VisitFacts) -> list[Difference]:
    """Whether somebody lives there: said to be met where nobody lives, or said to be empty where people do."""
    said_lived, found_lived = original.result == "met", recheck.result == "met"
    if said_lived and recheck.result in _EMPTY_HOME:
        verdict = _by_date(original.held_on, recheck.since, unknown="unresolved")
        return [Difference("existence", verdict, None, _NOBODY_LIVES)]
    if original.result in _EMPTY_HOME and found_lived:
        moved_in = max((person.since for person in recheck.persons if person.since), default=recheck.since)
        verdict = _by_date(original.held_on, moved_in, unknown="unresolved")
        return [Difference("existence", verdict, None, _PEOPLE_LIVE)]
    return []


def _compare_person(held_on: date, person: PersonFacts, again: PersonFacts | None) -> list[Difference]:
    """Whether somebody recorded as seen could have been seen on that day."""
    if person.present != "seen" or (again is not None and again.present == "seen"):
        return []
    if again is None or again.present == "unknown":
        return [Difference("person_seen", "unresolved", person.key, _PERSON_UNKNOWN)]
    by_default: Verdict = "false_claim" if again.present == "not_here" else "unresolved"
    verdict = _by_date(held_on, again.since, unknown=by_default)
    return [Difference("person_seen", verdict, person.key, _PERSON_TEXTS[again.present])]


def _missed(original: VisitFacts, person: PersonFacts) -> Difference:
    """Somebody living there whom the visit did not record."""
    verdict = _by_date(original.held_on, person.since, unknown="unresolved")
    return Difference("person_missed", verdict, person.key, _MISSED)


def _compare_dangers(original: VisitFacts, recheck: VisitFacts) -> list[Difference]:
    """Whether a danger seen at the re-visit was there, and not recorded, at the visit."""
    if original.result != "met":
        return []
    recorded = {person.key for person in original.persons if person.danger in _DANGERS}
    soon = (recheck.held_on - original.held_on).days <= DANGER_DAYS
    by_default: Verdict = "false_claim" if soon else "unresolved"
    return [
        Difference("danger_missed", _by_date(original.held_on, p.since, unknown=by_default), p.key, _DANGER)
        for p in recheck.persons
        if p.danger in _DANGERS and p.key not in recorded
    ]


def _by_date(held_on: date, since: date | None, *, unknown: Verdict) -> Verdict:
    """False when it was already so on the day of the visit, a change when it came after."""
    if since is None:
        return unknown
    return "change" if since > held_on else "false_claim"


_NOT_REACHED = Text(
    zh="复核未能入户,按未核实计,不得换户。", en="The re-visit did not get in: unresolved, not to be replaced."
)
_NOBODY_CAME = Text(zh="住户称活动期间无人入户。", en="The household says nobody from the campaign came in.")
_NOBODY_LIVES = Text(
    zh="记录称已见面,复核时无人居住。", en="Recorded as met; at the re-visit nobody lives there."
)
_PEOPLE_LIVE = Text(
    zh="记录称空房或已搬走,复核时有人居住。", en="Recorded as empty or moved; people live there."
)
_PERSON_UNKNOWN = Text(
    zh="记录称已见本人,复核未问到此人。", en="Recorded as seen; the re-visit learnt nothing of them."
)
_MISSED = Text(
    zh="复核时住在此处的人,原记录中没有。", en="Somebody lives there whom the visit did not record."
)
_DANGER = Text(zh="复核发现险情,原记录没有。", en="The re-visit found a danger the visit did not record.")
_PERSON_TEXTS = {
    "not_here": Text(
        zh="记录称已见本人,复核得知此人不住此处。", en="Recorded as seen; the person does not live there."
    ),
    "away": Text(
        zh="记录称已见本人,复核得知此人在外。", en="Recorded as seen; at the re-visit the person is away."
    ),
    "dead": Text(zh="记录称已见本人,复核得知此人已去世。", en="Recorded as seen; the person has died."),
}
