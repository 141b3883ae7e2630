"""How well those who look find: measured with people who agreed to be looked for, and told to nobody who looks.

Each known case is somebody whose true state is known to the overseer alone. k of n noticed give an exact lower bound on the
chance of noticing one (Clopper-Pearson, one-sided): all of k give .05^(1/k), 29 show 0.90, 59 show 0.95. What follows for a
bound or a coverage stands beside the plain figure as a line of its own and never replaces it: people who agree to a test
are not people whom somebody hides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.certify import per_ten_thousand
from jiandi.core.estimate.looks import LookPlan
from jiandi.core.estimate.sweep import BiasRow, SweepResult, detection_bound, were_harder_to_find
from jiandi.core.values import Text

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Detection:
    """What the known cases of one round or sweep showed; those nobody could settle count as not noticed."""

    seeded: int
    noticed: int
    unresolved: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.noticed + self.unresolved <= self.seeded or min(self.noticed, self.unresolved) < 0:
            raise ValueError(f"{self} does not add up")

    @property
    def least(self) -> float:
        """The least chance of noticing one, with 95% confidence; 0 where nothing was seeded or noticed."""
        return detection_bound(self.seeded, self.noticed, confidence=CONFIDENCE) if self.seeded else 0.0


def imperfect_bound(plan: LookPlan, look: int, false: int, detection: Detection) -> int | None:
    """The most false claims in the frame, did inspectors notice one no more often than the known cases show.

    `look` counts from 0. The looks share the plan's error (Bonferroni): the one-look bound holds at each. None where
    nothing was noticed, so that nothing follows.
    """
    if not detection.least:
        return None
    return upper_bound(
        frame_size=plan.frame_size,
        checked=plan.looks[look].checked,
        found=false,
        alpha=plan.alpha / len(plan.looks),
        detection=detection.least,
    )


def imperfect_sentence(plan: LookPlan, bound: int | None, detection: Detection) -> Text:
    """Say what the known cases showed, and the bound that follows, beside the certificate's own sentence."""
    told = _told(detection)
    if bound is None or bound >= plan.frame_size:
        follows = _NO_BOUND
    else:
        follows = _BOUND.filled(
            U=f"{per_ten_thousand(bound, plan.frame_size):,.1f}".removesuffix(".0"), D=f"{bound:,}"
        )
    return _joined(_TESTED.filled(**told), _unresolved(detection), follows, _NOT_HIDDEN)


def known_row(result: SweepResult, detection: Detection) -> BiasRow | None:
    """Return coverage, were unlisted people found no better than the known cases show; None where nothing was noticed."""
    if not detection.least:
        return None
    return BiasRow(detection.least, were_harder_to_find(result.coverage, detection.least))


def known_sentence(row: BiasRow | None, detection: Detection) -> Text:
    """Say what the known cases of a sweep showed, and what coverage would be then."""
    follows = _NO_ROW
    if row is not None:
        shares = (row.coverage.value, row.coverage.low, row.coverage.high)
        c, lo, hi = (f"{math.floor(1000 * share + 1e-9) / 10:.1f}" for share in shares)
        follows = _ROW.filled(c=c, lo=lo, hi=hi)
    return _joined(_SWEPT.filled(**_told(detection)), follows, _NOT_HIDDEN)


def _told(detection: Detection) -> dict[str, object]:
    least = f"{math.floor(1000 * detection.least + 1e-9) / 10:.1f}"  # never more than was shown
    return {"n": detection.seeded, "k": detection.noticed, "d": least, "u": detection.unresolved}


def _unresolved(detection: Detection) -> Text:
    return _OPEN.filled(u=detection.unresolved) if detection.unresolved else Text(zh="", en="")


def _joined(*parts: Text) -> Text:
    return Text(
        zh="".join(part.zh for part in parts),
        en=" ".join(part.en for part in parts if part.en),
    )


_TESTED = Text(
    zh="复核人受过检验:事先征得同意、复核人不知情的已知个案{n}例,看出不实{k}例;95%置信度下,一项不实被看出的机会不低于{d}%。",
    en="The inspectors were tested with {n} known cases, people who had agreed and of whom they were not told: {k} were"
    " noticed. With 95% confidence they notice a false claim in at least {d}% of cases.",
)
_OPEN = Text(zh="未能核实的{u}例按没有看出计。", en="{u} that could not be settled count as not noticed.")
_BOUND = Text(
    zh="若只有这样的机会,每万项至多{U}项不实(共{D}项)。此句与上面的结论并列,不替代它;两句同时成立的置信度为90%。",
    en="Were it no more than that, at most {U} per 10,000 ({D} in all) are false. This stands beside the sentence above and"
    " does not replace it; both hold together with 90% confidence.",
)
_NO_BOUND = Text(
    zh="由此得不出更窄于全部的上限。",
    en="No bound below the whole frame follows from so few known cases.",
)
_SWEPT = Text(
    zh="盲扫受过检验:抽中区域内事先征得同意、登记人不知情的已知个案{n}例,扫到{k}例;95%置信度下,扫到一人的机会不低于{d}%。",
    en="The sweep was tested with {n} known cases living in the areas drawn, people who had agreed and of whom nobody who"
    " walked was told: {k} were found. With 95% confidence it finds such a person in at least {d}% of cases.",
)
_ROW = Text(
    zh="若名册外的人也只有这样的机会被扫到,名册覆盖约{c}%(区间{lo}%至{hi}%)。",
    en="Were people on no list found no better than that, coverage would be {c}% ({lo}% to {hi}%).",
)
_NO_ROW = Text(zh="由此推不出更多。", en="Nothing further follows from it.")
_NOT_HIDDEN = Text(
    zh="同意受检的人不等于被人藏起来的人。",
    en="People who agree to a test are not people whom somebody hides.",
)
