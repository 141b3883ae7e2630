"""A re-visit held against the visit it repeats: what of the claim is false, what is open, what is excused."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from jiandi.core.estimate.recheck import Difference, PersonFacts, VisitFacts, compare_visit
from jiandi.core.forms import instance
from jiandi.core.forms import visit as forms
from jiandi.rooms.assurance.models import KnownCase, Recheck, Target
from jiandi.rooms.register.models import Person

Asked = Recheck | Target | KnownCase

CAME = ("yes", "no", "unknown")


def answer_to_came(body: bytes) -> str:
    """Return the household's answer to "did anybody from this round come into your home?"."""
    said = instance.read(body, repeats=("person",)).values.get("came", "unknown")
    return said if said in CAME else "unknown"


def original_facts(recheck: Asked) -> VisitFacts:
    """Return what the first visit claimed about the sampled person; of a known case, what one would have claimed."""
    claimed = PersonFacts(key=person_of(recheck).code, present="seen")
    if isinstance(recheck, KnownCase):
        return VisitFacts(held_on=_day(recheck), result="met", persons=(claimed,))
    return VisitFacts(held_on=_day(recheck), result=recheck.original.result or "met", persons=(claimed,))


def person_of(recheck: Asked) -> Person:
    """Return whom a re-visit asks about."""
    assert recheck.expected is not None  # a known case that is out is bound to its line in the round
    return recheck.expected.person


def _day(recheck: Asked) -> date:
    """The day of the claim; a known case is held against the day the claims were frozen."""
    if isinstance(recheck, KnownCase):
        assert recheck.draw is not None
        return timezone.localdate(recheck.draw.made_at)
    return timezone.localdate(recheck.original.started_at or recheck.original.received_at)


def recheck_facts(recheck: Asked, form: forms.VisitForm, came: str) -> VisitFacts:
    """Return what the inspectors found of the sampled person."""
    code = person_of(recheck).code
    people = tuple(
        PersonFacts(key=person.listed, present=person.present or "unknown")
        for person in form.people
        if person.listed == code
    )
    held_on = timezone.localdate(form.started_at) if form.started_at else _day(recheck)
    return VisitFacts(held_on=held_on, result=form.result, persons=people, somebody_came=came)  # type: ignore[arg-type]


def judge(recheck: Asked, form: forms.VisitForm, came: str) -> tuple[str, list[Difference]]:
    """Return the result of a re-visit and the differences it rests on.

    "Lives here, away", said by household or neighbour who also say that somebody came, is excused and counted
    apart (call-backs are used up before the form is sent); everything else unresolved counts as false.
    """
    found = compare_visit(original_facts(recheck), recheck_facts(recheck, form, came))
    verdicts = {difference.verdict for difference in found}
    if "false_claim" in verdicts:
        return Recheck.Result.FALSE, found
    if "unresolved" in verdicts:
        return (Recheck.Result.EXCUSED if _is_away(recheck, form, came) else Recheck.Result.UNRESOLVED), found
    return Recheck.Result.TRUE, found


def _is_away(recheck: Asked, form: forms.VisitForm, came: str) -> bool:
    code = person_of(recheck).code
    return (
        came == "yes"
        and form.result == "met"
        and any(p.listed == code and p.present == "away" for p in form.people)
    )
