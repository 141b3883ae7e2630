"""How a case and a referral may move. The diagrams in the documentation are printed from these two tables."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.cases.models import Case, Referral

C, R = Case.State, Referral.State

CASE: dict[str, frozenset[str]] = {
    C.OPENED: frozenset({C.ASSESSING, C.ACTIVE}),  # straight to active: danger now skips the plan
    C.ASSESSING: frozenset({C.PLANNED, C.ACTIVE}),
    C.PLANNED: frozenset({C.ACTIVE}),
    C.ACTIVE: frozenset({C.OUTCOME_PROPOSED}),
    C.OUTCOME_PROPOSED: frozenset({C.VERIFIED, C.RETURNED}),
    C.RETURNED: frozenset({C.ACTIVE, C.OUTCOME_PROPOSED}),
    C.VERIFIED: frozenset({C.CLOSED}),
    C.CLOSED: frozenset({C.LOOK_BACK, C.SETTLED, C.REOPENED}),  # straight to settled: one look after a death
    C.LOOK_BACK: frozenset({C.SETTLED, C.REOPENED}),
    C.SETTLED: frozenset({C.REOPENED}),
    C.REOPENED: frozenset({C.ASSESSING, C.ACTIVE}),
}

REFERRAL: dict[str, frozenset[str]] = {
    R.SENT: frozenset({R.ACCEPTED, R.RETURNED, R.REVOKED}),
    R.ACCEPTED: frozenset({R.ANSWERED, R.RETURNED, R.REVOKED}),
    R.RETURNED: frozenset({R.SENT, R.REVOKED}),
    R.ANSWERED: frozenset({R.CONFIRMED, R.REDONE}),
    R.REDONE: frozenset({R.ANSWERED, R.RETURNED, R.REVOKED}),
    R.CONFIRMED: frozenset(),
    R.REVOKED: frozenset(),
}

# The receiver reads the sections only while the referral lives.
LIVING = frozenset({R.SENT, R.ACCEPTED, R.ANSWERED, R.REDONE})
# Waiting for the receiving unit; the clock runs.
RUNNING = frozenset({R.SENT, R.ACCEPTED, R.REDONE})
OPEN_CASES = frozenset(
    {C.OPENED, C.ASSESSING, C.PLANNED, C.ACTIVE, C.OUTCOME_PROPOSED, C.RETURNED, C.VERIFIED, C.REOPENED}
)

CASE_WORDS: dict[str, Text] = {
    C.OPENED: Text(zh="已立案", en="Opened"),
    C.ASSESSING: Text(zh="评估中", en="Assessing"),
    C.PLANNED: Text(zh="已定方案", en="Planned"),
    C.ACTIVE: Text(zh="办理中", en="In hand"),
    C.OUTCOME_PROPOSED: Text(zh="待核实", en="Outcome to verify"),
    C.VERIFIED: Text(zh="已核实", en="Verified"),
    C.RETURNED: Text(zh="核实退回", en="Not confirmed"),
    C.CLOSED: Text(zh="已销号", en="Closed"),
    C.LOOK_BACK: Text(zh="回头看", en="Looking back"),
    C.SETTLED: Text(zh="稳定", en="Settled"),
    C.REOPENED: Text(zh="重新立案", en="Reopened"),
}
REFERRAL_WORDS: dict[str, Text] = {
    R.SENT: Text(zh="待接收", en="Sent"),
    R.ACCEPTED: Text(zh="办理中", en="Accepted"),
    R.RETURNED: Text(zh="已退回", en="Handed back"),
    R.ANSWERED: Text(zh="已答复", en="Answered"),
    R.CONFIRMED: Text(zh="已确认", en="Confirmed"),
    R.REDONE: Text(zh="重办", en="To be redone"),
    R.REVOKED: Text(zh="已撤回", en="Revoked"),
}


def check_case_moves(case: Case, to: str) -> None:
    """Refuse a step the case's state does not allow, and say which it does."""
    if to in CASE[case.state]:
        return
    now, wanted = CASE_WORDS[case.state], CASE_WORDS[to]
    ways = sorted(CASE[case.state], key=list(CASE_WORDS).index)
    raise Refused(
        "cases.state_conflict",
        Text(
            zh=f"个案现为“{now.zh}”,不能转为“{wanted.zh}”。下一步只能是:{'、'.join(CASE_WORDS[way].zh for way in ways)}。",
            en=f"The case is “{now.en}” and cannot become “{wanted.en}”. Possible next: "
            f"{', '.join(CASE_WORDS[way].en for way in ways)}.",
        ),
    )


def check_referral_moves(referral: Referral, to: str) -> None:
    """Refuse a step the referral's state does not allow."""
    if to in REFERRAL[referral.state]:
        return
    now, wanted = REFERRAL_WORDS[referral.state], REFERRAL_WORDS[to]
    raise Refused(
        "cases.referral_state_conflict",
        Text(
            zh=f"转办单现为“{now.zh}”,不能转为“{wanted.zh}”。请刷新页面,查看是否已有人处理。",
            en=f"The referral is “{now.en}” and cannot become “{wanted.en}”. Reload: somebody may have acted already.",
        ),
    )
