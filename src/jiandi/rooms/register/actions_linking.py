"""The match run: every record to a person, under a written authorisation; people keep their numbers for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.db import transaction
from django.db.models import Max, QuerySet

from jiandi.core.linkage import Settings
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register import (
    carrying,
    comparing,
    found,
    inheriting,
    keepsake,
    linking,
    peopling,
    policies_authority,
    queries_models,
    run_facts,
    shelf,
    touching,
)
from jiandi.rooms.register.closing import settle_unspoken
from jiandi.rooms.register.models import (
    Household,
    Judgement,
    MatchRun,
    Person,
    Record,
    Roster,
)
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.reach import EVERYBODY, Reach
from jiandi.rooms.register.rebuilding import on_shelf
from jiandi.rooms.register.safeguarding import load_held

Progress = Callable[[int, int], None] | None
STEPS = 8
_DOORS = {"record_id": pa.int64(), "village": pa.int64(), "town": pa.int64(), "address": pa.string()}
_KNOWN = {"record_id": pa.int64(), "person_id": pa.int64()}
_DECISIONS = {"record_a": pa.int64(), "record_b": pa.int64(), "verdict": pa.string()}
_ROSTERS = {"roster_id": pa.int64(), "unit_id": pa.int64(), "county": pa.int64()}


@action
def link(
    *, by: Officer, at: datetime, authorisation: Authorisation, anew: bool = False, progress: Progress = None
) -> MatchRun:
    """Put every delivered record, and everybody found at a door, with a person; doubtful pairs go to the review list, people's own decisions stand.

    Only what changed since the last run is worked out: rosters that came, were replaced or taken back, and decisions. The result is
    the one that working everything out by the same measure gives; `anew` does that, and counts afresh how common names are.

    One event for the run, with every person it made or changed. A number once issued stays: merged people point to the one
    they were merged into, and a parted record gets its own.
    """
    permit(by, "register.link", at=at)
    policies_authority.check_authorisation(authorisation, at)
    watch, rosters, model = run_facts.stop_watch(), covered(authorisation), queries_models.in_use()
    (run,) = MatchRun.objects.bulk_create(
        [
            MatchRun(
                authorisation=authorisation, started_at=at, finished_at=at, rosters=[roster.pk for roster in rosters],
                model_version=queries_models.name_of(model),
            )
        ]
    )  # fmt: skip
    found.list_found(by, at)
    rosters += found.lists()
    with shelf.scratch() as scratch:
        changed, report = _run(
            run, rosters, scratch, _stepper(progress), anew, queries_models.settings_of(model)
        )
    transaction.on_commit(lambda: keepsake.forget_others(report["kept"]))
    report |= {"left_out": run_facts.left_out(authorisation), "seconds": watch()}
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
            "model": run.model_version,
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


def lay_out(
    con: duckdb.DuckDBPyConnection, rosters: list[Roster], scratch: Path
) -> dict[int, tuple[str, Path]]:
    """Make records, rosters and decisions of what a run compares; return where each roster's rows lie."""
    met = [roster for roster in rosters if roster.state == Roster.State.STANDING]
    found.load_doors(con, met)
    folders = found.write_tables(con, met, scratch)
    folders |= {r.pk: (r.kind, on_shelf(r, scratch)) for r in rosters if r.pk not in folders}
    linking.gather(con, folders)
    shelf.load(con, "rosters", _ROSTERS, [(r.pk, r.unit_id, r.county_id) for r in rosters])
    shelf.load(con, "decisions", _DECISIONS, _decisions())
    carrying.carry_decisions(con, scratch)
    return folders


def _run(
    run: MatchRun,
    rosters: list[Roster],
    scratch: Path,
    step: Callable[[], None],
    anew: bool,
    settings: Settings,
) -> tuple[list[int], dict[str, Any]]:
    con = shelf.connect(scratch)
    folders = lay_out(con, rosters, scratch)
    step()
    before = None if anew else _token_before(run)
    linked = comparing.compare(con, rosters, folders, scratch, before, settings)
    _check_canaries(linked.report)
    step()
    reach = _settle_touched(con, rosters) if linked.change else _settle_all(con, rosters)
    step()
    changed, counts = _write(con, run, reach, step)
    peopling.write_reviews(con, run)
    token = dice.code()
    comparing.keep(con, rosters, folders, token, scratch, settings)
    con.close()
    step()
    return changed, linked.report | counts | {"way": linked.way, "kept": token}


def _token_before(run: MatchRun) -> str | None:
    """Return under what the last whole run kept what it worked out."""
    earlier = MatchRun.objects.filter(is_whole=True, pk__lt=run.pk).order_by("-pk")
    return (earlier.values_list("report", flat=True).first() or {}).get("kept")


def _settle_all(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> Reach:
    """Say of every record whose it is, and describe everybody."""
    con.execute("CREATE TEMP VIEW assignments AS FROM kept.assignments")
    load_links(con, rosters)
    load_doors(con, Dwelling.objects.all())
    inheriting.load_homeless(con, rosters)
    _settle(con)
    linking.describe_people(con)
    linking.settle_households(con)
    return EVERYBODY


def _settle_touched(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> Reach:
    """Say of the records a change can have touched whose they are, and describe the people around them."""
    people = touching.narrow(con)
    inheriting.load_homeless(con, rosters, inheriting.heirs_of_arrivals(con))
    _settle(con)
    reach = touching.look_around(con, people)
    villages = con.execute("""SELECT DISTINCT village FROM records SEMI JOIN person_of USING (record_id)
        WHERE village IS NOT NULL""").fetchall()
    load_doors(con, Dwelling.objects.filter(among("village_id", (row[0] for row in villages))).order_by("pk"))
    linking.describe_people(con)
    linking.furnish(con)
    touching.name_rows(con)
    return reach


def _settle(con: duckdb.DuckDBPyConnection) -> None:
    inheriting.settle_claims(con)
    load_held(con)
    last = Person.objects.aggregate(last=Max("pk"))["last"] or 0
    linking.settle_people(con, last + 1)


def _write(
    con: duckdb.DuckDBPyConnection, run: MatchRun, reach: Reach, step: Callable[[], None]
) -> tuple[list[int], dict[str, int]]:
    """Write what is new or changed about the people within reach; return who changed, and counts."""
    of_everybody = reach.people is None
    known = Household.objects.all()
    if not of_everybody:
        known = known.filter(among("key", touching.household_keys(con, reach)))
    households = peopling.write_households(con, known)
    step()
    changed = peopling.write_people(con, households, reach.of(Person.objects.all(), "pk"), run.started_at)
    step()
    peopling.write_links(con)
    step()
    linking.list_memberships(con)
    linking.list_relations(con, "person_of" if of_everybody else "named_of")
    peopling.write_memberships(con, run.started_at.date(), reach)
    peopling.write_relations(con, reach)
    unspoken = settle_unspoken(reach, run.started_at)
    step()
    peopling.index(changed)
    peopling.continue_numbering(Person)
    new, merged = con.execute(
        "SELECT (SELECT count(*) FROM newcomers), (SELECT count(*) FROM merged)"
    ).fetchall()[0]
    return changed, {
        "new": new,
        "merged": merged,
        "households": Household.objects.count(),
        **run_facts.moves(con),
        **unspoken,
    }


def load_known(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> None:
    """Make rosters, known (who was linked before) and decisions (what people said of pairs)."""
    shelf.load(con, "rosters", _ROSTERS, [(r.pk, r.unit_id, r.county_id) for r in rosters])
    load_links(con, rosters)
    shelf.load(con, "decisions", _DECISIONS, _decisions())


def load_links(con: duckdb.DuckDBPyConnection, rosters: list[Roster]) -> None:
    """Make known: the person of every record of these rosters that was linked before."""
    linked = Record.objects.filter(person__isnull=False, roster__in=rosters).values_list("id", "person_id")
    shelf.load(con, "known", _KNOWN, linked.iterator(shelf.CHUNK))


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
