"""Deaths, births and moves: what waits to be settled, and entering or taking back one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.numbering import ROW_BITS, ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, has_verb, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.wording import options, said
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import actions, queries_people
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.models import Person, Roster
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.queries_entitlements import rosters_of
from jiandi.rooms.register.standing import numbers_of
from jiandi.rooms.register.states import LIFE_EVENT

PAGE = 50
KINDS: dict[str, Text] = {
    "death": Text(zh="死亡", en="Death"),
    "birth": Text(zh="出生", en="Birth"),
    "moved_in": Text(zh="迁入", en="Moved in"),
    "moved_out": Text(zh="迁出", en="Moved out"),
    "undone": Text(zh="撤销", en="Taken back"),
}
WHY_ASKED: dict[str, Text] = {
    "death": Text(
        zh="死亡只有一处来源:确认之前,走访、待遇和名单照旧;请另一单位凭证明核实,或当面见到本人。",
        en="A death from one source alone: until it is confirmed, visits, benefits and lists go on. Let another unit check the papers, or see the person.",
    ),
    "moved_out": Text(
        zh="迁出而迁入地尚未接收:仍计入本地应见人数。",
        en="A departure nobody has received: the person stays counted here.",
    ),
}


class LifeForm(forms.Form):
    """What happened, when, on which paper."""

    kind = forms.ChoiceField(
        label=said("事件", "What happened"),
        choices=options({k: v for k, v in KINDS.items() if k != "undone"}),
    )
    effective_on = forms.DateField(
        label=said("日期", "On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.CharField(
        max_length=120, label=said("凭证(名称、编号、出具单位)", "Paper (what, number, issued by)")
    )
    other_place = forms.CharField(
        required=False,
        max_length=100,
        label=said("迁移:从哪里来或往哪里去", "Moves: where from, or where to"),
    )
    village = forms.ChoiceField(required=False, label=said("迁入:哪个村(社区)", "Moved in: which village"))
    note = forms.CharField(required=False, max_length=300, label=said("说明", "Note"))

    def offer(self, by: Officer, verb: str, at: object) -> LifeForm:
        """Offer the villages of the officer's area, the first thousand."""
        areas = [area.pk for area in granting(by, verb, at)]  # type: ignore[arg-type]  # a moment
        within = Place.objects.filter(level=Level.VILLAGE, ended_on__isnull=True)
        mine = within.filter(town__in=areas) | within.filter(county__in=areas) | within.filter(pk__in=areas)
        names = mine.order_by("pk").values_list("pk", "town__name", "name")[:1000]
        field = self.fields["village"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((str(pk), f"{town} {name}") for pk, town, name in names)]
        return self


def source_of(event: LifeEvent, rosters: Mapping[int, Roster]) -> Text:
    """Say in words who knows: a list and its line, a visit, an officer's paper, another county."""
    if event.source == "roster" and event.source_id is not None:
        roster = rosters.get(event.source_id >> ROW_BITS)
        if roster is not None:
            title, line = kind_of(roster.kind).title, event.source_id & ROW_MASK
            return Text(
                zh=f"{roster.unit.name} {title.zh} {roster.reference_on} 第{line}行",
                en=f"{roster.unit.name}, {title.en} {roster.reference_on}, row {line}",
            )
    if event.source == "visit":
        return Text(zh="走访时所述", en="told on a visit")
    if event.source == "transfer":
        return Text(zh=f"{event.other_place}的接收回执", en=f"receipt of {event.other_place}")
    return Text(zh=event.document, en=event.document)


@login_required
@require_GET
def life_events(request: SignedIn) -> HttpResponse:
    """List what waits: deaths one source alone knows of, departures nobody has received."""
    at = clock.now()
    permit(request.user, "register.read_life_event", at=at)
    state = request.GET.get("state", "question")
    kind = request.GET.get("kind", "")
    seen = visible(
        LifeEvent.objects.filter(person__superseded_by__isnull=True), request.user, "register.read_life_event",
        at=at, wall="person__wall",
    )  # fmt: skip
    listed = seen.filter(state=state if state in LIFE_EVENT else "question").select_related(
        "person", "village", "town", "entered_by__unit"
    )
    if kind in KINDS:
        listed = listed.filter(kind=kind)
    after = request.GET.get("after", "")
    if after.isdecimal():
        listed = listed.filter(pk__lt=int(after))
    rows = list(listed.order_by("-pk")[: PAGE + 1])
    context = {
        "rows": rows_of(rows[:PAGE]),
        "next": f"?state={state}&kind={kind}&after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "why": [WHY_ASKED[name] for name in WHY_ASKED if kind in ("", name)] if state == "question" else [],
        "states": [(code, text) for code, (text, _) in LIFE_EVENT.items()],
        "kinds": [(code, text) for code, text in KINDS.items()],
        "state": state,
        "kind": kind,
        "may_open": has_verb(request.user, "register.read_person", at),
    }
    return render(request, "register/life_events.html", context)


def rows_of(events: Sequence[LifeEvent]) -> list[dict[str, object]]:
    """Return events with their words; the lists they stand on are read at once."""
    rosters = rosters_of(one.source_id or 0 for one in events if one.source == "roster")
    return [
        {
            "event": event,
            "kind": KINDS[event.kind],
            "state": LIFE_EVENT[event.state][0],
            "source": source_of(event, rosters),
            "why": WHY_ASKED.get(event.kind) if event.state == "question" else None,
        }
        for event in events
    ]


def _events_of(person: Person) -> QuerySet[LifeEvent]:
    """Return what happened to a person under any number they ever had."""
    return LifeEvent.objects.filter(among("person", numbers_of([person.pk])))


@login_required
@require_http_methods(["GET", "POST"])
def person_life(request: SignedIn, code: str) -> HttpResponse:
    """Show what happened in a person's life and who says so; enter another event."""
    at = clock.now()
    permit(request.user, "register.read_life_event", at=at)
    found = queries_people.person(request.user, code, at)
    if found.code != code:
        return redirect("register:person_life", code=found.code)
    may_enter = has_verb(request.user, "register.enter_life_event", at)
    form = LifeForm(request.POST or None).offer(request.user, "register.enter_life_event", at)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        village = values.pop("village")
        place = Place.objects.filter(pk=int(village)).first() if village else None
        try:
            actions.enter_life_event(
                by=request.user,
                at=at,
                person=found,
                place=place if values["kind"] == "moved_in" else None,
                **values,
            )
            messages.success(request, "已登记" if reader() == "zh" else "Written down")
            return redirect("register:person_life", code=found.code)
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader()))
    if request.method == "GET":
        actions.read_person(by=request.user, at=at, person=found, purpose="life")
    events = _events_of(found).select_related("entered_by__unit", "village", "town", "superseded_by")
    context = {
        "person": found,
        "rows": rows_of(list(events.order_by("-effective_on", "-pk")[:200])),
        "form": form,
        "may_enter": may_enter and found.pk not in circle_of(request.user).people,
        "may_undo": has_verb(request.user, "register.undo_life_event", at),
    }
    return render(request, "register/person_life.html", context)


@login_required
@require_POST
def undo_life_event(request: SignedIn, code: str, event_id: int) -> HttpResponse:
    """Take an event back."""
    at = clock.now()
    found = queries_people.person(request.user, code, at)
    event = one(_events_of(found), pk=event_id)
    try:
        actions.undo_life_event(by=request.user, at=at, event=event, reason=request.POST.get("reason", ""))
        messages.success(request, "已撤销" if reader() == "zh" else "Taken back")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:person_life", code=found.code)
