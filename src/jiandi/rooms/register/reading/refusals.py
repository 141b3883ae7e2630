"""Why a file is refused, each in a sentence that says what to do."""

from __future__ import annotations

from jiandi.core.values import Refused, Text

_AGAIN = Text(
    zh="请用Excel或WPS打开,另存为.xlsx或.csv后重新报送。",
    en="Open it in Excel or WPS, save it as .xlsx or .csv and deliver it again.",
)
SENTENCES: dict[str, Text] = {
    "file_empty": Text(zh="文件「{name}」是空的。请检查后重新报送。", en="The file “{name}” is empty. Check it and deliver it again."),
    "file_too_big": Text(zh="文件「{name}」有{size}MB,超过{most}MB的上限。请按乡镇分开报送,或改存为CSV。", en="The file “{name}” has {size} MB, more than the {most} MB allowed. Deliver it in parts by township, or as CSV."),
    "file_too_long": Text(zh="「{name}」的行数超过一份名册{most}行的上限。请按乡镇分开报送。", en="“{name}” has more than the {most} lines one roster may have. Deliver it in parts by township."),
    "file_encrypted": Text(zh="文件「{name}」设了密码,打不开。请去掉密码后重新报送。", en="The file “{name}” is protected by a password. Remove the password and deliver it again."),
    "file_wrong_kind": Text(zh="文件「{name}」是{zh},不是表格。请报送.xlsx、.xls或.csv表格。", en="The file “{name}” is {en}, not a table. Deliver an .xlsx, .xls or .csv table."),
    "file_hostile": Text(zh="文件「{name}」展开后异常巨大({size}MB),像是被做过手脚,没有打开。{again_zh}", en="The file “{name}” unpacks to an abnormal size ({size} MB), as if made to do harm; it was not opened. {again_en}"),
    "file_unreadable": Text(zh="文件「{name}」已损坏或不是它自称的格式,读不出内容。{again_zh}", en="The file “{name}” is damaged or not what it claims to be. {again_en}"),
    "file_exhausts": Text(zh="读取文件「{name}」时超出了内存或时间限制,已中止,其余不受影响。{again_zh}表外远处若有多余单元格,请先删除。", en="Reading the file “{name}” went beyond the memory or time allowed and was stopped; nothing else is affected. {again_en} Delete stray cells far outside the table first."),
    "file_not_a_table": Text(zh="文件「{name}」里没有分列的表格内容。请检查分隔符,或另存为.xlsx后重新报送。", en="The file “{name}” holds no columns. Check the separator, or save it as .xlsx and deliver it again."),
    "file_encoding": Text(zh="文件「{name}」的文字编码认不出(既不是GB18030也不是UTF-8)。请另存为UTF-8编码的CSV或.xlsx。", en="The text encoding of “{name}” is neither GB18030 nor UTF-8. Save it as UTF-8 CSV or as .xlsx."),
}  # fmt: skip


def refused(code: str, name: str, **values: object) -> Refused:
    """Return the refusal of a file, ready to be raised."""
    text = SENTENCES[code].filled(name=name, again_zh=_AGAIN.zh, again_en=_AGAIN.en, **values)
    return Refused(f"register.{code}", text)
