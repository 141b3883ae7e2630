"""The log as officers may read it, and what anybody needs to check it."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, journal, queries
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Checkpoint, Event, Officer
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.verbs import KINDS, ROOMS, kind_name, verb_name

PAGE = 50
MOST_EXPORTED = 20_000
COLUMNS = [
    Text(zh="时间", en="When"),
    Text(zh="事项", en="What"),
    Text(zh="人员", en="Who"),
    Text(zh="单位", en="Unit"),
    Text(zh="对象", en="On what"),
    Text(zh="编号", en="Id"),
    Text(zh="地区", en="Place"),
    Text(zh="日志位置", en="Place in the log"),
]


@login_required
def log(request: HttpRequest) -> HttpResponse:
    """List what was done, newest first: who, when, what; the matter itself stays behind its own page."""
    officer = _reader(request)
    events = _filtered(request, queries.visible_events(officer, at=clock.now()))
    if "excel" in request.GET:
        rows = (_row(event) for event in events[:MOST_EXPORTED])
        title = Text(zh="操作日志", en="Event log")
        return excel_response(title, COLUMNS, rows, unit=officer.unit, by=officer, at=clock.now())
    page = list(events[: PAGE + 1])
    shown = page[:PAGE]
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    context = {
        "lines": [_line(event) for event in shown],
        "next": f"?{urlencode(kept | {'before': shown[-1].pk})}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if "before" in request.GET else "",
        "rooms": ROOMS,
        "kinds": KINDS,
        "asked": request.GET,
        "export": f"?{urlencode(kept | {'excel': 1})}",
        "checkpoint": journal.latest(),
    }
    return render(request, "access/log.html", context)


def _reader(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    permit(request.user, "access.read_log", at=clock.now())
    return request.user


def _filtered(request: HttpRequest, events: QuerySet[Event]) -> QuerySet[Event]:
    asked = request.GET
    if asked.get("room") in ROOMS:
        events = events.filter(verb__startswith=f"{asked['room']}.")
    if asked.get("kind") in KINDS:
        events = events.filter(subject_kind=asked["kind"])
    if asked.get("id", "").isdigit():
        events = events.filter(subject_id=int(asked["id"][:18]))
    if asked.get("who"):
        events = events.filter(by__username=asked["who"].strip()[:40])
    day = parse_date(asked.get("on", "")) if len(asked.get("on", "")) == 10 else None
    if day:
        events = events.filter(at__date=day)
    if asked.get("before", "").isdigit():
        events = events.filter(pk__lt=int(asked["before"][:18]))
    return events.select_related("by", "by__unit", "place").order_by("-pk")


# How many alerts a run raised, or walls went up, is not for everybody who reads the log: a walled reader could subtract.
SEALED_BATCHES = frozenset(
    {
        "checks.run_checks",
        "checks.run_after_visits",
        "checks.raise_danger",
        "access.raise_walls",
        "access.extend_walls",
    }
)


NO_PROOF = Text(
    zh="这一条含有疑点或隔离的总数,内容证明只由县外监督单位在服务器上出具。",
    en="This event holds totals of alerts or walls; only oversight outside the county takes its proof, at the server.",
)


def _line(event: Event) -> dict[str, Any]:
    return {
        "event": event,
        "name": verb_name(event.verb),
        "kind": kind_name(event.subject_kind),
        "count": None if event.verb in SEALED_BATCHES else event.payload.get("count"),
        "leaf": bytes(event.leaf).hex(),
    }


def _row(event: Event) -> list[object]:
    who = event.by
    return [
        event.at,
        verb_name(event.verb),
        who.name if who else "",
        who.unit.name if who else "",
        kind_name(event.subject_kind),
        event.subject_id,
        event.place.name if event.place else "",
        event.position,
    ]


@login_required
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show one event with its leaf; `?proof` gives the file that proves its content to anybody."""
    officer = _reader(request)
    found = one(
        queries.visible_events(officer, at=clock.now()).select_related("by", "by__unit", "place"), pk=event_id
    )
    if "proof" in request.GET:
        if found.verb in SEALED_BATCHES:
            raise Refused("access.sealed_proof", NO_PROOF)
        body = json.dumps(journal.prove(found), ensure_ascii=False, indent=1)
        response = HttpResponse(body, content_type="application/json")
        response["Content-Disposition"] = f"attachment; filename=proof-{found.pk}.json"
        return response
    others = queries.trace(found.subject_kind, found.subject_id, by=officer, at=clock.now())
    context = {"line": _line(found), "story": [_line(one_event) for one_event in others[-100:]]}
    return render(request, "access/event.html", context)


@login_required
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Show the signed states of the log: size, root, signature, to print and to compare."""
    _reader(request)
    latest = journal.latest()
    context = {
        "latest": latest,
        "root": bytes(latest.root).hex() if latest else "",
        "key": journal.public_key().hex(),
        "origin": journal.origin(),
        "waiting": Event.objects.filter(position__isnull=True).count(),
        "earlier": [
            {"size": mark.size, "root": bytes(mark.root).hex(), "at": mark.at}
            for mark in Checkpoint.objects.order_by("-size")[1:15]
        ],
    }
    return render(request, "access/checkpoints.html", context)


def checkpoint_qr(request: HttpRequest, size: int) -> HttpResponse:
    """Give a checkpoint as a QR picture for printing: the four lines, as signed. Anybody may have it."""
    found = get_object_or_404(Checkpoint, size=size)
    out = io.BytesIO()
    segno.make(found.text, error="m").save(
        out, kind="svg", scale=3, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


def checkpoint_text(request: HttpRequest, size: int) -> HttpResponse:
    """Give a checkpoint's text (C2SP signed note) for witnesses. Anybody may have it."""
    found = get_object_or_404(Checkpoint, size=size)
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


@login_required
def export(request: HttpRequest) -> FileResponse:
    """Download the log's leaves and signatures for `jiandi log verify`."""
    _reader(request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        journal.export(path)
        content = io.BytesIO(path.read_bytes())
    name = f"jiandi-log-{timezone.localdate(clock.now()):%Y%m%d}.jsonl"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/x-ndjson")
