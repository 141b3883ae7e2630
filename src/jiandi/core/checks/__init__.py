"""Checks: contradictions across a county's records that point to harm. Each finding is a question, never a verdict."""

from jiandi.core.checks.engine import run, run_after
from jiandi.core.checks.evaluation import Evaluation, evaluate
from jiandi.core.checks.rules.danger import Said, danger_now
from jiandi.core.checks.shapes import Finding, Implicated, Rule, RuleRun, RunReport
from jiandi.core.checks.table import RULES, rule

__all__ = [
    "RULES",
    "Evaluation",
    "Finding",
    "Implicated",
    "Rule",
    "RuleRun",
    "RunReport",
    "Said",
    "danger_now",
    "evaluate",
    "rule",
    "run",
    "run_after",
]
