"""Why a number or a date was repaired or refused, in words for the department that wrote it.

The order fixes the bit of each reason in the SQL twin: append, never reorder.
"""

from __future__ import annotations

from jiandi.core.values import Text

REASONS: dict[str, Text] = {
    "id_tidied": Text(zh="身份证号中的空格、全角字符或小写x已整理", en="Spaces, full-width characters or a small x in the identity number were tidied"),
    "id_15_to_18": Text(zh="15位旧身份证号已升为18位", en="A 15-digit identity number was extended to 18"),
    "id_from_card": Text(zh="由残疾人证号取前18位作身份证号", en="The identity number was taken from the first 18 digits of a disability card number"),
    "id_lunar_date": Text(zh="身份证号内的出生日期只在农历中存在，予以保留", en="The birth date inside the identity number exists only in the lunar calendar; it was kept"),
    "id_scientific": Text(zh="身份证号被表格软件写成科学计数法，无法恢复；请将该列设为文本后重新报送", en="The spreadsheet turned the identity number into scientific notation; it cannot be recovered. Set the column to text and send again"),
    "id_excel_rounded": Text(zh="身份证号末三位被表格软件改成0，无法恢复；请将该列设为文本后重新报送", en="The spreadsheet rounded the last three digits of the identity number to 0; they cannot be recovered. Set the column to text and send again"),
    "id_masked": Text(zh="身份证号被遮挡，无法使用", en="The identity number is masked and cannot be used"),
    "id_placeholder": Text(zh="身份证号处填的是占位内容，按缺失处理", en="A filler stands in place of the identity number; treated as missing"),
    "id_length": Text(zh="身份证号位数不对", en="The identity number has the wrong number of digits"),
    "id_check_digit": Text(zh="身份证号校验位不符，至少有一位写错", en="The check digit does not fit: at least one digit of the identity number is wrong"),
    "id_no_date": Text(zh="身份证号内的出生日期不存在", en="The birth date inside the identity number does not exist"),
    "id_future": Text(zh="身份证号内的出生日期晚于报送日期", en="The birth date inside the identity number lies after the roster's date"),
    "id_too_old": Text(zh="按身份证号年龄超过120岁", en="By the identity number the person would be older than 120"),
    "id_15_reserved": Text(zh="15位旧号的顺序码为996至999，原为百岁老人保留，请核对", en="The 15-digit number has a sequence of 996 to 999, reserved for people born before 1900; please check"),
    "id_area_unknown": Text(zh="身份证号前六位不在已载入的行政区划中", en="The first six digits of the identity number are not among the loaded areas"),
    "date_excel_serial": Text(zh="日期由表格序列号换算", en="The date was worked out from a spreadsheet serial number"),
    "date_two_digit_year": Text(zh="两位年份已补全", en="A two-digit year was completed"),
    "date_lunar": Text(zh="农历日期已换算为公历", en="A lunar date was turned into a solar one"),
    "date_month_only": Text(zh="日期只到月", en="The date gives only the month"),
    "date_year_only": Text(zh="日期只到年", en="The date gives only the year"),
    "date_placeholder": Text(zh="日期处填的是占位内容，按缺失处理", en="A filler stands in place of the date; treated as missing"),
    "date_future": Text(zh="日期晚于报送日期，未采用", en="The date lies after the roster's date; not used"),
    "date_too_old": Text(zh="日期早于120年前，未采用", en="The date lies more than 120 years back; not used"),
    "date_impossible": Text(zh="日期不存在，未采用", en="The date does not exist; not used"),
    "date_unreadable": Text(zh="日期无法识别，未采用", en="The date cannot be read; not used"),
    "date_year_last": Text(zh="年份写在最后，已按年月日理顺", en="The year stood last; the date was put in order"),
}  # fmt: skip
