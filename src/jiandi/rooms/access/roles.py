"""The roles officers hold, and which of them may do what. One file per room under grants/; one table here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jiandi.core.values import Text

ROLES: dict[str, Text] = {
    "admin": Text(zh="管理员", en="Administrator"),
    "lead": Text(zh="专班负责人", en="Working-group lead"),
    "township": Text(zh="乡镇负责人", en="Township lead"),
    "grid": Text(zh="网格员", en="Grid worker"),
    "doctor": Text(zh="村医", en="Village doctor"),
    "handler": Text(zh="部门经办", en="Department handler"),
    "inspector": Text(zh="督查员", en="Inspector"),
    "steward": Text(zh="数据专员", en="Data steward"),
    "hotline": Text(zh="热线话务", en="Hotline clerk"),
    "overseer": Text(zh="监督员", en="Overseer"),
    "press": Text(zh="宣传", en="Press officer"),
    "engine": Text(zh="系统任务", en="Scheduled work"),
}

UNIT_KINDS: dict[str, Text] = {
    "working_group": Text(zh="专班", en="Working group"),
    "township": Text(zh="乡镇政府", en="Township government"),
    "village": Text(zh="村民委员会", en="Village committee"),
    "civil": Text(zh="民政", en="Civil affairs"),
    "health": Text(zh="卫生健康", en="Health"),
    "clinic": Text(zh="卫生院", en="Clinic"),
    "hospital": Text(zh="医院", en="Hospital"),
    "police": Text(zh="公安", en="Public security"),
    "station": Text(zh="派出所", en="Police station"),
    "education": Text(zh="教育", en="Education"),
    "school": Text(zh="学校", en="School"),
    "women": Text(zh="妇联", en="Women's federation"),
    "disabled": Text(zh="残联", en="Disabled persons' federation"),
    "hr": Text(zh="人社", en="Human resources and social security"),
    "finance": Text(zh="财政", en="Finance"),
    "hotline": Text(zh="12345热线", en="12345 hotline"),
    "procuratorate": Text(zh="检察院", en="Procuratorate"),
    "court": Text(zh="法院", en="Court"),
    "inspection": Text(zh="督查", en="Inspection office"),
    "press": Text(zh="宣传", en="Press office"),
    "outside": Text(zh="县外监督", en="Oversight outside the county"),
    "other": Text(zh="其他", en="Other"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """Which roles may use a verb; `two` marks verbs a second officer must confirm."""

    verb: str
    roles: frozenset[str]


@cache
def permissions() -> dict[str, Permission]:
    """Return every verb of every room with the roles that may use it."""
    table: dict[str, Permission] = {}
    for path in sorted((Path(__file__).parent / "grants").glob("*.toml")):
        for verb, roles in tomllib.loads(path.read_text(encoding="utf-8")).items():
            unknown = set(roles) - set(ROLES)
            if unknown:
                raise ValueError(f"{path.name}: {verb} names unknown roles {sorted(unknown)}")
            dotted = f"{path.stem}.{verb}"
            table[dotted] = Permission(dotted, frozenset(roles))
    return table


@cache
def roles_for(verb: str) -> frozenset[str]:
    """Return the roles that may use a verb; an unknown verb is a programming error, never a silent refusal."""
    return permissions()[verb].roles
