"""A one-time password opens one page: the one to choose one's own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]


def own_password_first(get_response: Answer) -> Answer:
    """Lead whoever logged in with a one-time password to the page where they choose their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        officer = getattr(request, "user", None)
        if officer is not None and officer.is_authenticated and officer.one_time_until is not None:
            allowed = {reverse("access:password"), reverse("access:log_out")}
            if request.path not in allowed and not request.path.startswith(("/static/", "/language/")):
                return redirect("access:password")
        return get_response(request)

    return middleware
