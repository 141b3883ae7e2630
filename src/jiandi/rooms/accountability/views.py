"""The pages of units and their findings, of supervision orders, and of the ledger of promises."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Unit
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.roles import UNIT_KINDS
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.verbs import KINDS as THINGS
from jiandi.rooms.accountability import actions, commitments, forms, ledgers, policies, queries, scorecards
from jiandi.rooms.accountability.finding import KIND_MEANS, KINDS
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.accountability.states import FAULT, FAULT_WORDS, PROMISE_TONES, PROMISE_WORDS
from jiandi.rooms.cases.clocks import day_of
from jiandi.rooms.cases.views import attempt

PAGE = 50
TONES = {"no_action": "red", "slow": "yellow", "improper": "red", "fake": "red"}


@login_required
@require_GET
def units(request: SignedIn) -> HttpResponse:
    """List the units one may look at, by name - never by rank - with what was found and how thick the evidence is."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    found = queries.units(request.user, at)
    if kind:
        found = found.filter(kind=kind)
    if after:
        found = found.filter(name__gt=after)
    listed = list(found.select_related("place").order_by("name")[: PAGE + 1])
    shown = listed[:PAGE]
    counts = queries.fault_counts(request.user, at)
    cards = scorecards.cards(request.user, at, [unit.pk for unit in shown])
    rows = [
        {
            "unit": unit,
            "kind": UNIT_KINDS.get(unit.kind, Text(zh=unit.kind, en=unit.kind)),
            "faults": [
                (words, counts.get(unit.pk, Counter())[code], TONES[code]) for code, words in KINDS.items()
            ],
            "cards": cards[unit.pk],
        }
        for unit in shown
    ]
    context = {
        "rows": rows,
        "kinds": UNIT_KINDS.items(),
        "kind": kind,
        "means": [(KINDS[code], text) for code, text in KIND_MEANS.items()],
        "total": {code: sum(each[code] for each in counts.values()) for code in KINDS},
        "fault_kinds": KINDS,
        "next": f"?kind={kind}&after={shown[-1].name}" if len(listed) > PAGE else "",
        "may_export": has_verb(request.user, "accountability.export_ledger", at),
    }
    return render(request, "accountability/units.html", context)


def _unit_for(request: SignedIn, unit_id: int) -> Unit:
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    return one(queries.units(request.user, at).select_related("place"), pk=unit_id)


@login_required
@require_GET
def unit(request: SignedIn, unit_id: int) -> HttpResponse:
    """Show one unit: what was found with its evidence, what the unit says, its duties by kind."""
    shown, at = _unit_for(request, unit_id), clock.now()
    found = (
        queries.faults(request.user, at)
        .filter(unit=shown)
        .prefetch_related("replies__by")
        .order_by("-found_at", "-pk")
    )
    state = request.GET.get("state", "")
    if state in FAULT_WORDS:
        found = found.filter(state=state)
    listed = list(queries.found_before(found, request.GET.get("after", ""))[: PAGE + 1])
    counts = queries.fault_counts(request.user, at).get(shown.pk, Counter())
    context = {
        "unit": shown,
        "kind": UNIT_KINDS.get(shown.kind, Text(zh=shown.kind, en=shown.kind)),
        "rows": [_fault_row(fault) for fault in listed[:PAGE]],
        "cards": scorecards.cards(request.user, at, [shown.pk])[shown.pk],
        "least": scorecards.LEAST,
        "orders": queries.orders(request.user, at).filter(unit=shown).order_by("-pk")[:20],
        "counts": [(words, counts[code], code) for code, words in KINDS.items()],
        "states": FAULT_WORDS.items(),
        "state": state,
        "next": f"?state={state}&after={listed[PAGE - 1].pk}" if len(listed) > PAGE else "",
        "may_order": has_verb(request.user, "accountability.issue_order", at),
        "today": day_of(at),
    }
    return render(request, "accountability/unit.html", context)


def _fault_row(fault: Fault) -> dict[str, Any]:
    return {
        "fault": fault,
        "kind": KINDS[fault.kind],
        "tone": TONES[fault.kind],
        "question": queries.question(fault),
        "state": FAULT_WORDS[fault.state],
    }


@login_required
@require_GET
def faults_ledger(request: SignedIn) -> HttpResponse:
    """Export what was found, unit by unit."""
    at = clock.now()
    permit(request.user, "accountability.export_ledger", at=at)
    found = queries.faults(request.user, at).prefetch_related("replies").order_by("unit__name", "pk")
    return excel_response(
        ledgers.FAULTS,
        ledgers.FAULT_COLUMNS,
        ledgers.fault_rows(found),
        unit=request.user.unit,
        by=request.user,
        at=at,
    )


@login_required
@require_GET
def fault(request: SignedIn, fault_id: int) -> HttpResponse:
    """Show one finding with its evidence, the unit's reply and the decision."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    shown = one(queries.faults(request.user, at).select_related("decided_by__unit"), pk=fault_id)
    ways = FAULT[shown.state]
    own = shown.unit_id == request.user.unit_id or request.user.unit_id in policies.path_ids(shown.unit)
    context = {
        **_fault_row(shown),
        "means": KIND_MEANS[shown.kind],
        "sources": [
            (THINGS.get(each["kind"], Text(zh=each["kind"], en=each["kind"])), each["id"])
            for each in shown.sources
        ],
        "replies": shown.replies.select_related("by__unit").order_by("pk"),
        "reply_due": policies.reply_due(shown, at),
        "may_reply": own
        and has_verb(request.user, "accountability.reply_fault", at)
        and shown.state in ("open", "replied"),
        "may_appeal": own
        and has_verb(request.user, "accountability.appeal_fault", at)
        and "appealed" in ways,
        "may_decide": has_verb(request.user, "accountability.decide_fault", at)
        and bool(ways & {"upheld", "withdrawn"}),
        "may_order": has_verb(request.user, "accountability.issue_order", at),
        "reply_form": forms.ReplyForm(),
        "decision_form": forms.DecisionForm(),
        "orders": queries.orders(request.user, at).filter(fault=shown),
    }
    return render(request, "accountability/fault.html", context)


@login_required
@require_POST
def move(request: SignedIn, fault_id: int, step: str) -> HttpResponse:
    """Reply to a finding, decide it, or appeal."""
    at = clock.now()
    shown = one(queries.faults(request.user, at), pk=fault_id)
    form = forms.DecisionForm(request.POST) if step == "decide" else forms.ReplyForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        if step == "decide":
            actions.decide_fault(by=request.user, at=at, fault=shown, **data)
        elif step == "appeal":
            actions.appeal_fault(by=request.user, at=at, fault=shown, **data)
        else:
            actions.reply_fault(by=request.user, at=at, fault=shown, **data)

    if step not in ("reply", "decide", "appeal"):
        raise Http404
    attempt(request, form, act, Text(zh="已记录。", en="On record."))
    return redirect(shown)


@login_required
@require_GET
def orders(request: SignedIn) -> HttpResponse:
    """List supervision orders."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    found, after = queries.orders(request.user, at).order_by("-pk"), request.GET.get("after", "")
    if request.GET.get("open"):
        found = found.filter(closed_at__isnull=True)
    if after.isdigit():
        found = found.filter(pk__lt=int(after))
    listed = list(found[: PAGE + 1])
    context = {
        "rows": listed[:PAGE],
        "only_open": bool(request.GET.get("open")),
        "next": f"?open={request.GET.get('open', '')}&after={listed[PAGE - 1].pk}"
        if len(listed) > PAGE
        else "",
        "today": day_of(at),
        "may_export": has_verb(request.user, "accountability.export_ledger", at),
        "may_order": has_verb(request.user, "accountability.issue_order", at),
    }
    return render(request, "accountability/orders.html", context)


@login_required
@require_GET
def orders_ledger(request: SignedIn) -> HttpResponse:
    """Export the supervision orders."""
    at = clock.now()
    permit(request.user, "accountability.export_ledger", at=at)
    found = queries.orders(request.user, at).order_by("pk")
    return excel_response(
        ledgers.ORDERS,
        ledgers.ORDER_COLUMNS,
        ledgers.order_rows(found),
        unit=request.user.unit,
        by=request.user,
        at=at,
    )


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: SignedIn) -> HttpResponse:
    """Write a supervision order, on a finding or of itself."""
    at = clock.now()
    permit(request.user, "accountability.issue_order", at=at)
    asked = request.GET.get("fault", "")
    ground = one(queries.faults(request.user, at), pk=int(asked)) if asked.isdigit() else None
    initial = (
        {"unit": ground.unit_id, "item": queries.question(ground).zh}
        if ground
        else {"unit": request.GET.get("unit")}
    )
    form = forms.OrderForm(
        request.POST or None, units=queries.units(request.user, at).order_by("name"), initial=initial
    )
    issued: list[SupervisionOrder] = []
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            issued.append(actions.issue_order(by=request.user, at=at, fault=ground, **data))

        if attempt(request, form, step, Text(zh="督办单已签发。", en="The order is issued.")):
            return redirect(issued[0])
    return render(request, "accountability/issue.html", {"form": form, "fault": ground})


@login_required
@require_http_methods(["GET", "POST"])
def order(request: SignedIn, order_id: int) -> HttpResponse:
    """Show one supervision order as it is printed, with the unit's reply and the result."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    shown = one(
        queries.orders(request.user, at).select_related("replied_by", "closed_by", "fault"), pk=order_id
    )
    closing = has_verb(request.user, "accountability.close_order", at)
    form = (forms.ResultForm if closing else forms.OrderReplyForm)(request.POST or None)
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            act = actions.close_order if closing else actions.answer_order
            act(by=request.user, at=at, order=shown, **data)

        if attempt(request, form, step, Text(zh="已记录。", en="On record.")):
            return redirect(shown)
    answering = shown.unit_id == request.user.unit_id and has_verb(
        request.user, "accountability.answer_order", at
    )
    context = {
        "order": shown,
        "form": form,
        "can_act": shown.closed_at is None
        and ((closing and shown.replied_at) or (answering and not closing)),
        "is_late": shown.replied_at is None and shown.due_on < day_of(at),
    }
    return render(request, "accountability/order.html", context)


@login_required
@require_GET
def promises(request: SignedIn) -> HttpResponse:
    """Show the ledger of promises: what stands, what does not, what cannot be shown and what is missing for it."""
    at = clock.now()
    permit(request.user, "accountability.read_commitment", at=at)
    asked = {name: request.GET.get(name, "") for name in ("state", "theme", "kind")}
    every = queries.ledger(request.user, at)
    lines = queries.ledger(request.user, at, **asked)
    themes = commitments.themes()
    groups = [
        {"theme": words, "lines": [_promise_row(line) for line in lines if line.promise.theme == code]}
        for code, words in themes.items()
    ]
    context = {
        "groups": [group for group in groups if group["lines"]],
        "tally": [
            (code, PROMISE_WORDS[code], count, PROMISE_TONES[code])
            for code, count in queries.tally(every).items()
        ],
        "asked": asked,
        "themes": themes.items(),
        "states": PROMISE_WORDS.items(),
        "kinds": ledgers.KIND_WORDS.items(),
        "computed_at": max((line.computed_at for line in every if line.computed_at), default=None),
        "query": request.GET.urlencode(),
    }
    return render(request, "accountability/commitments.html", context)


def _promise_row(line: queries.Line) -> dict[str, Any]:
    return {
        "line": line,
        "departments": ledgers.joined(line.promise.departments),
        "state": PROMISE_WORDS[line.state],
        "tone": PROMISE_TONES[line.state],
    }


@login_required
@require_GET
def promises_ledger(request: SignedIn) -> HttpResponse:
    """Export the ledger of promises as filtered."""
    at = clock.now()
    permit(request.user, "accountability.read_commitment", at=at)
    asked = {name: request.GET.get(name, "") for name in ("state", "theme", "kind")}
    rows = ledgers.promise_rows(queries.ledger(request.user, at, **asked))
    return excel_response(
        ledgers.PROMISES, ledgers.PROMISE_COLUMNS, rows, unit=request.user.unit, by=request.user, at=at
    )


@login_required
@require_GET
def promise(request: SignedIn, number: str) -> HttpResponse:
    """Show one promise: the words, who answers for it, what would prove it, what the evidence says."""
    at = clock.now()
    permit(request.user, "accountability.read_commitment", at=at)
    lines = [line for line in queries.ledger(request.user, at) if line.promise.number == number]
    if not lines:
        raise Http404
    numbers = list(commitments.promises())
    here = numbers.index(number)
    context = {
        **_promise_row(lines[0]),
        "kind": ledgers.KIND_WORDS[lines[0].promise.kind],
        "theme": commitments.themes()[lines[0].promise.theme],
        "before": numbers[here - 1] if here else "",
        "after": numbers[here + 1] if here + 1 < len(numbers) else "",
    }
    return render(request, "accountability/commitment.html", context)
