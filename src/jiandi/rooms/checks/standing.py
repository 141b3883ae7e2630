"""What the last run of the rules stands on, kept sealed, so that a run after a day's visits need not read the county again.

A cache: deleting it loses nothing, the next run then reads everything. It holds for the day of its run, the rules it was
made with, and as long as nothing but visits was written since. The log of events tells that: whatever is not known to
leave the rules' tables alone counts as a change.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from django.db.models import Max, Q
from django.utils import timezone

from jiandi.core.checks import ground
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.checks import packs
from jiandi.rooms.checks.models import Run
from jiandi.rooms.register import queries as register
from jiandi.rooms.register import shelf
from jiandi.rooms.screening import queries as screening

MOST_VISITS = 20_000  # beyond that a run over everything costs no more

# Rooms whose work no rule reads, and single steps of the others that leave every table of the rules as it was, but for
# visits and the people found on them.
OTHER_ROOMS = ("access", "checks", "cases", "assurance", "accountability", "bulletins")
QUIET = (
    *("screening.receive_visit", "screening.receive_visits", "screening.keep_visit"),
    *("screening.add_task", "screening.add_tasks", "screening.grant_excuse", "screening.read_photo"),
    *(
        "register.add_found_person",
        "register.add_found_people",
        "register.find_person",
        "register.read_person",
    ),
    *(
        "register.authorise",
        "register.ask_change",
        "intake.read_report",
        "intake.read_feed",
        "intake.mark_seen",
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The tables of the last run with the visits since, and which those are."""

    con: duckdb.DuckDBPyConnection
    run: Run
    visits: list[int]


def rules_digest(rules: packs.Shelf) -> str:
    """Return what the rules are: each rule's number, version and numbers, and the words of the county's own packs."""
    told = [[rule.id, rule.version, [[t.name, t.default] for t in rule.thresholds]] for rule in rules.rules]
    files = sorted(file for folder in packs.folders() for file in folder.glob("*") if file.is_file())
    digest = hashlib.sha256(json.dumps(told).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def last_event() -> int:
    """Return the number of the newest event in the log."""
    return int(Event.objects.aggregate(last=Max("pk"))["last"] or 0)


def _sealed(run: Run) -> Path:
    return shelf.folder() / f"standing-{run.token}"


def keep(con: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Keep what a run stood on, in place of what was kept before; whole or not at all.

    It opens for this run of this database alone: the run's token stands in the seal.
    """
    run.token = os.urandom(16).hex()
    run.save(update_fields=["token"])
    forget()
    with shelf.scratch() as half:
        plain = half / "standing.duckdb"
        con.execute(f"ATTACH '{plain}' AS kept")
        for table in ground.kept(con):
            con.execute(f'CREATE TABLE kept."{table}" AS FROM "{table}"')
        con.execute("DETACH kept")
        sealing.seal_large(plain, half / "sealed", domain=_domain(run))
        (half / "sealed").rename(_sealed(run))


def _domain(run: Run) -> str:
    return f"standing:{run.token}"


def forget() -> None:
    """Take away what was kept."""
    for folder in shelf.folder().glob("standing-*"):
        shutil.rmtree(folder, ignore_errors=True)


def last_run() -> Run | None:
    """Return the last run that came to its end."""
    return Run.objects.filter(finished_at__isnull=False).order_by("-pk").first()


def still_holds(run: Run, at: datetime) -> bool:
    """Tell whether nothing but visits was written since a run, on its own day and by the same rules."""
    if run.reference_on != timezone.localdate(at) or run.rules != rules_digest(packs.shelf()):
        return False
    quiet = Q(verb__in=QUIET)
    for room in OTHER_ROOMS:
        quiet |= Q(verb__startswith=f"{room}.")
    return not Event.objects.filter(pk__gt=run.read_to).exclude(quiet).exists()


def is_due(run: Run) -> bool:
    """Tell whether visits came since a run: the cheap question before the kept tables are opened."""
    return Event.objects.filter(pk__gt=run.read_to, verb__in=QUIET[:2]).exists()


@contextmanager
def taken_up(at: datetime) -> Iterator[Standing | None]:
    """Lend what the last run stood on with the visits since added; None where everything has to be read again."""
    run = last_run()
    if run is None or not run.token or not still_holds(run, at):
        yield None
        return
    with shelf.scratch() as opened:
        path = opened / "standing.duckdb"
        if not sealing.unseal_large(_sealed(run), path, domain=_domain(run)):
            yield None
            return
        with duckdb.connect(str(path)) as con:
            con.execute("SET threads = 2")
            visits = screening.add_visits(con, most=MOST_VISITS)
            if visits is None:
                yield None
                return
            register.add_people(con)
            ground.take_up(con)
            yield Standing(con, run, visits)
