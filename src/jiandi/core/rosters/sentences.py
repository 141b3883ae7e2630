"""What is said about a row: why it was refused, what was repaired in it, and what the department can do."""

from __future__ import annotations

from collections.abc import Iterable

from jiandi.core.codes import REASONS as CODE_REASONS
from jiandi.core.identity.reasons import REASONS
from jiandi.core.rosters.kinds import Kind
from jiandi.core.rosters.placing import OPEN, SAID
from jiandi.core.values import Text

REFUSALS: dict[str, Text] = {
    "names_nobody": Text(zh="没有姓名也没有证件号,不知是谁;请补上后重报", en="neither a name nor an identity number: nobody can be found by it; add one and send the row again"),
    "columns_shifted": Text(zh="姓名处是一串数字,像是整行错了列;请对齐后重报", en="a number stands where the name belongs, as if the row had slipped sideways; align it and send it again"),
    "value_missing": Text(zh="必需的内容是空的;请补上后重报", en="the required value is empty; fill it in and send the row again"),
}  # fmt: skip
SKIPS: dict[str, Text] = {
    "blank": Text(zh="空行", en="blank line"),
    "heading": Text(zh="重复的表头", en="repeated heading"),
    "footer": Text(zh="合计或签字行", en="total or signature line"),
    "section": Text(zh="分组标题行", en="section title"),
}
REPAIRS: dict[str, Text] = REASONS | CODE_REASONS | {
    "name_placeholder": Text(zh="姓名处填的是占位内容,按缺失处理", en="A filler stands in place of the name; treated as missing"),
    "name_spaces": Text(zh="姓名中的空格已去掉", en="Spaces inside the name were removed"),
    "name_several": Text(zh="姓名处写了不止一个名字或曾用名,比对时用第一个,原样保留", en="More than one name, or an earlier one, stands here; the first is compared, all are kept as written"),
    "phone_unreadable": Text(zh="电话号码无法识别,未采用", en="The telephone number cannot be read; not used"),
    "not_a_number": Text(zh="应填数字的地方不是数字,未采用", en="A number was expected; what stands there was not used"),
    "card_unreadable": Text(zh="不是残疾人证号(18位身份证号加类别、等级各1位),原样保留", en="Not the number of a disability certificate (identity number, then one digit each for kind and grade); kept as written"),
    "from_card": Text(zh="空缺,已按残疾人证号填入", en="Left empty; taken from the certificate's number"),
    "from_category": Text(zh="空缺,已按残疾类别栏填入", en="Left empty; taken from the column of the kind"),
    "card_differs": Text(zh="与残疾人证号所示不一致,按所填保留,请核对", en="Contradicts the certificate's number; kept as written, please check"),
    "place_unknown": Text(zh="地址里认不出本县的村(社区),村暂缺", en="No village of the county is recognised in the address; the village stays open"),
    "place_by_sound": Text(zh="村名的写法与区划表不同,按读音在所写乡镇内认出,请核对", en="The village's name is written otherwise than in the table of places; recognised by its sound within the town named, please check"),
    "place_of_sender": Text(zh="村名在几个乡镇都有,未写乡镇,按报送单位所在乡镇认出,请核对", en="Several towns have a village of the name and none is named; the one in the sender's own town was taken, please check"),
    "place_ambiguous": Text(zh="地址里的村名有重名,未写乡镇,村暂缺", en="Several villages bear the name in the address and the town is not given; the village stays open"),
    "village_unknown": Text(zh="地址只认出乡镇,认不出村(社区)", en="The town is recognised in the address, the village is not"),
}  # fmt: skip


def say_refused(kind: Kind, reason: str, field: str) -> Text:
    """Say why a row was refused, naming the column; the caller adds sheet and row."""
    return _in_column(kind, field, REFUSALS[reason])


def say_repaired(kind: Kind, repair: str, places: str = "") -> Text:
    """Say one repair, given as `column:reason`; of a place, which villages it may be."""
    field, _, code = repair.partition(":")
    said = _in_column(kind, field, REPAIRS.get(code, Text(zh=code, en=code)))
    if not places or code not in SAID.values():
        return said
    head = _TAKEN if code not in OPEN else _MAY_BE
    return Text(zh=said.zh + head.zh + places, en=said.en + head.en + places)


_TAKEN = Text(zh=";据:", en="; from: ")
_MAY_BE = Text(zh=";可能是:", en="; it may be: ")


def say_place(sheet: str, row_no: int) -> Text:
    """Say where a row stands in the file, as a person would look for it."""
    return Text(zh="工作表「{sheet}」第{row}行", en="sheet “{sheet}”, row {row}").filled(
        sheet=sheet, row=row_no
    )


def count_repairs(repairs: Iterable[str]) -> dict[str, int]:
    """Count each `column:reason` over many rows."""
    counts: dict[str, int] = {}
    for row in repairs:
        for repair in row.split():
            counts[repair] = counts.get(repair, 0) + 1
    return counts


def _in_column(kind: Kind, field: str, why: Text) -> Text:
    title = (
        kind.fields[field].title if field in kind.fields else _ELSEWHERE.get(field, Text(zh=field, en=field))
    )
    return Text(zh=f"「{title.zh}」{why.zh}", en=f"“{title.en}”: {why.en}")


# A list without an address column may name the village in one of its own.
_ELSEWHERE = {"address": Text(zh="住址", en="Address")}
