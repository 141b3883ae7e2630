"""Assess, plan, ask: each works, refuses, and leaves one event."""

from datetime import date

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.cases import actions
from jiandi.rooms.cases.tests import cast


def test_it_assesses_then_plans(county):
    case = cast.planned()

    assert case.state == "planned"
    assert cast.verbs(case) == ["cases.open_case", "cases.assess", "cases.make_plan"]
    assert case.plans.get().measures.get().kind == "medical"


def test_it_keeps_the_old_plan_when_a_new_one_is_made(county):
    case = cast.planned()

    actions.make_plan(
        by=county.officer("lead"),
        at=county.TUESDAY,
        case=case,
        assessment="情况有变,另需就学资助",
        safety=cast.SAFETY,
        measures=[("school", "联系学校入学", county.unit("明溪县教育局"), None)],
    )

    assert list(case.plans.order_by("version").values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"safety": ""}, "cases.safety_part"),
        ({"measures": []}, "cases.no_measures"),
        ({"assessment": " "}, "cases.assessment"),
    ],
)
def test_it_refuses_a_plan_without(county, change, code):
    case = cast.case()
    lead = county.officer("lead")
    actions.assess(by=lead, at=county.MONDAY, case=case)
    plan = {
        "assessment": "需要治疗",
        "safety": cast.SAFETY,
        "measures": [("medical", "体检", county.unit("明溪县卫生健康局"), None)],
    }

    with pytest.raises(Refused) as refused:
        actions.make_plan(by=lead, at=county.MONDAY, case=case, **(plan | change))

    assert refused.value.code == code


def test_it_gives_no_measure_to_a_walled_unit(county):
    case = cast.case()
    lead = county.officer("lead")
    actions.assess(by=lead, at=county.MONDAY, case=case)

    with pytest.raises(Refused) as refused:
        actions.make_plan(
            by=lead,
            at=county.MONDAY,
            case=case,
            assessment="需要照料",
            safety=cast.SAFETY,
            measures=[("care", "每日探望", county.unit(cast.VILLAGE_UNIT), None)],
        )

    assert refused.value.code == "cases.measure_unit_walled"


def test_it_refuses_a_plan_before_the_assessment(county):
    case = cast.case()

    with pytest.raises(Refused) as refused:
        actions.make_plan(
            by=county.officer("lead"),
            at=county.MONDAY,
            case=case,
            assessment="需要治疗",
            safety=cast.SAFETY,
            measures=[("medical", "体检", county.unit("明溪县卫生健康局"), None)],
        )

    assert refused.value.code == "cases.state_conflict"


def test_a_department_that_is_not_responsible_does_not_plan(county):
    case = cast.case()

    with pytest.raises(Refused) as refused:
        actions.assess(by=county.officer("handler_civil"), at=county.MONDAY, case=case)

    assert refused.value.code == "cases.not_responsible"


def test_what_is_said_before_others_never_replaces_what_was_said_alone(county):
    case = cast.case()
    subject = case.subjects.get()
    women = county.officer("handler_women")
    actions.record_wish(by=women, at=county.MONDAY, subject=subject, words="我想离开这里", asked_alone=True)

    actions.record_wish(by=women, at=county.TUESDAY, subject=subject, words="我愿意留下", asked_alone=False)

    subject.refresh_from_db()
    assert subject.own_wish == "我想离开这里"
    assert subject.wishes.count() == 2
    assert cast.verbs(case)[-2:] == ["cases.record_wish", "cases.record_wish"]


def test_it_refuses_an_empty_wish(county):
    subject = cast.case().subjects.get()

    with pytest.raises(Refused) as refused:
        actions.record_wish(
            by=county.officer("lead"), at=county.MONDAY, subject=subject, words=" ", asked_alone=True
        )

    assert refused.value.code == "cases.own_words"


def test_it_notes_milestones_as_dates_only(county):
    case = cast.case()
    lead = county.officer("lead")

    actions.record_milestone(by=lead, at=county.MONDAY, case=case, kind="filed", on_date=date(2026, 11, 1))

    assert cast.verbs(case)[-1] == "cases.record_milestone"
    for kind, day, code in [
        ("confession", date(2026, 11, 1), "cases.milestone"),
        ("filed", date(2027, 1, 1), "cases.milestone_ahead"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.record_milestone(by=lead, at=county.MONDAY, case=case, kind=kind, on_date=day)
        assert refused.value.code == code


def test_it_adds_a_child_to_the_case_once(county):
    case, child = cast.case(), cast.person("HK7QKIND", "甄小")
    lead = county.officer("lead")

    actions.add_subject(by=lead, at=county.MONDAY, case=case, person=child, part="child")

    assert cast.verbs(case)[-1] == "cases.add_subject"
    with pytest.raises(Refused) as refused:
        actions.add_subject(by=lead, at=county.MONDAY, case=case, person=child, part="child")
    assert refused.value.code == "cases.subject_conflict"
