"""The way of one record, from a paper that cannot be right to a sentence anybody may check.

1. Four departments deliver their files as they are. One holds a marriage dated two years before its file came into being.
2. Under a written permission the rows are linked: an invented woman appears who is in two files and has no identity.
3. Every door of the village is visited. She is seen, not alone, and holds no papers.
4. The rules ask three questions about her, and name the units that signed her papers.
5. The women's federation opens a case. It is born with a wall.
6. The township and the village behind the papers look for it everywhere, and find nothing.
7. Four departments are asked to help, each with a clock and only with what it needs.
8. Somebody with no part in it goes, sees her alone, and writes down her words.
9. The case is closed, and looked at again after a month: closed is not fixed.
10. The public is told what is established, and nothing from which she could be known.
11. Every step is on record, in order, and the record can be checked by anybody.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from django.urls import reverse

from jiandi import cli
from jiandi.core.forms.visit import SeenPerson, VisitForm, write
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions as access
from jiandi.rooms.access import journal
from jiandi.rooms.access import queries as access_queries
from jiandi.rooms.access.models import Event
from jiandi.rooms.bulletins import actions as bulletins
from jiandi.rooms.bulletins.models import Bulletin
from jiandi.rooms.cases import actions as cases
from jiandi.rooms.cases import queries as cases_queries
from jiandi.rooms.cases.models import Case, LookBack, Referral
from jiandi.rooms.checks import actions as checks
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register import queries as register_queries
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening import queries as screening_queries
from jiandi.rooms.screening.models import VisitTask
from tests import people
from tests.stories import rosters
from tests.stories.reading import addresses_of, everything_in, it_is, pages_where_it_could_show

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (people.MONDAY + timedelta(days=days) for days in range(5))
NEXT_WEEK = MONDAY + timedelta(days=7)
DECEMBER_3, DECEMBER_4, JANUARY_6 = (MONDAY + timedelta(days=days) for days in (31, 32, 65))
IN_HER_WORDS = "我想把名字写回来,也想让孩子上学。先别让我回去。"
WITHOUT_ALARM = "先由县里女干部借健康体检单独见她;住处落实以前,不通知镇、村和家里。"


@pytest.fixture
def county(db, settings, tmp_path):
    """Mingxi county, invented, with three doors in Stone Bridge village; keys and sealed files in a folder of their own."""
    settings.DATA = tmp_path
    people.build_county()
    for number in (1, 2, 3):
        people.dwelling(number=number)
    return people


def test_one_record(county, client, capsys, caplog, tmp_path):
    departments_deliver_their_files()
    her = the_rows_are_linked()
    every_door_is_visited(her)
    alert = the_rules_ask(her)
    case = a_case_is_opened(her, alert)
    those_behind_the_papers_find_nothing(her, alert, case, client)
    four_departments_help(case)
    somebody_unrelated_sees_her(case)
    it_is_closed_and_looked_at_again(case)
    bulletin = the_public_is_told(her, client)
    every_step_is_on_record(her, bulletin, capsys, tmp_path)
    assert rosters.SHE not in caplog.text


def departments_deliver_their_files(except_for: str = "") -> None:
    """The data steward takes in four files: CSV in the encoding of office computers, a workbook with a title and merged cells.

    Nobody says what kind they are or what their columns mean; every row is accounted for, and each file is kept sealed as it came.
    """
    files = {
        "户籍人口.csv": ("明溪县公安局", rosters.household_register(), "hukou"),
        "婚姻登记档案.xlsx": ("明溪县民政局", rosters.marriages(), "marriage"),
        "出生医学证明.csv": ("明溪县卫生健康局", rosters.births(), "birth"),
        "低保对象.csv": ("明溪县民政局", rosters.allowances(), "dibao"),
    }
    files.pop(except_for, None)
    for name, (unit, content, kind) in files.items():
        roster = register.deliver(
            by=people.officer("steward"),
            at=MONDAY,
            unit=people.unit(unit),
            file_name=name,
            content=content,
            reference_on=date(2026, 11, 1),
        )
        assert (roster.kind, roster.state, roster.report["refused"]) == (kind, "read", 0)


def the_rows_are_linked() -> Person:
    """The lead records a written authorisation; without one nothing is linked. Ten rows become five people.

    Her two rows - a wife without a number, a mother without a number - belong together. No file of the police knows her.
    """
    authorisation = register.authorise(
        by=people.officer("lead"),
        at=MONDAY,
        number="明溪专班授〔2026〕1号",
        issued_by="明溪县工作专班",
        signed_by="方首",
        signed_office="组长",
        purpose="核清保护对象底数",
        starts_on=date(2026, 11, 1),
        ends_on=date(2027, 10, 31),
    )
    run = register.link(by=people.officer("steward"), at=MONDAY, authorisation=authorisation)

    assert (run.report["records"], run.report["people"]) == (10, 5)
    her = Person.objects.get(name=rosters.SHE)
    assert set(her.kinds.split()) == {"marriage", "birth"}
    assert not her.id_sealed
    return her


def every_door_is_visited(her: Person) -> None:
    """The round is planned from the register and from the doors where nobody is registered, and the village's own worker walks it.

    She is seen, in front of others, and shows no papers. The round counts her as seen; it says apart that it was not alone.
    """
    campaign = screening.open_campaign(
        by=people.officer("lead"),
        at=MONDAY,
        place=Place.objects.get(pk=people.COUNTY),
        title=Text(zh="秋季走访", en="Autumn round"),
        reference_on=date(2026, 11, 2),
        starts_on=date(2026, 11, 3),
        ends_on=date(2026, 11, 20),
    )
    assert screening.plan_tasks(by=people.officer("lead"), at=MONDAY, campaign=campaign) == 3

    for task in VisitTask.objects.filter(campaign=campaign).order_by("dwelling__code"):
        listed = [expected.person for expected in task.expected.select_related("person")]
        visit = screening.receive_visit(
            by=people.officer("grid_a1"), at=TUESDAY, body=filled_in(task, listed, her), channel="web"
        )
        assert visit.state == "applied"

    seen = screening_queries.coverage(campaign.place, campaign)
    assert (seen.doors, seen.doors_visited, seen.listed, seen.seen, seen.seen_alone) == (3, 3, 5, 5, 0)


def filled_in(task: VisitTask, listed: list[Person], her: Person) -> bytes:
    """A form as the phone sends it: who was seen at the door, whether alone, whether they hold their own papers."""
    return write(
        VisitForm(
            instance_id=f"uuid:00000000-0000-4000-8000-{task.pk:012d}",
            started_at=TUESDAY,
            ended_at=TUESDAY + timedelta(minutes=12),
            task=task.code,
            dwelling=task.dwelling.code,
            worker="grid_a1",
            result="met" if listed else "empty",
            outbuildings="yes",
            people=tuple(
                SeenPerson(
                    listed=person.code, present="seen", alone=False, own_id="no" if person == her else "yes"
                )
                for person in listed
            ),
        )
    )


def the_rules_ask(her: Person) -> Alert:
    """Thirty rules read across the files. Three ask about her: no papers, a date before its own file, no identity anywhere.

    An alert is a question, not a finding. It says why, from which rows, what to do first, and who must not be told: the township
    that registered the marriage and the village that vouched for her. Rules whose files were not delivered say so.
    """
    run = checks.run_checks(by=people.officer("engine"), at=TUESDAY)
    not_run = [line["rule"] for line in run.report if line["state"] == "not_run"]
    assert "R5" in not_run

    asked = Alert.objects.filter(person=her)
    assert set(asked.values_list("rule", flat=True)) == {"R1", "R2", "R4"}
    alert = asked.get(rule="R2")
    assert "861 days later" in alert.detail_en
    assert alert.routed_to == people.unit("明溪县公安局")
    walled = {entry.unit.name for entry in alert.wall.entries.all()}
    assert walled == {rosters.TOWNSHIP, rosters.VILLAGE}
    return alert


def a_case_is_opened(her: Person, alert: Alert) -> Case:
    """An officer of the women's federation opens a case on the question. The wall of the question becomes the wall of the case.

    Had the township's own officer tried, the answer would have been that there is nothing there.
    """
    case = cases.open_case(
        by=people.officer("handler_women"),
        at=WEDNESDAY,
        person=her,
        alert=alert,
        owner_unit=people.unit("明溪县妇女联合会"),
    )

    walled = {entry.unit.name for entry in case.wall.entries.all()}
    assert walled == {rosters.TOWNSHIP, rosters.VILLAGE}
    assert case.number == f"明溪护〔2026〕第{case.serial}号"
    assert rosters.SHE not in case.code_name
    return case


def those_behind_the_papers_find_nothing(her: Person, alert: Alert, case: Case, client) -> None:
    """The township's clerk is lent the roles of lead, overseer and handler for the whole county, and still finds nothing.

    Lists, counts, search, addresses, exports, the log: each answers as if there were no case. The wall takes the case away from
    them, not the woman: the township that must serve her still finds her in the register, as before.
    """
    for role in ("lead", "overseer", "handler"):
        access.grant_role(
            by=people.officer("admin"),
            at=WEDNESDAY,
            officer=people.officer("township_a"),
            role=role,
            place=Place.objects.get(pk=people.COUNTY),
            starts_on=date(2026, 11, 4),
        )
    it_is(THURSDAY)
    client.force_login(people.officer("lead"))
    assert case.number in everything_in(client.get(reverse("cases:cases")))
    assert case.number in everything_in(client.get(reverse("cases:ledger")))
    assert alert.detail_zh in everything_in(client.get(reverse("checks:alert", args=[alert.pk])))

    secrets = (case.number, case.code_name, alert.detail_zh, alert.detail_en)
    for username in ("township_a", "inspector_a", "grid_a1"):
        walled = people.officer(username)
        assert not cases_queries.cases(walled, THURSDAY).exists()
        assert set(cases_queries.counts(walled, THURSDAY).values()) == {0}
        assert not cases_queries.to_verify(walled, THURSDAY).exists()
        assert access_queries.trace("case", case.pk, by=walled, at=THURSDAY) == []
        assert access_queries.trace("wall", case.wall_id, by=walled, at=THURSDAY) == []
        client.force_login(walled)
        for page in pages_where_it_could_show(her):
            text = everything_in(client.get(page))
            assert not [secret for secret in secrets if secret in text], page
        for page in addresses_of(alert, case):
            assert client.get(page).status_code in (403, 404), page

    found = register_queries.search(people.officer("township_a"), THURSDAY, rosters.SHE, "service")
    assert [line.code for line in found] == [her.code]


def four_departments_help(case: Case) -> None:
    """The plan says first how nobody who may cause harm is alarmed. Then police, health, civil affairs and education are asked.

    Each gets its own clock, in working days from a table that names its sources: 15 for the police, 10 for the allowance, 5 for the
    others; and each reads only the sections it needs. Education hands its request back, because it lacks something; the return is
    counted, and the clock does not stop. What is late says so.
    """
    women = people.officer("handler_women")
    cases.assess(by=women, at=WEDNESDAY, case=case)
    asks = {
        "identity": ("明溪县公安局", "handler_police", "hotline.complaint", "核实来源地,依法办理身份登记"),
        "medical": ("明溪县卫生健康局", "handler_health", "referral.answer", "安排女医生体检,单独问诊"),
        "benefit": ("明溪县民政局", "handler_civil", "dibao.decide", "落实临时救助和住处"),
        "school": ("明溪县教育局", "handler_education", "referral.answer", "落实女儿就近入学"),
    }
    plan = cases.make_plan(
        by=women,
        at=WEDNESDAY,
        case=case,
        assessment="见到本人,无证件,说话先看家人脸色;来源地有线索。",
        safety=WITHOUT_ALARM,
        measures=[
            (kind, ask, people.unit(unit), date(2026, 11, 16)) for kind, (unit, _, _, ask) in asks.items()
        ],
    )
    for measure in plan.measures.order_by("pk"):
        _, handler, clock, ask = asks[measure.kind]
        referral = cases.send_referral(
            by=women, at=THURSDAY, case=case, unit=measure.unit, kind=measure.kind, clock=clock, ask=ask, sections=["who", "safety"],
            measure=measure,
        )  # fmt: skip
        carried = cases_queries.referral_view(referral, people.officer(handler), FRIDAY)
        assert [section.name for section in carried] == ["who", "safety"]
        assert referral.due_at > THURSDAY

    education, schooling = people.officer("handler_education"), Referral.objects.get(kind="school")
    cases.return_referral(
        by=education, at=FRIDAY, referral=schooling, reason="missing_section", note="缺女儿的姓名和年龄"
    )
    cases.resend_referral(by=women, at=FRIDAY, referral=schooling, note="女儿十岁,姓名见附件")
    for kind, (_, handler, _, _) in asks.items():
        referral, officer = Referral.objects.get(kind=kind), people.officer(handler)
        cases.accept_referral(by=officer, at=NEXT_WEEK, referral=referral)
        days = 30 if kind == "school" else 10
        answered = MONDAY + timedelta(days=days)
        cases.answer_referral(by=officer, at=answered, referral=referral, answer="已办结,经办人和日期见附页")
        cases.confirm_referral(by=women, at=answered, referral=referral)

    clocks = {r.kind: cases_queries.clock_of(r, DECEMBER_3).short.en for r in Referral.objects.all()}
    assert clocks == {"identity": "In time", "medical": "In time", "benefit": "In time", "school": "Late"}


def somebody_unrelated_sees_her(case: Case) -> None:
    """The federation proposes an outcome, and cannot confirm it. An inspector of another township goes and meets her alone.

    “Cannot be located” would be no outcome and is refused; so is an inspector of the township behind the papers, for whom there is no
    such case. What she says stands in the record in her own words.
    """
    women = people.officer("handler_women")
    with pytest.raises(Refused, match="cases.never_closes"):
        cases.propose_outcome(
            by=women, at=DECEMBER_3, case=case, summary="多次查找不到", result="cannot_locate"
        )
    outcome = cases.propose_outcome(
        by=women, at=DECEMBER_3, case=case, summary="身份已查清,住在庇护所,女儿已入学", result="identity"
    )
    seen_alone = {"met_person": True, "met_alone": True, "holds": True, "own_words": IN_HER_WORDS}
    with pytest.raises(Refused, match="not_found"):
        cases.verify_outcome(by=people.officer("inspector_a"), at=DECEMBER_4, outcome=outcome, **seen_alone)
    cases.verify_outcome(by=people.officer("inspector_b"), at=DECEMBER_4, outcome=outcome, **seen_alone)

    case.refresh_from_db()
    assert case.state == "verified"


def it_is_closed_and_looked_at_again(case: Case) -> None:
    """The lead strikes the case off. From that day two looks are owed, after 30 and 90 days, by somebody without a part in it."""
    cases.close_case(by=people.officer("lead"), at=DECEMBER_4, case=case)
    first, second = LookBack.objects.filter(case=case).order_by("due_on")
    assert (first.due_on, second.due_on) == (date(2027, 1, 3), date(2027, 3, 4))

    outsider = people.officer("inspector_b")
    assert list(cases_queries.looks(outsider, JANUARY_6)) == [first, second]
    assert not cases_queries.looks(people.officer("inspector_a"), JANUARY_6).exists()
    cases.look_back(
        by=outsider, at=JANUARY_6, look_back=first, holds=True, note="单独见到本人,孩子在校,住处稳定"
    )

    case.refresh_from_db()
    assert case.state == "look_back"  # settled only when the second look holds too


def the_public_is_told(her: Person, client) -> Bulletin:
    """Press drafts, the overseer checks, the lead publishes: each sentence computed, bound to its query, with the log's root below.

    One case is fewer than five, so the sentence does not say one. Nobody reading it could find her; everybody could hold us to it.
    """
    mingxi = Place.objects.get(pk=people.COUNTY)
    signed = journal.checkpoint(at=JANUARY_6)
    draft = bulletins.draft_bulletin(by=people.officer("press"), at=JANUARY_6, place=mingxi)
    bulletins.check_bulletin(by=people.officer("overseer"), at=JANUARY_6, bulletin=draft)
    bulletin = bulletins.publish_bulletin(by=people.officer("lead"), at=JANUARY_6, bulletin=draft)

    client.logout()
    client.cookies["jiandi_language"] = "en"
    text = everything_in(client.get(reverse("bulletins:public_page", args=[bulletin.slug])))
    assert "fewer than 5 protection cases were opened" in text
    assert "5 were seen in person" in text
    assert bytes(signed.root).hex() in text
    for name in (her.name, her.code, her.village.name, IN_HER_WORDS):
        assert name not in text
    return bulletin


def every_step_is_on_record(her: Person, bulletin: Bulletin, capsys, folder: Path) -> None:
    """`jiandi trace` prints what was done about her, in order; each line is named after the function that did it.

    The bulletin has a trace of its own that does not lead back to her. No event holds her name or her words. The log is exported, and
    anybody can check it offline.
    """
    assert verbs_traced(her.code, capsys) == STEPS
    assert verbs_traced(f"bulletin:{bulletin.pk}", capsys) == STEPS_OF_THE_BULLETIN

    recorded = json.dumps(list(Event.objects.values_list("payload", flat=True)), ensure_ascii=False)
    assert rosters.SHE not in recorded and IN_HER_WORDS not in recorded
    journal.checkpoint(at=JANUARY_6)
    journal.export(folder / "log.jsonl")
    assert journal.verify(folder / "log.jsonl") == []


def verbs_traced(what: str, capsys) -> list[str]:
    """Run `jiandi trace` as the lead and return the verbs it prints, once for each run of the same verb."""
    capsys.readouterr()
    assert cli.main(["trace", what, "--as", "lead", "--json"]) == 0
    verbs = [event["verb"] for event in json.loads(capsys.readouterr().out)["events"]]
    return [verb for verb, _ in groupby(verbs)]


STEPS = [
    "register.deliver_roster",
    "register.link",
    "screening.plan_tasks",
    "screening.receive_visit",
    "access.raise_walls",
    "checks.run_checks",
    "access.raise_wall",
    "checks.confirm",
    "cases.open_case",
    "checks.read_alert",  # the lead, opening the question
    "register.read_person",  # the township, which may know the woman and nothing of the case
    "cases.assess",
    "cases.make_plan",
    "cases.send_referral",
    "cases.return_referral",
    "cases.resend_referral",
    *["cases.accept_referral", "cases.answer_referral", "cases.confirm_referral"] * 4,
    "cases.propose_outcome",
    "cases.verify_outcome",
    "cases.close_case",
    "cases.look_back",
]
STEPS_OF_THE_BULLETIN = [
    "bulletins.draft_bulletin",
    "bulletins.check_bulletin",
    "bulletins.publish_bulletin",
]
