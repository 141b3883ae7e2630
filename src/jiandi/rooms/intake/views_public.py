"""The pages for anybody: no log-in, no cookie, no script; nothing of who comes is written anywhere.

Cross-site protection guards what a browser is logged in to; nobody is logged in here, so the pages do without it - and
without its cookie.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader, say
from jiandi.rooms.intake import actions, queries, routing
from jiandi.rooms.intake.forms import TellForm
from jiandi.rooms.intake.states import NAMES

UNKNOWN_CODE = Text(
    zh="没有这个编号的线索。请核对16位数字;也可能输错了一位。",
    en="No report has this number. Please check the sixteen digits; one may be mistyped.",
)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in ("zh", "en") else reader()


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    language = _language(request)
    other = "en" if language == "zh" else "zh"
    response = render(request, template, context | {"language": language, "other": other}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables("code")
def tell(request: HttpRequest) -> HttpResponse:
    """Take in what somebody saw, and give them a receipt."""
    with translation.override("en" if _language(request) == "en" else "zh-hans"):
        form = TellForm(request.POST) if request.method == "POST" else TellForm()
        if request.method == "POST" and form.is_valid():
            try:
                code = "" if form.cleaned_data["website"] else _received(form)
                return _page(request, "intake/received.html", {"code": code})
            except Refused as refusal:
                form.add_error("body", say(refusal.text))
        return _page(request, "intake/tell.html", {"form": form}, 400 if form.is_bound else 200)


def _received(form: TellForm) -> str:
    place = form.chosen_place()
    _, code = actions.receive_report(
        at=clock.now(),
        body=form.cleaned_data["body"],
        place=place,
        about_unit=routing.unit_meant(form.cleaned_data["about"], place),
        danger=form.cleaned_data["danger"],
    )
    return code


@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables("code")
def receipt(request: HttpRequest) -> HttpResponse:
    """Show the reporter what became of their report, and take in replies; the number travels in the form alone."""
    with translation.override("en" if _language(request) == "en" else "zh-hans"):
        if request.method != "POST":
            return _page(request, "intake/receipt.html", {})
        code = request.POST.get("code", "")[:60]
        report = queries.by_code(code)
        if report is None:
            return _page(request, "intake/receipt.html", {"wrong": say(UNKNOWN_CODE)}, 404)
        wrong = ""
        try:
            _note(request, report)
        except Refused as refusal:
            wrong = say(refusal.text)
        context = {
            "code": code,
            "report": report,
            "state": NAMES[report.state],
            "told": queries.messages_of(report),
            "wrong": wrong,
        }
        return _page(request, "intake/receipt.html", context, 400 if wrong else 200)


def _note(request: HttpRequest, report: Any) -> None:
    if request.POST.get("solved") in ("yes", "no"):
        actions.say_solved(at=clock.now(), report=report, solved=request.POST["solved"] == "yes")
    elif "body" in request.POST:
        actions.reply(at=clock.now(), report=report, body=request.POST["body"])
