"""The match run: every record to a person, under a written authorisation; people keep their numbers for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.db.models import Max, QuerySet

from jiandi.core.linkage import default_model
from jiandi.core.linkage import link as link_records
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register import carrying, found, inheriting, linking, peopling, policies, shelf
from jiandi.rooms.register.models import Authorisation, Judgement, MatchRun, Person, Record, Roster
from jiandi.rooms.register.rebuilding import on_shelf

Progress = Callable[[int, int], None] | None
STEPS = 8
_DOORS = {"record_id": pa.int64(), "village": pa.int64(), "town": pa.int64(), "address": pa.string()}
_KNOWN = {"record_id": pa.int64(), "person_id": pa.int64()}
_DECISIONS = {"record_a": pa.int64(), "record_b": pa.int64(), "verdict": pa.string()}
_ROSTERS = {"roster_id": pa.int64(), "unit_id": pa.int64(), "county": pa.int64()}


@action
def link(*, by: Officer, at: datetime, authorisation: Authorisation, progress: Progress = None) -> MatchRun:
    """Put every delivered record, and everybody found at a door, with a person; doubtful pairs go to the review list, people's own decisions stand.

    One event for the run, with every person it made or changed. A number once issued stays: merged people point to the one
    they were merged into, and a parted record gets its own.
    """
    permit(by, "register.link", at=at)
    policies.check_authorisation(authorisation, at)
    rosters = covered(authorisation)
    (run,) = MatchRun.objects.bulk_create(
        [
            MatchRun(
                authorisation=authorisation, started_at=at, finished_at=at, rosters=[roster.pk for roster in rosters],
                model_version=str(default_model().get("version", "shipped")),
            )
        ]
    )  # fmt: skip
    found.list_found(by, at)
    rosters += found.lists()
    with shelf.scratch() as scratch:
        changed, report = _run(run, rosters, scratch, _stepper(progress))
    run.report = report
    MatchRun.objects.filter(pk=run.pk).update(report=report)
    record_batch(
        "register.link",
        by=by,
        at=at,
        subject=run,
        subjects_kind="person",
        subject_ids=changed,
        place=by.unit.place,
        payload={
            "authorisation": authorisation.pk,
            "rosters": run.rosters,
            **{k: report[k] for k in ("records", "people", "reviews", "new", "merged")},
        },
    )
    return run


def _stepper(progress: Progress) -> Callable[[], None]:
    done = iter(range(1, STEPS + 1))
    return lambda: progress(next(done, STEPS), STEPS) if progress else None


def covered(authorisation: Authorisation) -> list[Roster]:
    """Return the rosters the authorisation covers; refuse when nothing was delivered."""
    kinds = set(authorisation.kinds or linking.kinds_known()) - linking.OUTSIDE
    rosters = list(
        Roster.objects.filter(state=Roster.State.READ, kind__in=kinds)
        .select_related("unit__place")
        .order_by("pk")
    )
    if not rosters:
        raise Refused(
            "register.nothing_to_link",
            Text(
                zh="还没有可比对的名册。请先报送名册。",
                en="No roster that could be linked was delivered yet. Deliver rosters first.",
            ),
        )
    return rosters


def _run(
    run: MatchRun, rosters: list[Roster], scratch: Path, step: Callable[[], None]
) -> tuple[list[int], dict[str, Any]]:
    con = shelf.connect(scratch)
    met = [roster for roster in rosters if roster.state == Roster.State.STANDING]
    found.load_doors(con, met)
    folders = found.write_tables(con, met, scratch)
    delivered = {r.pk: (r.kind, on_shelf(r, scratch)) for r in rosters if r.pk not in folders}
    linking.gather(con, delivered | folders)
    _load(con, rosters)
    carrying.carry_decisions(con, scratch)
    step()
    result = link_records(con, records="records", decisions="decisions")
    _check_canaries(result.report)
    step()
    inheriting.settle_claims(con)
    last = Person.objects.aggregate(last=Max("pk"))["last"] or 0
    linking.settle_people(con, last + 1)
    linking.describe_people(con)
    linking.settle_households(con)
    step()
    households = peopling.write_households(con)
    step()
    changed = peopling.write_people(con, households, Person.objects.all(), run.started_at)
    step()
    peopling.write_links(con)
    step()
    linking.list_memberships(con)
    linking.list_relations(con)
    peopling.write_memberships(con, run.started_at.date())
    peopling.write_relations(con)
    step()
    peopling.write_reviews(con, run)
    peopling.index(changed)
    peopling.continue_numbering(Person)
    report = result.report | {
        "new": con.execute("SELECT count(*) FROM newcomers").fetchall()[0][0],
        "merged": con.execute("SELECT count(*) FROM merged").fetchall()[0][0],
        "households": len(households),
    }
    con.close()
    step()
    return changed, report


def _load(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> None:
    """Bring what the operational database knows: rosters, doors, who was linked before, what people decided."""
    load_known(con, rosters)
    load_doors(con, Dwelling.objects.all())
    inheriting.load_homeless(con, rosters)


def load_known(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> None:
    """Make rosters, known (who was linked before) and decisions (what people said of pairs)."""
    shelf.load(con, "rosters", _ROSTERS, [(r.pk, r.unit_id, r.county_id) for r in rosters])
    linked = Record.objects.filter(person__isnull=False, roster__in=rosters).values_list("id", "person_id")
    shelf.load(con, "known", _KNOWN, linked.iterator(shelf.CHUNK))
    shelf.load(con, "decisions", _DECISIONS, _decisions())


def load_doors(con: duckdb.DuckDBPyConnection, dwellings: QuerySet[Dwelling]) -> None:
    """Make doors, by which addresses find the dwelling they mean."""
    rows = dwellings.values_list("id", "village_id", "town_id", "address")
    shelf.load(con, "door_rows", _DOORS, rows.iterator(shelf.CHUNK))
    linking.read_doors(con)


def _decisions() -> Iterator[tuple[int, int, str]]:
    live = Judgement.objects.filter(superseded_at__isnull=True)
    yield from live.values_list("record_id", "candidate_id", "verdict").iterator(shelf.CHUNK)


def _check_canaries(report: dict[str, Any]) -> None:
    """Stop before anything is written when seeded namesakes or twins were made one person (linkage guard rail 4)."""
    if report.get("canaries_merged"):
        raise Refused(
            "register.canaries_merged",
            Text(
                zh="比对把预设的不同人合成了一人,本次结果全部作废,登记册没有改动。请联系系统维护人员。",
                en="The run merged people who are known to differ. Its result was thrown away and the register is unchanged. Call those who maintain the system.",
            ),
        )
