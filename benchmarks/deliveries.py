"""Time of delivering one large roster through the action of an upload and of `jiandi roster deliver`, report and shelf included.

    python benchmarks/deliveries.py --rows 1000000 --layout hukou --format csv [--bad 0.04] [--folder /tmp/x] [--limit]
    python benchmarks/deliveries.py --bad-input identical --rows 10000000

Writing the file is not timed. The delivery runs in a process of its own against the embedded database as in service (WAL, FULL), new
each time. Prints one line of JSON a measurement; `--limit` adds DuckDB reading the same cells and sealing them, and of a workbook its
parser alone. `--bad-input`: identical, twice, killed, full, bomb, long, shifted, county.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

UNITS = {"hukou": "明溪县公安局", "dibao": "明溪县民政局", "left_behind": "清溪镇人民政府"}
AT, REFERENCE = datetime(2026, 11, 2, 1, tzinfo=UTC), date(2026, 11, 1)
COUNTED = ("rows", "accepted", "repaired", "refused", "records")


def used(before: dict[str, float] | None = None) -> dict[str, float]:
    """Return seconds of wall and processor since `before`, and the peaks of memory of this process and of its largest child."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    now = {
        "wall_s": time.monotonic(),
        "cpu_s": own.ru_utime + own.ru_stime,
        "child_cpu_s": children.ru_utime + children.ru_stime,
    }
    spent = {name: round(value - before[name], 1) if before else value for name, value in now.items()}
    return spent | {"peak_mb": own.ru_maxrss // 1024, "child_peak_mb": children.ru_maxrss // 1024}


def set_up() -> None:
    """Make the database of a county with its officers, units, towns and villages."""
    import django  # noqa: PLC0415 - the folder of its data must be known first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from benchmarks import delivered_files  # noqa: PLC0415 - as above
    from jiandi.rooms.places.models import Place  # noqa: PLC0415 - as above
    from tests import people  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    if Place.objects.exists():
        return
    people.build_county()
    county = Place.objects.get(pk=people.COUNTY)
    above = {"province_id": county.province_id, "city_id": county.city_id, "county_id": county.pk}
    Place.objects.bulk_create(
        Place(id=n, name=name, full_name=name, level=level, parent_id=parent, **above, **{"town_id": n if level == 4 else parent}, **({"village_id": n} if level == 5 else {}))
        for n, name, level, parent in delivered_files.places()
    )  # fmt: skip


def deliver(file: Path, unit: str, name: str) -> dict[str, Any]:
    """Deliver a file in this process and tell what became of it and what it took."""
    from jiandi.core.values import Refused  # noqa: PLC0415 - Django is set up before
    from jiandi.rooms.register import actions  # noqa: PLC0415 - as above
    from tests import people  # noqa: PLC0415 - as above

    by, sender, before = people.officer("steward"), people.unit(unit), used()
    try:
        roster = actions.deliver(
            by=by, at=AT, unit=sender, file_name=name, content=file, reference_on=REFERENCE
        )
    except Refused as refusal:
        return {"refused": refusal.code, "zh": refusal.text.zh, "en": refusal.text.en} | used(before)
    told = {"roster": roster.pk, "kind": roster.kind, "state": roster.state}
    told |= {name: roster.report.get(name) for name in COUNTED}
    told |= {
        "warnings": roster.report.get("warnings"),
        "refusals": roster.report.get("refusals"),
    } | roster.refusal
    return told | used(before)


def count() -> dict[str, int]:
    """Return how many rosters, records and lines of reports the database holds."""
    from jiandi.rooms.register.models import Record, Roster, RowOutcome  # noqa: PLC0415 - Django is set up before

    return {model.__name__: model.objects.count() for model in (Roster, Record, RowOutcome)}


def limit(file: Path, form: str) -> dict[str, Any]:
    """Do the least that any delivery must: DuckDB reads the cells (a workbook's parser walks them), one sealed copy is written."""
    import duckdb  # noqa: PLC0415 - only what is timed is loaded

    from jiandi.rooms.access import sealing  # noqa: PLC0415 - as above

    before = used()
    if form == "xlsx":
        import python_calamine  # noqa: PLC0415 - as above

        book = python_calamine.CalamineWorkbook.from_path(str(file))
        rows = sum(1 for _ in book.get_sheet_by_index(0).iter_rows())
        return {"limit": "parser", "rows": rows} | used(before)
    plain = file
    if form == "gbk":
        plain = file.with_suffix(".utf8")
        with file.open(encoding="gb18030", newline="") as text, plain.open("w", encoding="utf-8", newline="") as out:  # fmt: skip
            shutil.copyfileobj(text, out, 1 << 20)
    con, cells = duckdb.connect(), file.with_suffix(".parquet")
    named = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(14))
    con.execute(f"COPY (FROM read_csv('{plain}', auto_detect=false, columns={{{named}}}, delim=',', quote='\"', header=false, null_padding=true, strict_mode=false, parallel=false)) TO '{cells}' (FORMAT parquet, COMPRESSION zstd)")  # fmt: skip
    ((rows,),) = con.execute(f"SELECT count(*) FROM '{cells}'").fetchall()
    for number, path in enumerate((file, cells)):
        sealing.seal_large(path, file.with_suffix(f".sealed{number}"), domain="limit")
        shutil.rmtree(file.with_suffix(f".sealed{number}"))
    cells.unlink()
    return {"limit": "read and seal", "rows": rows} | used(before)


def alone(folder: Path, *arguments: str, **more: str) -> dict[str, Any]:
    """Run one measurement in a process of its own, with more in its environment, and return its line."""
    environment = {**os.environ, "JIANDI_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "jiandi.web.settings", **more}  # fmt: skip
    done = subprocess.run([sys.executable, __file__, "--alone", *arguments], env=environment, capture_output=True, text=True)  # fmt: skip
    last = done.stdout.strip().splitlines()[-1:] or ["{}"]
    return json.loads(last[0]) | (
        {"died": done.returncode, "said": done.stderr[-1500:]} if done.returncode else {}
    )


def left_over(folder: Path) -> dict[str, Any]:
    """Return what a folder of data holds of working files, half-sealed files and rosters, in bytes and counts."""
    analysis = list((folder / "data" / "analysis").glob("*"))
    halves = [
        *(folder / "data" / "sealed").rglob("*.part"),
        *(p for p in analysis if p.name.startswith("scratch")),
    ]
    size = sum(p.stat().st_size for p in (folder / "data").rglob("*") if p.is_file())
    return {"data_mb": size >> 20, "left": [p.name for p in halves], "shelved": sum(p.name.startswith("roster") for p in analysis)}  # fmt: skip


def make(folder: Path, asked: argparse.Namespace, name: str = "delivered", **more: Any) -> Path:
    """Write the file that is asked for: not timed, and by another process, or its peak of memory would count as ours."""
    path = folder / f"{name}.{'xlsx' if asked.format == 'xlsx' else 'csv'}"
    wanted = {name: getattr(asked, name) for name in ("layout", "rows", "bad", "seed")} | {
        "form": asked.format
    }
    made = alone(folder, "make", str(path), json.dumps(wanted | more))
    assert path.exists(), made
    return path


def say(asked: argparse.Namespace, what: dict[str, Any]) -> None:
    """Print one measurement."""
    load = os.getloadavg()[0]
    named = {"layout": asked.layout, "format": asked.format, "load": round(load, 1)}
    print(json.dumps(named | what, ensure_ascii=False), flush=True)


def main() -> int:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--format", choices=("csv", "gbk", "xlsx"), default="csv")
    parser.add_argument("--layout", choices=tuple(UNITS), default="hukou")
    parser.add_argument("--bad", type=float, default=0.04, help="share of rows with a defect")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; emptied at the end")
    parser.add_argument("--limit", action="store_true", help="also measure the least any delivery must do")
    parser.add_argument("--bad-input", help="deliver what offices must not send, and tell what is said")
    parser.add_argument("--alone", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        return _one(asked.alone)
    folder = Path(tempfile.mkdtemp(prefix="jiandi-deliveries-", dir=asked.folder))
    try:
        alone(folder, "set_up")
        if asked.bad_input:
            from benchmarks import delivered_badly  # noqa: PLC0415 - only where it is asked for

            story: Callable[[Path, argparse.Namespace], None] = delivered_badly.STORIES[asked.bad_input]
            story(folder, asked)
            return 0
        file = make(folder, asked)
        say(asked, {"file_mb": file.stat().st_size >> 20, **alone(folder, "deliver", str(file), UNITS[asked.layout], "名册" + file.suffix), **left_over(folder)})  # fmt: skip
        if asked.limit:
            say(asked, alone(folder, "limit", str(file), asked.format))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _one(words: list[str]) -> int:
    """Do one thing in this process and print its line: set_up, make FILE HOW, deliver FILE UNIT NAME, or limit FILE FORMAT."""
    verb, *rest = words
    set_up()
    if verb == "make":
        from benchmarks import delivered_files  # noqa: PLC0415 - only where it is asked for

        delivered_files.write(Path(rest[0]), **json.loads(rest[1]))
        print("{}")
    elif verb == "deliver":
        if most := int(os.environ.get("JIANDI_MOST_BYTES") or 0):
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        if os.environ.get("JIANDI_PROFILE"):
            import cProfile  # noqa: PLC0415 - only where it is asked for

            profile = cProfile.Profile()
            found = profile.runcall(deliver, Path(rest[0]), rest[1], rest[2])
            profile.dump_stats(os.environ["JIANDI_PROFILE"])
        else:
            found = deliver(Path(rest[0]), rest[1], rest[2])
        print(json.dumps(found, ensure_ascii=False))
    elif verb == "count":
        print(json.dumps(count()))
    elif verb == "limit":
        print(json.dumps(limit(Path(rest[0]), rest[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
