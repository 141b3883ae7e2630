"""The house keeps its rooms small enough to read: habits 2, 4, 13 and 14 of the style page, held by counting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "jiandi"
FILES = sorted(
    path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "tests" not in path.parts
)
FORBIDDEN_FILES = {
    "utils.py",
    "helpers.py",
    "common.py",
    "misc.py",
    "signals.py",
    "mixins.py",
    "services.py",
    "managers.py",
}
FORBIDDEN_ENDINGS = ("Manager", "Service", "Helper", "Mixin")
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
    "save",
}


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_it_keeps_files_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_it_keeps_functions_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        f"{f.name} ({f.end_lineno - f.lineno + 1})"
        for f in _functions(tree)
        if f.end_lineno - f.lineno + 1 > 50
    ]

    assert not long


def test_nine_functions_in_ten_fit_thirty_lines() -> None:
    lengths = [
        f.end_lineno - f.lineno + 1
        for path in FILES
        for f in _functions(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert sum(length <= 30 for length in lengths) >= 0.9 * len(lengths)


def test_it_has_no_room_for_odds_and_ends() -> None:
    assert not [_name(path) for path in FILES if path.name in FORBIDDEN_FILES]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_it_names_classes_after_things(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        c.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef) and c.name.endswith(FORBIDDEN_ENDINGS)
    ]

    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_it_overrides_no_save_and_listens_to_no_signal(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]

    assert not [
        c.name for c in classes for f in c.body if isinstance(f, ast.FunctionDef) and f.name == "save"
    ]
    assert "django.dispatch" not in path.read_text(encoding="utf-8")


READERS = ("views", "queries", "policies", "forms", "api", "states", "urls")


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.stem.split("_")[0] in READERS and "rooms" in p.parts], ids=_name
)
def test_only_actions_write(path: Path) -> None:
    """Views, queries and policies read; a call such as `.objects.create(` there is a write nobody recorded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    writes = [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and "objects" in ast.unparse(node.func.value)
    ]

    assert not writes
