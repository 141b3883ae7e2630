"""What the story of the killed run does in processes of its own: python -m tests.stories.linking_child DOES [STEP]."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta

import django

DERIVED = {
    "Person": ("name", "birth_on", "household__key", "superseded_by__name", "kinds", "record_count", "id"),
    "Record": ("id", "person_id", "how"),
    "Membership": ("person_id", "group", "roster_id", "ends_on"),
    "Relation": ("person_id", "other_id", "kind", "row_id"),
    "ReviewPair": ("record_id", "candidate_id", "state"),
}


def prepare() -> None:
    """Make the county, deliver and link once, then deliver again."""
    from django.core.management import call_command  # noqa: PLC0415 - Django must be set up first

    from jiandi.rooms.register.tests import cast  # noqa: PLC0415
    from tests import people  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    people.build_county()
    others = [
        [f"H{n}", f"见{a}", "男", f"19{n + 40}0101", "", "户主", f"清溪镇石桥村第3组{n}号", ""]
        for n, a in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", start=10)
    ]
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN, *others))
    cast.link(under=cast.authorisation())
    row = ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "见陈", cast.CHEN[4]]
    alias = ["柳阿禾", cast.BO[4], "男", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    cast.deliver(cast.dibao(row, alias), unit="明溪县民政局", name="低保.csv")


def link(last_step: int) -> None:
    """Link under the authorisation there is; stand still for ever at a step, to be killed there."""
    from jiandi.rooms.register import actions  # noqa: PLC0415
    from jiandi.rooms.register.models_authority import Authorisation  # noqa: PLC0415
    from tests import people  # noqa: PLC0415

    def told(done: int, whole: int) -> None:
        if done == last_step:
            sys.stdout.write("here\n")
            sys.stdout.flush()
            time.sleep(600)

    at = people.MONDAY + timedelta(days=2)
    actions.link(
        by=people.officer("steward"), at=at, authorisation=Authorisation.objects.get(), progress=told
    )


def tell() -> None:
    """Print everything linking derives."""
    from django.apps import apps  # noqa: PLC0415

    from jiandi.rooms.access.models import Event  # noqa: PLC0415
    from jiandi.rooms.register.models import MatchRun  # noqa: PLC0415

    found: dict[str, object] = {
        name: sorted(map(str, apps.get_model("register", name).objects.values_list(*columns)))
        for name, columns in DERIVED.items()
    }
    found["ways"] = [run.report.get("way") for run in MatchRun.objects.order_by("pk")]
    found["events"] = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    elif sys.argv[1] == "link":
        link(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    tell()
