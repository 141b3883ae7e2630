"""The live meter: a bound that may be read at any moment, as often as one likes, and still keeps its promise.

A plan of looks is cheaper, but it holds only at its looks. Who wants to watch re-visits as they come in needs a
confidence sequence: with 1 - alpha confidence *all* its readings hold together, so stopping when it looks good does no
harm. Prior-posterior ratio for sampling without replacement (Waudby-Smith & Ramdas 2020, "Confidence sequences for
sampling without replacement"): D false claims of N are ruled out once prior(D) / posterior(D) >= 1 / alpha. With a
beta-binomial prior the ratio is m(x) / P(X = x | N, D, n), m the beta-binomial chance of x under the prior.

The readings follow the lottery's own order. A re-visit that is still out, or unresolved, counts as false in its place:
taking those that came back first would be a sample chosen by who is easy to find.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln

from jiandi.core.estimate.bounds import largest
from jiandi.core.estimate.certify import per_ten_thousand
from jiandi.core.estimate.samples import ProbabilitySample
from jiandi.core.values import Refused, Text


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What the re-visits prove so far, read in the order of the lottery; not a certificate and no way to one.

    `bound` is the most false claims the frame can hold, the best over all `checked` readings so far (they hold
    together). `counted_false` are those false, unresolved or still out among the first `read` tickets.
    """

    sample: ProbabilitySample
    read: int
    counted_false: int
    bound: int
    alpha: float

    @property
    def per_10_000(self) -> float:
        """The bound per 10,000 claims, rounded up to one decimal."""
        return per_ten_thousand(self.bound, self.sample.frame_size)

    def text(self) -> Text:
        """The reading in words, with what it is not."""
        return _READING.filled(
            n=f"{self.read:,}",
            x=self.counted_false,
            c=f"{100 * (1 - self.alpha):g}",
            U=f"{self.per_10_000:,.1f}".removesuffix(".0"),
        )


def meter_bound(*, frame_size: int, checked: int, found: int, limit: float, alpha: float = 0.05) -> int:
    """The most false claims not ruled out by one reading: `found` false among the first `checked` tickets.

    `limit` is the share one hopes to show (0.005), laid down before the draw: it shapes the prior Beta(1, 1/limit)
    and with it how soon the meter gets there, never whether its readings hold.
    """
    if not 0 <= found <= checked <= frame_size:
        raise ValueError(f"need 0 <= found <= checked <= frame_size, got {found}, {checked}, {frame_size}")
    if checked == 0:
        return frame_size
    expected = _log_prior_chance(checked, found, limit) + math.log(alpha)
    ceiling = frame_size - (checked - found)

    def stands(false: int) -> bool:
        return _log_chance(frame_size, false, checked, found) > expected

    # The chance of exactly `found` rises up to D = found (N + 1) / n and falls after it: search the falling side only.
    peak = min(ceiling, max(found, found * (frame_size + 1) // checked))
    return largest(stands, peak, ceiling)


def read_meter(
    sample: ProbabilitySample, false_in_order: Sequence[bool], *, limit: float, alpha: float = 0.05
) -> MeterReading:
    """Read the meter after the tickets drawn so far; one value per ticket, in the lottery's order, no ticket left out.

    A value is true where the claim was false, could not be resolved, or is still out.
    """
    if not isinstance(sample, ProbabilitySample) or sample.strata:
        raise Refused("estimate.not_drawn_by_lottery", _ONE_LOTTERY)
    if len(false_in_order) != sample.size:
        raise Refused("estimate.sample_not_accounted", _IN_ORDER.filled(n=sample.size, k=len(false_in_order)))
    if not 0 < limit < 1:
        raise ValueError(f"a limit is a share between 0 and 1, got {limit}")
    found = np.cumsum(np.asarray(false_in_order, dtype=int)).tolist()
    bound = sample.frame_size
    for count, checked in _best_readings(found):
        reading = meter_bound(
            frame_size=sample.frame_size, checked=checked, found=count, limit=limit, alpha=alpha
        )
        bound = min(bound, reading)
    return MeterReading(sample, len(found), found[-1], bound, alpha)


def _best_readings(found: Sequence[int]) -> list[tuple[int, int]]:
    """For each total of false claims the last ticket with that total: readings before it cannot be lower."""
    last = {count: number for number, count in enumerate(found, start=1)}
    return list(last.items())


def _log_chance(frame_size: int, false: int, checked: int, found: int) -> float:
    """log P(X = found), X ~ Hypergeometric(N, D, n); the caller keeps `false` where that is possible."""
    rest = frame_size - false
    return _log_choose(false, found) + _log_choose(rest, checked - found) - _log_choose(frame_size, checked)


def _log_prior_chance(checked: int, found: int, limit: float) -> float:
    """log P(X = found) before anything is known: beta-binomial(n; 1, 1/limit)."""
    flat = 1.0 / limit
    return _log_choose(checked, found) + float(
        betaln(found + 1.0, checked - found + flat) - betaln(1.0, flat)
    )


def _log_choose(total: int, chosen: int) -> float:
    return float(gammaln(total + 1.0) - gammaln(chosen + 1.0) - gammaln(total - chosen + 1.0))


_READING = Text(
    zh="随时可读的仪表:按抽签次序读到第{n}项,其中不属实、未核实或未返回{x}项;{c}%置信度下每万项至多{U}项不属实。"
    "随时看、看多少次都成立;它不是凭证,也不代替事先定下的方案。",
    en="Live meter: read in the lottery's order up to ticket {n}, {x} of them false, unresolved or still out; with {c}%"
    " confidence at most {U} per 10,000 claims are false. This holds whenever and however often it is read; it is not a"
    " certificate and does not replace the plan.",
)
_ONE_LOTTERY = Text(
    zh="仪表只读一次抽签的样本;重点核查名单和分层抽签不能读。",
    en="The meter reads the sample of one simple lottery; not a targeted list, nor a draw made by strata.",
)
_IN_ORDER = Text(
    zh="样本共{n}项,给出{k}项。须按抽签次序逐项给出,未返回的也要算。",
    en="The sample has {n} tickets, {k} were given. Give every ticket in the lottery's order, those still out too.",
)
