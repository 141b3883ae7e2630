"""Rounds played by somebody who wants a certificate whatever the truth, against the public functions alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from jiandi.core.estimate.certify import Certificate, certify_once, certify_plan
from jiandi.core.estimate.draw import Frame, draw_ids, freeze_frame, seed_commitment, simple_sample
from jiandi.core.estimate.looks import LookPlan, design_looks
from jiandi.core.estimate.meter import read_meter
from jiandi.core.estimate.samples import Tally, TargetedSample
from jiandi.core.values import Refused


@dataclass(frozen=True)
class Played:
    """What came of one round: passed by the rules, by a trick, or by the meter read after every look."""

    passed: bool
    tricks_tried: int
    tricks_passed: tuple[str, ...]
    meter_passed: bool


@dataclass(frozen=True)
class Setting:
    """A frame of claims and the plan laid down for it; one claim more is false than the plan may certify."""

    frame: Frame
    plan: LookPlan
    laxer: LookPlan

    @classmethod
    def of(cls, size: int, limit: float) -> Setting:
        frame = freeze_frame([f"E{n:05d}" for n in range(size)])
        plan, laxer = (design_looks(frame_size=size, limit=share) for share in (limit, min(0.5, 3 * limit)))
        return cls(frame, plan, laxer)


def play(setting: Setting, dice: random.Random) -> Played:
    """Draw, re-visit, and at every look try every trick before going by the rules."""
    frame, plan = setting.frame, setting.plan
    false = set(dice.sample(frame.ids, plan.allowed + 1))
    seed = f"{dice.getrandbits(128):032x}"
    drawn = draw_ids(frame, seed, plan.looks[-1].checked)
    told = [item in false for item in drawn]
    sizes = [look.checked for look in plan.looks]
    totals: list[Tally] = []
    tried, tricks, metered = 0, [], False
    for size in sizes:
        found = sum(told[:size])
        totals.append(Tally(found, size - found))
        sample = simple_sample("D1", frame, seed_commitment(seed), size, laid_down=sizes)
        metered |= read_meter(sample, told[:size], limit=plan.limit).bound <= plan.allowed
        for name, trick in _tricks(setting, sample, totals, told, dice):
            tried += 1
            if _certifies(trick):
                tricks.append(name)
        if (made := certify_plan(plan, sample, totals)).state != "continue":
            return Played(made.state == "passed", tried, tuple(tricks), metered)
    raise AssertionError("a plan ends with its last look")


def _certifies(trick: Callable[[], Certificate]) -> bool:
    """Whether a trick ends in any certificate at all; refusals and impossible values do not."""
    try:
        return trick().bound is not None
    except (Refused, ValueError):
        return False


def _tricks(setting, sample, totals, told, dice) -> Iterator[tuple[str, Callable[[], Certificate]]]:  # type: ignore[no-untyped-def]
    frame, plan = setting.frame, setting.plan
    now = totals[-1]
    more = dice.randrange(1, len(frame.ids))
    sizes = list(sample.laid_down)
    clean = Tally(0, now.true_claims)
    yield "not drawn", lambda: certify_once(TargetedSample("2026-11-03", frame.ids), now)
    yield "unfrozen", lambda: certify_plan(plan, replace(sample, frame_root=""), totals)
    yield "no commitment", lambda: certify_plan(plan, replace(sample, seed_commitment="x"), totals)
    yield "one look's formula", lambda: certify_once(sample, now)
    yield "another plan", lambda: certify_plan(setting.laxer, sample, totals)
    yield "another frame", lambda: certify_plan(plan, replace(sample, frame_size=plan.frame_size + 1), totals)
    if now.false_claims:
        yield "false ones left out", lambda: certify_plan(plan, sample, [*totals[:-1], clean])
    if len(totals) > 1:
        yield "looks forgotten", lambda: certify_plan(plan, sample, totals[1:])
    if more not in sizes:
        peeked = Tally(sum(told[:more]), min(more, len(told)) - sum(told[:more]))
        yield "peeked", lambda: certify_plan(plan, replace(sample, size=more), [*totals, peeked])
        yield (
            "own sizes",
            lambda: certify_plan(plan, replace(sample, size=more, laid_down=(more,)), [*totals, peeked]),
        )
    if now.counted_false <= plan.looks[len(totals) - 1].accept and len(totals) < len(sizes):
        further = simple_sample("D1", frame, sample.seed_commitment, sizes[len(totals)], laid_down=sizes)
        again = Tally(now.false_claims, further.size - now.false_claims)
        yield "on after passing", lambda: certify_plan(plan, further, [*totals, again])
