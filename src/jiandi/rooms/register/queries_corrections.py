"""What goes back to a department about its own rows: corrections a steward passed on, and whether the delivery says so now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import walled_off
from jiandi.rooms.register.decided import sex_said
from jiandi.rooms.register.models import ChangeRequest, Record, Roster

WAITING = Text(zh="待部门核对更正", en="for the department to check and correct")
MENDED = Text(zh="本次报送已更正", en="mended in this delivery")
UNKNOWN = Text(zh="待部门核对(系统不比对此项)", en="for the department to check (not compared here)")
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One correction somebody asked for, on the row of this delivery it concerns. Why it was asked stays with the steward."""

    record: Record
    request: ChangeRequest
    state: Text

    @property
    def title(self) -> Text:
        """What is to be corrected."""
        return self.request.title


def asked_for(roster: Roster, by: Officer) -> list[Asked]:
    """Return the corrections passed on about people this delivery names itself, by row; about nobody behind a wall from the reader."""
    return list(_asked(roster, by))


def _asked(roster: Roster, by: Officer) -> Iterator[Asked]:
    named = Record.objects.filter(roster=roster, role=0, person__change_requests__accepted=True)
    ours = named.exclude(walled_off(by, "person__wall")).distinct().order_by("row_no", "pk")[:MOST]
    records = list(ours.select_related("person").prefetch_related("person__change_requests"))
    for record in records:
        assert record.person is not None  # named
        for request in sorted(record.person.change_requests.all(), key=lambda one: one.pk):
            if request.accepted:
                yield Asked(record, request, _state(record, request))


def _state(record: Record, request: ChangeRequest) -> Text:
    """Say whether the row says by now what was asked for, where a row's own columns can tell."""
    proposed = request.proposed.strip()
    says: dict[str, bool] = {
        "name": record.name == proposed,
        "sex": record.sex is not None and str(record.sex) == sex_said(proposed),
        "birth_on": record.birth_on is not None
        and record.birth_on.strftime("%Y%m%d") == "".join(one for one in proposed if one.isdecimal()),
    }
    if request.field not in says:
        return UNKNOWN
    return MENDED if says[request.field] else WAITING
