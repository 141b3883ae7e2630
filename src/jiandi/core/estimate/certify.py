"""The certificate: how many of the claimed visits can be false, in the only words the evidence allows.

Never "100%", never "nobody is missing", never a bound for a village taken from the county's, never from a targeted
sample. Confidence is about the procedure: the plan was laid down before the draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.looks import LookPlan, evaluate_looks
from jiandi.core.estimate.samples import ProbabilitySample, Tally, require_lottery
from jiandi.core.estimate.strata import stratified_bound
from jiandi.core.values import Refused, Text


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one round of random re-visits proves; `bound` counts unresolved contacts as false.

    `bound` and `bound_if_unresolved_true` are numbers of false claims in the frame, None while a plan goes on.
    `state` is "bounded" without a plan, else the plan's state. `detection` is the inspectors' measured sensitivity.
    """

    sample: ProbabilitySample
    tally: Tally
    state: Literal["bounded", "passed", "continue", "failed"]
    bound: int | None
    bound_if_unresolved_true: int | None
    alpha: float
    look: int
    limit: float | None = None
    detection: float = 1.0

    @property
    def per_10_000(self) -> float | None:
        """The bound per 10,000 claimed visits, rounded up to one decimal, never down."""
        return None if self.bound is None else per_ten_thousand(self.bound, self.sample.frame_size)

    @property
    def per_10_000_if_unresolved_true(self) -> float | None:
        """The same, were every unresolved contact to prove true."""
        best = self.bound_if_unresolved_true
        return None if best is None else per_ten_thousand(best, self.sample.frame_size)

    @property
    def confidence_percent(self) -> float:
        """How often the procedure keeps its promise, in percent."""
        return round(100 * (1 - self.alpha), 2)


def certify_once(
    sample: ProbabilitySample, tally: Tally, *, alpha: float = 0.05, detection: float = 1.0
) -> Certificate:
    """Bound the false claims of a frame from the one and only look at a sample of a size fixed beforehand.

    Strata use the worst case over all ways the false claims could be spread. `detection` below one (from seeded
    known cases) is offered for simple lotteries only.
    """
    require_lottery(sample, tally)
    if sample.laid_down != (sample.size,):
        raise Refused("estimate.several_looks", _SEVERAL_LOOKS.filled(k=len(sample.laid_down)))
    if sample.strata and detection < 1.0:
        raise Refused("estimate.detection_with_strata", _DETECTION_WITH_STRATA)

    def bound(found: int) -> int:
        if sample.strata:
            return stratified_bound(sample.strata, found, alpha=alpha)
        return upper_bound(
            frame_size=sample.frame_size, checked=sample.size, found=found, alpha=alpha, detection=detection
        )

    worst, best = bound(tally.counted_false), bound(tally.false_claims)
    return Certificate(sample, tally, "bounded", worst, best, alpha, 1, None, detection)


def certify_plan(plan: LookPlan, sample: ProbabilitySample, totals: Sequence[Tally]) -> Certificate:
    """Bound the false claims of a frame from the looks held so far under a plan written down before the draw.

    `sample` is the draw as extended to the present look; `totals` the cumulated tally at each look held.
    """
    result = evaluate_looks(plan, sample, totals)
    return Certificate(
        sample,
        totals[-1],
        result.state,
        result.bound,
        result.bound_if_unresolved_true,
        plan.alpha,
        result.look,
        plan.limit,
    )


def certificate_sentence(certificate: Certificate) -> Text:
    """Say what the re-visits prove about the claimed visits of the roster, with the unresolved both ways."""
    tally, sample = certificate.tally, certificate.sample
    counts = _COUNTS.filled(n=sample.size, x=tally.false_claims, u=tally.unresolved, e=tally.excused)
    if certificate.bound is None:
        return _joined(counts, _GOES_ON.filled(k=certificate.look))
    values = {
        "c": _number(certificate.confidence_percent),
        "U": _number(certificate.per_10_000),
        "V": _number(certificate.per_10_000_if_unresolved_true),
        "D": f"{certificate.bound:,}",
        "N": f"{sample.frame_size:,}",
        "u": tally.unresolved,
    }
    bound = (_BOUND if tally.unresolved else _BOUND_ALL_RESOLVED).filled(**values)
    return _joined(counts, bound, _verdict(certificate))


def frame_sentence(*, frame: Text, frozen_on: date, out_of_frame: Sequence[Text] = ()) -> Text:
    """Say for whom the bound holds and name those it says nothing about."""
    holds = _FRAME.filled(day=frozen_on.isoformat())
    holds = Text(zh=holds.zh.replace("<frame>", frame.zh), en=holds.en.replace("<frame>", frame.en))
    if not out_of_frame:
        return _joined(holds, _NOTHING_OUTSIDE)
    named_zh = "、".join(group.zh for group in out_of_frame)
    named_en = ", ".join(group.en for group in out_of_frame)
    return _joined(holds, Text(zh=f"不在框内:{named_zh}。", en=f"Out of frame: {named_en}."))


def village_sentence(certificate: Certificate) -> Text:
    """Say what a village's own re-visits bound, in percent; a village never inherits the county's bound."""
    sample, tally = certificate.sample, certificate.tally
    if certificate.bound is None:
        return certificate_sentence(certificate)
    percent = _number(math.ceil(1000 * certificate.bound / sample.frame_size) / 10)
    return _VILLAGE.filled(
        n=sample.size, x=tally.counted_false, p=percent, c=_number(certificate.confidence_percent)
    )


def per_ten_thousand(bound: int, frame_size: int) -> float:
    """A number of false claims per 10,000 of the frame, rounded up to one decimal."""
    return math.ceil(100_000 * bound / frame_size) / 10


def _verdict(certificate: Certificate) -> Text:
    if certificate.limit is None:
        return Text(zh="", en="")
    sentence = _PASSED if certificate.state == "passed" else _FAILED
    return sentence.filled(L=_number(round(10_000 * certificate.limit, 1)), k=certificate.look)


def _joined(*parts: Text) -> Text:
    return Text(
        zh="".join(part.zh for part in parts),
        en=" ".join(part.en for part in parts if part.en),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}".removesuffix(".0")


_COUNTS = Text(
    zh="随机复核{n}项,查实不属实{x}项,未能核实{u}项,邻里证实外出{e}项。",
    en="{n} random re-visits: {x} false, {u} unresolved, {e} confirmed by neighbours as living there and away.",
)
_BOUND = Text(
    zh="在{c}%的置信度下,本名册{N}项所称走访中不属实的,把未能核实的{u}项都算作不属实时,每万项至多{U}项(共{D}项);"
    "若未能核实的都属实,每万项至多{V}项。",
    en="With {c}% confidence at most {U} per 10,000 of the {N} claimed visits on this roster ({D} in all) are false,"
    " counting the {u} unresolved as false; at most {V} per 10,000 if every unresolved one proves true.",
)
_BOUND_ALL_RESOLVED = Text(
    zh="在{c}%的置信度下,本名册{N}项所称走访中不属实的,每万项至多{U}项(共{D}项);没有未能核实的。",
    en="With {c}% confidence at most {U} per 10,000 of the {N} claimed visits on this roster ({D} in all) are false;"
    " none was left unresolved.",
)
_GOES_ON = Text(
    zh="第{k}轮未达到通过条件,按事先方案进入下一轮;在此之前不作任何结论。",
    en="Look {k} did not meet the plan's condition, so the plan goes on to its next look; nothing is stated before.",
)
_PASSED = Text(
    zh="按抽签前定下的方案,第{k}轮通过「每万项不超过{L}项」。",
    en="Under the plan laid down before the draw, look {k} meets the limit of {L} per 10,000.",
)
_FAILED = Text(
    zh="按抽签前定下的方案,未能证明「每万项不超过{L}项」;需整改后另开一轮并重新抽签。",
    en="Under the plan laid down before the draw, the limit of {L} per 10,000 could not be shown; put right what was"
    " found, open a new round and hold a new lottery.",
)
_FRAME = Text(
    zh="上述界限只适用于框内的人和住处:{day}冻结的<frame>。",
    en="The bound holds for everyone in the frame: <frame>, frozen on {day}.",
)
_NOTHING_OUTSIDE = Text(zh="对框外的人不作任何说明。", en="It says nothing about people outside the frame.")
_VILLAGE = Text(
    zh="本村随机复核{n}项,不属实或未核实{x}项:{c}%置信度下至多{p}%不属实。此为本村自己的界限,不沿用全县的。",
    en="{n} random re-visits in this village, {x} false or unresolved: with {c}% confidence at most {p}% are false."
    " This is the village's own bound; it does not inherit the county's.",
)
_SEVERAL_LOOKS = Text(
    zh="抽签前定下了{k}轮查看,不能按只看一次计算。请按方案计算。",
    en="{k} looks were laid down before the draw; the one-look formula does not hold for them. Use the plan's.",
)
_DETECTION_WITH_STRATA = Text(
    zh="分层抽签暂不能按检出率修正。请用全框简单抽签。",
    en="A stratified draw cannot yet be corrected for what inspectors overlook. Use a simple lottery over the frame.",
)
