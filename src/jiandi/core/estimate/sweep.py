"""Roster-free sweeps: what share of the people who live here is on any list, measured without the lists.

Areas that should cover all land and dwellings are drawn by lottery and walked door by door by outsiders who see no roster;
only then is what they found compared with the register, and what does not match is asked again in the field. Coverage
is a ratio estimate over the areas swept. People missing from the register (omissions) and entries of nobody who lives
there (erroneous listings) are kept apart: their difference hides both. The premise, printed beside every result: the
sweep finds listed and unlisted people equally well. (United Nations, Post Enumeration Surveys, 2010; Wolter 1986;
Cochran 1977, chapter 6.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from jiandi.core.estimate.audits import clopper_pearson
from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.samples import ProbabilitySample
from jiandi.core.values import Refused, Text

#: Below so many areas the spread between areas cannot be told.
MIN_AREAS = 5
#: How well the sweep may find unlisted people, relative to listed ones, in the row that questions the premise.
BIAS_STEPS = (1.0, 0.8, 0.6, 0.3)


@dataclass(frozen=True, slots=True)
class SweptArea:
    """One area after linkage and field re-checks.

    `found` people living there were met or heard of by the sweep; `on_list` of them are on some list. `listed` entries
    of the register are placed in the area; of these `erroneous` do not live there (moved, dead, never existed) and
    `unresolved` could not be settled.
    """

    id: str
    found: int
    on_list: int
    listed: int = 0
    erroneous: int = 0
    unresolved: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.on_list <= self.found and 0 <= self.erroneous + self.unresolved <= self.listed):
            raise ValueError(f"the counts of area {self.id} do not add up")


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio estimated over areas, with its interval; all between 0 and 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BiasRow:
    """Coverage were unlisted people found only `relative` times as well as listed ones."""

    relative: float
    coverage: Share


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep measured; `coverage` is the share of residents on any list, `erroneous` the share of wrong entries.

    `areas_with_misses` is the exact upper bound on how many of all areas hold somebody on no list, at the same level.
    """

    sample: ProbabilitySample
    found: int
    on_list: int
    listed: int
    erroneous_found: int
    unresolved: int
    coverage: Share
    erroneous: Share | None
    erroneous_if_unresolved: Share | None
    swept_with_misses: int
    areas_with_misses: int
    bias: tuple[BiasRow, ...]
    confidence: float

    @property
    def on_no_list(self) -> int:
        """How many people the sweep found on no list: omissions, counted, not estimated."""
        return self.found - self.on_list


def sweep_result(
    sample: ProbabilitySample, areas: Sequence[SweptArea], *, confidence: float = 0.95
) -> SweepResult:
    """Estimate coverage from the areas drawn, every one of them swept; refuses areas left out or picked.

    Interval: Student's t with a - 1 degrees over areas, on the log-odds scale, variance of the ratio estimator with the
    finite correction 1 - a/A; never narrower at either end than if people, not areas, had been drawn, since areas
    without a single miss would otherwise suggest certainty.
    """
    _check(sample, areas)
    found, on_list, listed, wrong, open_ = (
        np.array([getattr(area, name) for area in areas], dtype=float)
        for name in ("found", "on_list", "listed", "erroneous", "unresolved")
    )
    if not found.sum():
        raise Refused("estimate.sweep_empty", _NOBODY)
    left = 1 - sample.size / sample.frame_size
    coverage = ratio(on_list, found, left=left, confidence=confidence)
    missing = int((found > on_list).sum())
    most = upper_bound(frame_size=sample.frame_size, checked=sample.size, found=missing, alpha=1 - confidence)
    has_listed = bool(listed.sum())
    return SweepResult(
        sample,
        int(found.sum()),
        int(on_list.sum()),
        int(listed.sum()),
        int(wrong.sum()),
        int(open_.sum()),
        coverage,
        ratio(wrong, listed, left=left, confidence=confidence) if has_listed else None,
        ratio(wrong + open_, listed, left=left, confidence=confidence) if has_listed else None,
        missing,
        most,
        tuple(BiasRow(step, were_harder_to_find(coverage, step)) for step in BIAS_STEPS),
        confidence,
    )


def ratio(part: np.ndarray, whole: np.ndarray, *, left: float, confidence: float = 0.95) -> Share:
    """Estimate sum(part) / sum(whole) over areas drawn by lottery; `left` is the share of areas not drawn."""
    total, hits = float(whole.sum()), float(part.sum())
    share, count = hits / total, len(whole)
    as_people = clopper_pearson(round(hits), round(total), confidence=confidence)
    low, high = as_people.low, as_people.high
    if 0 < share < 1:
        off = part - share * whole
        error = math.sqrt(left * float((off**2).sum()) / (count - 1) / count) / (total / count)
        half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * error / (share * (1 - share))
        low, high = min(low, _shifted(share, -half)), max(high, _shifted(share, half))
    return Share(share, low, high)


def detection_bound(seeded: int, found: int, *, confidence: float = 0.95) -> float:
    """The least chance that the sweep finds a known case, given how many of those who consented were found.

    k of k found gives (1 - confidence)^(1/k): 29 of 29 show at least 0.90.
    """
    if not 0 <= found <= seeded or not seeded:
        raise ValueError(f"need 0 <= found <= seeded, got {found} of {seeded}")
    return float(stats.beta.ppf(1 - confidence, found, seeded - found + 1)) if found else 0.0


def sweep_sentence(result: SweepResult) -> Text:
    """Say what the sweep found, in the words the evidence allows."""
    share = result.coverage
    values = {
        "a": f"{result.sample.size:,}",
        "A": f"{result.sample.frame_size:,}",
        "k": f"{result.found:,}",
        "j": f"{result.on_no_list:,}",
        "c": _percent(share.value),
        "lo": _percent(share.low),
        "hi": _percent(share.high),
        "m": f"{result.areas_with_misses:,}",
        "s": f"{100 * result.confidence:g}",
    }
    return (_SENTENCE if result.on_no_list else _SENTENCE_NO_MISS).filled(**values)


def erroneous_sentence(result: SweepResult) -> Text:
    """Say how many entries of the register stand for nobody who lives there, apart from the omissions."""
    if result.erroneous is None or result.erroneous_if_unresolved is None:
        return _NOTHING_LISTED
    return _ERRONEOUS.filled(
        L=f"{result.listed:,}",
        e=f"{result.erroneous_found:,}",
        u=f"{result.unresolved:,}",
        p=_percent(result.erroneous.value),
        lo=_percent(result.erroneous.low),
        hi=f"{math.ceil(1000 * result.erroneous_if_unresolved.high - 1e-9) / 10:.1f}",  # a fault is never cut down
    )


def were_harder_to_find(share: Share, relative: float) -> Share:
    """Coverage if each unlisted person found stands for 1 / relative of them."""

    def less(value: float) -> float:
        return value / (value + (1 - value) / relative) if value else 0.0

    return Share(less(share.value), less(share.low), less(share.high))


def _shifted(share: float, by: float) -> float:
    return 1 / (1 + math.exp(-(math.log(share / (1 - share)) + by)))


def _percent(value: float) -> str:
    """A share in percent, cut down so that it never reads more than it is."""
    return f"{math.floor(1000 * value + 1e-9) / 10:.1f}"


def _check(sample: ProbabilitySample, areas: Sequence[SweptArea]) -> None:
    if not isinstance(sample, ProbabilitySample) or sample.strata:
        raise Refused("estimate.not_drawn_by_lottery", _PICKED)
    if len({area.id for area in areas}) != len(areas) or len(areas) != sample.size:
        raise Refused("estimate.sample_not_accounted", _LEFT_OUT.filled(n=sample.size, k=len(areas)))
    if sample.size < MIN_AREAS:
        raise Refused("estimate.few_areas", _FEW.filled(least=MIN_AREAS, a=sample.size))


_SENTENCE = Text(
    zh="{A}片区域中抽签盲扫{a}片:登记常住{k}人(见到本人或听邻里说到),其中{j}人不在任何名册上;名册覆盖约{c}%({s}%区间 {lo}%至{hi}%)。"
    "{s}%置信度下,照此盲扫能扫出漏登的区域至多{m}片。前提:在册者与不在册者同样容易扫到。",
    en="Blind sweep of {a} of {A} areas: {k} residents found (met, or named by neighbours), {j} on no list; coverage {c}%"
    " ({s}% interval {lo}% to {hi}%). With {s}% confidence a sweep like this would find somebody on no list in at most"
    " {m} areas. Assumes the sweep finds listed and unlisted people equally well.",
)
_SENTENCE_NO_MISS = Text(
    zh="{A}片区域中抽签盲扫{a}片:登记常住{k}人(见到本人或听邻里说到),其中0人不在任何名册上;名册覆盖不低于{lo}%({s}%区间下端),"
    "这不等于没有漏登。{s}%置信度下,照此盲扫能扫出漏登的区域至多{m}片。前提:在册者与不在册者同样容易扫到。",
    en="Blind sweep of {a} of {A} areas: {k} residents found (met, or named by neighbours), 0 on no list; coverage at least"
    " {lo}% (lower end of the {s}% interval); this does not show that the lists are complete. With {s}% confidence a sweep"
    " like this would find somebody on no list in at most {m} areas. Assumes the sweep finds listed and unlisted people"
    " equally well.",
)
_ERRONEOUS = Text(
    zh="错登另计:这些区域在册{L}人中,{e}人不住在此处,{u}人未能核实;错登{p}%(区间 {lo}%至{hi}%,未核实者算作错登)。",
    en="Erroneous listings, kept apart: of {L} people listed in these areas {e} do not live there and {u} could not be"
    " settled; {p}% erroneous (interval {lo}% to {hi}%, counting the unsettled as erroneous at its upper end).",
)
_NOTHING_LISTED = Text(
    zh="这些区域没有在册的人,错登无从计算。",
    en="Nobody is listed in these areas, so no erroneous listing can be counted.",
)
_PICKED = Text(
    zh="只有抽签得到的区域才能推算全部;挑选的区域不能。",
    en="Only areas drawn by lottery speak for the rest; picked ones do not.",
)
_LEFT_OUT = Text(
    zh="抽中{n}片区域,只有{k}片有结果。抽中的每一片都要扫完,不得换片或略去。",
    en="{n} areas were drawn but {k} have results. Every area drawn is swept; none may be replaced or left out.",
)
_FEW = Text(
    zh="抽中{a}片区域太少,至少{least}片才能看出片与片的差别。",
    en="{a} areas are too few; at least {least} are needed to see how areas differ.",
)
_NOBODY = Text(
    zh="盲扫没有找到任何人,无从计算覆盖。", en="The sweep found nobody, so no coverage can be stated."
)
