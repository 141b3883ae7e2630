"""Read the world's parameters from a file, and name the key that is wrong."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("parameters.toml")
HARSH = Path(__file__).with_name("parameters-harsh.toml")
Section = dict[str, Any]


class WrongParameter(ValueError):
    """A parameter file holds a key nobody reads, or a value that makes no sense."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters, by section; see parameters.toml for what each means."""

    population: Section
    coverage: Section
    errors: Section
    care: Section
    layouts: Section
    hidden: Section
    visibility: Section
    harm: Section
    visitors: Section
    units: Section

    def error(self, name: str, kind: str) -> float:
        """Return the rate of one error in one kind of roster."""
        return min(0.9, self.errors[name] * self.errors["scale"] * self.care.get(kind, 1.0))


def _guess(key: str, known: Section) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(sorted(known))}"


def _overlay(base: Section, own: Section, where: str, file: Path) -> Section:
    """Lay a file's own values over the base, refusing keys the base does not have."""
    merged = dict(base)
    for key, value in own.items():
        name = f"{where}.{key}" if where else key
        if key not in base:
            raise WrongParameter(f"{file.name}: unknown key {name!r}{_guess(key, base)}")
        if isinstance(base[key], dict) and isinstance(value, dict):
            merged[key] = _overlay(base[key], value, name, file)
        elif isinstance(base[key], dict) or not isinstance(value, int | float) or value < 0:
            raise WrongParameter(f"{file.name}: {name!r} must be a number of at least 0, not {value!r}")
        else:
            merged[key] = value
    return merged


def load(file: Path | None = None) -> Parameters:
    """Return the parameters of a file laid over the ones that ship with the world."""
    base = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    if file is None or file.resolve() == DEFAULT:
        return Parameters(**base)
    own = tomllib.loads(file.read_text(encoding="utf-8"))
    below = own.pop("extends", "parameters.toml")
    if below != "parameters.toml":
        raise WrongParameter(f"{file.name}: 'extends' can only be \"parameters.toml\", not {below!r}")
    return Parameters(**_overlay(base, own, "", file))
