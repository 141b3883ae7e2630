"""The lotteries: drawing one, and what they say of the machine's decisions."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, queries_lotteries
from jiandi.rooms.register.queries_lotteries import LotteryResult, Measured

_JOINS = Text(zh="自动并为一人", en="Joined automatically")
_NEW = Text(zh="自动另立一人", en="Made a person of its own")


@login_required
@require_http_methods(["GET", "POST"])
def lotteries(request: SignedIn) -> HttpResponse:
    """Draw a lottery; show what each measured."""
    at = clock.now()
    may_draw = has_verb(request.user, "register.draw_lottery", at)
    if not may_draw:
        permit(request.user, "register.decide_pair", at=at)
    errors = []
    if request.method == "POST":
        size = request.POST.get("size", "")
        try:
            actions.draw_lottery(by=request.user, at=at, size=int(size) if size.isdecimal() else 0)
            return redirect("register:lotteries")
        except Refused as refusal:
            errors = [refusal.text.say(reader())]
    context = {
        "results": [{"lottery": one.lottery, "lines": _lines(one)} for one in queries_lotteries.results()],
        "may_draw": may_draw,
        "errors": errors,
    }
    return render(request, "register/lotteries.html", context)


def _lines(one: LotteryResult) -> list[dict[str, object]]:
    return [
        {"title": _JOINS, "measured": one.joins, "of": one.joins.of, "alone": 0, "rate": _rate(one.joins)},
        {
            "title": _NEW,
            "measured": one.newcomers,
            "of": one.newcomers.of,
            "alone": one.lottery.new_alone,
            "rate": _rate(one.newcomers),
        },
    ]


def _rate(found: Measured) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "—"
    return f"{found.value:.2%} ({found.low:.2%} – {found.high:.2%})"
