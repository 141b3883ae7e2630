"""One match run: under whose word, over which rosters, what it counted and changed."""

from __future__ import annotations

import json
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.ledger import note_export
from jiandi.rooms.access.models import Event
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.queries import visible_events
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import queries_runs
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.queries_review import title_of

_VERBS = ("register.link", "register.link_found")


def _found(request: SignedIn, run_id: int, at: datetime) -> MatchRun:
    permit(request.user, "register.read_authorisation", at=at)
    return one(MatchRun.objects.select_related("authorisation"), pk=run_id)


def _event_of(request: SignedIn, run: MatchRun, at: datetime) -> Event | None:
    """Return the event of a run, for those who read the log."""
    if not has_verb(request.user, "access.read_log", at):
        return None
    of_run = visible_events(request.user, at=at).filter(subject_kind="matchrun", subject_id=run.pk)
    return of_run.filter(verb__in=_VERBS).first()


@login_required
@require_GET
def match_run(request: SignedIn, run_id: int) -> HttpResponse:
    """Show what a run used and what came of it."""
    at = clock.now()
    found = queries_runs.told(_found(request, run_id, at))
    context = {
        "told": found,
        "by": found.run.authorisation,
        **queries_runs.line(found.run),
        "used": [{"roster": roster, "kind": title_of(roster.kind)} for roster in found.used],
        "kinds": queries_runs.kinds_of(found.run.authorisation),
        "event": _event_of(request, found.run, at),
        "may_read_rosters": has_verb(request.user, "register.read_roster", at),
    }
    return render(request, "register/run.html", context)


@login_required
@require_GET
def match_run_export(request: SignedIn, run_id: int) -> HttpResponse:
    """Give a run's record as JSON; that it left the system is an event."""
    at = clock.now()
    found = queries_runs.told(_found(request, run_id, at))
    event = _event_of(request, found.run, at)
    title = Text(zh=f"比对记录{run_id}", en=f"Match run {run_id}")
    note_export(by=request.user, at=at, title=title, count=len(found.used))
    body = queries_runs.as_json(found, event.pk if event else None)
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = f"attachment; filename=match-run-{run_id}.json"
    return response
