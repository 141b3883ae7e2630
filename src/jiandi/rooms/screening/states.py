"""What a door and an expected person can become, which claims may be excused, and the true reasons for calling."""

from __future__ import annotations

from jiandi.core.values import Text
from jiandi.rooms.screening.models import Expected, VisitTask

_T, _O = VisitTask.State, Expected.Outcome

# From -> to. A visit never takes a door back to "nobody met".
TASK: dict[str, frozenset[str]] = {
    _T.OPEN: frozenset({_T.CALL_BACK, _T.VISITED, _T.CLOSED}),
    _T.CALL_BACK: frozenset({_T.VISITED, _T.CLOSED}),
    _T.VISITED: frozenset({_T.CLOSED}),
    _T.CLOSED: frozenset({_T.OPEN}),  # when the death that closed it is taken back
}
# From -> to. Nothing leads away from seen; an excuse ends only when the person is seen.
_CLAIMS = frozenset({_O.AWAY, _O.NOT_HERE, _O.DEAD})
OUTCOME: dict[str, frozenset[str]] = {
    _O.NOT_YET: frozenset({_O.NO_CONTACT, *_CLAIMS, _O.SEEN}),
    _O.NO_CONTACT: frozenset({*_CLAIMS, _O.EXCUSED, _O.SEEN}),
    _O.AWAY: frozenset({*_CLAIMS, _O.EXCUSED, _O.SEEN}),
    _O.NOT_HERE: frozenset({*_CLAIMS, _O.EXCUSED, _O.SEEN}),
    _O.DEAD: frozenset({*_CLAIMS, _O.EXCUSED, _O.SEEN}),
    _O.EXCUSED: frozenset({_O.NOT_YET, _O.SEEN}),  # not yet: when the record that excused is taken back
    _O.SEEN: frozenset(),
}

TASK_NAMES: dict[str, Text] = {
    _T.OPEN: Text(zh="未走访", en="Not visited"),
    _T.CALL_BACK: Text(zh="需再访", en="Call back"),
    _T.VISITED: Text(zh="已走访", en="Visited"),
    _T.CLOSED: Text(zh="已结束", en="Closed"),
}
TASK_TONES: dict[str, str] = {
    _T.OPEN: "plain",
    _T.CALL_BACK: "yellow",
    _T.VISITED: "green",
    _T.CLOSED: "plain",
}

OUTCOME_NAMES: dict[str, Text] = {
    _O.NOT_YET: Text(zh="还没见到", en="Not yet seen"),
    _O.SEEN: Text(zh="本人见到", en="Seen in person"),
    _O.AWAY: Text(zh="称外出", en="Said to be away"),
    _O.NOT_HERE: Text(zh="称不住此处", en="Said not to live here"),
    _O.DEAD: Text(zh="称已去世", en="Said to have died"),
    _O.NO_CONTACT: Text(zh="没有联系上", en="No contact"),
    _O.EXCUSED: Text(zh="乡镇已准予说明", en="Excused by the township"),
}
# The five open outcomes: whoever has one of them has not been seen and nobody has granted a reason.
UNSEEN: tuple[str, ...] = (_O.NOT_YET, _O.NO_CONTACT, _O.AWAY, _O.NOT_HERE, _O.DEAD)

EXCUSES: dict[str, Text] = {
    "working_away": Text(
        zh="外出务工,用工单位或同住人视频核实",
        en="Working elsewhere, confirmed by employer or by video with a housemate",
    ),
    "studying_away": Text(zh="在外就读,学校已核实", en="Studying elsewhere, confirmed by the school"),
    "in_hospital": Text(zh="住院,医院已核实", en="In hospital, confirmed by the hospital"),
    "in_care_home": Text(zh="住养老或托养机构,机构已核实", en="In a care home, confirmed by the home"),
    "serving": Text(
        zh="服兵役,人武部门已核实", en="In military service, confirmed by the armed forces department"
    ),
    "abroad": Text(zh="在境外,已有核实材料", en="Abroad, with papers that confirm it"),
    "seen_elsewhere": Text(
        zh="外地协查单位已见到本人", en="Seen in person by the team of another place, on request"
    ),
    "moved_confirmed": Text(zh="已迁出,迁入地已确认", en="Moved away, confirmed by the place they moved to"),
    "death_confirmed": Text(
        zh="已去世,有死亡证明或注销记录", en="Died, with a death certificate or a cancelled registration"
    ),
}

# Set by the register's own events, never chosen by hand: two sources, or the other side's word.
RECORDED: dict[str, Text] = {
    "death_recorded": Text(zh="已去世,两处来源互不相干", en="Died, by two sources independent of each other"),
    "move_recorded": Text(zh="已迁出,迁入地已接收", en="Moved away, and received by the place moved to"),
}

PURPOSES: dict[str, Text] = {
    "round": Text(zh="入户走访", en="Household visit"),
    "revisit": Text(zh="入户走访", en="Household visit"),
    "follow_up": Text(zh="入户走访", en="Household visit"),
}
# What the worker says at the door. Each must be true: the visit really does this (design rule 2).
PRETEXTS: dict[str, Text] = {
    "services": Text(
        zh="入户走访,核对各项惠民政策享受情况", en="Household visit to check that each benefit reaches you"
    ),
    "health": Text(zh="基本公共卫生服务入户随访", en="Home visit of the basic public health service"),
    "benefits": Text(zh="低保、残疾人补贴等待遇核对", en="Check of minimum-living and disability benefits"),
    "winter": Text(zh="冬季取暖与用电用气安全走访", en="Winter heating, power and gas safety visit"),
    "school": Text(zh="学生家访", en="Visit of the school to the family"),
}

CHANNELS: dict[str, Text] = {
    "phone": Text(zh="手机", en="Phone"),
    "web": Text(zh="网页", en="Web form"),
    "paper": Text(zh="纸质补录", en="Typed from paper"),
    "replay": Text(zh="批量导入", en="Bulk"),
}
