"""Whoever a visit found turns out to be on a list: the round counts them once, and later visits know them."""

import duckdb
import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions, queries_snapshot
from jiandi.rooms.screening.actions_counting import counted
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, Sighting
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen

TOLD = {"name": "见三", "sex": 2, "birth_year": 1970}


def follow(county, campaign: Campaign) -> int:
    return actions.follow_merges(by=county.officer("engine"), at=county.THURSDAY, campaign=campaign)


def met_elsewhere(county) -> tuple[Campaign, Person, Person]:
    """P3, expected in another village, is met at an empty door and entered as somebody new; then the two are merged."""
    campaign = stories.planned_round()
    visit = body(stories.task_at(2), seen(alone=True, **TOLD))
    actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=visit, channel="phone")
    her, met = Person.objects.get(code="P3"), Person.objects.get(kinds="found")
    met.superseded_by = her
    met.save(update_fields=["superseded_by"])
    return campaign, her, met


def test_it_counts_somebody_once_who_was_listed_and_found(county):
    campaign, _, _ = met_elsewhere(county)

    assert follow(county, campaign) == 1

    row = stories.expected("P3")
    assert (row.outcome, row.seen_alone, row.is_found, row.visit is None) == ("seen", True, False, False)
    assert Expected.objects.count() == 3
    sums = {row.village_id: (row.listed, row.unlisted_found, row.seen) for row in Coverage.objects.all()}
    assert sums == {county.VILLAGE_A1: (2, 0, 0), county.VILLAGE_B1: (1, 0, 1)}
    assert Event.objects.filter(verb="screening.follow_merges").count() == 1
    assert follow(county, campaign) == 0


def test_a_later_visit_that_meets_them_again_finds_nobody_new(county):
    campaign, her, met = met_elsewhere(county)
    follow(county, campaign)

    for person in (seen(**TOLD), seen(met.code)):  # told again by name, or from a list printed before
        again = body(stories.task_at(2), person)
        actions.receive_visit(by=county.officer("grid_a1"), at=county.WEDNESDAY, body=again, channel="phone")

    assert Person.objects.filter(kinds="found").count() == 1
    assert Expected.objects.filter(person=her).count() == Expected.objects.count() - 2 == 1
    stored = {row.village_id: row.seen for row in Coverage.objects.all()}
    assert stored == {place[0]: counts["seen"] for place, counts in counted(campaign).items()}


def test_it_renames_whom_the_round_expects_under_the_old_number_alone(county):
    campaign, her, _ = met_elsewhere(county)
    Expected.objects.filter(person=her).delete()

    assert follow(county, campaign) == 0
    assert stories.expected("P3").is_found


def test_it_follows_a_chain_of_merges_to_its_end_in_one_go(county):
    """Whom the visit met was taken for P1, who then turned out to be P3."""
    campaign, her, met = met_elsewhere(county)
    between = Person.objects.get(code="P1")
    met.superseded_by, between.superseded_by = between, her
    met.save(update_fields=["superseded_by"])
    between.save(update_fields=["superseded_by"])

    assert follow(county, campaign) == 2
    assert set(Expected.objects.values_list("person__code", flat=True)) == {"P2", "P3"}
    assert stories.expected("P3").outcome == "seen"
    assert follow(county, campaign) == 0


def test_a_visit_and_the_tables_for_the_rules_lead_to_the_end_of_the_chain(county):
    campaign, her, met = met_elsewhere(county)
    between = Person.objects.get(code="P1")
    met.superseded_by, between.superseded_by = between, her
    met.save(update_fields=["superseded_by"])
    between.save(update_fields=["superseded_by"])
    follow(county, campaign)
    again = body(stories.task_at(2), seen(met.code))

    actions.receive_visit(by=county.officer("grid_a1"), at=county.WEDNESDAY, body=again, channel="phone")

    assert Sighting.objects.latest("pk").person == her
    con = duckdb.connect()
    queries_snapshot.snapshot(con)
    assert con.execute("SELECT DISTINCT person_id FROM sightings").fetchall() == [(her.pk,)]


def test_it_refuses_a_round_that_is_over(county):
    campaign, _, _ = met_elsewhere(county)
    campaign.closed_at = county.THURSDAY

    with pytest.raises(Refused) as refused:
        follow(county, campaign)

    assert refused.value.code == "screening.round_over"
