"""The kinds of roster: their columns, the people a row names, and what a department calls them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jiandi.core.numbering import ROLE_CODES
from jiandi.core.rosters.headers import flat
from jiandi.core.values import Text

PERSON_FIELDS = ("name", "id_number", "sex", "birth", "age", "phone", "address")
PLACE_COLUMNS = ("town_name", "village_name")
EVERYWHERE = ("seq", "note", *PLACE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical column: its type, its names, the headings it is known by, and the code table of its values."""

    name: str
    type: str
    title: Text
    headings: tuple[str, ...]
    codes: str = ""


@dataclass(frozen=True, slots=True)
class RowPerson:
    """A person a row names: the role, and which canonical column holds which fact about them."""

    role: str
    columns: tuple[tuple[str, str], ...]

    @property
    def code(self) -> int:
        """The role's number, the last digit (base 8) of the record's number."""
        return ROLE_CODES[self.role]

    def column(self, fact: str) -> str | None:
        """Return the canonical column of one fact about this person, if the roster has one."""
        return dict(self.columns).get(fact)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of roster a department delivers."""

    code: str
    title: Text
    unit: Text
    called: tuple[str, ...]
    fields: dict[str, Field]
    people: tuple[RowPerson, ...]
    required: tuple[str, ...]
    own_fields: frozenset[str]
    dropped: tuple[str, ...] = ()
    authority: int = 9
    duplicate_free: bool = False
    nameless: str = (
        ""  # a row without a name is kept all the same: "person" (somebody unnamed), "event" (nobody)
    )

    @property
    def stored_fields(self) -> tuple[str, ...]:
        """The canonical columns kept with each row, in order."""
        return tuple(self.fields)


@dataclass(frozen=True, slots=True)
class Gate:
    """What must never be stored: a subject, and the words that give such a column away."""

    subject: Text
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every kind, the gate, and the columns that may be left unread without loss."""

    kinds: dict[str, Kind]
    gates: tuple[Gate, ...]
    ignored: frozenset[str]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the kinds of roster this version can read, from kinds.toml."""
    data = tomllib.loads(files("jiandi.core.rosters").joinpath("kinds.toml").read_text(encoding="utf-8"))
    return Catalogue(
        kinds={code: _kind(code, raw, data) for code, raw in data["kinds"].items()},
        gates=tuple(Gate(_text(g["subject"]), tuple(g["words"])) for g in data["forbidden"]),
        ignored=frozenset(flat(header) for header in data["ignored"]["headers"]),
    )


def kind_of(code: str) -> Kind:
    """Return one kind by its code; KeyError for a code that does not exist."""
    return catalogue().kinds[code]


def _text(raw: dict[str, str]) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


def _field(name: str, raw: dict[str, Any], extra: tuple[str, ...] = ()) -> Field:
    headings = dict.fromkeys(flat(h) for h in (*extra, raw["zh"], *raw.get("also", ())))
    return Field(name, raw["type"], _text(raw), tuple(headings), raw.get("codes", ""))


def _kind(code: str, raw: dict[str, Any], data: dict[str, Any]) -> Kind:
    own = {name: _field(name, f) for name, f in raw["fields"].items()}
    fields = _subject_fields(raw, data["shared"]) | own
    people = [RowPerson("subject", tuple((f, f) for f in raw["subject"]))] if raw["subject"] else []
    for role, spec in raw.get("people", {}).items():
        role_fields, person = _role(role, spec, raw, data)
        fields |= role_fields
        people.append(person)
    for name in (*raw.get("shared_columns", ()), *EVERYWHERE):
        fields.setdefault(name, _field(name, data["shared"][name]))
    return Kind(
        code=code,
        title=_text(raw["title"]),
        unit=_text(raw["unit"]),
        called=tuple(raw["called"]),
        fields=fields,
        people=tuple(people),
        required=tuple(raw["required"]),
        own_fields=frozenset(own) | frozenset(f for p in people if p.role != "subject" for _, f in p.columns),
        dropped=tuple(flat(h) for h in raw.get("dropped", ())),
        authority=raw.get("authority", 9),
        duplicate_free=raw.get("duplicate_free", False),
        nameless=raw.get("nameless", ""),
    )


def _subject_fields(raw: dict[str, Any], shared: dict[str, Any]) -> dict[str, Field]:
    names = raw.get("names", {})
    return {name: _field(name, shared[name], tuple(names.get(name, ()))) for name in raw["subject"]}


def _role(
    role: str, spec: dict[str, Any], raw: dict[str, Any], data: dict[str, Any]
) -> tuple[dict[str, Field], RowPerson]:
    head = data["roles"][role] | {k: spec[k] for k in ("words", "zh", "en") if k in spec}
    fields: dict[str, Field] = {}
    columns: list[tuple[str, str]] = []
    for fact in spec["fields"]:
        name = f"{role}_{fact}"
        fields[name] = _role_field(name, fact, head, raw.get("names", {}).get(name, ()), data["shared"][fact])
        columns.append((fact, name))
    if spec.get("address") and "address" not in spec["fields"]:
        columns.append(("address", "address"))
    return fields, RowPerson(role, tuple(columns))


def _role_field(name: str, fact: str, head: dict[str, Any], names: list[str], base: dict[str, Any]) -> Field:
    plain = [base["zh"], *base["also"]]
    headings = list(names) + [word + heading for word in head["words"] for heading in plain]
    if fact == "name":
        headings += [word for word in head["words"] if len(word) > 1]
    return Field(
        name=name,
        type=base["type"],
        title=Text(zh=head["zh"] + base["zh"], en=f"{head['en']}: {base['en'].lower()}"),
        headings=tuple(dict.fromkeys(flat(h) for h in headings)),
        codes=base.get("codes", ""),
    )
