"""A person's family as single rows say it, who answers for them, and where the papers disagree.

Nobody with a declared tie to the person or anybody of the household reads it: they get the answer for people who do not exist.
A sealed relative is absent for everybody, as on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from jiandi.core.identity import USABLE
from jiandi.core.numbering import ROLES, ROW_BITS, ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.groups import SENSITIVE_FILES
from jiandi.rooms.register.models import FOUND, Person, Record, Relation, Roster
from jiandi.rooms.register.models_life import GUARDIANSHIPS, Guardianship
from jiandi.rooms.register.queries_people import person as readable_person
from jiandi.rooms.register.queries_people import visible_people
from jiandi.rooms.register.standing import numbers_of, standing_for

MOST = 60
SCHOOLS = frozenset({"school"})  # a school writes down whom it calls, not who answers by law
TIES: dict[str, Text] = {
    "mother": Text(zh="母亲", en="mother"), "father": Text(zh="父亲", en="father"), "spouse": Text(zh="配偶", en="spouse"),
    "child": Text(zh="子女", en="child"), "guardian": Text(zh="监护人", en="guardian"), "payee": Text(zh="开户人", en="account holder"),
    "ward": Text(zh="被监护人", en="ward"), "sibling": Text(zh="兄弟姐妹(同父或同母)", en="brother or sister (a parent in common)"),
    "home": Text(zh="同户", en="of the household"), "door": Text(zh="走访时在同一门内", en="met at the same door"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stands:
    """One row that says so: which list, of when, which line."""

    title: Text
    roster: Roster
    line: int


@dataclass(slots=True)
class Node:
    """A relative, by what tie, on which rows, and who follows from them."""

    person: Person
    tie: Text
    stands: list[Stands] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)
    may_open: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Somebody who answers for the person: by the lines of one list, or by a paper an officer entered."""

    name: str
    person: Person | None
    tie: Text
    starts_on: date | None
    ends_on: date | None
    stands: tuple[Stands, ...]
    entry: Guardianship | None


@dataclass(frozen=True, slots=True)
class Family:
    """Everything the page shows."""

    person: Person
    branches: list[Node]
    guardians: list[Answers]
    doubts: list[Text]


def person_with_family(by: Officer, code: str, at: datetime) -> Person:
    """Return a person whose family the officer may read; a declared tie answers like nobody."""
    found = readable_person(by, code, at)
    if found.pk in circle_of(by).people:
        raise Http404
    return found


def family(by: Officer, at: datetime, person: Person, *, sensitive: bool) -> Family:
    """Return a person's relatives, guardians and the contradictions among them."""
    rows = _relations([person.pk], sensitive)
    guardians = _guardians(person, rows)
    return Family(
        person, _branches(by, at, person, rows, sensitive), guardians, doubts(person, rows, guardians)
    )


def ties(by: Officer, at: datetime, person: Person, *, sensitive: bool) -> list[Node]:
    """Return whom rows name beside a person, each once by each tie; a sensitive file's rows are for those who read it."""
    kinds = ("mother", "father", "spouse", "child", "guardian", "payee")
    nodes = _nodes(_relations([person.pk], sensitive), person.pk, kinds)
    _open(by, at, nodes)
    return nodes


def _open(by: Officer, at: datetime, nodes: Sequence[Node]) -> None:
    """Note whose page the officer may open; a link to any other would answer as if there were nobody."""
    may = visible_people(by, "register.read_person", at).filter(pk__in=[node.person.pk for node in nodes])
    open_to = set(may.values_list("pk", flat=True))
    for node in nodes:
        node.may_open = node.person.pk in open_to


@dataclass(frozen=True, slots=True)
class _Tied:
    """One row of a tie, from one person to another."""

    one: int
    other: Person
    kind: str
    row_id: int
    stands: Stands


def _relations(people: Iterable[int], sensitive: bool) -> list[_Tied]:
    """Return the ties of these people in both directions, without sealed or merged relatives."""
    wanted = set(people)
    near = Relation.objects.filter(Q(person__in=wanted) | Q(other__in=wanted)).select_related(
        "person", "other"
    )
    lines = list(near.order_by("kind", "row_id")[: MOST * len(wanted)])
    rosters = Roster.objects.select_related("unit").in_bulk({line.row_id >> ROW_BITS for line in lines})
    found = []
    for line in lines:
        roster = rosters.get(line.row_id >> ROW_BITS)
        if roster is None or (roster.kind in SENSITIVE_FILES and not sensitive):
            continue
        stands = Stands(kind_of(roster.kind).title, roster, line.row_id & ROW_MASK)
        if line.person_id in wanted and _shows(line.other):
            found.append(_Tied(line.person_id, line.other, line.kind, line.row_id, stands))
        # Seen from the other side, only guardianship has another name; the rest is written down both ways.
        if line.other_id in wanted and line.kind == "guardian" and _shows(line.person):
            found.append(_Tied(line.other_id, line.person, "ward", line.row_id, stands))
    return found


def _shows(person: Person) -> bool:
    return person.wall_id is None and person.superseded_by_id is None


def _branches(by: Officer, at: datetime, person: Person, rows: list[_Tied], sensitive: bool) -> list[Node]:
    nodes = _nodes(rows, person.pk, ("mother", "father", "spouse", "child", "guardian", "ward", "payee"))
    second = _relations([node.person.pk for node in nodes], sensitive) if nodes else []
    known = {person.pk} | {node.person.pk for node in nodes}
    for node in nodes:
        is_parent = node.tie in (TIES["mother"], TIES["father"])
        kinds = ("child",) if is_parent else ("spouse", "child", "guardian")
        for below in _nodes(second, node.person.pk, kinds):
            if below.person.pk not in known:
                below.tie = TIES["sibling"] if is_parent else below.tie
                node.below.append(below)
    met = known | {below.person.pk for node in nodes for below in node.below}
    nodes += [Node(one, tie) for one, tie in _housemates(person) if one.pk not in met]
    _open(by, at, [*nodes, *(below for node in nodes for below in node.below)])
    return nodes


def _nodes(rows: list[_Tied], one: int, kinds: tuple[str, ...]) -> list[Node]:
    found: dict[tuple[int, str], Node] = {}
    for tied in rows:
        if tied.one == one and tied.kind in kinds:
            node = found.setdefault((tied.other.pk, tied.kind), Node(tied.other, TIES[tied.kind]))
            node.stands.append(tied.stands)
    return sorted(found.values(), key=lambda node: [TIES[kind] for kind in kinds].index(node.tie))


def _housemates(person: Person) -> list[tuple[Person, Text]]:
    """Return who shares the household book, then whom visits met behind the same door."""
    live = Person.objects.filter(superseded_by__isnull=True, wall__isnull=True).exclude(pk=person.pk)
    home = list(live.filter(household=person.household_id)[:MOST]) if person.household_id else []
    door = list(live.filter(dwelling=person.dwelling_id, kinds=FOUND)[:MOST]) if person.dwelling_id else []
    listed = [(one, TIES["door"] if one.kinds == FOUND else TIES["home"]) for one in home]
    return listed + [(one, TIES["door"]) for one in door if one not in home]


def _guardians(person: Person, rows: list[_Tied]) -> list[Answers]:
    """Return who answers for the person by lists and by papers, side by side; nothing outranks anything here."""
    lists: dict[tuple[int, int], list[_Tied]] = {}
    for tied in rows:
        if tied.one == person.pk and tied.kind == "guardian":
            lists.setdefault((tied.other.pk, tied.stands.roster.pk), []).append(tied)
    by_list = [
        Answers(
            same[0].other.name,
            same[0].other,
            TIES["guardian"],
            same[0].stands.roster.reference_on,
            None,
            tuple(tied.stands for tied in same),
            None,
        )
        for same in lists.values()
    ]
    papers = papers_of(person).filter(superseded_by__isnull=True).order_by("starts_on", "pk")
    by_paper = [
        Answers(
            entry.guardian_name, now, GUARDIANSHIPS[entry.kind], entry.starts_on, entry.ends_on, (), entry
        )
        for entry, now in in_the_open(papers)
    ]
    return by_paper + by_list


def papers_of(person: Person) -> QuerySet[Guardianship]:
    """Return the entries about a person under any number they ever had: a paper follows its people through every merge."""
    papers = Guardianship.objects.filter(among("person", numbers_of([person.pk])))
    return papers.select_related("guardian", "entered_by__unit")


def in_the_open(papers: QuerySet[Guardianship]) -> list[tuple[Guardianship, Person | None]]:
    """Return each entry with whom its guardian is now; one whose guardian is sealed, under whatever number, is absent."""
    entries = list(papers)
    onwards = standing_for(entry.guardian_id for entry in entries if entry.guardian_id)
    known = Person.objects.in_bulk(list(onwards.values()))
    found: list[tuple[Guardianship, Person | None]] = []
    for entry in entries:
        now = known.get(onwards.get(entry.guardian_id or 0, 0), entry.guardian)
        if entry.guardian is None or now is None or (entry.guardian.wall_id is None and _shows(now)):
            found.append((entry, now))
    return found


def past_guardians(person: Person) -> list[Guardianship]:
    """Return the entries others took the place of; one that names a sealed guardian is absent here too."""
    past = papers_of(person).filter(superseded_by__isnull=False).order_by("-pk")
    return [entry for entry, _ in in_the_open(past)]


TWO = Text(zh="两处写的监护人不同:{names}", en="Two lists or papers name different guardians: {names}")
DEAD = Text(zh="监护人{name}在死亡名册中({died})", en="The guardian {name} is in the death file ({died})")
MARRIED = Text(
    zh="监护人{name}凭一份婚姻登记为配偶,而该登记中{whose}没有可用的身份证号",
    en="The guardian {name} is the spouse by a marriage record in which {whose} shows no usable identity number",
)


def doubts(person: Person, rows: list[_Tied], guardians: list[Answers]) -> list[Text]:
    """Return the contradictions about who answers for a person: questions for whoever protects them, not verdicts."""
    now = [
        one
        for one in guardians
        if one.ends_on is None and not (one.stands and one.stands[0].roster.kind in SCHOOLS)
    ]
    parents = {tied.other.pk for tied in rows if tied.one == person.pk and tied.kind in ("mother", "father")}
    names = sorted({one.name for one in now if one.person is None or one.person.pk not in parents})
    found = [TWO.filled(names="、".join(names))] if len(names) > 1 else []
    for guardian in {one.person.pk: one.person for one in now if one.person}.values():
        if guardian.died_on is not None:
            found.append(DEAD.filled(name=guardian.name, died=guardian.died_on))
        whose = _doubted_certificate(person, guardian, rows)
        if whose:
            found.append(Text(zh=MARRIED.zh.format(name=guardian.name, whose=whose.zh),
                              en=MARRIED.en.format(name=guardian.name, whose=whose.en)))  # fmt: skip
    return found


def _doubted_certificate(person: Person, guardian: Person, rows: list[_Tied]) -> Text | None:
    """Say who of a couple shows no usable number on the certificate that makes the guardian the spouse."""
    certificates = {
        tied.row_id for tied in rows
        if tied.one == person.pk and tied.kind == "spouse" and tied.other.pk == guardian.pk
    }  # fmt: skip
    parties = [row * ROLES + role for row in certificates for role in (1, 2)]
    weak = Record.objects.filter(pk__in=parties).exclude(id_status__in=USABLE).order_by("pk").first()
    if weak is None:
        return None
    return Text(zh="男方", en="the husband") if weak.role == 1 else Text(zh="女方", en="the wife")
