"""Doubtful pairs: the list, two records side by side, the decision and its undoing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.linkage.wording import REVIEWS
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, policies, queries_review
from jiandi.rooms.register.forms import DecideForm, ReasonForm
from jiandi.rooms.register.models import ReviewPair
from jiandi.rooms.register.states import PAIR

PAGE = 50


@login_required
@require_GET
def review(request: SignedIn) -> HttpResponse:
    """List the pairs that wait, in order; the default is to keep apart."""
    at = clock.now()
    permit(request.user, "register.decide_pair", at=at)
    state = request.GET.get("state", "open")
    pairs = queries_review.open_pairs(request.user, at, state if state in PAIR else "open")
    reason, after = request.GET.get("reason", ""), int(request.GET.get("after") or 0)
    if reason in REVIEWS:
        pairs = pairs.filter(reason=reason)
    rows = list(pairs.filter(pk__gt=after)[: PAGE + 1])
    context = {
        "rows": [{"pair": pair, "reason": REVIEWS.get(pair.reason)} for pair in rows[:PAGE]],
        "next": f"?state={state}&reason={reason}&after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "reasons": list(REVIEWS.items()),
        "states": [(code, text) for code, (text, _) in PAIR.items()],
        "state": state,
        "reason": reason,
        "progress": queries_review.progress(request.user, at),
    }
    return render(request, "register/review.html", context)


def _pair(request: SignedIn, pair_id: int) -> ReviewPair:
    pairs = queries_review.pairs(request.user, clock.now())
    return one(pairs.select_related("record__person", "candidate__person", "county"), pk=pair_id)


@login_required
@require_http_methods(["GET", "POST"])
def pair(request: SignedIn, pair_id: int) -> HttpResponse:
    """Show two records side by side and take the decision."""
    at, found = clock.now(), _pair(request, pair_id)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second = _second(request, found, form.cleaned_data)
            actions.decide_pair(
                by=request.user, at=at, pair=found, verdict=form.cleaned_data["verdict"], reason=form.cleaned_data["reason"],
                second_by=second,
            )  # fmt: skip
            return _next(request, found)
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader()))
    context = {
        "pair": found,
        "reason": REVIEWS.get(found.reason),
        "state": PAIR[found.state][0],
        "left": queries_review.side_of(found.record),
        "right": queries_review.side_of(found.candidate),
        "lines": queries_review.lines_of(found),
        "decisions": queries_review.decisions_of(found),
        "why_two": policies.why_two(found),
        "form": form,
        "undo": ReasonForm(),
        "progress": queries_review.progress(request.user, at),
        "following": queries_review.following(request.user, at, found),
    }
    return render(request, "register/pair.html", context)


def _second(request: SignedIn, found: ReviewPair, said: dict[str, str]) -> Officer | None:
    """Return the second officer where one is needed: present, with their own password - a name alone is nobody's consent."""
    if policies.why_two(found) is None or not said["second"]:
        return None
    second = authenticate(request, username=said["second"], password=said["second_password"])
    if not isinstance(second, Officer):
        raise Refused(
            "register.second_not_present",
            Text(
                zh="复核人的用户名或密码不对。须由复核人本人看过后输入自己的密码。",
                en="The second officer's user name or password is wrong. They must look, and type it themselves.",
            ),
        )
    return second


def _next(request: SignedIn, done: ReviewPair) -> HttpResponse:
    """Go on to the next waiting pair of the same village, else back to the list."""
    following = queries_review.following(request.user, clock.now(), done)
    return redirect("register:pair", pair_id=following.pk) if following else redirect("register:review")


@login_required
@require_POST
def undo(request: SignedIn, pair_id: int) -> HttpResponse:
    """Take a decision back."""
    found = _pair(request, pair_id)
    try:
        actions.undo_decision(
            by=request.user, at=clock.now(), pair=found, reason=request.POST.get("reason", "")
        )
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:pair", pair_id=found.pk)
