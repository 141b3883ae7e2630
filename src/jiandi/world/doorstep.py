"""What happens at a door: who opens, who is met, who is seen alone, what is noticed, what is missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from jiandi.world.memory import Door, Known, Soul
from jiandi.world.visits import Met, as_listed

_AWAY_WORDS = ("在外打工", "去地里了", "上学去了", "走亲戚", "赶集去了")
_KIN_WORDS = ("家里人说在屋里睡觉", "家里人说回娘家了", "家里人不让进里屋")
_WORDS = ("都好", "没什么困难", "谢谢你们来", "腿有点疼", "孩子寒假回来", "")
_NOTES = ("", "", "", "院里有狗", "路不好走", "下次带老花镜")
_HARDEST = 0.5  # less visible than this counts among the hardest to find


@dataclass(slots=True)
class Errand:
    """One task with what is truly behind the door."""

    task: dict[str, Any]
    known: Known
    dice: Random
    rates: dict[str, float]
    round: int

    @property
    def code(self) -> str:
        """Return the door's code; empty when the list names somebody and no door."""
        return self.task.get("dwelling_code") or ""

    @property
    def door(self) -> Door:
        """Return the door's place on the grid."""
        return self.known.doors.get(self.code, self.known.office)

    @property
    def living(self) -> list[Soul]:
        """Return those who truly live there now; without a door, whoever the village knows by the listed names."""
        if self.code:
            return self.known.living.get(self.code, [])
        named = [soul for one in self.expected for soul in self.known.by_name.get(one.get("name") or "", ())]
        return [soul for soul in dict.fromkeys(named) if not soul.died and not soul.away]

    @property
    def expected(self) -> list[dict[str, Any]]:
        """Return those the list names."""
        return self.task.get("expected") or []

    def pairs(self) -> tuple[list[tuple[dict[str, Any], Soul | None]], list[Soul]]:
        """Return each expected person with the true one meant, and those living here whom the list does not name."""
        free = list(self.living)
        others = [soul for soul in self.known.registered.get(self.code, []) if soul not in free]
        found: list[tuple[dict[str, Any], Soul | None]] = []
        for expected in self.expected:
            soul = _take(free, expected) or _take(others, expected)
            found.append((expected, soul))
        return found, ([soul for soul in free if not self._is_known(soul)] if self.code else [])

    def _is_known(self, soul: Soul) -> bool:
        """Answer whether a re-visit, which asks about one person, need not report this other one of the door."""
        known = self.task.get("also_known") or ()
        return soul.name in known or (bool(soul.known_as) and soul.known_as in known)


@dataclass(slots=True)
class Report:
    """What a worker writes down, true or not."""

    result: str
    minutes: float
    way_minutes: float
    lat: float
    lon: float
    accuracy: float
    outbuildings: str = "none"
    photo: str = ""
    note: str = ""
    people: list[Met] = field(default_factory=list)


def _take(free: list[Soul], expected: dict[str, Any]) -> Soul | None:
    """Take out of a list the true person that an entry of a worker's list means, if there is one."""
    best, best_score = None, 1.9
    for soul in free:
        score = _likeness(soul, expected)
        if score > best_score:
            best, best_score = soul, score
    if best is not None:
        free.remove(best)
    return best


def _likeness(soul: Soul, expected: dict[str, Any]) -> float:
    name = expected.get("name") or ""
    year = expected.get("birth_year") or 0
    score = 0.0
    if name and name in (soul.name, soul.known_as):
        score += 3.0
    elif name:
        score += 0.8 * (name[:1] == soul.name[:1]) + 0.7 * (name[-1:] == soul.name[-1:])
    if year:
        score += max(0.0, 1.5 - 0.4 * abs(int(year) - soul.birth_year))
    return score + (0.5 if expected.get("sex") == soul.sex else -0.5)


def call(errand: Errand, *, inspector: bool = False) -> Report:
    """Call as an honest worker does; an inspector comes back at other hours until the tries are used up."""
    dice, rates = errand.dice, errand.rates
    report = _begin(errand, 4.5, 2.7)
    if dice.random() < rates["refusal"]:
        report.result, report.minutes = "refused", 2.5 + 2 * dice.random()
        return report
    pairs, unlisted = errand.pairs()
    if not errand.living:
        report.people = [_told(errand, expected, soul) for expected, soul in pairs]
        report.result = "moved" if pairs else "empty"
        return report
    opens = rates["at_home"] if errand.round == 1 else 0.93
    # A worker's call-back is a task of its own; an inspector's three tries are laid down before the look.
    if all(dice.random() > opens for _ in range(3 if inspector else 1)):
        report.result, report.minutes = "no_contact", 2.0 + 2 * dice.random()
        report.note = dice.choice(("敲门无人应", "门锁着", "邻居说赶集去了"))
        return report
    for expected, soul in pairs:
        here = soul is not None and soul in errand.living
        report.people.append(
            _see(errand, expected, soul, inspector) if soul and here else _told(errand, expected, soul)
        )
    for soul in unlisted:
        if dice.random() < _found(soul, rates, inspector):
            report.people.append(_meet(errand, "", soul))
    _finish(errand, report)
    return report


def _begin(errand: Errand, base: float, each: float) -> Report:
    dice, door = errand.dice, errand.door
    people = max(1, len(errand.expected))
    return Report(
        result="met",
        minutes=max(2.0, base + each * people * (0.6 + 0.8 * dice.random()) + 3 * dice.random()),
        way_minutes=1.5 + 4.5 * dice.random(),
        lat=door.lat + dice.gauss(0, 0.00006),
        lon=door.lon + dice.gauss(0, 0.00006),
        accuracy=4 + 14 * dice.random(),
    )


def _finish(errand: Errand, report: Report) -> None:
    dice = errand.dice
    if not any(met.present == "seen" for met in report.people):
        report.result, report.note = "no_contact", "有人应门但没有见到人"
    report.outbuildings = "yes" if dice.random() < 0.82 else "none"
    report.photo = f"{dice.getrandbits(256):064x}" if dice.random() < 0.6 else ""
    report.note = report.note or dice.choice(_NOTES)


def _found(soul: Soul, rates: dict[str, float], inspector: bool) -> float:
    """Return the chance that somebody not on the list is found behind this door."""
    if inspector:
        return rates["inspector_finds_hardest"] if soul.visibility < _HARDEST else rates["inspector_finds"]
    return rates["finds_unlisted"] * soul.visibility


def _see(errand: Errand, expected: dict[str, Any], soul: Soul, inspector: bool) -> Met:
    """Meet somebody the list names and who lives here - or be told they are out."""
    dice, rates = errand.dice, errand.rates
    if inspector:
        chance = rates["inspector_finds_hardest"] if soul.visibility < _HARDEST else rates["inspector_finds"]
    else:
        chance = soul.visibility * (0.84 if errand.round == 1 else 0.92)
    if dice.random() < chance:
        return _meet(errand, expected["code"], soul)
    words = dice.choice(_KIN_WORDS if soul.visibility < 1 else _AWAY_WORDS)
    return as_listed(expected, "away", words=words)


def _meet(errand: Errand, code: str, soul: Soul) -> Met:
    dice, rates = errand.dice, errand.rates
    alone = dice.random() < (rates["sees_alone"] if not soul.restraint else 0.3)
    danger = "none"
    if soul.restraint and dice.random() < rates["notices_restraint"]:
        danger = soul.restraint
    own_id = "no" if soul.hidden and dice.random() < 0.9 else ("yes" if dice.random() < 0.93 else "unknown")
    need = soul.need if soul.need and dice.random() < (0.95 if alone else 0.6) else ""
    return Met(
        code,
        soul.name,
        str(soul.sex),
        str(soul.birth_year),
        "seen",
        "yes" if alone else "no",
        own_id,
        danger,
        need,
        dice.choice(_WORDS) if dice.random() < 0.5 else "",
    )


def _told(errand: Errand, expected: dict[str, Any], soul: Soul | None) -> Met:
    """Write down what neighbours and kin say of somebody who is not here."""
    dice = errand.dice
    if soul is None or dice.random() > errand.rates["away_told"]:
        present, words = ("not_here" if dice.random() < 0.8 else "unknown"), "不住这里"
    elif soul.died:
        present, words = "dead", "已去世"
    elif soul.away:
        present, words = "away", "在外打工"
    else:
        present, words = "not_here", "搬到村里别处住"
    return as_listed(expected, present, words=words)


def hurry(errand: Errand) -> Report:
    """Call as a sloppy worker does: at the gate, one person speaks for all, sheds stay shut, some doors are skipped."""
    dice = errand.dice
    report = _begin(errand, 2.5, 0.5)
    if dice.random() < 0.15:
        report.result, report.minutes = "no_contact", 1.0 + dice.random()
        report.lat, report.lon = errand.known.office.lat, errand.known.office.lon
        return report
    pairs, unlisted = errand.pairs()
    if not errand.living:
        report.result = "empty" if not pairs else "moved"
        return report
    for n, (expected, soul) in enumerate(pairs):
        truly = soul is not None and soul in errand.living
        seen = n == 0 or dice.random() < (0.85 if truly else 0.45)
        report.people.append(as_listed(expected, "seen" if seen else "away", own_id="yes"))
        if soul is not None and truly and n == 0 and dice.random() < 0.3:
            report.people[-1].need = soul.need
    for soul in unlisted:
        if soul.visibility > 0.8 and dice.random() < 0.15:
            report.people.append(_meet(errand, "", soul))
    if not report.people:
        report.result = "no_contact"
    report.outbuildings = "no" if dice.random() < 0.7 else "yes"
    return report
