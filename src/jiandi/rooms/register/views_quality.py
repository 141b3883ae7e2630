"""Whether the departments' lists get better, and whether what was sent back was put right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiandi.core.rosters.kinds import catalogue, kind_of
from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import queries_quality, queries_rosters
from jiandi.rooms.register.models import Roster

COLUMNS = (
    Text(zh="报送单位", en="Unit"), Text(zh="类别", en="Kind"), Text(zh="截至日", en="As of"), Text(zh="报送时间", en="Delivered"),
    Text(zh="行数", en="Rows"), Text(zh="未收(%)", en="Refused (%)"), Text(zh="整理(%)", en="Repaired (%)"),
    Text(zh="缺证件号(%)", en="Number missing (%)"), Text(zh="证件号有误(%)", en="Number invalid (%)"),
    Text(zh="请更正(条)", en="Corrections asked"), Text(zh="已更正", en="Mended"), Text(zh="仍未更正", en="Still open"),
    Text(zh="其中无法跟踪", en="Of these not to be followed"),
)  # fmt: skip


def _asked(request: SignedIn, at: datetime) -> tuple[QuerySet[Roster], QuerySet[Roster], str, str]:
    """Return what the reader may open, what of it is asked for, and the unit and kind that were asked for."""
    if not has_verb(request.user, "register.deliver_roster", at):
        permit(request.user, "register.read_roster", at=at)
    listed = queries_rosters.readable(request.user, at)
    unit, kind = request.GET.get("unit", ""), request.GET.get("kind", "")
    unit, kind = unit if unit.isdecimal() else "", kind if kind in catalogue().kinds else ""
    return listed, queries_quality.narrowed(listed, int(unit) if unit else None, kind), unit, kind


@login_required
@require_GET
def quality(request: SignedIn) -> HttpResponse:
    """Show each unit's lists with the latest figures and where they are going; of one list, every delivery."""
    listed, asked, unit, kind = _asked(request, clock.now())
    at, _, code = request.GET.get("after", "").partition(":")
    after = (int(at), code) if at.isdecimal() else None
    lines, last = queries_quality.lines(asked, after)
    kept = {"unit": unit, "kind": kind}
    context = {
        "lines": lines,
        "one": lines[0] if unit and kind and lines else None,
        "next": f"?{urlencode(kept | {'after': f'{last[0]}:{last[1]}'})}" if last else "",
        "first": f"?{urlencode(kept)}" if after else "",
        "units": [(str(one.pk), one.name) for one in queries_quality.units_of(listed)],
        "kinds": [(k.code, k.title) for k in catalogue().kinds.values()],
        "unit": unit,
        "kind": kind,
        "export": f"?{urlencode(kept)}",
        "width": queries_quality.SPARK_WIDTH,
        "height": queries_quality.SPARK_HEIGHT,
    }
    return render(request, "register/quality.html", context)


@login_required
@require_GET
def quality_export(request: SignedIn) -> HttpResponse:
    """Give every delivery's figures as Excel."""
    at = clock.now()
    _, asked, _, _ = _asked(request, at)
    title = Text(zh="名册质量", en="Quality of the lists")
    return excel_response(title, COLUMNS, _rows(asked), unit=request.user.unit, by=request.user, at=at)


def _rows(asked: QuerySet[Roster]) -> Iterator[tuple[object, ...]]:
    for one in queries_quality.delivered(asked):
        roster = one.roster
        shares = [_hundredths(share) for share in (one.refused, one.repaired, one.missing, one.invalid)]
        yield (
            roster.unit.name, kind_of(roster.kind).title, roster.reference_on, roster.delivered_at, one.rows, *shares,
            one.sent, None if one.sent is None else one.mended, one.open, one.unfollowed,
        )  # fmt: skip


def _hundredths(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
