"""The first hour: places, working group, administrator, engine; run again, nothing changes."""

from datetime import timedelta

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.actions_passwords import DEMO_PASSWORD
from jiandi.rooms.access.models import Grant, Installation, Officer, Unit
from jiandi.rooms.access.queries import engine, events_of
from jiandi.rooms.access.setting_up import set_up
from jiandi.rooms.access.tests.test_import_officers import _book
from jiandi.rooms.places.models import Place
from tests.people import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db
TABLES = {
    "provinces.csv": "code,name\n99,见微省\n",
    "cities.csv": "code,name,provinceCode\n9901,望川市,99\n",
    "areas.csv": "code,name,cityCode,provinceCode\n990101,明溪县,9901,99\n",
    "streets.csv": "code,name,areaCode,cityCode,provinceCode\n990101101,清溪镇,990101,9901,99\n",
    "villages.csv": "code,name,streetCode,cityCode,areaCode,provinceCode\n990101101201,石桥村,990101101,9901,990101,99\n",
}
UNITS = [
    ["望川市巡查组", "市级监督", "", "9901"],
    ["明溪县专班", "专班", "望川市巡查组", "990101"],
    ["明溪县民政局", "县级部门", "明溪县专班", "990101"],
]
PEOPLE = [
    ["admin", "另一人", "明溪县专班", "管理员", "990101", ""],
    ["overseer", "甄察", "望川市巡查组", "监督员", "9901", ""],
    ["handler_civil", "闵政", "明溪县民政局", "部门经办", "990101", ""],
]


@pytest.fixture
def folder(tmp_path):
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "officers.xlsx").write_bytes(_book(units=UNITS, people=PEOPLE))
    return tmp_path


def _set_up(folder, at=MONDAY, code="990101", **extra):
    return set_up(
        at=at,
        places_folder=folder,
        county_code=code,
        admin_name="安管",
        officers_file=folder / "officers.xlsx",
        **extra,
    )


def test_it_makes_a_county_ready_to_work(folder):
    made = _set_up(folder)

    admin = Officer.objects.get(username="admin")
    assert admin.check_password(made["one_time_password"]) and admin.one_time_until == MONDAY + timedelta(
        days=7
    )
    assert (made["county"], made["officers"], made["problems"]) == ("见微省望川市明溪县", 2, [])
    assert Place.objects.filter(name="石桥村").exists()
    assert (
        Unit.objects.get(name="明溪县民政局").kind == "civil"
        and Unit.objects.get(name="望川市巡查组").is_outside
    )
    assert engine().username == "engine" and not engine().has_usable_password()
    installation = Installation.objects.get()
    assert installation.county.name == "明溪县" and not installation.is_demo
    assert "access.set_up" in [event.verb for event in events_of("officer", admin.pk)]


def test_it_changes_nothing_the_second_time(folder):
    _set_up(folder)
    before = [model.objects.count() for model in (Place, Unit, Officer, Grant)]

    again = _set_up(folder, at=TUESDAY)

    assert [model.objects.count() for model in (Place, Unit, Officer, Grant)] == before
    assert "one_time_password" not in again
    assert Officer.objects.get(username="admin").name == "安管"


def test_it_gives_a_demonstration_known_passwords(folder):
    made = _set_up(folder, demo=True, simulated_now=TUESDAY)

    assert made["password"] == DEMO_PASSWORD
    assert Officer.objects.get(username="handler_civil").check_password(DEMO_PASSWORD)
    assert Officer.objects.get(username="handler_civil").is_demo


def test_it_never_turns_a_county_into_a_demonstration_or_into_another_county(folder):
    _set_up(folder)

    with pytest.raises(Refused, match="never becomes"):
        _set_up(folder, demo=True)
    (folder / "areas.csv").write_text(TABLES["areas.csv"] + "990102,别县,9901,99\n", encoding="utf-8")
    with pytest.raises(Refused, match="another county"):
        _set_up(folder, code="990102")


@pytest.mark.parametrize(
    ("code", "file", "text", "refusal"),
    [
        ("99", None, "", "init.county_code"),
        ("990109", None, "", "init.unknown_code"),
        ("990101", "areas.csv", None, "init.no_divisions"),
    ],
)
def test_it_says_what_is_wrong_with_the_code_or_the_tables(folder, code, file, text, refusal):
    if file:
        (folder / file).unlink()

    with pytest.raises(Refused) as refused:
        _set_up(folder, code=code)
    assert refused.value.code == refusal
    assert not Officer.objects.exists()


def test_it_asks_for_the_administrators_name(folder):
    with pytest.raises(Refused, match="administrator"):
        set_up(at=MONDAY, places_folder=folder, county_code="990101", admin_name=" ")
