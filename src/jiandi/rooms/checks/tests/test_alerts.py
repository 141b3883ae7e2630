"""A question is raised, routed around those it implicates, and answered - by two people where it is about danger."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.checks import Finding, Implicated, RuleRun, Said
from jiandi.core.values import Refused, Source, Text
from jiandi.rooms.access.models import Event, Officer, WallEntry
from jiandi.rooms.checks import actions, queries
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person

DETAIL = Text(zh="1998年登记,女方无证件。", en="Registered in 1998 without papers of the wife.")


def finding(county, person, rule="R1", key="1", **extra):
    values = {
        "rule": rule, "key": f"{rule}:{key}", "person_id": person.pk if person else None, "household_id": None,
        "village": county.VILLAGE_A1, "detail": DETAIL, "sources": (Source("row", 99),), "implicated": (),
    }  # fmt: skip
    return Finding(**{**values, **extra})


def apply(county, findings, rules=("R1", "R11"), at=None):
    """What a run does with its findings, without a county's worth of records behind it."""
    ran = [RuleRun(rule, "ran") for rule in rules]
    return actions.apply_findings(findings, ran, by=county.officer("engine"), at=at or county.MONDAY)


@pytest.fixture
def person(county):
    place = Place.objects.get(pk=county.VILLAGE_A1)
    return Person.objects.create(
        code="P1", name="苗望", county_id=county.COUNTY, town_id=county.TOWN_A, village=place
    )


@pytest.fixture
def alert(county, person):
    apply(county, [finding(county, person)])
    return Alert.objects.get()


@pytest.fixture
def danger(county, person):
    apply(county, [finding(county, person, rule="R11")])
    return Alert.objects.get()


def test_the_same_finding_seen_again_updates_its_alert(county, person, alert):
    told = Text(zh="1998年登记,女方无证件,附件提到远山。", en="As before; a slip names a far county.")

    apply(county, [finding(county, person, detail=told)], at=county.TUESDAY)

    again = Alert.objects.get()
    assert again.pk == alert.pk and again.detail_en.startswith("As before")
    assert (again.first_seen_at, again.last_seen_at) == (county.MONDAY, county.TUESDAY)


def test_a_finding_that_went_away_says_so_and_comes_back(county, person, alert):
    apply(county, [], at=county.TUESDAY)
    assert Alert.objects.get().gone_at == county.TUESDAY

    apply(county, [finding(county, person)], at=county.WEDNESDAY)
    assert Alert.objects.get().gone_at is None


def test_no_match_leaves_the_question_open_until_new_records_ask_it_again(county, person):
    apply(county, [finding(county, person, rule="R21")], rules=("R21",))
    alert = Alert.objects.get()
    actions.leave_unanswered(by=county.officer("lead"), at=county.MONDAY, alert=alert, note="DNA未比中")

    apply(county, [finding(county, person, rule="R21")], rules=("R21",), at=county.TUESDAY)
    assert Alert.objects.get().state == Alert.State.UNANSWERED
    assert alert in queries.alerts(county.officer("lead"), county.TUESDAY)

    compared = (Source("row", 99), Source("row", 100))
    apply(
        county, [finding(county, person, rule="R21", sources=compared)], rules=("R21",), at=county.WEDNESDAY
    )

    assert Alert.objects.get().state == Alert.State.NEW
    assert list(alert.triage.order_by("pk").values_list("to_state", flat=True)) == ["unanswered", "new"]


def test_a_rule_that_could_not_run_takes_nothing_back(county, person, alert):
    apply(county, [], rules=("R11",), at=county.TUESDAY)

    assert Alert.objects.get().gone_at is None


def test_the_village_and_the_named_unit_are_outside_the_wall_from_birth(county, person):
    named = Implicated("unit", "石桥村村民委员会", None, "certified")

    apply(county, [finding(county, person, implicated=(named,))])

    walled = {entry.unit.name for entry in WallEntry.objects.all()}
    assert "石桥村村民委员会" in walled


def test_it_goes_around_an_implicated_recipient(county, person):
    police = Implicated("unit", "明溪县公安局", None, "issued")

    apply(county, [finding(county, person, implicated=(police,))])

    routed = Alert.objects.get()
    assert routed.routed_to.name == "明溪县妇女联合会"
    assert "公安局" in routed.routed_why_zh


def test_it_leaves_the_county_when_every_recipient_is_implicated(county, person):
    names = ("明溪县公安局", "明溪县妇女联合会", "明溪县民政局")
    parties = tuple(Implicated("unit", name, None, "registered") for name in names)

    apply(county, [finding(county, person, implicated=parties)])

    assert Alert.objects.get().routed_to.name == "望川市巡查组"


def test_it_never_goes_to_an_inbox_that_nobody_can_open(county, person):
    Officer.objects.filter(unit__name="明溪县妇女联合会").update(is_active=False)
    police = Implicated("unit", "明溪县公安局", None, "issued")

    apply(county, [finding(county, person, implicated=(police,))])

    routed = Alert.objects.get()
    assert routed.routed_to.name == "明溪县民政局"
    assert "明溪县妇女联合会没有能处理疑点的人" in routed.routed_why_zh
    assert "nobody at 明溪县妇女联合会 can take an alert up" in routed.routed_why_en


def test_the_working_group_stands_in_where_a_recipient_has_no_reader(county, person):
    Officer.objects.filter(unit__kind="inspection").update(is_active=False)

    apply(county, [finding(county, person, rule="R29")], rules=("R29",))

    routed = Alert.objects.get()
    assert routed.routed_to.kind == "working_group"
    assert "没有能处理疑点的人" in routed.routed_why_zh


def test_a_walled_officer_finds_nothing_anywhere(county, person, client):
    apply(county, [finding(county, person, implicated=(Implicated("unit", "明溪县公安局", None, "issued"),))])
    alert = Alert.objects.get()
    police = county.officer("handler_police")

    assert queries.alerts(police, county.MONDAY).count() == 0
    client.force_login(police)
    assert client.get(f"/checks/{alert.pk}/").status_code == 404
    assert alert.detail_zh not in client.get("/checks/").content.decode()
    for verb in (actions.acknowledge, actions.verify):
        with pytest.raises(Refused) as refusal:
            verb(by=police, at=county.MONDAY, alert=alert)
        assert refusal.value.code == "not_found"


def test_triage_moves_and_leaves_one_event_each(county, alert):
    by = county.officer("handler_women")

    actions.acknowledge(by=by, at=county.TUESDAY, alert=alert)
    actions.verify(by=by, at=county.TUESDAY, alert=alert)
    actions.leave_unanswered(by=by, at=county.TUESDAY, alert=alert, note="未能查明")

    verbs = list(Event.objects.filter(subject_kind="alert").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["checks.acknowledge", "checks.verify", "checks.leave_unanswered"]
    assert queries.alerts(by, county.TUESDAY).get() == alert


@pytest.mark.parametrize(("reason", "note"), [("no_match", "比对未中,请结案"), ("clerical", "看了")])
def test_it_refuses_what_is_no_explanation(county, alert, reason, note):
    with pytest.raises(Refused):
        actions.explain(
            by=county.officer("handler_women"), at=county.TUESDAY, alert=alert, reason=reason, note=note
        )


def test_danger_is_explained_only_by_two_units(county, danger):
    women, lead = county.officer("handler_women"), county.officer("lead")
    actions.explain(
        by=women,
        at=county.TUESDAY,
        alert=danger,
        reason="met_in_person",
        note="周二上午单独见到本人,行动自由",
    )

    assert Alert.objects.get().state == "verifying"
    with pytest.raises(Refused, match="another unit|nobody|somebody"):
        actions.second(by=women, at=county.TUESDAY, alert=danger)
    actions.second(by=lead, at=county.TUESDAY, alert=danger)
    assert Alert.objects.get().state == "explained"


def test_the_database_itself_refuses_a_danger_explained_by_one(danger):
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=danger.pk).update(state="explained")


def test_a_danger_sign_is_an_alert_at_once_and_only_once(county, person):
    said = [
        Said(
            where="visit",
            id=5,
            day="2026-11-05",
            danger="locked",
            person_id=person.pk,
            village=county.VILLAGE_A1,
        )
    ]
    stream = actions.Stream("test", lambda last: (said, 5) if last < 5 else ([], 5))

    first = actions.scan_danger(by=county.officer("engine"), at=county.TUESDAY, sources=[stream])
    second = actions.scan_danger(by=county.officer("engine"), at=county.TUESDAY, sources=[stream])

    assert [alert.rule for alert in first] == ["R11"] and second == []


def test_it_runs_on_an_empty_county_and_says_what_could_not_run(county):
    run = actions.run_checks(by=county.officer("lead"), at=county.MONDAY)

    assert Run.objects.get() == run
    assert all(line["zh"] for line in run.report if line["state"] == "not_run")


def test_a_grid_worker_sees_no_alert_and_no_menu_for_it(county, alert, client):
    client.force_login(county.officer("grid_a1"))

    assert client.get("/checks/").status_code == 403
    assert client.get(f"/checks/{alert.pk}/").status_code == 404


def test_a_handler_reads_triages_and_exports_in_the_browser(county, alert, client):
    client.force_login(county.officer("handler_women"))

    page = client.get(f"/checks/{alert.pk}/").content.decode()
    assert alert.detail_zh in page
    assert client.post(f"/checks/{alert.pk}/acknowledge/", {"note": ""}).status_code == 302
    assert Alert.objects.get().state == "acknowledged"
    assert client.get("/checks/export/").headers["Content-Type"].startswith("application/vnd.openxml")
    assert client.get("/checks/rules/").status_code == 200
    assert Event.objects.filter(verb="checks.read_alert").count() == 1


def test_no_count_tells_a_walled_officer_that_there_is_an_alert(county, person, client):
    police = county.officer("handler_police")
    before = [
        (line.rule.id, line.asked, line.confirmed) for line in queries.rule_lines(police, county.MONDAY)
    ]

    apply(county, [finding(county, person, implicated=(Implicated("unit", "明溪县公安局", None, "issued"),))])

    after = [(line.rule.id, line.asked, line.confirmed) for line in queries.rule_lines(police, county.MONDAY)]
    assert after == before
    assert (
        dict(
            (line.rule.id, line.asked) for line in queries.rule_lines(county.officer("lead"), county.MONDAY)
        )["R1"]
        == 1
    )


def test_the_log_shows_no_count_of_alerts_or_walls(county, client):
    actions.run_checks(by=county.officer("lead"), at=county.MONDAY)
    assert Event.objects.get(verb="checks.run_checks").payload["count"] == 0
    client.force_login(county.officer("lead"))

    page = client.get("/log/")

    lines = [line for line in page.context["lines"] if line["event"].verb == "checks.run_checks"]
    assert [line["count"] for line in lines] == [None]
    assert client.get(f"/log/{lines[0]['event'].pk}/?proof").status_code == 403
