"""Why somebody stands outside a wall, in words both readers have; what an officer wrote themselves stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from jiandi.core.checks.say import WHY
from jiandi.core.values import Text

TIE = "tie"
WHYS: Mapping[str, Text] = {
    **WHY,
    "village_committee": Text(zh="所在村", en="the village it is about"),
    "township": Text(zh="所在乡镇", en="the township it is about"),
    "named": Text(zh="记录中写明", en="named in the records"),
    "reported": Text(zh="线索反映的单位", en="the report is about this unit"),
    "implicated": Text(zh="疑点涉及", en="implicated by the question"),
    TIE: Text(zh="已申报关系", en="declared a tie"),
}
"""Every reason the system itself gives. A wall's entry keeps the word on the left."""


def tied(words: str) -> str:
    """Return the reason kept for a declared tie, with the officer's own words for it."""
    return f"{TIE}: {words}"


def why(kept: str) -> Text:
    """Return a kept reason in both languages."""
    code, colon, words = kept.partition(": ")
    said = WHYS.get(code)
    if said is None:
        return Text(zh=kept, en=kept)
    return Text(zh=f"{said.zh}:{words}", en=f"{said.en}: {words}") if colon else said
