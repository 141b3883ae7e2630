"""Known cases: with consent, before anything is drawn, told to nobody who looks; what they show stands beside the plain figure."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import make_grant
from jiandi.rooms.access.models import Event, Wall
from jiandi.rooms.assurance import actions, actions_known, actions_sweeps, queries, queries_known
from jiandi.rooms.assurance.models import Certificate, KnownCase
from jiandi.rooms.assurance.tests.test_draw import answer
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import Membership, Person
from jiandi.rooms.screening.models import Expected, Visit, VisitTask

LATER = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
AGREED = {"consented": True, "words": "说明了只是检验复核人,本人说愿意", "consented_on": date(2026, 11, 2)}
SEEN, QUIET = 40, 8  # claimed as seen; doors nobody went to


@pytest.fixture
def campaign(county):
    """A round: forty people claimed as seen, eight at whose doors nobody was."""
    place = Place.objects.get(pk=county.VILLAGE_A1)
    made = county.campaign()
    where = {"village": place, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    for number in range(1, SEEN + QUIET + 1):
        door = county.dwelling(number=number)
        person = Person.objects.create(
            code=f"P{number:04d}", name="某某", birth_on="1960-01-01", dwelling=door, **where
        )
        task = VisitTask.objects.create(code=f"T{number}", campaign=made, dwelling=door, **where)
        visit = None
        if number <= SEEN:
            visit = Visit.objects.create(
                instance_id=f"uuid:{number}", body=b"", sha256=bytes([number]) * 32, received_at=county.TUESDAY,
                channel="phone", state="applied", task=task, worker=county.officer("grid_a1"), dwelling=door,
                started_at=county.TUESDAY, result="met", **where,
            )  # fmt: skip
        outcome = "seen" if visit else "not_yet"
        Expected.objects.create(task=task, person=person, outcome=outcome, visit=visit, **where)
    return made


def quiet(number):
    return Person.objects.get(code=f"P{SEEN + number:04d}")


def seed(county, person, campaign, **more):
    said = {"by": county.officer("overseer"), "at": county.TUESDAY, "campaign": campaign, **AGREED, **more}
    return actions_known.seed_known(person=person, **said)


def opened(county, campaign):
    return actions.hold_draw(
        at=county.WEDNESDAY, campaign=campaign, claim_per_10000=1500, throws=county.throws()
    )


def answered(county, draw, blind=()):
    """Every re-visit comes back true; at the doors of known cases the truth is told, but for inspectors who write what they like."""
    bodies = [answer(one) for one in draw.rechecks.select_related("task__dwelling", "expected__person")]
    for one in draw.known_cases.filter(task__isnull=False, withdrawn_at__isnull=True).select_related(
        "task__dwelling", "expected__person"
    ):
        came = "yes" if one.person_id in blind else "no"
        bodies.append(answer(one, came=came).replace(b"uuid:r", b"uuid:k"))
    return actions.receive_rechecks(by=county.officer("engine"), at=county.THURSDAY, draw=draw, bodies=bodies)


def certified(county, draw):
    actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)
    return actions.issue_certificate(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)


def test_what_known_cases_show_stands_beside_the_certificate_and_changes_nothing_in_it(
    county, campaign, client
):
    for number in range(1, 7):
        seed(county, quiet(number), campaign)
    draw = opened(county, campaign)
    counts = answered(county, draw, blind={quiet(1).pk})
    certificate = certified(county, draw)

    assert counts == {"true": draw.rechecks.count()}  # the lottery's alone
    shown = certificate.detection
    assert (shown["seeded"], shown["noticed"]) == (6, 5) and 0.41 < shown["least"] < 0.42
    assert certificate.false_found == 0 and "known cases" not in certificate.sentence_en
    assert shown["bound"] * 10_000 / draw.frame_size > certificate.bound_per_10000
    assert "does not replace" in shown["text_en"] and "at least 41.8%" in shown["text_en"]
    client.force_login(county.officer("lead"))
    page = client.get(f"/assurance/certificate/{certificate.pk}/").content.decode()
    assert shown["text_zh"] in page and quiet(1).code not in page


def test_a_certificate_without_known_cases_says_nothing_of_inspectors(county, campaign):
    draw = opened(county, campaign)
    answered(county, draw)

    assert certified(county, draw).detection == {}


def test_nothing_an_inspector_sees_tells_a_known_case_apart(county, campaign, client):
    for number in (1, 2):
        seed(county, quiet(number), campaign)
    draw = opened(county, campaign)
    inspector = county.officer("inspector_b")
    client.force_login(inspector)
    mine = queries.my_rechecks(inspector)
    page = client.get("/assurance/my/").content.decode()

    assert len(mine) == draw.rechecks.count() + 2 and quiet(1).dwelling.address in page
    assert client.get("/assurance/known/").status_code == 403
    tests = [one for one in mine if isinstance(one, KnownCase)]
    forms = {
        client.get(f"/assurance/my/{one.task_id}/")
        .content.decode()
        .split("<form")[-1]
        .split("</textarea>")[1]
        for one in (mine[0], tests[0])
    }
    assert len(forms) == 1
    batch = Event.objects.filter(verb="screening.add_tasks")
    assert batch.count() == 1  # one batch for all doors
    said = {"result": "met", "present": "seen", "came": "no", "danger": "none", "words": ""}
    assert client.post(f"/assurance/my/{tests[0].task_id}/", said).status_code == 302
    assert KnownCase.objects.get(pk=tests[0].pk).result == "false"
    assert Event.objects.get(verb="assurance.decide_recheck").payload == {}


@pytest.mark.parametrize("username", ["lead", "township_a", "inspector_a", "engine"])
def test_nobody_but_an_overseer_reads_or_registers(county, campaign, client, username):
    known = seed(county, quiet(1), campaign)
    officer = county.officer(username)
    with pytest.raises(Refused, match="Your role"):
        seed(county, quiet(2), campaign, by=officer)
    with pytest.raises(Refused, match="Your role"):
        actions_known.withdraw_known(by=officer, at=county.TUESDAY, known=known)
    client.force_login(officer)
    assert client.get("/assurance/known/").status_code == 403


def test_an_overseer_who_inspects_is_told_nothing(county, campaign, client):
    seed(county, quiet(1), campaign)
    overseer = county.officer("overseer")
    make_grant(None, overseer, "inspector", Place.objects.get(pk=county.TOWN_A), date(2026, 1, 1))

    assert queries_known.known_cases(overseer, county.TUESDAY) == []
    with pytest.raises(Refused, match="You inspect as well"):
        seed(county, quiet(2), campaign)
    client.force_login(overseer)
    assert quiet(1).code not in client.get("/assurance/known/").content.decode()


def test_nobody_under_protection_is_staged_and_the_refusal_never_says_why(county, campaign):
    """Unknown, sealed, in a case, in danger, on a sensitive list, from elsewhere: one sentence for all."""
    walled, subject, danger, listed, moved = (quiet(n) for n in range(1, 6))
    wall = Wall.objects.create(reason="x", made_at=county.MONDAY)
    Person.objects.filter(pk=walled.pk).update(wall=wall)
    alert = {
        "rule": "R1",
        "county_id": county.COUNTY,
        "first_seen_at": county.MONDAY,
        "last_seen_at": county.MONDAY,
    }
    ground = Alert.objects.create(key="a", rule_class="contradiction", detail_zh="x", detail_en="x", **alert)
    case = Case.objects.create(
        number="1", year=2026, serial=1, code_name="x", code_name_en="x", opened_at=county.MONDAY, alert=ground, wall=wall,
        opened_by=county.officer("lead"), owner_unit=county.unit("明溪县工作专班"), county_id=county.COUNTY,
    )  # fmt: skip
    Subject.objects.create(case=case, person=subject, part="child")
    Alert.objects.create(key="b", rule_class="danger", person=danger, detail_zh="x", detail_en="x", **alert)
    Membership.objects.create(person=listed, group="violence")
    Person.objects.filter(pk=moved.pk).update(village=None, town=None, county_id=990100000000)
    told = set()
    for person in (None, walled, subject, danger, listed, moved):
        with pytest.raises(Refused) as refusal:
            seed(county, person and Person.objects.get(pk=person.pk), campaign)
        told.add((refusal.value.code, refusal.value.text))

    assert len(told) == 1 and not KnownCase.objects.exists()
    assert not Event.objects.filter(verb="assurance.seed_known").exists()


def test_it_refuses_without_consent_after_the_draw_and_where_somebody_went(county, campaign):
    refused = (
        ({"consented": False}, "own consent"),
        ({"words": "好"}, "own consent"),
        ({"consented_on": date(2027, 1, 1)}, "own consent"),
    )
    for more, why in refused:
        with pytest.raises(Refused, match=why):
            seed(county, quiet(1), campaign, **more)
    Person.objects.filter(pk=quiet(2).pk).update(birth_on="2015-01-01")
    with pytest.raises(Refused, match="Only adults"):
        seed(county, quiet(2), campaign)
    with pytest.raises(Refused, match="was at this person's door"):
        seed(county, Person.objects.get(code="P0001"), campaign)
    seed(county, quiet(1), campaign)
    with pytest.raises(Refused, match="registered already"):
        seed(county, quiet(1), campaign)
    actions.make_draw(
        by=county.officer("overseer"), at=county.WEDNESDAY, campaign=campaign, claim_per_10000=1500
    )
    with pytest.raises(Refused, match="open already"):
        seed(county, quiet(3), campaign)


def test_a_door_somebody_went_to_before_the_draw_is_no_test(county, campaign):
    for number in (1, 2):
        seed(county, quiet(number), campaign)
    VisitTask.objects.filter(dwelling=quiet(1).dwelling).update(state="visited")
    draw = opened(county, campaign)

    assert [one.person for one in draw.known_cases.all()] == [quiet(2)]
    states = {one.person_id: queries_known.state_of(one).en for one in KnownCase.objects.all()}
    assert "left out" in states[quiet(1).pk] and "out with" in states[quiet(2).pk]


def test_who_comes_under_protection_before_the_draw_is_left_out_without_a_word(county, campaign):
    for number in (1, 2):
        seed(county, quiet(number), campaign)
    Person.objects.filter(pk=quiet(1).pk).update(wall=Wall.objects.create(reason="x", made_at=county.MONDAY))
    draw = opened(county, campaign)

    assert [one.person for one in draw.known_cases.all()] == [quiet(2)]
    told = queries_known.state_of(KnownCase.objects.get(person=quiet(1)))
    assert told == queries_known.STATES["left_out"]


def test_who_withdraws_is_let_go_without_a_reason_even_when_an_inspector_is_on_the_way(
    county, campaign, client
):
    first, second = seed(county, quiet(1), campaign), seed(county, quiet(2), campaign)
    client.force_login(county.officer("overseer"))
    draw = opened(county, campaign)
    assert client.post(f"/assurance/known/{first.pk}/withdraw/").status_code == 302
    first.refresh_from_db()

    assert first.withdrawn_at and first.task.state == "closed"
    assert first.task_id not in [one.task_id for one in queries.my_rechecks(county.officer("inspector_b"))]
    answered(county, draw)
    assert certified(county, draw).detection["seeded"] == 1
    with pytest.raises(Refused, match="counted or withdrawn"):
        actions_known.withdraw_known(
            by=county.officer("overseer"), at=county.FRIDAY, known=KnownCase.objects.get(pk=second.pk)
        )
    assert Event.objects.get(verb="assurance.withdraw_known").payload == {}


def test_a_known_case_that_is_out_holds_the_certificate_and_counts_as_overlooked_in_the_end(county, campaign):
    seed(county, quiet(1), campaign)
    draw, overseer = opened(county, campaign), county.officer("overseer")
    draw.rechecks.update(result="true")
    actions.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)
    with pytest.raises(Refused, match="still out"):
        actions.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)
    actions.close_waiting(by=overseer, at=LATER, draw=draw)
    detection = actions.issue_certificate(by=overseer, at=LATER, draw=draw).detection

    assert (detection["seeded"], detection["noticed"], detection["unresolved"], detection["bound"]) == (
        1,
        0,
        1,
        None,
    )
    assert "No bound" in detection["text_en"]
    assert Certificate.objects.get().claim_holds


def test_the_page_registers_and_lists(county, campaign, client):
    client.force_login(county.officer("overseer"))
    said = {"test": f"round-{campaign.pk}", "code": quiet(1).code.lower(), "consented_on": "2026-11-02"}
    said |= {"words": AGREED["words"]}
    page = client.post("/assurance/known/", said).content.decode()
    assert "没有本人同意就不能登记" in page

    assert client.post("/assurance/known/", {**said, "consented": "on"}).status_code == 302
    page = client.get("/assurance/known/").content.decode()
    assert quiet(1).code in page and "等候抽签" in page and AGREED["words"] in page
    event = Event.objects.get(verb="assurance.seed_known")
    assert event.payload == {"for": "round"} and event.place_id is None


def test_the_database_holds_one_test_with_consent(county, campaign):
    known = seed(county, quiet(1), campaign)
    for wrong in (
        {"consent_words": ""},
        {"swept_place_id": county.COUNTY},
        {"campaign": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            KnownCase.objects.filter(pk=known.pk).update(**wrong)
    known.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        known.save(force_insert=True)


@pytest.fixture
def place(county):
    """Eight areas in two townships, three doors each, one registered adult behind every door."""
    villages = (county.VILLAGE_A1, county.VILLAGE_A2, county.VILLAGE_B1, county.VILLAGE_B2)
    for surname, village in zip("林王李赵", villages, strict=True):
        for number in range(1, 7):
            door = county.dwelling(village=village, number=number)
            Dwelling.objects.filter(pk=door.pk).update(group_no=1 + number // 4)
            Person.objects.create(
                code=f"P{village}{number}"[-16:], name=f"{surname}{'春夏秋冬东西'[number - 1]}{'兰芳梅英'[villages.index(village)]}",
                sex=2, birth_on=date(1950 + number, 5, 1), kinds="hukou", dwelling=door, village=door.village, town=door.town,
                county_id=county.COUNTY,
            )  # fmt: skip
    make_grant(
        None,
        county.officer("handler_civil"),
        "inspector",
        Place.objects.get(pk=county.COUNTY),
        date(2026, 1, 1),
    )
    return Place.objects.get(pk=county.COUNTY)


def test_a_sweep_tested_with_known_cases_gains_a_line_and_keeps_its_own(county, place, client):
    """Everybody of four doors agrees; six of eight areas are drawn; one known person is overlooked."""
    overseer, everybody = county.officer("overseer"), list(Person.objects.order_by("pk"))
    agreed = everybody[::4]
    for person in agreed:
        seed(county, person, None, swept_place=place)
    sweep = actions_sweeps.open_sweep(by=overseer, at=county.TUESDAY, place=place, size=6)
    with pytest.raises(Refused, match="open already"):
        seed(county, everybody[1], None, swept_place=place)
    for one, dice in county.throws():
        sweep = actions_sweeps.throw_sweep_dice(by=one, at=county.TUESDAY, sweep=sweep, dice=dice)
    drawn = set(sweep.areas.values_list("village", "group_no"))
    inside = [one for one in agreed if (one.dwelling.village_id, one.dwelling.group_no) in drawn]
    for area in sweep.areas.select_related("inspector"):
        here = Person.objects.filter(dwelling__village=area.village, dwelling__group_no=area.group_no)
        for one in here.exclude(pk=inside[0].pk):
            actions_sweeps.note_resident(
                by=area.inspector, at=county.WEDNESDAY, area=area, name=one.name, sex=2, birth_year=one.birth_on.year,
                dwelling=one.dwelling, was_met=True,
            )  # fmt: skip
        actions_sweeps.finish_area(by=area.inspector, at=county.WEDNESDAY, area=area)
    actions_sweeps.link_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    for area in sweep.areas.all():
        area.entries.update(state="lives")
    closed = actions_sweeps.close_sweep(by=overseer, at=county.THURSDAY, sweep=sweep)
    known = closed.figures["known"]

    assert (known["seeded"], known["noticed"]) == (len(inside), len(inside) - 1)
    results = list(KnownCase.objects.order_by("pk").values_list("result", flat=True))
    assert results.count("not_drawn") == len(agreed) - len(inside) and results.count("missed") == 1
    assert len(closed.figures["bias"]) == 4 and "known" not in closed.sentence_en
    assert known["row"][0] < 1 and known["row"][2] <= closed.figures["bias"][0][2]
    client.force_login(county.officer("lead"))
    page = client.get(f"/assurance/sweeps/{sweep.pk}/").content.decode()
    assert 'id="known"' in page and known["text_zh"] in page and inside[0].name not in page


def test_a_sweep_whose_lottery_missed_every_known_case_says_nothing_of_them(county, place):
    person = Person.objects.first()
    Person.objects.filter(pk=person.pk).update(dwelling=None)
    with pytest.raises(Refused, match="No door"):
        seed(county, Person.objects.get(pk=person.pk), None, swept_place=place)
