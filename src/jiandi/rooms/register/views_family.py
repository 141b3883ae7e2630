"""A person's family and who answers for them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.wording import options, said
from jiandi.rooms.register import actions
from jiandi.rooms.register.forms import wrong_in
from jiandi.rooms.register.models_life import GUARDIANSHIPS
from jiandi.rooms.register.queries_family import (
    family,
    in_the_open,
    papers_of,
    past_guardians,
    person_with_family,
)
from jiandi.rooms.register.queries_guardians import DOUBTS, doubted
from jiandi.rooms.register.queries_people import visible_people

PAGE = 50


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GuardianshipForm(forms.Form):
    """Who answers for the person, from when, on which paper."""

    kind = forms.ChoiceField(label=said("类别", "Kind"), choices=options(GUARDIANSHIPS))
    guardian = forms.CharField(
        required=False,
        max_length=16,
        label=said("监护人编号(登记册中有的)", "Guardian's code (if in the register)"),
    )
    name = forms.CharField(required=False, max_length=100, label=said("或姓名、单位", "or name, or office"))
    starts_on = forms.DateField(label=said("起", "From"), widget=_day())
    ends_on = forms.DateField(
        required=False, label=said("止(不定期不填)", "Until (open: leave empty)"), widget=_day()
    )
    document = forms.CharField(
        max_length=120, label=said("文书(名称、文号、出具单位)", "Paper (what, number, issued by)")
    )


class EndForm(forms.Form):
    """When and why it ended."""

    ends_on = forms.DateField(label=said("终止日期", "Ended on"), widget=_day())
    document = forms.CharField(max_length=120, label=said("文书", "Paper"))
    reason = forms.CharField(max_length=300, label=said("理由", "Reason"))


@login_required
@require_GET
def person_family(request: SignedIn, code: str) -> HttpResponse:
    """Show a person's relatives, guardians and where the papers disagree."""
    at = clock.now()
    permit(request.user, "register.read_family", at=at)
    found = person_with_family(request.user, code, at)
    if found.code != code:
        return redirect("register:family", code=found.code)
    actions.read_person(by=request.user, at=at, person=found, purpose="family")
    sensitive = any(
        has_verb(request.user, verb, at) for verb in ("register.decide_pair", "register.withdraw_roster")
    )
    context = {
        "person": found,
        "family": family(request.user, at, found, sensitive=sensitive),
        "may_doubt": has_verb(request.user, "register.read_doubts", at),
        "may_enter": has_verb(request.user, "register.enter_guardianship", at),
        "may_end": has_verb(request.user, "register.end_guardianship", at),
        "form": GuardianshipForm(),
        "ending": EndForm(),
        "past": past_guardians(found),
    }
    return render(request, "register/family.html", context)


@login_required
@require_POST
def enter_guardianship(request: SignedIn, code: str) -> HttpResponse:
    """Write down who answers for the person."""
    at = clock.now()
    found = person_with_family(request.user, code, at)
    form = GuardianshipForm(request.POST)
    if not form.is_valid():
        messages.error(request, wrong_in(form))
        return redirect("register:family", code=found.code)
    values = form.cleaned_data
    known = values.pop("guardian").strip().upper()
    people = visible_people(request.user, "register.read_person", at)
    try:
        guardian = people.filter(code=known).first() if known else None
        if known and guardian is None:
            raise Refused(
                "register.guardian_unknown",
                Text(
                    zh="没有这个人员编号。登记册中没有的监护人,请填写姓名或单位。",
                    en="No such code. Give the name or office of a guardian the register does not have.",
                ),
            )
        actions.enter_guardianship(by=request.user, at=at, person=found, guardian=guardian, **values)
        messages.success(request, "已记录" if reader() == "zh" else "Written down")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:family", code=found.code)


@login_required
@require_POST
def end_guardianship(request: SignedIn, code: str, entry_id: int) -> HttpResponse:
    """Write down that somebody answers for the person no more."""
    at = clock.now()
    found = person_with_family(request.user, code, at)
    shown = in_the_open(papers_of(found).filter(pk=entry_id))
    if not shown:
        raise Http404
    entry = shown[0][0]
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, wrong_in(form))
        return redirect("register:family", code=found.code)
    try:
        actions.end_guardianship(by=request.user, at=at, entry=entry, **form.cleaned_data)
        messages.success(request, "已记录" if reader() == "zh" else "Written down")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:family", code=found.code)


@login_required
@require_GET
def guardian_doubts(request: SignedIn) -> HttpResponse:
    """List everybody about whose guardian the lists disagree."""
    at = clock.now()
    permit(request.user, "register.read_doubts", at=at)
    sensitive = any(
        has_verb(request.user, verb, at) for verb in ("register.decide_pair", "register.withdraw_roster")
    )
    every = doubted(request.user, at, sensitive=sensitive)
    counts = {code: every[code].count() for code in DOUBTS}
    doubt = request.GET.get("doubt", "")
    if doubt not in DOUBTS:  # open where there is something to ask
        doubt = next((code for code in DOUBTS if counts[code]), "two")
    after = request.GET.get("after", "")
    listed = every[doubt].filter(pk__gt=int(after)) if after.isdecimal() else every[doubt]
    rows = list(listed.select_related("village", "town").order_by("pk")[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "next": f"?doubt={doubt}&after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "doubt": doubt,
        "doubts": [(code, text, counts[code]) for code, text in DOUBTS.items()],
    }
    return render(request, "register/guardian_doubts.html", context)
