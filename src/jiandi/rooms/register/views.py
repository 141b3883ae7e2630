"""Finding and reading people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.names import mask_id, mask_phone
from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import has_verb, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions, queries_people
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.forms import ChangeForm, ReasonForm, SearchForm, wrong_in
from jiandi.rooms.register.groups import GROUPS, SENSITIVE, SENSITIVE_FILES
from jiandi.rooms.register.models import Household
from jiandi.rooms.register.queries_entitlements import spans
from jiandi.rooms.register.queries_family import ties
from jiandi.rooms.register.queries_golden import values_of
from jiandi.rooms.register.queries_review import ROLES, title_of


@login_required
@require_http_methods(["GET", "POST"])
def search(request: SignedIn) -> HttpResponse:
    """Find a person; what was typed travels in the body, never in an address (ASVS 14.2.1)."""
    at = clock.now()
    permit(request.user, "register.find_person", at=at)
    form = SearchForm(request.POST or None, initial={"hint": request.GET.get("hint", "")})
    found = None
    if request.method == "POST" and form.is_valid():
        village = Place.objects.filter(pk=int(request.GET.get("village") or 0)).first()
        try:
            found = queries_people.search(
                request.user, at, form.cleaned_data["hint"], form.cleaned_data["purpose"], village
            )
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader()))
    may_read = has_verb(request.user, "register.read_person", at)
    return render(
        request,
        "register/search.html",
        {"form": form, "found": found, "most": queries_people.MOST, "may_read": may_read},
    )


@login_required
@require_GET
def person(request: SignedIn, code: str) -> HttpResponse:
    """Show one person: who they are, on which lists, which rows name them, with whom they are tied."""
    at = clock.now()
    found = queries_people.person(request.user, code, at)
    if found.code != code:
        return redirect("register:person", code=found.code)
    number = actions.read_person(by=request.user, at=at, person=found, purpose="page")
    may_see_sensitive = has_verb(request.user, "register.decide_pair", at) or has_verb(
        request.user, "register.withdraw_roster", at
    )
    lists = [
        m for m in queries_people.protected_groups(found) if may_see_sensitive or m.group not in SENSITIVE
    ]
    records = found.records.select_related("roster__unit").order_by("roster_id", "row_no")[:200]
    context = {
        "person": found,
        "is_unspoken": queries_people.is_unspoken(found),
        "number": number if may_see_sensitive else mask_id(number),
        "phone": found.phone if may_see_sensitive else mask_phone(found.phone),
        "lists": [{"group": GROUPS[m.group].title, "line": m} for m in lists],
        "spans": [span for span in spans(found) if may_see_sensitive or span.kind not in SENSITIVE_FILES],
        "records": [
            {"record": r, "kind": title_of(r.roster.kind), "role": ROLES[r.role]}
            for r in records
            if may_see_sensitive or r.roster.kind not in SENSITIVE_FILES
        ],
        "head": queries_people.head_of(found.household, request.user, at) if found.household else "",
        "relations": ties(request.user, at, found, sensitive=may_see_sensitive),
        "values": values_of(found, sees_rows=may_see_sensitive),
        "undo": ReasonForm(),
        "may_take_back": has_verb(request.user, "register.take_back_change", at),
        "earlier": found.supersedes.order_by("pk"),
        "changes": found.change_requests.select_related("asked_by").order_by("-pk")[:20],
        "form": ChangeForm(),
        "may_family": has_verb(request.user, "register.read_family", at)
        and found.pk not in circle_of(request.user).people,
        "may_life": has_verb(request.user, "register.read_life_event", at),
        "may_ask": has_verb(request.user, "register.ask_change", at),
    }
    return render(request, "register/person.html", context)


@login_required
@require_POST
def ask_change(request: SignedIn, code: str) -> HttpResponse:
    """Ask for a correction."""
    at = clock.now()
    found = queries_people.person(request.user, code, at)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, wrong_in(form))
        return redirect("register:person", code=found.code)
    try:
        actions.ask_change(by=request.user, at=at, person=found, **form.cleaned_data)
        messages.success(request, "已登记" if reader() == "zh" else "Recorded")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:person", code=found.code)


@login_required
@require_GET
def household(request: SignedIn, code: str) -> HttpResponse:
    """Show a household: its door and its people."""
    at = clock.now()
    home = one(
        visible(
            Household.objects.select_related("village", "town", "dwelling"),
            request.user,
            "register.read_person",
            at=at,
        ),
        code=code,
    )
    people = queries_people.people_of(home, request.user, at)
    head = queries_people.head_of(home, request.user, at)
    return render(request, "register/household.html", {"household": home, "head": head, "people": people})
