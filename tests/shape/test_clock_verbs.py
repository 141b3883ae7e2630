"""A clock that waits for an event nobody records never starts, or never stops: every verb named is one an action writes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from jiandi.core.clocks import CLOCKS
from jiandi.core.clocks.model import CLOCK_EXTENDED, CLOCK_PAUSED, CLOCK_RESUMED
from jiandi.rooms.access.verbs import ROOMS, verb_name

SRC = Path(__file__).parents[2] / "src" / "jiandi" / "rooms"
RECORDING = {"record", "record_batch", "_record"}
# What anybody without an account does is named like the rest, but asks no permission.
VERB = re.compile(r"^[a-z_]+\.[a-z_]+$")


def recorded(room: str) -> set[str]:
    """Every verb a room's actions write: given to `record`, to the room's own `_record`, or looked up for one of them."""
    found: set[str] = set()
    for path in (SRC / room).glob("*.py"):
        if not (path.name.startswith("actions") or path.name in {"recording.py", "setting_up.py"}):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in RECORDING:
                words = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                found |= {word if "." in word else f"{room}.{word}" for word in words[:1]}
            if isinstance(node, ast.Dict):  # which verb a result is recorded under
                values = [
                    v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str)
                ]
                found |= {value for value in values if VERB.match(value) and value.startswith(f"{room}.")}
    return found


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def own(verbs: set[str]) -> set[str]:
    """Those that begin with a room's name: ours, not the world's."""
    return {verb for verb in verbs if verb.split(".")[0] in ROOMS}


def every_recorded_verb() -> set[str]:
    return {verb for room in ROOMS for verb in recorded(room)}


def test_it_finds_what_is_recorded():
    assert {
        "cases.open_case",
        "cases.make_plan",
        "checks.acknowledge",
        "intake.take_report",
        "cases.settle_case",
    } <= (every_recorded_verb())


def test_no_clock_waits_for_what_no_action_records():
    named = {verb for clock in CLOCKS.values() for verb in (*clock.starts, *clock.stops)}

    assert own(named) - every_recorded_verb() == set()


def test_the_worlds_moments_and_the_clocks_own_events_take_no_rooms_name():
    assert own({CLOCK_PAUSED, CLOCK_RESUMED, CLOCK_EXTENDED}) == set()


def test_no_promise_counts_what_no_action_records():
    counted: set[str] = set()
    for path in (SRC / "accountability").glob("promises*.py"):
        counted |= set(re.findall(r'events\.get\("([^"]+)"', path.read_text(encoding="utf-8")))

    assert counted and counted - every_recorded_verb() == set()


def test_every_recorded_verb_has_a_name_in_both_languages():
    unnamed = {verb for verb in every_recorded_verb() if verb_name(verb).zh == verb}

    assert unnamed == set()
