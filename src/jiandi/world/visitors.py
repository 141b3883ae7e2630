"""Send the field workers out: honest ones, sloppy ones, some who never leave the desk and some who know the rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq

from jiandi.world import desk, doorstep
from jiandi.world.calendar import CAMPAIGN_FROM, day
from jiandi.world.doorstep import Errand
from jiandi.world.memory import Memory
from jiandi.world.visits import Submission

Task = dict[str, Any]
SECOND_ROUND = day(2026, 11, 17)
RECHECKS = day(2026, 11, 21)
_LAST = {1: day(2026, 11, 19), 2: day(2026, 11, 20), 0: day(2026, 11, 22)}
_MORNING, _EVENING = 8.5 * 60, 18.25 * 60


class Replay:
    """Plays the field workers of a world; the same tasks in the same order give the same bytes."""

    def __init__(self, out: Path) -> None:
        settings = json.loads((out / "truth" / "world.json").read_text())
        self.seed: int = settings["seed"]
        self.rates: dict[str, float] = settings["visitors"]
        styles = pq.read_table(out / "truth" / "visitors.parquet").to_pydict()
        self.styles: dict[str, str] = dict(zip(styles["username"], styles["style"], strict=True))
        self.memory = Memory(out)
        self._clocks: dict[str, tuple[int, float]] = {}

    def visit(self, tasks: Iterable[Task]) -> Iterator[bytes]:
        """Yield one submission per task, from whoever it is assigned to, honest or not."""
        for task in tasks:
            style = self.styles.get(task["worker"], "honest")
            yield self._submit(task, style, int(task.get("round", 1)))

    def recheck(self, tasks: Iterable[Task]) -> Iterator[bytes]:
        """Yield one submission per re-visit, by honest inspectors who try more than once."""
        for task in tasks:
            yield self._submit(task, "inspector", 0)

    def _submit(self, task: Task, style: str, round_: int) -> bytes:
        dice = self._dice(task, round_)
        known = self.memory.village(str(task.get("village_code") or ""))
        errand = Errand(task, known, dice, self.rates, round_)
        if style in ("fabricating", "rule-aware"):
            report = desk.make_up(errand, task["worker"], rule_aware=style == "rule-aware")
        elif style == "sloppy":
            report = doorstep.hurry(errand)
        else:
            report = doorstep.call(errand, inspector=style == "inspector")
        on, start = self._begin(task["worker"], report.minutes + report.way_minutes, round_, dice)
        return Submission(
            task=str(task["task"]),
            dwelling=errand.code,
            worker=task["worker"],
            uuid=_uuid(dice),
            day=on,
            start=start + report.way_minutes,
            minutes=report.minutes,
            lat=report.lat,
            lon=report.lon,
            accuracy=report.accuracy,
            result=report.result,
            outbuildings=report.outbuildings,
            photo=report.photo,
            note=report.note,
            came=self._came(task, dice) if style == "inspector" else "",
            people=report.people,
        ).xml()

    def _came(self, task: Task, dice: Random) -> str:
        """Return what the home answers when an inspector asks whether somebody came in this round."""
        if dice.random() < self.rates["home_cannot_say"]:
            return "unknown"
        first = self.styles.get(str(task.get("first_worker") or ""), "honest")
        return "no" if first in ("fabricating", "rule-aware") else "yes"

    def _dice(self, task: Task, round_: int) -> Random:
        key = f"{self.seed}|{task['task']}|{task.get('dwelling_code')}|{round_}".encode()
        return Random(int.from_bytes(blake2b(key, digest_size=8).digest(), "big"))

    def _begin(self, worker: str, minutes: float, round_: int, dice: Random) -> tuple[int, float]:
        """Return day and minute at which the worker sets out, and move the worker's clock on."""
        first = {1: CAMPAIGN_FROM, 0: RECHECKS}.get(round_, SECOND_ROUND)
        on, now = self._clocks.get(worker, (first, _MORNING + 40 * dice.random()))
        if on < first:
            on, now = first, _MORNING + 40 * dice.random()
        if now + minutes > _EVENING:
            on, now = on + 1, _MORNING + 40 * dice.random()
        if on > _LAST.get(round_, _LAST[2]):
            on = first
        self._clocks[worker] = (on, now + minutes)
        return on, now


def _uuid(dice: Random) -> str:
    text = f"{dice.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
