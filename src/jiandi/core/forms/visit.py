"""The visit form: what a worker saw behind one door, in the field's standard shape (ODK XForms instance)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from jiandi.core.forms import instance
from jiandi.core.values import Refused, Text

FORM_ID = "visit"
FORM_VERSION = "2026110101"
LONGEST_INSTANCE_ID = 100
OPENROSA = "http://openrosa.org/xforms"

RESULTS: Mapping[str, Text] = MappingProxyType(
    {
        "met": Text(zh="见到了人", en="Met someone"),
        "no_contact": Text(zh="敲门无人应", en="Nobody answered"),
        "refused": Text(zh="不愿开门", en="Did not open"),
        "empty": Text(zh="空房,无人居住", en="Empty, nobody lives here"),
        "moved": Text(zh="全家已搬走", en="Everyone has moved away"),
    }
)
OUTBUILDINGS: Mapping[str, Text] = MappingProxyType(
    {
        "yes": Text(zh="都看过了", en="Looked into"),
        "no": Text(zh="没有看到", en="Not looked into"),
        "none": Text(zh="没有附属房", en="There are none"),
    }
)
PRESENCES: Mapping[str, Text] = MappingProxyType(
    {
        "seen": Text(zh="本人见到", en="Seen in person"),
        "away": Text(zh="住这里,外出", en="Lives here, away"),
        "not_here": Text(zh="不住这里", en="Does not live here"),
        "dead": Text(zh="已去世", en="Has died"),
        "unknown": Text(zh="说不清", en="Cannot say"),
    }
)
OWN_ID: Mapping[str, Text] = MappingProxyType(
    {
        "yes": Text(zh="证件在本人手里", en="Holds their own papers"),
        "no": Text(zh="证件不在本人手里", en="Papers are with somebody else"),
        "unknown": Text(zh="不清楚", en="Not known"),
    }
)
DANGERS: Mapping[str, Text] = MappingProxyType(
    {
        "none": Text(zh="没有", en="None"),
        "locked": Text(zh="被锁在屋里", en="Locked in"),
        "tied": Text(zh="被捆绑或拴住", en="Tied or chained"),
        "hidden": Text(zh="不让见", en="Kept from being seen"),
        "injured": Text(zh="有伤", en="Injured"),
    }
)
SEXES = (1, 2)  # GB/T 2261.1: 1 male, 2 female


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """One person as the worker met them, or did not. `listed` is the register's code, empty for somebody on no list."""

    listed: str = ""
    name: str = ""
    sex: int | None = None
    birth_year: int | None = None
    present: str = "unknown"
    alone: bool = False
    own_id: str = ""
    danger: str = "none"
    need: str = ""
    words: str = ""

    def __reduce__(self) -> tuple[type[SeenPerson], tuple[object, ...]]:
        return SeenPerson, _OF_A_PERSON(
            self
        )  # a tenth of what a dataclass pays by itself on the way between processes

    @property
    def is_blank(self) -> bool:
        """Answer whether the row says nothing about anybody."""
        told = self.listed or self.name or self.sex or self.birth_year or self.need or self.words
        return not told and self.danger == "none"


@dataclass(frozen=True, slots=True)
class VisitForm:
    """One visit as submitted. `misread` lists values that were there but could not be read: (where, value)."""

    instance_id: str
    form_id: str = FORM_ID
    version: str = FORM_VERSION
    started_at: datetime | None = None
    ended_at: datetime | None = None
    task: str = ""
    dwelling: str = ""
    worker: str = ""
    lat: float | None = None
    lon: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    result: str = ""
    outbuildings: str = ""
    photo: str = ""
    people: tuple[SeenPerson, ...] = ()
    note: str = ""
    deprecated_id: str = ""
    misread: tuple[tuple[str, str], ...] = ()

    def __reduce__(self) -> tuple[type[VisitForm], tuple[object, ...]]:
        return VisitForm, _OF_A_VISIT(self)


_OF_A_PERSON = attrgetter(*(field.name for field in fields(SeenPerson)))
_OF_A_VISIT = attrgetter(*(field.name for field in fields(VisitForm)))


def parse(xml: bytes) -> VisitForm:
    """Read one submission; refuse in a sentence what is cut off, hostile, oversized or without an instance id."""
    read = instance.read(xml, repeats=("person",))
    instance_id = read.meta.get("instanceID", "").lower()
    if not 0 < len(instance_id) <= LONGEST_INSTANCE_ID:
        raise Refused("forms.no_instance_id", _NO_INSTANCE_ID)
    values = read.values
    wrong = list(read.repeated)
    place = _numbers(values.get("location", ""), wrong)
    return VisitForm(
        instance_id=instance_id,
        form_id=read.form_id,
        version=read.version,
        started_at=_moment("start", values.get("start", ""), wrong),
        ended_at=_moment("end", values.get("end", ""), wrong),
        task=values.get("task", "").upper(),
        dwelling=values.get("dwelling", ""),
        worker=values.get("worker", ""),
        lat=place[0],
        lon=place[1],
        altitude_m=place[2],
        accuracy_m=place[3],
        result=values.get("result", ""),
        outbuildings=values.get("outbuildings", ""),
        photo=_digest("photo", values.get("photo", ""), wrong),
        people=tuple([_person(number, row, wrong) for number, row in enumerate(read.rows, 1)]),
        note=values.get("note", ""),
        deprecated_id=read.meta.get("deprecatedID", "").lower(),
        misread=tuple(wrong),
    )


def write(form: VisitForm) -> bytes:
    """Write a visit as phones send it; reading it back gives the same visit."""
    out = [
        f'<data id={quoteattr(form.form_id)} version={quoteattr(form.version)} xmlns:orx="{OPENROSA}">'
        f"<orx:meta><orx:instanceID>{_safe(form.instance_id)}</orx:instanceID>"
    ]
    if form.deprecated_id:
        out.append(f"<orx:deprecatedID>{_safe(form.deprecated_id)}</orx:deprecatedID>")
    out.append("</orx:meta>")
    out.append(f"<start>{_stamp(form.started_at)}</start><end>{_stamp(form.ended_at)}</end>")
    for name in ("task", "dwelling", "worker"):
        out.append(_leaf(name, getattr(form, name)))
    out.append(_leaf("location", _location(form)))
    for name in ("result", "outbuildings", "photo"):
        out.append(_leaf(name, getattr(form, name)))
    out.extend(_written(person) for person in form.people)
    out.append(f"{_leaf('note', form.note)}</data>")
    return "".join(out).encode()


_NO_INSTANCE_ID = Text(
    zh="这次提交没有编号(meta/instanceID)或编号过长,无法保证只算一次。请升级表单应用后重新提交。",
    en="This submission has no id (meta/instanceID), or one longer than 100 characters, so it cannot be counted once only. Update the form app and send it again.",
)


def _moment(where: str, value: str, wrong: list[tuple[str, str]]) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        wrong.append((where, value))
        return None
    if moment.tzinfo is None:
        wrong.append((where, value))
        return None
    return moment


_HEX = frozenset("0123456789abcdef")


def _digest(where: str, value: str, wrong: list[tuple[str, str]]) -> str:
    if value and (len(value) != 64 or not _HEX.issuperset(value)):
        wrong.append((where, value))
        return ""
    return value


def _numbers(value: str, wrong: list[tuple[str, str]]) -> tuple[float | None, ...]:
    """Read "lat lon altitude accuracy"; a position off the globe is a misreading, not a place."""
    nothing = (None, None, None, None)
    if not value:
        return nothing
    try:
        numbers = [float(part) for part in value.split()]
    except ValueError:
        numbers = []
    if not 2 <= len(numbers) <= 4 or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
        wrong.append(("location", value))
        return nothing
    return (*numbers, None, None)[:4]


def _whole(where: str, value: str, wrong: list[tuple[str, str]]) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        wrong.append((where, value))
        return None
    return int(value)


def _person(number: int, row: dict[str, str], wrong: list[tuple[str, str]]) -> SeenPerson:
    get = row.get
    sex, year, alone = get("sex", ""), get("birth_year", ""), get("alone", "")
    if alone not in ("yes", "no", ""):
        wrong.append((f"person {number} / alone", alone))
    return SeenPerson(
        listed=get("listed", "").upper(),
        name=get("name", ""),
        sex=_whole(f"person {number} / sex", sex, wrong) if sex else None,
        birth_year=_whole(f"person {number} / birth_year", year, wrong) if year else None,
        present=get("present", "") or "unknown",
        alone=alone == "yes",
        own_id=get("own_id", ""),
        danger=get("danger", "") or "none",
        need=get("need", ""),
        words=get("words", ""),
    )


# Characters XML 1.0 cannot carry; a paste from an office document brings them in.
_CANNOT_CARRY = {
    code: None for code in [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
}


def _safe(value: str) -> str:
    return escape(value.translate(_CANNOT_CARRY), {"\r": "&#13;"})


def _leaf(name: str, value: str) -> str:
    return f"<{name}>{_safe(value)}</{name}>" if value else f"<{name}/>"


def _stamp(moment: datetime | None) -> str:
    return moment.isoformat(timespec="milliseconds") if moment else ""


def _location(form: VisitForm) -> str:
    if form.lat is None or form.lon is None:
        return ""
    parts = [form.lat, form.lon]
    if form.altitude_m is not None or form.accuracy_m is not None:
        parts.append(form.altitude_m or 0.0)
    if form.accuracy_m is not None:
        parts.append(form.accuracy_m)
    return " ".join(repr(part) for part in parts)


def _written(person: SeenPerson) -> str:
    leaves = [
        ("listed", person.listed),
        ("name", person.name),
        ("sex", str(person.sex or "")),
        ("birth_year", str(person.birth_year or "")),
        ("present", person.present),
        ("alone", "yes" if person.alone else "no"),
        ("own_id", person.own_id),
        ("danger", person.danger),
        ("need", person.need),
        ("words", person.words),
    ]
    return f"<person>{''.join(_leaf(name, value) for name, value in leaves)}</person>"
