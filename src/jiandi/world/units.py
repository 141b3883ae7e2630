"""How units answer a referral - each after its own fashion - and what an honest outsider finds afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any, TypedDict

import pyarrow.parquet as pq

Referral = dict[str, Any]


class Answer(TypedDict):
    """What a unit does with a referral; hours count from its dispatch."""

    accepted_after_hours: float | None
    answered_after_hours: float | None
    answer: str
    outcome_claimed: bool
    truly_done: bool


class Finding(TypedDict):
    """What an honest verifier finds."""

    refuted: list[Any]
    met_person: bool
    met_alone: bool
    own_words: str


@dataclass(frozen=True, slots=True)
class _Fashion:
    accepts: tuple[float, float]
    answers: tuple[float, float]  # in shares of the time allowed
    silent: float
    claims: float
    does: float
    phrases: tuple[str, ...]
    admits: str = ""  # what it writes when a measure did not come about; without it, it claims all the same


_FASHIONS = {
    "diligent": _Fashion(
        (1, 20),
        (0.25, 0.85),
        0.01,
        0.9,
        0.95,
        ("已上门见到本人并单独谈话,措施已落实,附记录。", "已办理,本人已确认。"),
        "已上门见到本人,但措施尚未落实,原因已写明,仍在办理。",
    ),
    "slow": _Fashion((30, 80), (1.05, 1.9), 0.08, 0.8, 0.8, ("已办理。", "因人手不足,现已补办。")),
    "idle": _Fashion((40, 120), (1.5, 3.0), 0.75, 0.3, 0.1, ("正在了解情况。",)),
    "improper": _Fashion(
        (3, 30), (0.3, 0.9), 0.05, 0.8, 0.25, ("已转村委会和家属自行处理。", "已通知家属到所签字确认无事。")
    ),
    "fake": _Fashion((0.5, 6), (0.05, 0.3), 0.02, 1.0, 0.08, ("已办结。", "经核实情况良好,已办结。")),
}


_KEPT = ("他们来过,说到做到。", "现在好多了,药也有了。", "有人单独问过我,我愿意这样。")
_BROKEN = ("没有人来过。", "只打过一个电话。", "让家里人签了字就走了。")


class Answers:
    """The units of a world, ready to be written to."""

    def __init__(self, out: Path) -> None:
        table = pq.read_table(out / "truth" / "units.parquet").to_pydict()
        self.styles: dict[str, str] = dict(zip(table["unit"], table["style"], strict=True))
        self.seed: int = json.loads((out / "truth" / "world.json").read_text())["seed"]

    def answer(self, referral: Referral) -> Answer:
        """Return what the unit does with a referral {id, unit_name, kind, sent_at, due_at}."""
        dice = self._dice(referral, "answer")
        fashion = _FASHIONS[self.styles.get(referral["unit_name"], "diligent")]
        allowed = max(4.0, _hours(referral.get("sent_at"), referral.get("due_at")))
        if dice.random() < fashion.silent:
            accepted = dice.uniform(*fashion.accepts) if dice.random() < 0.5 else None
            return Answer(
                accepted_after_hours=accepted,
                answered_after_hours=None,
                answer="",
                outcome_claimed=False,
                truly_done=False,
            )
        answered = allowed * dice.uniform(*fashion.answers)
        accepted = min(dice.uniform(*fashion.accepts), answered * 0.9)
        words, claimed, done = (
            dice.choice(fashion.phrases),
            dice.random() < fashion.claims,
            dice.random() < fashion.does,
        )
        if fashion.admits and not done:
            words, claimed = fashion.admits, False
        return Answer(
            accepted_after_hours=accepted,
            answered_after_hours=answered,
            answer=words,
            outcome_claimed=claimed,
            truly_done=done,
        )

    def reads(self, matter: Referral) -> float | None:
        """Return hours from receipt until a unit reads {id, unit_name, kind}: an alert or a report; nothing if never."""
        dice = self._dice(matter, f"read {matter['kind']}")
        fashion = _FASHIONS[self.styles.get(matter["unit_name"], "diligent")]
        return None if dice.random() < fashion.silent else dice.uniform(*fashion.accepts)

    def verify(self, referrals: Sequence[Referral]) -> Finding:
        """Return what somebody outside the units finds who goes and asks about what they say they did."""
        refuted = []
        for referral in referrals:
            truly = self.answer(referral)["truly_done"]
            if (self._dice(referral, "verify").random() < 0.97) != truly:
                refuted.append(referral["id"])
        dice = self._dice(referrals[0], "meeting")
        met = dice.random() < 0.95
        alone = met and dice.random() < 0.85
        words = dice.choice(_KEPT if not refuted else _BROKEN) if met else ""
        return Finding(refuted=refuted, met_person=met, met_alone=alone, own_words=words)

    def _dice(self, referral: Referral, purpose: str) -> Random:
        key = f"{self.seed}|{purpose}|{referral['id']}|{referral['unit_name']}".encode()
        return Random(int.from_bytes(blake2b(key, digest_size=8).digest(), "big"))


def _hours(sent: str | datetime | None, due: str | datetime | None) -> float:
    if sent is None or due is None:
        return 0.0
    start, end = (
        moment if isinstance(moment, datetime) else datetime.fromisoformat(moment) for moment in (sent, due)
    )
    return (end - start).total_seconds() / 3600
