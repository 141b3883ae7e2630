"""Each room has the same furniture, each action its permission and each permission its action."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps

from jiandi.rooms.access.roles import permissions

SOURCE = Path(__file__).parents[2] / "src" / "jiandi"
ROOMS = [
    "places",
    "access",
    "register",
    "screening",
    "checks",
    "intake",
    "cases",
    "assurance",
    "accountability",
    "bulletins",
]
ORDER = {room: depth for depth, room in enumerate(ROOMS)}
# What law and safety keep out of every model, form and export.
NEVER = re.compile(
    r"contracepti|sterili|birth_count|parity|religio|political|criminal_record|避孕|节育|结扎|上环|社会抚养费"
)


def _actions(room: str) -> dict[str, object]:
    found = {}
    for path in sorted((SOURCE / "rooms" / room).glob("actions*.py")):
        module = importlib.import_module(f"jiandi.rooms.{room}.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if getattr(function, "is_action", False) and function.__module__ == module.__name__:
                found[name] = function
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_it_says_what_the_room_is_for(room: str) -> None:
    readme = SOURCE / "rooms" / room / "README.md"

    assert readme.exists()
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("room", ROOMS)
def test_every_action_names_who_and_when(room: str) -> None:
    for name, function in _actions(room).items():
        parameters = inspect.signature(function).parameters

        assert {"by", "at"} & set(parameters) >= {"at"}, name
        assert all(p.kind == p.KEYWORD_ONLY for p in parameters.values()), name
        assert inspect.getdoc(function), name


@pytest.mark.parametrize("app", ROOMS)
def test_foreign_keys_point_downwards(app: str) -> None:
    """String foreign keys escape the import contracts, so they are walked here."""
    for model in apps.get_app_config(app).get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.concrete and target is not None and target._meta.app_label in ORDER:
                assert ORDER[target._meta.app_label] <= ORDER[app], f"{model.__name__}.{field.name}"


def test_no_model_can_hold_what_must_never_be_held() -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            assert not NEVER.search(field.name), f"{model.__name__}.{field.name}"


def test_every_permission_names_roles() -> None:
    assert all(permission.roles for permission in permissions().values())
