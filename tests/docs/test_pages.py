"""The pages say what the code says: generated ones are fresh, words are explained, commands exist, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.apps import apps

from jiandi import cli
from tests.docs import write

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "contracts").rglob("*.md")])
READERS = [page for page in PAGES if "decisions" not in page.parts]
NEVER_SAID = ("100%", "100 %", "百分之百", "nobody missing", "no one is missing", "零遗漏", "无一遗漏")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_it_writes_no_page_that_the_code_has_left_behind() -> None:
    assert [_name(page) for page in write.stale()] == [], "run: python -m tests.docs.write"


def test_it_explains_every_noun_in_both_languages() -> None:
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = {
        match[1]: line.split("|")[2:6] for line in lines if (match := re.match(r"\| \*\*(\w+)\*\* \|", line))
    }
    models = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("jiandi.rooms.")
        for model in config.get_models()
    ]

    assert sorted(model.__name__ for model in models if model.__name__ not in rows) == []
    for model in models:
        zh, en_sentence, zh_sentence = (cell.strip() for cell in rows[model.__name__][:3])
        assert re.search("[一-龥]", zh) and re.search("[一-龥]", zh_sentence), model.__name__
        assert len(en_sentence.split()) >= 4 and not re.search("[一-龥]", en_sentence), model.__name__


def test_it_explains_no_noun_that_is_gone() -> None:
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    capital = {match[1] for line in lines if (match := re.match(r"\| \*\*([A-Z]\w+)\*\* \|", line))}

    assert (
        sorted(capital - {model.__name__ for model in apps.get_models() if "jiandi" in model.__module__})
        == []
    )


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_it_links_to_what_exists(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)

    assert [t for t in targets if "://" not in t and not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", READERS, ids=_name)
def test_it_names_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|docs|contracts|requirements|benchmarks)/[\w./-]+\.\w+)`", text)

    assert [path for path in named if "<" not in path and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_it_promises_nothing_that_cannot_be_shown(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert [words for words in NEVER_SAID if words in text.lower()] == []


@pytest.mark.parametrize("page", READERS, ids=_name)
def test_it_gives_commands_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    parser = cli.build_parser()
    for line in re.findall(r"^(?:[A-Z_]+=\S+ )*\./jiandi (.+)$", text, re.MULTILINE):
        words = shlex.split(line.split("  #")[0])
        if words[0] in ("test", "check") or words[0].isupper():
            continue
        words[0] = {"rules": "check"}.get(words[0], words[0])
        parser.parse_args([word for word in words if word != "--demo"])


def test_it_tells_both_readers_the_same() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )

    assert re.findall(r"^\./jiandi .+$", english, re.MULTILINE) == re.findall(
        r"^\./jiandi .+$", chinese, re.MULTILINE
    )
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", chinese, re.MULTILINE))
    linked = [
        re.findall(r"\]\((docs/[^)]+)\)", text.replace(".zh-CN.md", ".md")) for text in (english, chinese)
    ]
    assert linked[0] == linked[1]


def test_it_leads_each_reader_to_their_own_language() -> None:
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    english_only = [
        page
        for page in re.findall(r"\]\((docs/[^)]+)\)", chinese)
        if page.endswith(".md")
        and not page.endswith(".zh-CN.md")
        and (ROOT / page.replace(".md", ".zh-CN.md")).exists()
    ]

    assert english_only == []
