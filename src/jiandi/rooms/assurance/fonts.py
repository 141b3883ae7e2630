"""A font with Chinese characters for what is printed as PDF: the one the setting names, else the first known one found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

# Where systems keep fonts, and what those with Chinese characters are called there (fonts-wqy-microhei, fonts-noto-cjk,
# Source Han, WenQuanYi, AR PL, Windows, macOS). Small ones first: a file of 100 MB takes longer to read.
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "C:/Windows/Fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
)
NAMES = (
    "wqy-microhei*", "wqy-zenhei*", "NotoSansSC*", "NotoSansCJK-Regular*", "NotoSansCJK*", "NotoSerifCJK*", "SourceHanSans*",
    "SourceHanSerif*", "LXGWWenKai*", "Deng.ttf", "msyh.tt*", "simhei.ttf", "simsun.ttc", "PingFang.ttc", "Hiragino Sans GB*",
    "STHeiti*", "Songti.ttc", "uming*", "ukai*",
)  # fmt: skip
_ENDINGS = {".ttf", ".ttc", ".otf", ".otc"}


def chinese_font() -> Path | None:
    """Return a font file with Chinese characters, None where there is none."""
    named = getattr(settings, "FONT", "")
    if named:
        path = Path(named).expanduser()
        return path if path.is_file() and path.suffix.lower() in _ENDINGS else None
    there = list(_font_files())
    for pattern in NAMES:
        for path in there:
            if path.match(pattern):
                return path
    return None


def _font_files() -> Iterator[Path]:
    for folder in FOLDERS:
        root = Path(folder).expanduser()
        if root.is_dir():
            yield from sorted(path for path in root.rglob("*") if path.suffix.lower() in _ENDINGS)
