"""The pages of referrals: writing one, the unit's inbox, one referral with the moves it allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.cases import actions, clocks, forms, ledgers, queries, states
from jiandi.rooms.cases.measures import KINDS
from jiandi.rooms.cases.models import Referral
from jiandi.rooms.cases.views import PAGE, attempt, case_for, note_reading


@login_required
@require_http_methods(["GET", "POST"])
def refer(request: SignedIn, case_id: int) -> HttpResponse:
    """Write a referral to a unit's inbox."""
    shown, at = case_for(request, case_id), clock.now()
    permit(request.user, "cases.send_referral", at=at)
    form = forms.ReferralForm(
        request.POST or None,
        case=shown,
        units=queries.units_outside(shown.wall_id),
        initial={"clock": "referral.answer", "sections": ["who", "safety"]},
    )
    if request.method == "POST":

        def step(data: dict[str, Any]) -> None:
            actions.send_referral(by=request.user, at=at, case=shown, **data)

        if attempt(request, form, step, Text(zh="已转办,时限开始计算。", en="Sent. Its clock is running.")):
            return redirect(shown)
    return render(request, "cases/refer.html", {"case": shown, "form": form})


@login_required
@require_GET
def inbox(request: SignedIn) -> HttpResponse:
    """Show what was sent to one's unit, the nearest deadline first."""
    at = clock.now()
    permit(request.user, "cases.answer_referral", at=at)
    tab = request.GET.get("tab", "running")
    sent = queries.inbox(request.user, at)
    tabs = {"running": states.RUNNING, "answered": {"answered"}, "done": {"confirmed", "revoked", "returned"}}
    found = sent.filter(state__in=tabs.get(tab, states.RUNNING))
    listed = list(queries.by_deadline(found, request.GET.get("after", ""))[: PAGE + 1])
    rows = [_row(referral, at) for referral in listed[:PAGE]]
    context = {
        "rows": rows,
        "tab": tab if tab in tabs else "running",
        "counts": {name: sent.filter(state__in=kept).count() for name, kept in tabs.items()},
        "overdue": sent.filter(state__in=states.RUNNING, due_at__lt=at).count(),
        "next": f"?tab={tab}&after={listed[PAGE - 1].pk}" if len(listed) > PAGE else "",
    }
    return render(request, "cases/inbox.html", context)


def _row(referral: Referral, at: Any) -> dict[str, Any]:
    return {
        "referral": referral,
        "state": states.REFERRAL_WORDS[referral.state],
        "kind": KINDS[referral.kind].text,
        "light": queries.clock_of(referral, at),
    }


@login_required
@require_GET
def inbox_ledger(request: SignedIn) -> HttpResponse:
    """Export one's unit's inbox."""
    at = clock.now()
    permit(request.user, "cases.answer_referral", at=at)
    rows = ledgers.referral_rows(queries.inbox(request.user, at), at)
    return excel_response(
        ledgers.INBOX, ledgers.REFERRAL_COLUMNS, rows, unit=request.user.unit, by=request.user, at=at
    )


@login_required
@require_GET
def referral(request: SignedIn, referral_id: int) -> HttpResponse:
    """Show one referral: to its unit, what it carries and while it lives; to the case's officers, how it goes."""
    at = clock.now()
    shown = one(queries.referrals(request.user, at), pk=referral_id)
    note_reading(request, shown.case, f"referral {shown.pk}")
    is_receiver = queries.inbox(request.user, at).filter(pk=shown.pk).exists()
    is_sender = queries.cases(request.user, at).filter(pk=shown.case_id).exists() and queries.works_on(
        request.user, shown.case, at
    )
    ways = states.REFERRAL[shown.state]
    context = {
        "referral": shown,
        "state": states.REFERRAL_WORDS[shown.state],
        "kind": KINDS[shown.kind].text,
        "clock": clocks.title(shown.clock),
        "light": queries.clock_of(shown, at),
        "carried": queries.referral_view(shown, request.user, at) if is_receiver else [],
        "steps": [(step, ledgers.step_text(step.verb)) for step in queries.steps(shown)],
        "is_receiver": is_receiver,
        "is_sender": is_sender,
        "ways": ways,
        "return_form": forms.ReturnForm(),
        "answer_form": forms.AnswerForm(),
        "revoke_form": forms.RevokeForm(),
        "note_form": forms.NoteForm(),
    }
    return render(request, "cases/referral.html", context)


@login_required
@require_POST
def move(request: SignedIn, referral_id: int, step: str) -> HttpResponse:
    """Make one move of a referral."""
    at = clock.now()
    shown = one(queries.referrals(request.user, at), pk=referral_id)
    make_form, act, done = _MOVES[step]
    form = make_form(request)
    attempt(request, form, lambda data: act(request.user, at, shown, data), done)
    return redirect(shown)


_MOVES: dict[str, tuple[Callable[..., Form | None], Callable[..., object], Text]] = {
    "accept": (
        lambda request: None,
        lambda by, at, it, data: actions.accept_referral(by=by, at=at, referral=it),
        Text(zh="已接收。", en="Accepted."),
    ),
    "return": (
        lambda request: forms.ReturnForm(request.POST),
        lambda by, at, it, data: actions.return_referral(by=by, at=at, referral=it, **data),
        Text(
            zh="已退回。时限不停,退回次数已记录。",
            en="Handed back. The clock runs on and the return is counted.",
        ),
    ),
    "resend": (
        lambda request: forms.NoteForm(request.POST),
        lambda by, at, it, data: actions.resend_referral(by=by, at=at, referral=it, **data),
        Text(zh="已再次转办。", en="Sent again."),
    ),
    "answer": (
        lambda request: forms.AnswerForm(request.POST),
        lambda by, at, it, data: actions.answer_referral(by=by, at=at, referral=it, **data),
        Text(zh="已答复。", en="Answered."),
    ),
    "confirm": (
        lambda request: None,
        lambda by, at, it, data: actions.confirm_referral(by=by, at=at, referral=it),
        Text(
            zh="已确认。对方不再能查看附带内容。", en="Confirmed. The unit no longer reads what it carried."
        ),
    ),
    "redo": (
        lambda request: forms.NoteForm(request.POST),
        lambda by, at, it, data: actions.redo_referral(by=by, at=at, referral=it, reason=data["note"]),
        Text(zh="已退回重办。", en="Sent back to be redone."),
    ),
    "revoke": (
        lambda request: forms.RevokeForm(request.POST),
        lambda by, at, it, data: actions.revoke_referral(by=by, at=at, referral=it, **data),
        Text(zh="已撤回。", en="Revoked."),
    ),
}
MOVES = frozenset(_MOVES)
