"""Clerks at work: the mistakes between what is true and what a roster says, column by column."""

from __future__ import annotations

from jiandi.world import confusions, identity
from jiandi.world.calendar import day, lunar_written, parts, written
from jiandi.world.dice import Dice, Table
from jiandi.world.households import phone_number
from jiandi.world.parameters import Parameters
from jiandi.world.people import Entry, Person
from jiandi.world.rosters.kinds import Column, Kind

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_FORM_STYLES = ("dots", "han", "slash", "iso")


class Clerk:
    """One kind of roster's clerk: errs at the rates of the parameters, always the same way for the same dice."""

    def __init__(self, kind: Kind, parameters: Parameters) -> None:
        self.kind = kind
        self.parameters = parameters
        errors = parameters.errors
        self.name_ways = Table(errors["name_kinds"].items())
        self.id_ways = Table(errors["id_kinds"].items())
        self.birth_ways = Table(errors["birth_kinds"].items())

    def write(self, rows: list[Entry], dice: Dice) -> list[Entry]:
        """Return the rows as the clerk writes them; a few come twice."""
        rate = self.parameters.error("duplicate", self.kind.name)
        rows = rows + [
            Entry(dict(rows[i].values), rows[i].people)
            for i in dice.hits(len(rows), rate)
            if not rows[i].harm
        ]
        for column in self.kind.columns:
            fix = getattr(self, f"_{column.type}", None)
            if fix is not None:
                fix(rows, column, dice)
        return rows

    # -- one method per type of column
    def _name(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field, role = column.field, column.role
        self._known_as(rows, column, dice)
        for i in dice.hits(len(rows), self.parameters.error("name", self.kind.name)):
            name = rows[i].values.get(field)
            if name and role in rows[i].people and not rows[i].harm:
                rows[i].values[field] = confusions.misread(dice, name, dice.from_table(self.name_ways))

    def _known_as(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        """Some people go by another name in the papers of more than one department."""
        if self.kind.name in ("hukou", "idcard", "insurance"):
            return
        for row in rows:
            person = row.people.get(column.role)
            if person is None or not person.known_as or row.harm or not dice.chance(0.4):
                continue
            if row.values.get(column.field) == person.name:
                row.values[column.field] = person.known_as

    def _id(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field = column.field
        for i in dice.hits(len(rows), self.parameters.error("id_missing", self.kind.name)):
            if not rows[i].harm:
                rows[i].values[field] = ""
        for i in dice.hits(len(rows), self.parameters.error("id_wrong", self.kind.name)):
            number = rows[i].values.get(field)
            if number and not rows[i].harm:
                way = dice.from_table(self.id_ways)
                rows[i].values[field] = wrong_number(dice, number, way, rows[i].people.get(column.role))

    def _date(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field, style = column.field, self.kind.day_style
        birthday = field == "birth" or field.endswith("_birth")
        if birthday:
            for i in dice.hits(len(rows), self.parameters.error("birth", self.kind.name)):
                value = rows[i].values.get(field)
                if value and not rows[i].harm:
                    rows[i].values[field] = wrong_day(dice, value, dice.from_table(self.birth_ways), style)
        if self.kind.form.startswith("x"):
            self._other_styles(rows, field, dice)
        for row in rows:
            values = row.values
            value = values.get(field, 0)
            if not isinstance(value, str):
                values[field] = written(value, style)

    def _other_styles(self, rows: list[Entry], field: str, dice: Dice) -> None:
        """In spreadsheets every clerk types days in a style of his own; a few cells turn into serial numbers."""
        for i in dice.hits(len(rows), self.parameters.layouts["other_day_styles"]):
            value = rows[i].values.get(field, 0)
            if isinstance(value, int) and value > 0:
                rows[i].values[field] = written(value, dice.pick(_FORM_STYLES))
        for i in dice.hits(len(rows), self.parameters.layouts["day_serials"]):
            value = rows[i].values.get(field, 0)
            if isinstance(value, int) and value > 0:
                rows[i].values[field] = "=" + str(value)

    def _sex(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field = column.field
        words = ("", "1", "2") if self.kind.name in ("idcard", "insurance") else ("", "男", "女")
        for i in dice.hits(len(rows), self.parameters.error("sex", self.kind.name)):
            if not rows[i].harm and rows[i].values.get(field):
                rows[i].values[field] = 3 - rows[i].values[field]
        for row in rows:
            values = row.values
            values[field] = words[values.get(field) or 0]

    def _phone(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field, kind = column.field, self.kind.name
        for i in dice.hits(len(rows), self.parameters.error("phone_missing", kind)):
            if not rows[i].harm:
                rows[i].values[field] = "无电话" if kind == "left_behind" else ""
        for i in dice.hits(len(rows), self.parameters.error("phone_changed", kind)):
            if rows[i].values.get(field) and not rows[i].harm:
                rows[i].values[field] = phone_number(dice)

    def _address(self, rows: list[Entry], column: Column, dice: Dice) -> None:
        field = column.field
        for i in dice.hits(len(rows), self.parameters.error("address", self.kind.name)):
            address = rows[i].values.get(field)
            if address and not rows[i].harm:
                rows[i].values[field] = variant_address(dice, address)


def wrong_number(dice: Dice, number: str, way: str, person: Person | None) -> str:
    """Return an identity number after one kind of mistake."""
    if way == "relative":
        return _relatives_number(person) or number
    if way == "fifteen":
        return identity.first_generation(number) if number[6:8] == "19" else number
    if way == "digit":
        at = dice.whole(6, 16)
        return number[:at] + str((int(number[at]) + dice.whole(1, 9)) % 10) + number[at + 1 :]
    if way == "swapped":
        at = dice.whole(6, 15)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return _typing(dice, number, way)


def _typing(dice: Dice, number: str, way: str) -> str:
    if way == "full_width":
        return number.translate(_FULL_WIDTH)
    if way == "lower_x":
        return number.lower()
    if way == "scientific":
        return f"{float(number[:17] + '0'):.5E}" if number[17] == "X" else f"{float(number):.5E}"
    return dice.pick((f" {number}", f"{number} ", f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}"))


def _relatives_number(person: Person | None) -> str:
    if person is None:
        return ""
    for kin in (person.spouse, person.mother, person.father, person.guardian):
        if kin is not None and kin is not person and kin.number:
            return kin.number
    return ""


def wrong_day(dice: Dice, value: int, way: str, style: str) -> int | str:
    """Return a birthday after one kind of mistake."""
    y, m, d = parts(value)
    if way == "lunar":
        return lunar_written(value, style)
    if way == "swapped" and d <= 12:
        return day(y, d, m)
    if way == "first_of_january":
        return day(y, 1, 1)
    if way == "year_off":
        return day(y + dice.pick((-2, -1, 1, 2)), m, min(d, 28))
    return 0


def variant_address(dice: Dice, address: str) -> str:
    """Return an address as people really write it."""
    u = dice.u()
    if u < 0.35:
        return address[address.find("县") + 1 :]
    if u < 0.6:
        return address.replace("第", "").replace("号", "")
    if u < 0.75:
        return address.split("第")[0]
    if u < 0.9:
        return address.replace("组", "组 ").replace("村", "村委会", 1)
    return address.replace("村", "", 1)
