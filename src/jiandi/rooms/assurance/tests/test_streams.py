"""A targeted set frozen before the dice: visited whole, told apart by nobody in the field, never part of a rate."""

from __future__ import annotations

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.assurance import actions, queries
from jiandi.rooms.assurance.models import Recheck, Suspicion, Target
from jiandi.rooms.assurance.tests.test_draw import SEEN, answer, campaign  # noqa: F401
from jiandi.rooms.screening.models import Expected


@pytest.fixture
def draw(county, campaign):  # noqa: F811
    """A draw beside which ten claims of the worker whom the ranking names are visited."""
    Suspicion.objects.create(
        campaign=campaign, worker=county.officer("grid_a1"), computed_at=county.TUESDAY, rank=1, visits=SEEN,
        is_flagged=True, county_id=county.COUNTY,
    )  # fmt: skip
    return actions.hold_draw(
        at=county.WEDNESDAY, campaign=campaign, claim_per_10000=1000, targets=10, throws=county.throws()
    )


def answer_all(county, draw, targeted):
    near = ("task__dwelling", "expected__person")
    bodies = [answer(one) for one in draw.rechecks.select_related(*near)]
    out = draw.targets.filter(task__isnull=False).select_related(*near)
    bodies += [answer(one, came=targeted).replace(b"uuid:r", b"uuid:t") for one in out]
    return actions.receive_rechecks(by=county.officer("engine"), at=county.THURSDAY, draw=draw, bodies=bodies)


def test_it_is_frozen_before_the_dice_and_sent_with_the_first_look(county, draw):
    opened = Event.objects.get(verb="assurance.make_draw")
    assert (opened.payload["targets"], opened.payload["targets_root"]) == (10, draw.targets_root)
    drawn = set(draw.rechecks.values_list("expected", flat=True))
    for one in draw.targets.all():
        assert (one.task is None) == (one.expected_id in drawn)  # nobody is visited twice for both
    assert draw.rechecks.count() == draw.plan[0][0]


def test_an_inspector_cannot_tell_the_two_streams_apart(county, draw, client):
    inspector = county.officer("inspector_b")
    mine = queries.my_rechecks(inspector)
    assert {type(one) for one in mine} == {Recheck, Target}
    client.force_login(inspector)
    aimed = next(one for one in mine if isinstance(one, Target))
    drawn = next(one for one in mine if isinstance(one, Recheck))
    pages = [client.get(f"/assurance/my/{one.task_id}/").content.decode() for one in (aimed, drawn)]
    for one, page in zip((aimed, drawn), pages, strict=True):
        assert one.expected.person.name in page and "target" not in page.lower() and "重点" not in page
    form = {"result": "met", "present": "seen", "came": "no", "danger": "none", "words": ""}
    assert client.post(f"/assurance/my/{aimed.task_id}/", form).status_code == 302
    aimed.refresh_from_db()
    assert aimed.result == "false" and aimed.differences[0]["kind"] == "visit"


def test_what_is_found_there_enters_no_rate(county, draw, client):
    """Every targeted visit is false, every drawn one true: the certificate is clean, the round's bound is not."""
    answer_all(county, draw, targeted="no")
    overseer = county.officer("overseer")
    sent = draw.targets.filter(task__isnull=False).count()
    actions.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)
    made = actions.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)

    assert made.false_found == 0 and made.claim_holds
    assert (made.streams["targeted"], made.streams["certain"]) == (10, sent)
    assert made.streams["bound"] > sent
    client.force_login(overseer)
    page = client.get(f"/assurance/certificate/{made.pk}/").content.decode()
    assert made.streams["text_zh"] in page and made.streams["text_en"].startswith("All 10 targeted")
    assert draw.targets_root in client.get(f"/assurance/draw/{draw.pk}/").content.decode()


def test_it_is_visited_whole_and_stays_as_frozen(county, draw):
    overseer = county.officer("overseer")
    draw.rechecks.update(result=Recheck.Result.TRUE)
    actions.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)
    with pytest.raises(Refused, match="targeted visits are still out"):
        actions.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)
    draw.targets.update(result=Recheck.Result.TRUE)
    other = Expected.objects.exclude(pk__in=draw.targets.values("expected")).first()
    draw.targets.filter(pk=draw.targets.first().pk).update(expected=other)
    with pytest.raises(Refused, match="not the one frozen before the dice"):
        actions.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)


def test_a_third_or_more_stay_random(county, campaign):  # noqa: F811
    Suspicion.objects.create(
        campaign=campaign, worker=county.officer("grid_a1"), computed_at=county.TUESDAY, rank=1, visits=SEEN,
        county_id=county.COUNTY,
    )  # fmt: skip
    made = actions.make_draw(
        by=county.officer("overseer"),
        at=county.WEDNESDAY,
        campaign=campaign,
        claim_per_10000=1000,
        targets=500,
    )
    assert made.targets.count() == min(SEEN, 2 * made.plan[0][0])
