"""What kind of unit an office is, from how departments name and class themselves."""

from __future__ import annotations

from jiandi.rooms.access.roles import ROLES, UNIT_KINDS

# Order matters: the smaller office before the bureau whose name it carries.
_BY_NAME: tuple[tuple[str, str], ...] = (
    ("巡查", "outside"),
    ("派出所", "station"),
    ("卫生院", "clinic"),
    ("卫生室", "clinic"),
    ("医院", "hospital"),
    ("村民委员会", "village"),
    ("居民委员会", "village"),
    ("村委会", "village"),
    ("居委会", "village"),
    ("专班", "working_group"),
    ("12345", "hotline"),
    ("热线", "hotline"),
    ("督查", "inspection"),
    ("宣传", "press"),
    ("检察", "procuratorate"),
    ("法院", "court"),
    ("公安", "police"),
    ("民政", "civil"),
    ("救助", "civil"),
    ("卫生健康", "health"),
    ("卫健", "health"),
    ("教育", "education"),
    ("学校", "school"),
    ("小学", "school"),
    ("中学", "school"),
    ("妇女", "women"),
    ("妇联", "women"),
    ("残疾", "disabled"),
    ("残联", "disabled"),
    ("人力资源", "hr"),
    ("人社", "hr"),
    ("财政", "finance"),
    ("人民政府", "township"),
    ("街道办", "township"),
)
_BY_CLASS = {"市级监督": "outside", "乡镇": "township", "村委会": "village", "卫生室": "clinic"}


def unit_kind(category: str, name: str) -> str:
    """Return the kind of a unit from its class as written in a list and its name; "other" where neither says."""
    if category in UNIT_KINDS:
        return category
    for key, text in UNIT_KINDS.items():
        if category == text.zh:
            return key
    if category in _BY_CLASS:
        return _BY_CLASS[category]
    return next((kind for part, kind in _BY_NAME if part in name), "other")


def role_key(text: str) -> str:
    """Return the role a list means, written in Chinese or by its key; the text itself when it is none."""
    return next((key for key, name in ROLES.items() if text in (key, name.zh)), text)
