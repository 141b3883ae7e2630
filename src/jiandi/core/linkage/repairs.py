"""What cleaning did to a row or could not use in it, in words for the row report and the correction list.

The order fixes the bits used inside one run; stored lists hold the codes, so codes never change their meaning.
"""

from __future__ import annotations

from jiandi.core.identity import REASONS
from jiandi.core.values import Text

REPAIRS: dict[str, Text] = REASONS | {
    "name_missing": Text(zh="没有姓名或填的是占位内容", en="No name, or a filler in its place"),
    "name_tidied": Text(zh="姓名中的空格、符号、繁体或异体字已统一", en="Spaces, marks, traditional or variant characters in the name were made uniform"),
    "name_gap": Text(zh="姓名中有无法识别的字，以“?”代替", en="A character of the name could not be read and stands as ?"),
    "sex_unreadable": Text(zh="性别无法识别，未采用", en="The sex cannot be read; not used"),
    "sex_from_id": Text(zh="性别取自身份证号", en="The sex was taken from the identity number"),
    "sex_conflicts_id": Text(zh="所填性别与身份证号不符", en="The stated sex contradicts the identity number"),
    "birth_from_id": Text(zh="出生日期取自身份证号", en="The birth date was taken from the identity number"),
    "birth_from_age": Text(zh="出生年份由年龄推算", en="The year of birth was worked out from the age"),
    "birth_conflicts_id": Text(zh="所填出生日期与身份证号不符", en="The stated birth date contradicts the identity number"),
    "phone_tidied": Text(zh="电话号码已整理", en="The telephone number was tidied"),
    "phone_placeholder": Text(zh="电话处填的是占位号码，按缺失处理", en="A filler stands in place of the telephone number; treated as missing"),
    "phone_unusable": Text(zh="电话号码位数不对，未采用", en="The telephone number has the wrong number of digits; not used"),
}  # fmt: skip

BITS = {code: 1 << at for at, code in enumerate(REPAIRS)}
