"""By day the watch asks what visits can change, and the night too, as long as nothing else did."""

from __future__ import annotations

from datetime import timedelta

from jiandi.rooms.access.models import Event
from jiandi.rooms.checks.models import Run
from jiandi.rooms.checks.tests.test_standing import home, something, visited
from jiandi.web import nightly

__all__ = ["home"]


def test_by_day_the_watch_asks_after_visits_and_the_night_too(county, home):
    nightly.watch(at=county.MONDAY + timedelta(hours=1))
    assert Run.objects.count() == 1
    visited(county, home, "女人被锁在屋里")
    something(by=county.officer("engine"), at=county.MONDAY, verb="screening.receive_visits")

    nightly.watch(at=county.MONDAY + timedelta(minutes=5))
    assert Run.objects.count() == 1
    nightly.watch(at=county.MONDAY + timedelta(hours=1))
    assert Run.objects.latest("pk").is_whole is False

    visited(county, home, "要药", number=2)
    nightly._check(county.officer("engine"), county.MONDAY + timedelta(hours=2))
    assert Run.objects.latest("pk").is_whole is False
    something(by=county.officer("engine"), at=county.MONDAY, verb="register.link")
    nightly._check(county.officer("engine"), county.MONDAY + timedelta(hours=3))
    assert (
        Run.objects.latest("pk").is_whole
        and Event.objects.filter(verb="checks.run_after_visits").count() == 2
    )
