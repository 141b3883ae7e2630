"""What commands print is words: no figure, state or kind goes out under the name of its column."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

from jiandi.commands import casework, mainjob
from jiandi.commands.county import _rule_line
from jiandi.commands.stages import STAGES
from jiandi.commands.wording import FIGURES, RULE_STATES, counted, figures_line
from jiandi.core.checks.shapes import State
from jiandi.rooms.accountability.finding import KINDS
from jiandi.rooms.checks import packs

# Printed apart, at the end of the screen.
NOT_ON_THE_LINE = {"log_root"}


def returned_by_stages() -> set[str]:
    """Every key a stage's function writes into what it returns."""
    works = {stage.work.__name__ for stage in STAGES}
    found = set()
    for module in (mainjob, casework):
        for function in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name in works:
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
                        found |= {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
    return found


def test_every_figure_of_a_stage_has_a_name_in_both_languages():
    assert returned_by_stages() - NOT_ON_THE_LINE <= set(FIGURES)
    assert {"seen", "unlisted_found", "listed"} <= set(FIGURES)  # the visits' stage adds these up itself


def test_every_state_of_a_rule_has_a_name():
    assert set(RULE_STATES) == set(get_args(State))


@pytest.mark.parametrize(
    ("language", "line"),
    [("zh", "走访 7,733  本人见到 16,417"), ("en", "visits 7,733  seen in person 16,417")],
)
def test_a_stages_line_is_words_and_numbers(language, line):
    assert figures_line({"visits": 7733, "seen": 16417, "log_root": "9f"}, language) == line


def test_kinds_are_counted_by_name():
    assert counted({"no_action": 3, "fake": 1}, KINDS, "zh") == "不作为 3  假作为 1"
    assert counted({}, KINDS, "en") == "—"


def test_a_rules_line_says_what_became_of_it():
    ran = {"rule": "R1", "state": "ran", "count": 12, "zh": "", "en": ""}
    idle = {"rule": "R27", "state": "not_run", "count": 0, "zh": "没有名册", "en": "no roster"}

    shelf = packs.shelf()

    assert _rule_line(ran, shelf, "en").endswith(": 12") and "ran" not in _rule_line(ran, shelf, "zh")
    assert "not_run" not in _rule_line(idle, shelf, "en") and "未运行" in _rule_line(idle, shelf, "zh")
