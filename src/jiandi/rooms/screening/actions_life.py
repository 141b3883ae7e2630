"""What a death, a departure or an arrival in the register means for doors: excused with the reason, asked again, or a new visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from jiandi.rooms.access import sealing
from jiandi.rooms.access.bulk import among, insert
from jiandi.rooms.access.dice import CODE_LETTERS
from jiandi.rooms.access.models import Event, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.register import life
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.screening.actions_counting import recount
from jiandi.rooms.screening.models import EXPECTED_COLUMNS, Campaign, Expected, VisitTask
from jiandi.rooms.screening.states import PRETEXTS, RECORDED, UNSEEN

_T, _O = VisitTask.State, Expected.Outcome
EXCUSE = {"death": "death_recorded", "moved_out": "move_recorded"}
DAYS_TO_MEET = 14  # an arrival is met while the move is fresh


def follow_life_events(*, by: Officer, at: datetime, campaigns: Sequence[Campaign]) -> int:
    """Excuse whoever has died or gone by settled events, ask again after whoever was excused wrongly, visit who moved in.

    `campaigns` are the rounds under way that nothing was drawn from; follow-ups beside rounds are followed too. Whoever was
    seen stays seen. Everything stays on its list with the reason. Returns how many lines changed; none, and nothing is
    written.
    """
    permit(by, "screening.follow_life_events", at=at)
    ended = life.ended_people()
    open_rows = Expected.objects.filter(task__campaign__in=campaigns) | Expected.objects.filter(
        task__purpose="follow_up", task__campaign__isnull=True
    )
    codes = {code_for(event): event for event in life.arrivals()}
    made = set(VisitTask.objects.filter(among("code", codes)).values_list("code", flat=True))
    of_arrivals = among("task__code", codes)
    gone = [
        row
        for row in open_rows.filter(among("person_id", ended), outcome__in=UNSEEN)
        .select_related("task")
        .exclude(of_arrivals, ~among("person_id", [who for who, end in ended.items() if end.kind == "death"]))
        if ended[row.person_id].reaches(row.village_id, row.town_id)
    ]
    gone = _without_later_errands(gone, ended)
    back = [
        row
        for row in open_rows.filter(outcome=_O.EXCUSED, excuse__in=RECORDED)
        if row.person_id not in ended or not ended[row.person_id].reaches(row.village_id, row.town_id)
    ]
    new = [(code, event) for code, event in codes.items() if code not in made]
    if not (new or gone or back):
        return 0
    return _follow(by=by, at=at, campaigns=campaigns, ended=ended, gone=gone, back=back, new=new)


def _without_later_errands(gone: list[Expected], ended: dict[int, life.Ended]) -> list[Expected]:
    """Leave out visits asked for after the event was settled: somebody wants to see whether it is true.

    A visit whose asking is not on record by itself is left alone too.
    """
    beside = {row.task_id for row in gone if row.task.purpose == "follow_up"}
    asked = dict(
        Event.objects.filter(
            among("subject_id", beside), verb="screening.add_task", subject_kind="visittask"
        ).values_list("subject_id", "at")
    )
    return [
        row
        for row in gone
        if row.task_id not in beside
        or (row.task_id in asked and asked[row.task_id] <= ended[row.person_id].settled_at)
    ]


@action
def _follow(
    *,
    by: Officer,
    at: datetime,
    campaigns: Sequence[Campaign],
    ended: dict[int, life.Ended],
    gone: list[Expected],
    back: list[Expected],
    new: list[tuple[str, LifeEvent]],
) -> int:
    """Change the lines and the follow-ups that hang on them, inside one transaction; one event for all."""
    for kind, excuse in EXCUSE.items():
        rows = [row.pk for row in gone if ended[row.person_id].kind == kind]
        Expected.objects.filter(pk__in=rows).update(outcome=_O.EXCUSED, excuse=excuse, excused_by=by)
    Expected.objects.filter(pk__in=[row.pk for row in back]).update(
        outcome=_O.NOT_YET, excuse="", excused_by=None
    )
    _close_and_open({row.task_id for row in gone}, {row.task_id for row in back})
    visited = _send(new, at)
    for campaign in campaigns:
        recount(campaign)
    tasks = sorted({row.task_id for row in [*gone, *back]} | set(visited))
    record_batch(
        "screening.follow_life_events",
        by=by,
        at=at,
        subject=by,
        subjects_kind="visittask",
        subject_ids=tasks,
        payload={"excused": len(gone), "asked_again": len(back), "arrived": len(new)},
    )
    return len(gone) + len(back) + len(new)


def _close_and_open(touched: set[int], reopened: set[int]) -> None:
    """Close a follow-up nobody is left to be met at; open it again when somebody is. A round's door is knocked on anyway."""
    waiting = Expected.objects.filter(task__in=touched).exclude(outcome__in=(_O.EXCUSED, _O.SEEN))
    busy = set(waiting.values_list("task_id", flat=True))
    VisitTask.objects.filter(
        pk__in=touched - busy, purpose="follow_up", state__in=(_T.OPEN, _T.CALL_BACK)
    ).update(state=_T.CLOSED)
    VisitTask.objects.filter(pk__in=reopened, purpose="follow_up", state=_T.CLOSED).update(state=_T.OPEN)


def _send(new: list[tuple[str, LifeEvent]], at: datetime) -> list[int]:
    """Ask for a visit to everybody who moved in, in the village they moved into."""
    pretext, due = PRETEXTS["services"], timezone.localdate(at) + timedelta(days=DAYS_TO_MEET)
    tasks = [
        VisitTask(
            code=code, purpose="follow_up", pretext_zh=pretext.zh, pretext_en=pretext.en, due_on=due,
            village_id=event.village_id, town_id=event.town_id, county_id=event.county_id,
        )
        for code, event in new
    ]  # fmt: skip
    VisitTask.objects.bulk_create(tasks, batch_size=500)
    made = dict(VisitTask.objects.filter(among("code", [code for code, _ in new])).values_list("code", "pk"))
    rows = [
        (made[code], event.person_id, event.village_id, event.town_id, event.county_id, _O.NOT_YET, False, True, False, "")
        for code, event in new
    ]  # fmt: skip
    insert(Expected, EXPECTED_COLUMNS, rows)
    return list(made.values())


def code_for(event: LifeEvent) -> str:
    """Return the code of the visit an arrival asks for: always the same, and telling nobody of how many there are."""
    digest = sealing.blind_index(f"arrival:{event.pk}", purpose="screening.task")
    return "T" + "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:11])
