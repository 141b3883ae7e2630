"""Hiding a list and predicting it: the one test of these methods that a county can make on its own lists.

The people of list k are taken as everybody; the other lists, among them, should then predict how many they are. What is
known is the truth: the length of list k. (Binette and Steorts 2022, "On the reliability of multiple systems estimation
for the quantification of modern slavery", JRSS A 185.)
"""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.estimate.mse.chao import chao_lead
from jiandi.core.estimate.mse.dga import MOST_LISTS, dga_lead
from jiandi.core.estimate.mse.lead import Lead
from jiandi.core.estimate.mse.loglinear import INDEPENDENT, estimability, independence_lead, support_of
from jiandi.core.estimate.mse.merging import mergings
from jiandi.core.estimate.mse.tables import PatternTable, seen_by
from jiandi.core.values import Text

#: A list is tested when the others know at least so many of its people.
MIN_SEEN = 40


@dataclass(frozen=True, slots=True)
class ListDrop:
    """One list hidden: how many people it truly holds, how many of them the others know, and what was predicted."""

    name: str
    truth: int
    seen: int
    leads: tuple[Lead, ...]

    @property
    def is_covered(self) -> bool:
        """Whether the first method's interval contains the truth."""
        return self.leads[0].low <= self.truth <= self.leads[0].high

    @property
    def text(self) -> Text:
        """The test in a sentence."""
        lead = self.leads[0]
        sentence = _COVERED if self.is_covered else _MISSED
        return sentence.filled(
            name=self.name,
            said=f"{lead.estimate:,.0f}",
            low=f"{lead.low:,.0f}",
            high=f"{lead.high:,.0f}",
            truth=f"{self.truth:,}",
        )


def drop_each(table: PatternTable) -> tuple[ListDrop, ...]:
    """Hide each list in turn and predict it; lists the others hardly know, or cannot predict, are not tested."""
    found = []
    for name in table.lists:
        others, truth = seen_by(table, name)
        if others.seen < MIN_SEEN or not _is_estimable(others):
            continue
        leads = (
            dga_lead(mergings(others, MOST_LISTS)[0]),
            independence_lead(others),
            chao_lead(others),
        )
        found.append(ListDrop(name, truth, others.seen, leads))
    return tuple(found)


def _is_estimable(table: PatternTable) -> bool:
    return table.width >= 2 and estimability(table.width, INDEPENDENT, support_of(table.array)).holds


_COVERED = Text(
    zh="藏起名单“{name}”再推算它:推算{said}人[{low}至{high}],实有{truth}人,落在区间内。",
    en="We hid list {name} and predicted it: said {said} [{low}, {high}], truth {truth}, within the interval.",
)
_MISSED = Text(
    zh="藏起名单“{name}”再推算它:推算{said}人[{low}至{high}],实有{truth}人,没有推中。",
    en="We hid list {name} and predicted it: said {said} [{low}, {high}], truth {truth}, missed.",
)
