"""What the lotteries say of the machine's decisions: how many were looked at, how many were wrong, and between which bounds."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from jiandi.core.linkage.sampling import FEWEST, measured_error
from jiandi.rooms.register.models import LinkLottery, ReviewPair


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of decision in one lottery. `wrong` counts who cannot be told as wrong, so that nothing is flattered."""

    of: int
    drawn: int
    checked: int
    wrong: int
    unsure: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def is_enough(self) -> bool:
        """Answer whether enough were looked at for a rate to be said; all there are is always enough."""
        return self.checked >= FEWEST or 0 < self.checked == self.of

    @property
    def missing(self) -> int:
        """Return how many must still be looked at before a rate is said."""
        return max(0, min(FEWEST, self.of) - self.checked)


@dataclass(frozen=True, slots=True)
class LotteryResult:
    """A lottery and what it says of joins and of newcomers."""

    lottery: LinkLottery
    joins: Measured
    newcomers: Measured


def results(most: int = 24) -> list[LotteryResult]:
    """Return the latest lotteries with what they measured. Counts alone: nothing of any pair."""
    lotteries = list(LinkLottery.objects.select_related("drawn_by", "run").order_by("-pk")[:most])
    pairs = ReviewPair.objects.filter(lottery__in=lotteries).values_list("lottery", "is_join", "state")
    counts = {(lottery, is_join, state): n for lottery, is_join, state, n in pairs.annotate(n=Count("pk"))}
    return [
        LotteryResult(
            one,
            _measured(_by_state(counts, one, is_join=True), one.joins_of, "not_same"),
            _measured(_by_state(counts, one, is_join=False), one.new_of, "same"),
        )
        for one in lotteries
    ]


def _by_state(
    counts: dict[tuple[int, bool, str], int], lottery: LinkLottery, *, is_join: bool
) -> dict[str, int]:
    return {state: counts.get((lottery.pk, is_join, state), 0) for state in ReviewPair.State.values}


def _measured(by_state: dict[str, int], of: int, fault: str) -> Measured:
    checked = sum(by_state[name] for name in ("same", "not_same", "unsure"))
    wrong = by_state[fault] + by_state["unsure"]
    error = measured_error(checked, wrong)
    return Measured(
        of=of, drawn=sum(by_state.values()), checked=checked, wrong=wrong, unsure=by_state["unsure"],
        value=error["value"], low=error["low"], high=error["high"],
    )  # fmt: skip
