"""A visit finds somebody; the night looks for them on the rosters - also on those that came in meanwhile.

1. The register was linked once. A grid worker meets a woman whom no list of that door names.
2. She is looked for among the records linked so far: nobody. The day after, an allowance list names her there, and a visit
   finds somebody else, who is looked for too.
3. The night links that list whole, although people found had been looked for since it came; the round counts her once.
"""

from __future__ import annotations

from jiandi.core.forms import visit as forms
from jiandi.rooms.access import queries as access
from jiandi.rooms.register.models import MatchRun, Person
from jiandi.rooms.register.tests import cast
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Expected
from jiandi.rooms.screening.tests import round as stories
from jiandi.web import nightly

HER = {"name": "柳阿禾", "sex": 2, "birth_year": 1980}


def test_the_night_looks_for_whom_a_visit_found_and_counts_nobody_twice(county):
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN))
    cast.link()
    engine, campaign = access.engine(), stories.planned_round()
    met = forms.write(stories.form(stories.task_at(2), stories.seen(**HER)))
    screening.receive_visit(by=county.officer("grid_a1"), at=stories.EVENING, body=met, channel="phone")

    run = nightly.link_found(by=engine, at=stories.EVENING)

    assert run is not None and run.report["records"] == 1
    number, door = cast.number_of("99010119800412004"), stories.task_at(2).dwelling
    row = [HER["name"], number, "女", "A", "500", "2026-10", door.address, "", ""]
    cast.deliver(cast.dibao(row), unit="明溪县民政局", at=county.WEDNESDAY)
    other = forms.write(stories.form(stories.task_at(1), stories.seen(name="见路过", sex=1, birth_year=1950)))
    screening.receive_visit(by=county.officer("grid_a1"), at=county.WEDNESDAY, body=other, channel="phone")
    nightly.link_found(by=engine, at=county.WEDNESDAY)
    steps = {step.name: step for step in nightly.run(by=engine, at=county.THURSDAY)}

    assert steps["link"].state == "done"
    assert list(MatchRun.objects.order_by("pk").values_list("is_whole", flat=True)) == [
        True,
        False,
        False,
        True,
    ]
    assert Person.objects.filter(name=HER["name"], superseded_by__isnull=True).count() == 1
    assert Expected.objects.filter(task__campaign=campaign, person__name=HER["name"]).count() == 1
