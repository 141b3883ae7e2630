"""One spelling for one name: full-width, spaces, dots, traditional and variant characters taken away.

Characters are converted one by one, never by phrase, so that a character always becomes the same character
wherever it stands and equal names stay equal.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib import resources

from opencc import OpenCC

_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|〔[^〔〕]*〕")
# What stands behind a name in its cell: a second name after a mark, or an earlier or other name after the word for it.
_BEHIND = re.compile(r"[ ,]*(曾用名|曾用|原名|又名|别名|小名|乳名|化名|俗名).*$|(?<=[^/、;|]{2})[/、;|].*$")
_UNREADABLE = frozenset("?*×■□●○◆")
NO_NAME = frozenset(
    [
        "无",
        "没有",
        "不详",
        "不祥",
        "未知",
        "不明",
        "姓名不详",
        "无名",
        "无名氏",
        "暂无",
        "待查",
        "待补",
        "空",
        "NULL",
        "NONE",
        "NAN",
        "NA",
        "未取名",
        "未起名",
        "未命名",
        "未上户",
    ]
)
LONGEST_NAME = 60  # characters; the longest names in use (Uyghur, Tibetan, foreign) stay below 40
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "颛孙",
        "端木",
        "公西",
        "漆雕",
        "乐正",
        "壤驷",
        "公良",
        "拓跋",
        "夹谷",
        "宰父",
        "谷梁",
        "百里",
        "东郭",
        "南门",
        "呼延",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "令狐",
    ]
)


@cache
def _groups(kind: str) -> dict[str, str]:
    """Map each character of a group (variant or lookalike) to the first character of its group."""
    table = resources.files("jiandi.core.names").joinpath("variants.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(table.splitlines()) if row["kind"] == kind]
    return {char: row["characters"][0] for row in rows for char in row["characters"]}


class Letters(dict[int, str]):
    """What each character of a name becomes, for `str.translate`; filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplify = OpenCC("t2s")

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _UNREADABLE:
            kept = "?"
        elif char.isalnum() or char == "〇" or unicodedata.category(char) == "Co":
            kept = _groups("variant").get(char) or self._simplify.convert(char).upper()
            kept = _groups("variant").get(kept, kept)
        else:
            kept = ""
        self[code] = kept
        return kept


@cache
def _letters() -> Letters:
    return Letters()


def normalise(text: str | None) -> str | None:
    """Return a person's name in the one spelling used for comparing, or None where no name is given.

    Full-width letters, spaces, dots and bracketed notes go, and a second or earlier name behind the first; traditional and variant characters become the
    simplified ones of `variants.csv`; a character the sender could not write stays as "?". Characters of
    old police fonts (private use area) survive.
    """
    if text is None:
        return None
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if len(text) > 4 or not text.isalpha():
        text = _NOTE.sub("", text)
        text = _BEHIND.sub("", text) if len(text) > 4 else text
    name = text.translate(_letters())[:LONGEST_NAME]
    if not name or name in NO_NAME or not name.strip("?"):
        return None
    return name


class Shapes(dict[int, str]):
    """Which character stands for those a character is easily mistaken for, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = _groups("lookalike").get(char, char)
        return self[code]


_SHAPES = Shapes()


def shape_key(name: str) -> str:
    """Return the name with characters that are easily mistaken for one another (余/佘, 未/末) made equal."""
    return name.translate(_SHAPES)


def split_name(name: str) -> tuple[str, str]:
    """Split a normalised name into surname and given name; compound surnames (欧阳) count as one."""
    if len(name) >= 3 and name[:2] in COMPOUND_SURNAMES:
        return name[:2], name[2:]
    return name[:1], name[1:]
