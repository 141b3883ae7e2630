"""What was left of an earlier round: each township's list of 2019, who was asked after and how."""

from __future__ import annotations

from collections.abc import Iterator

from jiandi.world.calendar import day
from jiandi.world.dice import Dice, Table
from jiandi.world.people import Entry, Person, Village

BEGAN = day(2019, 6, 3)
_HOW = Table((("入户见到本人", 0.86), ("家属代述", 0.08), ("电话联系", 0.04), ("未入户", 0.02)))
_RESULT = Table((("无异常", 0.90), ("有困难，已登记", 0.07), ("外出", 0.03)))


def screening(village: Village, dice: Dice) -> Iterator[Entry]:
    """The special groups of that year, by who they are today; a clerk of the village wrote it."""
    share = village.parameters.coverage["screening"]
    screener = f"{dice.pick('赵钱孙李周吴郑王')}{dice.pick(('主任', '干事', '会计'))}"
    for person in village.people:
        group = _group(person)
        if not group or not person.registered or person.hidden or (person.died and person.died < BEGAN):
            continue
        if "screening" not in person.skip and person.birth < BEGAN and dice.chance(share):
            how, result = dice.from_table(_HOW), dice.from_table(_RESULT)
            yield screening_entry(person, group, BEGAN + dice.whole(0, 60), how, result, screener)


def screening_entry(
    person: Person, group: str, on: int, how: str, result: str, screener: str, **more: object
) -> Entry:
    """Return one line of the list."""
    values: dict[str, object] = {
        "category": group,
        "name": person.name,
        "sex": person.sex,
        "birth": person.birth,
        "id_number": person.number,
        "address": person.home.address if person.home else "",
        "screened_on": on,
        "seen_how": how,
        "result": result,
        "screener": screener,
    }
    return Entry(values | more, {0: person})


def _group(person: Person) -> str:
    if person.illness:
        return "精神障碍患者"
    if person.disability and person.disability[1] <= 2:
        return "重度残疾人"
    return "特困人员" if person.tekun else ""
