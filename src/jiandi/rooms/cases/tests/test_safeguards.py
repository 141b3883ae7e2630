"""Whoever is in a case is closed, merged away or parted by people alone; and nobody learns from the register that there is a case."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Conflict, Event
from jiandi.rooms.cases import actions
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.models import Judgement, Person, Record, ReviewPair
from jiandi.rooms.register.models_safeguard import Safeguard
from jiandi.rooms.register.policies import why_two
from jiandi.rooms.register.tests import cast as rosters
from tests import people
from tests.stories.reading import it_is

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"
TWO = [
    "柳老五",
    rosters.number_of("99010119500105005"),
    "男",
    "A",
    "500",
    "2026-10",
    "清溪镇石桥村1组2号",
    "",
    "",
]
SHE = [
    "柳阿禾",
    rosters.number_of("99010119800412004"),
    "女",
    "A",
    "500",
    "2026-10",
    "清溪镇石桥村1组1号",
    "",
    "",
]


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: object) -> None:
    settings.DATA = tmp_path


def case_of(person: Person, **more: object) -> Case:
    return cast.case(person=person, alert=cast.alert(person, key=f"R1:{person.pk}", implicated=()), **more)


def her() -> Person:
    return Person.objects.get(name="柳阿禾", superseded_by__isnull=True)


def shown(client: Client, who: str, page: str, *args: object) -> str:
    """A page as an officer sees it, without what differs at every reading."""
    client.force_login(people.officer(who))
    text = client.get(reverse(page, args=args)).content.decode()
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|"[0-9A-Za-z]{64}"', "", text)


@pytest.fixture
def wrong(county: None) -> None:
    """Two people known from one allowance list alone, which is taken back."""
    rosters.deliver(rosters.hukou())
    roster = rosters.deliver(rosters.dibao(SHE, TWO), unit=CIVIL, name="低保.csv")
    rosters.link()
    register.withdraw_roster(
        by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="外县名册"
    )


@pytest.fixture
def pair(county: None) -> ReviewPair:
    """A row under Anna's number with another name: perhaps the same woman."""
    rosters.deliver(rosters.hukou())
    alias = ["柳阿禾", rosters.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    rosters.deliver(rosters.dibao(alias), unit="明溪县残疾人联合会", name="另册.csv")
    rosters.link()
    it_is(people.WEDNESDAY)
    return ReviewPair.objects.select_related("record__person", "candidate__person").get(record__name="柳阿禾")


def decide(pair: ReviewPair, verdict: str = "same", **more: object) -> Judgement:
    told = {"pair": pair, "verdict": verdict, "reason": "核对原件"} | more
    return register.decide_pair(by=people.officer("steward"), at=people.WEDNESDAY, **told)


@pytest.mark.usefixtures("wrong")
def test_whom_a_case_is_about_is_not_closed_with_the_list_and_her_page_says_no_more_than_another(
    client: Client,
) -> None:
    case_of(her())

    run = rosters.link(at=people.WEDNESDAY)
    other = Person.objects.get(name="柳老五")

    assert (run.report["closed"], her().closed_at, other.closed_at) == (1, None, people.WEDNESDAY)
    it_is(people.THURSDAY)
    hers, his = (shown(client, "township_a", "register:person", one.code) for one in (her(), other))
    said = "现行名册中已没有写此人的行"
    assert said in hers and said in his and "不计入" not in his


def test_whom_a_visit_found_and_a_case_is_about_waits_for_a_person(client: Client) -> None:
    """Without the case the night would have made her one with the row of the allowance list."""
    door = people.dwelling(number=1)
    rows = [
        [f"H{n}", f"见{a}{b}", "男", f"19{50 + n % 40}0{1 + n % 9}1{n % 9}", "", "户主", f"清溪镇石桥村第3组{n}号", ""]
        for n, (a, b) in enumerate(((a, b) for a in "甲乙丙丁戊" for b in "子丑寅卯"), start=10)
    ]  # fmt: skip
    rosters.deliver(rosters.hukou(rosters.ANNA, rosters.BO, rosters.CHEN, *rows))
    rosters.deliver(rosters.dibao(SHE[:6] + ["清溪镇石桥村第1组1号", "", ""]), unit=CIVIL, name="低保.csv")
    rosters.link()
    listed = her()
    found = register.add_found_person(
        by=people.officer("grid_a1"), at=people.TUESDAY, name="柳阿禾", sex=2, birth_year=1980, dwelling=door,
        village=people.Place.objects.get(pk=people.VILLAGE_A1), visit_id=1,
    )  # fmt: skip
    case_of(found)

    rosters.link(at=people.WEDNESDAY)

    for person in (found, listed):
        person.refresh_from_db()
        assert person.superseded_by_id is None
    (waiting,) = ReviewPair.objects.filter(state="open")
    assert {waiting.record.person_id, waiting.candidate.person_id} == {found.pk, listed.pk}
    with pytest.raises(Refused, match="second_needed"):
        decide(waiting)
    with pytest.raises(Refused, match="visit_note_missing"):
        decide(waiting, second_by=rosters.second())
    decide(waiting, second_by=rosters.second(), visit_note="11月4日葛一上门,见到本人,单独谈过")
    rosters.link(at=people.THURSDAY)
    assert not ReviewPair.objects.filter(state="open").exists()


def test_a_pair_about_her_asks_for_two_in_the_words_of_every_other_reason(
    pair: ReviewPair, client: Client
) -> None:
    Record.objects.filter(pk=pair.record_id).update(id_status="missing")
    pair.record.roster.__class__.objects.filter(pk=pair.record.roster_id).update(kind="left_behind")
    weak = why_two(ReviewPair.objects.get(pk=pair.pk))
    pair.record.roster.__class__.objects.filter(pk=pair.record.roster_id).update(kind="dibao")
    assert why_two(ReviewPair.objects.get(pk=pair.pk)) is None
    before = shown(client, "steward", "register:review")

    case_of(pair.candidate.person)

    assert why_two(ReviewPair.objects.get(pk=pair.pk)) == weak is not None
    assert shown(client, "steward", "register:review") == before
    page = shown(client, "steward", "register:pair", pair.pk)
    assert "个案" not in page.split("<main")[1] and "案" not in weak.zh and "case" not in weak.en
    with pytest.raises(Refused, match="second_needed"):
        decide(pair)


def test_the_pages_of_a_township_are_the_same_before_and_after(pair: ReviewPair, client: Client) -> None:
    anna = pair.candidate.person
    pages = (
        ("register:person", anna.code),
        ("register:family", anna.code),
        ("register:statement",),
        ("register:entitlements",),
    )
    for _ in range(2):  # the first reading settles what pages remember of a visitor
        before = [shown(client, "township_a", *page) for page in pages]
    household = shown(client, "township_a", "register:household", anna.household.code)

    case_of(anna)

    assert [shown(client, "township_a", *page) for page in pages] == before
    assert shown(client, "township_a", "register:household", anna.household.code) == household
    assert not Safeguard.objects.exclude(person=anna).exists()


def test_a_case_and_its_safeguard_go_where_the_person_goes(pair: ReviewPair) -> None:
    merged, standing = pair.record.person, pair.candidate.person
    case = case_of(merged)
    decide(pair, second_by=rosters.second())
    assert set(Safeguard.objects.values_list("person", flat=True)) == {merged.pk, standing.pk}

    assert actions.follow_merges(by=people.officer("engine"), at=people.THURSDAY) == 1
    assert actions.follow_merges(by=people.officer("engine"), at=people.THURSDAY) == 0

    assert Subject.objects.get(case=case).person_id == standing.pk
    event = Event.objects.get(verb="cases.follow_merges")
    assert (event.wall, event.subject_id) == (case.wall, case.pk)


def test_two_part_her_again_and_every_row_that_came_along_goes_back(pair: ReviewPair) -> None:
    merged, standing = pair.record.person, pair.candidate.person
    case_of(merged)
    decide(pair, second_by=rosters.second())
    told = {"by": people.officer("steward"), "at": people.THURSDAY, "pair": pair, "reason": "合错了"}

    with pytest.raises(Refused, match="second_needed"):
        register.undo_decision(**told)
    register.undo_decision(**told, second_by=rosters.second())
    rosters.link(at=people.FRIDAY)

    assert Record.objects.get(pk=pair.record_id).person_id == merged.pk
    assert Record.objects.get(pk=pair.candidate_id).person_id == standing.pk
    assert not Person.objects.filter(superseded_by__isnull=False).exists()


def test_an_alert_older_than_a_merge_opens_the_case_on_whom_the_person_is_now(pair: ReviewPair) -> None:
    decide(pair)

    case = case_of(Person.objects.get(pk=pair.record.person_id))

    assert Subject.objects.get(case=case).person_id == pair.candidate.person_id


def test_a_tie_declared_to_the_old_number_holds_for_the_new_one(pair: ReviewPair) -> None:
    Conflict.objects.create(
        officer=people.officer("handler_women"), subject_kind="person", subject_id=pair.record.person_id, tie="亲属",
        declared_at=people.MONDAY,
    )  # fmt: skip
    decide(pair)

    case = case_of(Person.objects.get(pk=pair.candidate.person_id), owner_unit=people.unit("明溪县工作专班"))

    assert case.wall.entries.filter(officer__username="handler_women").exists()


def test_it_lasts_until_the_last_look_and_begins_again_with_a_reopened_case(county: object) -> None:
    case = cast.verified()
    lead, outside = people.officer("lead"), people.officer("overseer")
    actions.close_case(by=lead, at=people.FRIDAY, case=case)
    assert Safeguard.objects.filter(until__isnull=True).count() == 1
    for look in case.look_backs.order_by("due_on"):
        due = people.FRIDAY + (look.due_on - people.FRIDAY.date()) + (people.TUESDAY - people.MONDAY)
        actions.look_back(by=outside, at=due, look_back=look, holds=True, note="本人状况稳定,住处安全")
    assert not Safeguard.objects.filter(until__isnull=True).exists()

    case.refresh_from_db()
    actions.reopen_case(by=lead, at=due, case=case, reason="又有人来要人")

    assert Safeguard.objects.get(until__isnull=True).ground == case.pk


def test_cases_that_ran_before_are_taken_in(pair: ReviewPair) -> None:
    """As an older database holds them: the case names a number that was merged since."""
    case = case_of(pair.record.person)
    decide(pair, second_by=rosters.second())
    Safeguard.objects.all().delete()

    import_module("jiandi.rooms.cases.migrations.0002_safeguard_people_of_running_cases").safeguard(
        apps, None
    )

    found = Safeguard.objects.order_by("person").values_list("person", "ground")
    assert list(found) == sorted([(pair.record.person_id, case.pk), (pair.candidate.person_id, case.pk)])
