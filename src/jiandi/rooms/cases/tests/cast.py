"""What the tests of cases and of accountability stand on: an alert about an invented person, and a case on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.access.models import Event, Unit
from jiandi.rooms.cases import actions
from jiandi.rooms.cases.models import Case, Outcome, Referral
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from tests import people

VILLAGE_UNIT = "石桥村村民委员会"
SAFETY = "先由县里女干警单独见面,落实住处之前不通知村里和家属"


def person(code: str = "HK7QCASE", name: str = "甄三妹", village: int = people.VILLAGE_A1) -> Person:
    """Make an invented person who lives in a village."""
    place = Place.objects.get(pk=village)
    return Person.objects.create(
        code=code,
        name=name,
        sex=2,
        birth_on=date(1988, 5, 1),
        village=place,
        town_id=place.town_id,
        county_id=place.county_id,
        address=f"{place.full_name}第1组1号",
        phone="13900000000",
    )


def alert(
    about: Person,
    *,
    key: str = "R1:1",
    rule_class: str = "contradiction",
    implicated: tuple[str, ...] = (VILLAGE_UNIT,),
) -> Alert:
    """Make an alert that implicates units, walled off from them."""
    units = [Unit.objects.get(name=name) for name in implicated]
    wall = None
    if units:
        engine = people.officer("engine")
        wall = access_actions.raise_wall(
            by=engine, at=people.MONDAY, reason="R1", entries=[(unit, "出具证明") for unit in units]
        )
    return Alert.objects.create(
        key=key,
        rule="R1",
        rule_class=rule_class,
        person=about,
        village=about.village,
        town=about.town,
        county=about.county,
        wall=wall,
        detail_zh="登记材料缺身份证件",
        detail_en="The file lacks identity papers",
        implicated=[
            {"kind": "unit", "id": unit.pk, "name": unit.name, "why_zh": "出具证明"} for unit in units
        ],
        first_seen_at=people.MONDAY,
        last_seen_at=people.MONDAY,
    )


def case(**changes: Any) -> Case:
    """Open a case on such an alert, for the women's federation, by the lead."""
    about = changes.pop("person", None) or person()
    ground = changes.pop("alert", None) or alert(about)
    asked: dict[str, Any] = {
        "by": people.officer("lead"),
        "at": people.MONDAY,
        "person": about,
        "alert": ground,
        "owner_unit": people.unit("明溪县妇女联合会"),
    }
    return actions.open_case(**(asked | changes))


def planned() -> Case:
    """Bring a case to a plan with one measure for the health bureau."""
    opened = case()
    lead = people.officer("lead")
    actions.assess(by=lead, at=people.MONDAY, case=opened)
    health = people.unit("明溪县卫生健康局")
    actions.make_plan(
        by=lead,
        at=people.MONDAY,
        case=opened,
        assessment="需要治疗和安全住处",
        safety=SAFETY,
        measures=[("medical", "到县医院体检", health, date(2026, 11, 9))],
    )
    return opened


def sent(
    at: datetime = people.MONDAY, *, opened: Case | None = None, clock: str = "referral.answer"
) -> Referral:
    """Send the health bureau its referral."""
    return actions.send_referral(
        by=people.officer("lead"),
        at=at,
        case=opened or planned(),
        unit=people.unit("明溪县卫生健康局"),
        kind="medical",
        clock=clock,
        ask="请安排一次免费体检并告知结果",
        sections=["who", "safety"],
    )


def proposed() -> Outcome:
    """Bring a case to a proposed outcome, its one referral answered and confirmed."""
    referral = sent()
    health, lead = people.officer("handler_health"), people.officer("lead")
    actions.accept_referral(by=health, at=people.TUESDAY, referral=referral)
    actions.answer_referral(
        by=health, at=people.WEDNESDAY, referral=referral, answer="十一月四日已体检,开始治疗"
    )
    actions.confirm_referral(by=lead, at=people.WEDNESDAY, referral=referral)
    return actions.propose_outcome(
        by=lead, at=people.THURSDAY, case=referral.case, summary="已得到治疗,住在庇护所", result="treated"
    )


def verified() -> Case:
    """Bring a case to a verified outcome."""
    outcome = proposed()
    actions.verify_outcome(
        by=people.officer("inspector_b"),
        at=people.FRIDAY,
        outcome=outcome,
        met_person=True,
        met_alone=True,
        holds=True,
        own_words="我在这里好多了",
    )
    return outcome.case


def verbs(subject: Any) -> list[str]:
    """Return the verbs on record for a subject, oldest first."""

    found = Event.objects.filter(subject_kind=subject._meta.model_name, subject_id=subject.pk)
    return list(found.order_by("id").values_list("verb", flat=True))
