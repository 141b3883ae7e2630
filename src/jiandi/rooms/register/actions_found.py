"""Whom visits found, looked for on the rosters: whoever certainly stands there already is one person from now on.

A whole match run does the same and much more; this one reads the same records but moves nobody else, so that it can follow
every day of visits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jiandi.core.linkage import Settings
from jiandi.core.linkage import link as link_records
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register import (
    found,
    linking,
    peopling,
    policies_authority,
    queries_models,
    run_facts,
    shelf,
)
from jiandi.rooms.register.actions_linking import covered, load_doors, load_known
from jiandi.rooms.register.models import MatchRun, Person, Roster
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.rebuilding import on_shelf
from jiandi.rooms.register.safeguarding import load_held

_NEWCOMERS = {"record_id": pa.int64()}
_LIVES = {"person_id": pa.int64(), "key": pa.string(), "home_door": pa.int64()}


def link_found(*, by: Officer, at: datetime, authorisation: Authorisation) -> MatchRun | None:
    """Put whom visits have found since with whom the rosters name, where that is certain; what is not waits for a person.

    Compared under the same guards as in a whole run, with records that were linked before; nobody else is moved, and rosters
    not yet linked wait for the next whole run. None, and nothing written, when nobody was found since.
    """
    permit(by, "register.link", at=at)
    policies_authority.check_authorisation(authorisation, at)
    if not found.is_somebody_new_at_a_door():
        return None
    return _link_found(by=by, at=at, authorisation=authorisation)


@action
def _link_found(*, by: Officer, at: datetime, authorisation: Authorisation) -> MatchRun:
    """Look for everybody found since, inside one transaction; one event, with everybody changed."""
    watch, rosters = run_facts.stop_watch(), covered(authorisation)
    newcomers, model = found.list_found(by, at), queries_models.in_use()
    (run,) = MatchRun.objects.bulk_create(
        [
            MatchRun(
                authorisation=authorisation, started_at=at, finished_at=at, is_whole=False, rosters=[roster.pk for roster in rosters],
                model_version=queries_models.name_of(model),
            )
        ]
    )  # fmt: skip
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        settings = queries_models.settings_of(model)
        changed, run.report = _place(con, run, newcomers, rosters, scratch, settings)
        con.close()
    told = {"left_out": run_facts.left_out(authorisation), "seconds": watch()}
    MatchRun.objects.filter(pk=run.pk).update(report=run.report | told)
    record_batch(
        "register.link_found",
        by=by,
        at=at,
        subject=run,
        subjects_kind="person",
        subject_ids=changed,
        place=by.unit.place,
        payload={"authorisation": authorisation.pk, **run.report},
    )
    return run


def _place(
    con: duckdb.DuckDBPyConnection,
    run: MatchRun,
    newcomers: list[int],
    rosters: list[Roster],
    scratch: Path,
    settings: Settings,
) -> tuple[list[int], dict[str, Any]]:
    """Link the newcomers and write what became of them; return who changed and the run's figures."""
    met = found.lists()
    found.load_doors(con, met)
    delivered = {roster.pk: (roster.kind, on_shelf(roster, scratch)) for roster in rosters}
    linking.gather(con, delivered | found.write_tables(con, met, scratch))
    load_known(con, rosters + met)
    shelf.load(con, "newcomer", _NEWCOMERS, [(number,) for number in newcomers])
    con.execute("""
        CREATE TEMP TABLE placed AS SELECT * EXCLUDE (address, repairs) FROM records SEMI JOIN known USING (record_id);
        CREATE TEMP TABLE stand AS SELECT record_id, min(record_id) OVER (PARTITION BY person_id) AS entity
        FROM known ANTI JOIN newcomer USING (record_id)""")
    # The seeded namesakes and twins test the stage of numbers, which is not run here.
    link_records(
        con,
        records="placed",
        homes="stand",
        decisions="decisions",
        settings=replace(settings, canaries=False),
    )
    _keep_to_those_met(con)
    load_held(con)
    linking.settle_people(con, first_new=0)  # everybody here has a number
    changed = _write(con, run.started_at)
    peopling.write_links(con)
    doubts = peopling.add_reviews(con, run)
    people, joined = con.execute(
        "SELECT (SELECT count(*) FROM (SELECT DISTINCT entity FROM assignments SEMI JOIN newcomer USING (record_id))),"
        " (SELECT count(*) FROM merged)"
    ).fetchall()[0]
    peopling.index(changed)
    figures = {"records": len(newcomers), "people": people, "merged": joined, "new": 0, "reviews": doubts}
    return changed, figures | run_facts.moves(con)


def _keep_to_those_met(con: duckdb.DuckDBPyConnection) -> None:
    """Leave of `assignments` only the newcomers, whoever they joined and whoever they may be; claimed says who has a number."""
    con.execute("""
        CREATE TEMP TABLE touched AS SELECT DISTINCT entity FROM assignments SEMI JOIN newcomer USING (record_id)
            UNION SELECT a.entity FROM reviews v JOIN assignments a ON a.record_id = v.candidate;
        CREATE OR REPLACE TABLE assignments AS FROM assignments SEMI JOIN touched USING (entity);
        CREATE TEMP TABLE claimed AS SELECT record_id, person_id FROM known SEMI JOIN assignments USING (record_id)""")


def _write(con: duckdb.DuckDBPyConnection, at: datetime) -> list[int]:
    """Describe the people touched as a whole run would, in the households they have; return who changed."""
    numbers = [row[0] for row in con.execute("SELECT person_id FROM claimed").fetchall()]
    touched = Person.objects.filter(among("pk", sorted(set(numbers)))).order_by("pk")
    villages = touched.exclude(village=None).order_by().values_list("village_id", flat=True).distinct()
    lives = touched.values_list("pk", "household__key", "household__dwelling_id")
    shelf.load(con, "lives", _LIVES, lives.iterator(shelf.CHUNK))
    load_doors(con, Dwelling.objects.filter(village__in=list(villages)).order_by("pk"))
    linking.describe_people(con)
    con.execute("""
        CREATE TEMP TABLE member AS
            SELECT d.person_id, l.key, d.own_door FROM described d LEFT JOIN lives l USING (person_id);
        CREATE TEMP TABLE homes AS SELECT DISTINCT key, home_door AS dwelling_id FROM lives WHERE key IS NOT NULL""")
    households = dict(touched.exclude(household=None).values_list("household__key", "household_id"))
    return peopling.write_people(con, households, touched, at)
