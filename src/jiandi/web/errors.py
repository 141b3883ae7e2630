"""One mapping from refusals to what a person sees: the sentence, the code, the way on."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.permissions import NOT_THERE

# Endings first: "access.too_many" is 429, every other "access." is 403.
STATUS_OF = {"not_found": 404, "conflict": 409, "too_large": 413, "too_many": 429, "access.": 403}

NOT_FOUND = NOT_THERE
BROKEN = Text(
    zh="系统出错了。没有任何已提交的内容丢失;请稍后再试,或把时间告诉管理员。",
    en="Something broke on our side. Nothing you had submitted is lost; try again, or tell the administrator the time.",
)
EXPIRED = Text(
    zh="这一页打开太久了,请返回、刷新后再提交一次。",
    en="This page had been open too long. Go back, reload, and send it again.",
)

Answer = Callable[[HttpRequest], HttpResponse]


def status_of(code: str) -> int:
    """Return the HTTP status of a refusal code; 400 where nothing more exact fits."""
    for start, status in STATUS_OF.items():
        if code.startswith(start) or code.endswith(start):
            return status
    return 400


def _page(request: HttpRequest, status: int, code: str, text: Text) -> HttpResponse:
    template = "error_fragment.html" if getattr(request, "htmx", False) else "error.html"
    return render(request, template, {"code": code, "text": text, "status": status}, status=status)


def refusals(get_response: Answer) -> Answer:
    """Turn a refusal raised anywhere into its sentence and status."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return _page(request, status_of(exception.code), exception.code, exception.text)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """Answer for pages that do not exist and for objects the reader may not know of."""
    return _page(request, 404, "not_found", NOT_FOUND)


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Answer where the reader is known and the page is not for them."""
    return _page(request, 403, "access.forbidden", NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when our own code failed."""
    return _page(request, 500, "broken", BROKEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer when a form was too old or came from elsewhere."""
    return _page(request, 403, "access.form_expired", EXPIRED)
