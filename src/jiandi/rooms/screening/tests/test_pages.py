"""The pages: who may open them, what they never show, and that a form sent twice is one visit."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.rooms.access.models import Event
from jiandi.rooms.screening import actions
from jiandi.rooms.screening.models import Expected, Visit
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen


@pytest.fixture
def campaign(county, monkeypatch):
    monkeypatch.setattr("jiandi.rooms.access.clock.now", lambda: EVENING)
    return stories.planned_round()


@pytest.fixture
def page(county, client):
    def open_page(who: str, name: str, *args: object, **query: str):
        client.force_login(county.officer(who))
        return client.get(reverse(f"screening:{name}", args=args), query)

    return open_page


@pytest.fixture
def post(county, client):
    def send(who: str, name: str, *args: object, query: str = "", **data: object):
        client.force_login(county.officer(who))
        return client.post(reverse(f"screening:{name}", args=args) + query, data)

    return send


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def filled(response, **rows: str) -> dict[str, str]:
    """Return the form on a page as the browser would send it, with some answers given."""
    context = response.context
    data = {"instance": context["form"]["instance"].value(), "started": context["form"]["started"].value()}
    count = len(context["people"].forms)
    data |= {"p-TOTAL_FORMS": str(count), "p-INITIAL_FORMS": str(count)}
    for number, form in enumerate(context["people"].forms):
        for name in ("listed", "name", "sex", "birth_year"):
            data[f"p-{number}-{name}"] = str(form[name].value() or "")
    return {**data, **rows}


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("my_tasks", "grid_a1", 200),
        ("my_tasks", "press", 403),
        ("campaigns", "overseer", 200),
        ("campaigns", "press", 403),
        ("open_campaign", "lead", 200),
        ("open_campaign", "township_a", 403),
        ("quarantine", "township_a", 200),
        ("quarantine", "grid_a1", 403),
    ],
)
def test_it_requires_a_role_for_each_page(campaign, page, name, who, status):
    assert page(who, name).status_code == status


@pytest.mark.parametrize("name", ["my_tasks", "campaigns", "open_campaign", "quarantine"])
def test_it_requires_a_log_in(campaign, client, name):
    assert client.get(reverse(f"screening:{name}")).status_code == 302


@pytest.mark.parametrize("name", ["village", "unseen", "print_list"])
def test_it_answers_for_other_peoples_villages_as_if_they_did_not_exist(county, campaign, page, name):
    assert page("grid_a1", name, campaign.pk, county.VILLAGE_B1).status_code == 404
    assert page("township_b", name, campaign.pk, county.VILLAGE_A1).status_code == 404
    assert page("lead", name, campaign.pk, county.COUNTY).status_code == 404


def test_it_answers_for_other_peoples_doors_as_if_they_did_not_exist(campaign, page):
    assert page("grid_a1", "task", stories.task_at(3).code).status_code == 404
    assert page("grid_a1", "task", "T404").status_code == 404


def test_it_shows_the_doors_in_walking_order_with_whoever_is_expected(campaign, page):
    shown = text_of(page("grid_a1", "my_tasks"))

    assert shown.index("第1组1号") < shown.index("第1组2号")
    assert "样例1" in shown and "样例3" not in shown


def test_it_shows_an_added_task_like_any_other(county, campaign, page):
    task = actions.add_task(
        by=county.officer("lead"), at=EVENING, purpose="follow_up", pretext="health", due_on=EVENING.date(),
        person=Expected.objects.get(person__code="P1").person, worker=county.officer("grid_a1"),
    )  # fmt: skip

    shown = text_of(page("grid_a1", "my_tasks")) + text_of(page("grid_a1", "task", task.code))

    assert task.code in shown and "基本公共卫生服务入户随访" in shown
    assert not any(word in shown for word in ("follow_up", "疑点", "跟进", "复核"))


def test_it_takes_a_visit_from_the_form_once_however_often_it_is_sent(campaign, page, post):
    opened = page("grid_a1", "task", stories.task_at(1).code)
    data = filled(
        opened, **{"result": "met", "outbuildings": "yes", "p-0-present": "seen", "p-0-alone": "on"}
    )

    first = post("grid_a1", "task", stories.task_at(1).code, **data)
    second = post("grid_a1", "task", stories.task_at(1).code, **{**data, "note": "再按一次"})

    assert (first.status_code, second.status_code) == (302, 302)
    visit = Visit.objects.get()
    assert (visit.state, visit.channel, visit.worker.username) == ("applied", "web", "grid_a1")
    assert Expected.objects.filter(outcome="seen", seen_alone=True).count() == 1


def test_it_adds_a_row_for_one_more_person_and_keeps_what_was_typed(campaign, page, post):
    opened = page("grid_a1", "task", stories.task_at(2).code)

    more = post(
        "grid_a1", "task", stories.task_at(2).code, **filled(opened, **{"p-0-name": "样例客", "more": "1"})
    )

    assert len(more.context["people"].forms) == 2
    assert "样例客" in text_of(more) and "必填" not in text_of(more)
    data = filled(
        more,
        result="met",
        **{"p-0-name": "样例客", "p-0-sex": "2", "p-0-present": "seen", "p-1-name": "样例童"},
    )
    post("grid_a1", "task", stories.task_at(2).code, **data)
    assert set(Expected.objects.filter(is_found=True).values_list("person__name", flat=True)) == {
        "样例客",
        "样例童",
    }


def test_it_says_what_is_missing_at_the_form(campaign, page, post):
    opened = page("grid_a1", "task", stories.task_at(1).code)

    again = post("grid_a1", "task", stories.task_at(1).code, **filled(opened, **{"p-0-birth_year": "1700"}))

    assert "还没有提交" in text_of(again)
    assert not Visit.objects.exists()


def test_it_types_a_sheet_of_paper_back(campaign, page, post):
    opened = page("township_a", "task", stories.task_at(1).code, paper="1")
    data = filled(
        opened, result="met", worker="grid_a1", day="2026-11-03", time="09:30", **{"p-0-present": "seen"}
    )

    post("township_a", "task", stories.task_at(1).code, query="?paper=1", **data)

    visit = Visit.objects.get()
    assert (visit.channel, visit.worker.username, visit.state) == ("paper", "grid_a1", "applied")
    assert stories.timezone and visit.started_at.astimezone(stories.COUNTY_TIME).hour == 9


def test_it_shows_both_parts_of_the_denominator(county, campaign, page):
    actions.receive_visit(
        by=county.officer("grid_a1"), at=EVENING, channel="phone",
        body=body(stories.task_at(2), seen(name="样例客")),
    )  # fmt: skip

    shown = text_of(page("lead", "campaign", campaign.pk, town=str(county.TOWN_A)))

    assert "名册内3 + 名册外1" in shown
    assert "石桥村" in shown and "清溪镇" in shown


def test_it_shows_a_township_only_its_own_figures(county, campaign, page):
    shown = page("township_a", "campaign", campaign.pk)

    assert shown.context["figures"].listed == 2
    assert "柳树镇" not in text_of(shown)


def test_it_never_prints_or_exports_a_protection_flag(county, campaign, page):
    paper = text_of(page("lead", "print_list", campaign.pk, county.VILLAGE_A1))
    village = text_of(page("lead", "village", campaign.pk, county.VILLAGE_A1))
    book = load_workbook(io.BytesIO(page("grid_a1", "unseen", campaign.pk, county.VILLAGE_A1).content))

    cells = " ".join(str(cell.value) for row in book.active.rows for cell in row)
    assert "样例1" in paper and "样例1" in village and "样例1" in cells
    for shown in (paper, village.split('class="toolbar"')[1], cells):
        assert "残疾" not in shown and "disabled" not in shown and "重点" not in shown
    assert Event.objects.filter(verb="access.export_ledger").count() == 1


def test_it_decides_about_a_waiting_visit_on_its_page(county, campaign, page, post):
    content = body(stories.task_at(1), seen("P1", danger="locked", words="想回家"), result="perhaps")
    visit = actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=content, channel="phone")

    assert "perhaps" in text_of(page("township_a", "quarantine"))
    shown = text_of(page("township_a", "visit", visit.pk))
    assert "放行" in shown
    post("township_a", "decide", visit.pk, decision="release", reason="已核实")

    visit.refresh_from_db()
    assert visit.state == "applied"


def test_it_shows_findings_to_the_working_group_and_to_the_visitor_alone(county, campaign, page):
    content = body(stories.task_at(1), seen("P1", danger="locked", words="想回家"), note="偏房上锁")
    visit = actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=content, channel="phone")

    for who in ("lead", "grid_a1"):
        shown = text_of(page(who, "visit", visit.pk))
        assert "想回家" in shown and "locked" in shown
    township = text_of(page("township_a", "visit", visit.pk))
    assert not any(word in township for word in ("想回家", "locked", "偏房上锁"))
    assert page("township_b", "visit", visit.pk).status_code == 404
    assert page("press", "visit", visit.pk).status_code == 404


def test_it_excuses_from_the_village_page(county, campaign, page, post):
    actions.receive_visit(
        by=county.officer("grid_a1"),
        at=EVENING,
        channel="phone",
        body=body(stories.task_at(1), seen("P2", present="away")),
    )
    row = stories.expected("P2")

    assert "working_away" in text_of(page("township_a", "village", campaign.pk, county.VILLAGE_A1))
    assert post("grid_a1", "excuse", row.pk, reason="working_away").status_code == 404
    post("township_a", "excuse", row.pk, reason="working_away")

    assert stories.expected("P2").outcome == "excused"


def test_it_opens_and_plans_a_round_from_the_console(county, campaign, post):
    opened = post(
        "lead", "open_campaign", title_zh="冬季", title_en="Winter", pretext="winter", reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20",
    )  # fmt: skip
    campaign_id = int(opened.url.rstrip("/").rsplit("/", 1)[1])

    post("lead", "plan", campaign_id)

    assert Expected.objects.filter(task__campaign_id=campaign_id).count() == 3


def test_it_shows_a_page_that_gives_nothing_away(client, db):
    shown = text_of(client.get(reverse("screening:quiet")))

    assert "12345" in shown and "走访" not in shown and "见底" not in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_speaks_both_languages(county, campaign, client, page, language):
    client.cookies["jiandi_language"] = language
    for who, name, *args in (
        ("grid_a1", "my_tasks"),
        ("grid_a1", "task", stories.task_at(1).code),
        ("lead", "campaigns"),
        ("lead", "open_campaign"),
        ("lead", "campaign", campaign.pk),
        ("township_a", "village", campaign.pk, county.VILLAGE_A1),
        ("lead", "print_list", campaign.pk, county.VILLAGE_A1),
        ("township_a", "quarantine"),
    ):
        shown = text_of(page(who, name, *args))
        assert ('lang="en"' in shown) == (language == "en")
        assert "style=" not in shown
