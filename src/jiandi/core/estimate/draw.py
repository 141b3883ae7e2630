"""A lottery nobody can bend: a frozen frame, a committed seed, and a ticket for everyone in the frame.

The frame's root and the seed's commitment are published at the draw; the seed only when the re-visits of the last
look are closed. So nobody visited can compute the sample before, and everybody can check it after, with `rerun`.
Ticket of an item = SHA-256(seed | id); the smallest n tickets are drawn; later looks extend the same order.
(Rivest and Stark's "ballot lottery" style; 双随机、一公开.)
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jiandi.core.estimate import rerun
from jiandi.core.estimate.samples import ProbabilitySample, Stratum
from jiandi.core.values import Refused, Text


@dataclass(frozen=True)
class Frame:
    """Everybody a lottery can reach, frozen: sorted ids and, where villages are drawn from, the village of each.

    Ids should be tokens that mean nothing outside (a task number, a salted hash): the frame is published with them.
    """

    ids: tuple[str, ...]
    strata: tuple[str, ...] = ()

    @cached_property
    def root(self) -> str:
        """The frame's fingerprint: SHA-256 over its lines, hexadecimal."""
        return rerun.frame_root(self.lines())

    def lines(self) -> list[str]:
        """The published form of the frame: one id a line, with a tab and the stratum where there are strata."""
        if not self.strata:
            return list(self.ids)
        return [f"{item}\t{stratum}" for item, stratum in zip(self.ids, self.strata, strict=True)]

    def members(self) -> dict[str, list[str]]:
        """The ids of each stratum."""
        groups: dict[str, list[str]] = {}
        for item, stratum in zip(self.ids, self.strata, strict=True):
            groups.setdefault(stratum, []).append(item)
        return groups

    def sizes(self) -> dict[str, int]:
        """How many ids each stratum holds."""
        return {stratum: len(ids) for stratum, ids in self.members().items()}


def freeze_frame(ids: Iterable[str] | Mapping[str, str]) -> Frame:
    """Freeze who can be drawn; a mapping gives the stratum (village) of each id."""
    if isinstance(ids, Mapping):
        pairs = sorted(ids.items())
        frame = Frame(tuple(item for item, _ in pairs), tuple(stratum for _, stratum in pairs))
    else:
        frame = Frame(tuple(sorted(ids)))
    if len(set(frame.ids)) != len(frame.ids):
        raise Refused("estimate.frame_repeats", _REPEATS)
    joined = "".join(frame.ids) + "".join(set(frame.strata))
    if not frame.ids or not frame.ids[0] or any(mark in joined for mark in "\t\r\n"):
        raise Refused("estimate.frame_unreadable", _UNREADABLE)
    return frame


def seed_commitment(seed: str) -> str:
    """The hash of a seed, published at the draw while the seed itself stays sealed; 64 hexadecimal digits."""
    return rerun.commitment(seed)


def check_seed(seed: str, commitment: str) -> None:
    """Refuse a seed other than the one committed to."""
    if not hmac.compare_digest(seed_commitment(seed), commitment):
        raise Refused("estimate.other_seed", _OTHER_SEED)


def draw_ids(frame: Frame, seed: str, size: int, *, start: int = 0) -> list[str]:
    """The ids with the smallest tickets, in ticket order; `start` skips those drawn for earlier looks."""
    if not 0 <= start <= size <= len(frame.ids):
        raise Refused("estimate.draw_size", _DRAW_SIZE.filled(n=size, N=len(frame.ids)))
    return _smallest_tickets(frame.ids, seed, size)[start:]


def draw_by_stratum(frame: Frame, seed: str, sizes: Mapping[str, int]) -> dict[str, list[str]]:
    """The ids with the smallest tickets inside each stratum, in ticket order; `sizes` says how many of each."""
    members = frame.members()
    too_many = [name for name, size in sizes.items() if size > len(members.get(name, []))]
    if too_many:
        raise Refused("estimate.stratum_size", _STRATUM_SIZE.filled(name=too_many[0]))
    return {name: _smallest_tickets(members[name], seed, size) for name, size in sizes.items() if size}


def top_up(frame: Frame, seed: str, drawn: Iterable[str], floor: int) -> dict[str, list[str]]:
    """Further ids per village so that each village has at least `floor` re-visits, beside a simple lottery.

    The next tickets in the village are taken, so the village's own sample stays a lottery and carries its own bound,
    while the county's certificate uses the simple lottery alone.
    """
    already = set(drawn)
    sizes = {name: min(floor, count) for name, count in frame.sizes().items()}
    wanted = draw_by_stratum(frame, seed, sizes)
    return {name: more for name, ids in wanted.items() if (more := [i for i in ids if i not in already])}


def allocate(sizes: Mapping[str, int], total: int, *, floor: int = 0) -> dict[str, int]:
    """Share re-visits over villages in proportion to their size, at least `floor` in each (or all it has).

    Highest averages (Webster / Sainte-Laguë): a larger total never takes a re-visit from a village, so an extension
    of the draw keeps everybody already drawn.
    """
    shares = {name: min(floor, size) for name, size in sizes.items()}
    left = total - sum(shares.values())
    if left < 0 or total > sum(sizes.values()):
        raise Refused("estimate.allocation", _ALLOCATION.filled(n=total, least=sum(shares.values())))
    queue = [(-sizes[name] / (2 * shares[name] + 1), name) for name in sizes if shares[name] < sizes[name]]
    heapq.heapify(queue)
    for _ in range(left):
        _, name = heapq.heappop(queue)
        shares[name] += 1
        if shares[name] < sizes[name]:
            heapq.heappush(queue, (-sizes[name] / (2 * shares[name] + 1), name))
    return shares


def simple_sample(
    draw_id: str, frame: Frame, commitment: str, size: int, *, laid_down: Sequence[int] = ()
) -> ProbabilitySample:
    """Describe a simple lottery of `size` from the frame, for a certificate.

    `laid_down` are the sizes of all planned looks; without them `size` is the one and only look.
    """
    planned = tuple(laid_down) or (size,)
    return ProbabilitySample(draw_id, frame.root, commitment, len(frame.ids), size, planned)


def stratified_sample(
    draw_id: str, frame: Frame, commitment: str, shares: Mapping[str, int]
) -> ProbabilitySample:
    """Describe a lottery held separately in each stratum, for a certificate."""
    strata = tuple(Stratum(name, size, shares.get(name, 0)) for name, size in sorted(frame.sizes().items()))
    drawn = sum(stratum.size for stratum in strata)
    return ProbabilitySample(draw_id, frame.root, commitment, len(frame.ids), drawn, (drawn,), strata)


def stratum_sample(draw_id: str, frame: Frame, commitment: str, stratum: str, size: int) -> ProbabilitySample:
    """Describe one village's own part of a lottery, for the village's own bound."""
    return ProbabilitySample(draw_id, frame.root, commitment, frame.sizes()[stratum], size, (size,))


def rerun_script() -> str:
    """The stand-alone script (standard library only) with which anybody can repeat a draw."""
    return inspect.getsource(rerun)


def _smallest_tickets(ids: Sequence[str], seed: str, size: int) -> list[str]:
    if size == 0:
        return []
    start = hashlib.sha256(f"{seed}|".encode())
    digests = bytearray()
    for item in ids:
        ticket = start.copy()
        ticket.update(item.encode())
        digests += ticket.digest()
    heads = np.frombuffer(digests, dtype=">u8")[::4].astype(np.uint64)
    limit = np.partition(heads, size - 1)[size - 1]
    near = np.flatnonzero(heads <= limit)
    ranked = sorted(near.tolist(), key=lambda row: bytes(digests[32 * row : 32 * row + 32]))
    return [ids[row] for row in ranked[:size]]


_REPEATS = Text(
    zh="抽样框中有重复编号,每项只能有一张签。请去重后重新冻结。",
    en="The frame names an item twice; each has one ticket. Remove the repetition and freeze it again.",
)
_UNREADABLE = Text(
    zh="抽样框为空,或编号含有制表符、换行或空值。请检查编号。",
    en="The frame is empty, or an id is empty or holds a tab or a line break. Check the ids.",
)
_OTHER_SEED = Text(
    zh="种子与抽签时公布的承诺不符。请取出密封的原种子。",
    en="This is not the seed committed to at the draw. Take the sealed original.",
)
_DRAW_SIZE = Text(
    zh="无法从{N}项中抽{n}项。请检查样本量。",
    en="{n} cannot be drawn from {N}. Check the sample size.",
)
_STRATUM_SIZE = Text(
    zh="{name}没有这么多项可抽。请按该层的数目减少。",
    en="{name} does not hold that many. Lower the number to what it holds.",
)
_ALLOCATION = Text(
    zh="{n}项不够分配:各村下限共{least}项,且不得超过抽样框总数。",
    en="{n} cannot be shared out: the floors need {least}, and no more than the whole frame can be drawn.",
)
