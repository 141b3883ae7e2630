"""What the state of the register allows when lists are counted and people are asked about."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.models_standing import EntitlementQuestion
from jiandi.rooms.register.policies import check_reason
from jiandi.rooms.register.states import ENTITLEMENT


def check_linked() -> None:
    """Lists are counted in people, so rows must have been put with people before."""
    if not MatchRun.objects.filter(is_whole=True).exists():
        raise Refused(
            "register.not_linked_yet",
            Text(
                zh="名册还没有比对归并到人,无法统计底数。请先运行比对。",
                en="Rows have not been put with people yet, so nothing can be counted. Run the linkage first.",
            ),
        )


def check_answer(question: EntitlementQuestion, state: str, answer: str) -> None:
    """A question is answered while it is open, with words somebody else can check."""
    if state not in ENTITLEMENT[question.state][1] or state in ("open", "gone"):
        raise Refused(
            "register.question_conflict",
            Text(
                zh=f"这个问题现在是“{ENTITLEMENT[question.state][0].zh}”,不能这样答复。请刷新页面。",
                en=f"This question is “{ENTITLEMENT[question.state][0].en}” and cannot be answered so. Reload the page.",
            ),
        )
    check_reason(answer)
