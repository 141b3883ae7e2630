"""What a reader sees of a question: words instead of codes, and only doors that open."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiandi.core.identity.reasons import REASONS
from jiandi.core.numbering import ROLE_CODES, ROW_BITS
from jiandi.rooms.access import outsiders
from jiandi.rooms.access.actions import add_wall_entry
from jiandi.rooms.access.models import Installation, Wall
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.checks.queries import ID_STATUSES
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person, Record, Roster
from jiandi.rooms.screening.models import Visit


@pytest.fixture
def alert(county):
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    village = Place.objects.get(pk=county.VILLAGE_A1)
    where = {"village": village, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    person = Person.objects.create(code="P1", name="苗望", **where)
    visit = Visit.objects.create(
        instance_id="uuid:1", body=b"", sha256=bytes(32), received_at=county.TUESDAY, channel="phone", state="applied",
        worker=county.officer("grid_a1"), started_at=county.TUESDAY, result="met", **where,
    )  # fmt: skip
    return Alert.objects.create(
        key="R14:1", rule="R14", rule_class="contradiction", person=person, detail_zh="无人见到", detail_en="nobody saw them",
        sources=[{"kind": "visit", "id": visit.pk}], implicated=[{"kind": "unit", "id": None, "name": None, "why": "visited"}],
        first_seen_at=county.MONDAY, last_seen_at=county.MONDAY, **where,
    )  # fmt: skip


def page(client, county, username, alert, language="en"):
    client.force_login(county.officer(username))
    client.cookies["jiandi_language"] = language
    return client.get(reverse("checks:alert", args=[alert.pk])).content.decode()


def test_a_visit_is_named_by_day_and_place_and_opens_for_who_may_read_it(county, client, alert):
    visit = reverse("screening:visit", args=[Visit.objects.get().pk])

    assert "Visit of 2026-11-03 in 石桥村" in page(client, county, "lead", alert)
    assert visit in page(client, county, "lead", alert)
    assert visit not in page(client, county, "handler_women", alert)


def test_who_may_not_read_the_person_gets_the_name_without_a_link(county, client, alert):
    person = reverse("register:person", args=["P1"])

    assert person in page(client, county, "lead", alert)
    shown = page(client, county, "overseer", alert)
    assert "苗望" in shown and person not in shown


def test_why_somebody_is_implicated_is_said_in_the_readers_language(county, client, alert):
    assert "Unit · reported the visit" in page(client, county, "lead", alert)
    assert "单位 · 报告了走访" in page(client, county, "lead", alert, "zh")


def test_every_state_of_a_number_has_words():
    assert set(ID_STATUSES) == {"valid", "repaired", "lunar", "invalid", "placeholder", "missing"}
    assert not set(ID_STATUSES) & set(REASONS)


@pytest.mark.parametrize(
    ("kept", "zh", "en"),
    [
        ("registered", "登记了这一事项", "registered it"),
        ("village_committee", "所在村", "the village it is about"),
        (outsiders.tied("表兄"), "已申报关系:表兄", "declared a tie: 表兄"),
        ("与当事人同乡", "与当事人同乡", "与当事人同乡"),
    ],
)
def test_a_walls_reason_reads_in_both_languages(county, client, kept, zh, en):
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    wall = Wall.objects.create(made_at=county.MONDAY, reason="R1")
    add_wall_entry(
        by=county.officer("lead"), at=county.MONDAY, wall=wall, party=county.officer("grid_a1"), why=kept
    )
    client.force_login(county.officer("overseer"))
    for language, words in (("zh", zh), ("en", en)):
        client.cookies["jiandi_language"] = language
        assert words in client.get(reverse("access:walls")).content.decode()


def test_what_the_rows_say_of_one_person_in_different_ways_is_marked(county, client, alert):
    roster = Roster.objects.create(
        kind="marriage", unit=county.officer("lead").unit, file_name="婚姻登记.xlsx", state="read", delivered_at=county.MONDAY,
        delivered_by=county.officer("lead"), sha256="0" * 64, size_bytes=1, county_id=county.COUNTY, reference_on=county.MONDAY.date(),
    )  # fmt: skip
    for row, role, name in ((1, "wife", "卜知"), (2, "mother", "苗望"), (3, "husband", "同名")):
        number = (roster.pk << ROW_BITS) + row
        Record.objects.create(
            pk=number * 8 + ROLE_CODES[role], roster=roster, row_no=row, role=ROLE_CODES[role], name=name
        )
        alert.sources.append({"kind": "row", "id": number})
    alert.save()

    shown = page(client, county, "lead", alert)

    assert "<mark>卜知</mark>" in shown and "<mark>苗望</mark>" in shown and "<mark>同名</mark>" not in shown
    assert "in different ways" in shown
