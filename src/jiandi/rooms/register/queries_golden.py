"""Where each value on a person's page comes from, why it stands before others, and what other rows say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiandi.core.linkage.golden import DECIDED, Golden, Said, choose, table
from jiandi.core.names import mask_id
from jiandi.core.numbering import ROLE_BITS, ROW_MASK
from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.language import say
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import found, shelf
from jiandi.rooms.register.decided import standing_changes
from jiandi.rooms.register.groups import SENSITIVE_FILES
from jiandi.rooms.register.models import SEXES, ChangeRequest, Person, Record, Roster
from jiandi.rooms.register.queries_review import Line, title_of
from jiandi.rooms.register.rebuilding import around

MOST_ROWS = 60  # read from the shelf one by one
OPEN = ("name", "birth_on")  # what everybody who may read a person sees of single rows
_COLUMNS = ("id18", "name_clean", "name", "sex", "birth_on", "birth_precision", "phone", "address", "village", "household_no")  # fmt: skip
Facts = list[tuple[Record, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The row that gives a value, as its department can find it again."""

    kind: Text
    record: Record


@dataclass(frozen=True, slots=True)
class Other:
    """Another value, how it differs from the one that stands, and every row that says it."""

    value: str
    mark: Text | None
    sources: list[SourceLine]


@dataclass(frozen=True, slots=True)
class Value:
    """One attribute of a person: what stands, why, where it is from, and all other values."""

    title: Text
    value: str
    why: Text
    change: ChangeRequest | None
    sources: list[SourceLine]
    others: list[Other]


def values_of(person: Person, *, sees_rows: bool) -> list[Value]:
    """Return the attributes that rows of lists in force say something of.

    `sees_rows`: whether the reader may read whole rows; others are told of names and births on open lists alone, which the
    table of rows shows them as well.
    """
    records = _records(person)[:MOST_ROWS]
    if not sees_rows:
        records = [one for one in records if one.roster.kind not in SENSITIVE_FILES]
    changes = standing_changes([person.pk]).get(person.pk, {})
    facts = read_facts(records) if sees_rows else [(one, _base(one)) for one in records]
    by_id = {one.pk: one for one in records}
    names = _villages(facts)
    shown = []
    for code, attribute in table()[1].items():
        if sees_rows or code in OPEN:
            golden = choose(code, _said(code, facts))
            change = changes.get(code)
            if not sees_rows and not change and golden and golden.said.value != str(getattr(person, code)):
                continue  # a row they may not read gives it: which, and that there is one, stays unsaid
            if golden is not None or change is not None:
                shown.append(_value(attribute.title, code, golden, change, by_id, names))
    return shown


def value_by_rows(person: Person, code: str) -> Said | None:
    """Return what the rows of lists in force alone say of an attribute, by the stated precedence."""
    golden = choose(code, _said(code, read_facts(_records(person))))
    return golden.said if golden else None


def _records(person: Person) -> list[Record]:
    live = person.records.filter(roster__state__in=(Roster.State.READ, Roster.State.STANDING))
    return list(live.select_related("roster__unit", "village").order_by("pk"))


def read_facts(records: Iterable[Record]) -> Facts:
    """Return each record with what its row says, read from the shelf."""
    with shelf.scratch() as scratch:
        return [(one, _facts(one, scratch)) for one in records]


def _base(record: Record) -> dict[str, Any]:
    return {"name": record.name, "birth_on": record.birth_on, "birth_precision": "day"}


def _facts(record: Record, scratch: Path) -> dict[str, Any]:
    if record.roster.state == Roster.State.STANDING:
        met = found.person_of(record)
        address = met.dwelling.address if met and met.dwelling else None
        return _base(record) | {
            "sex": record.sex, "birth_precision": "year", "address": address, "village": record.village_id,
        }  # fmt: skip
    path = around(record.roster, record.pk >> ROLE_BITS & ROW_MASK, scratch)
    rows = pq.read_table(path, columns=list(_COLUMNS), filters=[("record_id", "=", record.pk)]).to_pylist()
    return (rows[0] | {"name": rows[0]["name_clean"] or rows[0]["name"]}) if rows else _base(record)


def _said(code: str, facts: Facts) -> list[Said]:
    column = {"id": "id18", "household": "household_no"}.get(code, code)
    return [
        Said(
            record.pk, record.roster.kind, record.roster.reference_on, str(row.get(column) or "").strip(),
            (row.get("birth_precision") or "") if code == "birth_on" else "",
        )
        for record, row in facts
    ]  # fmt: skip


def _villages(facts: Facts) -> dict[str, str]:
    numbers = {row["village"] for _, row in facts if row.get("village")}
    return {
        str(pk): name for pk, name in Place.objects.filter(among("pk", numbers)).values_list("pk", "name")
    }


def _value(
    title: Text,
    code: str,
    golden: Golden | None,
    change: ChangeRequest | None,
    by_id: dict[int, Record],
    names: dict[str, str],
) -> Value:
    groups = [golden.agreeing, *golden.others] if golden else []
    stands = change.value if change else groups[0][0].value
    others = [
        Other(
            _shown(code, group[0].value, names),
            Line(title, stands, group[0].value).mark,
            _sources(group, by_id),
        )
        for group in groups
        if group[0].value != stands
    ]
    same = next((group for group in groups if group[0].value == stands), ())
    why = golden.why if golden and not change else DECIDED
    return Value(title, _shown(code, stands, names), why, change, _sources(same, by_id), others)


def _sources(group: Iterable[Said], by_id: dict[int, Record]) -> list[SourceLine]:
    return [SourceLine(title_of(one.kind), by_id[one.record_id]) for one in group]


def _shown(code: str, value: str, names: dict[str, str]) -> str:
    """Return a value as it is shown: identity numbers masked, codes in words."""
    if code == "id":
        return mask_id(value)
    if code == "sex":
        return say(SEXES[int(value)]) if value in ("1", "2") else "—"
    return names.get(value, value) if code == "village" else value
