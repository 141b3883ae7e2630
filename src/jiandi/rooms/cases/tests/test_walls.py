"""A walled officer tries every way in: lists, counts, search by state, exports, addresses, the inbox, the log."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.access.actions_glass import break_glass
from jiandi.rooms.access.models import Installation
from jiandi.rooms.access.queries import visible_events
from jiandi.rooms.cases import actions, queries
from jiandi.rooms.cases.tests import cast

COUNTY_POLICE = "明溪县公安局"


@pytest.fixture
def walled(county):
    """The police bureau sold the paper; its handler also holds the lead's role, and the bureau has an inbox."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    police = county.officer("handler_police")
    for role in ("lead", "overseer", "inspector"):
        access_actions.grant_role(
            by=county.officer("admin"),
            at=county.MONDAY,
            officer=police,
            role=role,
            place=police.unit.place,
            starts_on=county.MONDAY.date(),
        )
    about = cast.person()
    case = cast.case(person=about, alert=cast.alert(about, implicated=(COUNTY_POLICE,)))
    return police, case


def log_in(client, officer):
    client.force_login(officer)


def test_lists_and_counts(walled, county, client):
    police, case = walled
    log_in(client, police)

    assert not queries.cases(police, county.FRIDAY).exists()
    assert set(queries.counts(police, county.FRIDAY).values()) == {0}
    for query in ("", "?state=open", "?state=opened", "?clock=overdue", f"?after={case.pk + 1}"):
        text = client.get(reverse("cases:cases") + query).content.decode()
        assert case.number not in text and case.code_name not in text


def test_a_list_is_not_cut_short_by_a_case_behind_a_wall(walled, county, client):
    police, case = walled
    log_in(client, police)
    other = cast.person(code="HK7QNEXT", name="甄四妹")
    cast.case(
        at=county.FRIDAY, person=other, alert=cast.alert(other, key="R1:2")
    )  # theirs to read, begun later

    hidden = client.get(reverse("cases:cases"), {"after": case.pk}).content.decode()
    absent = client.get(reverse("cases:cases"), {"after": case.pk + 1}).content.decode()

    said = [page.split("<main")[1] for page in (hidden, absent)]
    assert said[0] == said[1] and "<tbody>" in said[0]


def test_export(walled, client):
    police, case = walled
    log_in(client, police)

    content = client.get(reverse("cases:ledger")).content

    assert not any(
        case.number in str(cell) for row in load_workbook(io.BytesIO(content)).active.values for cell in row
    )


@pytest.mark.parametrize("name", ["case", "plan", "refer", "person_file", "supervise", "verify"])
def test_addresses_answer_as_if_there_were_nothing(walled, client, name):
    police, case = walled
    log_in(client, police)

    hidden = client.get(reverse(f"cases:{name}", args=[case.pk]))
    absent = client.get(reverse(f"cases:{name}", args=[case.pk + 999]))

    assert hidden.status_code == absent.status_code == 404
    csrf = lambda page: page.content.split(b"hx-headers")[0]  # noqa: E731
    assert csrf(hidden) == csrf(absent)


@pytest.mark.parametrize("step", ["assess", "wish", "outcome", "close", "reopen", "milestone", "person"])
def test_steps(walled, client, step):
    police, case = walled
    log_in(client, police)

    assert client.post(reverse("cases:step", args=[case.pk, step]), {"note": "x"}).status_code == 404


def test_opening_from_the_alert(walled, client):
    police, case = walled
    log_in(client, police)

    assert client.get(reverse("cases:open_from_alert", args=[case.alert_id])).status_code == 404


def test_the_log(walled, county):
    police, case = walled

    assert visible_events(county.officer("lead"), at=county.FRIDAY).filter(verb="cases.open_case").exists()
    assert not visible_events(police, at=county.FRIDAY).filter(verb__startswith="cases.").exists()
    assert queries.timeline(case, police) == []


def test_break_glass_does_not_pass(walled, county):
    police, case = walled

    with pytest.raises(Refused, match="not_found"):
        break_glass(
            by=police, at=county.FRIDAY, subject=case, reason="着火了需要马上救人", danger_to_life=True
        )


def test_an_inbox_loses_the_referral_when_its_unit_turns_out_to_be_implicated(county, client):
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    referral = cast.sent()
    health = county.officer("handler_health")
    log_in(client, health)
    assert f"Z{referral.pk}" in client.get(reverse("cases:inbox")).content.decode()

    access_actions.add_wall_entry(
        by=county.officer("lead"),
        at=county.TUESDAY,
        wall=referral.case.wall,
        party=health.unit,
        why="院长涉及",
    )

    assert f"Z{referral.pk}" not in client.get(reverse("cases:inbox")).content.decode()
    assert client.get(referral.get_absolute_url()).status_code == 404
    assert client.post(reverse("cases:move", args=[referral.pk, "accept"])).status_code == 404
    assert queries.referral_view(referral, health, county.TUESDAY) == []


def test_the_person_stays_served_outside_the_case(walled):
    """The wall shields the case; the person and the ordinary roster remain where they are."""
    _, case = walled

    assert case.subjects.get().person.wall_id is None


def test_a_handler_of_another_department_does_not_read_the_case(county, client):
    case = cast.case()
    log_in(client, county.officer("handler_civil"))

    assert client.get(case.get_absolute_url()).status_code == 404
    log_in(client, county.officer("handler_women"))
    assert client.get(case.get_absolute_url()).status_code == 200


def test_a_related_inspector_finds_nothing_to_look_back_at(county):
    case = cast.verified()
    actions.close_case(by=county.officer("lead"), at=county.FRIDAY, case=case)

    assert not queries.looks(county.officer("inspector_a"), county.FRIDAY).exists()
    assert queries.looks(county.officer("inspector_b"), county.FRIDAY).count() == 2
