"""Units and officers of the county: who would work with the system, and what they are really like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jiandi.world import names
from jiandi.world.calendar import day
from jiandi.world.dice import Dice, Table
from jiandi.world.geography import Geography, VillagePlace
from jiandi.world.households import phone_number
from jiandi.world.parameters import Parameters
from jiandi.world.xlsx import Workbook

ROLES = {
    "admin": "管理员",
    "lead": "专班负责人",
    "township": "乡镇负责人",
    "grid": "网格员",
    "doctor": "村医",
    "handler": "部门经办",
    "inspector": "督查员",
    "steward": "数据专员",
    "hotline": "热线话务",
    "overseer": "监督员",
    "press": "宣传",
}
DEPARTMENTS = {
    "civil": "民政局",
    "health": "卫生健康委员会",
    "police": "公安局",
    "education": "教育体育局",
    "women": "妇女联合会",
    "disabled": "残疾人联合会",
    "hr": "人力资源和社会保障局",
    "procuratorate": "人民检察院",
    "court": "人民法院",
}
_SUB_UNITS = (
    ("公安局户政科", "公安局"),
    ("公安局治安大队", "公安局"),
    ("公安局刑侦大队", "公安局"),
    ("公安局法制大队", "公安局"),
    ("民政局婚姻登记处", "民政局"),
    ("救助管理站", "民政局"),
)
_MORE_UNITS = ("财政局", "医疗保障局", "住建局", "水务局", "12345热线办", "委宣传部", "督查室", "人民医院")
_STYLED = ("diligent", "slow", "idle", "improper", "fake")
_KEPT_DILIGENT = ("专班", "公安局", "妇女联合会", "督查室", "巡查组", "人民检察院", "人民法院", "刑侦大队")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its parent and area."""

    name: str
    kind: str
    parent: str
    area: str


@dataclass(frozen=True, slots=True)
class Officer:
    """A person in office."""

    username: str
    name: str
    unit: str
    role: str
    area: str
    phone: str


def committee_of(place: VillagePlace) -> str:
    """Return the name of a village committee."""
    return f"{place.town}{place.name}村民委员会"


def _county_units(county: str, code: str, city: str) -> list[Unit]:
    top = f"{county}专班"
    found = [Unit(top, "专班", f"{city}巡查组", code)]
    found += [
        Unit(f"{county}{name}", "县级部门", top, code) for name in (*DEPARTMENTS.values(), *_MORE_UNITS)
    ]
    found += [Unit(f"{county}{name}", "部门科室", f"{county}{parent}", code) for name, parent in _SUB_UNITS]
    return found


def units_of(places: Geography) -> list[Unit]:
    """Return every unit, from the city's inspection group to the village clinics."""
    found = [Unit(f"{name}巡查组", "市级监督", "", code) for code, name in places.cities]
    cities = dict(places.cities)
    for code, county, city in places.counties:
        found += _county_units(county, code, cities[city])
    county_names = {code: name for code, name, _ in places.counties}
    for code, town, county_code in places.towns:
        county = county_names[county_code]
        found.append(Unit(f"{town}人民政府", "乡镇", f"{county}专班", code))
        found.append(Unit(f"{town[:-1]}派出所", "派出所", f"{county}公安局", code))
        found.append(Unit(f"{town[:-1]}卫生院", "卫生院", f"{county}卫生健康委员会", code))
    for place in places.villages:
        found.append(Unit(committee_of(place), "村委会", f"{place.town}人民政府", place.code))
        found.append(
            Unit(f"{place.town}{place.name}卫生室", "卫生室", f"{place.town[:-1]}卫生院", place.code)
        )
    return list({unit.name: unit for unit in found}.values())


class Staff:
    """Hands out officers with invented names."""

    def __init__(self, places: Geography, seed: int) -> None:
        self.places = places
        self.dice = Dice(seed, -1, "officers")
        self.officers: list[Officer] = []

    def hire(self, username: str, unit: str, role: str, area: str) -> None:
        """Give a unit an officer."""
        dice = self.dice
        sex = 1 if dice.chance(0.5) else 2
        name = names.full(dice, sex, day(dice.whole(1968, 1998), dice.whole(1, 12), 3))
        self.officers.append(Officer(username, name, unit, role, area, phone_number(dice)))

    def county(self, index: int, code: str, county: str, city: str) -> None:
        """Hire a county's offices; the second county on carries its number in the usernames."""
        tail = "" if index == 0 else f"_c{index + 1:02d}"
        self.hire(f"admin{tail}", f"{county}专班", "admin", code)
        self.hire(f"lead{tail}", f"{county}专班", "lead", code)
        self.hire(f"steward{tail}", f"{county}专班", "steward", code)
        self.hire(f"hotline{tail}", f"{county}12345热线办", "hotline", code)
        self.hire(f"press{tail}", f"{county}委宣传部", "press", code)
        for key, name in DEPARTMENTS.items():
            self.hire(f"handler_{key}{tail}", f"{county}{name}", "handler", code)
        if index % 8 == 0:
            self.hire(f"overseer{tail}", f"{city}巡查组", "overseer", code[:4])

    def town(self, number: int, code: str, town: str) -> None:
        """Hire a township's lead and its inspector, who works in other towns."""
        self.hire(f"township_t{number:02d}", f"{town}人民政府", "township", code)
        self.hire(f"inspector_{number:02d}", f"{town}人民政府", "inspector", code)

    def village(self, place: VillagePlace) -> None:
        """Hire two grid workers and a village doctor."""
        label = f"v{place.index + 1:03d}"
        self.hire(f"grid_{label}", committee_of(place), "grid", place.code)
        self.hire(f"grid_{label}b", committee_of(place), "grid", place.code)
        self.hire(f"doctor_{label}", f"{place.town}{place.name}卫生室", "doctor", place.code)


def staff_of(places: Geography, seed: int) -> list[Officer]:
    """Return all officers."""
    staff = Staff(places, seed)
    cities = dict(places.cities)
    for index, (code, county, city) in enumerate(places.counties):
        staff.county(index, code, county, cities[city])
    for number, (code, town, _) in enumerate(places.towns, start=1):
        staff.town(number, code, town)
    for place in places.villages:
        staff.village(place)
    return staff.officers


def write_officers(path: Path, units: list[Unit], officers: list[Officer]) -> None:
    """Write the workbook an administrator would import."""
    with Workbook(path) as book:
        sheet = book.sheet("单位")
        sheet.append(["单位名称", "类别", "上级单位", "地区代码"])
        for unit in units:
            sheet.append([unit.name, unit.kind, unit.parent, unit.area])
        sheet.close()
        sheet = book.sheet("人员")
        sheet.append(["用户名", "姓名", "单位", "角色", "地区代码", "电话", "角色代码"])
        for o in officers:
            sheet.append([o.username, o.name, o.unit, ROLES[o.role], o.area, o.phone, o.role])
        sheet.close()


def unit_styles(units: list[Unit], parameters: Parameters, seed: int) -> list[tuple[str, str]]:
    """Return how each unit really works; every style occurs."""
    dice = Dice(seed, -1, "unit styles")
    table = Table((style, parameters.units[style]) for style in _STYLED)
    found = []
    for unit in units:
        kept = unit.name.endswith(_KEPT_DILIGENT)
        found.append((unit.name, "diligent" if kept else dice.from_table(table)))
    towns = [i for i, unit in enumerate(units) if unit.kind in ("乡镇", "卫生院")]
    for style, i in zip(_STYLED, towns, strict=False):
        found[i] = (found[i][0], style)
    return found


def all_clear_villages(places: Geography, seed: int, count: int) -> list[int]:
    """Return the villages whose two grid workers report from the desk that all is well."""
    order = Dice(seed, -1, "all clear").order(len(places.villages))
    return sorted(order[:count])


def visitor_styles(
    officers: list[Officer], places: Geography, parameters: Parameters, seed: int, all_clear: list[int]
) -> list[tuple[str, str]]:
    """Return how each field worker and inspector really works; inspectors are honest."""
    dice = Dice(seed, -1, "visitor styles")
    rates = parameters.visitors
    bad = [
        ("sloppy", rates["sloppy"]),
        ("fabricating", rates["fabricating"]),
        ("rule-aware", rates["rule_aware"]),
    ]
    table = Table([*bad, ("honest", max(0.0, 1 - sum(rate for _, rate in bad)))])
    desk = {places.villages[i].code for i in all_clear}
    found: dict[str, str] = {}
    for officer in officers:
        if officer.role in ("grid", "doctor"):
            style = dice.from_table(table)
            found[officer.username] = (
                "fabricating" if officer.role == "grid" and officer.area in desk else style
            )
        elif officer.role == "inspector":
            found[officer.username] = "honest"
    free = [o.username for o in officers if o.role == "grid" and o.area not in desk]
    for style, username in zip(("sloppy", "rule-aware", "fabricating"), free[1::3], strict=False):
        if style not in found.values():
            found[username] = style
    return list(found.items())
