"""What may be written down of a person's life: each refusal a sentence."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import NOT_THERE
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import GUARDIANSHIPS, Guardianship, LifeEvent
from jiandi.rooms.register.policies import check_reason


def check_no_tie(by: Officer, person: Person) -> None:
    """Nobody writes about their own people; they are answered as if there were nothing."""
    if person.pk in circle_of(by).people:
        raise Refused("not_found", NOT_THERE)


def check_document(document: str) -> None:
    """Whoever relies on it later must find the paper."""
    if len(document.strip()) < 4:
        raise Refused(
            "register.document_missing",
            Text(
                zh="请写明文书名称、文号和出具单位,以后要凭它核对。",
                en="Name the paper, its number and who issued it; others will check it later.",
            ),
        )


def check_not_future(on: date, at: datetime) -> None:
    """What has not happened yet is not written down as done."""
    if on > timezone.localdate(at):
        raise Refused(
            "register.future_day",
            Text(zh=f"日期{on}还没有到。", en=f"The day {on} has not come yet."),
        )


def check_guardianship(
    person: Person,
    guardian: Person | None,
    kind: str,
    name: str,
    starts_on: date,
    ends_on: date | None,
    document: str,
    at: datetime,
) -> None:
    """An entry names somebody else, a kind, a period in order and a paper."""
    if kind not in GUARDIANSHIPS:
        raise Refused(
            "register.guardianship_kind", Text(zh="请选择监护类别。", en="Choose the kind of guardianship.")
        )
    if guardian is None and len(name.strip()) < 2:
        raise Refused(
            "register.guardian_missing",
            Text(zh="请填写监护人姓名、单位或人员编号。", en="Give the guardian's name, office or code."),
        )
    if guardian is not None and guardian.pk == person.pk:
        raise Refused(
            "register.own_guardian", Text(zh="本人不能是自己的监护人。", en="Nobody is their own guardian.")
        )
    check_not_future(starts_on, at)
    if ends_on is not None and ends_on < starts_on:
        raise Refused(
            "register.guardianship_period",
            Text(zh="终止日期早于起始日期。", en="It ends before it starts."),
        )
    check_document(document)


def check_ending(entry: Guardianship, ends_on: date, document: str, reason: str, at: datetime) -> None:
    """An entry ends once, after it began, by a paper and for a reason."""
    if entry.superseded_by_id is not None or entry.ends_on is not None:
        raise Refused(
            "register.guardianship_conflict",
            Text(
                zh="这条监护记录已经终止或被取代。请刷新页面。",
                en="This entry has ended already. Reload the page.",
            ),
        )
    check_not_future(ends_on, at)
    if ends_on < entry.starts_on:
        raise Refused(
            "register.guardianship_period", Text(zh="终止日期早于起始日期。", en="It ends before it starts.")
        )
    check_document(document)
    check_reason(reason)


def check_life_event(
    kind: str, effective_on: date, document: str, other_place: str, place: Place | None, at: datetime
) -> None:
    """An entry says what happened, when, on which paper; a move says from or to where, an arrival into which village."""
    if kind not in ("death", "birth", "moved_in", "moved_out"):
        raise Refused("register.life_kind", Text(zh="请选择事件类别。", en="Choose what happened."))
    check_not_future(effective_on, at)
    check_document(document)
    if kind in ("moved_in", "moved_out") and len(other_place.strip()) < 2:
        raise Refused(
            "register.other_place_missing",
            Text(zh="请填写从哪里迁来或迁往哪里。", en="Say where from, or where to."),
        )
    if kind == "moved_in" and (place is None or place.level < Level.VILLAGE):
        raise Refused(
            "register.arrival_village",
            Text(
                zh="请选择迁入的村(社区),走访任务要派到那里。",
                en="Choose the village moved into; the visit is sent there.",
            ),
        )


def check_undoing(event: LifeEvent, reason: str) -> None:
    """An event is taken back once; taking back is not taken back, what happened is entered anew."""
    if event.superseded_by_id is not None or event.kind == LifeEvent.Kind.UNDONE:
        raise Refused(
            "register.life_conflict",
            Text(
                zh="这条事件已经撤销。如有新情况,请重新登记。",
                en="This event was taken back already. Enter what happened anew.",
            ),
        )
    check_reason(reason)
