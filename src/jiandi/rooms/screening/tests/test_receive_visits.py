"""Many visits at once: each counts once whatever the order, the repeats and the cuts; each batch whole or not at all."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jiandi.core.forms.visit import SeenPerson
from jiandi.core.values import Refused
from jiandi.rooms.access.models import BatchSubjects, Event
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.screening import actions, actions_visits
from jiandi.rooms.screening.actions_counting import counted
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, Finding, Sighting, Visit, VisitTask
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen

COUNTERS = [
    field.name for field in Coverage._meta.fields if field.get_internal_type() == "PositiveIntegerField"
]


def deliver(county, bodies, **extra):
    values = {"by": county.officer("engine"), "at": EVENING, "channel": "replay", **extra}
    return actions.receive_visits(bodies=bodies, **values)


def state_of(campaign: Campaign) -> dict[str, object]:
    """Everything visits change, without the ids and codes that differ from run to run."""
    return {
        "doors": list(VisitTask.objects.order_by("pk").values_list("pk", "state", "tries")),
        "listed": list(
            Expected.objects.filter(is_found=False)
            .order_by("pk")
            .values_list("pk", "outcome", "seen_alone", "visit__instance_id")
        ),
        "found": sorted(
            Expected.objects.filter(is_found=True).values_list(
                "task_id", "person__name", "outcome", "seen_alone", "visit__instance_id"
            )
        ),
        "sightings": sorted(
            Sighting.objects.values_list("visit__instance_id", "name", "present", "alone", "is_unlisted"),
            key=str,
        ),
        "findings": sorted(
            Finding.objects.values_list("visit__instance_id", "kind", "value", "is_danger_now")
        ),
        "counters": list(Coverage.objects.order_by("village_id").values_list("village_id", *COUNTERS)),
    }


def test_it_takes_a_batch_with_one_event_that_names_every_visit(county):
    stories.planned_round()
    bodies = [body(stories.task_at(1), seen("P1")), body(stories.task_at(3), seen("P3"), worker="grid_b1")]

    receipt = deliver(county, bodies)

    assert (receipt.new, receipt.same, receipt.quarantined, receipt.refused) == (2, 0, 0, [])
    event = Event.objects.get(verb="screening.receive_visits")
    assert BatchSubjects.objects.get(event=event).count == 2
    assert set(receipt.visit_ids) == set(Visit.objects.values_list("pk", flat=True))


def test_it_says_which_body_it_could_not_read_and_takes_the_rest(county):
    stories.planned_round()
    good = body(stories.task_at(1), seen("P1"))

    receipt = deliver(county, [b"<nonsense", good, good[:-9], good])

    assert [(refusal.index, refusal.code) for refusal in receipt.refused] == [
        (0, "forms.cut_off"),
        (2, "forms.cut_off"),
    ]
    assert (receipt.new, receipt.same) == (1, 1)


def test_it_refuses_a_worker_who_may_only_send_their_own(county):
    with pytest.raises(Refused) as refused:
        deliver(county, [], by=county.officer("grid_a1"))

    assert refused.value.code == "access.role"


def test_it_keeps_the_strange_ones_of_a_batch_apart(county):
    stories.planned_round()

    receipt = deliver(county, [body(stories.task_at(1), seen("P404")), body(stories.task_at(1), seen("P1"))])

    assert (receipt.new, receipt.quarantined) == (1, 1)
    assert Visit.objects.get(state="quarantined").problem["code"] == "unknown_person"


@pytest.mark.django_db(transaction=True)
def test_it_leaves_nothing_of_a_batch_that_breaks_and_resumes_where_it_stood(county, monkeypatch):
    campaign = stories.planned_round()
    bodies = [body(stories.task_at(1), seen("P1")), body(stories.task_at(3), seen("P3"), worker="grid_b1")]
    monkeypatch.setattr(actions_visits, "BATCH", 1)

    def power_cut(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(county, bodies, progress=power_cut)
    assert Visit.objects.count() == 1
    receipt = deliver(county, bodies)

    assert (receipt.new, receipt.same) == (1, 1)
    assert Event.objects.filter(verb="screening.receive_visits").count() == 3
    assert {key: row for key, row in counted(campaign).items() if row["seen"]} != {}


PRESENT = ["seen", "away", "not_here", "dead", "unknown"]
rows = st.builds(
    SeenPerson,
    listed=st.sampled_from(["P1", "P2", "P3", "P4", ""]),
    name=st.sampled_from(["样例甲", "样例乙"]),
    sex=st.sampled_from([1, 2]),
    present=st.sampled_from(PRESENT),
    alone=st.booleans(),
    danger=st.sampled_from(["none", "none", "locked"]),
    need=st.sampled_from(["", "药"]),
)
visits = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["met", "met", "no_contact", "refused", "empty", "moved"]),
    st.integers(0, 4),
    st.lists(rows, max_size=3),
)


def _send(county, submissions, batch: int) -> None:
    for start in range(0, len(submissions), batch):
        deliver(county, submissions[start : start + batch])


# Without shrinking: each example replays whole rounds in the database, and minutes of shrinking help nobody.
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(visits, min_size=1, max_size=7), st.data())
def test_it_ends_in_the_same_state_whatever_the_order_the_repeats_and_the_cuts(county, told, data):
    if not Dwelling.objects.exists():
        campaign = stories.planned_round()
        stories.person("P4", dwelling=stories.task_at(2).dwelling)
        actions.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=campaign)
    campaign = Campaign.objects.get()
    bodies = [
        body(
            stories.task_at(door),
            *people,
            result=result,
            started_at=stories.MORNING + timedelta(hours=hour),
            ended_at=None,
            instance_id=f"uuid:{number}",
        )
        for number, (door, result, hour, people) in enumerate(told)
    ]
    noise = data.draw(st.lists(st.sampled_from(bodies), max_size=4))
    cut = [whole[: data.draw(st.integers(1, len(whole) - 1))] for whole in noise]
    shuffled = data.draw(st.permutations([*bodies, *noise, *cut]))
    batch = data.draw(st.sampled_from([1, 2, 50]))

    states = []
    for order, size in ((bodies, 1), (shuffled, batch)):
        mark = transaction.savepoint()
        _send(county, order, size)
        states.append(state_of(campaign))
        fresh = [
            (place[0], *[counts[name] for name in COUNTERS])
            for place, counts in sorted(counted(campaign).items(), key=str)
        ]
        assert sorted(states[-1]["counters"]) == sorted(fresh)
        transaction.savepoint_rollback(mark)
        assert connection.in_atomic_block

    assert states[0] == states[1]
