"""How two column headings are compared: by what they say, not by how they are typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BRACKETS = re.compile(r"[(\[{<【〔《].*?[)\]}>】〕》]")
_NOISE = re.compile(r"[\s\W_]+")
# Words that add nothing to a heading; what is left after a known heading must be made of these alone.
_NEUTRAL = re.compile(
    r"(必填|选填|填写|详细|信息|情况|名称|号码|公历|阳历|年月日|日期|时间|代码|本人|的|元|岁|位|人|表|栏|项|yuan|18|15|yyyymmdd|yyyy|mm|dd)"
)


@lru_cache(maxsize=8192)
def flat(header: str) -> str:
    """Return a heading without spaces, punctuation, full-width forms or capitals."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).lower()


@lru_cache(maxsize=8192)
def bare(header: str) -> str:
    """Return a heading flat and without what stands in brackets."""
    return flat(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))


def is_neutral(rest: str) -> bool:
    """Tell whether what surrounds a known heading changes its meaning (母亲 does, 必填 does not)."""
    return _NEUTRAL.sub("", rest) == ""
