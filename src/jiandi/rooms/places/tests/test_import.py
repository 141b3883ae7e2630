"""Published tables come in as they are; bad lines are named; doors nobody is registered behind come in too."""

from __future__ import annotations

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.places import actions, queries
from jiandi.rooms.places.models import Dwelling, Level, Place, PlaceChange

# The layout of the public division tables, with two counties of another invented province.
TABLES = {
    "provinces.csv": 'code,name\n"98","远帆省"\n',
    "cities.csv": 'code,name,provinceCode\n"9801","拾禾市","98"\n',
    "areas.csv": 'code,name,cityCode,provinceCode\n"980101","若水县","9801","98"\n"980102","怀瑾区","9801","98"\n',
    "streets.csv": 'code,name,areaCode,provinceCode,cityCode\n"980101100","听松镇","980101","98","9801"\n',
    "villages.csv": 'code,name,streetCode,provinceCode,cityCode,areaCode\n"980101100201","桃坞村","980101100","98","9801","980101"\n',
}


@pytest.fixture
def folder(tmp_path):
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def read(county, folder):
    return actions.import_divisions(by=county.officer("admin"), at=county.MONDAY, folder=folder)


def test_it_reads_the_five_published_tables(county, folder):
    done = read(county, folder)

    village = Place.objects.get(pk=980101100201)
    assert (done.new, done.problems) == (6, [])
    assert village.full_name == "远帆省拾禾市若水县听松镇桃坞村"
    assert (village.town_id, village.county_id, village.province_id) == (
        980101100000,
        980101000000,
        980000000000,
    )
    assert Event.objects.get().verb == "places.import_divisions"


def test_it_changes_nothing_the_second_time(county, folder):
    read(county, folder)

    done = read(county, folder)

    assert (done.new, done.known, done.renamed) == (0, 6, 0)


def test_a_new_name_is_a_renaming_with_its_date(county, folder):
    read(county, folder)
    (folder / "areas.csv").write_text(TABLES["areas.csv"].replace("怀瑾区", "怀玉区"), encoding="utf-8")

    read(county, folder)

    assert Place.objects.get(pk=980102000000).name == "怀玉区"
    assert PlaceChange.objects.get().old_name == "怀瑾区"
    assert queries.resolve("怀瑾区")[0].name == "怀玉区"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"98010", "缺一位", "9801", "98"', "not a 6-digit code"),
        ('"970101","无父县","9701","97"', "is in no table"),
    ],
)
def test_it_names_a_bad_line_and_goes_on(county, folder, line, says):
    with (folder / "areas.csv").open("a", encoding="utf-8") as areas:
        areas.write(line.replace(", ", ",") + "\n")

    done = read(county, folder)

    assert done.new == 6
    assert says in done.problems[0].en and "areas.csv, line 4" in done.problems[0].en


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("areas.csv", b"id,title\n1,2\n", "places.missing_column"),
        ("provinces.csv", "code,name\n98,远帆省\n".encode("gbk"), "places.not_a_table"),
    ],
)
def test_it_refuses_what_is_no_division_table(county, folder, name, content, code):
    (folder / name).write_bytes(content)

    with pytest.raises(Refused) as refusal:
        read(county, folder)

    assert refusal.value.code == code


def test_a_grid_worker_may_not_import(county, folder):
    with pytest.raises(Refused, match="Your role"):
        actions.import_divisions(by=county.officer("grid_a1"), at=county.MONDAY, folder=folder)


def test_it_reads_doors_and_names_those_in_no_village(county, tmp_path):
    doors = tmp_path / "doors.csv"
    doors.write_text(
        "code,village_code,group_no,address,lon,lat,kind\n"
        f"D1,{county.VILLAGE_A1},1,明溪县清溪镇石桥村第1组1号,0.1,0.2,民居\n"
        f"D2,{county.VILLAGE_A1},,石桥村后坡看护房,999,,看护房\n"
        "D3,123,1,无处,0,0,民居\n",
        encoding="utf-8",
    )

    done = actions.import_dwellings(by=county.officer("admin"), at=county.MONDAY, file=doors)

    assert (done.new, len(done.problems)) == (2, 1)
    assert "line 4: no village has the code “123”" in done.problems[0].en
    assert Dwelling.objects.get(code="D2").lon is None
    again = actions.import_dwellings(by=county.officer("admin"), at=county.MONDAY, file=doors)
    assert (again.new, again.known) == (0, 2)


def test_it_makes_a_zone_without_a_code(county):
    parent = Place.objects.get(pk=county.COUNTY)

    zone = actions.create_custom_place(
        by=county.officer("admin"), at=county.MONDAY, parent=parent, name="港务片区", level=Level.TOWN
    )

    assert zone.is_custom and zone.town_id == zone.pk and zone.county_id == county.COUNTY
    with pytest.raises(Refused, match="already"):
        actions.create_custom_place(
            by=county.officer("admin"), at=county.MONDAY, parent=parent, name="港务片区", level=Level.TOWN
        )


def test_a_merged_place_stays_with_what_became_of_it(county):
    one, two = Place.objects.get(pk=county.VILLAGE_A1), Place.objects.get(pk=county.VILLAGE_A2)

    actions.merge_place(by=county.officer("admin"), at=county.MONDAY, place=one, into=two)

    one.refresh_from_db()
    assert one.ended_on is not None
    with pytest.raises(Refused, match="living place"):
        actions.merge_place(by=county.officer("admin"), at=county.MONDAY, place=one, into=two)


def test_it_renames_a_place(county):
    place = Place.objects.get(pk=county.VILLAGE_A1)

    actions.rename_place(by=county.officer("admin"), at=county.MONDAY, place=place, name="石拱桥村")

    assert Place.objects.get(pk=county.VILLAGE_A1).full_name.endswith("清溪镇石拱桥村")


def test_it_requires_the_area_to_be_ones_own(county, client):
    client.force_login(county.officer("grid_a1"))

    assert client.get(f"/places/{county.VILLAGE_A1}/").status_code == 200
    assert client.get(f"/places/{county.VILLAGE_B1}/").status_code == 404
    assert client.get("/places/123/").status_code == 404
