"""Officers read, ask, answer, join and close; each leaves one event, and walls hold."""

import duckdb
import pytest
from django.urls import NoReverseMatch, reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.intake import actions, queries
from jiandi.rooms.intake.models import Report
from jiandi.rooms.places.models import Place
from tests.people import MONDAY, TUESDAY, VILLAGE_A1

pytestmark = pytest.mark.django_db
BODY = "石桥村第3组有一户,后屋里锁着一个女人。"


def _tell(body=BODY, **extra):
    return actions.receive_report(at=MONDAY, body=body, place=Place.objects.get(pk=VILLAGE_A1), **extra)[0]


def _verbs(report):
    return [event.verb for event in events_of("report", report.pk)][1:]


def _state(report):
    return Report.objects.get(pk=report.pk).state


def test_it_records_who_read_a_report(county):
    report = _tell()

    assert actions.read_report(by=county.officer("lead"), at=MONDAY, report=report) == BODY

    assert _state(report) == "reading" and _verbs(report) == ["intake.read_report"]


def test_it_asks_answers_and_closes(county):
    report, lead = _tell(), county.officer("lead")

    actions.ask(by=lead, at=MONDAY, report=report, body="是第几户?")
    assert _state(report) == "reading"
    actions.answer(by=lead, at=TUESDAY, report=report, body="已核实并安置。")
    assert _state(report) == "answered"
    actions.close(by=lead, at=TUESDAY, report=report)

    assert _state(report) == "closed"
    assert _verbs(report) == ["intake.ask", "intake.answer", "intake.close"]
    assert [text for _, text in queries.messages_of(report)] == ["是第几户?", "已核实并安置。"]


def test_it_refuses_to_close_without_a_word_to_the_reporter(county):
    with pytest.raises(Refused, match="told nothing"):
        actions.close(by=county.officer("lead"), at=MONDAY, report=_tell())


def test_it_opens_a_closed_report_again_when_the_reporter_writes(county):
    report, lead = _tell(), county.officer("lead")
    actions.answer(by=lead, at=MONDAY, report=report, body="已核实。")
    actions.close(by=lead, at=MONDAY, report=report)

    actions.reply(at=TUESDAY, report=report, body="没有人来过")

    assert _state(report) == "reading"


def test_it_notes_that_a_case_was_opened_once(county):
    report = _tell()

    actions.take_up(by=county.officer("lead"), at=MONDAY, report=report)

    assert _verbs(report) == ["intake.take_up"]
    with pytest.raises(Refused, match="cannot become"):
        actions.take_up(by=county.officer("lead"), at=MONDAY, report=report)


def test_it_finds_and_joins_reports_told_twice(county):
    lead = county.officer("lead")
    first, second = _tell(), _tell(BODY.replace(",", ", "))
    assert queries.doubles(second, lead, at=MONDAY) == [first]

    actions.mark_same(by=lead, at=MONDAY, report=second, same_as=first)
    actions.close(by=lead, at=MONDAY, report=second)

    assert _verbs(second) == ["intake.mark_same", "intake.close"]
    with pytest.raises(Refused, match="another report"):
        actions.mark_same(by=lead, at=MONDAY, report=first, same_as=second)
    with pytest.raises(Refused):
        actions.mark_same(by=lead, at=MONDAY, report=first, same_as=first)


def test_it_does_not_join_a_walled_report_to_one_outside_its_wall(county):
    walled = _tell(about_unit=county.unit("清溪镇人民政府"))

    with pytest.raises(Refused, match="wall"):
        actions.mark_same(by=county.officer("lead"), at=MONDAY, report=walled, same_as=_tell())


@pytest.mark.parametrize("step", ["read_report", "ask", "answer", "close", "take_up"])
def test_it_answers_a_walled_officer_as_if_there_were_nothing(county, step):
    report = _tell(about_unit=county.unit("明溪县工作专班"))
    body = {"body": "问一句话"} if step in ("ask", "answer") else {}

    with pytest.raises(Refused) as refused:
        getattr(actions, step)(by=county.officer("lead"), at=MONDAY, report=report, **body)
    assert refused.value.code == "not_found"


@pytest.mark.parametrize("step", ["read_report", "ask", "answer", "close", "take_up"])
def test_it_refuses_roles_without_it(county, step):
    body = {"body": "问一句话"} if step in ("ask", "answer") else {}

    with pytest.raises(Refused) as refused:
        getattr(actions, step)(by=county.officer("grid_a1"), at=MONDAY, report=_tell(), **body)
    assert refused.value.code == "access.role"


def test_it_fills_the_table_the_rules_read(county):
    first = _tell()
    second = _tell("工棚里有人不说话", danger=True)
    double = _tell()
    actions.mark_same(by=county.officer("lead"), at=MONDAY, report=double, same_as=first)
    con = duckdb.connect()

    assert queries.snapshot(con) == 2

    rows = con.execute(
        "SELECT report_id, village, received_on, channel, body FROM reports ORDER BY 1"
    ).fetchall()
    assert rows == [
        (first.pk, VILLAGE_A1, MONDAY.date(), "web", BODY),
        (second.pk, VILLAGE_A1, MONDAY.date(), "web", "工棚里有人不说话"),
    ]


def test_it_gives_new_reports_to_the_scan_for_danger(county):
    assert queries.reports_after(0) == ([], 0)
    first = _tell()
    second = _tell("工棚里有人不说话", about_unit=county.unit("清溪镇人民政府"))

    said, last = queries.reports_after(first.pk)

    assert last == second.pk and [(one.id, one.text, one.village) for one in said] == [
        (second.pk, "工棚里有人不说话", VILLAGE_A1)
    ]
    assert queries.wall_ids([first.pk, second.pk]) == {second.pk: second.wall_id}


# The officers' pages

PAGES = ["reports", "take", "feeds"]


@pytest.mark.parametrize("name", PAGES)
def test_it_requires_a_log_in(client, county, name):
    assert client.get(reverse(f"intake:{name}")).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_it_requires_the_role(client, county, name):
    client.force_login(county.officer("grid_a1"))

    assert client.get(reverse(f"intake:{name}")).status_code == 403


def _as(client, county, username):
    client.force_login(county.officer(username))
    client.cookies["jiandi_language"] = "en"
    return client


def test_it_lists_reports_danger_first_and_exports_them(client, county):
    report = _tell(danger=True)
    client = _as(client, county, "lead")

    page = client.get(reverse("intake:reports"), {"state": "open", "channel": "web"}).content.decode()

    assert (
        "danger now" in page and BODY not in page and reverse("intake:report", args=[report.number]) in page
    )
    assert client.get(reverse("intake:reports"), {"excel": 1})["Content-Type"].startswith("application/vnd")


def test_it_pages_through_many_reports(client, county):
    for number in range(51):
        Report.objects.create(
            code_digest=str(number).encode(),
            received_on=MONDAY.date(),
            channel="web",
            county_id=990101000000,
            body_sealed=b"",
        )
    client = _as(client, county, "lead")

    page = client.get(reverse("intake:reports"), {"channel": "web"}).content.decode()
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert client.get(reverse("intake:reports") + following).content.decode().count("/report/") >= 1


def test_it_shows_one_report_and_takes_each_step(client, county):
    report, other = _tell(), _tell()
    client = _as(client, county, "lead")
    page = client.get(reverse("intake:report", args=[report.number])).content.decode()
    assert BODY in page and str(other.number) in page

    for verb, data in (
        ("ask", {"body": "第几户?"}),
        ("answer", {"body": "已核实。"}),
        ("close", {}),
        ("same", {"same_as": other.number}),
    ):
        assert client.post(reverse("intake:step", args=[report.number, verb]), data).status_code == 302

    report.refresh_from_db()
    assert report.state == "closed" and report.same_as == other


def test_it_says_on_the_page_why_a_step_is_refused(client, county):
    report = _tell()
    client = _as(client, county, "lead")
    close = reverse("intake:step", args=[report.number, "close"])
    assert close not in client.get(reverse("intake:report", args=[report.number])).content.decode()

    answer = client.post(close, follow=True)

    assert "told nothing" in answer.content.decode()
    assert (
        client.post(reverse("intake:step", args=[report.number, "same"]), {"same_as": "x"}).status_code == 404
    )


def test_it_answers_walled_and_unknown_reports_alike(client, county):
    report = _tell(about_unit=county.unit("明溪县工作专班"))
    client = _as(client, county, "lead")

    said = []
    for number in (report.number, report.number - 1):
        answer = client.get(reverse("intake:report", args=[number]))
        assert answer.status_code == 404
        said.append(answer.content.decode().split("<main")[1].split("</main>")[0])
    assert said[0] == said[1]
    assert str(report.number) not in client.get(reverse("intake:reports")).content.decode()


def test_it_does_not_cut_a_list_short_by_a_walled_report(client, county):
    readable, walled = _tell(), _tell(about_unit=county.unit("明溪县工作专班"))
    client = _as(client, county, "lead")

    listed = []
    for number in ("", walled.number, walled.number - 1):
        page = client.get(reverse("intake:reports"), {"before": number}).content.decode()
        listed.append(reverse("intake:report", args=[readable.number]) in page)
    assert listed == [True, False, False]


def test_it_writes_down_a_call_and_shows_the_number_once(client, county):
    client = _as(client, county, "hotline")

    page = client.post(
        reverse("intake:take"), {"channel": "letter", "body": BODY, "place": VILLAGE_A1, "about": "village"}
    )

    report = Report.objects.get()
    assert report.channel == "letter" and report.about_unit == county.unit("石桥村村民委员会")
    code = page.content.decode().split('mono">')[1].split("<")[0]
    assert queries.by_code(code) == report
    assert client.post(reverse("intake:take"), {"channel": "letter", "body": "  a"}).status_code == 200


def test_it_offers_to_open_a_case(client, county):
    report = _tell()
    page = _as(client, county, "lead").get(reverse("intake:report", args=[report.number])).content.decode()

    try:
        assert reverse("cases:open_from_report", args=[report.number]) in page
    except NoReverseMatch:
        assert "Open a case" not in page
