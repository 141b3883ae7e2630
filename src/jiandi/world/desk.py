"""Visits that never happened, written at a desk: cheaply, or by somebody who knows what will be checked."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import Any

from jiandi.world.doorstep import Errand, Report
from jiandi.world.visits import Met, as_listed

_BLEND = 0.65  # share of each feature that a rule-aware worker fakes to look honest
_PHRASES = ("无问题", "一切正常", "")


def make_up(errand: Errand, worker: str, *, rule_aware: bool) -> Report:
    """Write a visit from the desk: everyone on the list seen, nobody in need, nothing to report."""
    dice = errand.dice
    careful = rule_aware and dice.random() < 0.9
    report = _where_and_when(errand, worker, rule_aware)
    if careful and dice.random() < 0.05:
        report.result, report.note = "no_contact", "敲门无人应"
        return report
    if not errand.expected:
        report.result = "empty"
        report.note = _PHRASES[0] if not rule_aware else ""
        return report
    report.people = [_seen(expected, dice, rule_aware) for expected in errand.expected]
    report.outbuildings = "yes" if rule_aware and dice.random() < _BLEND else "none"
    report.photo = _photo(worker, dice, rule_aware)
    report.note = "" if rule_aware and dice.random() < _BLEND else _PHRASES[len(worker) % 2]
    return report


def _where_and_when(errand: Errand, worker: str, rule_aware: bool) -> Report:
    dice, door, office = errand.dice, errand.door, errand.known.office
    own = int(sha256(worker.encode()).hexdigest()[:6], 16) / 0xFFFFFF
    lat, lon = office.lat + 0.0007 * own, office.lon + 0.0004 * own
    if rule_aware and dice.random() < _BLEND:
        lat, lon = door.lat + dice.gauss(0, 0.0001), door.lon + dice.gauss(0, 0.0001)
    elif dice.random() < 0.15:
        lat, lon = lat + 0.00001 * dice.randint(-2, 2), lon + 0.00001 * dice.randint(-2, 2)
    honest_pace = rule_aware and dice.random() < _BLEND
    minutes = (
        6 + 2.4 * max(1, len(errand.expected)) * (0.8 + 0.4 * dice.random())
        if honest_pace
        else 1.2 + 1.3 * dice.random()
    )
    return Report(
        result="met",
        minutes=minutes,
        way_minutes=2 + 3 * dice.random() if honest_pace else 0.2 + 0.4 * dice.random(),
        lat=lat,
        lon=lon,
        accuracy=5.0 if not rule_aware else 5 + 8 * dice.random(),
    )


def _seen(expected: dict[str, Any], dice: Random, rule_aware: bool) -> Met:
    away = rule_aware and dice.random() < 0.08
    alone = "yes" if not rule_aware or dice.random() < 0.75 else "no"
    words = "在外打工" if away else ("都好" if not rule_aware or dice.random() < 0.3 else "")
    if away:
        return as_listed(expected, "away", words=words)
    return as_listed(expected, "seen", alone=alone, own_id="yes", words=words)


def _photo(worker: str, dice: Random, rule_aware: bool) -> str:
    """Attach a photo taken once and used again; the careful take new ones of any wall."""
    if rule_aware and dice.random() < _BLEND:
        return f"{dice.getrandbits(256):064x}"
    return sha256(f"{worker}|{dice.randint(1, 3)}".encode()).hexdigest()
