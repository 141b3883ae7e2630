"""A re-visit held against the visit it repeats: what of the claim is false, what is open, what is excused."""

from __future__ import annotations

from django.utils import timezone

from jiandi.core.estimate.recheck import Difference, PersonFacts, VisitFacts, compare_visit
from jiandi.core.forms import instance
from jiandi.core.forms import visit as forms
from jiandi.rooms.assurance.models import Recheck, Target

Asked = Recheck | Target

CAME = ("yes", "no", "unknown")


def answer_to_came(body: bytes) -> str:
    """Return the household's answer to "did anybody from this round come into your home?"."""
    said = instance.read(body, repeats=("person",)).values.get("came", "unknown")
    return said if said in CAME else "unknown"


def original_facts(recheck: Asked) -> VisitFacts:
    """Return what the first visit claimed about the sampled person."""
    moment = recheck.original.started_at or recheck.original.received_at
    claimed = PersonFacts(key=recheck.expected.person.code, present="seen")
    return VisitFacts(
        held_on=timezone.localdate(moment), result=recheck.original.result or "met", persons=(claimed,)
    )


def recheck_facts(recheck: Asked, form: forms.VisitForm, came: str) -> VisitFacts:
    """Return what the inspectors found of the sampled person."""
    code = recheck.expected.person.code
    people = tuple(
        PersonFacts(key=person.listed, present=person.present or "unknown")
        for person in form.people
        if person.listed == code
    )
    held_on = (
        timezone.localdate(form.started_at)
        if form.started_at
        else timezone.localdate(recheck.original.received_at)
    )
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
    code = recheck.expected.person.code
    return (
        came == "yes"
        and form.result == "met"
        and any(p.listed == code and p.present == "away" for p in form.people)
    )
