"""What does not add up in a visit, in sentences: what, where, and what to do. Nothing here drops a submission."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from jiandi.core.forms.visit import (
    DANGERS,
    OUTBUILDINGS,
    OWN_ID,
    PRESENCES,
    RESULTS,
    SEXES,
    SeenPerson,
    VisitForm,
)
from jiandi.core.values import Text

# Phones' clocks drift and zones are set wrong; beyond a day the date cannot be right.
LEEWAY = timedelta(days=1)
# After a flat battery phones start in 1970; a visit a year old is not of this round either.
OLDEST = timedelta(days=366)
EARLIEST_BIRTH_YEAR = 1890


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a visit; the code is stable, the sentence is for people."""

    code: str
    text: Text


def problems(form: VisitForm, *, received_at: datetime) -> list[Problem]:
    """Return everything that keeps a visit from being taken as it stands; empty when it can be."""
    found = [
        Problem("misread", _MISREAD.filled(where=where, value=value[:60])) for where, value in form.misread
    ]
    found.extend(_dates(form, received_at))
    found.extend(_codes(form))
    if form.deprecated_id:
        found.append(Problem("edit", _EDIT.filled(earlier=form.deprecated_id)))
    year = received_at.year
    for number, person in enumerate(form.people, 1):
        if not _is_plain(person, year):
            found.extend(_person(number, person, year))
    return found


def _dates(form: VisitForm, received_at: datetime) -> Iterator[Problem]:
    if form.started_at is None and not any(where == "start" for where, _ in form.misread):
        yield Problem("no_start", _NO_START)
    for where, moment in (("start", form.started_at), ("end", form.ended_at)):
        if moment is not None and moment > received_at + LEEWAY:
            yield Problem("future", _FUTURE.filled(where=where, value=moment.strftime("%Y-%m-%d %H:%M")))
        elif moment is not None and moment < received_at - OLDEST:
            yield Problem("long_ago", _LONG_AGO.filled(where=where, value=moment.strftime("%Y-%m-%d %H:%M")))
    if form.started_at and form.ended_at and form.ended_at < form.started_at:
        yield Problem(
            "ends_before_start",
            _BACKWARDS.filled(start=form.started_at.isoformat(), end=form.ended_at.isoformat()),
        )


def _codes(form: VisitForm) -> Iterator[Problem]:
    yield from _unknown("result", form.result, RESULTS)
    if form.outbuildings:
        yield from _unknown("outbuildings", form.outbuildings, OUTBUILDINGS)


def _unknown(where: str, value: str, allowed: Collection[str]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(
            "unknown_code", _UNKNOWN.filled(where=where, value=value[:40] or "∅", allowed=" / ".join(allowed))
        )


def _is_plain(person: SeenPerson, year: int) -> bool:
    """Answer at once for the person about whom nothing is wrong: nearly everybody."""
    return (
        person.present in PRESENCES
        and person.danger in DANGERS
        and (not person.own_id or person.own_id in OWN_ID)
        and (person.sex is None or person.sex in SEXES)
        and (person.birth_year is None or EARLIEST_BIRTH_YEAR <= person.birth_year <= year)
    )


def _person(number: int, person: SeenPerson, year: int) -> Iterator[Problem]:
    yield from _unknown(f"person {number} / present", person.present, PRESENCES)
    yield from _unknown(f"person {number} / danger", person.danger, DANGERS)
    if person.own_id:
        yield from _unknown(f"person {number} / own_id", person.own_id, OWN_ID)
    if person.sex is not None and person.sex not in SEXES:
        yield Problem(
            "unknown_code", _UNKNOWN.filled(where=f"person {number} / sex", value=person.sex, allowed="1 / 2")
        )
    if person.birth_year is not None and not EARLIEST_BIRTH_YEAR <= person.birth_year <= year:
        yield Problem(
            "birth_year",
            _BIRTH_YEAR.filled(number=number, value=person.birth_year, first=EARLIEST_BIRTH_YEAR, last=year),
        )


_MISREAD = Text(
    zh="“{where}”填的是“{value}”,读不出来或填了两次。请核对后放行,或请走访人重新填写。",
    en="“{where}” says “{value}”, which cannot be read or stands twice. Check and release it, or ask the visitor to fill it in again.",
)
_NO_START = Text(
    zh="没有走访开始时间(start)。请向走访人核实是哪一天去的。",
    en="There is no starting time (start). Ask the visitor on which day it was.",
)
_FUTURE = Text(
    zh="“{where}”的时间是{value},晚于收到的时间。多半是手机日期不对:请核实走访日期后放行。",
    en="“{where}” is dated {value}, later than it arrived. The phone's date is probably wrong: confirm the day of the visit, then release.",
)
_LONG_AGO = Text(
    zh="“{where}”的时间是{value},已超过一年。多半是手机日期不对:请核实走访日期后放行。",
    en="“{where}” is dated {value}, more than a year ago. The phone's date is probably wrong: confirm the day, then release.",
)
_BACKWARDS = Text(
    zh="结束时间{end}早于开始时间{start}。请向走访人核实后放行。",
    en="It ends at {end}, before it starts at {start}. Ask the visitor, then release.",
)
_UNKNOWN = Text(
    zh="“{where}”的选项“{value}”不在表单里。可选:{allowed}。请核对表单版本。",
    en="“{where}” has the answer “{value}”, which the form does not offer. It offers: {allowed}. Check the form's version.",
)
_EDIT = Text(
    zh="这是对已提交内容({earlier})的修改。原件保留不动,请比较两份后决定是否采用。",
    en="This is a change to a visit already sent ({earlier}). The first stays as it is; compare the two and decide whether this one counts.",
)
_BIRTH_YEAR = Text(
    zh="第{number}人的出生年“{value}”不在{first}至{last}之间。请核对后放行。",
    en="Person {number} has the birth year “{value}”, outside {first} to {last}. Check, then release.",
)
