"""After the certificate: of people met without any need only "seen" and the date remain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from jiandi.core.forms import visit as forms
from jiandi.core.forms.visit import SeenPerson, VisitForm
from jiandi.rooms.access import bulk, sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.screening import ahead, policies, sorting
from jiandi.rooms.screening.models import Attachment, Campaign, Finding, Sighting, Visit, VisitLog, VisitTask


@action
def erase_listing(
    *, by: Officer, at: datetime, campaign: Campaign, also: QuerySet[VisitTask] | None = None
) -> int:
    """Erase who was listed at which door once a round is certified; needs, dangers and people's own words stay.

    Bodies of visits without findings go; of the others only the people with findings stay readable. The digests
    remain, so the same submission is still known as the same. `also` are doors listed for the round without belonging
    to it: the blind re-visits. Returns how many sightings lost their listing.
    """
    permit(by, "screening.erase_listing", at=at, place=campaign.place)
    policies.check_certified(campaign)
    tasks = Q(task__campaign=campaign) | (Q() if also is None else Q(task__in=also.values("pk")))
    ours = Visit.objects.filter(tasks, state=Visit.State.APPLIED)
    told = Exists(Finding.objects.filter(visit=OuterRef("pk")))
    sightings = Sighting.objects.filter(
        ~Exists(Finding.objects.filter(sighting=OuterRef("pk"))), visit__in=ours
    )
    erased = sightings.exclude(name="", sex=None, birth_year=None, own_id="").update(
        name="", sex=None, birth_year=None, own_id=""
    )
    ours.filter(~told).exclude(body=b"").update(body=b"", lat=None, lon=None)
    bulk.update(Visit, ["body"], _without_listing(ours.filter(told)))
    # Also of visits that were set aside: what does not count must not outlive what does.
    decided = Visit.objects.filter(tasks).exclude(state=Visit.State.QUARANTINED)
    _erase_files(Attachment.objects.filter(visit__in=decided.filter(~told)))
    # A log may hold old and new answers about everybody at a door; its figures say nothing of them, its position does.
    _erase_files(Attachment.objects.filter(visit__in=decided, kind=Attachment.Kind.LOG))
    VisitLog.objects.filter(visit__in=decided).exclude(lat=None).update(lat=None, lon=None)
    Campaign.objects.filter(pk=campaign.pk).update(erased_at=at)
    campaign.erased_at = at
    record(
        "screening.erase_listing",
        by=by,
        at=at,
        subject=campaign,
        place=campaign.place,
        payload={"sightings": erased},
    )
    return erased


def _erase_files(ours: QuerySet[Attachment]) -> None:
    """Let what came with visits go: photographs where nothing was found, logs; a file goes once no other visit holds it."""
    digests = set(ours.values_list("sha256", flat=True))
    ours.delete()
    kept = set(Attachment.objects.filter(bulk.among("sha256", digests)).values_list("sha256", flat=True))
    for digest in sorted(digests - kept):
        # After the commit: a file cannot come back, a transaction can.
        transaction.on_commit(partial(sealing.drop_file, digest))


def _without_listing(visits: object) -> list[tuple[bytes, int]]:
    rows = []
    for pk, body in visits.values_list("pk", "body"):  # type: ignore[attr-defined]
        if not body:  # erased before, and found again by a finding added since
            continue
        form = forms.parse(sorting.unpacked(bytes(body)))
        rows.append((ahead.packed(forms.write(_needs_only(form))), pk))
    return rows


def _needs_only(form: VisitForm) -> VisitForm:
    people = tuple(
        person
        if person.danger != "none" or person.need or person.words
        else SeenPerson(listed=person.listed, present=person.present)
        for person in form.people
    )
    return replace(form, people=people)
