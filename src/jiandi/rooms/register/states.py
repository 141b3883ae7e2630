"""The states of a delivered roster and of a doubtful pair, each with the states that may follow."""

from __future__ import annotations

from jiandi.core.values import Text

ROSTER: dict[str, tuple[Text, tuple[str, ...]]] = {
    "received": (Text(zh="待对应各列", en="Waits for its columns"), ("read", "withdrawn")),
    "read": (Text(zh="已读取", en="Read"), ("withdrawn", "replaced")),
    "refused": (Text(zh="未收", en="Refused"), ()),
    "withdrawn": (Text(zh="已撤回", en="Withdrawn"), ()),
    "replaced": (Text(zh="已被替换", en="Replaced"), ("withdrawn",)),
    "standing": (Text(zh="本系统自留", en="Kept by the register"), ()),
}

AUTHORISATION: dict[str, tuple[Text, tuple[str, ...]]] = {
    "before": (Text(zh="尚未生效", en="Not in force yet"), ("in_force", "revoked")),
    "in_force": (Text(zh="有效", en="In force"), ("after", "revoked")),
    "after": (Text(zh="已到期", en="Ran out"), ()),
    "revoked": (Text(zh="已提前终止", en="Ended early"), ()),
}

PAIR: dict[str, tuple[Text, tuple[str, ...]]] = {
    "open": (Text(zh="待判定", en="Waiting"), ("same", "not_same", "unsure", "gone")),
    "same": (Text(zh="同一人", en="Same person"), ("open",)),
    "not_same": (Text(zh="不是同一人", en="Not the same"), ("open",)),
    "unsure": (Text(zh="不能确定", en="Unsure"), ("open", "same", "not_same")),
    "gone": (Text(zh="不再存疑", en="No longer in doubt"), ("open",)),
}

ENTITLEMENT: dict[str, tuple[Text, tuple[str, ...]]] = {
    "open": (Text(zh="待询问", en="To be asked"), ("applied", "declined", "not_entitled", "gone")),
    "applied": (Text(zh="已帮助申请", en="Helped to apply"), ("open", "gone")),
    "declined": (Text(zh="本人不愿", en="Not wanted by the person"), ("open",)),
    "not_entitled": (Text(zh="不符合条件", en="Not entitled"), ("open",)),
    "gone": (Text(zh="名册已不再提示", en="No longer asked by the files"), ("open",)),
}

LIFE_EVENT: dict[str, tuple[Text, tuple[str, ...]]] = {
    "question": (Text(zh="待印证", en="To be confirmed"), ("settled", "superseded")),
    "settled": (Text(zh="已认定", en="Settled"), ("question", "superseded")),
    "superseded": (Text(zh="已撤销", en="Taken back"), ()),
}

MODEL: dict[str, Text] = {
    "learnt": Text(zh="已学习,未采用", en="Learnt, not in use"),
    "in_use": Text(zh="在用", en="In use"),
    "retired": Text(zh="已停用", en="Retired"),
}

CHANGE: dict[str, Text] = {
    "open": Text(zh="待办", en="waiting"),
    "declined": Text(zh="未采纳", en="declined"),
    "passed_on": Text(zh="已转部门", en="passed on"),
    "stands": Text(zh="已采用并转部门", en="stands here, passed on"),
    "superseded": Text(zh="已被后来的决定替代", en="superseded by a later decision"),
    "taken_back": Text(zh="已收回", en="taken back"),
}
