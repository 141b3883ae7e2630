"""How a fault may move: found, answered, decided - and decided again by somebody else."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.accountability.models import CommitmentState, Fault

S = Fault.State

FAULT: dict[str, frozenset[str]] = {
    S.OPEN: frozenset({S.REPLIED, S.UPHELD, S.WITHDRAWN}),
    S.REPLIED: frozenset({S.UPHELD, S.WITHDRAWN}),
    S.UPHELD: frozenset({S.APPEALED}),
    S.APPEALED: frozenset({S.UPHELD, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}
FAULT_WORDS: dict[str, Text] = {
    S.OPEN: Text(zh="待申辩", en="Awaiting reply"),
    S.REPLIED: Text(zh="已申辩", en="Replied"),
    S.UPHELD: Text(zh="已认定", en="Upheld"),
    S.WITHDRAWN: Text(zh="已撤销", en="Withdrawn"),
    S.APPEALED: Text(zh="申诉中", en="Appealed"),
}
PROMISE_WORDS: dict[str, Text] = {
    CommitmentState.State.MET: Text(zh="已做到", en="Met"),
    CommitmentState.State.PARTLY: Text(zh="部分做到", en="Partly"),
    CommitmentState.State.NOT_MET: Text(zh="未做到", en="Not met"),
    CommitmentState.State.CANNOT_BE_SHOWN: Text(zh="尚不能证明", en="Cannot be shown yet"),
}
PROMISE_TONES = {"met": "green", "partly": "yellow", "not_met": "red", "cannot_be_shown": "plain"}


def check_fault_moves(fault: Fault, to: str) -> None:
    """Refuse a step the fault's state does not allow."""
    if to not in FAULT[fault.state]:
        now, wanted = FAULT_WORDS[fault.state], FAULT_WORDS[to]
        raise Refused(
            "accountability.state_conflict",
            Text(
                zh=f"此问题现为“{now.zh}”,不能转为“{wanted.zh}”。请刷新后再看。",
                en=f"The finding is “{now.en}” and cannot become “{wanted.en}”. Reload and look again.",
            ),
        )
