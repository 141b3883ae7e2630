"""The queue of questions, one question with its sources side by side, and the table of rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.checks.audiences import NOT_TOLD
from jiandi.core.values import Refused, Text, is_allowed
from jiandi.rooms.access import clock, outsiders
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import has_verb, has_wall_between, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.verbs import kind_name
from jiandi.rooms.checks import actions, packs, policies, queries
from jiandi.rooms.checks.forms import ExplainForm, NoteForm
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.checks.states import CLASS_TONES, CLASSES, EXPLANATIONS, MOVES, NAMES, TONES, State
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions as screening

PAGE = 50
READ = "checks.read_alert"
DUE_DAYS = {"danger": 1, "contradiction": 7, "service_gap": 14}


def _shown(alert: Alert, shelf: packs.Shelf) -> dict[str, object]:
    return {
        "alert": alert,
        "rule": shelf.of(alert.rule),
        "state": NAMES[alert.state],
        "state_tone": TONES.get(alert.state, "plain"),
        "klass": CLASSES[alert.rule_class],
        "klass_tone": CLASS_TONES[alert.rule_class],
    }


@login_required
@require_GET
def alerts(request: SignedIn) -> HttpResponse:
    """List open questions, gravest first."""
    at = clock.now()
    permit(request.user, READ, at=at)
    chosen = {name: request.GET.get(name, "") for name in ("rule", "state", "klass")}
    found = queries.alerts(request.user, at, **chosen)
    rank, _, last = request.GET.get("after", "").partition("-")
    if rank.isdigit() and last.isdigit():
        found = found.filter(Q(rank__lt=int(rank)) | Q(rank=int(rank), pk__gt=int(last)))
    page = queries.page_of(found, PAGE + 1)
    more = f"{page[PAGE - 1].rank}-{page[PAGE - 1].pk}" if len(page) > PAGE else ""
    kept = "".join(f"&{name}={value}" for name, value in chosen.items() if value)
    shelf = packs.shelf()
    context = {
        "rows": [_shown(alert, shelf) for alert in page[:PAGE]],
        "chosen": chosen,
        "next": f"?after={more}{kept}" if more else "",
        "rules": shelf.rules,
        "states": NAMES,
        "classes": CLASSES,
        "run": Run.objects.filter(finished_at__isnull=False).order_by("-pk").first(),
    }
    return render(request, "checks/list.html", context)


@login_required
@require_GET
def export(request: SignedIn) -> HttpResponse:
    """Give the visible open questions as a ledger; names only of people the officer may read."""
    at = clock.now()
    permit(request.user, READ, at=at)
    columns = [
        Text(zh="规则", en="Rule"),
        Text(zh="类别", en="Class"),
        Text(zh="状态", en="State"),
        Text(zh="地区", en="Place"),
        Text(zh="内容", en="Question"),
        Text(zh="接收单位", en="Routed to"),
    ]
    rows = (
        [
            a.rule,
            CLASSES[a.rule_class].zh,
            NAMES[a.state].zh,
            a.village.name if a.village else "",
            a.detail_zh,
            a.routed_to.name if a.routed_to else "",
        ]
        for a in queries.alerts(request.user, at)[:20_000]
    )
    return excel_response(
        Text(zh="疑点台账", en="Ledger of open questions"),
        columns,
        rows,
        unit=request.user.unit,
        by=request.user,
        at=at,
    )


def _alert(request: SignedIn, alert_id: int) -> Alert:
    found = Alert.objects.select_related(
        "person__household",
        "person__village",
        "village",
        "town",
        "county",
        "routed_to",
        "wall",
        "explained_by",
    )
    return one(visible(found, request.user, READ, at=clock.now()), pk=alert_id)


@login_required
@require_GET
def alert(request: SignedIn, alert_id: int) -> HttpResponse:
    """Show one question: what the records say, beside each other; the first safe action; who must not be told."""
    found, at = _alert(request, alert_id), clock.now()
    actions.read_alert(by=request.user, at=at, alert=found)
    household = Person.objects.none()
    if found.person and found.person.household_id:
        household = Person.objects.filter(
            household_id=found.person.household_id, superseded_by__isnull=True
        ).order_by("birth_on")
    sources = queries.source_rows(found, request.user, at)
    listed, unread = queries.people_listed(found, request.user, at)
    shelf = packs.shelf()
    context = {
        **_shown(found, shelf),
        "sources": sources,
        "has_differing": any(source.differs for source in sources),
        "reads_person": found.person is not None and _reads_person(request.user, found.person, at),
        "household": household,
        "listed": listed,
        "unread": unread,
        "not_told": [NOT_TOLD[code] for code in shelf.of(found.rule).not_told],
        "implicated": [
            {
                **line,
                "text": outsiders.why(line.get("why") or "named"),
                "kind": kind_name(line.get("kind") or ""),
            }
            for line in found.implicated
        ],
        "steps": [
            {"step": step, "to": NAMES[step.to_state]}
            for step in found.triage.select_related("by").order_by("pk")
        ],
        "moves": MOVES[found.state],
        "explained": EXPLANATIONS.get(found.explained_as),
        "waits_for_second": found.explained_by_id is not None and found.state != "explained",
        "may": {
            verb: has_verb(request.user, f"checks.{verb}", at) for verb in ("triage_alert", "explain_alert")
        },
        "may_open_case": has_verb(request.user, "cases.open_case", at) and found.state != State.CONFIRMED,
        "may_refer_first": _may_refer_first(request.user, found, shelf, at),
        "may_second": has_verb(request.user, "checks.second_alert", at)
        and is_allowed(policies.check_second, request.user, found),
        "note_form": NoteForm(),
        "explain_form": ExplainForm(),
    }
    return render(request, "checks/alert.html", context)


def _reads_person(by: Officer, person: Person, at: datetime) -> bool:
    return visible(Person.objects.filter(pk=person.pk), by, "register.read_person", at=at).exists()


STEPS = {"acknowledge": actions.acknowledge, "verify": actions.verify, "unanswered": actions.leave_unanswered}


@login_required
@require_POST
def step(request: SignedIn, alert_id: int, name: str) -> HttpResponse:
    """Take one step of triage."""
    found = _alert(request, alert_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        STEPS[name](by=request.user, at=clock.now(), alert=found, note=note)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("checks:alert", alert_id=alert_id)


@login_required
@require_POST
def explain(request: SignedIn, alert_id: int) -> HttpResponse:
    """Answer a question by a reason from the list."""
    found = _alert(request, alert_id)
    form = ExplainForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(
                "checks.note",
                Text(zh="请选择理由并写明依据。", en="Choose a reason and write what it rests on."),
            )
        actions.explain(by=request.user, at=clock.now(), alert=found, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("checks:alert", alert_id=alert_id)


@login_required
@require_POST
def second(request: SignedIn, alert_id: int) -> HttpResponse:
    """Agree as the second person."""
    found = _alert(request, alert_id)
    try:
        actions.second(by=request.user, at=clock.now(), alert=found)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("checks:alert", alert_id=alert_id)


def _may_refer_first(by: Officer, found: Alert, shelf: packs.Shelf, at: datetime) -> bool:
    """Answer whether one click can do the first action; danger is taken up by two, who are chosen by name."""
    is_one_click = shelf.of(found.rule).action != "visit" and found.rule_class != "danger"
    may = all(has_verb(by, verb, at) for verb in ("cases.open_case", "cases.send_referral"))
    return is_one_click and may and found.state != State.CONFIRMED


@login_required
@require_POST
def visit(request: SignedIn, alert_id: int) -> HttpResponse:
    """Ask for a visit under the rule's true pretext, by somebody no wall stands before."""
    found, at = _alert(request, alert_id), clock.now()
    try:
        screening.add_tasks(
            by=request.user, at=at, purpose="follow_up", pretext="health", errands=_errands(found, request.user, at),
            due_on=timezone.localdate(at) + timedelta(days=DUE_DAYS[found.rule_class]),
        )  # fmt: skip
        if "verifying" in MOVES[found.state]:
            actions.verify(by=request.user, at=at, alert=found, note="")
        messages.success(
            request,
            say(
                Text(
                    zh="已安排走访;任务上不写疑点。",
                    en="A visit is arranged; the task does not show the question.",
                ),
            ),
        )
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("checks:alert", alert_id=alert_id)


def _errands(found: Alert, by: Officer, at: datetime) -> list[screening.Errand]:
    """Return whom to see: the person, else the household, else everybody listed whom the officer may read."""
    worker = _visitor(found)
    if found.person or found.household:
        return [screening.Errand(person=found.person, household=found.household, worker=worker)]
    listed, _ = queries.people_listed(found, by, at)
    return [screening.Errand(person=person, worker=worker) for person in listed]


def _visitor(found: Alert) -> Officer | None:
    """Return an inspector of another town, on our side of the wall; nobody when there is none."""
    away = Unit.objects.exclude(place_id__in=[found.town_id, found.village_id]).values("pk")
    inspectors = Officer.objects.filter(
        is_active=True, grants__role="inspector", grants__ends_on__isnull=True, unit__in=away
    )
    for officer in inspectors.select_related("unit").order_by("pk"):
        if not has_wall_between(officer, found.wall_id):
            return officer
    return None


@login_required
@require_GET
def rules_page(request: SignedIn) -> HttpResponse:
    """Show every rule: what it needs, how it can be wrong, its first action, its last run, its precision."""
    permit(request.user, READ, at=clock.now())
    return render(
        request,
        "checks/rules.html",
        {
            "lines": queries.rule_lines(request.user, clock.now()),
            "least": queries.LEAST_LABELS,
            "refused": packs.shelf().refused,
        },
    )
