"""How long the coverage board takes to count and to show, on an invented round of the size asked for.

    python benchmarks/board.py [--people 60000] [--rounds 7]

Makes a throw-away database (or uses JIANDI_DATABASE, which must be empty), 12 townships of 16 villages, one round, every
fifth person on a protection list. Prints JSON: seconds and CPU seconds of a count, wall and CPU milliseconds of each page.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["JIANDI_DATA"] = tempfile.mkdtemp(prefix="jiandi-board-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from jiandi.rooms.access import bulk  # noqa: E402
from jiandi.rooms.assurance import actions_board, boards  # noqa: E402
from jiandi.rooms.places.models import Level, Place  # noqa: E402
from jiandi.rooms.register.groups import GROUPS  # noqa: E402
from jiandi.rooms.register.models import FOUND, Membership, Person  # noqa: E402
from jiandi.rooms.screening.models import EXPECTED_COLUMNS, Campaign, Expected, Form, VisitTask  # noqa: E402
from tests import people as cast  # noqa: E402

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
KINDS = ("hukou", "hukou insurance", "hukou insurance school", "insurance residence", "hukou clinic", FOUND)
OUTCOMES = ("seen", "seen", "seen", "seen", "away", "not_yet", "excused", "no_contact")
TOWNS, VILLAGES = 12, 16


def villages() -> list[tuple[int, int]]:
    """Make the townships and villages; return (village, town)."""
    above = {"province_id": 990000000000, "city_id": 990100000000, "county_id": cast.COUNTY}
    made = []
    for town in range(200, 200 + TOWNS):
        code = 990101000000 + town * 1000
        line = {**above, "town_id": code}
        name = f"第{town}镇"
        Place.objects.create(
            id=code, name=name, level=Level.TOWN, parent_id=cast.COUNTY, full_name=name, **line
        )
        for number in range(201, 201 + VILLAGES):
            village = f"{name}第{number}村"
            Place.objects.create(
                id=code + number, name=village, level=Level.VILLAGE, parent_id=code, full_name=village, village_id=code + number,
                **line,
            )  # fmt: skip
            made.append((code + number, code))
    return made


def make_round(people: int) -> Campaign:
    """Make a round that expects so many people, three behind each door."""
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=AT
    )
    round_ = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=cast.COUNTY, form=form, reference_on=date(2026, 11, 2), starts_on=date(2026, 11, 3),
        ends_on=date(2026, 11, 20), opened_at=AT, opened_by=cast.officer("lead"),
    )  # fmt: skip
    homes, doors = villages(), people // 3 + 1
    where = [(*homes[n % len(homes)], cast.COUNTY) for n in range(doors)]
    bulk.insert(
        VisitTask,
        [
            "id",
            "code",
            "campaign",
            "village",
            "town",
            "county",
            "purpose",
            "pretext_zh",
            "pretext_en",
            "state",
            "tries",
        ],
        ((n + 1, f"T{n}", round_.pk, *where[n], "round", "", "", "visited", 1) for n in range(doors)),
    )
    bulk.insert(
        Person,
        [
            "id",
            "code",
            "name",
            "kinds",
            "village",
            "town",
            "county",
            "birth_precision",
            "phone",
            "address",
            "is_provisional",
            "record_count",
        ],
        (
            (
                n + 1,
                f"P{n}",
                "某某",
                KINDS[n % 97 % 5] if n % 97 else FOUND,
                *where[n // 3],
                "",
                "",
                "",
                False,
                1,
            )
            for n in range(people)
        ),
    )
    bulk.insert(
        Expected,
        EXPECTED_COLUMNS,
        (
            (n // 3 + 1, n + 1, *where[n // 3], OUTCOMES[n % 8], n % 16 < 2, False, n % 97 == 0, "")
            for n in range(people)
        ),
    )
    codes = list(GROUPS)
    bulk.insert(
        Membership,
        ["person", "group", "detail"],
        ((n + 1, codes[n // 5 % len(codes)], "") for n in range(0, people, 5)),
    )
    return round_


def time_page(username: str, address: str, rounds: int) -> dict[str, float | int]:
    """Return the status and the milliseconds of one page."""
    client = Client()
    client.force_login(cast.officer(username))
    took, spent, status = [], [], client.get(address).status_code
    for _ in range(rounds):
        before, cpu = time.perf_counter(), time.process_time()
        client.get(address)
        took.append(1000 * (time.perf_counter() - before))
        spent.append(1000 * (time.process_time() - cpu))
    medians = {"median_ms": statistics.median(took), "median_cpu_ms": statistics.median(spent)}
    return {"status": status, **{name: round(value, 1) for name, value in medians.items()}}


def main() -> None:
    """Make the round, count it, show it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    call_command("migrate", verbosity=0)
    cast.build_county()
    with transaction.atomic():  # the disk waits once, not once a row
        round_ = make_round(arguments.people)
    before, cpu = time.perf_counter(), time.process_time()
    board = actions_board.count_board(by=cast.officer("lead"), at=AT, campaign=round_)
    shown: dict[str, object] = {
        "people": arguments.people,
        "cells": board.cells.count(),
        "whole": sum(board.cells.filter(group=boards.EVERYBODY).values_list("listed", flat=True)),
        "count_s": round(time.perf_counter() - before, 2),
        "count_cpu_s": round(time.process_time() - cpu, 2),
        "load": round(os.getloadavg()[0], 1),
    }
    town = 990101200000
    for username, address in (
        ("lead", "/assurance/board/"),
        ("lead", f"/assurance/board/?place={town}"),
        ("lead", f"/assurance/board/?place={town + 201}"),
        ("overseer", "/assurance/board/"),
        ("handler_civil", "/assurance/board/"),
        ("lead", "/assurance/board/ledger.xlsx"),
    ):
        shown[f"{username} {address}"] = time_page(username, address, arguments.rounds)
    print(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
