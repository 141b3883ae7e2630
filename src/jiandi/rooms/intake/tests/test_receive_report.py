"""Telling without a name: what is kept, what is not, who sees it."""

import io
import logging

import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event, Installation, Notice, Unit, Wall
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.intake import actions, queries, receipts, words
from jiandi.rooms.intake.models import Message, Report
from jiandi.rooms.places.models import Place
from tests.people import MONDAY, TOWN_A, VILLAGE_A1

pytestmark = pytest.mark.django_db
BODY = "石桥村第3组有一户,后屋里锁着一个女人,冬天没有鞋。"


def _village():
    return Place.objects.select_related("county").get(pk=VILLAGE_A1)


def _tell(**extra):
    return actions.receive_report(at=MONDAY, body=BODY, place=_village(), **extra)


def _verbs(report):
    return [event.verb for event in events_of("report", report.pk)]


def test_it_takes_in_a_report_and_gives_a_code_nobody_keeps(county):
    report, code = _tell()

    assert queries.by_code(code) == report
    assert queries.by_code(code.replace(" ", "-")) == report
    assert (report.village_id, report.town_id, report.received_on) == (VILLAGE_A1, TOWN_A, MONDAY.date())
    assert _verbs(report) == ["intake.receive_report"]
    digits = code.replace(" ", "")
    assert len(digits) == 16
    assert not any(digits in str(row) for row in Report.objects.values_list())


def test_it_seals_the_words_and_hides_their_length(county):
    short, _ = actions.receive_report(at=MONDAY, body="有人被关着", place=_village())
    long, _ = _tell()

    assert BODY.encode() not in bytes(long.body_sealed)
    assert len(bytes(short.body_sealed)) == len(bytes(long.body_sealed))
    assert words.unseal(long.body_sealed, key=long.key) == BODY


def test_it_binds_the_words_to_their_report(county):
    first, _ = _tell()
    second, _ = _tell()

    with pytest.raises(InvalidTag):
        words.unseal(first.body_sealed, key=second.key)


def test_it_keeps_the_day_and_not_the_hour(county):
    _tell(about_unit=county.unit("清溪镇人民政府"), danger=True)

    moments = [*Event.objects.values_list("at", flat=True), *Wall.objects.values_list("made_at", flat=True)]
    moments += Notice.objects.values_list("at", flat=True)
    assert moments and all((moment - actions.day_of(MONDAY)).total_seconds() == 0 for moment in moments)


def test_it_walls_off_the_office_a_report_is_about_and_those_below_it(county):
    report, _ = _tell(about_unit=county.unit("清溪镇人民政府"))
    village_lead = county.officer("grid_a1")
    village_lead.grants.create(role="lead", place_id=TOWN_A, starts_on=MONDAY.date())

    assert not queries.reports(village_lead, at=MONDAY).filter(pk=report.pk).exists()
    assert queries.reports(county.officer("lead"), at=MONDAY).filter(pk=report.pk).exists()
    assert report.routed_to == county.unit("明溪县工作专班")


def test_it_routes_a_report_about_the_county_outside_the_county(county):
    report, _ = _tell(about_unit=county.unit("明溪县工作专班"))

    assert report.routed_to == county.unit("望川市巡查组")
    assert not queries.reports(county.officer("lead"), at=MONDAY).exists()
    assert queries.reports(county.officer("overseer"), at=MONDAY).get() == report


def test_it_routes_to_nobody_rather_than_to_those_it_is_about(county):
    Unit.objects.filter(is_outside=True).update(is_outside=False)

    report, _ = _tell(about_unit=county.unit("明溪县民政局"))

    assert report.routed_to is None


def test_it_calls_out_danger_to_leads_and_past_them_where_they_are_walled_off(county):
    _tell(danger=True)
    assert [notice.to.username for notice in Notice.objects.all()] == ["lead"]
    Notice.objects.all().delete()

    _tell(danger=True, about_unit=county.unit("明溪县工作专班"))

    assert [notice.to.username for notice in Notice.objects.all()] == ["overseer"]


@pytest.mark.parametrize(
    ("body", "code"), [("", "intake.empty"), ("\x00\x01", "intake.empty"), ("长" * 4001, "intake.too_long")]
)
def test_it_refuses_no_words_and_too_many(county, body, code):
    with pytest.raises(Refused) as refused:
        actions.receive_report(at=MONDAY, body=body, place=_village())
    assert refused.value.code == code
    assert not Report.objects.exists()


def test_it_takes_the_longest_report_and_keeps_every_character(county):
    body = "𠮷" * 4000
    report, _ = actions.receive_report(at=MONDAY, body=body, place=None)

    assert words.unseal(report.body_sealed, key=report.key) == body


def test_it_needs_a_county_where_no_place_is_named(county):
    Installation.objects.all().delete()

    with pytest.raises(Refused, match="no county"):
        actions.receive_report(at=MONDAY, body=BODY, place=None)


def test_it_writes_down_a_call(county):
    report, code = actions.take_report(by=county.officer("hotline"), at=MONDAY, body=BODY, place=_village())

    assert report.channel == "hotline" and queries.by_code(code) == report
    assert _verbs(report) == ["intake.take_report"]
    with pytest.raises(Refused, match="channel"):
        actions.take_report(by=county.officer("hotline"), at=MONDAY, body=BODY, place=None, channel="web")
    with pytest.raises(Refused):
        actions.take_report(by=county.officer("grid_a1"), at=MONDAY, body=BODY, place=None)


def test_it_knows_no_report_by_a_code_that_cannot_be_one(county):
    _tell()

    assert all(queries.by_code(code) is None for code in ("", "1234", "abcd" * 4, "0" * 17, "0" * 16))
    assert receipts.digest_of("1234567812345678") == receipts.digest_of("1234 5678 1234 5678")


def test_it_gives_codes_that_are_all_different():
    codes = {receipts.new_code() for _ in range(2000)}

    assert len(codes) == 2000 and all(len(code) == 19 for code in codes)


def test_it_keeps_a_wall_around_every_report_about_a_unit_in_the_database(county):
    report, _ = _tell()
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(about_unit=county.unit("明溪县民政局"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(same_as=report.pk)


# The public pages


def _post(client, name, **data):
    return client.post(
        reverse(f"intake:{name}"), data, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="canary-browser"
    )


def test_it_works_without_log_in_cookie_or_script(county):
    client = Client(enforce_csrf_checks=True)

    page = client.get(reverse("intake:tell"))
    answer = _post(client, "tell", body=BODY, place=VILLAGE_A1, about="town")

    assert page.status_code == answer.status_code == 200
    assert not client.cookies
    assert "<script" not in page.content.decode() and "no-store" in answer["Cache-Control"]
    report = Report.objects.get()
    assert report.about_unit == county.unit("清溪镇人民政府") and report.wall_id


def test_it_leaves_no_trace_of_who_came(county, caplog):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    client = Client()
    try:
        with caplog.at_level(logging.DEBUG):
            answer = _post(client, "tell", body=BODY, place=VILLAGE_A1, danger="on")
            code = answer.content.decode().split('mono">')[1].split("<")[0]
            _post(client, "receipt", code=code, body="补充一句:晚上有哭声")
    finally:
        logging.getLogger().removeHandler(handler)

    written = stream.getvalue() + caplog.text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            written += str(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            )
    for canary in ("203.0.113.77", "canary-browser", "后屋里锁着", "哭声", code, code.replace(" ", "")):
        assert canary not in written


def test_it_shows_the_reporter_answers_and_takes_replies(county, client):
    report, code = _tell()
    actions.answer(by=county.officer("lead"), at=MONDAY, report=report, body="已派人上门核实。")

    page = _post(client, "receipt", code=code).content.decode()
    assert "已派人上门核实" in page and BODY not in page
    _post(client, "receipt", code=code, body="人还在那里")
    _post(client, "receipt", code=code, solved="no")

    report.refresh_from_db()
    assert report.state == "reading" and report.solved_says_reporter is False
    assert _verbs(report)[-2:] == ["intake.reply", "intake.say_solved"]
    assert Message.objects.filter(from_reporter=True).count() == 1


def test_it_answers_a_wrong_code_in_a_sentence(county, client):
    answer = _post(client, "receipt", code="1111 2222 3333 4444")

    assert answer.status_code == 404 and "16" in answer.content.decode()
    assert client.get(reverse("intake:receipt")).status_code == 200


def test_it_says_in_the_form_what_is_missing(county, client):
    answer = _post(client, "tell", body="")
    assert answer.status_code == 400
    assert _post(client, "tell", body="  x ").status_code == 400
    assert _post(client, "tell", body=BODY, place="123").status_code == 400
    assert not Report.objects.exists()
    report, code = _tell()
    assert _post(client, "receipt", code=code, body="").status_code == 400


def test_it_takes_nothing_from_programs_that_fill_in_everything(county, client):
    _post(client, "tell", body=BODY, website="http://spam.example")

    assert not Report.objects.exists()


def test_it_speaks_both_languages_without_a_cookie(county, client):
    english = client.get(reverse("intake:tell") + "?lang=en").content.decode()
    chinese = client.get(reverse("intake:tell") + "?lang=zh").content.decode()

    assert "What did you see" in english and "您看到或知道了什么" in chinese
    assert "清溪镇" in english and "石桥村" in english


def test_it_offers_towns_where_villages_are_too_many(county, client, monkeypatch):
    monkeypatch.setattr("jiandi.rooms.intake.forms.MOST_VILLAGES", 3)

    page = client.get(reverse("intake:tell")).content.decode()

    assert "清溪镇" in page and "石桥村" not in page


def test_it_stops_endless_replies(county):
    report, _ = _tell()
    Message.objects.bulk_create(
        Message(report=report, from_reporter=True, body_sealed=b"", on_date=MONDAY.date(), key=str(n))
        for n in range(50)
    )

    with pytest.raises(Refused, match="too many"):
        actions.reply(at=MONDAY, report=report, body="再说一句")
