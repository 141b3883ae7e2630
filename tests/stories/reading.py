"""How a curious officer reads: every page, export and address where a case could show."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.urls import reverse
from openpyxl import load_workbook

from jiandi.rooms.access.models import Installation
from jiandi.rooms.cases.models import Case
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Person
from tests import people


def it_is(moment: datetime) -> None:
    """Set the console's clock, as demonstrations may."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=moment)


def pages_where_it_could_show(her: Person) -> list[str]:
    """Every list, count, search, export and log a reader could try."""
    return [
        reverse("home"),
        reverse("cases:cases"),
        reverse("cases:cases") + "?state=open",
        reverse("cases:ledger"),
        reverse("cases:inbox"),
        reverse("cases:to_verify"),
        reverse("cases:look_backs"),
        reverse("checks:alerts"),
        reverse("checks:alerts") + "?rule=R2",
        reverse("checks:export"),
        reverse("access:log"),
        reverse("access:log") + "?room=cases",
        reverse("access:log") + "?excel=1",
        reverse("access:notices"),
        reverse("places:place", args=[people.VILLAGE_A1]),
        reverse("register:person", args=[her.code]),
        reverse("register:household", args=[her.household.code]),
    ]


def addresses_of(alert: Alert, case: Case) -> list[str]:
    """The addresses of the thing itself, typed in by hand."""
    return [
        reverse("checks:alert", args=[alert.pk]),
        reverse("cases:open_from_alert", args=[alert.pk]),
        reverse("cases:case", args=[case.pk]),
        reverse("cases:plan", args=[case.pk]),
        reverse("cases:person_file", args=[case.pk]),
        reverse("cases:verify", args=[case.pk]),
    ]


def everything_in(response: Any) -> str:
    """What a reader gets to see: the page's text, or each cell of a workbook."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        book = load_workbook(io.BytesIO(content))
        return "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell)
    return content.decode()
