"""Planning a round: every door once, everybody expected somewhere, whoever walks there."""

from datetime import date

import pytest
from django.db import connection, transaction

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Conflict, Event, Grant
from jiandi.rooms.screening import actions, walking
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, VisitTask
from jiandi.rooms.screening.tests import round as stories


def test_it_opens_a_round_and_leaves_one_event(county):
    campaign = stories.open_round()

    assert campaign.form.form_id == "visit"
    assert Event.objects.filter(verb="screening.open_campaign").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_on": date(2026, 11, 1)}, "screening.dates"),
        ({"reference_on": date(2026, 12, 1)}, "screening.dates"),
        ({"title": Text(zh="秋季", en=" ")}, "screening.title"),
        ({"pretext": "secret"}, "screening.pretext"),
    ],
)
def test_it_refuses_a_round_that_makes_no_sense(county, changes, code):
    with pytest.raises(Refused) as refused:
        stories.open_round(**changes)

    assert refused.value.code == code
    assert not Campaign.objects.exists()


def test_it_refuses_a_round_opened_by_a_village(county):
    with pytest.raises(Refused) as refused:
        stories.open_round(by=county.officer("grid_a1"))

    assert refused.value.code == "access.role"


def test_it_plans_every_door_also_the_empty_ones(county):
    campaign = stories.planned_round()

    assert VisitTask.objects.filter(campaign=campaign).count() == 3
    assert set(stories.task_at(1).expected.values_list("person__code", flat=True)) == {"P1", "P2"}
    assert not stories.task_at(2).expected.exists()
    assert Event.objects.filter(verb="screening.plan_tasks").count() == 1


def test_it_gives_each_village_to_its_grid_worker(county):
    stories.planned_round()

    assert stories.task_at(1).worker.username == "grid_a1"
    assert stories.task_at(3).worker.username == "grid_b1"
    assert (stories.task_at(1).walk_day, stories.task_at(1).walk_order, stories.task_at(2).walk_order) == (
        1,
        1,
        2,
    )


def test_it_asks_to_see_protected_people_alone(county):
    stories.planned_round()

    assert stories.expected("P1").needs_alone
    assert not stories.expected("P2").needs_alone


def test_it_plans_households_and_people_whose_door_nobody_knows(county):
    home = stories.household("H1")
    stories.person("P5", household=home)
    stories.protect(stories.person("P6"))

    actions.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=stories.open_round())

    assert stories.expected("P5").task.household == home
    assert stories.expected("P6").task.dwelling is None
    assert stories.expected("P6").needs_alone
    assert VisitTask.objects.count() == 2


def test_it_expects_people_at_their_own_door_before_their_households(county):
    home = stories.household("H1", dwelling=county.dwelling(number=1))
    stories.person("P5", household=home, dwelling=county.dwelling(number=2))
    stories.person("P6", household=home)

    actions.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=stories.open_round())

    assert stories.expected("P5").task == stories.task_at(2)
    assert stories.expected("P6").task == stories.task_at(1)


def test_it_expects_neither_the_dead_nor_people_merged_into_others(county):
    door = county.dwelling(number=1)
    kept = stories.person("P1", dwelling=door)
    stories.person("P2", dwelling=door, superseded_by=kept)
    stories.person("P3", dwelling=door, died_on=date(2026, 1, 1))

    actions.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=stories.open_round())

    assert list(Expected.objects.values_list("person__code", flat=True)) == ["P1"]


def test_it_makes_nothing_twice_and_adds_what_came_since(county):
    campaign = stories.planned_round()
    engine = county.officer("engine")

    assert actions.plan_tasks(by=engine, at=county.TUESDAY, campaign=campaign) == 0
    stories.person("P7", dwelling=stories.task_at(2).dwelling)
    county.dwelling(number=9)

    assert actions.plan_tasks(by=engine, at=county.TUESDAY, campaign=campaign) == 1
    assert stories.expected("P7").task == stories.task_at(2)
    assert Expected.objects.count() == 4


def test_it_counts_both_parts_of_the_denominator_per_village(county):
    stories.planned_round()

    line = Coverage.objects.get(village=county.VILLAGE_A1)
    assert (line.doors, line.listed, line.unlisted_found, line.alone_needed, line.not_yet) == (2, 2, 0, 1, 2)


def test_it_sends_nobody_to_their_own_kin(county):
    door = county.dwelling(number=1)
    kin = stories.person("P1", dwelling=door)
    grid = county.officer("grid_a1")
    Conflict.objects.create(
        officer=grid, subject_kind="person", subject_id=kin.pk, tie="侄女", declared_at=county.MONDAY
    )
    second = county.officer("grid_b1")
    Grant.objects.create(officer=second, role="grid", place_id=county.VILLAGE_A1, starts_on=date(2026, 1, 1))

    actions.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=stories.open_round())

    assert stories.task_at(1).worker == second


def test_it_refuses_to_plan_into_a_round_that_is_over(county):
    campaign = stories.planned_round()
    actions.certify_campaign(by=county.officer("overseer"), at=county.FRIDAY, campaign=campaign)

    with pytest.raises(Refused) as refused:
        actions.plan_tasks(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)

    assert refused.value.code == "screening.round_over"


def test_it_cuts_doors_into_days_and_lets_a_worker_of_two_villages_walk_one_after_the_other():
    stops = [walking.Stop(n, None, 1, 1, 1, group_no=1, number=n) for n in range(60, 0, -1)]
    walks = walking.Walks()

    first, second = list(walks.plan(stops, [7])), list(walks.plan(stops, [7]))

    assert [stop.number for stop, *_ in first] == list(range(1, 61))
    assert {worker for _, worker, _, _ in first + second} == {7}
    assert min(day for _, _, day, _ in second) == max(day for _, _, day, _ in first) + 1


def test_it_plans_doors_nobody_walks_to_so_that_none_is_forgotten():
    planned = list(walking.Walks().plan([walking.Stop(1, None, 1, 1, 1)], []))

    assert [(worker, day, order) for _, worker, day, order in planned] == [(None, None, 1)]


@pytest.mark.parametrize(
    ("address", "number"), [("明溪县清溪镇石桥村第2组14号", 14), ("石桥村", 0), ("2组7号东屋", 7)]
)
def test_it_reads_the_house_number_off_an_address(address, number):
    assert walking.house_number(address) == number


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be asked to answer in reverse")
def test_it_plans_alike_in_whatever_order_the_database_answers(county):
    """Whoever is expected first is visited, and drawn for a re-visit, first: two runs of one county must agree."""

    def plan() -> tuple[list[object], list[object]]:
        with transaction.atomic():
            stories.planned_round()
            doors = VisitTask.objects.order_by("pk").values_list(
                "dwelling", "worker", "walk_day", "walk_order"
            )
            made = list(doors), list(Expected.objects.order_by("pk").values_list("person__code", flat=True))
            transaction.set_rollback(True)
        return made

    planned = plan()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA reverse_unordered_selects = ON")
        again = plan()
        cursor.execute("PRAGMA reverse_unordered_selects = OFF")

    assert again == planned
    assert len(planned[0]) == 3 and len(planned[1]) == 3
