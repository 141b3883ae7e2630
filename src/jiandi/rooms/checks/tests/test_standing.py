"""A run after the day's visits: it stands where a run over everything would, and gives way where more than visits changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiandi.rooms.access import sealing
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.checks import actions, standing
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Finding, Sighting, Visit, VisitTask


@pytest.fixture
def home(county, settings, tmp_path):
    """Somebody in a village, and a night's run that is kept."""
    settings.DATA = tmp_path
    village = Place.objects.get(pk=county.VILLAGE_A1)
    where = {"village": village, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    person = Person.objects.create(code="P1", name="苗望", sex=2, **where)
    actions.run_checks(by=county.officer("engine"), at=county.MONDAY, is_kept=True)
    return person


def visited(county, person, words, number=1, **more):
    """One visit to the person, as it lies in the tables once received."""
    where = {"village": person.village, "town_id": person.town_id, "county_id": person.county_id}
    task = VisitTask.objects.create(
        code=f"T{number}", purpose="follow_up", due_on=county.MONDAY.date(), **where
    )
    visit = Visit.objects.create(
        instance_id=f"uuid:{number}", body=b"", sha256=bytes(32), received_at=county.MONDAY, channel="phone", state="applied",
        worker=county.officer("grid_a1"), started_at=county.MONDAY, result="met", task=task, **where, **more,
    )  # fmt: skip
    sighting = Sighting.objects.create(
        visit=visit, person=person, name=person.name, present="seen", alone=True
    )
    Finding.objects.create(
        visit=visit, sighting=sighting, person=person, kind="words", value=words, village=person.village
    )
    return visit


def told():
    return sorted(Alert.objects.values_list("key", "rule", "detail_zh", "gone_at", "wall_id", "routed_to_id"))


def after_visits(county, at=None):
    with standing.taken_up(at or county.MONDAY + timedelta(hours=1)) as kept:
        assert kept is not None
        return actions.run_after_visits(by=county.officer("engine"), at=county.MONDAY, kept=kept)


def test_a_chain_of_runs_after_visits_ends_in_the_alerts_of_a_run_over_everything(county, home):
    visited(county, home, "女人被锁在屋里")
    assert not after_visits(county).is_whole
    newcomer = Person.objects.create(
        code="P2", name="卜知", village=home.village, town_id=home.town_id, county_id=home.county_id
    )
    visited(county, newcomer, "有人被绑在床上", number=2)
    after_visits(county)
    chain = told()

    actions.run_checks(by=county.officer("engine"), at=county.MONDAY)

    assert chain == told() and {key for key, *_ in chain} >= {f"R11:{home.pk}", f"R11:{newcomer.pk}"}
    last_two = Run.objects.order_by("-pk")[:2]
    assert [line["count"] for line in last_two[0].report] == [line["count"] for line in last_two[1].report]


def test_a_visit_that_no_longer_counts_calls_for_a_run_over_everything(county, home):
    visit = visited(county, home, "要药")
    after_visits(county)
    Visit.objects.filter(pk=visit.pk).update(state="quarantined")

    with standing.taken_up(county.MONDAY) as kept:
        assert kept is None


@action
def something(*, by, at, verb):
    record(verb, by=by, at=at, subject=by)


@pytest.mark.parametrize(
    ("verb", "holds"),
    [
        ("cases.open_case", True),
        ("screening.receive_visits", True),
        ("register.add_found_people", True),
        ("register.deliver_roster", False),
        ("register.link", False),
        ("register.decide_change", False),
        ("screening.release_visit", False),
        ("intake.receive_report", False),
        ("places.rename_place", False),
        ("something.nobody_knows", False),
    ],
)
def test_only_what_is_known_to_leave_the_records_alone_is_passed_over(county, home, verb, holds):
    something(by=county.officer("engine"), at=county.MONDAY, verb=verb)

    with standing.taken_up(county.MONDAY) as kept:
        assert (kept is not None) == holds


def test_another_day_other_rules_or_a_spoilt_file_call_for_a_run_over_everything(county, home):
    for_night = standing.last_run()
    assert not standing.still_holds(for_night, county.TUESDAY)
    part = next(standing._sealed(standing.last_run()).glob("*"))
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with standing.taken_up(county.MONDAY) as kept:
        assert kept is None

    pack = standing.packs.home() / "ours"
    pack.mkdir(parents=True)
    (pack / "pack.toml").write_text("id = 'L1'")
    assert not standing.still_holds(for_night, county.MONDAY)


def test_what_lost_its_last_part_is_read_anew(county, home, monkeypatch):
    monkeypatch.setattr(sealing, "PIECE_BYTES", 1 << 16)
    actions.run_checks(by=county.officer("engine"), at=county.MONDAY, is_kept=True)
    parts = sorted(standing._sealed(standing.last_run()).glob("*"))
    assert len(parts) > 1
    parts[-1].unlink()

    with standing.taken_up(county.MONDAY) as kept:
        assert kept is None


def test_nothing_readable_is_left_lying(county, home):
    assert not list(standing.shelf.folder().glob("scratch-*"))
    assert all(
        "苗望".encode() not in part.read_bytes() for part in standing._sealed(standing.last_run()).glob("*")
    )
