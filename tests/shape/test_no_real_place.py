"""No real victim, and no real place of one, stands in any file of the project: not in code, tests, docs or demonstrations."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.real_places import DIGESTS, LENGTHS, digest, named_in, pieces

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".html", ".toml", ".txt", ".json", ".js", ".css", ".csv", ".yml", ".yaml", ".cfg", ""}


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return [
        path
        for name in listed.split("\0")
        if name and (path := ROOT / name).suffix in TEXT and path.is_file()
    ]


def test_no_file_names_them():
    found = {}
    for path in files():
        try:
            named = named_in([path.read_text(encoding="utf-8")])
        except UnicodeDecodeError:
            continue
        if named:
            found[str(path.relative_to(ROOT))] = len(named)  # how many, never which

    assert found == {}


@pytest.mark.parametrize("name", ["明溪县", "Mingxi", "望川市"])
def test_the_invented_county_is_not_among_them(name):
    assert named_in([name]) == []


def test_it_would_find_one_of_them():
    word = "某地"

    assert word in pieces(f"在{word}发生") and len(word) in LENGTHS
    assert named_in([f"在{word}发生"], frozenset({digest(word)})) == [word]
    assert all(len(one) == 16 for one in DIGESTS)
