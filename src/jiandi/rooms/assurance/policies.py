"""What a draw allows at which moment. Each refusal is a sentence."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.assurance.models import Draw, Recheck, Suspicion
from jiandi.rooms.screening.models import Campaign

LEAST_FRAME = 20


def check_frame(campaign: Campaign, size: int) -> None:
    """Refuse a draw from too few claims: there, everybody is re-visited instead."""
    if size < LEAST_FRAME:
        raise Refused(
            "assurance.small_frame",
            Text(
                zh=f"“{campaign.title_zh}”只有{size}人被报告为见到,不足{LEAST_FRAME}人,请全部复核,不必抽签。",
                en=f"Only {size} people are claimed as seen, fewer than {LEAST_FRAME}: re-visit all of them instead of drawing.",
            ),
        )


def check_no_open_draw(campaign: Campaign) -> None:
    """Refuse a second draw before the first has its certificate: a new lottery after a bad look is a second chance."""
    if Draw.objects.filter(campaign=campaign, certificates__isnull=True).exists():
        raise Refused(
            "assurance.open_draw",
            Text(
                zh="这一轮的抽签还没有出具凭证。请先完成复核、公布种子并出具凭证。",
                en="A draw of this round is still open. Finish its re-visits, reveal its seed and issue its certificate first.",
            ),
        )


def check_not_certified(campaign: Campaign) -> None:
    """Refuse a draw after the certificate: the listing a re-visit is held against is erased, and one answer stands."""
    if campaign.certified_at is not None:
        raise Refused(
            "assurance.round_certified",
            Text(
                zh="这一轮已出具凭证,不能再抽签。请新开一轮走访。",
                en="This round has its certificate already. Open a new round before drawing again.",
            ),
        )


def check_not_issued(draw: Draw) -> None:
    """Refuse a second certificate of one draw: what it proves does not change by asking again."""
    if draw.certificates.exists():
        raise Refused(
            "assurance.issued_conflict",
            Text(zh="这次抽签的凭证已经出具。", en="The certificate of this draw has been issued already."),
        )


def check_not_revealed(draw: Draw) -> None:
    """Refuse to reveal a seed twice."""
    if draw.revealed_at is not None:
        raise Refused(
            "assurance.revealed_conflict", Text(zh="种子已经公布。", en="The seed is public already.")
        )


def check_call_backs_over(draw: Draw, at: datetime) -> None:
    """Refuse to give up on re-visits before the days for call-backs are over, or when none is out."""
    last = draw.rechecks.filter(result=Recheck.Result.WAITING).aggregate(day=Max("task__due_on"))["day"]
    if last is None:
        raise Refused(
            "assurance.none_waiting",
            Text(zh="每一户都已有复核结果。", en="Every re-visit has its result already."),
        )
    if timezone.localdate(at) <= last:
        raise Refused(
            "assurance.call_backs",
            Text(
                zh=f"回访期到{last}为止,之后才能把未联系上的记为“未核实”。",
                en=f"Call-backs run until {last}; only then may those not reached be entered as unresolved.",
            ),
        )


def check_may_extend(draw: Draw, look: int) -> None:
    """Refuse a look the plan does not have."""
    if draw.revealed_at is not None or look > len(draw.plan):
        raise Refused(
            "assurance.no_more_looks",
            Text(
                zh="计划中的各次查看已经用完,不能再加。",
                en="The planned looks are used up; more may not be added.",
            ),
        )


def check_all_done(draw: Draw) -> None:
    """Refuse to go on while re-visits of the look are out."""
    waiting = draw.rechecks.filter(result=Recheck.Result.WAITING).count()
    if waiting:
        raise Refused(
            "assurance.waiting",
            Text(
                zh=f"还有{waiting}户没有复核。未联系上的请按规定回访后记为“未核实”。",
                en=f"{waiting} re-visits are still out. Enter those not reached after the call-backs as unresolved.",
            ),
        )


def check_revealed(draw: Draw) -> None:
    """Refuse a certificate nobody could check: the seed must be public."""
    if draw.revealed_at is None:
        raise Refused(
            "assurance.seed_sealed",
            Text(
                zh="请先公布抽签种子,再出具凭证,这样人人都能复核抽样。",
                en="Reveal the seed first, so that everybody can check the sample.",
            ),
        )


def check_own_recheck(by: Officer, recheck: Recheck) -> None:
    """Refuse a re-visit that was given to somebody else, or that is done."""
    if (
        by.pk not in (recheck.inspector_id, recheck.second_inspector_id)
        or recheck.result != Recheck.Result.WAITING
    ):
        raise Refused(
            "assurance.not_yours",
            Text(
                zh="这一户不在您的复核名单上,或已经完成。",
                en="This door is not on your list of re-visits, or it is done.",
            ),
        )


def check_own_suspicion(by: Officer, suspicion: Suspicion) -> None:
    """Refuse a reply by anybody but the worker it is about."""
    if by.pk != suspicion.worker_id:
        raise Refused("not_found", Text(zh="没有这一项。", en="There is nothing here."))
