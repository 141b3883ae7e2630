"""What changed since the last match run: rosters that came, were replaced or taken back, people met at doors since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jiandi.core.values import Refused
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Judgement, Roster
from jiandi.rooms.register.rebuilding import beside_shelf, on_shelf

# Beyond this the measure of how common names and telephones are no longer fits, and is counted anew.
DRIFT = 0.25
# Where more than half changed, working everything out again is less work than finding out what need not be.
MOST_CHANGED = 0.5
_SEEN = {"roster_id": pa.int64(), "tag": pa.string(), "digest": pa.string()}
_JUDGED = {"id": pa.int64(), "record_a": pa.int64(), "record_b": pa.int64(), "is_live": pa.bool_()}
Folders = dict[int, tuple[str, Path]]


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows came and how many left since the last run; the tables `came` and `gone` hold them."""

    added: int
    removed: int


def is_far_off(con: duckdb.DuckDBPyConnection, folders: Folders) -> bool:
    """Answer whether the register has grown or shrunk so much that names must be counted anew."""
    counted = con.execute("SELECT rows FROM kept.counted").fetchall()[0][0]
    return bool(abs(_rows(folders) - counted) > DRIFT * counted)


def note_counted(con: duckdb.DuckDBPyConnection, folders: Folders) -> None:
    """Keep over how many rows names were counted."""
    con.execute(f"CREATE OR REPLACE TABLE kept.counted AS SELECT {_rows(folders)}::BIGINT AS rows")


def since_last(
    con: duckdb.DuckDBPyConnection, rosters: list[Roster], folders: Folders, scratch: Path
) -> Change | None:
    """Make came(record_id) and gone (records as they were), or return None where everything must be worked out again.

    Everything, when rows the last run read are no longer to be had as it read them, or when most of the register changed.
    """
    seen = {row[0]: row[1:] for row in con.execute("SELECT * FROM kept.seen").fetchall()}
    delivered = {roster.pk for roster in rosters if roster.state != Roster.State.STANDING}
    if any(not _is_as_read(one, seen[one], folders[one][1]) for one in delivered & seen.keys()):
        return None
    left = _left(sorted(seen.keys() - delivered), seen, scratch)
    if left is None:
        return None
    standing = [roster.pk for roster in rosters if roster.state == Roster.State.STANDING]
    con.execute(f"CREATE TEMP TABLE met_now AS FROM records WHERE roster_id IN {_list(standing)}")
    con.execute(f"""
        CREATE TEMP TABLE came AS SELECT record_id FROM records WHERE roster_id IN {_list(delivered - seen.keys())}
            UNION SELECT record_id FROM (FROM met_now EXCEPT FROM kept.met);
        CREATE TEMP TABLE gone AS (FROM kept.met EXCEPT FROM met_now)""")
    if left:
        con.execute(f"INSERT INTO gone BY NAME FROM read_parquet({left!r}, union_by_name=true)")
    added, removed = con.execute(
        "SELECT (SELECT count(*) FROM came), (SELECT count(*) FROM gone)"
    ).fetchall()[0]
    return Change(added, removed) if added + removed <= MOST_CHANGED * _rows(folders) else None


def note(con: duckdb.DuckDBPyConnection, rosters: list[Roster], folders: Folders) -> None:
    """Keep what was read in this run: each roster's seal and digest, those met at doors, and every decision of people."""
    known = (
        {row[0]: row[1:] for row in con.execute("SELECT * FROM kept.seen").fetchall()}
        if _is_noted(con)
        else {}
    )
    seen = []
    for roster in rosters:
        if roster.state == Roster.State.STANDING:
            continue
        tag = shelf.tag(roster.pk)
        before = known.get(roster.pk, ("", ""))
        seen.append((roster.pk, tag, before[1] if before[0] == tag else _digest(folders[roster.pk][1])))
    standing = [roster.pk for roster in rosters if roster.state == Roster.State.STANDING]
    shelf.load(con, "kept.seen", _SEEN, seen)
    con.execute(f"CREATE OR REPLACE TABLE kept.met AS FROM records WHERE roster_id IN {_list(standing)}")
    shelf.load(con, "kept.judged", _JUDGED, _judged())


def judged_since(con: duckdb.DuckDBPyConnection) -> None:
    """Make reconsidered(record_id): the rows people decided about, or took a decision back about, since the last run."""
    shelf.load(con, "judged_now", _JUDGED, _judged())
    con.execute("""CREATE TEMP TABLE reconsidered AS
        WITH differing AS ((FROM judged_now EXCEPT FROM kept.judged) UNION ALL (FROM kept.judged EXCEPT FROM judged_now))
        SELECT record_a AS record_id FROM differing UNION SELECT record_b FROM differing""")


def _judged() -> list[tuple[int, int, int, bool]]:
    made = Judgement.objects.order_by("pk").values_list("pk", "record_id", "candidate_id", "superseded_at")
    return [(pk, a, b, superseded is None) for pk, a, b, superseded in made.iterator(shelf.CHUNK)]


def _is_noted(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'kept' AND table_name = 'seen'"
    ).fetchall()
    return bool(found)


def _left(gone: list[int], seen: dict[int, tuple[str, str]], scratch: Path) -> list[str] | None:
    """Return the files of records that left, as they were read; None when one of them cannot be had so."""
    files = []
    for roster in Roster.objects.filter(pk__in=gone).select_related("unit__place").order_by("pk"):
        try:
            is_off = roster.state == Roster.State.WITHDRAWN
            folder = (beside_shelf if is_off else on_shelf)(roster, scratch)
        except (OSError, Refused):
            return None
        if not _is_as_read(roster.pk, seen[roster.pk], folder):
            return None
        files += shelf.files(folder, "records")
    return files


def _is_as_read(roster_id: int, seen: tuple[str, str], folder: Path) -> bool:
    tag, digest = seen
    return (tag != "" and shelf.tag(roster_id) == tag) or _digest(folder) == digest


def _digest(folder: Path) -> str:
    """Return a digest of a roster's records that does not hang on their order."""
    files = shelf.files(folder, "records")
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT count(*), bit_xor(hash(r)) FROM read_parquet({files!r}) r").fetchall()
    return f"{duckdb.__version__}:{rows[0][0]}:{rows[0][1]}"


def _rows(folders: Folders) -> int:
    files = [file for _, folder in folders.values() for file in shelf.files(folder, "records")]
    return sum(pq.read_metadata(file).num_rows for file in files)


def _list(numbers: object) -> str:
    """Return numbers as SQL writes a list; -1, which no roster has, stands in an empty one."""
    return f"({', '.join(map(str, sorted(numbers))) or '-1'})"  # type: ignore[call-overload]
