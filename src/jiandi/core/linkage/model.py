"""A model as it is stored: how often true and chance pairs give each answer, known everywhere by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

MODEL_VERSION = 1
SHORT = 8  # characters of a digest that people are shown


def default_model() -> dict[str, Any]:
    """Return the shipped model: how often true and chance pairs give each answer, trained on a generated county."""
    return json.loads(
        resources.files("jiandi.core.linkage").joinpath("model.json").read_text(encoding="utf-8")
    )


def digest(model: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a model scores by, in hexadecimal; where and when it was learnt changes no weight."""
    scores = {
        "version": model["version"],
        "share": float(model.get("share", 0)),
        "answers": {
            question: {word: [float(value) for value in values] for word, values in answers.items()}
            for question, answers in model["answers"].items()
        },
    }
    return hashlib.sha256(json.dumps(scores, sort_keys=True).encode()).hexdigest()
