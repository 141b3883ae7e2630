"""Units, officers, roles, hand-over: the administrator's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions, clock, queries
from jiandi.rooms.access.actions_officers import import_officers
from jiandi.rooms.access.actions_passwords import issue_one_time_password
from jiandi.rooms.access.forms import GrantForm, HandOverForm, ListForm, OfficerForm, UnitForm
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Grant, Officer, Unit
from jiandi.rooms.access.permissions import grants_in_force, live_grants, one, permit
from jiandi.rooms.access.roles import ROLES, UNIT_KINDS
from jiandi.rooms.access.workbooks import MOST_BYTES

PAGE = 50
COLUMNS = [
    Text(zh="用户名", en="User name"),
    Text(zh="姓名", en="Name"),
    Text(zh="单位", en="Unit"),
    Text(zh="角色与范围", en="Roles and areas"),
    Text(zh="电话", en="Telephone"),
    Text(zh="状态", en="State"),
]


def _admin(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    permit(request.user, "access.manage_officers", at=clock.now())
    return request.user


def _roles_of(officers: Iterable[Officer]) -> dict[int, list[Text]]:
    """Return the roles in force of many officers, read at once; a closed account holds none."""
    found: dict[int, list[Text]] = {}
    working = [officer.pk for officer in officers if officer.is_active]
    for grant in grants_in_force(clock.now()).filter(officer__in=working).order_by("pk"):
        name, place = ROLES[grant.role], grant.place.name
        found.setdefault(grant.officer_id, []).append(
            Text(zh=f"{name.zh} · {place}", en=f"{name.en} · {place}")
        )
    return found


@login_required
def officers(request: HttpRequest) -> HttpResponse:
    """List who works here, with their roles, by unit."""
    admin = _admin(request)
    found = queries.officers(admin, at=clock.now())
    hint, role = request.GET.get("hint", "").strip()[:40], request.GET.get("role", "")
    if hint:
        found = found.filter(
            Q(name__contains=hint) | Q(username__contains=hint.lower()) | Q(unit__name__contains=hint)
        )
    if role in ROLES:
        found = found.filter(grants__role=role, grants__revoked_at__isnull=True).distinct()
    if request.GET.get("closed") != "yes":
        found = found.filter(is_active=True)
    if "excel" in request.GET:
        return _export(admin, found)
    if request.GET.get("after", "").isdigit():
        found = found.filter(pk__gt=int(request.GET["after"][:18]))
    page = list(found.order_by("pk")[: PAGE + 1])
    roles = _roles_of(page)
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    context = {
        "rows": [
            {"officer": one_officer, "roles": roles.get(one_officer.pk, [])} for one_officer in page[:PAGE]
        ],
        "next": f"?{urlencode(kept | {'after': page[PAGE - 1].pk})}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if "after" in request.GET else "",
        "roles": ROLES,
        "asked": request.GET,
        "export": f"?{urlencode(kept | {'excel': 1})}",
    }
    return render(request, "access/officers.html", context)


def _export(admin: Officer, found: Any) -> HttpResponse:
    everybody = list(found.order_by("unit__path", "pk"))
    held = _roles_of(everybody)

    def row(officer: Officer) -> list[object]:
        state = Text(zh="在岗", en="active") if officer.is_active else Text(zh="已关闭", en="closed")
        roles = ";".join(say(text) for text in held.get(officer.pk, []))
        return [officer.username, officer.name, officer.unit.name, roles, officer.phone, state]

    rows = (row(officer) for officer in everybody)
    title = Text(zh="人员与授权台账", en="Officers and roles")
    return excel_response(title, COLUMNS, rows, unit=admin.unit, by=admin, at=clock.now())


@login_required
def officer(request: HttpRequest, username: str) -> HttpResponse:
    """Show one officer: roles in force and past, and what the administrator can do."""
    admin = _admin(request)
    found = one(queries.officers(admin, at=clock.now()), username=username)
    return _officer_page(request, admin, found)


def _officer_page(
    request: HttpRequest, admin: Officer, found: Officer, *, one_time: str = "", **forms: Any
) -> HttpResponse:
    at = clock.now()
    places = queries.places_for_grants(admin, at=at)
    others = (
        queries.officers(admin, at=at)
        .filter(is_active=True)
        .exclude(pk=found.pk)
        .order_by("unit__path", "pk")
    )
    live = {grant.pk for grant in live_grants(found, at)}
    context = {
        "officer": found,
        "grants": [
            {"grant": g, "role": ROLES[g.role], "live": g.pk in live} for g in queries.grants_of(found)
        ],
        "grant_form": forms.get("grant") or GrantForm(places=places),
        "hand_over_form": forms.get("hand_over") or HandOverForm(officers=others),
        "one_time": one_time,
        "is_self": found.pk == admin.pk,
    }
    return render(request, "access/officer.html", context, status=400 if forms else 200)


@login_required
def new_officer(request: HttpRequest) -> HttpResponse:
    """Add an officer."""
    admin = _admin(request)
    form = OfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_officer(by=admin, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
        else:
            messages.success(
                request,
                say(
                    Text(
                        zh="已新建。请授予角色并发放一次性密码。",
                        en="Created. Now grant a role and issue a one-time password.",
                    )
                ),
            )
            return redirect("access:officer", username=made.username)
    return render(request, "access/new_officer.html", {"form": form})


@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """Read the county's Excel list of units and officers."""
    admin = _admin(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    outcome = None
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read(MOST_BYTES + 1)
            outcome = import_officers(by=admin, at=clock.now(), content=content)
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
    return render(request, "access/import_officers.html", {"form": form, "outcome": outcome})


@login_required
@require_POST
def grant_role(request: HttpRequest, username: str) -> HttpResponse:
    """Give an officer a role."""
    admin = _admin(request)
    found = one(queries.officers(admin, at=clock.now()), username=username)
    form = GrantForm(request.POST, places=queries.places_for_grants(admin, at=clock.now()))
    if form.is_valid():
        try:
            actions.grant_role(by=admin, at=clock.now(), officer=found, **form.cleaned_data)
            return redirect("access:officer", username=username)
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
    return _officer_page(request, admin, found, grant=form)


@login_required
@require_POST
def revoke_role(request: HttpRequest, username: str, grant_id: int) -> HttpResponse:
    """Take a role back at once."""
    admin = _admin(request)
    found = one(queries.officers(admin, at=clock.now()), username=username)
    grant = one(Grant.objects.filter(officer=found).select_related("officer", "place"), pk=grant_id)
    reason = request.POST.get("reason", "").strip()
    actions.revoke_role(by=admin, at=clock.now(), grant=grant, reason=reason)
    messages.success(request, say(Text(zh="已收回,立即生效。", en="Revoked, as of now.")))
    return redirect("access:officer", username=username)


@login_required
@require_POST
@sensitive_variables("password")
def one_time_password(request: HttpRequest, username: str) -> HttpResponse:
    """Issue a one-time password and show it this once."""
    admin = _admin(request)
    found = one(queries.officers(admin, at=clock.now()), username=username)
    password = issue_one_time_password(by=admin, at=clock.now(), officer=found)
    return _officer_page(request, admin, found, one_time=password)


@login_required
@require_POST
def hand_over(request: HttpRequest, username: str) -> HttpResponse:
    """Close the account of somebody who leaves."""
    admin = _admin(request)
    mine = queries.officers(admin, at=clock.now())
    found = one(mine, username=username)
    form = HandOverForm(request.POST, officers=mine.filter(is_active=True).exclude(pk=found.pk))
    if form.is_valid():
        try:
            moved = actions.hand_over(by=admin, at=clock.now(), officer=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
        else:
            total = sum(moved.values())
            messages.success(
                request,
                say(
                    Text(
                        zh=f"账户已关闭,移交{total}项。",
                        en=f"The account is closed; {total} things handed over.",
                    )
                ),
            )
            return redirect("access:officer", username=username)
    return _officer_page(request, admin, found, hand_over=form)


@login_required
def units(request: HttpRequest) -> HttpResponse:
    """List units as a tree, and add one."""
    admin = _admin(request)
    at = clock.now()
    form = UnitForm(request.POST or None, places=queries.places_for_grants(admin, at=at))
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_unit(by=admin, at=at, **form.cleaned_data)
            messages.success(request, say(Text(zh="单位已新建。", en="The unit is created.")))
            return redirect("access:units")
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
    rows = [
        {"unit": unit, "kind": UNIT_KINDS.get(unit.kind), "depth": min(unit.path.count("/") - 2, 4)}
        for unit in Unit.objects.select_related("place").order_by("path")[:2000]
    ]
    return render(request, "access/units.html", {"rows": rows, "form": form})
