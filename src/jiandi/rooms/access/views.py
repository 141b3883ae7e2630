"""Log-in and log-out, one's own password, notices and ties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions, clock, queries
from jiandi.rooms.access.actions_notices import read_notices
from jiandi.rooms.access.actions_passwords import DEMO_PASSWORD, choose_password
from jiandi.rooms.access.forms import ConflictForm, PasswordForm
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Conflict, Installation, Officer
from jiandi.rooms.access.roles import ROLES

PAGE = 50


class LogIn(LoginView):
    """Ask for user name and password; a demonstration also says which accounts there are."""

    template_name = "access/log_in.html"
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        """In a demonstration a role's line fills in its user name."""
        return {"username": self.request.GET.get("as", "")[:40]} if demo_accounts() else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's accounts."""
        accounts = demo_accounts()
        return super().get_context_data(**kwargs) | {
            "accounts": accounts,
            "password": DEMO_PASSWORD if accounts else "",
        }


class LogOut(LogoutView):
    """End the session and tell the browser to forget what it kept (ASVS 14.3.1)."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


log_in = LogIn.as_view()
log_out = LogOut.as_view()


def demo_accounts() -> list[dict[str, Any]]:
    """Return one account of each role, in a demonstration only."""
    if not Installation.objects.filter(pk=1, is_demo=True).exists():
        return []
    found = Officer.objects.filter(is_demo=True, is_active=True).exclude(password__startswith="!")
    accounts = []
    for role, text in ROLES.items():
        officer = found.filter(grants__role=role).select_related("unit").order_by("pk").first()
        if officer is not None:
            accounts.append({"role": text, "officer": officer})
    return accounts


@login_required
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password."""
    officer = _officer(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            choose_password(
                by=officer, at=clock.now(), old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
        else:
            update_session_auth_hash(request, officer)
            messages.success(
                request,
                say(
                    Text(
                        zh="密码已更改,其他地方的登录已退出。",
                        en="Your password is changed; other sessions are ended.",
                    )
                ),
            )
            return redirect("home")
    return render(
        request, "access/password.html", {"form": form, "is_first": officer.one_time_until is not None}
    )


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """Show what an officer was told, newest first; opening the page marks it read."""
    officer = _officer(request)
    if request.method == "POST":
        read_notices(by=officer, at=clock.now())
        return redirect("access:notices")
    return render(request, "access/notices.html", {"notices": queries.notices(officer)[:200]})


@login_required
def ties(request: HttpRequest) -> HttpResponse:
    """Declare a tie to a person: whatever is held about them no longer exists for oneself."""
    officer = _officer(request)
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = queries.find_openable(officer, "person", form.cleaned_data["code"].upper())
            actions.declare_conflict(
                by=officer,
                at=clock.now(),
                subject_kind="person",
                subject_id=person.pk,
                tie=form.cleaned_data["tie"],
            )
        except Refused as refusal:
            form.add_error(None, say(refusal.text))
        else:
            messages.success(
                request,
                say(
                    Text(
                        zh="已申报。与此人有关的事项不再交给您。",
                        en="Declared. Matters about this person will not come to you.",
                    )
                ),
            )
            return redirect("access:ties")
    declared = Conflict.objects.filter(officer=officer).order_by("-pk")
    return render(request, "access/ties.html", {"form": form, "ties": declared})


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    return request.user
