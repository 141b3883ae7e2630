"""Emergency access and walls: asking, approving, reviewing, taking down."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions_glass, actions_walls, clock, queries
from jiandi.rooms.access.forms import GlassForm
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import BreakGlass, Officer
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.verbs import kind_name

Step = Callable[[], object]


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    return request.user


@login_required
def glass(request: HttpRequest) -> HttpResponse:
    """List emergency accesses to approve and review, and one's own; the form opens one."""
    officer, at = _officer(request), clock.now()
    permit(officer, "access.read_glass", at=at)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _open(request, officer, form)
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
    found = list(queries.glasses(officer, at=at).order_by("-pk")[:200])
    labels = queries.labels_of([(item.subject_kind, item.subject_id) for item in found], officer)
    context = {
        "form": form,
        "may_open": has_verb(officer, "access.break_glass", at),
        "may_approve": has_verb(officer, "access.approve_glass", at),
        "rows": [_row(item, officer, labels) for item in found],
        "overdue": sum(1 for item in found if _is_overdue(item)),
    }
    return render(request, "access/glass.html", context)


def _open(request: HttpRequest, officer: Officer, form: GlassForm) -> HttpResponse:
    asked = form.cleaned_data
    permit(officer, "access.break_glass", at=clock.now())
    subject = queries.find_openable(officer, asked["kind"], asked["code"])
    made = actions_glass.break_glass(
        by=officer, at=clock.now(), subject=subject, reason=asked["reason"], danger_to_life=asked["danger"]
    )
    done = Text(
        zh="已打开,4小时内有效;监督员已收到通知。", en="Open for four hours; the overseers have been told."
    )
    asked_for = Text(zh="申请已提交,等监督员批准。", en="Asked for; an overseer will decide.")
    messages.success(request, say(done if made.danger_to_life else asked_for))
    return redirect("access:glass")


def _is_overdue(item: BreakGlass) -> bool:
    opened = item.danger_to_life or item.approved_at is not None
    return opened and item.second_reviewer_id is None and item.review_due_on < timezone.localdate(clock.now())


def _row(item: BreakGlass, officer: Officer, labels: dict[tuple[str, int], str]) -> dict[str, object]:
    at = clock.now()
    opened = item.danger_to_life or item.approved_at is not None
    others = (
        officer.pk not in (item.officer_id, item.reviewed_by_id) and officer.unit_id != item.officer.unit_id
    )
    return {
        "glass": item,
        "kind": kind_name(item.subject_kind),
        "label": labels.get((item.subject_kind, item.subject_id), ""),
        "opened": opened,
        "is_open": opened and item.expires_at > at,
        "waits": not opened and item.expires_at > at,
        "overdue": _is_overdue(item),
        "mine": item.officer_id == officer.pk,
        "to_review": opened and item.second_reviewer_id is None and others,
    }


def _glass_of(request: HttpRequest, glass_id: int) -> BreakGlass:
    return one(queries.glasses(_officer(request), at=clock.now()), pk=glass_id)


def _attempt(request: HttpRequest, step: Step, done: Text, back: str) -> HttpResponse:
    try:
        step()
        messages.success(request, say(done))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect(back)


@login_required
@require_POST
def decide_glass(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Approve or refuse a request for access."""
    found, by = _glass_of(request, glass_id), _officer(request)
    if request.POST.get("approve") == "yes":
        done = Text(zh="已批准,8小时内有效。", en="Approved, for eight hours.")
        return _attempt(
            request,
            lambda: actions_glass.approve_glass(by=by, at=clock.now(), glass=found),
            done,
            "access:glass",
        )
    reason = request.POST.get("reason", "")
    done = Text(zh="已拒绝。", en="Refused.")
    return _attempt(
        request,
        lambda: actions_glass.refuse_glass(by=by, at=clock.now(), glass=found, reason=reason),
        done,
        "access:glass",
    )


@login_required
@require_POST
def review_glass(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Say whether an emergency access was proper."""
    found, by = _glass_of(request, glass_id), _officer(request)
    is_proper, verdict = request.POST.get("is_proper") == "yes", request.POST.get("verdict", "")
    return _attempt(
        request,
        lambda: actions_glass.review_glass(
            by=by, at=clock.now(), glass=found, is_proper=is_proper, verdict=verdict
        ),
        Text(zh="复核意见已记录。", en="Your finding is recorded."),
        "access:glass",
    )


@login_required
def walls(request: HttpRequest) -> HttpResponse:
    """List who stands outside walls, for overseers above them; nothing of what is inside is shown."""
    officer, at = _officer(request), clock.now()
    permit(officer, "access.read_wall", at=at)
    entries = queries.wall_entries(officer, at=at)
    if request.GET.get("before", "").isdigit():
        entries = entries.filter(pk__lt=int(request.GET["before"][:18]))
    page = list(entries.order_by("-pk")[:51])
    context = {
        "entries": page[:50],
        "next": f"?before={page[49].pk}" if len(page) > 50 else "",
        "officer": officer,
    }
    return render(request, "access/walls.html", context)


@login_required
@require_POST
def remove_wall_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask for a removal from a wall, or confirm one that another overseer asked for."""
    officer, at = _officer(request), clock.now()
    entry = one(queries.wall_entries(officer, at=at), pk=entry_id)
    if request.POST.get("confirm") == "yes":
        done = Text(zh="已撤除。", en="Removed.")
        return _attempt(
            request,
            lambda: actions_walls.confirm_wall_removal(by=officer, at=at, entry=entry),
            done,
            "access:walls",
        )
    reason = request.POST.get("reason", "")
    done = Text(zh="已提出,须由另一名监督员确认。", en="Asked for; another overseer must confirm.")
    return _attempt(
        request,
        lambda: actions_walls.ask_wall_removal(by=officer, at=at, entry=entry, reason=reason),
        done,
        "access:walls",
    )
