"""The way of an alert, and the reasons by which a question may be answered without a case."""

from __future__ import annotations

from jiandi.core.values import Text
from jiandi.rooms.checks.models import Alert

State = Alert.State

MOVES: dict[str, frozenset[str]] = {
    State.NEW: frozenset(
        {State.ACKNOWLEDGED, State.VERIFYING, State.CONFIRMED, State.EXPLAINED, State.UNANSWERED}
    ),
    State.ACKNOWLEDGED: frozenset({State.VERIFYING, State.CONFIRMED, State.EXPLAINED, State.UNANSWERED}),
    State.VERIFYING: frozenset({State.CONFIRMED, State.EXPLAINED, State.UNANSWERED}),
    State.UNANSWERED: frozenset(
        {State.NEW, State.VERIFYING, State.CONFIRMED, State.EXPLAINED}
    ),  # new: by a run, when records arrive that speak of it
    State.EXPLAINED: frozenset({State.VERIFYING}),
    State.CONFIRMED: frozenset(),
}

NAMES: dict[str, Text] = {
    State.NEW: Text(zh="新", en="New"),
    State.ACKNOWLEDGED: Text(zh="已受理", en="Acknowledged"),
    State.VERIFYING: Text(zh="核实中", en="Verifying"),
    State.CONFIRMED: Text(zh="已立案", en="Case opened"),
    State.EXPLAINED: Text(zh="已说明", en="Explained"),
    State.UNANSWERED: Text(zh="未能回答,保持开放", en="Unanswered, kept open"),
}
TONES: dict[str, str] = {
    State.NEW: "blue",
    State.VERIFYING: "yellow",
    State.EXPLAINED: "green",
    State.UNANSWERED: "yellow",
}

CLASSES: dict[str, Text] = {
    "danger": Text(zh="危险", en="Danger"),
    "contradiction": Text(zh="矛盾", en="Contradiction"),
    "service_gap": Text(zh="服务缺口", en="Service gap"),
}
CLASS_TONES: dict[str, str] = {"danger": "red", "contradiction": "yellow", "service_gap": "blue"}

# "Not found", "no match", "moved away" are not here: they leave the question open.
EXPLANATIONS: dict[str, Text] = {
    "met_in_person": Text(zh="已当面单独见到本人,情况正常", en="Met the person alone; all is well"),
    "clerical": Text(zh="登记或录入差错(已看原件)", en="A clerical error (the original was seen)"),
    "lawful_late": Text(zh="依法补办或补录", en="A lawful late registration"),
    "same_name": Text(zh="同名不同人(有证据)", en="Another person of the same name (proven)"),
    "served_elsewhere": Text(zh="已在别处得到服务(已核实)", en="Served elsewhere (verified)"),
    "own_choice": Text(zh="本人单独表示不需要", en="The person, asked alone, declined"),
}
OPEN = (State.NEW, State.ACKNOWLEDGED, State.VERIFYING, State.UNANSWERED)
