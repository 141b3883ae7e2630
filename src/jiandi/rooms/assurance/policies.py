"""What a draw allows at which moment. Each refusal is a sentence."""

from __future__ import annotations

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
    """Refuse a second draw while one is open: a new lottery after a bad look is a second chance nobody may have."""
    if Draw.objects.filter(campaign=campaign, revealed_at__isnull=True).exists():
        raise Refused(
            "assurance.open_draw",
            Text(
                zh="这一轮已有未完成的抽签。请先完成复核并公布种子。",
                en="A draw of this round is still open. Finish its re-visits and reveal its seed first.",
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
