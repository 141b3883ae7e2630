"""Everything list overlaps can say, side by side: each method, how far they disagree, and the tests that warn.

No method is picked as the answer. Where the gate does not pass there is no estimate: counts, and Chao's lower bound where
one can be had, each with the warning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jiandi.core.estimate.mse.bootstrap import Progress
from jiandi.core.estimate.mse.chao import chao_lead, chapman_leads
from jiandi.core.estimate.mse.dga import MOST_LISTS, dga_lead
from jiandi.core.estimate.mse.gate import Gate, ListInfo, judge
from jiandi.core.estimate.mse.hierarchy import bic_lead
from jiandi.core.estimate.mse.lead import INVISIBLE, NOT_A_CERTIFICATE, Envelope, Lead, envelope
from jiandi.core.estimate.mse.listdrop import ListDrop, drop_each
from jiandi.core.estimate.mse.loglinear import independence_lead
from jiandi.core.estimate.mse.merging import mergings
from jiandi.core.estimate.mse.sensitivity import Slide, slide
from jiandi.core.estimate.mse.stepwise import stepwise_lead
from jiandi.core.estimate.mse.tables import PatternTable
from jiandi.core.values import Text

#: Resamples behind a stepwise or BIC interval; about a second for stepwise and half a minute for BIC at five lists.
DRAWS = 400


@dataclass(frozen=True, slots=True)
class Study:
    """What a table's overlaps suggest. Without a passed gate every estimate is withheld and `text` says why.

    `leads` make up the envelope; `reference` (independence, pairs of lists) stand beside for comparison only. `unended`
    are methods that came to no finite number. `bound` is what stands in for all of them where the gate does not pass:
    Chao's lower bound, or nothing where the counts give none.
    """

    table: PatternTable
    gate: Gate
    leads: tuple[Lead, ...]
    reference: tuple[Lead, ...]
    envelope: Envelope | None
    drops: tuple[ListDrop, ...]
    slides: tuple[Slide, ...]
    text: Text
    unended: tuple[str, ...] = ()
    bound: Lead | None = None


def study_overlaps(
    table: PatternTable,
    lists: Sequence[ListInfo] = (),
    *,
    taken_out: Mapping[str, int] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Study:
    """Study the overlaps of lists by every method, or say why no estimate may be shown.

    `lists` says which could have caught somebody no other list knows (all, where it says nothing). `draws` resamples
    stand behind the stepwise and BIC intervals; with 0 those two are left out, and the rest takes well under a second.
    `progress` is told of the resamples done, of those for both.
    """
    used, gate = judge(table, lists, taken_out=taken_out)
    if not gate.passed:
        bound = _lower_bound(used)
        return Study(used, gate, (), (), None, (), (), _withheld(gate, bound), bound=bound)
    chao = chao_lead(used)
    leads = [*_graph_leads(used), chao]
    if draws:
        leads += _resampled(used, draws, seed, progress)
    finite = tuple(lead for lead in leads if math.isfinite(lead.estimate))
    unended = tuple(lead.method for lead in leads if not math.isfinite(lead.estimate))
    spread, drops = envelope(leads), drop_each(used)
    return Study(
        used,
        gate,
        finite,
        (independence_lead(used), *chapman_leads(used)),
        spread,
        drops,
        slide(used, spread),
        _sentence(used, chao, spread, drops, unended),
        unended,
    )


def _resampled(table: PatternTable, draws: int, seed: int, progress: Progress | None) -> list[Lead]:
    """The two that choose their model again in every resample."""

    def told(before: int) -> Progress | None:
        return progress and (lambda done, of: progress(before + done, 2 * of))

    return [
        stepwise_lead(table, draws=draws, seed=seed, progress=told(0)),
        bic_lead(table, draws=draws, seed=seed, progress=told(draws)),
    ]


def _lower_bound(table: PatternTable) -> Lead | None:
    """Chao's lower bound where two lists or more share anybody and somebody is on one only; else there is none."""
    if table.width < 2 or not table.overlaps:
        return None
    lead = chao_lead(table)
    return lead if lead.unseen > 0 and math.isfinite(lead.high) else None


def _graph_leads(table: PatternTable) -> list[Lead]:
    """The graph average, for each way of merging where there are more lists than it takes."""
    return [
        replace(dga_lead(merged), note="" if merged.width == table.width else " / ".join(merged.lists))
        for merged in mergings(table, MOST_LISTS)
    ]


def _withheld(gate: Gate, bound: Lead | None) -> Text:
    why = Text(zh="".join(r.zh for r in gate.reasons), en=" ".join(r.en for r in gate.reasons))
    counts = _COUNTS.filled(n=f"{gate.seen:,}", m=f"{gate.overlaps:,}")
    least = _NO_BOUND
    if bound is not None:
        least = _BOUND.filled(
            d=_more(bound.estimate, gate.seen),
            low=_more(bound.low, gate.seen),
            high=_more(bound.high, gate.seen),
        )
    parts = (_NO_ESTIMATE, why, counts, least, INVISIBLE)
    return Text(zh="".join(part.zh for part in parts), en=" ".join(part.en for part in parts))


def _more(people: float, seen: int) -> str:
    return f"{max(0, math.floor(people) - seen):,}" if math.isfinite(people) else "∞"


def _sentence(
    table: PatternTable, chao: Lead, spread: Envelope, drops: Sequence[ListDrop], unended: Sequence[str]
) -> Text:
    def more(people: float) -> str:
        return _more(people, table.seen)

    values = {"d": more(chao.estimate), "least": more(spread.least), "most": more(spread.most)}
    values |= {"low": more(spread.low), "high": more(spread.high)}
    lead = (_LEAD_OPEN if spread.open_ended else _LEAD).filled(**values)
    missed = sum(not drop.is_covered for drop in drops)
    test = _TESTED.filled(k=len(drops), m=missed) if drops else _UNTESTED
    endless = _UNENDED.filled(k=len(unended)) if unended else Text(zh="", en="")
    parts = [part for part in (lead, endless, NOT_A_CERTIFICATE, test, INVISIBLE) if part.en]
    return Text(zh="".join(part.zh for part in parts), en=" ".join(part.en for part in parts))


_LEAD = Text(
    zh="名单重合提示,名册之外可能至少还有约{d}人(Chao下界;各算法不一:{least}至{most}人,区间合起来为{low}至{high}人)。",
    en="List overlaps suggest at least about {d} more people on no list (Chao's lower bound; methods disagree:"
    " {least} to {most}; their intervals together reach from {low} to {high}).",
)
_LEAD_OPEN = Text(
    zh="名单重合提示,名册之外可能至少还有约{d}人(Chao下界;各算法不一:{least}至{most}人,区间合起来为{low}至{high}人以上,上端不封口)。",
    en="List overlaps suggest at least about {d} more people on no list (Chao's lower bound; methods disagree:"
    " {least} to {most}; their intervals together reach from {low} to {high} and beyond: the upper end is open).",
)
_UNENDED = Text(
    zh="有{k}种算法得不出有限的数,上端因此不封口。",
    en="{k} of the methods came to no finite number, so the upper end is open.",
)
_NO_ESTIMATE = Text(zh="不作估计。", en="No estimate.")
_COUNTS = Text(zh="名单上共{n}人,两份以上{m}人。", en="On the lists: {n} people, {m} of them on two or more.")
_BOUND = Text(
    zh="只列Chao下界:名册之外至少约{d}人(区间{low}至{high}人)。名单或重合这样少,连下界也可能误导,不得引用为人数。",
    en="Chao's lower bound alone: at least about {d} more on no list ({low} to {high}). With so little even a lower"
    " bound may mislead; do not quote it as a number of people.",
)
_NO_BOUND = Text(zh="连下界也算不出。", en="Not even a lower bound can be had from them.")
_TESTED = Text(
    zh="藏起本县名单逐份推算,{k}份中有{m}份没有推中。",
    en="Hiding the county's own lists in turn and predicting them missed {m} of {k}.",
)
_UNTESTED = Text(
    zh="名单之间相识太少,无法藏起一份来检验。",
    en="The lists know too few of each other's people to test this by hiding one.",
)
