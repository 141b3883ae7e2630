"""Tables of capture patterns: how many people are on exactly which lists.

A table of t lists has 2**t cells. The number of a cell is a bitmask: bit i is set for people on list i. Cell 0, the
people on no list, is what nobody has counted; it is kept at zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from jiandi.core.values import Refused, Text

MOST_LISTS = 10


@dataclass(frozen=True)
class PatternTable:
    """Counts of people by the lists they are on; `counts` has 2**len(lists) whole numbers, the first of them 0."""

    lists: tuple[str, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.lists) > MOST_LISTS:
            raise Refused("mse.too_many_lists", _TOO_MANY.filled(k=len(self.lists), most=MOST_LISTS))
        if len(self.counts) != 2 ** len(self.lists) or self.counts[0] != 0 or min(self.counts) < 0:
            raise ValueError("counts needs 2**lists whole numbers, none negative, the first 0")

    @property
    def width(self) -> int:
        """How many lists there are."""
        return len(self.lists)

    @cached_property
    def array(self) -> np.ndarray:
        """The counts as floats, shape (2**t,)."""
        return np.array(self.counts, dtype=float)

    @property
    def seen(self) -> int:
        """How many people are on one list or more."""
        return sum(self.counts)

    @property
    def overlaps(self) -> int:
        """How many people are on two lists or more."""
        return self.caught(2, or_more=True)

    @property
    def digest(self) -> str:
        """A fingerprint of lists and counts, 64 hexadecimal digits: the same table is never worked out twice."""
        return hashlib.sha256(repr((self.lists, self.counts)).encode()).hexdigest()

    def caught(self, times: int, *, or_more: bool = False) -> int:
        """How many people are on exactly `times` lists, or on that many or more."""
        return sum(
            people
            for cell, people in enumerate(self.counts)
            if cell.bit_count() == times or (or_more and cell.bit_count() > times)
        )

    def sizes(self) -> dict[str, int]:
        """How many people each list holds."""
        together = at_least(self.array)
        return {name: int(together[1 << number]) for number, name in enumerate(self.lists)}


def at_least(counts: np.ndarray) -> np.ndarray:
    """People on at least the lists of each mask: sums over supersets along the last axis, shape unchanged."""
    result = np.array(counts, dtype=float)
    cells = result.shape[-1]
    for bit in (1 << i for i in range(cells.bit_length() - 1)):
        without = np.flatnonzero((np.arange(cells) & bit) == 0)
        result[..., without] += result[..., without | bit]
    return result


@lru_cache(maxsize=16)
def contains(width: int) -> np.ndarray:
    """Which cells lie on all lists of which term: booleans, shape (2**t cells, 2**t terms)."""
    masks = np.arange(2**width)
    return (masks[:, None] & masks[None, :]) == masks[None, :]


def table_of(lists: Sequence[str], patterns: Mapping[tuple[bool, ...], int]) -> PatternTable:
    """Make a table from counts keyed by one flag per list; people on no list are left out."""
    counts = [0] * 2 ** len(lists)
    for flags, people in patterns.items():
        counts[sum(1 << number for number, flag in enumerate(flags) if flag)] += people
    counts[0] = 0
    return PatternTable(tuple(lists), tuple(counts))


def parse_table(rows: Iterable[Sequence[str]]) -> tuple[PatternTable, dict[str, int]]:
    """Read a table: a line of names, then one line per pattern of 0/1 columns, the last column the count.

    A column named `B<A` says that the people of that line came to list B from list A; B then did not find them by
    itself, and their place on B is taken out. Returned with the table: how many places, by such column.
    (Jones et al. 2014, on referrals between lists.)
    """
    lines = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1) if any(row)]
    if len(lines) < 2:
        raise Refused("mse.table_empty", _EMPTY)
    columns = lines[0][1][:-1]
    lists = [name for name in columns if "<" not in name]
    referred = {name: _referral(name, lists) for name in columns if "<" in name}
    if len(lists) < 2 or len(set(columns)) != len(columns) or not all(columns):
        raise Refused("mse.table_names", _NAMES)
    counts, taken = [0] * 2 ** len(lists), dict.fromkeys(referred, 0)
    for number, row in lines[1:]:
        flags, people = _read_line(number, row, columns)
        for name, (target, origin) in referred.items():
            if flags[name] and flags[target] and flags[origin]:
                flags[target] = False
                taken[name] += people
        counts[sum(1 << place for place, name in enumerate(lists) if flags[name])] += people
    counts[0] = 0
    return PatternTable(tuple(lists), tuple(counts)), taken


def keep_lists(table: PatternTable, names: Sequence[str]) -> PatternTable:
    """Keep some lists, in the order given; people known only from the others are left out."""
    places = [table.lists.index(name) for name in names]
    counts = [0] * 2 ** len(places)
    for cell, people in enumerate(table.counts):
        counts[sum(1 << new for new, old in enumerate(places) if cell >> old & 1)] += people
    counts[0] = 0
    return PatternTable(tuple(names), tuple(counts))


def merge_lists(table: PatternTable, first: str, second: str) -> PatternTable:
    """Make one list of two: on the merged list is who is on either. The new list stands last."""
    one, other = (1 << table.lists.index(name) for name in (first, second))
    rest = [name for name in table.lists if name not in (first, second)]
    counts = [0] * 2 ** (len(rest) + 1)
    for cell, people in enumerate(table.counts):
        kept = sum(1 << new for new, name in enumerate(rest) if cell >> table.lists.index(name) & 1)
        counts[kept | (bool(cell & (one | other)) << len(rest))] += people
    counts[0] = 0
    return PatternTable((*rest, f"{first}+{second}"), tuple(counts))


def seen_by(table: PatternTable, name: str) -> tuple[PatternTable, int]:
    """Take the people of one list as if they were everybody: the table of the other lists among them, and how many."""
    bit = 1 << table.lists.index(name)
    among = PatternTable(table.lists, tuple(n if cell & bit else 0 for cell, n in enumerate(table.counts)))
    return keep_lists(among, [other for other in table.lists if other != name]), sum(among.counts)


def _referral(column: str, lists: Sequence[str]) -> tuple[str, str]:
    target, _, origin = column.partition("<")
    if target not in lists or origin not in lists:
        raise Refused("mse.table_referral", _REFERRAL.filled(column=column))
    return target, origin


def _read_line(number: int, row: Sequence[str], columns: Sequence[str]) -> tuple[dict[str, bool], int]:
    if len(row) != len(columns) + 1 or any(cell not in ("0", "1") for cell in row[:-1]):
        raise Refused("mse.table_line", _LINE.filled(line=number, k=len(columns)))
    if not row[-1].isdecimal():
        raise Refused("mse.table_count", _COUNT.filled(line=number, value=row[-1]))
    return {name: cell == "1" for name, cell in zip(columns, row, strict=False)}, int(row[-1])


_EMPTY = Text(
    zh="表是空的。第一行写名单名称和“count”,以后每行写一种组合(0/1)及其人数。",
    en="The table is empty. Write the names of the lists and `count` on the first line, then one pattern of 0/1 and its"
    " number of people per line.",
)
_NAMES = Text(
    zh="第一行的名单名称要有两个以上,不能重复或留空。请检查第一行。",
    en="The first line needs the names of two lists or more, none empty and none twice. Check the first line.",
)
_REFERRAL = Text(
    zh="列“{column}”应写成“B<A”(B名单上的人由A名单转来),A、B都须是表中的名单。",
    en="Column `{column}` should read `B<A` (these people came to list B from list A), with A and B lists of the table.",
)
_LINE = Text(
    zh="第{line}行应有{k}个0或1和一个人数。请改正这一行。",
    en="Line {line} should hold {k} marks of 0 or 1 and a number of people. Correct that line.",
)
_COUNT = Text(
    zh="第{line}行的人数“{value}”不是非负整数。请改正这一行。",
    en="The number of people on line {line}, `{value}`, is not a whole number. Correct that line.",
)
_TOO_MANY = Text(
    zh="共{k}份名单,最多{most}份。请先合并相近的名单。",
    en="There are {k} lists; {most} is the most. Merge those that are alike first.",
)
