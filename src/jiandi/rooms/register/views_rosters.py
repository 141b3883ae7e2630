"""Delivering files, what became of their rows, and the list that goes back to the department."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.rosters.kinds import catalogue, kind_of
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Unit
from jiandi.rooms.access.permissions import has_verb, live_grants, one, permit, unit_ids, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, queries_corrections, queries_quality, queries_rosters
from jiandi.rooms.register.forms import DeliverForm, ReasonForm
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.states import ROSTER

PAGE = 50


@login_required
@require_GET
def rosters(request: SignedIn) -> HttpResponse:
    """List what was delivered, the latest first; to whoever only delivers, what their own unit did."""
    at = clock.now()
    if not has_verb(request.user, "register.deliver_roster", at):
        permit(request.user, "register.read_roster", at=at)
    listed = queries_rosters.readable(request.user, at).select_related("unit", "delivered_by")
    kind, state, unit = (request.GET.get(name, "") for name in ("kind", "state", "unit"))
    delivering = list(
        Unit.objects.filter(pk__in=listed.order_by().values("unit").distinct()).order_by("name")
    )
    history = (
        queries_rosters.quality(listed, int(unit), kind)
        if unit.isdecimal() and kind in catalogue().kinds
        else []
    )
    if kind in catalogue().kinds:
        listed = listed.filter(kind=kind)
    if state in ROSTER:
        listed = listed.filter(state=state)
    if unit.isdecimal():
        listed = listed.filter(unit=int(unit))
    if before := int(request.GET.get("after") or 0):
        listed = listed.filter(pk__lt=before)
    rows = list(listed.order_by("-pk")[: PAGE + 1])
    last = f"?kind={kind}&state={state}&unit={unit}&after={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    context = {
        "rows": [
            {"roster": r, "kind": kind_of(r.kind).title if r.kind else None, "state": ROSTER[r.state][0]}
            for r in rows[:PAGE]
        ],
        "next": last,
        "kinds": [(k.code, k.title) for k in catalogue().kinds.values()],
        "states": [(code, text) for code, (text, _) in ROSTER.items() if code != Roster.State.STANDING],
        "kind": kind,
        "state": state,
        "unit": unit,
        "units": [(str(one.pk), one.name) for one in delivering],
        "history": history,
        "may_deliver": has_verb(request.user, "register.deliver_roster", at),
        "may_link": has_verb(request.user, "register.read_authorisation", at),
    }
    return render(request, "register/rosters.html", context)


def _content(file: UploadedFile) -> bytes | Path:
    """Return an upload's content: a large one is a file already."""
    return Path(file.temporary_file_path()) if isinstance(file, TemporaryUploadedFile) else file.read()


@login_required
@require_http_methods(["GET", "POST"])
def deliver(request: SignedIn) -> HttpResponse:
    """Take in a file."""
    at = clock.now()
    permit(request.user, "register.deliver_roster", at=at)
    form = DeliverForm(request.POST or None, request.FILES or None, initial={"unit": request.user.unit_id})
    own = {grant.role for grant in live_grants(request.user, at)} <= {"handler"}
    units = Unit.objects.filter(pk__in=unit_ids(request.user)) if own else Unit.objects.all()
    form.fields["unit"].queryset = units.order_by("name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            roster = actions.deliver(
                by=request.user, at=at, unit=data["unit"], file_name=data["file"].name, content=_content(data["file"]),
                reference_on=data["reference_on"], kind=data["kind"] or None,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader()))
        else:
            return redirect("register:roster", roster_id=roster.pk)
    return render(request, "register/deliver.html", {"form": form})


@login_required
@require_GET
def roster(request: SignedIn, roster_id: int) -> HttpResponse:
    """Show what became of a delivery: counts, repairs, refused rows, columns, and the difference to the one before."""
    at = clock.now()
    seen = queries_rosters.readable(request.user, at).select_related("unit", "delivered_by", "replaces")
    found = one(seen, pk=roster_id)
    outcome = request.GET.get("outcome", "refused")
    after = int(request.GET.get("after") or 0)
    listed = queries_rosters.lines_of(found, outcome).select_related("mended_by")
    lines = list(listed.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    kind = kind_of(found.kind) if found.kind else None
    columns = [
        {"header": header, "field": kind.fields[field].title}
        for field, header in (found.mapping.get("columns") or {}).items()
        if kind and field in kind.fields
    ]
    followed = queries_quality.followed(found)
    context = {
        "roster": found,
        "kind": kind.title if kind else None,
        "state": ROSTER[found.state][0],
        "report": queries_rosters.report_of(found),
        "columns": columns,
        "lines": lines[:PAGE],
        "outcome": outcome,
        "tabs": queries_rosters.tabs(followed=followed is not None),
        "placeless": queries_rosters.placeless(found),
        "next": f"?outcome={outcome}&after={lines[PAGE - 1].pk}" if len(lines) > PAGE else "",
        "comparison": queries_rosters.compare(found),
        "followed": followed,
        "asked": queries_corrections.asked_for(found, request.user) if found.mapping else [],
        "may_withdraw": has_verb(request.user, "register.withdraw_roster", at)
        and "withdrawn" in ROSTER[found.state][1],
        "may_map": has_verb(request.user, "register.map_roster", at) and found.state in ("received", "read"),
        "choice": queries_rosters.choice_of(found),
        "standing": queries_rosters.standing_for(found),
        "form": ReasonForm(),
    }
    return render(request, "register/roster.html", context)


@login_required
@require_POST
def withdraw(request: SignedIn, roster_id: int) -> HttpResponse:
    """Take a wrong delivery back."""
    at = clock.now()
    found = one(visible(Roster.objects.all(), request.user, "register.read_roster", at=at), pk=roster_id)
    try:
        actions.withdraw_roster(by=request.user, at=at, roster=found, reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:roster", roster_id=found.pk)


@login_required
@require_GET
def corrections(request: SignedIn, roster_id: int) -> HttpResponse:
    """Give the department its list of rows to correct, as Excel."""
    at = clock.now()
    found = one(queries_rosters.readable(request.user, at).select_related("unit"), pk=roster_id)
    title = Text(zh=f"{found.file_name} 更正清单", en=f"Corrections to {found.file_name}")
    columns = [
        Text(zh="工作表", en="Sheet"),
        Text(zh="行号", en="Row"),
        Text(zh="结果", en="Outcome"),
        Text(zh="说明", en="What and why"),
        Text(zh="部门更正", en="Department's correction"),
    ]
    sheets = [sheet["name"] for sheet in found.report.get("sheets", [])]
    refused, repaired = Text(zh="未收", en="refused"), Text(zh="已整理", en="repaired")
    mended = Text(zh="后次报送已更正", en="mended in a later delivery")
    asked = Text(zh="请更正", en="please correct")
    passed_on = (
        (
            *_where(one.record.row_no, sheets),
            asked,
            Text(
                zh=f"{one.title.zh}应为:{one.request.proposed}({one.state.zh})",
                en=f"{one.title.en} should be: {one.request.proposed} ({one.state.en})",
            ),
            "",
        )
        for one in queries_corrections.asked_for(found, request.user)
    )
    rows = (
        (
            *_where(line.row_no, sheets),
            mended if line.mended_by_id else refused if line.outcome == "refused" else repaired,
            Text(zh=line.detail_zh, en=line.detail_en),
            "",
        )
        for line in found.outcomes.order_by("-outcome", "row_no").iterator(2000)
    )
    return excel_response(title, columns, chain(passed_on, rows), unit=found.unit, by=request.user, at=at)


def _where(row_no: int, sheets: list[str]) -> tuple[str, int]:
    """Return the sheet and the row within it, as the department's own file counts them."""
    return sheets[min(row_no >> 20, len(sheets) - 1)] if sheets else "", row_no & ((1 << 20) - 1)
