from __future__ import annotations

from pathlib import Path

import pytest

from tests import people


@pytest.fixture
def county(db: None, settings: object, tmp_path: Path) -> None:
    """The story county, with its own folder for keys, sealed files and caches."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    people.build_county()
