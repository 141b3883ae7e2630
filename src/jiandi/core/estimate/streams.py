"""Two streams of re-visits that never mix: those chosen because they look suspicious, and those the lottery drew.

The targeted set is frozen, hashed and published before the random envelope of its round is opened, and is then visited
whole: a census stratum. The lottery draws from the whole frame; what it draws inside the targeted set is set aside, and
what it draws outside is a simple lottery of the rest. So the round's false claims are bounded by the census of the one
plus the exact bound of the other. Pooling both, as if all were random, overstated 150 false claims as 657 on average;
inspectors who choose safe visits and call them random bound the truth one time in two thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.draw import Frame
from jiandi.core.estimate.samples import ProbabilitySample, TargetedSample
from jiandi.core.values import Refused, Text

#: Of all re-visits of a round at least this share is random: without it nothing can be said of the rest.
LEAST_RANDOM = 1 / 3

Answer = Literal["true", "false", "unresolved"]


@dataclass(frozen=True, slots=True)
class TargetedCount:
    """What the visits of a targeted set found, all of them: a count of these claims and of no others.

    Not a `Tally`: no certificate and no meter takes it.
    """

    targeted: TargetedSample
    counted_false: int


@dataclass(frozen=True, slots=True)
class RestCount:
    """What the lottery found outside the targeted set: `checked` of `frame_size` claims, unresolved ones as false."""

    frame_size: int
    checked: int
    counted_false: int


@dataclass(frozen=True, slots=True)
class RoundBound:
    """At most how many of a round's claims are false: `certain` found in the targeted set, `rest_bound` elsewhere."""

    frame_size: int
    targeted: int
    certain: int
    rest: RestCount
    rest_bound: int
    alpha: float

    @property
    def bound(self) -> int:
        """The most false claims in the whole frame, at the frozen moment."""
        return self.certain + self.rest_bound

    def text(self) -> Text:
        """The bound in words, its two parts apart."""
        return _BOUND.filled(
            t=f"{self.targeted:,}",
            x=f"{self.certain:,}",
            n=f"{self.rest.checked:,}",
            y=f"{self.rest.counted_false:,}",
            D=f"{self.bound:,}",
            N=f"{self.frame_size:,}",
            c=f"{100 * (1 - self.alpha):g}",
        )


def freeze_targets(frame: Frame, ids: Iterable[str], *, frozen_at: str) -> TargetedSample:
    """Write down which claims are visited because they look suspicious, before the lottery of the round is opened."""
    chosen = tuple(sorted(set(ids)))
    strange = set(chosen) - set(frame.ids)
    if strange:
        raise Refused("estimate.target_outside_frame", _OUTSIDE.filled(id=min(strange)))
    return TargetedSample(frozen_at, chosen)


def targets_root(targeted: TargetedSample) -> str:
    """The fingerprint of a targeted set, published with the frame's before anybody throws; 64 hexadecimal digits."""
    lines = "".join(f"{item}\n" for item in (targeted.frozen_at, *targeted.ids))
    return hashlib.sha256(lines.encode()).hexdigest()


def most_targets(random: int) -> int:
    """How many targeted visits a round of so many random ones may have beside them."""
    return int(random / LEAST_RANDOM) - random


def check_share(targeted: TargetedSample, random: int) -> None:
    """Refuse a round in which fewer than a third of the re-visits are random."""
    if len(targeted.ids) > most_targets(random):
        raise Refused("estimate.too_few_random", _SHARE.filled(n=random, most=most_targets(random)))


def split_streams(
    targeted: TargetedSample,
    visited: Mapping[str, Answer],
    sample: ProbabilitySample,
    drawn: Mapping[str, Answer],
) -> tuple[TargetedCount, RestCount]:
    """Count both streams apart: the targeted set whole, and what the lottery drew outside it.

    `visited` holds an answer for every targeted claim (those drawn too), `drawn` one for every ticket of the sample.
    Refuses a targeted set that was not visited whole, and a sample that is not the one described.
    """
    if not isinstance(targeted, TargetedSample) or not isinstance(sample, ProbabilitySample) or sample.strata:
        raise Refused("estimate.streams_mixed", _MIXED)
    if len(drawn) != sample.size:
        raise Refused("estimate.sample_not_accounted", _DRAWN.filled(n=sample.size, k=len(drawn)))
    inside = set(targeted.ids)
    missing = inside - visited.keys()
    if missing or visited.keys() - inside:
        raise Refused("estimate.targets_not_accounted", _CENSUS.filled(n=len(missing)))
    false = sum(answer != "true" for answer in visited.values())
    rest = {item: answer for item, answer in drawn.items() if item not in inside}
    outside = RestCount(
        sample.frame_size - len(inside), len(rest), sum(answer != "true" for answer in rest.values())
    )
    return TargetedCount(targeted, false), outside


def bound_round(targeted: TargetedCount, rest: RestCount, *, alpha: float = 0.05) -> RoundBound:
    """Bound the false claims of a round: census of the targeted set plus the exact bound of the rest.

    For one look at a sample of a size fixed beforehand; with several planned looks give `alpha` divided by how many.
    """
    if not isinstance(targeted, TargetedCount) or not isinstance(rest, RestCount):
        raise Refused("estimate.streams_mixed", _MIXED)
    most = rest.frame_size
    if rest.checked:
        most = upper_bound(
            frame_size=rest.frame_size, checked=rest.checked, found=rest.counted_false, alpha=alpha
        )
    return RoundBound(
        rest.frame_size + len(targeted.targeted.ids),
        len(targeted.targeted.ids),
        targeted.counted_false,
        rest,
        most,
        alpha,
    )


_BOUND = Text(
    zh="重点核查的{t}项全部去过,不属实或未核实{x}项;其余随机复核{n}项,不属实或未核实{y}项。{c}%置信度下,{N}项中不属实的至多{D}项。"
    "两者分开计算,重点核查的不算作随机。",
    en="All {t} targeted claims were visited, {x} false or unresolved; of the rest {n} were re-visited by lottery, {y}"
    " false or unresolved. With {c}% confidence at most {D} of {N} are false. The two are counted apart; targeted visits"
    " are never taken for random ones.",
)
_OUTSIDE = Text(
    zh="{id}不在冻结的名单里,不能列为重点。", en="{id} is not in the frozen frame and cannot be targeted."
)
_SHARE = Text(
    zh="随机复核{n}项时,重点核查至多{most}项:随机的不得少于三分之一。",
    en="Beside {n} random re-visits at most {most} may be targeted: a third or more are random.",
)
_MIXED = Text(
    zh="重点核查与随机复核不得互相代替或合并计算。",
    en="Targeted visits and random re-visits may neither stand for each other nor be pooled.",
)
_DRAWN = Text(
    zh="抽中{n}项,给出{k}项。每一项都要交代。",
    en="{n} were drawn, {k} are given. Account for every one of them.",
)
_CENSUS = Text(
    zh="重点名单还有{n}项没有结果,或多出了名单外的。名单定下后须全部去到,不增不减。",
    en="{n} of the targeted set have no answer, or others were added. Once frozen it is visited whole: none more, none"
    " less.",
)
