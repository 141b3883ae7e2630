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
from jiandi.rooms.register.forms import DecideForm, SecondForm, wrong_in
from jiandi.rooms.register.models import ReviewPair
from jiandi.rooms.register.safeguarding import HELD, HELD_SAYS
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
    reason, after = request.GET.get("reason", ""), request.GET.get("after", "")
    if reason in WHY:
        pairs = pairs.filter(reason=reason)
    stake, _, number = after.partition("-")
    if stake.isdecimal() and number.isdecimal():
        pairs = queries_review.after(pairs, int(stake), int(number))
    rows = list(pairs.select_related("held_by")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": [
            {
                "pair": pair,
                "reason": reason_of(pair),
                "held": policies.is_held(pair, request.user, at),
                "stakes": queries_review.stakes_of(pair),
            }
            for pair in rows[:PAGE]
        ],
        "next": f"?state={state}&reason={reason}&after={last.stake}-{last.pk}" if last else "",
        "reasons": [(code, DRAWN if code == "sampled" else text) for code, text in WHY.items()],
        "states": [(code, text) for code, (text, _) in PAIR.items()],
        "state": state,
        "reason": reason,
        "progress": queries_review.progress(request.user, at),
    }
    return render(request, "register/review.html", context)


# The same words for a join and for somebody new: who looks must not know what the machine made of them.
WHY = REVIEWS | {HELD: HELD_SAYS}
DRAWN = Text(zh="抽签抽中,请按所见判定", en="Drawn by lot: say what you see")


def reason_of(pair: ReviewPair) -> Text | None:
    """Return why a pair is there, as whoever looks at it may know."""
    return DRAWN if pair.lottery_id else WHY.get(pair.reason)


@login_required
@require_POST
def take_next(request: SignedIn) -> HttpResponse:
    """Take the next pair in hand, that on which most hangs, and show it; back to the list when none is left."""
    at = clock.now()
    done = request.POST.get("after", "")
    if done.isdecimal():
        here = queries_review.following(
            request.user, at, one(queries_review.pairs(request.user, at), pk=int(done))
        )
    else:
        here = queries_review.first(request.user, at)
    if here is None:
        return redirect("register:review")
    try:
        actions.take_pair(by=request.user, at=at, pair=here)
    except Refused as refusal:  # somebody was quicker
        messages.error(request, refusal.text.say(reader()))
        return redirect("register:review")
    return redirect("register:pair", pair_id=here.pk)


def _pair(request: SignedIn, pair_id: int) -> ReviewPair:
    pairs = queries_review.pairs(request.user, clock.now())
    return one(
        pairs.select_related(
            "record__person__household", "candidate__person__household", "county", "held_by"
        ),
        pk=pair_id,
    )


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
                second_by=second, visit_note=form.cleaned_data["visit_note"],
            )  # fmt: skip
            return _next(request, found)
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader()))
    context = {
        "pair": found,
        "reason": reason_of(found),
        "is_blind": found.lottery_id is not None and found.state in ("open", "unsure"),
        "held": found.held_by if policies.is_held(found, request.user, at) else None,
        "stakes": queries_review.stakes_of(found),
        "homes": queries_review.homes_of(found, request.user, at),
        "state": PAIR[found.state][0],
        "left": queries_review.side_of(found.record),
        "right": queries_review.side_of(found.candidate),
        "lines": queries_review.lines_of(found),
        "decisions": queries_review.decisions_of(found),
        "why_two": policies.why_two(found) or policies.why_two_to_part(found),
        "form": form,
        "undo": SecondForm(),
        "needs_visit": policies.may_hide(found),
        "progress": queries_review.progress(request.user, at),
        "following": queries_review.following(request.user, at, found),
    }
    return render(request, "register/pair.html", context)


def _second(request: SignedIn, found: ReviewPair, said: dict[str, str]) -> Officer | None:
    """Return the second officer where one is needed: present, with their own password - a name alone is nobody's consent."""
    if not said["second"]:
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
    """Take the next waiting pair in hand and go on to it, else back to the list."""
    at = clock.now()
    following = queries_review.following(request.user, at, done)
    if following is None:
        return redirect("register:review")
    actions.take_pair(by=request.user, at=at, pair=following)
    return redirect("register:pair", pair_id=following.pk)


@login_required
@require_POST
def undo(request: SignedIn, pair_id: int) -> HttpResponse:
    """Take a decision back."""
    found, form = _pair(request, pair_id), SecondForm(request.POST)
    if not form.is_valid():
        messages.error(request, wrong_in(form))
        return redirect("register:pair", pair_id=found.pk)
    try:
        second = _second(request, found, form.cleaned_data)
        actions.undo_decision(
            by=request.user, at=clock.now(), pair=found, reason=form.cleaned_data["reason"], second_by=second
        )
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:pair", pair_id=found.pk)
