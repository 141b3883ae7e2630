"""A sweep from the lottery of areas to its sentence: blind for who walks, doubts settled by somebody else."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import make_grant
from jiandi.rooms.access.models import Conflict, Event, Grant, Wall
from jiandi.rooms.assurance import actions_sweeps as actions
from jiandi.rooms.assurance import queries_sweeps, sweeping
from jiandi.rooms.assurance.models import Sweep, SweepArea, SweepEntry, SweepPerson
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import FOUND, Person


@pytest.fixture
def doors(county):
    """Eight areas in two townships, three doors each, one registered woman behind every door."""
    made = []
    villages = (county.VILLAGE_A1, county.VILLAGE_A2, county.VILLAGE_B1, county.VILLAGE_B2)
    for surname, village in zip("林王李赵", villages, strict=True):
        for number in range(1, 7):
            door = county.dwelling(village=village, number=number)
            Dwelling.objects.filter(pk=door.pk).update(group_no=1 + number // 4)
            Person.objects.create(
                code=f"P{village}{number}"[-16:],
                name=f"{surname}{'春夏秋冬东西'[number - 1]}{'兰芳梅英珍玉'[villages.index(village)]}",
                sex=2,
                birth_on=date(1950 + number, 5, 1),
                kinds="hukou",
                dwelling=door,
                village=door.village,
                town=door.town,
                county_id=county.COUNTY,
            )
            made.append(door)
    return made


@pytest.fixture
def third(county):
    """An inspector of neither township, who settles what the others found."""
    officer = county.officer("handler_civil")
    make_grant(None, officer, "inspector", Place.objects.get(pk=county.COUNTY), date(2026, 1, 1))
    return officer


@pytest.fixture
def sweep(county, doors):
    place = Place.objects.get(pk=county.COUNTY)
    return actions.hold_sweep(at=county.TUESDAY, place=place, size=6, throws=county.throws())


def walk(county, sweep, *, unlisted=(), skip=()):
    """List everybody registered in each area but those skipped, and one unlisted person in some areas."""
    waiting = sweep.areas.filter(swept_at__isnull=True)
    for area in waiting.select_related("village", "inspector__unit__place"):
        here = Person.objects.filter(dwelling__village=area.village, dwelling__group_no=area.group_no)
        facts = [
            {"name": p.name, "sex": 2, "birth_year": p.birth_on.year + 1, "dwelling": p.dwelling}
            for p in here.exclude(pk__in=skip)
        ]
        if area.ticket in unlisted:
            facts.append({"name": "西屋老人", "sex": None, "birth_year": 1940, "dwelling": None})
        at = county.WEDNESDAY
        for one in facts:
            actions.note_resident(by=area.inspector, at=at, area=area, was_met=True, **one)
        actions.finish_area(by=area.inspector, at=at, area=area)


def test_it_measures_what_the_lists_miss(county, sweep, third, client):
    overseer = county.officer("overseer")
    first = sweep.areas.order_by("ticket").first()
    gone = Person.objects.filter(dwelling__village=first.village, dwelling__group_no=first.group_no).first()
    sealed = Person.objects.exclude(pk=gone.pk).filter(dwelling__village=first.village).first()
    Person.objects.filter(pk=sealed.pk).update(wall=Wall.objects.create(reason="x", made_at=county.MONDAY))
    walk(county, sweep, unlisted=(1, 2), skip=(gone.pk,))

    counts = actions.link_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    assert counts["ask"] == 2 and counts["not_found"] == 1
    assert SweepEntry.objects.get().person == gone
    with pytest.raises(Refused, match="still to be asked"):
        actions.close_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)

    client.force_login(third)
    page = client.get("/assurance/sweeps/mine/").content.decode()
    assert page.count("西屋老人") == 2 and gone.name in page
    found, other = SweepPerson.objects.filter(state="ask").order_by("pk")
    assert client.post(f"/assurance/sweeps/found/{found.pk}/", {"answer": "no_list"}).status_code == 302
    SweepPerson.objects.filter(pk=other.pk).update(was_met=False)
    assert client.post(f"/assurance/sweeps/found/{other.pk}/", {"answer": "not_resident"}).status_code == 302
    entry = SweepEntry.objects.get()
    assert client.post(f"/assurance/sweeps/entry/{entry.pk}/", {"answer": "erroneous"}).status_code == 302

    client.force_login(overseer)
    assert 'name="csrfmiddlewaretoken"' in client.get(f"/assurance/sweeps/{sweep.pk}/").content.decode()
    client.post(f"/assurance/sweeps/{sweep.pk}/close/")
    sweep.refresh_from_db()
    assert sweep.figures["on_no_list"] == 1 and sweep.figures["erroneous"] == 1
    assert "equally well" in sweep.sentence_en and "1 on no list" in sweep.sentence_en
    # The person is expected to be seen from now on, and no roster this sweep measures has gained anybody.
    assert Person.objects.get(name="西屋老人").kinds == FOUND
    kept = set(SweepPerson.objects.values_list("name", flat=True))
    assert kept == {"", "西屋老人"}
    page = client.get(f"/assurance/sweeps/{sweep.pk}/").content.decode()
    assert sweep.sentence_zh in page and sweep.seed_revealed in page
    assert Event.objects.filter(verb="assurance.close_sweep").count() == 1


def test_anybody_repeats_the_lottery_of_areas(county, sweep, third, client, tmp_path):
    walk(county, sweep)
    overseer = county.officer("overseer")
    assert client.get(f"/assurance/sweeps/{sweep.pk}/frame.txt").status_code == 404
    actions.link_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    actions.close_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    assert sweep.figures["on_no_list"] == 0 and "100% covered" not in sweep.sentence_en

    script = tmp_path / "rerun.py"
    script.write_bytes(client.get("/assurance/rerun.py").content)
    command = [sys.executable, "-I", script, "--seed", sweep.seed_revealed, "--size", "6", "--root"]
    command += [sweep.frame_root, "--commitment", sweep.seed_commitment]
    frame = client.get(f"/assurance/sweeps/{sweep.pk}/frame.txt").content
    told = subprocess.run(command, input=frame, capture_output=True, check=True).stdout.decode().split()
    drawn = sweep.areas.order_by("ticket").values_list("village", "group_no")
    assert told == [f"{village}-{group}" for village, group in drawn]


def test_who_walks_is_from_elsewhere_and_sees_no_register(county, sweep, client):
    for area in sweep.areas.select_related("inspector__unit__place"):
        assert area.inspector.unit.place.town_id != area.town_id
    area = sweep.areas.first()
    client.force_login(area.inspector)
    page = client.get(f"/assurance/sweeps/area/{area.pk}/").content.decode()
    here = Person.objects.filter(dwelling__village=area.village)
    assert not any(one.name in page for one in here) and sweep.seed_commitment not in page
    form = {"name": "某人", "sex": "", "birth_year": "", "dwelling": "", "was_met": "no"}
    assert client.post(f"/assurance/sweeps/area/{area.pk}/", form).status_code == 302
    assert "某人" in client.get(f"/assurance/sweeps/area/{area.pk}/").content.decode()
    assert client.post(f"/assurance/sweeps/area/{area.pk}/done/").status_code == 302
    assert client.get(f"/assurance/sweeps/area/{area.pk}/").status_code == 404
    with pytest.raises(Refused, match="not yours"):
        actions.note_resident(
            by=area.inspector, at=county.WEDNESDAY, area=SweepArea.objects.get(pk=area.pk), name="又一人",
            sex=None, birth_year=None, dwelling=None, was_met=True,
        )  # fmt: skip


def test_it_refuses_what_would_make_the_sweep_no_lottery_or_not_blind(county, sweep, third):
    overseer, place = county.officer("overseer"), Place.objects.get(pk=county.COUNTY)
    town, at = Place.objects.get(pk=county.TOWN_A), county.WEDNESDAY
    for call, why in (
        (lambda: actions.open_sweep(by=overseer, at=at, place=place, size=6), "still open"),
        (lambda: actions.open_sweep(by=overseer, at=at, place=town, size=4), "only 4 areas"),
        (
            lambda: actions.open_sweep(
                by=overseer, at=at, place=Place.objects.get(pk=county.VILLAGE_A1), size=5
            ),
            "county or a township",
        ),
        (lambda: actions.open_sweep(by=county.officer("lead"), at=at, place=place, size=6), "Your role"),
        (lambda: actions.link_sweep(by=overseer, at=at, sweep=sweep), "not finished"),
        (lambda: actions.close_sweep(by=overseer, at=at, sweep=sweep), "register first"),
    ):
        with pytest.raises(Refused, match=why):
            call()
    walk(county, sweep, unlisted=(1,))
    actions.link_sweep(by=overseer, at=at, sweep=sweep)
    found = SweepPerson.objects.get(state="ask")
    with pytest.raises(Refused, match="Somebody else settles"):
        actions.settle_found(by=found.area.inspector, at=at, found=found, state="on_list")
    with pytest.raises(Refused, match="already"):
        actions.link_sweep(by=overseer, at=at, sweep=sweep)


def test_an_area_and_an_entry_are_there_once(county, sweep):
    area = sweep.areas.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SweepArea.objects.create(
            sweep=sweep, ticket=9, village=area.village, group_no=area.group_no, county=area.county
        )
    person = Person.objects.first()
    SweepEntry.objects.create(area=area, person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        SweepEntry.objects.create(area=area, person=person)


@pytest.mark.parametrize(
    ("username", "status"), [("overseer", 200), ("lead", 200), ("inspector_a", 403), ("grid_a1", 403)]
)
def test_who_may_read_certificates_reads_sweeps(county, sweep, client, username, status):
    client.force_login(county.officer(username))

    assert client.get("/assurance/sweeps/").status_code == status
    assert client.get(f"/assurance/sweeps/{sweep.pk}/").status_code == status


def test_nobody_visited_learns_the_areas_before_it_is_closed(county, sweep, third, client):
    walked = sweep.areas.select_related("village", "inspector").order_by("ticket").first()
    names = {area.village.name for area in sweep.areas.select_related("village")}
    page = f"/assurance/sweeps/{sweep.pk}/"

    def seen(username):
        client.force_login(county.officer(username))
        return client.get(page).content.decode()

    for username in ("township_a", "lead", "handler_civil"):
        told = seen(username)
        assert not any(name in told for name in names) and "公布" in told
    assert all(name in seen("overseer") for name in names)
    assert walked.inspector.name not in seen("overseer")  # who still walks is nobody's business yet
    actions.finish_area(by=walked.inspector, at=county.WEDNESDAY, area=walked)
    assert walked.inspector.name in seen("overseer")

    walk(county, sweep)
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    SweepEntry.objects.update(state=SweepEntry.State.LIVES)
    actions.close_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    assert all(name in seen("township_a") for name in names)


def test_one_inspector_cannot_drop_somebody_whom_another_met(county, sweep, third, client):
    walk(county, sweep, unlisted=(1,))
    overseer = county.officer("overseer")
    actions.link_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    met = SweepPerson.objects.get(state="ask")
    address, denial = f"/assurance/sweeps/found/{met.pk}/", {"answer": "not_resident", "reason": " "}
    client.force_login(third)
    assert 'name="reason"' in client.get(address).content.decode()
    assert "请写明" in client.post(address, denial, follow=True).content.decode()
    met.refresh_from_db()
    assert met.state == "ask"
    denial["reason"] = "邻居说是来走亲戚的"
    client.post(address, denial)
    met.refresh_from_db()
    assert met.state == "denied" and client.get(address).status_code == 404  # another decides between the two
    told = Event.objects.get(verb="assurance.settle_found").payload
    assert told == {"state": "denied", "person": None, "reason_given": True}

    client.force_login(overseer)
    page = client.get(f"/assurance/sweeps/{sweep.pk}/").content.decode()
    assert "一人见到,一人说没有" in page and met.name in page and denial["reason"] in page
    client.force_login(county.officer("lead"))
    assert met.name not in client.get(f"/assurance/sweeps/{sweep.pk}/").content.decode()
    actions.close_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    met.refresh_from_db()
    assert met.name == "西屋老人" and sweep.figures["on_no_list"] == 1


def test_a_second_inspector_agrees_that_nobody_lives_there(county, sweep, third):
    walk(county, sweep, unlisted=(1,))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    met = SweepPerson.objects.get(state="ask")
    said = {"at": county.THURSDAY, "found": met, "state": "not_resident", "reason": "来走亲戚的客人"}
    actions.settle_found(by=third, **said)
    with pytest.raises(Refused, match="Another inspector"):
        actions.settle_found(by=third, **said)
    other = county.officer("handler_police")
    make_grant(None, other, "inspector", Place.objects.get(pk=county.COUNTY), date(2026, 1, 1))
    actions.settle_found(by=other, **said)
    assert met.state == "not_resident" and [pk for pk, _ in met.denials] == [third.pk, other.pk]


def test_nobody_is_sent_to_ask_after_somebody_behind_a_wall(county, sweep, third, client):
    area = sweep.areas.order_by("ticket").first()
    here = Person.objects.filter(dwelling__village=area.village, dwelling__group_no=area.group_no)
    sealed, later = here.order_by("pk")[:2]
    wall = Wall.objects.create(reason="x", made_at=county.MONDAY)
    Person.objects.filter(pk=sealed.pk).update(wall=wall)
    walk(county, sweep, skip=(sealed.pk, later.pk))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    assert SweepEntry.objects.get(person=sealed).state == "unresolved"
    entry = SweepEntry.objects.get(person=later, state="ask")
    Person.objects.filter(pk=later.pk).update(wall=wall)  # walled only after the comparison

    client.force_login(third)
    page = client.get("/assurance/sweeps/mine/").content.decode()
    assert sealed.name not in page and later.name not in page
    assert client.get(f"/assurance/sweeps/entry/{entry.pk}/").status_code == 404
    actions.close_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    assert sweep.figures["unresolved"] == 2


def test_what_another_did_a_moment_ago_is_seen(county, sweep, third):
    walk(county, sweep, unlisted=(1,))
    at, overseer, stale = county.THURSDAY, county.officer("overseer"), Sweep.objects.get()
    actions.link_sweep(by=overseer, at=at, sweep=sweep)
    with pytest.raises(Refused, match="already"):
        actions.link_sweep(by=overseer, at=at, sweep=stale)
    found, old = SweepPerson.objects.get(state="ask"), SweepPerson.objects.get(state="ask")
    actions.settle_found(by=third, at=at, found=found, state="no_list")
    with pytest.raises(Refused, match="settled already"):
        actions.settle_found(by=third, at=at, found=old, state="on_list")
    stale = Sweep.objects.get()
    actions.close_sweep(by=overseer, at=at, sweep=sweep)
    with pytest.raises(Refused, match="is closed"):
        actions.close_sweep(by=overseer, at=at, sweep=stale)


def test_who_declared_a_tie_is_neither_asked_nor_obeyed(county, sweep, third, client):
    first, second, *_ = sweep.areas.order_by("ticket")
    walk(county, sweep, unlisted=(1, 2))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    here = Person.objects.filter(dwelling__village=first.village, dwelling__group_no=first.group_no)
    near = SweepPerson.objects.get(area=second, state="ask")
    cousin = Person.objects.create(code="Pcousin", name="远亲", county_id=county.COUNTY)
    SweepPerson.objects.filter(pk=near.pk).update(candidates=[cousin.pk])
    for person in (here.first(), cousin):
        Conflict.objects.create(
            officer=third, subject_kind="person", subject_id=person.pk, tie="kin", declared_at=county.MONDAY
        )
    client.force_login(third)
    assert "西屋老人" not in client.get("/assurance/sweeps/mine/").content.decode()
    for found in SweepPerson.objects.filter(state="ask"):
        with pytest.raises(Refused, match="declared a tie"):
            actions.settle_found(by=third, at=county.THURSDAY, found=found, state="on_list")


def test_the_lottery_gives_nobody_an_area_they_are_tied_to(county, doors):
    pool = [county.officer(username) for username in ("handler_civil", "handler_police")]
    codes, towns = [f"{county.VILLAGE_A1}-1", f"{county.VILLAGE_A1}-2"], {county.VILLAGE_A1: county.TOWN_A}
    tied, free = pool
    at_home = Person.objects.filter(dwelling__village=county.VILLAGE_A1)
    for group in (1, 2):
        person = at_home.filter(dwelling__group_no=group).first()
        Conflict.objects.create(
            officer=tied, subject_kind="person", subject_id=person.pk, tie="kin", declared_at=county.MONDAY
        )
    assert set(sweeping.assign(codes, towns, pool, "ab" * 32).values()) == {free.pk}
    Conflict.objects.create(
        officer=free, subject_kind="unit", subject_id=county.officer("grid_a1").unit_id, tie="kin",
        declared_at=county.MONDAY,
    )  # fmt: skip
    assert sweeping.assign(codes, towns, pool, "ab" * 32) == {}


def test_inspectors_of_the_towns_walk_and_settle_everywhere_but_at_home(county, sweep, third):
    """As in a county: each inspector's grant names the town they come from, and the lottery sends them elsewhere."""
    homes = {"inspector_a": county.TOWN_A, "inspector_b": county.TOWN_B, third.username: county.TOWN_A}
    for username, town in homes.items():
        Grant.objects.filter(officer__username=username, role="inspector").update(place=town)

    walk(county, sweep, unlisted=(1,))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    met = SweepPerson.objects.get(state="ask")
    actions.settle_found(by=third, at=county.THURSDAY, found=met, state="no_list")

    assert met.person is not None and met.person.village_id == met.area.village_id


def test_an_inspector_of_another_county_settles_nothing_here(county, sweep, third):
    walk(county, sweep, unlisted=(1,))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)
    here = Place.objects.get(pk=county.COUNTY)
    far = Place.objects.create(
        id=990102000000, level=here.level, name="远山县", parent_id=here.parent_id, county_id=990102000000
    )
    Grant.objects.filter(officer=third).update(place=far)

    met = SweepPerson.objects.get(state="ask")
    assert not queries_sweeps.asks_found(third, county.THURSDAY).exists()
    with pytest.raises(Refused, match="no county where you inspect"):
        actions.settle_found(by=third, at=county.THURSDAY, found=met, state="no_list")


def test_a_word_that_would_count_as_nothing_is_refused(county, sweep, third):
    first = sweep.areas.order_by("ticket").first()
    gone = Person.objects.filter(dwelling__village=first.village, dwelling__group_no=first.group_no).first()
    walk(county, sweep, unlisted=(1,), skip=(gone.pk,))
    actions.link_sweep(by=county.officer("overseer"), at=county.THURSDAY, sweep=sweep)

    said = {"by": third, "at": county.THURSDAY, "state": "fine"}
    with pytest.raises(Refused, match="is no result"):
        actions.settle_found(found=SweepPerson.objects.get(state="ask"), **said)
    with pytest.raises(Refused, match="is no result"):
        actions.settle_entry(entry=SweepEntry.objects.get(person=gone), **said)
