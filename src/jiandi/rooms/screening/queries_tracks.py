"""What visits leave behind beside their answers, as tables for the ranking: the doors' positions, pictures' fingerprints, forms' logs."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from jiandi.core.estimate.pictures import Pictures
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.screening.models import Attachment, Campaign, Visit, VisitLog, VisitTask
from jiandi.rooms.screening.queries_snapshot import Columns, load

_DWELLINGS: Columns = {
    "dwelling_id": ("d.id", pa.int64()),
    "lat": ("d.lat", pa.float64()),
    "lon": ("d.lon", pa.float64()),
}
_PICTURES: Columns = {
    "visit_id": ("v.id", pa.int64()),
    # Who is visited without a known door has one by their task: only sameness matters.
    "door": ("COALESCE(v.dwelling_id, -v.task_id)", pa.int64()),
    "officer_id": ("v.worker_id", pa.int64()),
    "file": ("a.sha256", pa.string()),
    "picture": ("a.picture_bits", pa.int64()),
    "mirrored": ("a.mirrored_bits", pa.int64()),
}

_LOGS: Columns = {
    "visit_id": ("l.visit_id", pa.int64()),
    **{
        name: (f"l.{name}", pa.float64())
        for name in ("seconds", "spread", "edits", "returns", "away", "lat", "lon")
    },
    **{name: (f"l.{name}", pa.int64()) for name in ("jumps", "resumes", "errors")},
    "is_mocked": ("CASE WHEN l.is_mocked THEN 1 ELSE 0 END", pa.int8()),
}


def add_tracks(con: duckdb.DuckDBPyConnection) -> None:
    """Add `dwellings`, `pictures` and `logs` to a snapshot of visits; blind re-visits stay apart as they do there."""
    visits, tasks, files = (model._meta.db_table for model in (Visit, VisitTask, Attachment))
    doors = f"FROM {Dwelling._meta.db_table} d WHERE d.lat IS NOT NULL AND d.lon IS NOT NULL ORDER BY d.id"
    load(con, "dwellings", _DWELLINGS, doors)
    applied = f"JOIN {tasks} t ON t.id = v.task_id WHERE v.state = 'applied' AND t.purpose <> 'revisit'"
    kept = f"FROM {files} a JOIN {visits} v ON v.id = a.visit_id {applied} AND a.picture_bits IS NOT NULL"
    load(con, "pictures", _PICTURES, f"{kept} ORDER BY a.id")
    read = (
        f"FROM {VisitLog._meta.db_table} l JOIN {visits} v ON v.id = l.visit_id {applied} AND l.screens > 0"
    )
    load(con, "logs", _LOGS, f"{read} ORDER BY l.visit_id")


def pictures_of(campaign: Campaign) -> tuple[list[int], Pictures]:
    """Return the ids of a county's pictures and their fingerprints in the same order, whichever round they are of.

    A picture of an earlier round used again is a picture used again; what was erased is not there any more.
    """
    county = campaign.place.county_id or campaign.place_id
    kept = Attachment.objects.filter(
        picture_bits__isnull=False, visit__state=Visit.State.APPLIED, visit__county=county
    ).exclude(visit__task__purpose="revisit")
    columns = ("visit__dwelling", "visit__task", "visit__worker", "sha256", "picture_bits", "mirrored_bits")
    ids: list[int] = []
    rows: list[tuple[int, ...]] = []
    files: dict[str, int] = {}
    for pk, visit, dwelling, task, worker, sha256, *bits in kept.order_by("pk").values_list(
        "pk", "visit", *columns
    ):
        ids.append(pk)
        rows.append(
            (visit, dwelling or -(task or 0), worker or -1, files.setdefault(sha256, len(files)), *bits)
        )
    return ids, Pictures.of(np.array(rows, dtype=np.int64).reshape(-1, 6).T)
