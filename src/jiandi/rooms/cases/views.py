"""The pages of a case: the list, opening one, one case with its next step, its plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet, Form, formset_factory
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, outsiders
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import has_verb, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.cases import actions, forms, ledgers, queries, states
from jiandi.rooms.cases.measures import KINDS, MILESTONES, PARTS, RESULTS
from jiandi.rooms.cases.models import Case
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake.models import Report
from jiandi.rooms.register.models import Person

PAGE = 50


MeasureForms = formset_factory(forms.MeasureForm, extra=4)


def case_for(request: SignedIn, case_id: int) -> Case:
    """Return a case the reader may read; anything else is a page that does not exist."""
    found = queries.cases(request.user, clock.now())
    return one(
        found.select_related(
            "village", "town", "county", "owner_unit", "opened_by__unit", "second_officer__unit", "alert"
        ),
        pk=case_id,
    )


def note_reading(request: SignedIn, case: Case, part: str) -> None:
    """Leave a trace of the reading, once a sitting."""
    at = clock.now()
    if not queries.has_just_read(request.user, case, part, at):
        actions.note_reading(by=request.user, at=at, case=case, part=part)


def tell(request: SignedIn, text: Text) -> None:
    """Say that it is done, in the reader's language."""
    messages.success(request, say(text))


def attempt(
    request: SignedIn, form: Form | None, step: Callable[[dict[str, Any]], object], done: Text
) -> bool:
    """Take one step with what was typed; a refusal is shown as its sentence, nothing typed is lost."""
    if form is not None and not form.is_valid():
        messages.error(request, say(Text(zh="请检查标红的内容。", en="Please look at what is marked.")))
        return False
    try:
        step(form.cleaned_data if form is not None else {})
    except Refused as refused:
        if refused.code.endswith("not_found"):
            raise Http404 from None
        messages.error(request, say(refused.text))
        return False
    tell(request, done)
    return True


@login_required
@require_GET
def cases(request: SignedIn) -> HttpResponse:
    """List the cases one may read, by code name, with their state and clocks."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    asked = {name: request.GET.get(name, "") for name in ("state", "clock", "danger")}
    readable = queries.with_clocks(queries.cases(request.user, at), at)
    found = queries.narrowed(readable, **asked)
    found = queries.opened_before(found, readable, request.GET.get("after", ""))
    rows = list(found.select_related("village", "town", "owner_unit")[: PAGE + 1])
    context = {
        "rows": [{"case": case, "state": states.CASE_WORDS[case.state]} for case in rows[:PAGE]],
        "asked": asked,
        "states": states.CASE_WORDS.items(),
        "counts": queries.counts(request.user, at),
        "next": _next_page(request, rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "may_export": has_verb(request.user, "cases.export_ledger", at),
        "may_verify": has_verb(request.user, "cases.verify_outcome", at),
    }
    return render(request, "cases/list.html", context)


def _next_page(request: SignedIn, after: int) -> str:
    query = request.GET.copy()
    query["after"] = str(after)
    return f"?{query.urlencode()}"


@login_required
@require_GET
def ledger(request: SignedIn) -> HttpResponse:
    """Export the cases as a problem ledger (挂账销号): code names, units, terms and who verified - no names."""
    at = clock.now()
    permit(request.user, "cases.export_ledger", at=at)
    rows = ledgers.case_rows(queries.cases(request.user, at), at)
    return excel_response(
        ledgers.CASES, ledgers.CASE_COLUMNS, rows, unit=request.user.unit, by=request.user, at=at
    )


def alert_for(request: SignedIn, alert_id: int) -> Alert:
    """Return an alert the reader may see, to open a case on."""
    alerts = Alert.objects.select_related("person__village", "village", "town", "county")
    return one(visible(alerts, request.user, "checks.read_alert", at=clock.now()), pk=alert_id)


@login_required
@require_http_methods(["GET", "POST"])
def open_from_alert(request: SignedIn, alert_id: int) -> HttpResponse:
    """Open a case on an alert."""
    alert = alert_for(request, alert_id)
    return _open(
        request, alert=alert, report=None, person=alert.person, is_danger=alert.rule_class == "danger"
    )


@login_required
@require_http_methods(["GET", "POST"])
def open_from_report(request: SignedIn, report_id: int) -> HttpResponse:
    """Open a case on a report, also where nobody knows yet who the person is."""
    reports = visible(
        Report.objects.select_related("village", "town", "county", "about_unit"),
        request.user,
        "intake.read_report",
        at=clock.now(),
    )
    report = one(reports, number=report_id)
    return _open(request, alert=None, report=report, person=None, is_danger=report.is_danger_now)


def _open(
    request: SignedIn,
    *,
    alert: Alert | None,
    report: Report | None,
    person: Person | None,
    is_danger: bool,
) -> HttpResponse:
    at = clock.now()
    permit(request.user, "cases.open_case", at=at)
    wall_id = alert.wall_id if alert else report.wall_id if report else None
    form = forms.OpenForm(
        request.POST or None,
        units=queries.units_outside(wall_id),
        seconds=queries.possible_seconds(request.user, at),
        is_danger=is_danger,
    )
    opened: list[Case] = []
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            case = actions.open_case(
                by=request.user, at=at, person=person, alert=alert, report=report,
                owner_unit=data["owner_unit"], second_officer=data["second_officer"],
            )  # fmt: skip
            opened.append(case)

        if attempt(request, form, step, Text(zh="已立案。", en="The case is open.")):
            return redirect(opened[0])
    context = {"form": form, "alert": alert, "report": report, "person": person, "is_danger": is_danger}
    return render(request, "cases/open.html", context)


@login_required
@require_GET
def case(request: SignedIn, case_id: int) -> HttpResponse:
    """Show one case: where it stands, who is in it, its plan, referrals, outcome, and what can be done next."""
    shown, at = case_for(request, case_id), clock.now()
    note_reading(request, shown, "case")
    sent = shown.referrals.select_related("unit", "measure").order_by("sent_at", "pk")
    outcome = shown.outcomes.select_related("proposed_by__unit").order_by("-pk").first()
    context = {
        "case": shown,
        "state": states.CASE_WORDS[shown.state],
        "may": _steps_open(request, shown),
        "subjects": [
            (subject, PARTS[subject.part])
            for subject in shown.subjects.select_related("person").prefetch_related("wishes__by__unit")
        ],
        "plan": shown.plans.prefetch_related("measures__unit").order_by("-version").first(),
        "kinds": {code: kind.text for code, kind in KINDS.items()},
        "referrals": [
            (referral, states.REFERRAL_WORDS[referral.state], queries.clock_of(referral, at))
            for referral in sent
        ],
        "outcome": outcome,
        "result": RESULTS[outcome.result] if outcome else None,
        "verifications": outcome.verifications.select_related("verifier", "unit").order_by("pk")
        if outcome
        else [],
        "looks": shown.look_backs.select_related("done_by__unit").order_by("due_on"),
        "milestones": [(step, MILESTONES[step.kind]) for step in shown.milestones.order_by("on_date")],
        "outsiders": [
            (entry, outsiders.why(entry.why))
            for entry in shown.wall.entries.select_related("unit", "officer__unit").filter(
                removed_at__isnull=True
            )
        ],
        "events": ledgers.told(queries.timeline(shown, request.user)),
        "today": at,
        "wish_form": forms.WishForm(case=shown),
        "milestone_form": forms.MilestoneForm(),
        "outcome_form": forms.OutcomeForm(),
        "person_form": forms.PersonForm(),
        "note_form": forms.NoteForm(),
    }
    return render(request, "cases/case.html", context)


def _steps_open(request: SignedIn, shown: Case) -> dict[str, bool]:
    """What this officer could do next; the action decides again."""
    at, state = clock.now(), shown.state
    working = queries.works_on(request.user, shown, at)
    lead = has_verb(request.user, "cases.close_case", at)
    reachable = states.CASE[state]
    return {
        "work": working,
        "assess": working and "assessing" in reachable,
        "plan": working and state in {"assessing", "planned", "active", "returned"},
        "refer": working
        and (state in {"planned", "active", "returned"} or (shown.is_danger_now and "active" in reachable)),
        "propose": working and "outcome_proposed" in reachable,
        "close": lead and "closed" in reachable,
        "reopen": has_verb(request.user, "cases.reopen_case", at) and "reopened" in reachable,
        "supervise": has_verb(request.user, "cases.export_ledger", at),
    }


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: SignedIn, case_id: int) -> HttpResponse:
    """Write the plan: assessment, safety part, measures."""
    shown, at = case_for(request, case_id), clock.now()
    permit(request.user, "cases.make_plan", at=at)
    last = shown.plans.order_by("-version").first()
    initial = {"assessment": last.assessment, "safety": last.safety} if last else None
    form = forms.PlanForm(request.POST or None, initial=initial)
    units = queries.units_outside(shown.wall_id)
    before = list(last.measures.values("kind", "what", "unit", "due_on")) if last else None
    lines: BaseFormSet = MeasureForms(
        request.POST or None, form_kwargs={"units": units}, prefix="measure", initial=before
    )
    if request.method == "POST" and lines.is_valid():
        measures = [line.line for line in lines if line.line is not None]

        def step(data: dict[str, Any]) -> None:
            actions.make_plan(by=request.user, at=at, case=shown, measures=measures, **data)

        if attempt(request, form, step, Text(zh="方案已定。", en="The plan is made.")):
            return redirect(shown)
    return render(request, "cases/plan.html", {"case": shown, "form": form, "lines": lines})


@login_required
@require_POST
def take_step(request: SignedIn, case_id: int, step: str) -> HttpResponse:
    """Take one of the short steps of the case page."""
    shown = case_for(request, case_id)
    make_form, act, done = _STEPS[step]
    form = make_form(request, shown)
    at = clock.now()
    attempt(request, form, lambda data: act(request, shown, at, data), done)
    return redirect(shown)


def _add_person(request: SignedIn, shown: Case, at: Any, data: dict[str, Any]) -> None:
    person = (
        visible(Person.objects.all(), request.user, "register.read_person", at=at)
        .filter(code=data["code"].strip())
        .first()
    )
    if person is None:
        raise Refused(
            "cases.person_unknown",
            Text(zh="没有这个编号,或您无权查看。", en="There is no such code, or it is not yours to see."),
        )
    actions.add_subject(by=request.user, at=at, case=shown, person=person, part=data["part"])


_STEPS: dict[str, tuple[Callable[..., Form | None], Callable[..., object], Text]] = {
    "assess": (
        lambda request, case: None,
        lambda request, case, at, data: actions.assess(by=request.user, at=at, case=case),
        Text(zh="评估已开始。", en="The assessment has begun."),
    ),
    "wish": (
        lambda request, case: forms.WishForm(request.POST, case=case),
        lambda request, case, at, data: actions.record_wish(by=request.user, at=at, **data),
        Text(zh="已记下。以前的话也保留。", en="Noted. What was said before is kept too."),
    ),
    "milestone": (
        lambda request, case: forms.MilestoneForm(request.POST),
        lambda request, case, at, data: actions.record_milestone(by=request.user, at=at, case=case, **data),
        Text(zh="节点已记录。", en="The step is noted."),
    ),
    "person": (
        lambda request, case: forms.PersonForm(request.POST),
        _add_person,
        Text(zh="已加入案中。", en="Added to the case."),
    ),
    "outcome": (
        lambda request, case: forms.OutcomeForm(request.POST),
        lambda request, case, at, data: actions.propose_outcome(by=request.user, at=at, case=case, **data),
        Text(zh="已提出结果,等待无关单位核实。", en="Proposed. Somebody unrelated will go and see."),
    ),
    "close": (
        lambda request, case: None,
        lambda request, case, at, data: actions.close_case(by=request.user, at=at, case=case),
        Text(
            zh="已销号。30天和90天后回头看。", en="Closed. It will be looked at again after 30 and 90 days."
        ),
    ),
    "reopen": (
        lambda request, case: forms.NoteForm(request.POST),
        lambda request, case, at, data: actions.reopen_case(
            by=request.user, at=at, case=case, reason=data["note"]
        ),
        Text(zh="已重新立案。", en="The case is open again."),
    ),
}
STEPS = frozenset(_STEPS)
