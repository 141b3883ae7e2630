"""The oldest leads: Chao's lower bound from people seen once and twice, and Chapman's estimate from two lists.

Where people differ in how visible they are both are too low. (Chao 1987; Chapman 1951; Seber 1970.)
"""

from __future__ import annotations

import math
from itertools import combinations

from jiandi.core.estimate.mse.lead import NORMAL_95, Lead
from jiandi.core.estimate.mse.tables import PatternTable, at_least


def chao_lead(table: PatternTable) -> Lead:
    """Chao's lower bound for a table of lists."""
    return chao_lower_bound(table.seen, table.caught(1), table.caught(2), lists=table.width)


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
    spread = math.exp(NORMAL_95 * math.sqrt(math.log(1 + variance / unseen**2)))
    return Lead("chao", seen + unseen, seen + unseen / spread, seen + unseen * spread, seen)


def chapman_estimate(first: int, second: int, both: int, *, names: str = "") -> Lead:
    """Chapman's estimate from two lists: (n1+1)(n2+1)/(m+1) - 1, Seber's variance, interval not below those seen."""
    seen = first + second - both
    estimate = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    reach = NORMAL_95 * math.sqrt(variance)
    return Lead(
        f"chapman {names}".strip(), estimate, max(float(seen), estimate - reach), estimate + reach, seen
    )


def chapman_leads(table: PatternTable) -> tuple[Lead, ...]:
    """Chapman's estimate for each two lists that share anybody."""
    together, found = at_least(table.array), []
    for one, other in combinations(range(table.width), 2):
        both = int(together[1 << one | 1 << other])
        if both:
            names = f"{table.lists[one]} x {table.lists[other]}"
            found.append(
                chapman_estimate(int(together[1 << one]), int(together[1 << other]), both, names=names)
            )
    return tuple(found)
