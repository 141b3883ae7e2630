"""Saying what the lists add up to: counted anew after each linkage, in sets."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from jiandi.rooms.access.bulk import insert
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import counting, policies_standing, shelf
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.models_standing import ListCount, Overlap, Statement

_LIST = ("place", "is_open", "kind", "roster", "lines", "repaired", "people", "only_here", "missing", "added",
         "gone", "changed")  # fmt: skip


@action
def state_lists(*, by: Officer, at: datetime) -> Statement:
    """Count every list at every place: its lines, its people, who is on it alone, who is missing, and where lists overlap.

    Counts of earlier statements stay for the county; those of towns and villages are kept for the latest alone.
    """
    permit(by, "register.state_lists", at=at)
    policies_standing.check_linked()
    county = Installation.objects.select_related("county").get(pk=1).county
    assert county is not None
    (made,) = Statement.objects.bulk_create(
        [Statement(county=county, run=MatchRun.objects.order_by("-pk").first(), made_at=at, made_by=by)]
    )
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        counting.count(con, timezone.localdate(at), scratch)
        lists = con.execute(f"""SELECT {made.pk}, place, is_open, kind, roster_id, lines, repaired, people, only_here, missing,
            added, gone, changed FROM list_counts ORDER BY place, is_open, kind, roster_id NULLS FIRST""").fetchall()
        overlaps = con.execute(f"""SELECT {made.pk}, place, is_open, kinds, people FROM overlap_counts
            ORDER BY place, is_open, people DESC, kinds""").fetchall()
        con.close()
    insert(ListCount, ("statement", *_LIST), lists)
    insert(Overlap, ("statement", "place", "is_open", "kinds", "people"), overlaps)
    for model in (ListCount, Overlap):
        model._default_manager.filter(statement__lt=made).exclude(place=county).delete()
    record(
        "register.state_lists",
        by=by,
        at=at,
        subject=made,
        place=county,
        payload={"run": made.run_id, "lists": len(lists), "overlaps": len(overlaps)},
    )
    return made
