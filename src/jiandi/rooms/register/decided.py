"""Values two people decided on: they stand before every row, follow a person through merges, and outlast every match run."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jiandi.core.codes import code_tables, read_code
from jiandi.core.identity import read_date
from jiandi.core.values import Refused, Text
from jiandi.rooms.register.models import ChangeRequest, Person
from jiandi.rooms.register.standing import numbers_of, standing_for

# A death is entered as one (it needs a second source); numbers and homes are the departments' own to mend.
MAY_STAND = ("name", "sex", "birth_on", "phone", "address")
_LONGEST = {"name": 60, "phone": 30, "address": 200}
LIVE = {"stands": True, "superseded_at__isnull": True, "taken_back_at__isnull": True}


def canonical(field: str, proposed: str, at: datetime) -> str:
    """Return a proposed value as rows write it: sex 1 or 2, a day as YYYY-MM-DD; refuse what cannot be read or may not stand."""
    text, read = proposed.strip(), ""
    if field == "sex":
        read = sex_said(text)
    elif field == "birth_on":
        reading = read_date(text, reference_on=timezone.localdate(at))
        read = reading.on.isoformat() if reading.on and reading.precision == "day" else ""
    elif field in MAY_STAND and len(text) <= _LONGEST[field]:
        read = text
    if not read:
        raise Refused(
            "register.value_cannot_stand",
            Text(
                zh=f"“{text}”不能在登记册中直接采用:性别写男或女,出生日期写到日,死亡须另行登记。仍可转部门更正。",
                en=f"“{text}” cannot stand in the register: sex is M or F, a birth names the day, a death is entered as one. It can still go to the department.",
            ),
        )
    return read


def sex_said(text: str) -> str:
    """Return 1 or 2 for what people write of a sex, by the code table; nothing for anything else."""
    value = read_code(code_tables()["sex"], text).value
    return value if value in ("1", "2") else ""


def standing_changes(people: Collection[int] | None = None) -> dict[int, dict[str, ChangeRequest]]:
    """Return by the number they stand under now, then by attribute, the decided values in force; the latest where two were merged."""
    live: QuerySet[ChangeRequest] = ChangeRequest.objects.filter(**LIVE)
    if people is not None:
        live = live.filter(person__in=numbers_of(people))
    changes = list(live.order_by("decided_at", "pk"))
    onwards = standing_for(change.person_id for change in changes)
    found: dict[int, dict[str, ChangeRequest]] = {}
    for change in changes:
        found.setdefault(onwards.get(change.person_id, change.person_id), {})[change.field] = change
    return found


def standing_change(person: Person, field: str) -> ChangeRequest | None:
    """Return the decided value that stands for one attribute of a person."""
    return standing_changes([person.pk]).get(person.pk, {}).get(field)


def columns_of(field: str, value: str) -> dict[str, Any]:
    """Return a canonical value as a person's row holds it."""
    if field == "sex":
        return {"sex": int(value)}
    if field == "birth_on":
        return {"birth_on": date.fromisoformat(value), "birth_precision": "day"}
    return {field: value}
