"""How a name sounds: one reading per character, so that the key of a character never depends on its neighbours."""

from __future__ import annotations

from functools import cache

from pypinyin import lazy_pinyin

# Readings that differ when the character is a surname (现代汉语词典); used for search and display, never for keys.
_SURNAME_READINGS = {
    "单": "shan", "解": "xie", "曾": "zeng", "仇": "qiu", "查": "zha", "朴": "piao", "区": "ou", "乐": "yue", "盖": "ge",
    "任": "ren", "华": "hua", "燕": "yan", "纪": "ji", "葛": "ge", "缪": "miao", "翟": "zhai", "冼": "xian", "召": "shao",
    "折": "she", "员": "yun", "黑": "he", "繁": "po", "覃": "qin", "种": "chong", "秘": "bi", "那": "na", "晁": "chao",
    "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "澹台": "tantai", "宓": "mi", "阚": "kan", "车": "che", "钭": "tou",
}  # fmt: skip
READ_AS_SURNAMES = frozenset(surname[0] for surname in _SURNAME_READINGS)


@cache
def reading(char: str) -> str:
    """Return the one reading of a character without tone; what is no Chinese character reads as itself."""
    return str(lazy_pinyin(char)[0]).lower()


class Sounds(dict[int, str]):
    """What each character sounds like, a space behind, for `str.translate` on a text of many names; lines stay lines."""

    def __missing__(self, code: int) -> str:
        self[code] = "\n" if code == ord("\n") else reading(chr(code)) + " "
        return self[code]


def pinyin_key(name: str) -> str:
    """Return the sound of a name, syllables parted by spaces; equal for homophones (杨建国, 扬健国)."""
    return " ".join(map(reading, name))


def initials(name: str) -> str:
    """Return the first letters of a name's syllables (王建国: wjg)."""
    return "".join(reading(char)[:1] for char in name)


def surname_reading(name: str) -> str:
    """Return the name's sound with the surname read as surnames are read (曾: zeng, 单: shan)."""
    for length in (2, 1):
        spoken = _SURNAME_READINGS.get(name[:length])
        if spoken and len(name) >= length:
            return " ".join([spoken, *map(reading, name[length:])])
    return pinyin_key(name)
