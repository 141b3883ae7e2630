"""The protection lists: which roster puts a person on which, who must be seen alone, and which are sensitive."""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.values import Text


@dataclass(frozen=True, slots=True)
class Group:
    """A protection list: its name, whether its people must be seen alone, whether villages may know of it."""

    title: Text
    seen_alone: bool = False
    sensitive: bool = False


GROUPS: dict[str, Group] = {
    "dibao": Group(Text(zh="低保", en="Minimum allowance")),
    "tekun": Group(Text(zh="特困", en="Destitute, in care"), seen_alone=True),
    "disabled": Group(Text(zh="残疾人", en="Disabled"), seen_alone=True),
    "subsidy": Group(Text(zh="残疾补贴", en="Disability subsidy"), seen_alone=True),
    "smd": Group(Text(zh="严重精神障碍", en="Severe mental disorder"), seen_alone=True, sensitive=True),
    "orphan": Group(Text(zh="孤儿及无人抚养", en="Orphan or without care"), seen_alone=True),
    "lbc": Group(Text(zh="留守儿童", en="Left-behind child"), seen_alone=True),
    "left_old": Group(Text(zh="留守老人", en="Left-behind old person")),
    "left_woman": Group(Text(zh="留守妇女", en="Left-behind woman"), seen_alone=True),
    "alone": Group(Text(zh="独居老人", en="Old and living alone")),
    "elderly80": Group(Text(zh="高龄", en="Very old")),
    "violence": Group(Text(zh="家暴当事人", en="Domestic violence"), seen_alone=True, sensitive=True),
    "unknown_identity": Group(Text(zh="身份不明", en="Identity unknown"), seen_alone=True, sensitive=True),
}

NEEDS_ALONE: frozenset[str] = frozenset(code for code, group in GROUPS.items() if group.seen_alone)
SENSITIVE_FILES = frozenset({"smd", "smd_followup", "police_call", "unknown_identity", "screening"})
"""Files whose rows are shown, with the person, only to those who decide over links or rosters."""

SENSITIVE: frozenset[str] = frozenset(code for code, group in GROUPS.items() if group.sensitive)

# kind -> (SQL for the group, SQL for what the list says of the person, SQL for the day it began); `r` is the row
OF_KIND: dict[str, tuple[str, str, str]] = {
    "dibao": ("'dibao'", "r.category", "r.started_on"),
    "tekun": ("'tekun'", "r.support_kind", "r.started_on"),
    "disability": ("'disabled'", "concat_ws(' ', r.category, r.grade)", "r.issued_on"),
    "subsidy": ("'subsidy'", "r.subsidy_kind", "r.started_on"),
    "smd": ("'smd'", "r.danger_level", "r.confirmed_on"),
    "orphan": ("'orphan'", "r.category", "r.started_on"),
    "lbc": ("'lbc'", "r.living", "r.delegated_on"),
    "left_behind": (
        """CASE WHEN contains(r.category, '儿童') THEN 'lbc' WHEN contains(r.category, '妇女') THEN 'left_woman'
           WHEN contains(r.category, '独居') THEN 'alone' ELSE 'left_old' END""",
        "r.category",
        "NULL::DATE",
    ),
    "elderly": ("'elderly80'", "NULL", "NULL::DATE"),
    "police_call": ("'violence'", "NULL", "r.called_on"),
    "unknown_identity": ("'unknown_identity'", "NULL", "r.entered_on"),
}
