"""The visit form: read strictly, written back alike, refused in sentences."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.forms.problems import problems
from jiandi.core.forms.visit import DANGERS, OWN_ID, PRESENCES, RESULTS, SeenPerson, VisitForm, parse, write
from jiandi.core.values import Refused

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples"
COUNTY_TIME = timezone(timedelta(hours=8))
RECEIVED = datetime(2026, 11, 5, 20, 0, tzinfo=COUNTY_TIME)

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=12).map(
    str.strip
)
codes = st.text("ABCDEFGHJK23456789", max_size=8)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2098, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=COUNTY_TIME)
)
people = st.builds(
    SeenPerson,
    listed=codes,
    name=words,
    sex=st.sampled_from([None, 1, 2]),
    birth_year=st.none() | st.integers(1890, 2026),
    present=st.sampled_from(list(PRESENCES)),
    alone=st.booleans(),
    own_id=st.sampled_from(["", *OWN_ID]),
    danger=st.sampled_from(list(DANGERS)),
    need=words,
    words=words,
)
visits = st.builds(
    VisitForm,
    instance_id=st.uuids().map(lambda id_: f"uuid:{id_}"),
    started_at=st.none() | moments,
    ended_at=st.none() | moments,
    task=codes,
    dwelling=words,
    worker=words,
    result=st.sampled_from(list(RESULTS)),
    outbuildings=st.sampled_from(["", "yes", "no", "none"]),
    people=st.lists(people, max_size=4).map(tuple),
    note=words,
)


def example(name: str) -> VisitForm:
    return parse((EXAMPLES / name).read_bytes())


def test_it_reads_the_golden_visit():
    visit = example("visit-met.xml")

    assert visit.instance_id == "uuid:00000000-0000-4000-8000-000000000001"
    assert visit.started_at == datetime(2026, 11, 5, 1, 12, tzinfo=UTC)
    assert (visit.lat, visit.lon, visit.altitude_m, visit.accuracy_m) == (0.101, 0.1, 12.0, 6.5)
    assert [person.present for person in visit.people] == ["seen", "away"]
    assert visit.people[0] == SeenPerson("P234567", "样例甲", 1, 1958, "seen", False, "yes")
    assert problems(visit, received_at=RECEIVED) == []


def test_it_lowers_the_instance_id_so_that_one_visit_is_one_visit():
    assert example("visit-no-contact.xml").instance_id == "uuid:00000000-0000-4000-8000-00000000000a"


def test_it_reads_somebody_on_no_list_in_danger():
    person = example("visit-unlisted-danger.xml").people[0]

    assert (person.listed, person.danger, person.alone, person.words) == (
        "",
        "locked",
        True,
        "想打电话给家里",
    )


@given(visits)
def test_it_reads_back_what_it_wrote(visit):
    assert parse(write(visit)) == visit


@given(visits, st.data())
def test_it_refuses_every_cut_off_visit_and_never_reads_half_of_one(visit, data):
    whole = write(visit)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(Refused) as refused:
        parse(cut)

    assert refused.value.code in ("forms.cut_off", "forms.empty")


@given(st.binary(max_size=400))
def test_it_answers_any_bytes_with_a_visit_or_a_sentence(noise):
    try:
        parse(noise)
    except Refused as refused:
        assert refused.text.zh and refused.text.en


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "forms.empty"),
        (b"  \n", "forms.empty"),
        (b"<data id='visit'>" + b"x" * 1_000_001 + b"</data>", "forms.too_large"),
        (b"<!DOCTYPE data [<!ENTITY a 'aaaa'>]><data id='visit'>&a;</data>", "forms.document_type"),
        ("<?xml version='1.0' encoding='utf-16'?><data id='visit'/>".encode("utf-16"), "forms.cut_off"),
        (b"<data id='visit'>" + b"<a>" * 70 + b"</a>" * 70 + b"</data>", "forms.too_deep"),
        (
            b"<data id='visit'>" + b"<g><b>" + b"<a>" * 40_000 + b"</a>" * 40_000 + b"</b></g></data>",
            "forms.too_deep",
        ),
        (b"<data id='visit'>" + b"<a/>" * 120_000 + b"</data>", "forms.too_deep"),
        (b"<data><task>T1</task></data>", "forms.not_a_form"),
        (b"<data id='visit'><task>T1</task></data>", "forms.no_instance_id"),
        (
            b"<data id='visit'><meta><instanceID>" + b"u" * 101 + b"</instanceID></meta></data>",
            "forms.no_instance_id",
        ),
        (b"<data id='visit'>&nbsp;</data>", "forms.cut_off"),
        (b"\xff\xfe\x00", "forms.cut_off"),
    ],
)
def test_it_refuses_what_no_form_app_sends(body, code):
    with pytest.raises(Refused) as refused:
        parse(body)

    assert refused.value.code == code


def visit_with(**changes: object) -> VisitForm:
    return VisitForm(
        **{"instance_id": "uuid:1", "started_at": RECEIVED, "ended_at": RECEIVED, "result": "met", **changes}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"started_at": datetime(2099, 1, 1, tzinfo=UTC), "ended_at": None}, "future"),
        ({"ended_at": datetime(2099, 1, 1, tzinfo=UTC)}, "future"),
        ({"started_at": datetime(1970, 1, 1, tzinfo=UTC)}, "long_ago"),
        ({"ended_at": RECEIVED - timedelta(hours=1)}, "ends_before_start"),
        ({"started_at": None}, "no_start"),
        ({"result": "maybe"}, "unknown_code"),
        ({"result": ""}, "unknown_code"),
        ({"outbuildings": "some"}, "unknown_code"),
        ({"deprecated_id": "uuid:0"}, "edit"),
        ({"people": (SeenPerson(listed="P1", present="glimpsed"),)}, "unknown_code"),
        ({"people": (SeenPerson(listed="P1", sex=3),)}, "unknown_code"),
        ({"people": (SeenPerson(listed="P1", danger="chained"),)}, "unknown_code"),
        ({"people": (SeenPerson(listed="P1", own_id="lost"),)}, "unknown_code"),
        ({"people": (SeenPerson(name="甲", birth_year=2099),)}, "birth_year"),
    ],
)
def test_it_says_what_does_not_add_up(changes, code):
    found = problems(visit_with(**changes), received_at=RECEIVED)

    assert [problem.code for problem in found] == [code]
    assert found[0].text.zh and found[0].text.en and "{" not in found[0].text.zh + found[0].text.en


@pytest.mark.parametrize(
    ("leaf", "where"),
    [
        (b"<start>2026-13-45</start>", "start"),
        (b"<end>2026-11-05T09:00:00</end>", "end"),
        (b"<location>999 0</location>", "location"),
        (b"<task>T1</task><task>T2</task>", "task"),
        (b"<photo>snap.jpg</photo>", "photo"),
        (b"<person><sex>f</sex></person>", "person 1 / sex"),
        (b"<person><birth_year>19x0</birth_year></person>", "person 1 / birth_year"),
        (b"<person><alone>perhaps</alone></person>", "person 1 / alone"),
        (b"<person><name>a</name><name>b</name></person>", "person 1 / name"),
    ],
)
def test_it_keeps_what_it_could_not_read_beside_what_it_could(leaf, where):
    body = b"<data id='visit' version='1'><meta><instanceID>uuid:1</instanceID></meta>" + leaf + b"</data>"

    visit = parse(body)

    assert [place for place, _ in visit.misread] == [where]
    assert "misread" in {problem.code for problem in problems(visit, received_at=RECEIVED)}
