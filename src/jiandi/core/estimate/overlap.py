"""Leads from list overlaps: about how many more people may be on no list, and where to look. Never a certificate.

Chao's lower bound and Chapman's two-list estimate; where people differ in how visible they are both are too low, and
people invisible to every list cannot be inferred from lists. Nothing is shown from fewer than three lists that could
each have caught somebody no other list knows, or from fewer than 30 people on two lists or more.
(Chao 1987; Chapman 1951; Seber 1970.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

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
class Lead:
    """An estimate of how many people there are in all, with its 95% interval; `unseen` = estimate - seen."""

    method: str
    estimate: float
    low: float
    high: float
    seen: int

    @property
    def unseen(self) -> float:
        """About how many more people than were seen on the lists used."""
        return max(0.0, self.estimate - self.seen)


@dataclass(frozen=True, slots=True)
class Leads:
    """What list overlaps suggest; `chao` is None and `text` says why when it may not be shown."""

    seen: int
    qualifying_lists: int
    overlaps: int
    chao: Lead | None
    chapman: tuple[Lead, ...]
    text: Text


def suggest_leads(lists: Sequence[ListInfo], patterns: Mapping[tuple[bool, ...], int]) -> Leads:
    """Suggest from the overlaps of lists how many people may be on none, or say why nothing can be suggested.

    `patterns` counts people by which lists they are on, one flag per list, in the order of `lists`. Lists that do
    not qualify are dropped, with the people known only from them.
    """
    used = [number for number, one in enumerate(lists) if one.qualifies]
    counts: dict[tuple[bool, ...], int] = {}
    for pattern, people in patterns.items():
        kept = tuple(pattern[number] for number in used)
        if any(kept):
            counts[kept] = counts.get(kept, 0) + people
    seen = sum(counts.values())
    overlaps = sum(people for pattern, people in counts.items() if sum(pattern) >= 2)
    if len(used) < MIN_LISTS or overlaps < MIN_OVERLAPS:
        return Leads(seen, len(used), overlaps, None, (), _WITHHELD.filled(k=len(used), m=overlaps))
    by_times = [0] * (len(used) + 1)
    for pattern, people in counts.items():
        by_times[sum(pattern)] += people
    chao = chao_lower_bound(seen, by_times[1], by_times[2], lists=len(used))
    chapman = _pairs([lists[number].name for number in used], counts)
    return Leads(seen, len(used), overlaps, chao, chapman, _sentence(chao, chapman))


def chao_lower_bound(seen: int, once: int, twice: int, *, lists: int) -> Lead:
    """Chao's lower bound on how many people there are, from those on one list only and on exactly two.

    f0 = (t-1)/t * f1^2 / (2 f2), log-normal interval; the bias-corrected form when nobody is on exactly two.
    """
    share = (lists - 1) / lists
    if twice:
        ratio = once / twice
        unseen = share * once * ratio / 2
        variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    else:
        unseen = share * once * (once - 1) / 2
        estimate = seen + unseen
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        variance = max(0.0, variance - share**2 * once**4 / (4 * max(estimate, 1)))
    if unseen <= 0:
        return Lead("chao", float(seen), float(seen), float(seen), seen)
    spread = math.exp(1.959964 * math.sqrt(math.log(1 + variance / unseen**2)))
    return Lead("chao", seen + unseen, seen + unseen / spread, seen + unseen * spread, seen)


def chapman_estimate(first: int, second: int, both: int, *, names: str = "") -> Lead:
    """Chapman's estimate from two lists: (n1+1)(n2+1)/(m+1) - 1, Seber's variance, interval not below those seen."""
    seen = first + second - both
    estimate = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    reach = 1.959964 * math.sqrt(variance)
    return Lead(
        f"chapman {names}".strip(), estimate, max(float(seen), estimate - reach), estimate + reach, seen
    )


def _pairs(names: Sequence[str], counts: Mapping[tuple[bool, ...], int]) -> tuple[Lead, ...]:
    leads = []
    for one, other in combinations(range(len(names)), 2):
        first = sum(people for pattern, people in counts.items() if pattern[one])
        second = sum(people for pattern, people in counts.items() if pattern[other])
        both = sum(people for pattern, people in counts.items() if pattern[one] and pattern[other])
        if both:
            leads.append(chapman_estimate(first, second, both, names=f"{names[one]} x {names[other]}"))
    return tuple(leads)


def _sentence(chao: Lead, chapman: Sequence[Lead]) -> Text:
    totals = [chao.estimate, *(lead.estimate for lead in chapman)]
    low, high = (max(0, math.floor(edge(totals)) - chao.seen) for edge in (min, max))
    return _LEAD.filled(d=math.floor(chao.unseen), low=low, high=high)


_WITHHELD = Text(
    zh="不作估计:合格名单{k}份(至少3份),重合{m}人(至少30人)。名单太少或重合太少时,任何数字都会误导。",
    en="No estimate: {k} qualifying lists (3 needed) and {m} people on two or more (30 needed). With so little any"
    " number would mislead.",
)
_LEAD = Text(
    zh="名单重合提示,名册之外可能至少还有约{d}人(各算法不一:{low}至{high}人);这只是线索,不是证书。"
    "任何名单都看不见的人,无法由名单推算。",
    en="List overlaps suggest at least about {d} more people on no list (methods disagree: {low} to {high}); this is a"
    " lead, not a certificate. People invisible to every list cannot be inferred from lists.",
)
