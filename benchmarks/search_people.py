"""An invented city in the real tables, as large as asked for: places, officers, people with sealed numbers, the search index.

Used by `benchmarks/search.py`. Surnames and given names are as unequal as they are in life, so that thousands bear the commonest
names; four people of five are numbered village by village, as a household register delivers them, the others anyhow.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from jiandi.core.identity.number import whole_number  # noqa: E402
from jiandi.rooms.access import bulk, dice, sealing  # noqa: E402
from jiandi.rooms.access.models import Grant, Officer, Unit, Wall, WallEntry  # noqa: E402
from jiandi.rooms.places.actions import COLUMNS  # noqa: E402
from jiandi.rooms.places.models import Level, Place  # noqa: E402
from jiandi.rooms.register import searching  # noqa: E402
from jiandi.rooms.register.models import Person  # noqa: E402
from jiandi.world import names  # noqa: E402
from tests import people as cast  # noqa: E402

PROVINCE, CITY, COUNTY = 990000000000, 990100000000, cast.COUNTY
PER_COUNTY, TOWNS, VILLAGES = 1_000_000, 16, 25
OFFICERS = 240  # of each area: the hourly limit on look-ups holds for benchmarks too
SEALED = 1000  # people behind fifty walls, with all these officers outside
# The commonest surnames in ten thousand people (2020 census, rounded), then the rest falling.
_SHARES = (720, 718, 675, 538, 453, 330, 221, 213, 198, 193, 149, 142, 135, 132, 131, 127, 127, 126, 120, 116)
_FIRST = "清柳石竹白南北东西上下大小新龙凤金银青黄"
_SECOND = "溪树桥园果坡山河湾岭塘泉井沟台寨营店坊庄"


def _surnames() -> tuple[list[str], list[float]]:
    known = [*names.SURNAMES, *names.COMPOUND]
    tail = [110 * 0.965**rank for rank in range(len(known) - len(_SHARES))]
    return known, list(accumulate([*_SHARES, *tail]))


def _given() -> tuple[list[str], list[float]]:
    """Given-name characters, the commonest two hundred times as common as the thousandth."""
    used = list(
        dict.fromkeys("".join(chain(*zip(*[c * 2 for c in (*names._MEN, *names._WOMEN)], strict=False))))
    )
    rare = [chr(code) for code in range(0x4E00, 0x9FA5, 29) if len(chr(code).encode("gb18030")) == 2]
    return used + rare, list(accumulate([1 / (rank + 4) for rank in range(len(used))] + [0.0004] * len(rare)))


def make_places(counties: int) -> list[tuple[int, int, int, str]]:
    """Make the counties, townships and villages of the city; return (village, town, county, address) of each village."""
    made, rows = [], []
    above: dict[str, int | None] = dict.fromkeys(
        ["province_id", "city_id", "county_id", "town_id", "village_id"]
    )
    above |= {"province_id": PROVINCE, "city_id": CITY}

    def add(pk: int, name: str, level: Level, parent: int, line: dict[str, int | None]) -> None:
        rows.append((pk, name, int(level), parent, *line.values(), name, False))

    for nth in range(counties):
        county = COUNTY + nth * 1_000_000
        in_county = {**above, "county_id": county}
        if county != COUNTY:
            add(county, f"{_FIRST[nth]}川县", Level.COUNTY, CITY, in_county)
        for t in range(TOWNS):
            town, town_name = county + (200 + t) * 1000, f"{_FIRST[t]}{_SECOND[(t + nth) % 20]}镇"
            in_town = {**in_county, "town_id": town}
            add(town, town_name, Level.TOWN, county, in_town)
            for v in range(VILLAGES):
                village, name = town + 201 + v, f"{_FIRST[(v + t) % 20]}{_SECOND[(v * 7 + t + nth) % 20]}村"
                add(village, name, Level.VILLAGE, town, {**in_town, "village_id": village})
                made.append((village, town, county, town_name + name))
    bulk.insert(Place, COLUMNS, rows)
    return made


def make_officers() -> None:
    """Make officers of a county, of one of its townships, and of the whole city."""
    unit = Unit.objects.get(name="明溪县工作专班")
    for area, place, role in (
        ("county", COUNTY, "steward"),
        ("township", COUNTY + 203_000, "township"),
        ("city", CITY, "lead"),
    ):
        for number in range(OFFICERS):
            officer = Officer(username=f"{area}_{number}", name="查一", unit=unit)
            officer.set_unusable_password()
            officer.save()
            Grant.objects.create(officer=officer, role=role, place_id=place, starts_on=date(2020, 1, 1))


def seal_people(count: int) -> None:
    """Put people from all over the register behind walls that the officers stand outside of."""
    unit, at = Unit.objects.get(name="明溪县工作专班"), cast.MONDAY
    walls = Wall.objects.bulk_create([Wall(made_at=at, reason="x") for _ in range(50)])
    WallEntry.objects.bulk_create([WallEntry(wall=wall, unit=unit, why="x", added_at=at) for wall in walls])
    step = max(1, count // SEALED)
    bulk.update(Person, ("wall",), [(walls[n % 50].pk, n * step + 1) for n in range(min(SEALED, count))])


def people(
    count: int, villages: list[tuple[int, int, int, str]], roll: random.Random
) -> Iterator[tuple[Any, ...]]:
    """Yield (number, code, sealed number, digest, name, sex, birth, phone, address, village, town, county) of each person."""
    surnames, surname_at = _surnames()
    given, given_at = _given()
    first = date(1935, 1, 1)
    letters = dice.CODE_LETTERS
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        family = roll.choices(surnames, cum_weights=surname_at, k=size)
        one = roll.choices(given, cum_weights=given_at, k=size)
        two = roll.choices(given, cum_weights=given_at, k=size)
        for i in range(size):
            number = start + i + 1
            nth = (
                number // 5 * 7_919 % len(villages)
                if number % 5 == 0
                else (number - 1) * len(villages) // count
            )
            village, town, county, address = villages[nth]
            name = family[i] + one[i] + (two[i] if roll.random() < 0.8 else "")
            born = first + timedelta(days=roll.randrange(33_000))
            code, rest = "", number * 14_467 + 26**9
            for _ in range(10):
                rest, letter = divmod(rest, 26)
                code = letters[letter] + code
            id18 = whole_number(str(county)[:6], born, number % 999 + 1) if number % 20 else None
            sealed = sealing.seal(id18.encode(), domain=f"person.id:{code}") if id18 else None
            digest = sealing.blind_index(id18, purpose="person.id") if id18 else None
            phone = f"199{number // 2 * 7 % 100_000_000:08d}" if number % 5 < 3 else ""
            door = f"{address}第{number // 3 % 12 + 1}组{number // 3 % 90 + 1}号"
            yield number, code, sealed, digest, name, 1 + i % 2, born, phone, door, village, town, county


def _without_indexes(tables: tuple[str, ...]) -> list[str]:
    """Drop the plain indexes of tables; return the statements that make them again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                """SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s)
                AND i.indexname NOT IN (SELECT conname FROM pg_constraint)""",
                [list(tables)],
            )
        else:
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {tables}"
            )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


PERSON = (
    "id", "code", "id_sealed", "id_digest", "name", "sex", "birth_on", "phone", "address", "village", "town", "county",
    "birth_precision", "is_provisional", "kinds", "record_count",
)  # fmt: skip


def build(count: int, seed: int) -> dict[str, float]:
    """Fill an empty, migrated database; return what took how many seconds."""
    took = {"people_s": 0.0, "search_s": 0.0}
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute("PRAGMA cache_size=-1500000")
    cast.build_county()
    villages = make_places(max(1, count // PER_COUNTY))
    with transaction.atomic():  # the disk waits once, not once an officer
        make_officers()
    again = _without_indexes(("register_person", "register_search"))
    rows = people(count, villages, random.Random(seed))
    while chunk := list(islice(rows, 100_000)):
        with transaction.atomic():
            before = time.perf_counter()
            bulk.insert(Person, PERSON, ((*row, "day", False, "hukou insurance", 2) for row in chunk))
            took["people_s"] += time.perf_counter() - before
            before = time.perf_counter()
            searching.put((row[0], searching.borne(row[4], row[8], *row[9:12])) for row in chunk)
            took["search_s"] += time.perf_counter() - before
        if chunk[-1][0] % 500_000 == 0:
            print(json.dumps({"people": chunk[-1][0], **{k: round(v) for k, v in took.items()}}), flush=True)
    for statement in again:
        before = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'" if not sqlite else "SELECT 1")
            cursor.execute(statement)
        took[statement.split()[2].strip('"')] = time.perf_counter() - before
    with transaction.atomic():
        seal_people(count)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM ANALYZE")
    return {key: round(value, 1) for key, value in took.items()}
