"""What people tell us: received without a trace of who they are, read, answered, and asked whether it is solved.

Everything a reporter does is recorded by day, never by the second: the hour could point to a person.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions as access
from jiandi.rooms.access.models import Installation, Officer, Unit, Wall
from jiandi.rooms.access.notices import holders, post_notice
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.intake import policies, receipts, routing, words
from jiandi.rooms.intake.actions_feeds import add_feed, mark_seen, read_feed, read_folder
from jiandi.rooms.intake.models import Message, Report
from jiandi.rooms.intake.states import State, check_move
from jiandi.rooms.places.models import Place

__all__ = [
    "add_feed", "answer", "ask", "close", "mark_same", "mark_seen", "read_feed", "read_folder", "read_report",
    "receive_report", "reply", "say_solved", "take_report", "take_up",
]  # fmt: skip


def day_of(at: datetime) -> datetime:
    """Return the beginning of the county's day: all that is kept of when somebody told us something."""
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))


@action
def receive_report(
    *,
    at: datetime,
    body: str,
    place: Place | None,
    about_unit: Unit | None = None,
    danger: bool = False,
) -> tuple[Report, str]:
    """Take in what somebody tells without a name; returns the report and the receipt code, which is kept nowhere.

    A report about an office stands behind a wall against it and those below it before anybody reads it.
    """
    report, code = _take_in("web", None, at, body, place, about_unit, danger)
    _record("receive_report", None, day_of(at), report)
    return report, code


@action
def take_report(
    *,
    by: Officer,
    at: datetime,
    body: str,
    place: Place | None,
    about_unit: Unit | None = None,
    danger: bool = False,
    channel: str = "hotline",
) -> tuple[Report, str]:
    """Write down what a caller or a letter says, without the caller; the code is read out to them."""
    permit(by, "intake.take_report", at=at)
    if channel not in ("hotline", "paper", "letter"):
        raise Refused(
            "intake.channel",
            Text(zh="渠道应为电话、纸面或信件。", en="The channel is hotline, paper or letter."),
        )
    report, code = _take_in(channel, by, at, body, place, about_unit, danger)
    _record("take_report", by, day_of(at), report)
    return report, code


def _take_in(
    channel: str,
    by: Officer | None,
    at: datetime,
    body: str,
    place: Place | None,
    about: Unit | None,
    danger: bool,
) -> tuple[Report, str]:
    text, county = words.tidy(body), _county(place)
    wall = _wall_against(about, at) if about is not None else None
    code = receipts.new_code()
    key = words.new_key()
    report = Report.objects.create(
        code_digest=receipts.digest_of(code) or b"",
        body_digest=words.same_words(text),
        number=unused(Report.objects.all(), digits=8, field="number")[0],
        received_on=timezone.localdate(at),
        channel=channel,
        place=place,
        village_id=place.village_id if place else None,
        town_id=place.town_id if place else None,
        county=county,
        key=key,
        body_sealed=words.seal(text, key=key),
        about_unit=about,
        is_danger_now=danger,
        wall=wall,
        routed_to=routing.reader_of(about, county),
    )
    if danger:
        _call_out(report, by, at)
    return report, code


def _county(place: Place | None) -> Place:
    if place is not None and place.county is not None:
        return place.county
    county = Place.objects.filter(pk__in=Installation.objects.filter(pk=1).values("county")).first()
    if county is None:
        raise Refused(
            "intake.no_county", Text(zh="本系统还没有设定县。", en="This system has no county yet.")
        )
    return county


def _wall_against(about: Unit, at: datetime) -> Wall:
    return access.raise_wall(by=None, at=day_of(at), reason="线索反映的单位", entries=[(about, "reported")])


def _call_out(report: Report, by: Officer | None, at: datetime) -> None:
    """Put a report of danger before the leads, and before overseers where every lead is walled off."""
    place = report.village or report.county
    told = holders("lead", place, at=at, wall_id=report.wall_id) or holders(
        "overseer", place, at=at, wall_id=report.wall_id
    )
    text = Text(
        zh="收到一条反映现在有危险的线索,请马上看。",
        en="A report says that somebody is in danger now. Please read it at once.",
    )
    post_notice(
        [one for one in told if by is None or one.pk != by.pk],
        text,
        link=f"/report/{report.number}/",
        at=day_of(at),
    )


def _record(verb: str, by: Officer | None, at: datetime, report: Report, **payload: object) -> None:
    record(
        f"intake.{verb}",
        by=by,
        at=at,
        subject=report,
        place=report.village or report.town or report.county,
        wall=report.wall,
        payload=payload,
    )


@action
def read_report(*, by: Officer, at: datetime, report: Report) -> str:
    """Open what a reporter wrote; that somebody read it is an event. Returns the words."""
    permit(by, "intake.read_report", at=at, place=report.county, wall=report.wall_id)
    if report.state == State.NEW:
        _move(report, State.READING)
    _record("read_report", by, at, report)
    return words.unseal(report.body_sealed, key=report.key)


@action
def ask(*, by: Officer, at: datetime, report: Report, body: str) -> Message:
    """Ask the reporter something; they see it when they come back with their code."""
    _permit(by, at, report)
    if report.state in (State.NEW, State.CLOSED):
        _move(report, State.READING)
    message = _write(report, body, at, by)
    _record("ask", by, at, report, message=message.pk)
    return message


@action
def answer(*, by: Officer, at: datetime, report: Report, body: str) -> Message:
    """Tell the reporter what was looked into and what came of it."""
    _permit(by, at, report)
    if report.state != State.ANSWERED:
        check_move(report, State.ANSWERED)
    message = _write(report, body, at, by)
    _move(report, State.ANSWERED)
    _record("answer", by, at, report, message=message.pk)
    return message


@action
def close(*, by: Officer, at: datetime, report: Report) -> Report:
    """Close a report that was answered; the reporter is asked whether it is solved, and "no" opens it again."""
    _permit(by, at, report)
    check_move(report, State.CLOSED)
    policies.check_not_answered_by_nobody(report)
    _move(report, State.CLOSED)
    _record("close", by, at, report)
    return report


@action
def take_up(*, by: Officer, at: datetime, report: Report) -> Report:
    """Note that a case was opened on a report."""
    _permit(by, at, report)
    check_move(report, State.TAKEN_UP)
    _move(report, State.TAKEN_UP)
    _record("take_up", by, at, report)
    return report


@action
def mark_same(*, by: Officer, at: datetime, report: Report, same_as: Report) -> Report:
    """Say that a report tells what another one tells; both reporters still get their answers."""
    _permit(by, at, report)
    permit(by, "intake.answer_report", at=at, place=same_as.county, wall=same_as.wall_id)
    policies.check_can_be_same(report, same_as)
    report.same_as = same_as
    Report.objects.filter(pk=report.pk).update(same_as=same_as)
    _record("mark_same", by, at, report, same_as=same_as.pk)
    return report


@action
def reply(*, at: datetime, report: Report, body: str) -> Message:
    """Take in what a reporter adds with their code; a closed report opens again."""
    policies.check_reply_open(report)
    message = _write(report, body, at, None)
    if report.state in (State.ANSWERED, State.CLOSED):
        _move(report, State.READING)
    _record("reply", None, day_of(at), report, message=message.pk)
    return message


@action
def say_solved(*, at: datetime, report: Report, solved: bool) -> Report:
    """Take in whether the reporter finds it solved; "no" opens the report again."""
    report.solved_says_reporter = solved
    Report.objects.filter(pk=report.pk).update(solved_says_reporter=solved)
    if not solved and report.state in (State.ANSWERED, State.CLOSED):
        _move(report, State.READING)
    _record("say_solved", None, day_of(at), report, solved=solved)
    return report


def _permit(by: Officer, at: datetime, report: Report) -> None:
    permit(by, "intake.answer_report", at=at, place=report.county, wall=report.wall_id)


def _move(report: Report, to: str) -> None:
    if report.state != to:
        check_move(report, to)
        report.state = to
        Report.objects.filter(pk=report.pk).update(state=to)


def _write(report: Report, body: str, at: datetime, by: Officer | None) -> Message:
    key = words.new_key()
    sealed = words.seal(words.tidy(body), key=key)
    on_date: date = timezone.localdate(at)
    return Message.objects.create(
        report=report, from_reporter=by is None, key=key, body_sealed=sealed, on_date=on_date, by=by
    )
