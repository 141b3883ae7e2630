"""What every answer carries: the browser's protections, the reader's language, logs without people in them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGE_COOKIE = "jiandi_language"
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    ]
)

Answer = Callable[[HttpRequest], HttpResponse]


def browser_protections(get_response: Answer) -> Answer:
    """Send the strict content policy and keep pages about people out of every cache (ASVS 14.3.2)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def language_of(request: HttpRequest) -> str:
    """Return zh or en: what the reader chose, else the installation's own language."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in ("zh", "en"):
        return chosen
    return "en" if settings.LANGUAGE_CODE == "en" else "zh"


def readers_language(get_response: Answer) -> Answer:
    """Show dates, forms and sentences in the language the reader chose."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = language_of(request)
        with translation.override("en" if chosen == "en" else "zh-hans"):
            response = get_response(request)
        response.headers.setdefault("Content-Language", "en" if chosen == "en" else "zh-CN")
        return response

    return middleware


class WithoutPersonalData(logging.Filter):
    """Drop arguments and tracebacks' local texts: a log line says what failed, never about whom."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None and not settings.DEBUG:
            record.msg = f"{record.name}: {record.exc_info[0].__name__}"
            record.args = ()
            record.exc_text = None
        return True
