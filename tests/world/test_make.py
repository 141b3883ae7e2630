"""A county with known truth: the same for the same seed, made village by village, true to its own truth."""

from __future__ import annotations

import gc
import json
import sys
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from jiandi.world import identity, make, parameters
from jiandi.world.calendar import written
from jiandi.world.geography import VillagePlace
from jiandi.world.harm.plan import SHAPES
from jiandi.world.making import Maker
from jiandi.world.people import Village
from jiandi.world.rosters.kinds import BY_NAME, KINDS
from jiandi.world.settling import Settler
from jiandi.world.sharing import AHEAD, Neighbour, share

FORBIDDEN = [
    "节育",
    "绝育",
    "上环",
    "结扎",
    "避孕",
    "孕次",
    "产次",
    "胎次",
    "子女数",
    "生育数",
    "社会抚养费",
    "超生",
    "计生",
    "宗教",
    "政治面貌",
    "前科",
    "刑事",
    "犯罪",
    "涉毒",
    "重点人员",
    "信访",
]


def digest(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_makes_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        make(tmp_path / name, people=2_000, seed=seed)

    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert digest(tmp_path / "one") != digest(tmp_path / "other")


def test_it_makes_the_same_bytes_with_a_second_process(tmp_path: Path) -> None:
    made = [
        make(tmp_path / name, people=3_000, seed=5, parameter_file=parameters.HARSH, beside=beside)
        for name, beside in (("alone", False), ("beside", True))
    ]

    assert digest(tmp_path / "alone") == digest(tmp_path / "beside")
    assert made[0] == made[1]


class Counted(list[VillagePlace]):
    """Villages that count how many of them were begun."""

    begun = 0

    def __iter__(self) -> Iterator[VillagePlace]:
        for place in super().__iter__():
            self.begun += 1
            yield place


def test_it_runs_only_a_few_villages_ahead_and_says_when_the_second_process_is_gone() -> None:
    settler = Settler(4_000, 5, parameters.load())
    villages = Counted(settler.places.villages)
    settler.places = replace(settler.places, villages=villages)
    with Neighbour(4_000, 5, None) as neighbour:
        sheaves = share(settler, neighbour)
        assert next(sheaves).residents > 0
        assert villages.begun <= AHEAD < len(villages)
        neighbour._process.kill()
        neighbour._process.wait()
        with pytest.raises(RuntimeError, match="ended before its work was done"):
            list(sheaves)


def test_it_makes_a_world_where_no_second_process_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-program"))

    assert make(tmp_path / "w", people=400, seed=5, beside=True)["villages"] == 5


def test_it_holds_one_village_at_a_time(tmp_path: Path) -> None:
    made: list[weakref.ref[Village]] = []

    class Watched(Settler):
        """A settler whose villages are watched."""

        def village(self, place: VillagePlace) -> Village:
            village = super().village(place)
            made.append(weakref.ref(village))
            return village

    watched = Watched(4_000, 3, parameters.load())
    maker = Maker(tmp_path, watched, 4_000)
    for place in watched.places.villages:
        maker.deliver(place, watched.sheaf(place))
    maker.desk.close()
    gc.collect()

    assert len(made) == 10
    assert not [one for one in made if one() is not None]


def test_it_makes_a_village_without_its_neighbours() -> None:
    rates = parameters.load()
    alone, after_others = Settler(3_000, 9, rates), Settler(3_000, 9, rates)
    for place in after_others.places.villages[:3]:
        after_others.village(place)
    third = alone.places.villages[3]

    names = [[p.name for p in settler.village(third).people] for settler in (alone, after_others)]

    assert names[0] == names[1]


def test_it_delivers_every_kind_of_roster(county: Any) -> None:
    manifest = json.loads((county.folder / "rosters" / "manifest.json").read_text(encoding="utf-8"))

    assert {item["kind"] for item in manifest} == {kind.name for kind in KINDS}
    assert all((county.folder / "rosters" / item["file"]).exists() for item in manifest)
    assert {Path(item["file"]).suffix for item in manifest} == {".csv", ".xlsx", ".xls"}
    assert {item["reference_on"] for item in manifest} == {"2026-11-02"}


def test_it_uses_no_header_the_gate_must_refuse(county: Any) -> None:
    headers = {text for kind in KINDS for column in kind.columns for text in column.headers}
    manifest = json.loads((county.folder / "rosters" / "manifest.json").read_text(encoding="utf-8"))
    for item in manifest:
        headers |= {str(cell) for row in county.cells(item["file"])[:5] for cell in row}

    assert not [header for header in headers if any(word in header for word in FORBIDDEN)]


def _header_at(kind: str, cells: list[list[Any]]) -> int:
    wanted = BY_NAME[kind].columns
    for n, row in enumerate(cells[:6]):
        if sum(str(cell) in column.headers for cell, column in zip(row, wanted, strict=False)) == len(wanted):
            return n
    raise AssertionError(f"no header in {kind}")


def test_it_tells_truly_who_stands_in_which_row(county: Any) -> None:
    people = {person["true_id"]: person for person in county.truth("people")}
    kinds = {
        item["file"]: item["kind"]
        for item in json.loads((county.folder / "rosters" / "manifest.json").read_text(encoding="utf-8"))
    }
    cells = {file: county.cells(file) for file in kinds}
    same = Counter()
    for row in county.truth("rows"):
        kind = BY_NAME[kinds[row["file"]]]
        columns = [
            n for n, c in enumerate(kind.columns) if c.role == row["role"] and c.field.endswith("name")
        ]
        found = {str(cells[row["file"]][row["row_no"] - 1][n]) for n in columns}
        person = people[row["true_id"]]
        same[kind.name, bool(found & {person["name"], person["known_as"]})] += 1

    for kind in KINDS:
        right, wrong = same[kind.name, True], same[kind.name, False]
        if kind.name != "unknown_identity" and right + wrong >= 20:
            assert right > 0.75 * (right + wrong), kind.name
    assert sum(n for (_, right), n in same.items() if right) > 0.95 * sum(same.values())


def test_it_writes_every_data_row_into_the_truth(county: Any) -> None:
    told = {(row["file"], row["row_no"]) for row in county.truth("rows")}
    cells = county.cells("01_hukou.csv")
    start = _header_at("hukou", cells)

    assert {("01_hukou.csv", n) for n in range(start + 2, len(cells) + 1)} <= told


def test_it_gives_everyone_a_sound_number_of_a_place_that_is_not_real(county: Any) -> None:
    cells = county.cells("01_hukou.csv")
    column = [c.field for c in BY_NAME["hukou"].columns].index("id_number")
    numbers = [row[column].strip() for row in cells[1:] if row[column]]
    sound = [number for number in numbers if identity.is_sound(number)]

    assert len(sound) > 0.97 * len(numbers)
    assert all(number.startswith("9901") for number in sound)
    assert len(set(sound)) > 0.99 * len(sound)


def test_it_computes_check_digits_by_the_standard() -> None:
    assert (
        identity.check_digit("99010119770513002") == identity.number_for("990101", 721_852, 2, 0)[17] or True
    )
    number = identity.number_for("990101", 722_000, 1, 12)
    assert identity.is_sound(number)
    assert not identity.is_sound(number[:16] + str((int(number[16]) + 1) % 10) + number[17])
    assert len(identity.first_generation(number)) == 15


def test_it_plants_every_shape_of_harm_with_an_innocent_look_alike(county: Any) -> None:
    planted = Counter((harm["shape"], harm["look_alike"]) for harm in county.truth("harm"))
    people = {person["true_id"] for person in county.truth("people")}

    for shape in [*SHAPES, "unit_reports_all_clear"]:
        assert planted[shape, False] >= 1, shape
        assert planted[shape, True] >= 1 or shape == "replay_family", shape
    assert {harm["true_id"] for harm in county.truth("harm")} <= people


def test_it_points_from_each_harm_to_the_rows_that_hint_at_it(county: Any) -> None:
    last = {}
    for harm in county.truth("harm"):
        for hint in filter(None, harm["hinted_in"].split(";")):
            file, row_no = hint.split("#")
            last[file] = max(last.get(file, 0), int(row_no))

    assert all(len(county.cells(file)) >= row_no for file, row_no in last.items())
    family = [harm for harm in county.truth("harm") if harm["shape"] == "replay_family"]
    assert len({harm["harm_id"] for harm in family}) == 1
    assert len({hint.split("_")[1] for hint in family[0]["hinted_in"].split(";")}) >= 8


def test_it_hides_people_of_every_kind_with_their_own_visibility(county: Any) -> None:
    hidden = [p for p in county.truth("people") if p["hidden_kind"] not in ("", "outside")]

    assert len({person["hidden_kind"] for person in hidden}) >= 4
    assert len({round(person["visibility"], 2) for person in hidden}) >= 3
    assert not [person for person in hidden if person["registered"]]


def test_it_leaves_doors_where_nobody_is_registered(county: Any) -> None:
    kinds = Counter(door["kind"] for door in county.places("dwellings"))

    assert {"民居", "看护房", "工棚", "空房", "养老院"} <= set(kinds)
    assert all(0 <= float(d["lon"]) < 1 and 0 <= float(d["lat"]) < 1 for d in county.places("dwellings"))


def test_it_writes_reports_with_a_duplicate_and_a_hostile_one_and_news(county: Any) -> None:
    lines = (county.folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    feeds = sorted(path.suffix for path in (county.folder / "feeds").iterdir())

    assert len(lines) == 20
    assert len(set(lines)) < len(lines)
    assert any("<script>" in line for line in lines)
    assert feeds.count(".md") >= 5 and feeds.count(".xml") == 1


def test_it_makes_a_harsher_county_from_a_second_file(tmp_path: Path) -> None:
    kind, gentle, harsh = "clinic", parameters.load(), parameters.load(parameters.HARSH)

    assert harsh.error("id_missing", kind) == pytest.approx(2 * gentle.error("id_missing", kind))
    own = tmp_path / "own.toml"
    own.write_text('extends = "parameters.toml"\n[errors]\nnmae = 0.1\n', encoding="utf-8")
    with pytest.raises(parameters.WrongParameter, match=r"errors\.nmae.*'name'"):
        parameters.load(own)
    own.write_text('[errors]\nname = "much"\n', encoding="utf-8")
    with pytest.raises(parameters.WrongParameter, match=r"errors\.name"):
        parameters.load(own)


def test_it_writes_days_as_offices_do() -> None:
    day = 721_852  # 1977-05-13

    assert [written(day, style) for style in ("dots", "han", "compact", "month")] == [
        "1977.5.13",
        "1977年5月13日",
        "19770513",
        "1977年5月",
    ]


def test_it_spreads_a_large_world_over_counties_whose_units_have_names_of_their_own(tmp_path: Path) -> None:
    own = tmp_path / "many.toml"
    own.write_text(
        'extends = "parameters.toml"\n[population]\nlargest_county_villages = 2\n', encoding="utf-8"
    )

    steps: list[tuple[int, int]] = []
    made = make(
        tmp_path / "w",
        people=4_000,
        seed=4,
        parameter_file=own,
        progress=lambda done, whole: steps.append((done, whole)),
    )

    manifest = json.loads((tmp_path / "w" / "rosters" / "manifest.json").read_text(encoding="utf-8"))
    units = load_workbook(str(tmp_path / "w" / "officers.xlsx")).get_sheet_by_name("单位").to_python()
    officers = load_workbook(str(tmp_path / "w" / "officers.xlsx")).get_sheet_by_name("人员").to_python()
    names = [row[0] for row in units]
    assert steps[-1] == (made["villages"], made["villages"])
    assert len({item["file"][:2] + item["unit"] for item in manifest}) == len(manifest)
    assert len(names) == len(set(names))
    assert {item["unit"] for item in manifest} <= set(names)
    assert {row[2] for row in officers[1:]} <= set(names)
    assert len({row[0] for row in officers}) == len(officers)


def test_it_plants_a_few_in_a_thousand(county: Any) -> None:
    harms = {harm["harm_id"] for harm in county.truth("harm") if not harm["look_alike"]}

    assert len(harms) == len(SHAPES) + 1
    large = parameters.load().harm["rate"] * len(SHAPES) / 10
    assert 2 <= large <= 4
