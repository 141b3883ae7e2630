"""The pages of those who verify and look back, the person's file, and the sheets printed for signature."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.cases import actions, clocks, forms, ledgers, queries, queries_file, states
from jiandi.rooms.cases.measures import DIED, KINDS, PARTS, RESULTS
from jiandi.rooms.cases.views import attempt, case_for, note_reading


@login_required
@require_GET
def to_verify(request: SignedIn) -> HttpResponse:
    """List the outcomes that wait for somebody like the reader, who has no part in them."""
    at = clock.now()
    permit(request.user, "cases.verify_outcome", at=at)
    waiting = queries.to_verify(request.user, at).order_by("-is_danger_now", "pk")[:200]
    return render(request, "cases/to_verify.html", {"rows": waiting})


@login_required
@require_http_methods(["GET", "POST"])
def verify(request: SignedIn, case_id: int) -> HttpResponse:
    """Go and see: the form of whoever verifies an outcome, with only what they need to find the person."""
    at = clock.now()
    shown = one(queries.to_verify(request.user, at), pk=case_id)
    outcome = shown.outcomes.order_by("-pk")[0]
    note_reading(request, shown, "verification")
    is_death = outcome.result == DIED
    form = (
        forms.DeathForm(request.POST or None)
        if is_death
        else forms.VerifyForm(request.POST or None, case=shown)
    )
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            verified = actions.verify_death if is_death else actions.verify_outcome
            verified(by=request.user, at=at, outcome=outcome, **data)

        if attempt(request, form, step, Text(zh="已记录核实结果。", en="Your verification is on record.")):
            return redirect("cases:to_verify")
    plan = shown.plans.order_by("-version").first()
    context = {
        "case": shown,
        "outcome": outcome,
        "result": RESULTS[outcome.result],
        "subjects": [(subject, PARTS[subject.part]) for subject in shown.subjects.select_related("person")],
        "safety": plan.safety if plan else "",
        "answers": [
            (sent, KINDS[sent.kind].text)
            for sent in shown.referrals.filter(state="confirmed").select_related("unit")
        ],
        "form": form,
    }
    return render(request, "cases/verify.html", context)


@login_required
@require_GET
def look_backs(request: SignedIn) -> HttpResponse:
    """List the look-backs to be done, those due first."""
    at = clock.now()
    permit(request.user, "cases.look_back", at=at)
    rows = queries.looks(request.user, at)[:200]
    return render(request, "cases/look_backs.html", {"rows": rows, "today": clocks.day_of(at)})


@login_required
@require_http_methods(["GET", "POST"])
def look_back(request: SignedIn, look_id: int) -> HttpResponse:
    """Look again, 30 or 90 days after closing."""
    at = clock.now()
    look = one(queries.looks(request.user, at), pk=look_id)
    note_reading(request, look.case, "look-back")
    form = forms.LookBackForm(request.POST or None)
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            actions.look_back(by=request.user, at=at, look_back=look, **data)

        if attempt(request, form, step, Text(zh="已记录。", en="On record.")):
            return redirect("cases:look_backs")
    outcome = look.case.outcomes.order_by("-pk").first()
    subjects = look.case.subjects.select_related("person")
    context = {"look": look, "case": look.case, "outcome": outcome, "subjects": subjects, "form": form}
    return render(request, "cases/look_back.html", context)


@login_required
@require_GET
def person_file(request: SignedIn, case_id: int) -> HttpResponse:
    """一人一档: everybody in the case with every record, visit and decision and where each stands; prints on A4."""
    shown, at = case_for(request, case_id), clock.now()
    note_reading(request, shown, "person file")
    context = {
        "case": shown,
        "state": states.CASE_WORDS[shown.state],
        "files": queries_file.person_files(shown, request.user, at),
        "parts": PARTS,
        "events": ledgers.told(queries.timeline(shown, request.user)),
        "printed_at": at,
    }
    return render(request, "cases/person_file.html", context)


@login_required
@require_GET
def extract(request: SignedIn, case_id: int, subject_id: int) -> HttpResponse:
    """What the person may take home: their own data and wishes, nothing about others, no trace of the case."""
    shown, at = case_for(request, case_id), clock.now()
    note_reading(request, shown, "extract")
    files = [
        one_file
        for one_file in queries_file.person_files(shown, request.user, at)
        if one_file.subject.pk == subject_id
    ]
    if not files:
        return redirect(shown)
    return render(request, "cases/extract.html", {"case": shown, "file": files[0], "printed_at": at})


@login_required
@require_GET
def supervise(request: SignedIn, case_id: int) -> HttpResponse:
    """Print what is overdue in a case, unit by unit, for the supervision meeting: numbers and deadlines, no names."""
    shown, at = case_for(request, case_id), clock.now()
    permit(request.user, "cases.export_ledger", at=at)
    sent = shown.referrals.exclude(state="revoked").select_related("unit").order_by("due_at")
    rows = [
        (it, KINDS[it.kind].text, states.REFERRAL_WORDS[it.state], queries.clock_of(it, at)) for it in sent
    ]
    return render(
        request,
        "cases/supervise.html",
        {"case": shown, "rows": rows, "state": states.CASE_WORDS[shown.state], "printed_at": at},
    )
