"""Known cases: registered with consent before anything is drawn, bound when it is, withdrawn whenever the person says so."""

from __future__ import annotations

from datetime import date, datetime

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import policies_known as policies
from jiandi.rooms.assurance.models import KnownCase
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask


@action
def seed_known(
    *,
    by: Officer,
    at: datetime,
    person: Person | None,
    consented: bool,
    words: str,
    consented_on: date,
    campaign: Campaign | None = None,
    swept_place: Place | None = None,
) -> KnownCase:
    """Register somebody who agreed to be looked for, in the next draw of a round or the next sweep of a place.

    The event names neither the person nor the place: who reads the log must not learn for whom to look.
    """
    place = campaign.place if campaign else swept_place
    assert place is not None and (campaign is None) != (swept_place is None)
    permit(by, "assurance.seed_known", at=at, place=place)
    policies.check_looks_for_nobody(by, at)
    if campaign is not None:
        policies.check_round_not_drawn(campaign)
    else:
        policies.check_sweep_not_open(place)
    who = policies.check_person(person, place)
    clean = policies.check_consent(who, consented, words, consented_on, at)
    policies.check_not_known_yet(who, campaign, swept_place)
    expected = policies.check_unvisited(_line_of(who, campaign)) if campaign else None
    if swept_place is not None:
        policies.check_has_door(who)
    known = KnownCase.objects.create(
        person=who,
        campaign=campaign,
        swept_place=swept_place,
        consented_on=consented_on,
        consent_words=clean,
        registered_by=by,
        registered_at=at,
        expected=expected,
        village_id=who.village_id,
        town_id=who.town_id,
        county_id=who.county_id,
    )
    record(
        "assurance.seed_known", by=by, at=at, subject=known, payload={"for": "round" if campaign else "sweep"}
    )
    return known


def _line_of(person: Person, campaign: Campaign) -> Expected | None:
    lines = Expected.objects.filter(task__campaign=campaign, task__purpose="round", person=person)
    return lines.select_related("task").first()


@action
def withdraw_known(*, by: Officer, at: datetime, known: KnownCase) -> KnownCase:
    """Let somebody go who no longer agrees, without a reason asked; a re-visit that is out is called off."""
    permit(by, "assurance.withdraw_known", at=at, place=known.swept_place or known.campaign.place)  # type: ignore[union-attr]
    policies.check_looks_for_nobody(by, at)
    policies.check_may_withdraw(known)
    known.withdrawn_at = at
    known.save(update_fields=["withdrawn_at"])
    VisitTask.objects.filter(pk=known.task_id or 0).update(state=VisitTask.State.CLOSED)
    record("assurance.withdraw_known", by=by, at=at, subject=known, payload={})
    return known
