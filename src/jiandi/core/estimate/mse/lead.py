"""What list overlaps can give: a lead. It has an interval, a method's name, and no way into a certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from jiandi.core.values import Text

#: Half the width of a normal 95% interval, in standard errors.
NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Lead:
    """One method's estimate of how many people there are in all, with its interval; `unseen` = estimate - seen.

    `level` is the interval's nominal percent. `open_ended` says that the upper end is where the reckoning was cut
    off, not where the data end. `note` names what the method was run on where that is not the table itself.
    """

    method: str
    estimate: float
    low: float
    high: float
    seen: int
    level: int = 95
    open_ended: bool = False
    note: str = ""

    @property
    def unseen(self) -> float:
        """About how many more people than were seen on the lists used."""
        return max(0.0, self.estimate - self.seen)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How far the methods disagree: lowest and highest estimate, and the outermost ends of their intervals."""

    least: float
    most: float
    low: float
    high: float
    open_ended: bool


def envelope(leads: Sequence[Lead]) -> Envelope:
    """Return how far a set of leads disagree; at least one with a finite estimate is needed.

    A lead without a finite estimate adds no number to the range, but opens its upper end.
    """
    ended = [lead for lead in leads if math.isfinite(lead.estimate)]
    estimates = [lead.estimate for lead in ended]
    endless = len(ended) < len(leads)
    return Envelope(
        min(estimates),
        max(estimates),
        min(lead.low for lead in ended),
        math.inf if endless else max(lead.high for lead in ended),
        endless or any(lead.open_ended for lead in ended),
    )


#: The sentence that stands beside every number of this kind.
INVISIBLE = Text(
    zh="任何名单都看不见的人,无法由名单推算。",
    en="People invisible to every list cannot be inferred from lists.",
)
NOT_A_CERTIFICATE = Text(zh="这只是线索,不是凭证。", en="This is a lead, not a certificate.")

METHODS: dict[str, Text] = {
    "independence": Text(zh="假定各名单互不相关", en="independent lists"),
    "stepwise": Text(zh="逐步加入名单间关联", en="stepwise"),
    "bic": Text(zh="BIC选出的对数线性模型", en="log-linear model chosen by BIC"),
    "dga": Text(zh="可分解图模型平均", en="average over decomposable graphs (dga)"),
    "chao": Text(zh="Chao下界", en="Chao's lower bound"),
    "chapman": Text(zh="Chapman两名单法", en="Chapman, two lists"),
    "doubly_robust": Text(zh="带协变量的双稳健估计", en="doubly robust with covariates"),
}
