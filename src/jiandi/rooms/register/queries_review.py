"""Two records side by side, as their departments wrote them, for the person who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import ne
from pathlib import Path

import pyarrow.parquet as pq
from django.db.models import Q, QuerySet
from django.utils import timezone

from jiandi.core.names import mask_id
from jiandi.core.numbering import ROLE_BITS, ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible, walled_off
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import found, shelf
from jiandi.rooms.register.circles import about_them, circle_of
from jiandi.rooms.register.models import FOUND, SEXES, Judgement, Person, Record, ReviewPair, Roster
from jiandi.rooms.register.queries_people import people_of
from jiandi.rooms.register.rebuilding import around

MOST_COUNTED = 1000
PACE, FEWEST_STEPS = 30, 5
MOST_AT_HOME = 8
STAKES: dict[int, Text] = {
    4: Text(zh="涉及须单独见面的人", en="somebody must be seen alone"),
    2: Text(
        zh="涉及仅一个部门掌握的人:判定会改变总人数",
        en="one department alone knows somebody: it changes how many people there are",
    ),
    1: Text(zh="涉及保障名单", en="somebody is on a protection list"),
}
_ON_SHELF = ("id_text", "phone", "village", "address", "household_no")
ROLES: dict[int, Text] = {
    0: Text(zh="本人", en="the person"),
    1: Text(zh="男方", en="husband"),
    2: Text(zh="女方", en="wife"),
    3: Text(zh="子女", en="child"),
    4: Text(zh="母亲", en="mother"),
    5: Text(zh="父亲", en="father"),
    6: Text(zh="监护人", en="guardian"),
    7: Text(zh="第二监护人/开户人", en="second guardian or payee"),
}
_LINES: tuple[tuple[str, Text], ...] = (
    ("name", Text(zh="姓名", en="Name")),
    ("sex", Text(zh="性别", en="Sex")),
    ("birth_on", Text(zh="出生日期", en="Born on")),
    ("id", Text(zh="身份证号", en="Identity number")),
    ("phone", Text(zh="电话", en="Telephone")),
    ("place", Text(zh="村(社区)", en="Village")),
    ("address", Text(zh="住址", en="Address")),
    ("household_no", Text(zh="户号", en="Household number")),
)


_ONE_SIDE = Text(zh="只有一边写了", en="only one says it")
_TURNED = Text(zh="字相同,次序不同", en="the same characters in another order")
_ONE_CHARACTER = Text(zh="差一个字", en="one character differs")
_DIFFERS = Text(zh="不同", en="differs")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both records, and whether they differ."""

    title: Text
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Answer whether both say something, and not the same."""
        return bool(self.left and self.right and self.left != self.right)

    @property
    def mark(self) -> Text | None:
        """Return how the two differ, in words: not by colour alone, and a slip looks other than another person."""
        if self.left == self.right:
            return None
        if not self.left or not self.right:
            return _ONE_SIDE
        if sorted(self.left) == sorted(self.right):
            return _TURNED
        if len(self.left) == len(self.right) and sum(map(ne, self.left, self.right)) == 1:
            return _ONE_CHARACTER
        return _DIFFERS


@dataclass(frozen=True, slots=True)
class Side:
    """Where a record stands, and what its person would lose."""

    record: Record
    person: Person | None
    role: Text
    kind: Text
    others: int


def pairs(by: Officer, at: datetime) -> QuerySet[ReviewPair]:
    """Return the pairs an officer may decide: of their area, about nobody they are close to and nobody behind a wall from them."""
    near = ReviewPair.objects.filter(about_them(circle_of(by).people)).values("pk")
    walled = Q(walled_off(by, "record__person__wall")) | Q(walled_off(by, "candidate__person__wall"))
    ours = (
        ReviewPair.objects.exclude(pk__in=near)
        .exclude(walled)
        .select_related("record__roster__unit", "candidate__roster__unit", "village", "town")
    )
    return visible(ours, by, "register.decide_pair", at=at)


def open_pairs(by: Officer, at: datetime, state: str = "open") -> QuerySet[ReviewPair]:
    """Return the doubtful pairs that wait for the officer, those on which most hangs first."""
    return pairs(by, at).filter(state=state).order_by("-stake", "pk")


def first(by: Officer, at: datetime) -> ReviewPair | None:
    """Return the waiting pair on which most hangs among those nobody else has in hand."""
    return open_pairs(by, at).exclude(Q(held_until__gt=at) & ~Q(held_by=by)).first()


def stakes_of(pair: ReviewPair) -> list[Text]:
    """Return what hangs on a pair, in words."""
    return [text for bit, text in STAKES.items() if pair.stake & bit]


def homes_of(pair: ReviewPair, by: Officer, at: datetime) -> list[list[str]]:
    """Return who lives with each of the two, as far as the officer may read them: names alone, no more than a family."""
    homes = []
    for record in (pair.record, pair.candidate):
        home = record.person.household if record.person else None
        others = people_of(home, by, at) if home else []
        homes.append([one.name for one in others if one.pk != record.person_id][:MOST_AT_HOME])
    return homes


def after(waiting: QuerySet[ReviewPair], stake: int, number: int) -> QuerySet[ReviewPair]:
    """Return those further down the list than the pair of this stake and number."""
    return waiting.filter(Q(stake__lt=stake) | Q(stake=stake, pk__gt=number))


def following(by: Officer, at: datetime, done: ReviewPair) -> ReviewPair | None:
    """Return the pair to look at after this one, which nobody else has in hand: as much at stake and of the same village first,
    then further down the list, else from its start."""
    held = Q(held_until__gt=at) & ~Q(held_by=by)
    waiting = open_pairs(by, at).exclude(pk=done.pk).exclude(held)
    later = after(waiting, done.stake, done.pk)
    same = later.filter(village=done.village_id, stake=done.stake)
    return same.first() or later.first() or waiting.first()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a steward is: decided today, and how many still wait; counted no further than anybody reads.

    `hours`: what is left by the pace of the officer's last decisions; None where there were too few to tell.
    """

    today: int
    left: int
    hours: float | None = None

    @property
    def is_more(self) -> bool:
        """Answer whether more wait than were counted."""
        return self.left >= MOST_COUNTED


def progress(by: Officer, at: datetime) -> Progress:
    """Return what an officer has decided today and what still waits for them."""
    morning = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    made = Judgement.objects.filter(made_by=by, made_at__gte=morning, made_at__lte=at)
    left = open_pairs(by, at).order_by()[:MOST_COUNTED].count()
    times = list(made.order_by("-made_at").values_list("made_at", flat=True)[:PACE])
    steps = sorted((one - two).total_seconds() for one, two in pairwise(times))
    pace = (
        steps[len(steps) // 2] if len(steps) >= FEWEST_STEPS else None
    )  # the middle one: a lunch break is no pace
    return Progress(made.count(), left, round(left * pace / 3600, 1) if pace is not None else None)


def title_of(kind: str) -> Text:
    """Return what a kind of roster is called, people found at the door included."""
    return found.TITLE if kind == FOUND else kind_of(kind).title


def side_of(record: Record) -> Side:
    """Return where a record stands."""
    others = Record.objects.filter(person=record.person_id).count() - 1 if record.person_id else 0
    return Side(record, record.person, ROLES[record.role], title_of(record.roster.kind), max(others, 0))


def lines_of(pair: ReviewPair) -> list[Line]:
    """Return both records' facts line by line."""
    with shelf.scratch() as scratch:
        left, right = (_facts(record, scratch) for record in (pair.record, pair.candidate))
    return [Line(title, left.get(name, ""), right.get(name, "")) for name, title in _LINES]


def decisions_of(pair: ReviewPair) -> list[Judgement]:
    """Return every decision ever made on a pair, the latest first."""
    made = Judgement.objects.filter(record=pair.record_id, candidate=pair.candidate_id)
    return list(made.select_related("made_by", "second_by").order_by("-pk"))


def _facts(record: Record, scratch: Path) -> dict[str, str]:
    """Read a record from the shelf; what the operational database holds stands in when the shelf cannot be made again."""
    base = {
        "name": record.name,
        "sex": say(SEXES[record.sex]) if record.sex in SEXES else "",
        "birth_on": record.birth_on.isoformat() if record.birth_on else "",
    }
    if record.roster.state == Roster.State.STANDING:
        return base | _met(record)
    if record.roster.state not in (Roster.State.READ, Roster.State.REPLACED):
        return base
    # One row of one file: an analysis database would cost more to open than it saves.
    path = around(record.roster, record.pk >> ROLE_BITS & ROW_MASK, scratch)
    found = pq.read_table(path, columns=list(_ON_SHELF), filters=[("record_id", "=", record.pk)]).to_pylist()
    if not found:
        return base
    row, village = found[0], found[0]["village"]
    named = Place.objects.filter(pk=village).values_list("name", flat=True).first() if village else ""
    more = {
        "id": mask_id(row["id_text"]),
        "phone": row["phone"],
        "place": named,
        "address": row["address"],
        "household_no": row["household_no"],
    }
    return base | {name: value or "" for name, value in more.items()}


def _met(record: Record) -> dict[str, str]:
    """Return where a visit met the person whom the record names."""
    person = found.person_of(record)
    return {
        "birth_on": str(record.birth_on.year) if record.birth_on else "",
        "place": record.village.name if record.village else "",
        "address": person.dwelling.address if person and person.dwelling else "",
    }
