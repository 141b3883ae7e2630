"""A small generator of villages, their people and the rosters clerks write about them; truth stays beside the rows.

Made for the linkage alone: it is not the synthetic county. Households with siblings who share a generation character,
twins, relatives' numbers, numbers issued twice, aliases, homophones, look-alikes, lunar dates, hidden people.
Everybody is invented; every number begins with the invented county 990101.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from jiandi.core.identity import solar_to_lunar, whole_number
from jiandi.core.names.pinyin import reading

REFERENCE = dt.date(2026, 11, 2)
BLOCK = 500_000  # person numbers set aside for one block
IN_BLOCK = BLOCK - 20  # the last household may make a block a few people larger than asked
VILLAGES = 200  # villages set aside for one block
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤佘俞仇单"
)
MALE = "伟强磊军勇杰涛超明刚平辉鹏飞波斌宇浩凯健俊帆建国志文华林海山春荣福贵宝生根田兵成德东峰光宏家金龙民宁庆全胜松天维新兴学永玉云振忠祥"
FEMALE = "芳娜敏静丽艳娟霞燕玲红梅桂英秀兰凤珍莲琴云荣香月花翠萍洁莉婷雪琳倩慧颖欣怡佳瑶晴雯露丹蓉菊爱巧彩春美素淑惠玉银金小晓冬青荷珊瑞"
GENERATION = "建国志文学永德家世明广庆春玉金宝长正大天中小晓永振克继绍承"
LOOKALIKE = {
    a: b
    for pair in ("余佘", "未末", "佳桂", "芳芬", "令今", "宇字", "凤风", "琳淋", "娟捐", "莹荧", "王玉")
    for a, b in (pair, pair[::-1])
}
TRADITIONAL = dict(
    zip(
        "刘陈杨黄赵吴孙马罗郑谢冯邓吕卢谭陆贾邹韦闫顾龚国华丽兰凤莲云",
        "劉陳楊黃趙吳孫馬羅鄭謝馮鄧呂盧譚陸賈鄒韋閆顧龔國華麗蘭鳳蓮雲",
        strict=True,
    )
)


@dataclass(slots=True)
class Person:
    """One invented person and what is true of them."""

    number: int
    name: str
    sex: int
    born: dt.date
    village: int
    door: str
    phone: str
    id18: str
    relatives: list[Person] = field(default_factory=list)
    hidden: bool = False
    registered: bool = True
    alias: str = ""


@dataclass(frozen=True)
class Roster:
    """How one department writes about people: who is on it and how often each thing goes wrong."""

    roster_id: int
    kind: str
    share: float
    no_id: float
    no_birth: float
    wrong: float = 1.0
    ages: tuple[int, int] = (0, 120)
    no_sex: float = 0.02


ROSTERS = (
    Roster(1, "hukou", 0.97, 0.004, 0.0, 0.25),
    Roster(2, "insurance", 0.75, 0.02, 0.05, 0.6),
    Roster(3, "school", 0.95, 0.08, 0.02, 1.0, (6, 18)),
    Roster(4, "dibao", 0.06, 0.05, 0.5, 1.2),
    Roster(5, "disability", 0.06, 0.03, 0.4, 1.0),
    Roster(6, "smd", 0.006, 0.1, 0.3, 1.3),
    Roster(7, "antenatal", 0.12, 0.25, 0.2, 1.5, (18, 45)),
    Roster(8, "clinic", 0.12, 0.42, 0.6, 1.5),
    Roster(9, "left_behind", 0.03, 1.0, 1.0, 1.0, (0, 120)),
)


class Dice(random.Random):
    """Seeded dice with a few shapes of throw."""

    def hit(self, share: float) -> bool:
        return self.random() < share


def _given(dice: Dice, sex: int, generation: str = "") -> str:
    pool = MALE if sex == 1 else FEMALE
    if generation:
        return generation + dice.choice(pool)
    return dice.choice(pool) + (dice.choice(pool) if dice.hit(0.62) else "")


def _surname(dice: Dice) -> str:
    return (
        SURNAMES[min(int(dice.paretovariate(0.55)) - 1, len(SURNAMES) - 1)]
        if dice.hit(0.8)
        else dice.choice(SURNAMES)
    )


class Village:
    """Fills villages of about 2,600 people with households; `block` says which half million of a large register they are."""

    def __init__(self, dice: Dice, block: int = 0) -> None:
        self.dice = dice
        self.block = block
        self.people: list[Person] = []
        self.used: set[str] = set()

    def _number(self, born: dt.date, sex: int, after: int | None = None) -> str:
        day: dt.date | int = born
        if self.dice.hit(0.004):
            day = solar_to_lunar(born) or born
        while True:
            start = self.dice.randrange(1, 980) if after is None else after + 2
            sequence = start | 1 if sex == 1 else start & ~1
            area = 1 + (self.block or len(self.people) // BLOCK)
            made = whole_number(f"9901{area:02d}", day, sequence)
            if made not in self.used or self.dice.hit(0.0002):
                self.used.add(made)
                return made
            after = None

    def _person(
        self,
        name: str,
        sex: int,
        born: dt.date,
        village: int,
        door: str,
        phone: str,
        twin: Person | None = None,
    ) -> Person:
        after = int(twin.id18[14:17]) if twin else None
        at = self.block * BLOCK + len(self.people)
        person = Person(at, name, sex, born, village, door, phone, self._number(born, sex, after))
        person.registered = not self.dice.hit(0.03)
        self.people.append(person)
        return person

    def _born(self, youngest: int, oldest: int) -> dt.date:
        return REFERENCE - dt.timedelta(days=self.dice.randrange(youngest * 365 + 1, oldest * 365 + 200))

    def household(self, village: int, door: str) -> None:
        """Add a couple, perhaps a parent, and up to three children (twins one birth in eighty)."""
        dice = self.dice
        phone = f"1{dice.choice('356789')}{dice.randrange(10**9):09d}"
        surname, age = _surname(dice), dice.randrange(22, 75)
        couple = [
            self._person(surname + _given(dice, 1), 1, self._born(age, age + 1), village, door, phone),
            self._person(
                _surname(dice) + _given(dice, 2),
                2,
                self._born(max(age - 3, 20), age + 1),
                village,
                door,
                phone if dice.hit(0.5) else f"13{dice.randrange(10**9):09d}",
            ),
        ]
        family = list(couple)
        if dice.hit(0.25):
            family.append(
                self._person(
                    surname + _given(dice, 1), 1, self._born(age + 21, age + 35), village, door, phone
                )
            )
        generation = dice.choice(GENERATION) if dice.hit(0.5) else ""
        for _ in range(dice.choice((0, 1, 1, 2, 2, 3))):
            family += self._children(surname, generation, age, village, door, phone)
        for at, person in enumerate(family):  # no family gives two of its members one name
            while person.name in {other.name for other in family[:at]}:
                person.name = person.name[0] + _given(dice, person.sex)
            person.relatives = [other for other in family if other is not person]

    def _children(
        self, surname: str, generation: str, age: int, village: int, door: str, phone: str
    ) -> list[Person]:
        born = self._born(max(age - 32, 0), max(age - 20, 1))
        sex = self.dice.choice((1, 2))
        first = self._person(surname + _given(self.dice, sex, generation), sex, born, village, door, phone)
        if not self.dice.hit(0.0125):
            return [first]
        sex = sex if self.dice.hit(0.7) else 3 - sex
        return [
            first,
            self._person(
                surname + _given(self.dice, sex, generation or first.name[1:2]),
                sex,
                born,
                village,
                door,
                phone,
                first,
            ),
        ]


def people(count: int, seed: int, hidden: float = 0.0013, block: int = 0) -> list[Person]:
    """Return about `count` invented people in households, villages and towns.

    A register too large to be held at once is made of blocks of at most IN_BLOCK people: each has person numbers, villages and an
    area code of its own.
    """
    dice = Dice(seed)
    villages = Village(dice, block)
    while len(villages.people) < count:
        place = block * VILLAGES + len(villages.people) // 2600
        households = len(villages.people) % 2600 // 3
        door = f"第{1 + households // 60}组{1 + households % 60}号"
        villages.household(1000 + place // 10 * 1000 + place % 10, door)
    for person in villages.people:
        if dice.hit(hidden):
            person.hidden, person.registered, person.id18, person.relatives = True, False, "", []
        if dice.hit(0.02):
            person.alias = person.name[0] + _given(dice, person.sex)
    return villages.people


_HOMOPHONES: dict[str, list[str]] = {}


def _homophone(dice: Dice, char: str) -> str:
    if not _HOMOPHONES:
        for one in sorted(set(SURNAMES + MALE + FEMALE + GENERATION)):
            _HOMOPHONES.setdefault(reading(one), []).append(one)
    return dice.choice(_HOMOPHONES.get(reading(char), [char]))


def written_name(dice: Dice, person: Person, wrong: float) -> str:
    """Return the name as a clerk writes it."""
    name = person.name
    if person.alias and dice.hit(0.25 * wrong):
        return person.alias
    at = dice.randrange(len(name))
    turned = name[0] + name[2] + name[1] if len(name) == 3 else name
    forms = (
        (0.012, name[:at] + _homophone(dice, name[at]) + name[at + 1 :]),
        (0.004, name[:at] + LOOKALIKE.get(name[at], name[at]) + name[at + 1 :]),
        (0.010, "".join(TRADITIONAL.get(char, char) for char in name)),
        (0.001, name[:at] + "?" + name[at + 1 :] if at else name),
        (0.002, name[:2]),
        (0.002, turned),
        (0.019, name[0] + " " + name[1:] + dice.choice(("", " ", "（本人）"))),
    )
    return _thrown(dice, forms, wrong) or name


def _thrown(dice: Dice, forms: tuple[tuple[float, str], ...], wrong: float) -> str | None:
    """Return the form the dice fall on, each with its share, or None for none of them."""
    throw = dice.random() / max(wrong, 0.01)
    for share, form in forms:
        throw -= share
        if throw < 0:
            return form
    return None


def written_id(dice: Dice, person: Person, roster: Roster) -> str | None:
    """Return the identity number as a clerk writes it: missing, mistyped, old, or a relative's."""
    number = person.id18
    if not number or dice.hit(roster.no_id):
        return dice.choice((None, None, "", "无", "不详"))
    at = dice.randrange(17)
    old = number[:6] + number[8:17] if number[6:8] == "19" else number
    forms = (
        (0.006, number[:at] + str((int(number[at]) + dice.randrange(1, 10)) % 10) + number[at + 1 :]),
        (0.003, number[:at] + number[at + 1] + number[at] + number[at + 2 :]),
        (0.003, dice.choice(person.relatives).id18 if person.relatives else number),
        (0.020, old),
        (0.005, "".join(chr(ord(char) + 0xFEE0) for char in number)),
        (0.010, number.lower() + dice.choice(("", " "))),
        (0.001, f"{int(number[:17]) * 10:.2E}"),
    )
    whole = number + ("43" if roster.kind == "disability" else "")
    return _thrown(dice, forms, roster.wrong) or whole


def written_birth(dice: Dice, person: Person, roster: Roster) -> str | None:
    """Return the birth date as a clerk writes it: in many forms, lunar, swapped, or the first of January."""
    if dice.hit(roster.no_birth):
        return None
    born = person.born
    throw = dice.random() / max(roster.wrong, 0.01)
    lunar = solar_to_lunar(born) or 0
    if throw < 0.010:
        return f"{lunar // 10000}-{lunar // 100 % 100:02d}-{lunar % 100:02d}"
    if throw < 0.013:
        return f"农历{lunar // 10000}年{lunar // 100 % 100}月{lunar % 100}日"
    if throw < 0.018 and born.day <= 12:
        return f"{born.year}-{born.day:02d}-{born.month:02d}"
    if throw < 0.023:
        return f"{born.year}-01-01"
    if throw < 0.028:
        return (born + dt.timedelta(days=dice.choice((-10, -1, 1, 10)))).isoformat()
    if throw < 0.033:
        return f"{born.year}年{born.month}月"
    form = dice.choice(("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d"))
    return born.strftime(form)


def written(dice: Dice, person: Person, roster: Roster, towns: int) -> tuple[object, ...]:
    """Return the cells of one row: name, number, birth, sex, age, phone, village, town, address."""
    age = REFERENCE.year - person.born.year - dice.hit(0.3)
    guessed = age + dice.randrange(-6, 7) if person.hidden else age
    name = person.alias or person.name if person.hidden else written_name(dice, person, roster.wrong)
    birth = None if person.hidden else written_birth(dice, person, roster)
    moved = dice.hit(0.01 * roster.wrong)
    village = dice.randrange(towns) * 1000 + 1000 if moved else person.village
    phone = None if dice.hit(0.3) else person.phone if dice.hit(0.92) else f"15{dice.randrange(10**9):09d}"
    sex = None if dice.hit(roster.no_sex) else "男" if person.sex == 1 else "女"
    says_age = roster.kind in ("left_behind", "clinic") or person.hidden
    address = f"明溪县{village // 1000}镇{village}村{person.door}" if dice.hit(0.9) else None
    number = written_id(dice, person, roster)
    return (
        name,
        number,
        birth,
        sex,
        str(max(guessed, 0)) if says_age else None,
        phone,
        village,
        village // 1000,
        address,
    )


COLUMNS = {
    "record_id": pa.int64(), "row_id": pa.int64(), "roster_id": pa.int64(), "kind": pa.string(), "role": pa.int8(),
    "name": pa.string(), "id_number": pa.string(), "birth": pa.string(), "sex": pa.string(), "age": pa.string(),
    "phone": pa.string(), "village": pa.int64(), "town": pa.int64(), "address": pa.string(), "household_no": pa.string(),
    "reference_on": pa.date32(), "true_id": pa.int64(),
}  # fmt: skip


def rows(crowd: list[Person], seed: int, errors: float = 1.0) -> list[tuple[object, ...]]:
    """Return every roster row about these people, true_id last; `errors` multiplies every error rate."""
    dice = Dice(seed + 1)
    towns = max(1, len(crowd) // 26000)
    made: list[tuple[object, ...]] = []
    for plain in ROSTERS:
        roster = replace(
            plain,
            wrong=plain.wrong * errors,
            no_id=min(1.0, plain.no_id * errors),
            no_birth=min(1.0, plain.no_birth * errors),
        )
        row_no = 0
        for person in crowd:
            if not _listed(dice, person, roster):
                continue
            for _ in range(2 if dice.hit(0.004) and roster.kind != "hukou" else 1):
                row_no += 1
                row_id = roster.roster_id * 2**24 + row_no
                cells = written(dice, person, roster, towns)
                house = f"{person.village}{person.door}" if roster.kind == "hukou" else None
                made.append(
                    (
                        row_id * 8,
                        row_id,
                        roster.roster_id,
                        roster.kind,
                        0,
                        *cells,
                        house,
                        REFERENCE,
                        person.number,
                    )
                )
    return made


def _listed(dice: Dice, person: Person, roster: Roster) -> bool:
    if roster.kind == "hukou":
        return person.registered
    if person.hidden:
        return roster.kind in ("clinic", "left_behind") and dice.hit(0.6)
    age = REFERENCE.year - person.born.year
    return roster.ages[0] <= age <= roster.ages[1] and dice.hit(roster.share)


def load(con: duckdb.DuckDBPyConnection, made: list[tuple[object, ...]]) -> None:
    """Create raw_records and truth in a DuckDB connection from generated rows."""
    columns = list(zip(*made, strict=True)) if made else [() for _ in COLUMNS]
    table = pa.table(
        [pa.array(values, kind) for values, kind in zip(columns, COLUMNS.values(), strict=True)],
        names=list(COLUMNS),
    )
    con.register("made_arrow", table)
    con.execute("create or replace table raw_records as select * exclude (true_id) from made_arrow")
    con.execute("create or replace table truth as select record_id, true_id from made_arrow")
    con.unregister("made_arrow")
