"""Places and signs of harm in a post. What is read is where and what, never who writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jiandi.core.checks.words import signs_in
from jiandi.core.values import Text
from jiandi.rooms.places.models import Level, Place

SIGNS: dict[str, Text] = {
    "restraint": Text(zh="关锁", en="Locked or tied"),
    "identity": Text(zh="身份不明", en="Identity unknown"),
    "trafficking": Text(zh="疑似拐卖", en="Possible trafficking"),
    "violence": Text(zh="暴力", en="Violence"),
    "child": Text(zh="儿童", en="Child at risk"),
    "labour": Text(zh="劳动剥削", en="Labour exploitation"),
    "alone": Text(zh="无人照料", en="Nobody cares for them"),
}
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("restraint", re.compile(r"铁链|锁链|拴着|拴在|囚禁|关在|锁在|小黑屋")),
    (
        "identity",
        re.compile(
            r"说不清身份|身份不明|来历不明|无身份证|没有身份证|没有户口|无户籍|黑户|认不得家|不知道名字"
        ),
    ),
    ("trafficking", re.compile(r"拐卖|拐骗|被拐|买来的|买媳妇|被卖|收买")),
    ("violence", re.compile(r"家暴|殴打|毒打|虐待|打骂|遍体鳞伤")),
    ("child", re.compile(r"辍学|没上学|不去上学|弃婴|童婚|孩子的母亲在哪|孩子没人管|遗弃")),
    ("labour", re.compile(r"不给工钱|没领到工钱|是否领到工钱|强迫劳动|工棚住着|扣押身份证|不让离开")),
    ("alone", re.compile(r"无人照料|没人照顾|独自在家|没饭吃|卧床无人|没有人说话")),
)


def signs_of(text: str) -> list[str]:
    """Return the signs of harm a text speaks of; a sign is a reason to read it, nothing more."""
    found = [key for key, pattern in _WORDS if pattern.search(text)]
    if "restraint" not in found and signs_in(text):
        found.insert(0, "restraint")
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """A place named in a text."""

    id: int
    name: str


class Gazetteer:
    """The county's place names, longest first, to be found in texts."""

    def __init__(self, places: Sequence[Place]) -> None:
        again = Counter(place.name for place in places)
        self.unique = {
            place.name: place for place in places if again[place.name] == 1 and len(place.name) >= 3
        }
        self.shared = [place for place in places if again[place.name] > 1 and len(place.name) >= 3]
        self.by_id = {place.pk: place for place in places}

    @classmethod
    def of_county(cls, county: Place | None) -> Gazetteer:
        """Return the gazetteer of a county: itself, its towns and villages."""
        found = Place.objects.filter(
            county=county, level__gte=Level.COUNTY, level__lte=Level.VILLAGE, ended_on__isnull=True
        )
        return cls(list(found) if county is not None else [])

    def places_in(self, text: str) -> list[Named]:
        """Return the places a text names; a name two towns share counts only where its town is named too."""
        found = [place for name, place in self.unique.items() if name in text]
        towns = {place.pk for place in found}
        found += [place for place in self.shared if place.name in text and place.town_id in towns]
        inside = {above for place in found for above in (place.town_id, place.county_id) if above != place.pk}
        return [
            Named(place.pk, place.name)
            for place in sorted(found, key=lambda p: p.pk)
            if place.pk not in inside
        ]
