"""Reports and news as officers read them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from jiandi.core.values import Refused, Text, is_allowed
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.intake import actions, policies, queries, routing
from jiandi.rooms.intake.forms import ClerkForm, FeedForm
from jiandi.rooms.intake.models import Feed, Item, Report
from jiandi.rooms.intake.posts import MOST_BYTES
from jiandi.rooms.intake.signs import SIGNS
from jiandi.rooms.intake.states import MOVES, NAMES, TONES, State

PAGE = 50
MOST_EXPORTED = 20_000
CHANNELS = {
    "web": Text(zh="网页", en="Web"),
    "hotline": Text(zh="电话", en="Telephone"),
    "letter": Text(zh="来信", en="Letter"),
    "paper": Text(zh="当面", en="In person"),
}
COLUMNS = [
    Text(zh="线索编号", en="Report"),
    Text(zh="收到日期", en="Received"),
    Text(zh="渠道", en="Channel"),
    Text(zh="乡镇", en="Town"),
    Text(zh="村", en="Village"),
    Text(zh="反映危险", en="Danger now"),
    Text(zh="状态", en="State"),
    Text(zh="处理单位", en="Read by"),
    Text(zh="线索人反馈", en="The reporter says"),
]


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    return request.user


@login_required
def reports(request: HttpRequest) -> HttpResponse:
    """List reports, danger first; what they say is behind each one, and reading it is recorded."""
    officer, at = _officer(request), clock.now()
    permit(officer, "intake.read_report", at=at)
    found = _filtered(request, queries.reports(officer, at=at))
    if "excel" in request.GET:
        title = Text(zh="线索台账", en="Reports")
        rows = (_row(report) for report in found.order_by("-pk")[:MOST_EXPORTED])
        return excel_response(title, COLUMNS, rows, unit=officer.unit, by=officer, at=at)
    danger = queries.reports(officer, at=at).filter(is_danger_now=True, state__in=(State.NEW, State.READING))
    if request.GET.get("before", "").isdigit():
        # Among the readable: a list cut short by a walled report would say that it exists.
        last = queries.reports(officer, at=at).filter(number=int(request.GET["before"][:9])).values("pk")
        found = found.filter(pk__lt=Subquery(last))
    page = list(found.order_by("-pk")[: PAGE + 1])
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    context = {
        "lines": [_line(report) for report in page[:PAGE]],
        "danger": [_line(report) for report in danger.order_by("pk")[:20]],
        "next": f"?{urlencode(kept | {'before': page[PAGE - 1].number})}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if "before" in request.GET else "",
        "states": NAMES,
        "channels": CHANNELS,
        "asked": request.GET,
        "export": f"?{urlencode(kept | {'excel': 1})}",
        "may_take": has_verb(officer, "intake.take_report", at),
        "may_read_feeds": has_verb(officer, "intake.read_feed", at),
    }
    return render(request, "intake/reports.html", context)


def _filtered(request: HttpRequest, found: QuerySet[Report]) -> QuerySet[Report]:
    asked = request.GET
    if asked.get("state") in NAMES:
        found = found.filter(state=asked["state"])
    elif asked.get("state") == "open":
        found = found.exclude(state=State.CLOSED)
    if asked.get("channel") in CHANNELS:
        found = found.filter(channel=asked["channel"])
    if asked.get("unsolved") == "yes":
        found = found.filter(solved_says_reporter=False)
    return found


def _line(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "state": NAMES[report.state],
        "tone": TONES[report.state],
        "channel": CHANNELS.get(report.channel),
        "place": report.village or report.town or report.county,
    }


def _row(report: Report) -> list[object]:
    said = report.solved_says_reporter
    solved = (
        "" if said is None else Text(zh="已解决", en="solved") if said else Text(zh="未解决", en="not solved")
    )
    return [
        report.number,
        report.received_on,
        CHANNELS.get(report.channel, ""),
        report.town.name if report.town else "",
        report.village.name if report.village else "",
        Text(zh="是", en="yes") if report.is_danger_now else "",
        NAMES[report.state],
        report.routed_to.name if report.routed_to else "",
        solved,
    ]


@login_required
@sensitive_variables("body")
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Read one report: its words, what was asked and answered, and its doubles."""
    officer, at = _officer(request), clock.now()
    found = one(queries.reports(officer, at=at), number=report_id)
    body = actions.read_report(by=officer, at=at, report=found)
    context = {
        "line": _line(found),
        "body": body,
        "told": queries.messages_of(found),
        "doubles": [_line(other) for other in queries.doubles(found, officer, at=at)],
        "may_close": State.CLOSED in MOVES[found.state]
        and is_allowed(policies.check_not_answered_by_nobody, found),
        "may_open_case": State.TAKEN_UP in MOVES[found.state] and has_verb(officer, "cases.open_case", at),
        "may_answer": has_verb(officer, "intake.answer_report", at),
    }
    return render(request, "intake/report.html", context)


@login_required
@require_POST
@sensitive_variables("body")
def step(request: HttpRequest, report_id: int, verb: str) -> HttpResponse:
    """Ask, answer, close, or join a double."""
    officer, at = _officer(request), clock.now()
    found = one(queries.reports(officer, at=at), number=report_id)
    body = request.POST.get("body", "")
    try:
        if verb == "ask":
            actions.ask(by=officer, at=at, report=found, body=body)
        elif verb == "answer":
            actions.answer(by=officer, at=at, report=found, body=body)
        elif verb == "close":
            actions.close(by=officer, at=at, report=found)
        else:
            other = request.POST.get("same_as", "")
            same = one(queries.reports(officer, at=at), number=int(other) if other.isdigit() else 0)
            actions.mark_same(by=officer, at=at, report=found, same_as=same)
        messages.success(request, say(Text(zh="已记录。", en="Recorded.")))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("intake:report", report_id=found.number)


@login_required
@sensitive_variables("code")
def take(request: HttpRequest) -> HttpResponse:
    """Write down what a caller says, and read them their receipt."""
    officer, at = _officer(request), clock.now()
    permit(officer, "intake.take_report", at=at)
    form = ClerkForm(request.POST) if request.method == "POST" else ClerkForm()
    code = ""
    if form.is_bound and form.is_valid():
        place = form.chosen_place()
        try:
            _, code = actions.take_report(
                by=officer,
                at=at,
                body=form.cleaned_data["body"],
                place=place,
                about_unit=routing.unit_meant(form.cleaned_data["about"], place),
                danger=form.cleaned_data["danger"],
                channel=form.cleaned_data["channel"],
            )
            form = ClerkForm()
        except Refused as refusal:
            form.add_error("body", say(refusal.text))
    return render(request, "intake/take.html", {"form": form, "code": code})


@login_required
def feeds(request: HttpRequest) -> HttpResponse:
    """List the news read, with places and signs; read files of a source; add a source."""
    officer, at = _officer(request), clock.now()
    permit(officer, "intake.read_feed", at=at)
    form = FeedForm(request.POST) if "name" in request.POST else FeedForm()
    if form.is_bound and form.is_valid():
        try:
            actions.add_feed(by=officer, at=at, **form.cleaned_data)
            return redirect("intake:feeds")
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
    found = queries.items(officer, at=at)
    asked = request.GET
    if asked.get("sign") in SIGNS:
        found = _with_sign(found, asked["sign"])
    if asked.get("seen") == "no":
        found = found.filter(seen_by__isnull=True)
    if asked.get("before", "").isdigit():
        found = found.filter(pk__lt=int(asked["before"][:18]))
    page = list(found.order_by("-pk")[: PAGE + 1])
    kept = {key: value for key, value in asked.items() if key != "before" and value}
    context = {
        "lines": [_item_line(item) for item in page[:PAGE]],
        "next": f"?{urlencode(kept | {'before': page[PAGE - 1].pk})}" if len(page) > PAGE else "",
        "first": f"?{urlencode(kept)}" if "before" in asked else "",
        "feeds": Feed.objects.order_by("name"),
        "signs": SIGNS,
        "asked": asked,
        "form": form,
    }
    return render(request, "intake/feeds.html", context)


def _with_sign(found: QuerySet[Item], sign: str) -> QuerySet[Item]:
    """The few posts with a sign, found by the key as JSON writes it (both databases)."""
    return found.filter(signs__icontains=f'"{sign}"')


def _item_line(item: Item) -> dict[str, Any]:
    return {"item": item, "signs": [SIGNS[sign] for sign in item.signs if sign in SIGNS]}


@login_required
@require_POST
def read_files(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Read uploaded files of a source."""
    officer, at = _officer(request), clock.now()
    permit(officer, "intake.read_feed", at=at)
    feed = one(Feed.objects.all(), pk=feed_id)
    files = [
        (upload.name or "", upload.read(MOST_BYTES + 1)) for upload in request.FILES.getlist("files")[:200]
    ]
    outcome = actions.read_feed(by=officer, at=at, feed=feed, files=files)
    done = Text(zh="新读入{made}条,已有{known}条。", en="{made} new, {known} known already.")
    messages.success(request, say(done.filled(made=outcome.made, known=outcome.known)))
    for problem in outcome.problems[:10]:
        messages.warning(request, say(problem))
    return redirect("intake:feeds")


@login_required
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Read one post as plain text; marking it says that somebody has looked into it."""
    officer, at = _officer(request), clock.now()
    permit(officer, "intake.read_feed", at=at)
    found = one(queries.items(officer, at=at), pk=item_id)
    if request.method == "POST":
        actions.mark_seen(by=officer, at=at, item=found)
        return redirect("intake:item", item_id=found.pk)
    return render(request, "intake/item.html", {"line": _item_line(found)})
