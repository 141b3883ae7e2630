"""After the linkage the night counts the lists, asks about entitlements, and lets doors follow deaths and moves.

1. The rosters are linked; one death is on the police's list alone.
2. The night counts the lists and notes the death as a question: the round still knocks.
3. The health bureau confirms it with a paper. The next night excuses the line, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from jiandi.rooms.register import actions as register
from jiandi.rooms.register import queries
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.models_standing import Statement
from jiandi.rooms.register.tests import cast
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Expected
from jiandi.rooms.screening.tests import round as stage
from jiandi.web import nightly
from tests import people

DEATH = ["姓名", "性别", "公民身份号码", "出生日期", "住址", "死亡日期", "注销日期"]
CHENS_DEATH = ["见陈", "男", cast.CHEN[4], "19500101", cast.CHEN[6], "2026-10-01", "2026-10-20"]


def night(at: datetime) -> dict[str, bool]:
    """Do the register's part of a night; return which steps had something to do."""
    steps: dict[str, Callable[..., object]] = {name: work for name, _, work in nightly.ORDER}
    engine = people.officer("engine")
    return {name: steps[name](engine, at) is not None for name in ("state", "live", "entitle")}


@pytest.mark.django_db
def test_a_night_of_the_register(settings, tmp_path) -> None:
    settings.DATA = tmp_path
    people.build_county()
    assert night(people.MONDAY) == {"state": False, "live": False, "entitle": False}
    cast.deliver(cast.hukou())
    cast.deliver(cast.csv_of(DEATH, CHENS_DEATH), name="死亡注销.csv", kind="death")
    cast.link()

    assert night(people.WEDNESDAY) == {"state": True, "live": True, "entitle": True}

    assert not queries.is_statement_due() and Statement.objects.count() == 1
    assert LifeEvent.objects.get().state == "question"
    campaign = stage.open_round()
    screening.plan_tasks(by=people.officer("lead"), at=people.WEDNESDAY, campaign=campaign)
    assert Expected.objects.get(person__name="见陈").outcome == "not_yet"

    register.enter_life_event(
        by=people.officer("handler_health"), at=people.THURSDAY, person=Person.objects.get(name="见陈"), kind="death",
        effective_on=date(2026, 10, 1), document="居民死亡医学证明 X-1 清溪镇卫生院",
    )  # fmt: skip

    assert night(people.FRIDAY) == {"state": False, "live": True, "entitle": True}
    line = Expected.objects.get(person__name="见陈")
    assert (line.outcome, line.excuse) == ("excused", "death_recorded")
