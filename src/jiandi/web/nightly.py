"""The night's work in order. Each step may be run again; a step that fails is named and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q

from jiandi.core.estimate.mse.study import DRAWS
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import journal, queries
from jiandi.rooms.access.models import Officer
from jiandi.rooms.accountability import actions as accountability
from jiandi.rooms.assurance import actions as assurance
from jiandi.rooms.assurance import queries as assurance_queries
from jiandi.rooms.assurance.models import Draw, Recheck
from jiandi.rooms.cases import actions as cases
from jiandi.rooms.checks import actions as checks
from jiandi.rooms.checks import standing
from jiandi.rooms.intake import queries as intake
from jiandi.rooms.register import actions as register
from jiandi.rooms.register import queries as register_queries
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.models_authority import Authorisation, widest_in_force
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening import queries as screening_queries
from jiandi.rooms.screening.models import Campaign, Visit

Progress = Callable[[int, int], None]
# Where danger signs come in: visits, and what the public tells us (rooms do not call upwards, so we hand it down).
STREAMS = (checks.VISITS, checks.Stream("reports", intake.reports_after, intake.wall_ids))
NOTHING = Text(zh="没有新的内容", en="nothing new")
# Between two runs after visits by day; danger signs are looked for at every look.
REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the night and how it went."""

    name: str
    text: Text
    state: str  # done | nothing | failed
    detail: Text


def run(*, by: Officer, at: datetime, progress: Progress | None = None) -> list[Step]:
    """Do the night's work and return how each step went."""
    done = []
    for number, (name, text, work) in enumerate(ORDER, start=1):
        done.append(_attempt(name, text, work, by, at))
        if progress:
            progress(number, len(ORDER))
    return done


def _attempt(
    name: str, text: Text, work: Callable[[Officer, datetime], Text | None], by: Officer, at: datetime
) -> Step:
    try:
        detail = work(by, at)
    except Refused as refusal:
        return Step(name, text, "failed", refusal.text)
    except (DatabaseError, ValueError, OSError) as problem:
        # One broken step must not keep the others, least of all the danger rules, from running tonight.
        return Step(
            name,
            text,
            "failed",
            Text(zh=f"出错:{type(problem).__name__}", en=f"failed: {type(problem).__name__}"),
        )
    return Step(name, text, "nothing" if detail is None else "done", detail or NOTHING)


def _link(by: Officer, at: datetime) -> Text | None:
    """Link when rosters or decisions are newer than the last run; otherwise look only for whom visits found since."""
    told = _whole_run(by, at) or _found(by, at)
    count_once(by=by, at=at)
    return told


def _whole_run(by: Officer, at: datetime) -> Text | None:
    if not register_queries.is_link_due():
        return None
    finished = register.link(by=by, at=at, authorisation=_authorisation(at))
    people = finished.report.get("people", 0)
    return Text(zh=f"登记册现有{people:,}人", en=f"{people:,} people in the register")


def _found(by: Officer, at: datetime) -> Text | None:
    run = link_found(by=by, at=at)
    if run is None:
        return None
    found, joined, doubts = (run.report[name] for name in ("records", "merged", "reviews"))
    return Text(
        zh=f"走访发现{found:,}人,其中{joined:,}人已在名册上,{doubts:,}对待人工判断",
        en=f"{found:,} people found on visits, {joined:,} of them on a roster already, {doubts:,} pairs for a person",
    )


def link_found(*, by: Officer, at: datetime) -> MatchRun | None:
    """Look on the rosters for whom visits found since the last run; None when there is nobody to look for."""
    if not register_queries.is_somebody_new_at_a_door():
        return None
    return register.link_found(by=by, at=at, authorisation=_authorisation(at))


def note_lives(by: Officer, at: datetime) -> Text | None:
    """Note deaths and births the lists and visits tell of, and let the doors follow what is settled."""
    if not MatchRun.objects.filter(is_whole=True).exists():
        return None
    told = [register.Told(*row) for row in screening_queries.deaths_told()]
    noted = register.note_life_events(by=by, at=at, told=told)
    moved = screening.follow_life_events(by=by, at=at, campaigns=_undrawn())
    if not noted and not moved:
        return None
    return Text(
        zh=f"新记录生死{noted:,}条,走访名单变动{moved:,}处",
        en=f"{noted:,} deaths and births noted, {moved:,} lines of visits changed",
    )


def _undrawn() -> list[Campaign]:
    """Return the rounds under way that nothing was drawn from: what was drawn from stands as it was published."""
    drawn = Draw.objects.filter(campaign=OuterRef("pk"))
    running = Campaign.objects.filter(~Exists(drawn), closed_at__isnull=True, certified_at__isnull=True)
    return list(running.order_by("pk"))


def count_once(*, by: Officer, at: datetime) -> int:
    """Let the rounds under way count whoever was merged once, and the cases follow; a round that was drawn from stands as it was."""
    cases.follow_merges(by=by, at=at)
    return sum(screening.follow_merges(by=by, at=at, campaign=one) for one in _undrawn())


def _authorisation(at: datetime) -> Authorisation:
    authorisation = widest_in_force(at)
    if authorisation is None:
        raise Refused(
            "register.no_authorisation",
            Text(
                zh="没有有效的比对授权书,今晚不比对。请专班负责人登记授权。",
                en="No written authorisation is in force, so nothing was linked. The lead can record one.",
            ),
        )
    return authorisation


def _check(by: Officer, at: datetime) -> Text | None:
    """Ask what the visits since the last run can change, where nothing else did; everything otherwise."""
    with standing.taken_up(at) as kept:
        if kept is not None:
            run = checks.run_after_visits(by=by, at=at, kept=kept, report_walls=intake.wall_ids)
    if kept is None:
        run = checks.run_checks(
            by=by, at=at, also=(intake.snapshot,), report_walls=intake.wall_ids, is_kept=True
        )
    report = run.report
    ran = [line for line in report if line["state"] == "ran"]
    found = sum(line["count"] for line in ran)
    return Text(
        zh=f"{len(ran)}条规则已运行,{len(report) - len(ran)}条未运行;命中{found}处",
        en=f"{len(ran)} rules ran, {len(report) - len(ran)} did not; {found} findings",
    )


def state_lists(by: Officer, at: datetime) -> Text | None:
    """Count the lists after every linkage; where nothing was linked since the last count, there is nothing new to say."""
    if not register_queries.is_statement_due():
        return None
    register.state_lists(by=by, at=at)
    return Text(zh="各名册底数已统计", en="the lists were counted")


def ask_entitlements(by: Officer, at: datetime) -> Text | None:
    """Ask who may be entitled and is on no list: every night, since birthdays and deliveries both change the answer."""
    if not MatchRun.objects.filter(is_whole=True).exists():
        return None
    count = register.ask_entitlements(by=by, at=at)
    return Text(zh=f"应享未享待询问{count:,}项", en=f"{count:,} people to be asked about entitlements")


def _danger(by: Officer, at: datetime) -> Text | None:
    alerts = checks.scan_danger(by=by, at=at, sources=STREAMS)
    return Text(zh=f"危险信号{len(alerts)}条", en=f"{len(alerts)} danger signs") if alerts else None


def _faults(by: Officer, at: datetime) -> Text | None:
    count = len(accountability.compute_faults(by=by, at=at))
    return Text(zh=f"四类问题{count}处", en=f"{count} faults")


def _suspicion(by: Officer, at: datetime) -> Text | None:
    campaign = _open_campaign()
    if campaign is None:
        return None
    flagged = assurance.compute_suspicion(by=by, at=at, campaign=campaign)
    return Text(zh=f"建议优先复核{flagged}人的走访", en=f"visits of {flagged} workers flagged for re-visit")


def _board(by: Officer, at: datetime) -> Text | None:
    campaign = _open_campaign()
    if campaign is None:
        return None
    board = assurance.count_board(by=by, at=at, campaign=campaign)
    count = board.cells.count()
    return Text(zh=f"清点{count:,}格", en=f"{count:,} cells counted")


def _estimate(by: Officer, at: datetime) -> Text | None:
    campaign = _open_campaign()
    if campaign is None:
        return None
    lead = assurance.estimate_hidden(by=by, at=at, campaign=campaign, draws=DRAWS)
    return Text(zh=lead.sentence_zh, en=lead.sentence_en)


def _erase(by: Officer, at: datetime) -> Text | None:
    """Erase the listing of every certified round; the checks of this night have read it for the last time."""
    of_round = Recheck.objects.filter(draw__campaign=OuterRef(OuterRef("pk"))).values("task")
    released = Visit.objects.filter(
        task__in=of_round, state=Visit.State.APPLIED, decided_at__gt=OuterRef("erased_at")
    )
    due = list(screening_queries.listings_due(Q(Exists(released))))
    if not due:
        return None
    erased = sum(
        screening.erase_listing(by=by, at=at, campaign=one, also=assurance_queries.revisits_of(one))
        for one in due
    )
    standing.forget()  # what the night's run stood on holds the same listing
    return Text(
        zh=f"{len(due)}轮已出具凭证,清除{erased:,}人次逐户名单",
        en=f"{len(due)} certified rounds; {erased:,} entries of who was met at which door erased",
    )


def _commitments(by: Officer, at: datetime) -> Text | None:
    count = len(accountability.compute_commitments(by=by, at=at))
    return Text(zh=f"{count}项承诺已重算", en=f"{count} commitments computed")


def _checkpoint(by: Officer, at: datetime) -> Text | None:
    checkpoint = journal.checkpoint(at=at)
    root = bytes(checkpoint.root).hex()
    return Text(zh=f"日志{checkpoint.size:,}条,根 {root}", en=f"log size {checkpoint.size:,}, root {root}")


def _open_campaign() -> Campaign | None:
    return Campaign.objects.filter(closed_at__isnull=True).order_by("-pk").first()


ORDER: tuple[tuple[str, Text, Callable[[Officer, datetime], Text | None]], ...] = (
    ("link", Text(zh="比对", en="Link"), _link),
    ("state", Text(zh="底数说明", en="Count the lists"), state_lists),
    ("live", Text(zh="生死与迁移", en="Deaths, births, moves"), note_lives),
    ("entitle", Text(zh="应享未享", en="Entitlements"), ask_entitlements),
    ("danger", Text(zh="危险信号", en="Danger signs"), _danger),
    ("check", Text(zh="核对", en="Check"), _check),
    ("faults", Text(zh="四类问题", en="Four faults"), _faults),
    ("board", Text(zh="覆盖台账", en="Coverage board"), _board),
    ("suspicion", Text(zh="优先复核", en="Whom to re-visit first"), _suspicion),
    ("estimate", Text(zh="名册外估计", en="People on no list"), _estimate),
    ("erase", Text(zh="清除逐户名单", en="Erase who was met where"), _erase),
    ("commitments", Text(zh="承诺台账", en="Commitments"), _commitments),
    ("checkpoint", Text(zh="日志签名", en="Sign the log"), _checkpoint),
)


def work(*, now: Callable[[], datetime]) -> bool:
    """Work out one lead somebody asked for on a page, if there is any; say whether there was."""
    try:
        job = assurance.take_job(at=now())
        if job is not None:
            assurance.do_job(job=job, now=now)
        return job is not None
    except DatabaseError:
        # Busy, or not set up yet. A job that was taken is free again after a minute of silence.
        return False


def watch(*, at: datetime) -> int:
    """Look for danger signs in what came in since the last look; return how many alerts were raised.

    Now and then the rules are asked what the visits since their last run can change; where more than visits changed, the
    night does it.
    """
    try:
        raised = len(checks.scan_danger(by=queries.engine(), at=at, sources=STREAMS))
        _ask_after_visits(at)
        return raised
    except (Refused, DatabaseError):
        # The database may be busy or not set up yet; the next look is seconds away and reads from the same cursor.
        return 0


def _ask_after_visits(at: datetime) -> None:
    last = standing.last_run()
    if last is None or last.started_at > at - REST or not standing.is_due(last):
        return
    with standing.taken_up(at) as kept:
        if kept is not None and kept.visits:
            checks.run_after_visits(by=queries.engine(), at=at, kept=kept, report_walls=intake.wall_ids)
