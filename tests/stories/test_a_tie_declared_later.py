"""A tie declared after everything is open already: from that moment nothing of it exists for whoever declared it.

1. A woman of Stone Bridge is in a question, a case, a referral, a report, a doubtful pair, a follow-up and a blind re-visit.
2. Officers who could read or do each of these declare a tie to her, to her mother or to her household.
3. They try every way through, and meet pages that do not exist. What they had to do went to somebody else.
4. Colleagues without a tie go on as before. Who is alone in their unit leaves a line before the lead.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access
from jiandi.rooms.access.models import Event, Notice, Officer
from jiandi.rooms.assurance.models import Draw, Recheck
from jiandi.rooms.cases.models import Case
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.checks import raising
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake import actions as intake
from jiandi.rooms.intake.models import Report
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.models import (
    Household,
    MatchRun,
    Person,
    Record,
    Relation,
    ReviewPair,
    Roster,
)
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Campaign, Expected, Form, Visit, VisitTask
from jiandi.web import wiring
from tests import people
from tests.stories.reading import everything_in, it_is

NAME = "甄三妹"


@pytest.fixture
def her(county):
    """The woman, her mother in the same house, and everything that is open about her."""
    wiring.wire()
    it_is(county.FRIDAY)
    she = cast.person(name=NAME)
    door = county.dwelling()
    home = Household.objects.create(
        code="H000000001", key="1", dwelling=door, village=she.village, town=she.town, county=she.county
    )
    mother = cast.person(code="HK7QMOTH", name="甄母")
    Person.objects.filter(pk__in=[she.pk, mother.pk]).update(household=home, dwelling=door)
    she.refresh_from_db()
    Relation.objects.create(person=she, other=mother, kind="mother", row_id=1)
    report, _ = intake.receive_report(at=county.MONDAY, body="有一个女人被锁在后屋", place=she.village)
    ground = cast.alert(she)
    Alert.objects.filter(pk=ground.pk).update(
        sources=[{"kind": "report", "id": report.pk}], routed_to=county.unit("明溪县卫生健康局")
    )
    case = cast.case(person=she, alert=Alert.objects.get(pk=ground.pk))
    cast_plan(case)
    cast.sent(opened=case)
    return she


def cast_plan(case: Case) -> None:
    """Bring the case to where a referral may be sent."""
    lead = people.officer("lead")
    cast.actions.assess(by=lead, at=people.MONDAY, case=case)
    measures = [("medical", "到县医院体检", people.unit("明溪县卫生健康局"), date(2026, 11, 9))]
    cast.actions.make_plan(
        by=lead,
        at=people.MONDAY,
        case=case,
        assessment="需要治疗和安全住处",
        safety=cast.SAFETY,
        measures=measures,
    )


def declares(username: str, kind: str, subject: int) -> None:
    officer = people.officer(username)
    access.declare_conflict(by=officer, at=people.TUESDAY, subject_kind=kind, subject_id=subject, tie="亲戚")


def ways_to(she: Person) -> dict[str, str]:
    """Every address at which something of hers opens for somebody."""
    case = Case.objects.get()
    return {
        "alert": reverse("checks:alert", args=[Alert.objects.get().pk]),
        "case": case.get_absolute_url(),
        "referral": case.referrals.get().get_absolute_url(),
        "report": reverse("intake:report", args=[Report.objects.get().number]),
    }


def opened(client, username: str, she: Person) -> set[str]:
    client.force_login(people.officer(username))
    return {what for what, address in ways_to(she).items() if client.get(address).status_code == 200}


@pytest.mark.parametrize("tie", ["person", "mother", "household"])
@pytest.mark.parametrize(
    ("username", "before"),
    [
        ("lead", {"alert", "case", "referral", "report"}),
        ("handler_health", {"alert", "referral"}),
        ("hotline", {"report"}),
    ],
)
def test_nothing_of_hers_opens_any_more(her, client, username, before, tie):
    assert opened(client, username, her) >= before
    subject = {"person": her.pk, "mother": Person.objects.get(name="甄母").pk, "household": her.household_id}[
        tie
    ]

    declares(username, "household" if tie == "household" else "person", subject)

    assert opened(client, username, her) == set()
    for page in ("checks:alerts", "cases:cases", "cases:inbox", "intake:reports", "access:log", "home"):
        text = everything_in(client.get(reverse(page)))
        assert NAME not in text and not any(address in text for address in ways_to(her).values()), page


def test_colleagues_without_a_tie_go_on(her, client):
    declares("handler_health", "person", her.pk)

    assert opened(client, "lead", her) == {"alert", "case", "referral", "report"}
    assert opened(client, "overseer", her) >= {"alert", "case", "report"}


def test_what_only_they_could_do_goes_to_the_next_and_before_the_lead(her, county):
    declares("handler_health", "person", her.pk)

    alert = Alert.objects.get()
    assert alert.routed_to != county.unit("明溪县卫生健康局")
    told = Notice.objects.filter(
        to=county.officer("lead"), text_en__contains="Please give it to another unit"
    )
    assert told.get().link == Case.objects.get().referrals.get().get_absolute_url()


def test_a_question_raised_afterwards_is_walled_by_the_same_circle(her, county):
    declares("handler_civil", "person", Person.objects.get(name="甄母").pk)

    atlas = raising.Atlas([], Place.objects.get(pk=county.COUNTY))

    assert ("person", Person.objects.get(name="甄母").pk) in atlas.ties[her.pk]


def test_a_doubtful_pair_about_her_is_nobodys_who_is_close_to_her(her, county, client):
    pair = a_pair(county, her)
    ReviewPair.objects.update(held_by=county.officer("steward"))
    client.force_login(county.officer("steward"))
    page = reverse("register:pair", args=[pair.pk])
    assert client.get(page).status_code == 200

    declares("steward", "household", her.household_id)

    assert client.get(page).status_code == 404
    assert page not in client.get(reverse("register:review")).content.decode()
    assert ReviewPair.objects.get().held_by is None
    with pytest.raises(Refused) as refused:
        register.decide_pair(
            by=county.officer("steward"), at=county.WEDNESDAY, pair=pair, verdict="not_same", reason="两个人"
        )
    assert refused.value.code == "not_found"


def a_pair(county, she: Person) -> ReviewPair:
    roster = Roster.objects.create(
        unit=county.unit("明溪县公安局"), county_id=county.COUNTY, kind="hukou", state="withdrawn", file_name="户籍.csv", sha256="0" * 64,
        size_bytes=1, reference_on=date(2026, 11, 1), delivered_at=county.MONDAY, delivered_by=county.officer("steward"),
    )  # fmt: skip
    records = [
        Record.objects.create(
            id=(roster.pk << 24 | row) * 8, roster=roster, row_no=row, role=0, name=NAME, person=person
        )
        for row, person in ((1, she), (2, None))
    ]
    permission = Authorisation.objects.create(
        number="1", issued_by="专班", purpose="核对", starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31)
    )
    run = MatchRun.objects.create(authorisation=permission, started_at=county.MONDAY, model_version="1")
    return ReviewPair.objects.create(
        run=run, record=records[0], candidate=records[1], reason="middle", detail_zh="同名", detail_en="same name",
        village_id=county.VILLAGE_A1, town_id=county.TOWN_A, county_id=county.COUNTY,
    )  # fmt: skip


def test_her_door_goes_to_a_colleague_or_waits(her, county, client):
    task = screening.add_task(
        by=county.officer("lead"), at=county.MONDAY, purpose="follow_up", pretext="health", person=her, due_on=date(2026, 11, 9),
        worker=county.officer("grid_a1"),
    )  # fmt: skip
    client.force_login(county.officer("grid_a1"))
    assert client.get(reverse("screening:task", args=[task.code])).status_code == 200

    declares("grid_a1", "person", her.pk)

    assert VisitTask.objects.get(pk=task.pk).worker is None  # nobody else of the village committee visits
    assert task.code not in client.get(reverse("screening:my_tasks")).content.decode()
    gone = Officer.objects.create(username="grid_a0", name="葛零", unit=county.unit("石桥村村民委员会"))
    access.make_grant(None, gone, "grid", her.village, date(2026, 10, 1), date(2026, 10, 31))  # walks no more
    other = Officer.objects.create(username="grid_a2", name="葛三", unit=county.unit("石桥村村民委员会"))
    access.make_grant(None, other, "grid", her.village, date(2026, 11, 1))
    VisitTask.objects.filter(pk=task.pk).update(worker=county.officer("grid_a1"))
    declares("grid_a1", "household", her.household_id)
    assert VisitTask.objects.get(pk=task.pk).worker == other


def test_a_blind_revisit_of_her_goes_to_another_inspector(her, county, client):
    recheck = a_recheck(county, her)

    declares("inspector_b", "person", her.pk)

    recheck.refresh_from_db()
    assert recheck.inspector is None and recheck.task.worker is None  # the other inspector is of her own town
    client.force_login(county.officer("inspector_b"))
    assert client.get(reverse("assurance:recheck", args=[recheck.task_id])).status_code == 404


def a_recheck(county, she: Person) -> Recheck:
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=county.COUNTY, form=form, reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    where = {"village": she.village, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    tasks = [
        VisitTask.objects.create(code=code, purpose=purpose, campaign=round_, dwelling=she.dwelling, **where)
        for code, purpose, round_ in (("T1", "round", campaign), ("T2", "revisit", None))
    ]
    visit = Visit.objects.create(
        instance_id="uuid:1", body=b"", sha256=bytes(32), received_at=county.TUESDAY, channel="phone", state="applied",
        task=tasks[0], worker=county.officer("grid_a1"), dwelling=she.dwelling, started_at=county.TUESDAY, result="met", **where,
    )  # fmt: skip
    expected = Expected.objects.create(task=tasks[0], person=she, outcome="seen", visit=visit, **where)
    draw = Draw.objects.create(
        campaign=campaign, made_at=county.FRIDAY, made_by=county.officer("overseer"), frame_size=1, frame_root="0",
        seed_commitment="0", seed_sealed=b"0", claim_per_10000=100,
    )  # fmt: skip
    VisitTask.objects.filter(pk=tasks[1].pk).update(worker=county.officer("inspector_b"))
    return Recheck.objects.create(
        draw=draw,
        expected=expected,
        original=visit,
        task=tasks[1],
        ticket="1",
        inspector=county.officer("inspector_b"),
        **where,
    )


def test_declaring_leaves_one_event_of_its_own(her, county):
    declares("lead", "person", her.pk)

    assert Event.objects.filter(verb="access.declare_conflict").count() == 1


def test_every_room_that_holds_work_about_people_has_its_part():
    assert set(wiring.TIES) == {"register", "screening", "checks", "intake", "cases", "assurance"}
