"""What a draw allows at which moment. Each refusal is a sentence."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from jiandi.core.estimate.draw import seed_commitment
from jiandi.core.forms.visit import VisitForm
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.assurance import drawing
from jiandi.rooms.assurance.checking import REASONS
from jiandi.rooms.assurance.comparing import Asked
from jiandi.rooms.assurance.models import Certificate, Draw, Lottery, Recheck, Suspicion
from jiandi.rooms.screening.models import Campaign, Visit

LEAST_FRAME = 20
#: Two people of different units throw; twenty dice each are more than fifty bits, beyond trying all.
THROWERS, LEAST_DICE, MOST_DICE = 2, 20, 120


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


def check_claim(claim_per_10000: int) -> None:
    """Refuse a limit nobody could show or nobody would want."""
    if not 1 <= claim_per_10000 <= 2_000:
        raise Refused(
            "assurance.claim",
            Text(
                zh="要证明的上限须在每万项1项至2000项之间。",
                en="The limit to be shown lies between 1 and 2,000 per 10,000 claims.",
            ),
        )


def check_may_throw(by: Officer, draw: Lottery) -> None:
    """Refuse a throw when the seed is whole, from who has thrown, and from the first thrower's own unit."""
    if draw.seed_commitment:
        raise Refused(
            "assurance.thrown_conflict",
            Text(zh="两人都已掷过骰子,样本已抽出。", en="Both have thrown; the sample is drawn already."),
        )
    before = draw.throws.select_related("officer").first()
    if before is not None:
        check_units({before.officer.unit_id, by.unit_id})


def check_units(units: Set[int]) -> None:
    """Refuse throws that are not of two units."""
    if len(units) < THROWERS:
        raise Refused(
            "assurance.same_thrower",
            Text(
                zh="第二次须由另一单位的另一人来掷,一个单位不能独自定下种子。",
                en="The second throw is made by another person from another unit: no unit settles the seed by itself.",
            ),
        )


def check_throw(by: Officer, draw: Lottery, dice: str) -> str:
    """Return the dice as digits; refuses too few, anything but 1 to 6, and dice that were plainly not thrown."""
    check_may_throw(by, draw)
    digits = "".join(dice.split())
    if not LEAST_DICE <= len(digits) <= MOST_DICE or set(digits) - set("123456"):
        raise Refused(
            "assurance.dice",
            Text(
                zh=f"请掷普通骰子{LEAST_DICE}次以上,逐个记下1到6的点数(可用空格隔开,至多{MOST_DICE}个)。",
                en=f"Throw an ordinary die at least {LEAST_DICE} times and write down each number from 1 to 6 (spaces"
                f" allowed, {MOST_DICE} at most).",
            ),
        )
    if max(digits.count(side) for side in "123456") > len(digits) * 2 // 3:
        raise Refused(
            "assurance.dice",
            Text(
                zh="点数几乎全一样,不像掷出来的。请真的掷骰子再记。",
                en="Nearly all the numbers are the same: these were not thrown. Throw the die and write down what it shows.",
            ),
        )
    return digits


def check_drawn(draw: Lottery) -> None:
    """Refuse to go on with a lottery that is open but not drawn yet."""
    if not draw.seed_commitment:
        raise Refused(
            "assurance.not_drawn",
            Text(
                zh="还没有抽出样本:须由两个单位的两人各掷骰子。",
                en="No sample has been drawn yet: two people of two units throw dice first.",
            ),
        )


def check_goes_on(state: str) -> None:
    """Refuse a further look when the plan has passed or can pass no more: nobody picks the better result."""
    if state != "continue":
        raise Refused(
            "assurance.plan_stopped",
            Text(
                zh="按事先的方案到此为止,不能再加一次查看。请公布种子并出具凭证。",
                en="The plan stops here; no further look may be held. Reveal the seed and issue the certificate.",
            ),
        )


def check_same_visit(recheck: Asked, visit: Visit, form: VisitForm) -> None:
    """Refuse to decide a re-visit by what was not found on it."""
    if visit.task_id != recheck.task_id or form.instance_id != visit.instance_id:
        raise Refused(
            "assurance.other_visit",
            Text(zh="这份走访记录不是这次复核的。", en="This record is not of this re-visit."),
        )


def check_as_drawn(draw: Draw) -> None:
    """Refuse a certificate unless plan, frame and commitments are as the log has them, and each ticket as they give."""
    told: dict[str, Any] = {}
    for event in events_of("draw", draw.pk):
        told |= event.payload
    named = ("frame_root", "frame_size", "plan", "machine_commitment", "seed_commitment", "targets_root")
    frame, sizes = drawing.stored_frame(draw), [int(checked) for checked, _ in draw.plan]
    held = list(draw.rechecks.order_by("ticket").values_list("expected", flat=True))
    drawn = drawing.drawn(frame, draw.seed_revealed, len(held), 0) if len(held) in sizes else []
    as_logged = all(told.get(name) == getattr(draw, name) for name in named)
    seed_fits = seed_commitment(draw.seed_revealed) == draw.seed_commitment
    if not (as_logged and seed_fits and frame.root == draw.frame_root and drawn == [f"E{pk}" for pk in held]):
        raise Refused(
            "assurance.not_as_drawn",
            Text(
                zh="复核名单、方案或抽样框与抽签时记入日志并公布的不一致,不能出具凭证。请报告监督单位。",
                en="Re-visits, plan or frame are not those logged and published at the draw, so no certificate can be"
                " issued. Report this to the oversight body.",
            ),
        )


def check_not_issued(draw: Draw) -> None:
    """Refuse a second certificate of one draw: what it proves does not change by asking again."""
    if draw.certificates.exists():
        raise Refused(
            "assurance.issued_conflict",
            Text(zh="这次抽签的凭证已经出具。", en="The certificate of this draw has been issued already."),
        )


def check_withdrawal(certificate: Certificate, why: str, note: str) -> str:
    """Return what is noted; refuses to withdraw twice, without one of the reasons the public is told, or without a word."""
    if certificate.withdrawn_at is not None:
        raise Refused(
            "assurance.withdrawn_conflict",
            Text(zh="这份凭证已经撤回。", en="This certificate has been withdrawn already."),
        )
    clean = note.strip()
    if why not in REASONS or not 10 <= len(clean) <= 500:
        raise Refused(
            "assurance.withdrawal_reason",
            Text(
                zh="请选择对外公布的原因,并写明经过(10至500字,不对外公布)。",
                en="Choose the reason the public is told, and write what happened (10 to 500 characters, not published).",
            ),
        )
    return clean


def check_not_revealed(draw: Draw) -> None:
    """Refuse to reveal a seed twice."""
    if draw.revealed_at is not None:
        raise Refused(
            "assurance.revealed_conflict", Text(zh="种子已经公布。", en="The seed is public already.")
        )


def check_call_backs_over(draw: Draw, at: datetime) -> None:
    """Refuse to give up on re-visits before the days for call-backs are over, or when none is out."""
    out: list[Any] = [kind.filter(result=Recheck.Result.WAITING) for kind in (draw.rechecks, draw.targets)]
    out.append(draw.known_cases.filter(result=Recheck.Result.WAITING, withdrawn_at__isnull=True))
    days = [kind.aggregate(day=Max("task__due_on"))["day"] for kind in out]
    last = max((day for day in days if day is not None), default=None)
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
    """Refuse to go on while nothing is drawn, or re-visits of the look are out."""
    check_drawn(draw)
    waiting = draw.rechecks.filter(result=Recheck.Result.WAITING).count()
    if waiting:
        raise Refused(
            "assurance.waiting",
            Text(
                zh=f"还有{waiting}户没有复核。未联系上的请按规定回访后记为“未核实”。",
                en=f"{waiting} re-visits are still out. Enter those not reached after the call-backs as unresolved.",
            ),
        )


def check_targets_done(draw: Draw) -> None:
    """Refuse a certificate while targeted visits are out, or the set is not the one frozen before the dice."""
    if not drawing.targets_stand(draw):
        raise Refused(
            "assurance.targets_changed",
            Text(
                zh="重点名单与掷骰子前定下的不一致,不能出具凭证。请报告监督单位。",
                en="The targeted set is not the one frozen before the dice, so no certificate can be issued. Report this to"
                " the oversight body.",
            ),
        )
    out = draw.targets.filter(result=Recheck.Result.WAITING, task__isnull=False).count()
    if out:
        raise Refused(
            "assurance.targets_waiting",
            Text(
                zh=f"重点核查还有{out}项没有结果。名单定下后须全部去到。",
                en=f"{out} targeted visits are still out. The set is visited whole.",
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


def check_own_recheck(by: Officer, recheck: Asked) -> None:
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
