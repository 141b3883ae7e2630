"""Find faults, hear the unit, decide, order - and say live where each promise stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Installation, Officer, Unit
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.accountability import commitments, faults, policies, scorecards, states
from jiandi.rooms.accountability.finding import Found
from jiandi.rooms.accountability.models import CommitmentState, Fault, Reply, Scorecard, SupervisionOrder
from jiandi.rooms.places.models import Place

UNDECIDED = (Fault.State.OPEN, Fault.State.REPLIED)
Progress = Callable[[int, int], None]


@action
def compute_faults(*, by: Officer, at: datetime, progress: Progress | None = None) -> list[Fault]:
    """Look for the four faults in everything that happened; returns those found for the first time.

    What was found before is kept with its replies and decision; what the events no longer say is marked gone.
    """
    permit(by, "accountability.compute_faults", at=at)
    # By key: the numbers new faults get must not hang on the order a database happens to answer in.
    found = {each.key: each for each in sorted(faults.find_all(at), key=lambda each: each.key)}
    if progress:
        progress(1, 3)
    known = {fault.key: fault for fault in Fault.objects.all()}
    fresh = _enter([each for key, each in found.items() if key not in known], at)
    _refresh([fault for key, fault in known.items() if key in found], found, at)
    gone = [fault.pk for key, fault in known.items() if key not in found and fault.gone_at is None]
    Fault.objects.filter(pk__in=gone).update(gone_at=at)
    if progress:
        progress(2, 3)
    _keep_scorecards(at)
    behind: dict[int, list[Fault]] = {}
    for fault in fresh:
        if fault.wall_id is not None:
            behind.setdefault(fault.wall_id, []).append(fault)
    for sealed in behind.values():
        find_sealed(by=by, at=at, faults=sealed)
    plain = [fault for fault in fresh if fault.wall_id is None]
    record_batch(
        "accountability.compute_faults",
        by=by,
        at=at,
        subject=_county(),
        subjects_kind="fault",
        subject_ids=[fault.pk for fault in plain],
        payload={"new": dict(Counter(str(fault.kind) for fault in plain))},
    )
    if progress:
        progress(3, 3)
    return fresh


@action
def find_sealed(*, by: Officer, at: datetime, faults: list[Fault]) -> None:
    """Put findings about one walled matter on record apart from all others, behind its wall."""
    permit(by, "accountability.find_sealed", at=at)
    first = faults[0]
    record_batch(
        "accountability.find_sealed",
        by=by,
        at=at,
        subject=first,
        subjects_kind="fault",
        subject_ids=[fault.pk for fault in faults],
        place=first.county,
        wall=first.wall,
    )


def _county() -> Place:
    county = Installation.objects.select_related("county").get(pk=1).county
    assert county is not None  # set when the installation was set up
    return county


def _enter(found: list[Found], at: datetime) -> list[Fault]:
    """Enter faults under random numbers: a gap between two that one may read would tell of one behind a wall."""
    numbers = unused(Fault.objects.all(), len(found), digits=10)
    return Fault.objects.bulk_create(
        [_fault(each, number, at) for each, number in zip(found, numbers, strict=True)]
    )


def _fault(found: Found, number: int, at: datetime) -> Fault:
    return Fault(
        pk=number,
        key=found.key,
        kind=found.kind,
        code=found.code,
        unit_id=found.unit_id,
        detail_zh=found.detail.zh[:400],
        detail_en=found.detail.en[:400],
        sources=_sources(found),
        found_at=at,
        last_found_at=at,
        wall_id=found.wall_id,
        county_id=found.county_id,
    )


def _sources(found: Found) -> list[dict[str, object]]:
    return [{"kind": source.kind, "id": source.id} for source in found.sources]


def _refresh(again: list[Fault], found: dict[str, Found], at: datetime) -> None:
    """What is found again keeps its decision; an undecided one says what the evidence says now."""
    Fault.objects.filter(pk__in=[fault.pk for fault in again]).update(last_found_at=at, gone_at=None)
    changed = [(fault, found[fault.key]) for fault in again if _is_stale(fault, found[fault.key])]
    rows = [
        (now.kind, now.detail.zh[:400], now.detail.en[:400], _sources(now), now.wall_id, fault.pk)
        for fault, now in changed
    ]
    bulk.update(Fault, ["kind", "detail_zh", "detail_en", "sources", "wall"], rows)


def _is_stale(fault: Fault, now: Found) -> bool:
    if fault.state not in UNDECIDED:
        return False
    return (fault.detail_zh, fault.wall_id, fault.sources) != (
        now.detail.zh[:400],
        now.wall_id,
        _sources(now),
    )


def _keep_scorecards(at: datetime) -> None:
    Scorecard.objects.all().delete()
    Scorecard.objects.bulk_create(
        [
            Scorecard(
                unit_id=unit_id,
                kind=card.kind,
                computed_at=at,
                duties=card.duties,
                on_time=card.on_time,
                late=card.late,
                missed=card.missed,
                returned=card.returned,
                verified=card.verified,
                refuted=card.refuted,
            )
            for unit_id, card in scorecards.doors().items()
        ]
    )


@action
def reply_fault(*, by: Officer, at: datetime, fault: Fault, text: str) -> Reply:
    """Say what the unit has to say to a finding, before anything is decided."""
    permit(by, "accountability.reply_fault", at=at, wall=fault.wall_id)
    policies.check_own_unit(by, fault.unit)
    policies.check_written(text, code="accountability.reply", what=Text(zh="申辩内容", en="the reply"))
    if fault.state != Fault.State.REPLIED:
        states.check_fault_moves(fault, Fault.State.REPLIED)
    reply = Reply.objects.create(fault=fault, text=text.strip(), by=by, at=at)
    _move(fault, Fault.State.REPLIED)
    _record(by, at, "accountability.reply_fault", fault, {"reply": reply.pk})
    return reply


@action
def decide_fault(*, by: Officer, at: datetime, fault: Fault, upheld: bool, reason: str) -> Fault:
    """Uphold or withdraw a finding, with the reason; on appeal, by somebody else."""
    permit(by, "accountability.decide_fault", at=at, place=fault.county, wall=fault.wall_id)
    to = Fault.State.UPHELD if upheld else Fault.State.WITHDRAWN
    states.check_fault_moves(fault, to)
    policies.check_may_decide(by, fault, at, upheld=upheld)
    policies.check_appeal_judge(by, fault)
    policies.check_written(
        reason, code="accountability.reason", what=Text(zh="认定或撤销的理由", en="the reason")
    )
    Fault.objects.filter(pk=fault.pk).update(state=to, decided_by=by, decided_at=at, reason=reason.strip())
    fault.refresh_from_db()
    _record(by, at, "accountability.decide_fault", fault, {"upheld": upheld})
    return fault


@action
def appeal_fault(*, by: Officer, at: datetime, fault: Fault, text: str) -> Reply:
    """Appeal, once, against a finding that was upheld."""
    permit(by, "accountability.appeal_fault", at=at, wall=fault.wall_id)
    policies.check_own_unit(by, fault.unit)
    states.check_fault_moves(fault, Fault.State.APPEALED)
    policies.check_first_appeal(fault)
    policies.check_written(
        text, code="accountability.appeal", what=Text(zh="申诉理由", en="the grounds of appeal")
    )
    reply = Reply.objects.create(fault=fault, text=text.strip(), by=by, at=at, is_appeal=True)
    _move(fault, Fault.State.APPEALED)
    _record(by, at, "accountability.appeal_fault", fault, {"reply": reply.pk})
    return reply


@action
def issue_order(
    *,
    by: Officer,
    at: datetime,
    unit: Unit,
    item: str,
    requirement: str,
    due_on: date,
    fault: Fault | None = None,
) -> SupervisionOrder:
    """Issue a supervision order (督办单) to a unit: what, what is required, by when."""
    wall_id = fault.wall_id if fault else None
    permit(by, "accountability.issue_order", at=at, place=unit.place, wall=wall_id)
    policies.check_order(unit, due_on, fault, timezone.localdate(at))
    policies.check_written(item, code="accountability.item", what=Text(zh="督办事项", en="the matter"))
    policies.check_written(
        requirement, code="accountability.requirement", what=Text(zh="要求", en="what is required")
    )
    county = _county()
    Place.objects.select_for_update().get(pk=county.pk)
    year = timezone.localdate(at).year
    serial = (
        SupervisionOrder.objects.filter(county=county, year=year).aggregate(last=Max("serial"))["last"] or 0
    ) + 1
    order = SupervisionOrder.objects.create(
        number=f"督〔{year}〕第{serial}号",
        year=year,
        serial=serial,
        unit=unit,
        county=county,
        wall_id=wall_id,
        issued_by=by,
        issued_at=at,
        item=item.strip(),
        requirement=requirement.strip(),
        due_on=due_on,
        fault=fault,
    )
    _record(
        by, at, "accountability.issue_order", order, {"unit": unit.pk, "fault": fault.pk if fault else None}
    )
    return order


@action
def answer_order(*, by: Officer, at: datetime, order: SupervisionOrder, reply: str) -> SupervisionOrder:
    """Answer a supervision order for the unit."""
    permit(by, "accountability.answer_order", at=at, wall=order.wall_id)
    policies.check_own_unit(by, order.unit)
    policies.check_order_open(order)
    policies.check_written(
        reply, code="accountability.order_reply", what=Text(zh="办理情况", en="what was done")
    )
    SupervisionOrder.objects.filter(pk=order.pk).update(reply=reply.strip(), replied_at=at, replied_by=by)
    order.refresh_from_db()
    _record(by, at, "accountability.answer_order", order, {"late": timezone.localdate(at) > order.due_on})
    return order


@action
def close_order(*, by: Officer, at: datetime, order: SupervisionOrder, result: str) -> SupervisionOrder:
    """Close a supervision order that was answered, with its result."""
    permit(by, "accountability.close_order", at=at, place=order.county, wall=order.wall_id)
    policies.check_order_open(order)
    policies.check_order_answered(order)
    policies.check_written(result, code="accountability.result", what=Text(zh="办理结果", en="the result"))
    SupervisionOrder.objects.filter(pk=order.pk).update(result=result.strip(), closed_at=at, closed_by=by)
    order.refresh_from_db()
    _record(by, at, "accountability.close_order", order, {})
    return order


@action
def compute_commitments(*, by: Officer, at: datetime) -> list[CommitmentState]:
    """Say of each of the 75 promises, from evidence alone, whether it is met - or what is missing to show it."""
    permit(by, "accountability.compute_commitments", at=at)
    rows = [
        CommitmentState(
            number=number,
            state=shown.state,
            detail_zh=shown.detail.zh,
            detail_en=shown.detail.en,
            figures=[{"zh": label.zh, "en": label.en, "value": value} for label, value in shown.figures],
            is_sealed=shown.is_sealed,
            computed_at=at,
        )
        for number, shown in commitments.compute(at).items()
    ]
    fields = ["state", "detail_zh", "detail_en", "figures", "is_sealed", "computed_at"]
    CommitmentState.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["number"], update_fields=fields
    )
    counts = Counter(row.state for row in rows)
    record(
        "accountability.compute_commitments",
        by=by,
        at=at,
        subject=_county(),
        payload={"states": dict(counts)},
    )
    return rows


def _move(fault: Fault, to: str) -> None:
    Fault.objects.filter(pk=fault.pk).update(state=to)
    fault.state = to


def _record(
    by: Officer, at: datetime, verb: str, thing: Fault | SupervisionOrder, payload: dict[str, object]
) -> None:
    record(verb, by=by, at=at, subject=thing, payload=payload, place=thing.county, wall=thing.wall)
