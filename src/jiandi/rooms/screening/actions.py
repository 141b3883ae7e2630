"""Rounds and tasks: opened, excused, certified, and the night's listing erased. Planning and visits have their own pages."""

from __future__ import annotations

from datetime import date, datetime

from jiandi.core.forms import visit as forms
from jiandi.core.values import Text
from jiandi.rooms.access import handing_over
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening import policies
from jiandi.rooms.screening.actions_attachments import read_photo
from jiandi.rooms.screening.actions_counting import recount
from jiandi.rooms.screening.actions_erasing import erase_listing
from jiandi.rooms.screening.actions_life import follow_life_events
from jiandi.rooms.screening.actions_merging import follow_merges
from jiandi.rooms.screening.actions_plan import plan_tasks
from jiandi.rooms.screening.actions_tasks import Errand, add_task, add_tasks
from jiandi.rooms.screening.actions_visits import (
    keep_visit,
    receive_visit,
    receive_visits,
    release_visit,
)
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, Form, VisitTask

__all__ = [
    "Errand",
    "add_task",
    "add_tasks",
    "certify_campaign",
    "erase_listing",
    "follow_life_events",
    "follow_merges",
    "grant_excuse",
    "keep_visit",
    "open_campaign",
    "plan_tasks",
    "read_photo",
    "receive_visit",
    "receive_visits",
    "recount",
    "release_visit",
]


@action
def open_campaign(
    *,
    by: Officer,
    at: datetime,
    place: Place,
    title: Text,
    reference_on: date,
    starts_on: date,
    ends_on: date,
    pretext: str = "services",
) -> Campaign:
    """Open a round of visits over a place: whom it counts as of which day, from when to when."""
    permit(by, "screening.open_campaign", at=at, place=place)
    policies.check_dates(title, reference_on, starts_on, ends_on)
    policies.check_pretext(pretext)
    form, _ = Form.objects.get_or_create(
        form_id=forms.FORM_ID,
        version=forms.FORM_VERSION,
        defaults={"title_zh": "入户走访表", "title_en": "Household visit", "published_at": at},
    )
    campaign = Campaign.objects.create(
        title_zh=title.zh.strip()[:100],
        title_en=title.en.strip()[:100],
        place=place,
        pretext=pretext,
        form=form,
        reference_on=reference_on,
        starts_on=starts_on,
        ends_on=ends_on,
        opened_at=at,
        opened_by=by,
    )
    record(
        "screening.open_campaign",
        by=by,
        at=at,
        subject=campaign,
        place=place,
        payload={"reference_on": reference_on, "starts_on": starts_on, "ends_on": ends_on},
    )
    return campaign


@action
def grant_excuse(*, by: Officer, at: datetime, expected: Expected, reason: str) -> Expected:
    """Grant, for a listed reason, that somebody a visit could not see need not be seen in this round."""
    place = expected.village or expected.town or expected.county
    permit(by, "screening.grant_excuse", at=at, place=place)
    policies.check_excuse(by, expected, reason)
    was = expected.outcome
    expected.outcome, expected.excuse, expected.excused_by = Expected.Outcome.EXCUSED, reason, by
    Expected.objects.filter(pk=expected.pk).update(outcome=expected.outcome, excuse=reason, excused_by=by)
    task = expected.task
    if task.campaign is not None and task.purpose == "round":
        Coverage.objects.filter(
            campaign=task.campaign,
            village_id=expected.village_id,
            town_id=expected.town_id,
            county_id=expected.county_id,
        ).update(**policies.moved(was, expected.outcome))
    record(
        "screening.grant_excuse",
        by=by,
        at=at,
        subject=expected,
        place=place,
        payload={"was": was, "reason": reason},
    )
    return expected


@action
def certify_campaign(*, by: Officer, at: datetime, campaign: Campaign) -> Campaign:
    """Close a round whose certificate is issued: visits that come later wait for a supervisor."""
    permit(by, "screening.certify_campaign", at=at, place=campaign.place)
    campaign.certified_at = campaign.certified_at or at
    campaign.closed_at = campaign.closed_at or at
    Campaign.objects.filter(pk=campaign.pk).update(
        certified_at=campaign.certified_at, closed_at=campaign.closed_at
    )
    record("screening.certify_campaign", by=by, at=at, subject=campaign, place=campaign.place)
    return campaign


def _move_tasks(officer: Officer, to: Officer, at: datetime) -> int:
    """Pass an officer's open doors on to whoever takes over."""
    waiting = [VisitTask.State.OPEN, VisitTask.State.CALL_BACK]
    return VisitTask.objects.filter(worker=officer, state__in=waiting).update(worker=to)


handing_over.on_hand_over("visit tasks", _move_tasks)
