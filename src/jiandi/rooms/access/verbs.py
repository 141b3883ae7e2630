"""Steps and things by the names people know them by."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from jiandi.core.values import Text

KINDS: dict[str, Text] = {
    "officer": Text(zh="人员(工作)", en="Officer"),
    "unit": Text(zh="单位", en="Unit"),
    "place": Text(zh="地区", en="Place"),
    "dwelling": Text(zh="门牌", en="Door"),
    "wall": Text(zh="隔离", en="Wall"),
    "breakglass": Text(zh="紧急查看", en="Emergency access"),
    "roster": Text(zh="名册", en="Roster"),
    "person": Text(zh="人员", en="Person"),
    "household": Text(zh="家庭", en="Household"),
    "reviewpair": Text(zh="疑似同人", en="Doubtful pair"),
    "authorisation": Text(zh="授权书", en="Authorisation"),
    "statement": Text(zh="底数说明", en="Statement of the lists"),
    "entitlementquestion": Text(zh="应享未享询问", en="Question about an entitlement"),
    "peer": Text(zh="另一县系统", en="Another county's system"),
    "matchrun": Text(zh="比对", en="Linkage run"),
    "campaign": Text(zh="排查", en="Campaign"),
    "visittask": Text(zh="走访任务", en="Visit task"),
    "visit": Text(zh="走访", en="Visit"),
    "run": Text(zh="核对", en="Run of the rules"),
    "alert": Text(zh="疑点", en="Alert"),
    "report": Text(zh="线索", en="Report"),
    "feed": Text(zh="来源", en="Feed"),
    "item": Text(zh="消息", en="Item"),
    "case": Text(zh="个案", en="Case"),
    "referral": Text(zh="转介", en="Referral"),
    "draw": Text(zh="抽样", en="Draw"),
    "certificate": Text(zh="见底凭证", en="Certificate"),
    "fault": Text(zh="问题", en="Fault"),
    "commitment": Text(zh="承诺", en="Commitment"),
    "bulletin": Text(zh="通报", en="Bulletin"),
    "record": Text(zh="记录", en="Record"),
    "row": Text(zh="名册行", en="Row"),
    "task": Text(zh="走访任务", en="Visit task"),
    "judgement": Text(zh="判断", en="Judgement"),
    "recheck": Text(zh="复核", en="Re-visit"),
    "coverage": Text(zh="排查进度", en="Coverage"),
    "estimatejob": Text(zh="推算任务", en="Work on a lead"),
    "knowncase": Text(zh="已知个案", en="Known case"),
    "board": Text(zh="覆盖台账", en="Coverage board"),
    "order": Text(zh="督办单", en="Supervision order"),
}

ROOMS: dict[str, Text] = {
    "access": Text(zh="权限", en="Access"),
    "places": Text(zh="地区", en="Places"),
    "register": Text(zh="底数", en="Register"),
    "screening": Text(zh="排查", en="Screening"),
    "checks": Text(zh="疑点", en="Checks"),
    "intake": Text(zh="线索", en="Intake"),
    "cases": Text(zh="个案", en="Cases"),
    "assurance": Text(zh="复核", en="Assurance"),
    "accountability": Text(zh="问责", en="Accountability"),
    "bulletins": Text(zh="通报", en="Bulletins"),
}


@cache
def _names() -> dict[str, Text]:
    read = tomllib.loads((Path(__file__).parent / "verbs.toml").read_text(encoding="utf-8"))
    return {verb: Text(zh=zh, en=en) for verb, (zh, en) in read.items()}


def verb_name(verb: str) -> Text:
    """Return what a step is called; one nobody has named yet is called as its function."""
    return _names().get(verb, Text(zh=verb, en=verb))


def kind_name(kind: str) -> Text:
    """Return what a kind of thing is called."""
    return KINDS.get(kind, Text(zh=kind, en=kind))
