"""Break-glass: reading one thing beyond one's area in an emergency, in full light, never through a wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access import policies
from jiandi.rooms.access.models import BreakGlass, Officer
from jiandi.rooms.access.notices import holders, post_notice
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places.models import Place

DANGER_HOURS = 4  # long enough to reach a door, short enough that nobody works this way
APPROVED_HOURS = 8
WAITING_HOURS = 72  # a request nobody approved lapses
REVIEW_PAGE = "/glass/"


@action
def break_glass(
    *, by: Officer, at: datetime, subject: Model, reason: str, danger_to_life: bool
) -> BreakGlass:
    """Open one thing for reading: at once when a life is in danger, otherwise after an overseer's approval."""
    wall_id = getattr(subject, "wall_id", None)
    permit(by, "access.break_glass", at=at, wall=wall_id)
    policies.check_reason(reason, at_least=10)
    glass = BreakGlass.objects.create(
        officer=by,
        subject_kind=subject._meta.model_name or "",
        subject_id=subject.pk,
        place=place_of(subject),
        reason=reason[:500],
        danger_to_life=danger_to_life,
        opened_at=at,
        expires_at=at + timedelta(hours=DANGER_HOURS if danger_to_life else WAITING_HOURS),
        review_due_on=next_weekday(timezone.localdate(at)),
    )
    payload = {"glass": glass.pk, "danger_to_life": danger_to_life}
    record(
        "access.break_glass",
        by=by,
        at=at,
        subject=subject,
        place=glass.place,
        wall=getattr(subject, "wall", None),
        payload=payload,
    )
    told = [one for one in holders("overseer", glass.place, at=at, wall_id=wall_id) if one.pk != by.pk]
    post_notice(told, _notice(by, danger_to_life), link=REVIEW_PAGE, at=at)
    return glass


def _notice(by: Officer, danger_to_life: bool) -> Text:
    if danger_to_life:
        return Text(
            zh=f"{by.name}({by.unit.name})以危及生命为由紧急查看了一项内容,请复核。",
            en=f"{by.name} ({by.unit.name}) opened something in an emergency, for danger to life. Please review.",
        )
    return Text(
        zh=f"{by.name}({by.unit.name})申请越权查看一项内容,请批准或拒绝。",
        en=f"{by.name} ({by.unit.name}) asks to open something beyond their area. Please approve or refuse.",
    )


@action
def approve_glass(*, by: Officer, at: datetime, glass: BreakGlass) -> BreakGlass:
    """Let a request for access that is no emergency take effect, for eight hours."""
    permit(by, "access.approve_glass", at=at, place=glass.place)
    policies.check_glass_waits(glass, by)
    glass.approved_by, glass.approved_at = by, at
    glass.expires_at = at + timedelta(hours=APPROVED_HOURS)
    BreakGlass.objects.filter(pk=glass.pk).update(approved_by=by, approved_at=at, expires_at=glass.expires_at)
    text = Text(
        zh="您的查看申请已批准,8小时内有效。", en="Your request for access is approved, for eight hours."
    )
    post_notice([glass.officer], text, link=REVIEW_PAGE, at=at)
    record("access.approve_glass", by=by, at=at, subject=glass, place=glass.place)
    return glass


@action
def refuse_glass(*, by: Officer, at: datetime, glass: BreakGlass, reason: str) -> BreakGlass:
    """Refuse a request for access; nothing was opened."""
    permit(by, "access.approve_glass", at=at, place=glass.place)
    policies.check_glass_waits(glass, by)
    policies.check_reason(reason, at_least=2)
    glass.expires_at, glass.verdict = at, reason[:300]
    BreakGlass.objects.filter(pk=glass.pk).update(expires_at=at, verdict=glass.verdict)
    text = Text(zh="您的查看申请未获批准。", en="Your request for access was refused.")
    post_notice([glass.officer], text, link=REVIEW_PAGE, at=at)
    record("access.refuse_glass", by=by, at=at, subject=glass, place=glass.place)
    return glass


@action
def review_glass(
    *, by: Officer, at: datetime, glass: BreakGlass, is_proper: bool, verdict: str
) -> BreakGlass:
    """Say whether an emergency access was proper; two people from other units do, and an improper one ends at once."""
    permit(by, "access.review_glass", at=at, place=glass.place)
    policies.check_glass_reviewer(glass, by)
    policies.check_reason(verdict, at_least=4)
    changes: dict[str, object] = {"is_proper": is_proper and glass.is_proper is not False}
    said = f"{by.name}:{verdict.strip()}"
    if glass.reviewed_by_id is None:
        changes |= {"reviewed_by": by, "verdict": said[:150]}
    else:
        changes |= {"second_reviewer": by, "verdict": f"{glass.verdict}\n{said}"[:300]}
    if not is_proper:
        changes["expires_at"] = min(glass.expires_at, at)
    for name, value in changes.items():
        setattr(glass, name, value)
    BreakGlass.objects.filter(pk=glass.pk).update(**changes)
    record(
        "access.review_glass",
        by=by,
        at=at,
        subject=glass,
        place=glass.place,
        payload={"is_proper": is_proper},
    )
    return glass


def place_of(subject: Model) -> Place:
    """Return the smallest place a thing lies in."""
    for name in ("village", "town", "county", "place"):
        place = getattr(subject, name, None)
        if place is not None:
            return place
    raise ValueError(f"{subject._meta.model_name} lies in no place")


def next_weekday(day: date) -> date:
    """Return the weekday after a day: who looked in an emergency is asked about it soon, holidays or not."""
    day += timedelta(days=1)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day
