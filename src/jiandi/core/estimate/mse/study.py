"""Everything list overlaps can say, side by side: each method, how far they disagree, and the tests that warn.

No method is picked as the answer. Where the gate does not pass there is no number at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
    """What a table's overlaps suggest. Without a passed gate every number is withheld and `text` says why.

    `leads` make up the envelope; `reference` (independence, pairs of lists) stand beside for comparison only.
    """

    table: PatternTable
    gate: Gate
    leads: tuple[Lead, ...]
    reference: tuple[Lead, ...]
    envelope: Envelope | None
    drops: tuple[ListDrop, ...]
    slides: tuple[Slide, ...]
    text: Text


def study_overlaps(
    table: PatternTable,
    lists: Sequence[ListInfo] = (),
    *,
    taken_out: Mapping[str, int] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Study:
    """Study the overlaps of lists by every method, or say why no number may be shown.

    `lists` says which could have caught somebody no other list knows (all, where it says nothing). `draws` resamples
    stand behind the stepwise and BIC intervals; with 0 those two are left out, and the rest takes well under a second.
    """
    used, gate = judge(table, lists, taken_out=taken_out)
    if not gate.passed:
        return Study(used, gate, (), (), None, (), (), _withheld(gate))
    chao = chao_lead(used)
    leads = [*_graph_leads(used), chao]
    if draws:
        leads += [stepwise_lead(used, draws=draws, seed=seed), bic_lead(used, draws=draws, seed=seed)]
    finite = tuple(lead for lead in leads if math.isfinite(lead.estimate))
    spread, drops = envelope(finite), drop_each(used)
    return Study(
        used,
        gate,
        finite,
        (independence_lead(used), *chapman_leads(used)),
        spread,
        drops,
        slide(used, spread),
        _sentence(used, chao, spread, drops),
    )


def _graph_leads(table: PatternTable) -> list[Lead]:
    """The graph average, for each way of merging where there are more lists than it takes."""
    return [
        replace(dga_lead(merged), note="" if merged.width == table.width else " / ".join(merged.lists))
        for merged in mergings(table, MOST_LISTS)
    ]


def _withheld(gate: Gate) -> Text:
    why = Text(zh="".join(r.zh for r in gate.reasons), en=" ".join(r.en for r in gate.reasons))
    return Text(
        zh=f"不作估计。{why.zh}名单太少或重合太少时,任何数字都会误导。{INVISIBLE.zh}",
        en=f"No estimate. {why.en} With so little any number would mislead. {INVISIBLE.en}",
    )


def _sentence(table: PatternTable, chao: Lead, spread: Envelope, drops: Sequence[ListDrop]) -> Text:
    def more(people: float) -> str:
        return f"{max(0, math.floor(people) - table.seen):,}" if math.isfinite(people) else "∞"

    values = {"d": more(chao.estimate), "least": more(spread.least), "most": more(spread.most)}
    values |= {"low": more(spread.low), "high": more(spread.high)}
    lead = (_LEAD_OPEN if spread.open_ended else _LEAD).filled(**values)
    missed = sum(not drop.is_covered for drop in drops)
    test = _TESTED.filled(k=len(drops), m=missed) if drops else _UNTESTED
    parts = (lead, NOT_A_CERTIFICATE, test, INVISIBLE)
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
_TESTED = Text(
    zh="藏起本县名单逐份推算,{k}份中有{m}份没有推中。",
    en="Hiding the county's own lists in turn and predicting them missed {m} of {k}.",
)
_UNTESTED = Text(
    zh="名单之间相识太少,无法藏起一份来检验。",
    en="The lists know too few of each other's people to test this by hiding one.",
)
