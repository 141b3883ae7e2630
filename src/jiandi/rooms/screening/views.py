"""The worker's pages: today's doors, the form at one door, and a page that shows nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jiandi.core.forms.visit import write
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.screening import actions, forms, queries
from jiandi.rooms.screening.models import Visit, VisitTask
from jiandi.rooms.screening.states import TASK_NAMES, TASK_TONES

PAGE = 50
RECEIVED = Text(zh="已收到,谢谢。", en="Received, thank you.")
KEPT = Text(
    zh="已保存,但有一处需要督导人员核对:{why}", en="Saved, but a supervisor has to look at one thing: {why}"
)
LOOK_AGAIN = Text(
    zh="请检查标红的内容,还没有提交。", en="Please look at what is marked; nothing was sent yet."
)


@login_required
@require_GET
def my_tasks(request: SignedIn) -> HttpResponse:
    """Show the officer's own doors by day, in walking order; added ones stand among the next day's and look like all others."""
    at = clock.now()
    permit(request.user, "screening.submit_visit", at=at)
    days = queries.days_of(request.user)
    asked = request.GET.get("day", "")
    chosen = int(asked) if asked.isdigit() and int(asked) in days else next(iter(days), 0)
    context = {
        "days": [(day, len(doors)) for day, doors in days.items()],
        "chosen": chosen,
        "rows": queries.with_people(days.get(chosen, [])),
        "counts": queries.my_counts(request.user),
        "names": TASK_NAMES,
        "tones": TASK_TONES,
    }
    return render(request, "screening/my_tasks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def task(request: SignedIn, code: str) -> HttpResponse:
    """Show the form at one door and take it in."""
    at = clock.now()
    door = one(queries.tasks(request.user, at), code=code.upper())
    is_paper = request.GET.get("paper") == "1" and has_verb(request.user, "screening.receive_visits", at)
    if request.method == "POST":
        return _submitted(request, door, is_paper)
    expected = queries.behind(door)
    start = forms.DoorForm.fresh(at)
    people = forms.PeopleForms(initial=[*map(_row_of, expected), {}], prefix="p")
    return _form_page(request, door, _door_form(request, is_paper, initial=start), people, is_paper)


def _row_of(expected: Any) -> dict[str, Any]:
    person = expected.person
    born = person.birth_on.year if person.birth_on else None
    return {"listed": person.code, "name": person.name, "sex": str(person.sex or ""), "birth_year": born}


def _door_form(request: SignedIn, is_paper: bool, **values: Any) -> forms.DoorForm:
    if not is_paper:
        return forms.DoorForm(**values)
    return forms.PaperForm(workers=queries.workers_for(request.user, clock.now()), **values)


def _submitted(request: SignedIn, door: VisitTask, is_paper: bool) -> HttpResponse:
    data = request.POST.copy()
    if "more" in data:
        data["p-TOTAL_FORMS"] = str(int(data.get("p-TOTAL_FORMS") or 0) + 1)
    files = None if "more" in data else request.FILES
    form, people = _door_form(request, is_paper, data=data, files=files), forms.PeopleForms(data, prefix="p")
    if "more" in data:
        return _form_page(request, door, form, people, is_paper, is_checked=False)
    if not (form.is_valid() and people.is_valid()):
        messages.error(request, say(LOOK_AGAIN))
        return _form_page(request, door, form, people, is_paper)
    visit = Visit.objects.filter(instance_id=form.cleaned_data["instance"], task=door).first()
    try:
        visit = visit or _receive(request, door, form, people, is_paper)
    except Refused as refused:
        messages.error(request, say(refused.text))
        return _form_page(request, door, form, people, is_paper)
    if visit.problem:
        why = Text(zh=visit.problem["zh"], en=visit.problem["en"])
        messages.warning(request, say(Text(zh=KEPT.zh.format(why=why.zh), en=KEPT.en.format(why=why.en))))
    else:
        messages.success(request, say(RECEIVED))
    if is_paper and door.campaign_id and door.village_id:
        return redirect("screening:print_list", door.campaign_id, door.village_id)
    return redirect("screening:my_tasks")


def _receive(request: SignedIn, door: VisitTask, form: forms.DoorForm, people: Any, is_paper: bool) -> Visit:
    at = clock.now()
    worker = form.cleaned_data["worker"].username if is_paper else request.user.username
    visit = forms.visit_of(form, people, door, worker, at)
    channel = "paper" if is_paper else "web"
    said = form.cleaned_data
    # The name a telephone gives a photo may tell of people or places; its number does not.
    photos = [(f"photo-{number}", content) for number, (_, content) in enumerate(said["photos"], start=1)]
    return actions.receive_visit(
        by=request.user,
        at=at,
        body=write(visit),
        channel=channel,
        attachments=photos,
        pictured=said["pictured"] if photos else "",
    )


def _form_page(
    request: SignedIn,
    door: VisitTask,
    form: forms.DoorForm,
    people: Any,
    is_paper: bool,
    *,
    is_checked: bool = True,
) -> HttpResponse:
    names = {expected.person.code: expected.person for expected in queries.behind(door)}
    rows = [{"form": row, "person": names.get(row["listed"].value() or "")} for row in people]
    context = {
        "door": door,
        "form": form,
        "people": people,
        "listed": [row for row in rows if row["person"]],
        "others": [row for row in rows if not row["person"]],
        "is_paper": is_paper,
        "is_checked": is_checked and form.is_bound,
        "state": TASK_NAMES[door.state],
        "tone": TASK_TONES[door.state],
        "may_type_paper": has_verb(request.user, "screening.receive_visits", clock.now()),
    }
    return render(request, "screening/task.html", context)


@require_GET
def quiet(request: HttpRequest) -> HttpResponse:
    """Show a page about public service numbers: where a worker goes when somebody looks over their shoulder."""
    return render(request, "screening/quiet.html")
