"""Who may be entitled and is on no list: asked one by one, answered by those who serve them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.entitlements import BY_ID
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, queries_entitlements
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_standing import EntitlementQuestion
from jiandi.rooms.register.states import ENTITLEMENT

PAGE = 50
COLUMNS = (
    Text(zh="名单", en="List"), Text(zh="姓名", en="Name"), Text(zh="编号", en="Code"), Text(zh="乡镇", en="Town"),
    Text(zh="村(社区)", en="Village"), Text(zh="为什么问", en="Why it is asked"), Text(zh="依据", en="Basis"),
    Text(zh="出处", en="Where it stands"), Text(zh="状态", en="State"), Text(zh="答复", en="Answer"),
)  # fmt: skip


def _chosen(request: HttpRequest, asked: QuerySet[EntitlementQuestion]) -> QuerySet[EntitlementQuestion]:
    """Narrow to the question, state and town the reader chose."""
    rule, state, town = (request.GET.get(name, "") for name in ("rule", "state", "town"))
    asked = asked.filter(state=state if state in ENTITLEMENT else "open")
    if rule in BY_ID:
        asked = asked.filter(rule=rule)
    return asked.filter(town=int(town)) if town.isdecimal() and len(town) <= 12 else asked


@login_required
@require_GET
def entitlements(request: SignedIn) -> HttpResponse:
    """List the questions that stand open, with their reasons and rows."""
    at = clock.now()
    permit(request.user, "register.read_entitlement", at=at)
    mine = queries_entitlements.questions(request.user, at)
    listed = _chosen(request, mine).select_related("person", "village", "town", "answered_by")
    after = request.GET.get("after", "")
    if after.isdecimal():
        listed = listed.filter(pk__gt=int(after))
    rows = list(listed.order_by("pk")[: PAGE + 1])
    rosters = queries_entitlements.rosters_of(row for question in rows for row in question.rows)
    chosen = {name: request.GET.get(name, "") for name in ("rule", "state", "town")}
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    context = {
        "rows": [_row(question, rosters) for question in rows[:PAGE]],
        "next": f"?{query}&after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "query": query,
        "rules": [(rule.id, rule.title) for rule in BY_ID.values()],
        "states": [(code, text) for code, (text, _) in ENTITLEMENT.items()],
        "towns": mine.order_by("town").values_list("town", "town__name").distinct().exclude(town=None),
        "chosen": {**chosen, "state": chosen["state"] or "open"},
        "asked": list(BY_ID.values()),
        "not_asked": queries_entitlements.not_asked(),
        "may_answer": has_verb(request.user, "register.answer_entitlement", at),
        "may_open": has_verb(request.user, "register.read_person", at),
        "answers": [(code, ENTITLEMENT[code][0]) for code in ("applied", "declined", "not_entitled")],
    }
    return render(request, "register/entitlements.html", context)


def _row(question: EntitlementQuestion, rosters: Mapping[int, Roster]) -> dict[str, object]:
    rows = [
        (roster, kind_of(roster.kind).title, line)
        for roster, line in queries_entitlements.sources(question, rosters)
    ]
    return {
        "question": question,
        "rule": BY_ID[question.rule],
        "state": ENTITLEMENT[question.state][0],
        "sources": rows,
        "is_open": question.state == "open",
    }


@login_required
@require_GET
def entitlements_export(request: SignedIn) -> HttpResponse:
    """Give the chosen questions to a township or department as Excel."""
    at = clock.now()
    permit(request.user, "register.read_entitlement", at=at)
    listed = _chosen(request, queries_entitlements.questions(request.user, at))
    title = Text(zh="可能符合条件而未纳入人员询问单", en="People to be asked about entitlements")
    rows = _lines(listed.select_related("person", "village", "town").order_by("town", "village", "pk"))
    return excel_response(title, COLUMNS, rows, unit=request.user.unit, by=request.user, at=at)


def _lines(listed: QuerySet[EntitlementQuestion]) -> Iterator[tuple[object, ...]]:
    rosters = {roster.pk: roster for roster in Roster.objects.select_related("unit")}
    for question in listed[:20_000]:
        rule = BY_ID[question.rule]
        where = [
            f"{kind_of(r.kind).title.say(reader())} {line}"
            for r, line in queries_entitlements.sources(question, rosters)
        ]
        yield (
            rule.title, question.person.name, question.person.code, question.town.name if question.town else "",
            question.village.name if question.village else "", Text(zh=question.reason_zh, en=question.reason_en),
            rule.basis, "; ".join(where), ENTITLEMENT[question.state][0], question.answer,
        )  # fmt: skip


@login_required
@require_POST
def answer_entitlement(request: SignedIn, question_id: int) -> HttpResponse:
    """Write down what became of a question."""
    at = clock.now()
    question = one(queries_entitlements.questions(request.user, at), pk=question_id)
    try:
        actions.answer_entitlement(
            by=request.user, at=at, question=question, state=request.POST.get("state", ""),
            answer=request.POST.get("answer", ""),
        )  # fmt: skip
        messages.success(request, "已记录" if reader() == "zh" else "Written down")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:entitlements")
