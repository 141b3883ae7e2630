"""Who may speak: which lists could have caught somebody no other list knows, and whether enough is left to say a number.

Visits drawn from a roster are that roster again; a referral is the list it came from. Neither can show anybody new, so
neither counts. What is left must be three lists or more, thirty people on two or more, and a model that can be
estimated at all; otherwise no number is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jiandi.core.estimate.mse.loglinear import INDEPENDENT, Estimability, estimability, support_of
from jiandi.core.estimate.mse.tables import PatternTable, keep_lists, table_of
from jiandi.core.values import Text

MIN_LISTS, MIN_OVERLAPS = 3, 30


@dataclass(frozen=True, slots=True)
class ListInfo:
    """One list: its name, and whether it could have caught a person on no other list.

    Visits drawn from a roster do not qualify (they are the roster again); nor do referrals from another list.
    """

    name: str
    qualifies: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """One person's place on one list, and the list they came to it from, if any."""

    on: str
    came_from: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a number may be shown, and on what: `reasons` says why not, one sentence each, and is empty if it may.

    `dropped` are lists that could not have caught anybody unlisted; `taken_out` counts places on lists that were
    referrals, by "list<origin".
    """

    qualifying: tuple[str, ...]
    dropped: tuple[str, ...]
    seen: int
    overlaps: int
    estimability: Estimability
    reasons: tuple[Text, ...]
    taken_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether a number may be shown."""
        return not self.reasons


def count_captures(
    people: Iterable[Sequence[Capture]], lists: Sequence[str]
) -> tuple[PatternTable, dict[str, int]]:
    """Count people by the lists that found them by themselves; one sequence of captures per person.

    A place on a list the person was referred to from another of these lists is taken out; the second value says how
    many, by "list<origin".
    """
    patterns: Counter[tuple[bool, ...]] = Counter()
    taken: Counter[str] = Counter()
    for captures in people:
        known = {one.on for one in captures if one.on in lists}
        for one in captures:
            if one.on in known and one.came_from in known - {one.on}:
                known.discard(one.on)
                taken[f"{one.on}<{one.came_from}"] += 1
        if known:
            patterns[tuple(name in known for name in lists)] += 1
    return table_of(lists, patterns), dict(taken)


def judge(
    table: PatternTable, lists: Sequence[ListInfo] = (), *, taken_out: Mapping[str, int] | None = None
) -> tuple[PatternTable, Gate]:
    """Keep the lists that qualify and say whether a number may be shown; lists not described qualify.

    Returned: the table of the qualifying lists (people known only from the others are left out) and the verdict.
    """
    out = {one.name for one in lists if not one.qualifies}
    used = keep_lists(table, [name for name in table.lists if name not in out])
    found = Estimability(exists=False, identifiable=False)
    if used.width >= 2 and used.seen:
        found = estimability(used.width, INDEPENDENT, support_of(used.array))
    reasons = []
    if used.width < MIN_LISTS:
        reasons.append(_FEW_LISTS.filled(k=used.width, least=MIN_LISTS))
    if used.overlaps < MIN_OVERLAPS:
        reasons.append(_FEW_OVERLAPS.filled(m=used.overlaps, least=MIN_OVERLAPS))
    if not found.holds:
        reasons.append(_NO_MAXIMUM)
    dropped = tuple(name for name in table.lists if name in out)
    gate = Gate(used.lists, dropped, used.seen, used.overlaps, found, tuple(reasons), dict(taken_out or {}))
    return used, gate


_FEW_LISTS = Text(
    zh="合格名单只有{k}份(至少{least}份):由名册派生的走访和转介不算。",
    en="There are {k} qualifying lists ({least} needed): visits drawn from a roster and referrals do not count.",
)
_FEW_OVERLAPS = Text(
    zh="同时在两份以上名单上的只有{m}人(至少{least}人)。",
    en="Only {m} people are on two lists or more ({least} needed).",
)
_NO_MAXIMUM = Text(
    zh="重合的样子定不出唯一解(存在性检验未通过),例如人人都在每份名单上,或名单之间没有重合。",
    en="The overlaps determine no single solution (existence check not passed): everybody is on every list, say, or no"
    " two lists share anybody.",
)
