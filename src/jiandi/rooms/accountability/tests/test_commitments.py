"""75 promises: each with a query, none green without evidence, the missing thing named exactly."""

import io

import pytest
from openpyxl import load_workbook

from jiandi.rooms.access.models import Event
from jiandi.rooms.accountability import actions, commitments, queries
from jiandi.rooms.accountability.models import CommitmentState
from jiandi.rooms.accountability.tests.test_faults import a_round, false_recheck
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.checks.models import Run
from jiandi.rooms.register.models import Membership
from jiandi.rooms.screening.models import Coverage
from tests.real_places import DIGESTS, NOT_IN_PROMISES, named_in


def states(county, at=None):
    actions.compute_commitments(by=county.officer("engine"), at=at or county.FRIDAY)
    return {row.number: row for row in CommitmentState.objects.all()}


def test_it_holds_all_rows_in_both_languages():
    promises = commitments.promises()

    assert sorted(promises) == sorted([f"D{n:02}" for n in range(1, 24)] + [f"C{n:02}" for n in range(1, 53)])
    for promise in promises.values():
        assert promise.text.zh and promise.text.en and promise.proof.zh and promise.proof.en
        assert (promise.query == "not_recorded") == bool(promise.missing.zh and promise.missing.en)
        said = [text.zh + text.en for text in (promise.text, promise.proof, promise.missing)]
        assert named_in(said, DIGESTS | NOT_IN_PROMISES) == []


def test_nothing_is_green_in_an_empty_county(county):
    rows = states(county)

    assert len(rows) == 75
    assert not [row.number for row in rows.values() if row.state == "met"]
    assert all(
        "缺" in row.detail_zh or "未" in row.detail_zh or "没有" in row.detail_zh or "无" in row.detail_zh
        for row in rows.values()
    )
    assert Event.objects.filter(verb="accountability.compute_commitments").count() == 1


def test_it_updates_the_rows_it_has(county):
    states(county)
    rows = states(county)

    assert len(rows) == 75


def test_coverage_is_met_only_when_nobody_is_left(county):
    campaign, visit, expected = a_round(county)
    row = Coverage.objects.create(
        campaign=campaign,
        village_id=county.VILLAGE_A1,
        county_id=county.COUNTY,
        listed=9,
        unlisted_found=1,
        seen=9,
        doors=3,
        doors_visited=1,
    )
    assert states(county)["C06"].state == "partly"
    assert states(county)["C21"].state == "partly"

    Coverage.objects.filter(pk=row.pk).update(seen=10)

    assert states(county)["C06"].state == "met"


def test_a_group_is_met_only_when_it_was_also_seen_alone(county):
    _, _, expected = a_round(county)
    Membership.objects.create(person=expected.person, group="tekun")
    type(expected).objects.update(needs_alone=True)
    assert states(county)["C14"].state == "partly"

    type(expected).objects.update(seen_alone=True)

    assert states(county)["C14"].state == "met"
    assert states(county)["C15"].state == "cannot_be_shown"


def test_alerts_of_a_rule_that_could_not_run_are_not_green(county):
    Run.objects.create(
        started_at=county.MONDAY,
        finished_at=county.MONDAY,
        reference_on=county.MONDAY.date(),
        report=[{"rule": "R6", "state": "ran"}, {"rule": "R25", "state": "not_run"}],
    )

    rows = states(county)

    assert rows["D02"].state == "met"  # R6 ran over the county and asked nothing
    assert rows["C25"].state == "partly"
    assert "R25" in rows["C25"].detail_en
    assert rows["C11"].state == "cannot_be_shown"


def test_fake_visits_are_never_green(county):
    campaign, visit, expected = a_round(county)
    false_recheck(county, campaign, visit, expected)

    rows = states(county)

    assert rows["D04"].state == "not_met"
    assert rows["C08"].state == "partly"


def test_help_is_met_when_it_was_confirmed(county):
    cast.verified()

    rows = states(county)

    assert rows["C42"].state == "met"
    assert rows["C45"].state == "cannot_be_shown"
    assert rows["C02"].state == "not_met"  # verified, not closed yet


def test_overdue_help_is_not_met(county):
    cast.sent()

    assert states(county, county.MONDAY.replace(day=30))["C42"].state == "not_met"


def test_figures_that_count_cases_stay_with_the_working_group(county):
    cast.verified()
    states(county)

    below = {line.promise.number: line for line in queries.ledger(county.officer("press"), county.FRIDAY)}
    above = {line.promise.number: line for line in queries.ledger(county.officer("lead"), county.FRIDAY)}

    assert below["C42"].detail == queries.UNSEEN and below["C42"].figures == []
    assert above["C42"].figures


def test_it_filters_by_state_theme_and_kind(county):
    states(county)
    lead = county.officer("lead")

    assert {line.promise.theme for line in queries.ledger(lead, county.FRIDAY, theme="care")} == {"care"}
    assert len(queries.ledger(lead, county.FRIDAY, kind="diagnosis")) == 23
    assert not queries.ledger(lead, county.FRIDAY, state="met")


def test_it_exports_every_row(county, client):
    states(county)
    client.force_login(county.officer("lead"))

    content = client.get("/accountability/commitments/ledger/").content

    numbers = {row[1] for row in load_workbook(io.BytesIO(content)).active.values}
    assert set(commitments.promises()) <= numbers


@pytest.mark.parametrize("name", ["lead", "press", "township_a"])
def test_everybody_with_the_verb_reads_the_same_states(county, name):
    states(county)

    tally = queries.tally(queries.ledger(county.officer(name), county.FRIDAY))

    assert sum(tally.values()) == 75
