"""What a certificate may be made from: a sample drawn by lottery, and what its re-visits found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jiandi.core.values import Refused, Text

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of a frame that was drawn from separately: how many items it holds, how many were drawn."""

    name: str
    frame_size: int
    size: int


@dataclass(frozen=True, slots=True)
class ProbabilitySample:
    """A sample drawn by verifiable lottery from a frozen frame: the only thing a certificate is made from.

    `frame_root` is the hash of the frozen frame, `seed_commitment` the hash of the seed, both published at the draw
    and both 64 hexadecimal digits. `laid_down` are the sizes at which it may be looked at, written down before the
    draw: `size` is one of them, so a sample of "a few more" cannot be described. `strata` is empty for a simple
    random sample.
    """

    draw_id: str
    frame_root: str
    seed_commitment: str
    frame_size: int
    size: int
    laid_down: tuple[int, ...]
    strata: tuple[Stratum, ...] = ()

    def __post_init__(self) -> None:
        hashes_hold = _SHA256_HEX.fullmatch(self.frame_root) and _SHA256_HEX.fullmatch(self.seed_commitment)
        if not (self.draw_id and hashes_hold):
            raise Refused("estimate.unverifiable_draw", _UNVERIFIABLE)
        if not 0 < self.size <= self.frame_size:
            raise Refused("estimate.impossible_sample_size", _SIZE.filled(n=self.size, N=self.frame_size))
        if self.size not in self.laid_down or list(self.laid_down) != sorted(set(self.laid_down)):
            raise Refused("estimate.size_not_laid_down", _NOT_LAID_DOWN.filled(n=self.size))
        drawn, held = sum(s.size for s in self.strata), sum(s.frame_size for s in self.strata)
        if self.strata and (drawn, held) != (self.size, self.frame_size):
            raise Refused("estimate.strata_do_not_add_up", _STRATA)


@dataclass(frozen=True, slots=True)
class TargetedSample:
    """Visits chosen because they look suspicious, frozen before the lottery: leads to act on, never a rate."""

    frozen_at: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the re-visits of one sample found so far, totals over all looks.

    `true_claims` were confirmed; `excused` are "lives here, away", confirmed by a neighbour after the call-backs
    laid down before the look; `unresolved` could not be contacted and count as false until they are resolved.
    """

    false_claims: int
    true_claims: int
    unresolved: int = 0
    excused: int = 0

    def __post_init__(self) -> None:
        if min(self.false_claims, self.true_claims, self.unresolved, self.excused) < 0:
            raise Refused("estimate.negative_count", _NEGATIVE)

    @property
    def checked(self) -> int:
        """How many items of the sample are accounted for, the unresolved among them."""
        return self.false_claims + self.true_claims + self.unresolved + self.excused

    @property
    def counted_false(self) -> int:
        """How many count as false while contacts stay unresolved: never replaced by an easier neighbour."""
        return self.false_claims + self.unresolved


def require_lottery(sample: ProbabilitySample, tally: Tally) -> None:
    """Refuse anything but a fully accounted sample drawn by lottery, also where types are not checked."""
    if not isinstance(sample, ProbabilitySample):
        raise Refused("estimate.not_drawn_by_lottery", _NOT_A_LOTTERY)
    if tally.checked != sample.size:
        raise Refused("estimate.sample_not_accounted", _UNACCOUNTED.filled(n=sample.size, done=tally.checked))


_UNVERIFIABLE = Text(
    zh="抽签缺少编号、抽样框指纹或种子承诺,无法复核,不能出具凭证。请从已冻结的抽样框重新抽签。",
    en="The draw lacks its number, the frame's hash or the seed's commitment, so nobody could check it and no"
    " certificate can be issued. Draw again from a frozen frame.",
)
_SIZE = Text(
    zh="从{N}项中抽{n}项不可能。请把样本量定在1与{N}之间。",
    en="{n} cannot be drawn from {N}. Choose a sample size between 1 and {N}.",
)
_NOT_LAID_DOWN = Text(
    zh="抽签前没有定下要查看{n}项,不得提前查看,也不得多查再看。",
    en="A look at {n} was not laid down before the draw: neither look early nor check a few more and look again.",
)
_STRATA = Text(
    zh="各层之和与总样本或抽样框不符。请按抽签记录核对每层的数目。",
    en="The strata do not add up to the sample or to the frame. Compare each stratum with the record of the draw.",
)
_NEGATIVE = Text(
    zh="复核数目不能为负。请核对录入。", en="A count of re-visits cannot be negative. Check the entry."
)
_NOT_A_LOTTERY = Text(
    zh="只有抽签得到的样本才能出具凭证;重点核查名单不能代表全部。",
    en="Only a sample drawn by lottery can carry a certificate; a targeted list cannot speak for the rest.",
)
_UNACCOUNTED = Text(
    zh="样本共{n}项,只交代了{done}项。未联系上的请记为「未核实」,不得换户或略去。",
    en="The sample has {n} items but only {done} are accounted for. Enter those not reached as unresolved; they may"
    " not be replaced or left out.",
)
