"""Finding people: by what one knows of them, only where one may, masked, and never a sealed one."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event, Wall, WallEntry
from jiandi.rooms.register import actions_looking, peopling, queries, searching
from jiandi.rooms.register.models import ChangeRequest, Person, ReviewPair
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")


@pytest.fixture
def linked(county: None) -> None:
    cast.deliver(cast.hukou())
    cast.link()


def names(hint: str, who: str = "steward") -> set[str]:
    found = queries.search(people.officer(who), people.WEDNESDAY, hint, "visit")
    return set(Person.objects.filter(code__in=[one.code for one in found]).values_list("name", flat=True))


KNOWN = ["见安娜", "安娜", "见安", "jan", "jiananna", "见安那", cast.ANNA[4], "19900000001", "见安娜 石桥村"]
STRANGE = ["王某", "见安娜 火星", "19911112222", '"', "*", "OR", "a NEAR b", "'; drop"]


@pytest.mark.usefixtures("linked")
def test_it_finds_a_person_by_what_one_knows_and_nobody_otherwise() -> None:
    assert [hint for hint in KNOWN if "见安娜" not in names(hint)] == []
    assert [hint for hint in STRANGE if "见安娜" in names(hint)] == []


@pytest.mark.usefixtures("linked")
def test_a_character_that_cannot_be_read_stands_for_any_and_never_for_everybody() -> None:
    assert "见安娜" in names("见?娜") & names("见?") & names("?安娜")
    assert all("见" in name for name in names("见?"))
    assert names("璩?") == names("?璩*") == set()


@pytest.mark.usefixtures("linked")
def test_it_finds_people_in_the_own_area_only() -> None:
    assert names("见安娜", "grid_a1") == {"见安娜"}
    assert names("见安娜", "township_b") == set()
    assert names(cast.ANNA[4], "grid_b1") == set()


@pytest.mark.usefixtures("linked")
def test_it_shows_no_more_than_is_needed_to_tell_people_apart() -> None:
    (found,) = queries.search(people.officer("grid_a1"), people.WEDNESDAY, "见安娜", "visit")

    assert (found.name, found.birth_year, found.village) == ("见**", 1977, "石桥村")
    assert cast.ANNA[4][6:14] not in found.id_masked
    assert found.phone_masked == "199******01"


@pytest.mark.usefixtures("linked")
def test_it_answers_for_a_sealed_person_exactly_as_for_nobody() -> None:
    wall = Wall.objects.create(made_at=people.MONDAY, reason="x")
    WallEntry.objects.create(
        wall=wall, unit=people.officer("township_a").unit, why="x", added_at=people.MONDAY
    )
    anna = Person.objects.get(name="见安娜")
    Person.objects.filter(pk=anna.pk).update(wall=wall)

    for hint in ("见安娜", cast.ANNA[4], "19900000001", anna.code):
        assert names(hint, "township_a") == set()
    client = Client()
    client.force_login(people.officer("township_a"))
    sealed = client.get(reverse("register:person", args=[anna.code]))
    unknown = client.get(reverse("register:person", args=["QQQQQQQQQQ"]))
    assert sealed.status_code == unknown.status_code == 404


@pytest.mark.usefixtures("linked")
def test_it_shows_as_many_whether_or_not_somebody_is_sealed_among_them() -> None:
    """Fifty shown where there are fifty-one: forty-nine would say that somebody is hidden."""
    anna = Person.objects.get(name="见安娜")
    place = {"village_id": anna.village_id, "town_id": anna.town_id, "county_id": anna.county_id}
    more = Person.objects.bulk_create(Person(code=f"Q{n:09d}", name="见安娜", **place) for n in range(50))
    peopling.index([person.pk for person in more])
    wall = Wall.objects.create(made_at=people.MONDAY, reason="x")
    WallEntry.objects.create(
        wall=wall, unit=people.officer("township_a").unit, why="x", added_at=people.MONDAY
    )
    Person.objects.filter(pk=anna.pk).update(wall=wall)

    found = queries.search(people.officer("township_a"), people.WEDNESDAY, "见安娜", "visit")

    assert len(found) == 50 and anna.code not in {one.code for one in found}


@pytest.mark.usefixtures("linked")
def test_it_passes_over_a_token_that_only_looks_the_same_to_the_index() -> None:
    anna = Person.objects.get(name="见安娜")
    tokens = searching.borne("别人", "", anna.village_id, anna.town_id, anna.county_id)
    searching.put([(anna.pk, tokens)])

    assert names("别人") == names("见安娜") == set()


@pytest.mark.usefixtures("linked")
def test_it_finds_everybody_after_the_index_was_made_again() -> None:
    made = importlib.import_module("jiandi.rooms.register.migrations.0013_search_in_ten_million")

    made.make_again(apps, connection.schema_editor())

    assert "见安娜" in names("jian") & names("见安娜 石桥村")


@pytest.mark.usefixtures("linked")
def test_it_records_a_look_up_without_what_was_typed() -> None:
    names("见安娜")

    event = Event.objects.filter(verb="register.find_person").get()
    assert event.payload == {"purpose": "visit", "length": 3}


@pytest.mark.usefixtures("linked")
def test_it_needs_a_purpose_and_keeps_an_hourly_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="purpose_missing"):
        queries.search(people.officer("steward"), people.WEDNESDAY, "见", "")
    monkeypatch.setattr(actions_looking, "LOOK_UPS_PER_HOUR", 2)
    names("见")
    names("见")

    with pytest.raises(Refused, match="too_many_look_ups"):
        names("见")


@pytest.mark.usefixtures("linked")
def test_it_notes_who_read_a_persons_page() -> None:
    anna = Person.objects.get(name="见安娜")
    client = Client()
    client.force_login(people.officer("steward"))

    page = client.get(reverse("register:person", args=[anna.code]))

    assert cast.ANNA[4] in page.content.decode()
    assert Event.objects.filter(verb="register.read_person", subject_id=anna.pk).count() == 1


@pytest.mark.usefixtures("linked")
def test_it_masks_the_number_for_those_who_need_not_see_it() -> None:
    anna = Person.objects.get(name="见安娜")
    client = Client()
    client.force_login(people.officer("township_a"))

    page = client.get(reverse("register:person", args=[anna.code])).content.decode()

    assert "见安娜" in page
    assert cast.ANNA[4] not in page


PAGES = {
    "register:search": ("township_a", "press"),
    "register:rosters": ("lead", "grid_a1"),
    "register:deliver": ("handler_police", "grid_a1"),
    "register:linking": ("lead", "grid_a1"),
    "register:review": ("steward", "lead"),
    "register:changes": ("steward", "lead"),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_requires_the_right_role_for_each_page(page: str, language: str) -> None:
    may, may_not = PAGES[page]
    client = Client()
    client.cookies["django_language"] = language

    assert client.get(reverse(page)).status_code == 302
    client.force_login(people.officer(may_not))
    assert client.get(reverse(page)).status_code == 403
    client.force_login(people.officer(may))
    assert client.get(reverse(page)).status_code == 200


@pytest.mark.usefixtures("linked")
def test_it_shows_a_roster_a_household_and_the_list_for_the_department() -> None:
    client = Client()
    client.force_login(people.officer("steward"))
    anna = Person.objects.get(name="见安娜")
    roster = anna.records.get().roster_id

    assert "户籍人口" in client.get(reverse("register:roster", args=[roster])).content.decode()
    assert "见波" in client.get(reverse("register:household", args=[anna.household.code])).content.decode()
    sheet = client.get(reverse("register:corrections", args=[roster]))
    assert sheet.content[:2] == b"PK"


@pytest.mark.usefixtures("linked")
def test_it_takes_a_file_in_the_browser_and_shows_why_one_was_not_taken(tmp_path) -> None:
    client = Client()
    client.force_login(people.officer("steward"))
    unit = people.unit("明溪县民政局").pk
    path = tmp_path / "低保.csv"
    path.write_bytes(cast.dibao(["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村", "", ""]))
    with path.open("rb") as file:
        done = client.post(
            reverse("register:deliver"),
            {"unit": unit, "reference_on": "2026-11-01", "kind": "", "file": file},
            follow=True,
        )
    path.write_bytes(b"%PDF")
    with path.open("rb") as file:
        refused = client.post(
            reverse("register:deliver"),
            {"unit": unit, "reference_on": "2026-11-01", "kind": "", "file": file},
            follow=True,
        )

    assert "最低生活保障" in done.content.decode()
    assert "PDF文档" in refused.content.decode()


@pytest.mark.usefixtures("linked")
def test_it_passes_a_correction_on_and_never_edits_the_row() -> None:
    anna = Person.objects.get(name="见安娜")
    client = Client()
    client.force_login(people.officer("township_a"))
    client.post(
        reverse("register:ask_change", args=[anna.code]),
        {"field": "name", "proposed": "见安那", "reason": "本人说的"},
    )
    client.force_login(people.officer("steward"))
    client.post(reverse("register:changes"), {"request": ChangeRequest.objects.get().pk, "accepted": "yes"})

    request = ChangeRequest.objects.get()
    assert (request.accepted, request.decided_by.username) == (True, "steward")
    assert Person.objects.get(pk=anna.pk).name == "见安娜"


def test_it_shows_two_records_side_by_side_and_takes_the_decision() -> None:
    cast.deliver(cast.hukou())
    alias = ["柳阿禾", cast.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    cast.deliver(cast.dibao(alias), unit="明溪县民政局", name="低保.csv")
    cast.link()
    pair = ReviewPair.objects.get()
    client = Client()
    client.force_login(people.officer("steward"))

    page = client.get(reverse("register:pair", args=[pair.pk])).content.decode()
    client.post(reverse("register:pair", args=[pair.pk]), {"verdict": "not_same", "reason": "两个人"})

    assert "柳阿禾" in page and "见安娜" in page and cast.ANNA[4] not in page
    assert ReviewPair.objects.get(pk=pair.pk).state == "not_same"
    client.post(reverse("register:undo", args=[pair.pk]), {"reason": "再看看"})
    assert ReviewPair.objects.get(pk=pair.pk).state == "open"
