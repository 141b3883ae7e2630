"""What may be done to the tree. Each refusal is a sentence."""

from __future__ import annotations

from pathlib import Path

from jiandi.core.values import Refused, Text
from jiandi.rooms.places.models import Level, Place


def check_something_came(root: Place | None, source: Path) -> None:
    """Refuse an import that left the tree empty."""
    if root is None:
        raise Refused(
            "places.nothing_imported",
            Text(
                zh=f"{source.name}里没有可用的区划。文件夹应包含 provinces.csv、cities.csv、areas.csv、streets.csv、villages.csv。",
                en=f"{source.name} holds no division. The folder should hold provinces.csv, cities.csv, areas.csv, streets.csv, villages.csv.",
            ),
        )


def check_level(parent: Place, level: int) -> None:
    """Refuse a node that would not lie below its parent."""
    if level <= parent.level or level > Level.GRID:
        raise Refused(
            "places.level",
            Text(zh=f"新地区必须在{parent.name}之下。", en=f"A new place must lie below {parent.name}."),
        )


def check_name(parent: Place | None, name: str) -> None:
    """Refuse an empty name, or one a sibling bears."""
    if not name.strip():
        raise Refused("places.no_name", Text(zh="请写名称。", en="Give a name."))
    if Place.objects.filter(parent=parent, name=name.strip(), ended_on__isnull=True).exists():
        raise Refused(
            "places.same_name",
            Text(zh=f"同一上级下已有“{name}”。", en=f"There is already a “{name}” under the same parent."),
        )


def check_merge(place: Place, into: Place) -> None:
    """Refuse a merger with itself, with another level, or of a place that has ended."""
    if place.pk == into.pk or place.level != into.level or place.ended_on or into.ended_on:
        raise Refused(
            "places.merge",
            Text(
                zh="只能并入另一个同级、仍在使用的地区。",
                en="A place can be merged only into another, living place of its level.",
            ),
        )
