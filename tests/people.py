"""The cast of every story: who is who in Mingxi county. All of them, and the county, are invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from jiandi.rooms.access.models import Grant, Installation, Officer, Unit
from jiandi.rooms.places.models import Dwelling, Level, Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Form

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # 09:00 in the county
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3, 4))
COUNTY, TOWN_A, TOWN_B = 990101000000, 990101101000, 990101102000
VILLAGE_A1, VILLAGE_A2, VILLAGE_B1, VILLAGE_B2 = 990101101201, 990101101202, 990101102201, 990101102202

_PLACES = [
    (990000000000, "见微省", Level.PROVINCE, None),
    (990100000000, "望川市", Level.CITY, 990000000000),
    (COUNTY, "明溪县", Level.COUNTY, 990100000000),
    (TOWN_A, "清溪镇", Level.TOWN, COUNTY),
    (TOWN_B, "柳树镇", Level.TOWN, COUNTY),
    (VILLAGE_A1, "石桥村", Level.VILLAGE, TOWN_A),
    (VILLAGE_A2, "竹园村", Level.VILLAGE, TOWN_A),
    (VILLAGE_B1, "白果村", Level.VILLAGE, TOWN_B),
    (VILLAGE_B2, "南坡村", Level.VILLAGE, TOWN_B),
]
# name, kind, place, parent, outside the county
_UNITS = [
    ("明溪县工作专班", "working_group", COUNTY, None, False),
    ("明溪县民政局", "civil", COUNTY, None, False),
    ("明溪县卫生健康局", "health", COUNTY, None, False),
    ("明溪县公安局", "police", COUNTY, None, False),
    ("明溪县教育局", "education", COUNTY, None, False),
    ("明溪县妇女联合会", "women", COUNTY, None, False),
    ("明溪县残疾人联合会", "disabled", COUNTY, None, False),
    ("明溪县12345热线", "hotline", COUNTY, None, False),
    ("明溪县督查室", "inspection", COUNTY, None, False),
    ("明溪县委宣传部", "press", COUNTY, None, False),
    ("望川市巡查组", "outside", 990100000000, None, True),
    ("清溪镇人民政府", "township", TOWN_A, None, False),
    ("柳树镇人民政府", "township", TOWN_B, None, False),
    ("石桥村村民委员会", "village", VILLAGE_A1, "清溪镇人民政府", False),
    ("竹园村村民委员会", "village", VILLAGE_A2, "清溪镇人民政府", False),
    ("白果村村民委员会", "village", VILLAGE_B1, "柳树镇人民政府", False),
    ("南坡村村民委员会", "village", VILLAGE_B2, "柳树镇人民政府", False),
    ("清溪镇卫生院", "clinic", TOWN_A, "明溪县卫生健康局", False),
    ("清溪派出所", "station", TOWN_A, "明溪县公安局", False),
]
# user name, name, unit, role, area
_OFFICERS = [
    ("admin", "安管", "明溪县工作专班", "admin", COUNTY),
    ("lead", "方首", "明溪县工作专班", "lead", COUNTY),
    ("engine", "系统", "明溪县工作专班", "engine", COUNTY),
    ("steward", "司数", "明溪县工作专班", "steward", COUNTY),
    ("township_a", "清一", "清溪镇人民政府", "township", TOWN_A),
    ("township_b", "柳一", "柳树镇人民政府", "township", TOWN_B),
    ("grid_a1", "葛一", "石桥村村民委员会", "grid", VILLAGE_A1),
    ("grid_b1", "葛二", "白果村村民委员会", "grid", VILLAGE_B1),
    ("doctor_a1", "戴医", "清溪镇卫生院", "doctor", VILLAGE_A1),
    ("handler_civil", "闵政", "明溪县民政局", "handler", COUNTY),
    ("handler_health", "魏健", "明溪县卫生健康局", "handler", COUNTY),
    ("handler_police", "龚安", "明溪县公安局", "handler", COUNTY),
    ("handler_education", "焦育", "明溪县教育局", "handler", COUNTY),
    ("handler_women", "傅联", "明溪县妇女联合会", "handler", COUNTY),
    ("handler_disabled", "蔡联", "明溪县残疾人联合会", "handler", COUNTY),
    ("inspector_a", "杜一", "清溪镇人民政府", "inspector", COUNTY),
    ("inspector_b", "杜二", "柳树镇人民政府", "inspector", COUNTY),
    ("hotline", "任线", "明溪县12345热线", "hotline", COUNTY),
    ("overseer", "甄察", "望川市巡查组", "overseer", 990100000000),
    ("press", "宣文", "明溪县委宣传部", "press", COUNTY),
]


def build_county() -> None:
    """Make the places, units and officers of the cast."""
    _build_places()
    units: dict[str, Unit] = {}
    for name, kind, place, parent, outside in _UNITS:
        above = units.get(parent or "")
        unit = Unit.objects.create(name=name, kind=kind, place_id=place, parent=above, is_outside=outside)
        unit.path = f"{above.path if above else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
        units[name] = unit
    for username, name, unit_name, role, area in _OFFICERS:
        person = Officer(username=username, name=name, unit=units[unit_name])
        person.set_unusable_password()
        person.save()
        Grant.objects.create(officer=person, role=role, place_id=area, starts_on=date(2026, 1, 1))
    Installation.objects.update_or_create(pk=1, defaults={"county_id": COUNTY})


def _build_places() -> None:
    column = {1: "province_id", 2: "city_id", 3: "county_id", 4: "town_id", 5: "village_id"}
    above: dict[int, dict[str, int]] = {}
    full: dict[int, str] = {}
    for id_, name, level, parent in _PLACES:
        above[id_] = {**above.get(parent or 0, {}), column[level]: id_}
        full[id_] = full.get(parent or 0, "") + name
        Place.objects.create(
            id=id_, name=name, level=level, parent_id=parent, full_name=full[id_], **above[id_]
        )


def officer(username: str) -> Officer:
    """Return one of the cast by user name."""
    return Officer.objects.select_related("unit").get(username=username)


def throws() -> list[tuple[Officer, str]]:
    """Return who threw what at the ceremony of a draw."""
    return [(officer("overseer"), "31626 14253 66142 35124"), (officer("lead"), "52413 66251 13442 61523")]


def campaign() -> Campaign:
    """Open the autumn round over the whole county, with nobody expected yet."""
    form = Form.objects.create(
        form_id="visit", version="2026110101", title_zh="走访", title_en="Visit", published_at=MONDAY
    )
    return Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=COUNTY, form=form, reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20", opened_at=MONDAY, opened_by=officer("lead"),
    )  # fmt: skip


def known_to(rosters: Mapping[str, int]) -> None:
    """Make so many people of a village known to each of some sets of rosters, kinds space separated."""
    kinds = [kind for kind, count in rosters.items() for _ in range(count)]
    Person.objects.bulk_create(
        Person(code=f"P{number:04d}", name="某某", kinds=kind, village_id=VILLAGE_A1, town_id=TOWN_A, county_id=COUNTY)
        for number, kind in enumerate(kinds)
    )  # fmt: skip


def unit(name: str) -> Unit:
    """Return a unit by its name."""
    return Unit.objects.get(name=name)


def dwelling(village: int = VILLAGE_A1, number: int = 1, **extra: object) -> Dwelling:
    """Make a door in a village."""
    place = Place.objects.get(pk=village)
    return Dwelling.objects.create(
        code=f"D{village}{number:04d}",
        village=place,
        town_id=place.town_id,
        county_id=place.county_id,
        group_no=1,
        address=f"{place.full_name}第1组{number}号",
        kind="民居",
        lon=0.1 + number / 1000,
        lat=0.1,
        **extra,
    )
