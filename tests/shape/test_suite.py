"""What is tested on one database alone uses none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jiandi.commands.workshop import NO_DATABASE

ROOT = Path(__file__).parents[2]
USES_ONE = re.compile(
    r"django_db|^(?:from|import) (?:django|jiandi\.rooms|jiandi\.web|tests\.people)\b", re.MULTILINE
)


@pytest.mark.parametrize("folder", [folder for folder in NO_DATABASE if folder != "tests/shape"])
def test_a_folder_left_out_on_the_second_database_uses_none(folder):
    files = sorted((ROOT / folder).rglob("*.py"))

    assert files
    assert [
        str(file.relative_to(ROOT)) for file in files if USES_ONE.search(file.read_text(encoding="utf-8"))
    ] == []
