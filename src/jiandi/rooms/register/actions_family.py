"""Writing down who answers for a person, on which paper; an entry is ended or superseded, never edited."""

from __future__ import annotations

from datetime import date, datetime

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import policies_life
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import Guardianship
from jiandi.rooms.register.standing import whom


@action
def enter_guardianship(
    *,
    by: Officer,
    at: datetime,
    person: Person,
    kind: str,
    name: str,
    starts_on: date,
    document: str,
    guardian: Person | None = None,
    ends_on: date | None = None,
) -> Guardianship:
    """Write down who answers for a person from a day on, with the paper that says so. What the lists say stays beside it."""
    permit(
        by,
        "register.enter_guardianship",
        at=at,
        place=person.village or person.town or person.county,
        wall=person.wall,
    )
    policies_life.check_no_tie(by, person)
    if guardian is not None:
        policies_life.check_no_tie(by, guardian)
    policies_life.check_guardianship(person, guardian, kind, name, starts_on, ends_on, document, at)
    (entry,) = Guardianship.objects.bulk_create(
        [
            Guardianship(
                person=person, guardian=guardian, guardian_name=(name or (guardian.name if guardian else "")).strip()[:100],
                kind=kind, starts_on=starts_on, ends_on=ends_on, document=document.strip()[:120], entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip
    record(
        "register.enter_guardianship",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"guardianship": entry.pk, "kind": kind},
    )
    return entry


@action
def end_guardianship(
    *, by: Officer, at: datetime, entry: Guardianship, ends_on: date, document: str, reason: str
) -> Guardianship:
    """Let an entry end on a day, by another paper: a new entry takes the place of the old one, which stays readable.

    Who may, and what wall stands before it, is asked of whom the person is now.
    """
    person = whom(entry.person)
    permit(
        by,
        "register.end_guardianship",
        at=at,
        place=person.village or person.town or person.county,
        wall=person.wall,
    )
    policies_life.check_no_tie(by, person)
    policies_life.check_ending(entry, ends_on, document, reason, at)
    (ended,) = Guardianship.objects.bulk_create(
        [
            Guardianship(
                person=entry.person, guardian=entry.guardian, guardian_name=entry.guardian_name, kind=entry.kind,
                starts_on=entry.starts_on, ends_on=ends_on, document=document.strip()[:120], entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip
    Guardianship.objects.filter(pk=entry.pk).update(superseded_by=ended, superseded_why=reason.strip()[:300])
    record(
        "register.end_guardianship",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"guardianship": entry.pk, "by": ended.pk},
    )
    return ended
