"""Invented places: provinces to villages, a made-up grid in the ocean, names no map knows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jiandi.world.dice import Dice
from jiandi.world.parameters import Parameters

PROVINCE = ("99", "见微省")
CITIES = ("望川市", "听澜市", "归云市", "照野市", "栖霞浦市", "问津原市", "远帆市", "近岚市")
COUNTIES = ("明溪县", "知白县", "守拙县", "若水县", "怀瑾县", "采薇县", "闻道县", "拾禾县")
TOWNS = [
    "望溪镇",
    "听泉镇",
    "问渠镇",
    "见山镇",
    "照临镇",
    "晚晴镇",
    "半亩镇",
    "新桐镇",
    "远钟镇",
    "南枝镇",
    "北辰镇",
    "归燕镇",
    "听松镇",
    "濯缨镇",
    "枕流镇",
    "漱石镇",
    "扶摇镇",
    "映雪镇",
    "栖梧镇",
    "临皋镇",
    "沐风镇",
    "踏歌镇",
    "观澜坪镇",
    "采石湾镇",
]
_HEADS = "桃柳梨杏槐桑榆枣竹荷莲菱葵兰芦松柏枫桐梅橘桂棠茶麦稻豆麻蒲藕"
_TAILS = "坞坪湾埠塘岗沟桥铺店庄圩洼浦"
# Where people come from far away: text only, never in the tables of places; their numbers carry the county's codes.
FAR = (
    ("998101", "云岭省", "青崖县", "雾坪乡"),
    ("998201", "苍江省", "白滩县", "石笋乡"),
    ("998301", "远山省", "鹿鸣县", "落星乡"),
    ("998401", "朔原省", "砾川县", "胡杨乡"),
    ("998501", "南屿省", "榕湾县", "红礁乡"),
    ("998601", "雪垭省", "玛尔县", "冰桥乡"),
)


@dataclass(frozen=True, slots=True)
class VillagePlace:
    """Where a village stands in the tree and on the grid."""

    index: int
    code: str
    name: str
    town_code: str
    town: str
    county_code: str
    county: str
    city: str
    county_index: int
    index_in_county: int
    people: int
    lon: float
    lat: float

    @property
    def address(self) -> str:
        """Return the beginning of every address of the village."""
        return f"{self.county}{self.town}{self.name}"


@dataclass(frozen=True, slots=True)
class Geography:
    """The whole tree; villages in the order they are made."""

    villages: list[VillagePlace]
    towns: list[tuple[str, str, str]]
    counties: list[tuple[str, str, str]]
    cities: list[tuple[str, str]]


def village_count(people: int, parameters: Parameters) -> int:
    """Return how many villages so many people live in; never fewer than five, so that outsiders exist."""
    return max(5, min(12, people // 400), round(people / parameters.population["people_per_village"]))


def _county_names(count: int) -> list[tuple[str, str, str]]:
    """Return (code, name, city code) of each county, eight to a city."""
    found = []
    for i in range(count):
        city, inside = divmod(i, 8)
        name = COUNTIES[inside] if city == 0 else f"{CITIES[city % 8][:2]}{COUNTIES[inside]}"
        found.append((f"99{city + 1:02d}{inside + 1:02d}", name, f"99{city + 1:02d}"))
    return found


def _shares(total: int, parts: int) -> list[int]:
    return [total // parts + (1 if i < total % parts else 0) for i in range(parts)]


def lay_out(people: int, seed: int, parameters: Parameters) -> Geography:
    """Return the places of a world of so many people."""
    dice = Dice(seed, -1, "places")
    total = village_count(people, parameters)
    largest = int(parameters.population["largest_county_villages"])
    counties = _county_names(-(-total // largest))
    quota = iter(_shares(people, total))
    villages: list[VillagePlace] = []
    towns: list[tuple[str, str, str]] = []
    for number, (in_county, county) in enumerate(zip(_shares(total, len(counties)), counties, strict=True)):
        town_count = max(4, min(len(TOWNS), round(in_county / parameters.population["villages_per_town"])))
        names = [head + tail + "村" for head in _HEADS for tail in _TAILS]
        order = dice.order(len(names))
        inside = 0
        for t, in_town in enumerate(_shares(in_county, town_count)):
            town = (f"{county[0]}{100 + t}", _town_prefix(county) + TOWNS[t], county[0])
            towns.append(town)
            lon, lat = _town_point(dice, number, t, town_count)
            for v in range(in_town):
                villages.append(
                    VillagePlace(
                        index=len(villages),
                        code=f"{town[0]}{200 + v}",
                        name=names[order[inside]],
                        town_code=town[0],
                        town=town[1],
                        county_code=county[0],
                        county=county[1],
                        city=CITIES[(int(county[2]) - 1) % 100 % 8],
                        county_index=number,
                        index_in_county=inside,
                        people=next(quota),
                        lon=round(lon + 0.008 * (v % 5), 6),
                        lat=round(lat + 0.008 * (v // 5), 6),
                    )
                )
                inside += 1
    cities = sorted({(county[2], CITIES[(int(county[2]) - 1) % 100 % 8]) for county in counties})
    return Geography(villages, towns, counties, cities)


def _town_prefix(county: tuple[str, str, str]) -> str:
    """Return what keeps the towns of two counties apart; the first county's need nothing."""
    code, name, city = county
    if code == "990101":
        return ""
    own = COUNTIES[int(code[4:]) - 1][0]
    return own if city == "9901" else name[0] + own


def _town_point(dice: Dice, county: int, town: int, towns: int) -> tuple[float, float]:
    """Return a town's corner on the grid: counties in cells of a quarter degree, lon and lat near 0..1."""
    across = 5
    lon = 0.02 + 0.25 * (county % 4) + 0.045 * (town % across) + 0.002 * dice.u()
    lat = 0.02 + 0.25 * (county // 4) + 0.045 * (town // across) + 0.002 * dice.u()
    return lon, lat


def _table(path: Path, header: list[str], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_places(out: Path, places: Geography) -> None:
    """Write the division tables in the layout of the public china-division tables."""
    out.mkdir(parents=True, exist_ok=True)
    province = PROVINCE[0]
    _table(out / "provinces.csv", ["code", "name"], [PROVINCE])
    _table(
        out / "cities.csv",
        ["code", "name", "provinceCode"],
        [(c, n, province) for c, n in places.cities],
    )
    areas = [(code, name, city, province) for code, name, city in places.counties]
    _table(out / "areas.csv", ["code", "name", "cityCode", "provinceCode"], areas)
    streets = [(code, name, area, area[:4], province) for code, name, area in places.towns]
    _table(out / "streets.csv", ["code", "name", "areaCode", "cityCode", "provinceCode"], streets)
    villages = [(v.code, v.name, v.town_code, v.code[:4], v.county_code, province) for v in places.villages]
    header = ["code", "name", "streetCode", "cityCode", "areaCode", "provinceCode"]
    _table(out / "villages.csv", header, villages)
