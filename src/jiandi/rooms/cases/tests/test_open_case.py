"""Opening a case: who may, on what, and the wall it is born with."""

import re

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.access.models import Wall
from jiandi.rooms.access.permissions import has_wall_between
from jiandi.rooms.cases import actions, codenames, queries
from jiandi.rooms.cases.models import Case
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake.models import Report
from jiandi.rooms.register.models import Relation


def test_it_opens_a_case_with_number_code_name_and_wall(county):
    case = cast.case()

    assert re.fullmatch(r"明溪护〔2026〕第[1-9]\d{4}号", case.number)
    assert not set(case.code_name) & set("甄三妹")
    assert case.village_id == county.VILLAGE_A1
    assert has_wall_between(county.officer("grid_a1"), case.wall_id)
    assert cast.verbs(case) == ["cases.open_case"]
    assert Alert.objects.get().state == "confirmed"
    assert queries.cases(county.officer("lead"), county.MONDAY).get() == case


def test_no_number_tells_of_the_cases_between(county):
    first = cast.case()
    second_person = cast.person("HK7QCAS2", "贾二")
    second = cast.case(person=second_person, alert=cast.alert(second_person, key="R1:2"))

    assert 10_000 <= first.serial <= 99_999 and abs(first.serial - second.serial) > 1
    assert 10**7 <= first.pk < 10**8 and abs(first.pk - second.pk) > 1  # what stands in addresses
    assert first.code_name != second.code_name


def test_it_refuses_an_officer_of_an_implicated_unit(county):
    about = cast.person()
    alert = cast.alert(about, implicated=("明溪县妇女联合会",))

    with pytest.raises(Refused) as refused:
        cast.case(by=county.officer("handler_women"), person=about, alert=alert)

    assert refused.value.code == "cases.own_unit_implicated"
    assert not Case.objects.exists()


def test_it_refuses_an_owner_below_an_implicated_unit(county):
    about = cast.person()
    alert = cast.alert(about, implicated=("清溪镇人民政府",))

    with pytest.raises(Refused) as refused:
        cast.case(person=about, alert=alert, owner_unit=county.unit("石桥村村民委员会"))

    assert refused.value.code == "cases.owner_walled"


def test_it_refuses_an_officer_with_a_declared_tie(county):
    about = cast.person()
    handler = county.officer("handler_women")
    access_actions.declare_conflict(
        by=handler, at=county.MONDAY, subject_kind="person", subject_id=about.pk, tie="表亲"
    )

    with pytest.raises(Refused) as refused:
        cast.case(by=handler, person=about)

    assert refused.value.code == "cases.declared_tie"


def test_it_walls_off_officers_tied_to_kin(county):
    about, husband = cast.person(), cast.person("HK7QCAS3", "冯大")
    Relation.objects.create(person=about, other=husband, kind="spouse", row_id=1)
    handler = county.officer("handler_civil")
    access_actions.declare_conflict(
        by=handler, at=county.MONDAY, subject_kind="person", subject_id=husband.pk, tie="姻亲"
    )

    case = cast.case(person=about)

    assert has_wall_between(handler, case.wall_id)


def test_it_refuses_a_second_case_on_the_same_alert(county):
    case = cast.case()

    with pytest.raises(Refused) as refused:
        cast.case(person=case.subjects.get().person, alert=case.alert)

    assert refused.value.code == "cases.already_open_conflict"


@pytest.mark.parametrize("second", [None, "lead", "hotline", "handler_police"])
def test_it_needs_a_fit_second_officer_where_there_is_danger_now(county, second):
    about = cast.person()
    alert = cast.alert(about, rule_class="danger", implicated=("明溪县公安局",))
    officer = county.officer(second) if second else None

    with pytest.raises(Refused) as refused:
        cast.case(person=about, alert=alert, second_officer=officer)

    assert refused.value.code.startswith("cases.second_officer")


def test_it_lets_danger_now_skip_the_plan(county):
    about = cast.person()
    alert = cast.alert(about, rule_class="danger")
    case = cast.case(person=about, alert=alert, second_officer=county.officer("handler_police"))

    cast.sent(opened=case)

    case.refresh_from_db()
    assert (case.is_danger_now, case.state) == (True, "active")


def test_it_opens_on_a_report_about_a_unit_and_walls_that_unit(county):
    report = Report.objects.create(
        code_digest=b"1" * 32,
        received_on=county.MONDAY.date(),
        channel="web",
        county_id=county.COUNTY,
        body_sealed=b"x",
        about_unit=county.unit("清溪镇人民政府"),
        wall=Wall.objects.create(made_at=county.MONDAY, reason="线索反映的单位"),
    )

    case = actions.open_case(
        by=county.officer("lead"),
        at=county.MONDAY,
        person=None,
        report=report,
        owner_unit=county.unit("明溪县妇女联合会"),
    )

    assert has_wall_between(county.officer("grid_a1"), case.wall_id)
    report.refresh_from_db()
    assert report.state == "taken_up"


def test_it_refuses_a_case_on_nothing(county):
    with pytest.raises(Refused) as refused:
        actions.open_case(
            by=county.officer("lead"), at=county.MONDAY, person=None, owner_unit=county.unit("明溪县民政局")
        )

    assert refused.value.code == "cases.one_ground"


def test_it_refuses_roles_that_open_no_cases(county):
    with pytest.raises(Refused) as refused:
        cast.case(by=county.officer("township_b"))

    assert refused.value.code == "access.role"


def test_the_database_refuses_danger_now_opened_by_one(county):
    case = cast.case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(is_danger_now=True)


def test_the_database_refuses_a_closed_case_without_a_moment(county):
    case = cast.case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed")


def test_code_names_share_no_character_with_the_person_and_never_repeat():
    taken: set[str] = set()
    for _ in range(300):
        name, english = codenames.invent("石春桥", taken)
        assert not set(name) & set("石春桥")
        assert name not in taken and english
        taken.add(name)
