"""Neutral names for cases: invented words that say nothing about the person and share no character with their name."""

from __future__ import annotations

from collections.abc import Container

from jiandi.rooms.access import dice

FIRST = [
    ("青", "Green"), ("远", "Far"), ("晴", "Clear"), ("石", "Stone"), ("雨", "Rain"), ("松", "Pine"), ("长", "Long"),
    ("静", "Quiet"), ("早", "Early"), ("北", "North"), ("南", "South"), ("东", "East"), ("西", "West"), ("云", "Cloud"),
    ("暖", "Warm"), ("高", "High"), ("明", "Bright"), ("宽", "Wide"), ("新", "New"), ("蓝", "Blue"), ("小", "Little"),
    ("秋", "Autumn"), ("春", "Spring"), ("夏", "Summer"), ("冬", "Winter"), ("沙", "Sand"), ("竹", "Bamboo"), ("麦", "Wheat"),
]  # fmt: skip
SECOND = [
    ("桥", "Bridge"), ("帆", "Sail"), ("灯", "Lamp"), ("井", "Well"), ("岸", "Shore"), ("舟", "Boat"), ("坡", "Slope"),
    ("窗", "Window"), ("径", "Path"), ("泉", "Spring"), ("田", "Field"), ("巷", "Lane"), ("塔", "Tower"), ("亭", "Pavilion"),
    ("笛", "Flute"), ("伞", "Umbrella"), ("港", "Harbour"), ("圃", "Garden"), ("禾", "Grain"), ("鸢", "Kite"), ("杉", "Fir"),
    ("砚", "Inkstone"), ("茶", "Tea"), ("渡", "Ferry"), ("屏", "Screen"), ("钟", "Bell"), ("棉", "Cotton"), ("篱", "Hedge"),
]  # fmt: skip


def invent(avoid: str, taken: Container[str]) -> tuple[str, str]:
    """Return a code name in Chinese and English: no character of `avoid` in it, not one of those taken.

    When all 784 pairs are taken a number is added; a county with that many cases still finds its case by number.
    """
    firsts = [pair for pair in FIRST if pair[0] not in avoid] or FIRST
    seconds = [pair for pair in SECOND if pair[0] not in avoid] or SECOND
    roll = int.from_bytes(dice.token_bytes(4), "big")
    size = len(firsts) * len(seconds)
    for step in range(size):
        first, second = divmod(
            (roll + step * 7919) % size, len(seconds)
        )  # a prime step walks the whole table
        name = firsts[first][0] + seconds[second][0]
        if name not in taken:
            return name, f"{firsts[first][1]} {seconds[second][1]}"
    number = roll % 100_000
    return f"{firsts[roll % len(firsts)][0]}{number}", f"{firsts[roll % len(firsts)][1]} {number}"
