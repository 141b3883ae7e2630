"""A visit as a page shows it: how it was read, beside the body; findings only for those who may know of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jiandi.core.forms.problems import Problem, problems
from jiandi.core.forms.visit import (
    DANGERS,
    OUTBUILDINGS,
    OWN_ID,
    PRESENCES,
    RESULTS,
    SeenPerson,
    VisitForm,
    parse,
    write,
)
from jiandi.core.values import Text
from jiandi.rooms.screening import sorting
from jiandi.rooms.screening.models import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the form in words."""

    person: SeenPerson
    present: Text
    own_id: Text | None
    danger: Text | None


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to show of a visit; no form once the night's listing was erased."""

    form: VisitForm | None
    raw: str
    result: Text | None = None
    outbuildings: Text | None = None
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_cut: bool = False  # findings left out for this reader


def _said(texts: object, code: str) -> Text:
    return texts.get(code) or Text(zh=code, en=code)  # type: ignore[attr-defined, no-any-return]


def page_of(visit: Visit, *, with_findings: bool) -> Page:
    """Return a visit's page. Without the right to findings, dangers, needs, words and the note are simply not there."""
    body = sorting.unpacked(visit.body)
    if not body:
        return Page(None, "")
    form = parse(body)
    shown = form if with_findings else _without_findings(form)
    rows = tuple(
        Row(
            person,
            _said(PRESENCES, person.present),
            _said(OWN_ID, person.own_id) if person.own_id else None,
            _said(DANGERS, person.danger) if person.danger != "none" else None,
        )
        for person in shown.people
    )
    raw = body if with_findings else write(shown)
    return Page(
        shown,
        _broken_into_lines(raw.decode()),
        _said(RESULTS, shown.result) if shown.result else None,
        _said(OUTBUILDINGS, shown.outbuildings) if shown.outbuildings else None,
        rows,
        tuple(problems(shown, received_at=visit.received_at)),
        not with_findings,
    )


def _without_findings(form: VisitForm) -> VisitForm:
    people = tuple(replace(person, danger="none", need="", words="") for person in form.people)
    return replace(form, people=people, note="")


def _broken_into_lines(raw: str) -> str:
    """Put each element on a line of its own so that a person can read it; the stored body is not touched."""
    return re.sub(r">\s*(?=<[^/])", ">\n", raw)
