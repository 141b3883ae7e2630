"""The first hour of an installation: its county, its working group, the first administrator, the standing officer."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.actions import make_grant, make_officer, make_unit
from jiandi.rooms.access.actions_officers import import_officers
from jiandi.rooms.access.actions_passwords import DEMO_PASSWORD, set_demo_passwords, set_one_time_password
from jiandi.rooms.access.models import Installation, Officer, Unit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places import actions as places
from jiandi.rooms.places.models import Level, Place

ADMIN, ENGINE = "admin", "engine"


def set_up(
    *,
    at: datetime,
    places_folder: Path,
    county_code: str,
    admin_name: str,
    officers_file: Path | None = None,
    demo: bool = False,
    simulated_now: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, object]:
    """Make a county ready to work; run again, it adds what is missing and changes nothing else.

    Returns what was made; `one_time_password` stands in it once, when the administrator is new (never in a
    demonstration, whose accounts share a known password).
    """
    county = _first_places(places_folder, county_code)
    mark_installation(county, demo=demo, simulated_now=simulated_now)
    admin, password = found(at=at, county=county, admin_name=admin_name)
    made: dict[str, object] = {"county": county.full_name, "admin": admin.username}
    divisions = places.import_divisions(by=admin, at=at, folder=places_folder, progress=progress)
    made |= {"places": divisions.new, "problems": [text.zh for text in divisions.problems]}
    if officers_file is not None:
        outcome = import_officers(by=admin, at=at, content=officers_file.read_bytes(), progress=progress)
        made |= {"units": outcome.units, "officers": outcome.officers}
        made["problems"] = [text.zh for text in divisions.problems] + [
            one.text.zh for one in outcome.problems
        ]
    if demo:
        set_demo_passwords(by=admin, at=at, password=DEMO_PASSWORD)
        made["password"] = DEMO_PASSWORD
    elif password:
        made["one_time_password"] = password
    return made


def mark_installation(county: Place, *, demo: bool, simulated_now: datetime | None = None) -> Installation:
    """Write the one row that says whose database this is; a county's own never becomes a demonstration, nor back."""
    existing = Installation.objects.filter(pk=1).first()
    if existing is not None and existing.is_demo != demo and Officer.objects.exists():
        raise Refused(
            "init.conflict",
            Text(
                zh="这个数据库已经建好,演示库与正式库不能互换。请换一个数据文件夹。",
                en="This database is set up already, and a demonstration never becomes a county's own, nor back. "
                "Use another data folder.",
            ),
        )
    if existing is not None and existing.county_id not in (None, county.pk):
        raise Refused(
            "init.conflict",
            Text(
                zh="这个数据库属于另一个县。请换一个数据文件夹。",
                en="This database belongs to another county. Use another data folder.",
            ),
        )
    values = {"is_demo": demo, "county": county, "origin": f"jiandi.local/{county.code[:6]}/log"}
    if simulated_now is not None:
        values["simulated_now"] = simulated_now
    return Installation.objects.update_or_create(pk=1, defaults=values)[0]


def found(*, at: datetime, county: Place, admin_name: str) -> tuple[Officer, str]:
    """Make the working group, its first administrator and the engine; returns the administrator and a new password."""
    existing = Officer.objects.filter(username=ADMIN).first()
    if existing is not None:
        return existing, ""
    return _found(at=at, county=county, admin_name=admin_name)


@action
def _found(*, at: datetime, county: Place, admin_name: str) -> tuple[Officer, str]:
    if not admin_name.strip():
        raise Refused("access.name", Text(zh="请写明管理员姓名。", en="Name the administrator."))
    name = f"{county.name}专班"
    group = Unit.objects.filter(name=name).first() or make_unit(name, "working_group", county, None)
    admin = make_officer(ADMIN, admin_name, group, "")
    engine = make_officer(ENGINE, "系统任务", group, "")
    day = timezone.localdate(at)
    # The administrator's area reaches the city, so that overseers from outside the county can be entered too;
    # overseers there are told of every such grant.
    make_grant(None, admin, "admin", county.parent or county, day)
    make_grant(None, engine, "engine", county, day)
    password = set_one_time_password(admin, at)
    record("access.set_up", by=admin, at=at, subject=admin, place=county, payload={"county": county.pk})
    return admin, password


def _first_places(folder: Path, county_code: str) -> Place:
    """Write the county and what lies above it, so that an administrator can exist who imports the rest."""
    code = county_code[:6]
    if not (len(code) == 6 and code.isdigit()):
        raise Refused(
            "init.county_code",
            Text(
                zh=f"县级代码“{county_code}”应为6位数字。",
                en=f'The county code "{county_code}" should have six digits.',
            ),
        )
    rows = (
        (Level.PROVINCE, "provinces.csv", code[:2]),
        (Level.CITY, "cities.csv", code[:4]),
        (Level.COUNTY, "areas.csv", code),
    )
    column = {Level.PROVINCE: "province_id", Level.CITY: "city_id", Level.COUNTY: "county_id"}
    above: Place | None = None
    ancestors: dict[str, int] = {}
    for level, file, part in rows:
        number = int(part.ljust(12, "0"))
        ancestors[column[level]] = number
        name = _name_of(folder / file, part)
        full = f"{above.full_name if above else ''}{name}"
        above, _ = Place.objects.get_or_create(
            pk=number,
            defaults={"name": name, "level": level, "parent": above, "full_name": full, **ancestors},
        )
    assert above is not None
    return above


def _name_of(file: Path, code: str) -> str:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("code", "").strip() == code:
                    return (row.get("name") or "").strip()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            "init.no_divisions",
            Text(zh=f"区划表“{file}”无法读取。", en=f'The division table "{file}" cannot be read.'),
        ) from error
    raise Refused(
        "init.unknown_code",
        Text(zh=f"“{file.name}”中没有代码{code}。", en=f'"{file.name}" has no code {code}.'),
    )
