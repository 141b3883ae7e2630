"""The main job on a synthetic county, stage by stage, each through the same actions an officer's click calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from jiandi import world
from jiandi.commands.invented_paper import invented_paper
from jiandi.core.values import Text
from jiandi.rooms.access import dice, journal, setting_up
from jiandi.rooms.access.actions import make_grant
from jiandi.rooms.access.models import Grant, Installation, Officer, Unit
from jiandi.rooms.accountability import actions as accountability
from jiandi.rooms.accountability.models import Fault
from jiandi.rooms.assurance import actions as assurance
from jiandi.rooms.assurance import queries as assurance_queries
from jiandi.rooms.assurance.models import Draw
from jiandi.rooms.bulletins import actions as bulletins
from jiandi.rooms.checks import actions as checks
from jiandi.rooms.intake import actions as intake
from jiandi.rooms.intake import actions_feeds as feeds
from jiandi.rooms.intake import queries as intake_queries
from jiandi.rooms.places import actions as places
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.models import COUNTED, Person, ReviewPair, Roster
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening import queries as screening_queries
from jiandi.rooms.screening.models import Campaign, Coverage
from jiandi.web import nightly
from jiandi.world import replaying, visitors

Progress = Callable[[int, int], None]

REFERENCE = date(2026, 11, 2)
STARTS, ENDS = date(2026, 11, 3), date(2026, 11, 20)
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09:00 in the county
CLAIM_PER_10000 = 100
STANDING = ("engine", "lead", "steward", "overseer", "press", "handler_women")  # who carry the job through
CALL_BACK_ROUNDS = 2


def moment(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment of November 2026, county time."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@dataclass
class Job:
    """One run of the main job: where the world lies, how large it is, and which steps were refused, by code."""

    folder: Path
    people: int
    seed: int
    refusals: dict[str, int] = field(default_factory=dict)

    def officer(self, username: str) -> Officer:
        """Return one of the county's officers."""
        return Officer.objects.select_related("unit").get(username=username)

    def moment(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return a moment of November 2026, county time."""
        return moment(day, hour, minute)

    @property
    def campaign(self) -> Campaign:
        """Return the round of visits."""
        return Campaign.objects.latest("pk")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name and what it does."""

    name: str
    text: Text
    work: Callable[[Job, Progress], dict[str, Any]]


def make_world(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the county, its papers and its truth."""
    world.make(job.folder, people=job.people, seed=job.seed, progress=progress)
    return {"people": job.people}


def set_up(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the installation, its places, doors, units and officers."""
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True, "simulated_now": NOW})
    dice.seed_for_demo(job.seed)
    counties = _codes(job.folder / "places" / "areas.csv")
    given: dict[str, Any] = {
        "at": moment(1), "places_folder": job.folder / "places", "county_code": min(counties), "admin_name": "安管",
        "demo": True, "simulated_now": NOW,
    }  # fmt: skip
    if len(counties) > 1:  # whoever enters officers must already reach every county
        setting_up.set_up(**given)
        _reach_whole_area(("admin", "engine"))
    setting_up.set_up(**given, officers_file=job.folder / "officers.xlsx")
    if len(counties) > 1:
        _reach_whole_area(STANDING)
    progress(1, 2)
    by = job.officer("engine")
    doors = places.import_dwellings(
        by=by, at=moment(1), file=job.folder / "places" / "dwellings.csv", progress=None
    )
    progress(2, 2)
    return {"places": Place.objects.count(), "doors": doors.new, "officers": Officer.objects.count()}


def whole_area() -> Place:
    """Return what the demonstration covers: its county, or the province where a larger world holds several counties."""
    counties = Place.objects.filter(level=Level.COUNTY)
    if counties.count() == 1:
        return counties.get()
    return Place.objects.get(level=Level.PROVINCE)


def _reach_whole_area(usernames: Iterable[str]) -> None:
    """Let officers act in every county of a larger world as in their own."""
    place = whole_area()
    for grant in Grant.objects.filter(officer__username__in=usernames).select_related("officer"):
        make_grant(None, grant.officer, grant.role, place, grant.starts_on)


def _codes(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split(",")[0].strip('"') for line in lines]


def deliver(job: Job, progress: Progress) -> dict[str, Any]:
    """Deliver every department's file as it came."""
    manifest = json.loads((job.folder / "rosters" / "manifest.json").read_text(encoding="utf-8"))
    by, units = (
        job.officer("steward"),
        {unit.name: unit for unit in Unit.objects.select_related("place__county")},
    )
    parcels = [
        register.Parcel(
            units[entry["unit"]],
            entry["file"],
            job.folder / "rosters" / entry["file"],
            date.fromisoformat(entry["reference_on"]),
            at=moment(2, 9) + timedelta(minutes=number),
        )
        for number, entry in enumerate(manifest, start=1)
    ]
    rosters = register.deliver_many(by=by, at=moment(2, 9), parcels=parcels, progress=progress)
    rows = sum(int(roster.report.get("rows", 0)) for roster in rosters)
    return {
        "files": len(manifest),
        "rows": rows,
        "refused_files": Roster.objects.filter(state="refused").count(),
    }


def link(job: Job, progress: Progress) -> dict[str, Any]:
    """Link the records to people, under a written authorisation."""
    authorisation = _authorisation(job)
    register.link(by=job.officer("steward"), at=moment(2, 15), authorisation=authorisation, progress=progress)
    people = Person.objects.filter(COUNTED).count()
    return {"people": people, "in_doubt": ReviewPair.objects.filter(state="open").count()}


def _authorisation(job: Job) -> Authorisation:
    lead, number, unit, office = job.officer("lead"), "明溪专班授〔2026〕1号", "明溪县工作专班", "组长"
    purpose, starts_on, ends_on = "核清保护对象底数", date(2026, 11, 1), date(2027, 10, 31)
    said = [f"文号 {number}", f"签发单位 {unit}", f"签发人 {lead.name}({office})", f"目的 {purpose}",
            "名册类别 所有类别", f"期限 {starts_on} 至 {ends_on}"]  # fmt: skip
    paper = register.Paper("授权书(演示).pdf", invented_paper("名册比对授权书(演示)", said))
    return register.authorise(
        by=lead, at=moment(2, 14), number=number, issued_by=unit, signed_by=lead.name, signed_office=office,
        purpose=purpose, starts_on=starts_on, ends_on=ends_on, document=paper,
    )  # fmt: skip


def plan(job: Job, progress: Progress) -> dict[str, Any]:
    """Open a round and plan every door."""
    title = Text(zh="2026年秋季全覆盖走访", en="Autumn 2026: every door")
    place = whole_area()
    campaign = screening.open_campaign(
        by=job.officer("engine"), at=moment(2, 16), place=place, title=title, reference_on=REFERENCE, starts_on=STARTS,
        ends_on=ENDS,
    )  # fmt: skip
    doors = screening.plan_tasks(
        by=job.officer("engine"), at=moment(2, 17), campaign=campaign, progress=progress
    )
    return {"doors": doors}


def visit(job: Job, progress: Progress) -> dict[str, Any]:
    """Replay the round: the first knock at every door, then the call-backs where nobody was met."""
    by, total = job.officer("engine"), 0
    with replaying.Workers(job.folder) as workers:
        for number in range(1, CALL_BACK_ROUNDS + 1):
            tasks = screening_queries.tasks_for_replay(job.campaign, round=number)
            counted = _counted(workers.visit(tasks), progress, number)
            screening.receive_visits(by=by, at=moment(20, 20, number), bodies=counted, channel="replay")
            total += counted.count
    sums = {name: 0 for name in ("seen", "unlisted_found", "listed")}
    for line in Coverage.objects.filter(campaign=job.campaign).values(*sums):
        for name in sums:
            sums[name] += line[name]
    return {"visits": total, **sums}


class _counted:
    """An iterable that counts what passes and shows it."""

    def __init__(self, items: Iterable[bytes], progress: Progress, round_: int) -> None:
        self.items, self.progress, self.round, self.count = items, progress, round_, 0

    def __iter__(self) -> Any:
        for item in self.items:
            self.count += 1
            if self.count % 1000 == 0:
                self.progress(self.count, self.count)
            yield item


def know_again(job: Job, progress: Progress) -> dict[str, Any]:
    """Look on the rosters for whom the visits found, and count nobody twice; note deaths, count the lists: every night's work."""
    by, at = job.officer("engine"), moment(20, 20, 30)
    run = nightly.link_found(by=by, at=at)
    progress(1, 5)
    nightly.count_once(by=by, at=at)
    progress(2, 5)
    for number, work in enumerate(
        (nightly.note_lives, nightly.state_lists, nightly.ask_entitlements), start=3
    ):
        work(by, at)
        progress(number, 5)
    figures = run.report if run is not None else {}
    return {
        "found": figures.get("records", 0),
        "listed_after_all": figures.get("merged", 0),
        "in_doubt": figures.get("reviews", 0),
    }


def listen(job: Job, progress: Progress) -> dict[str, Any]:
    """Take in the public's reports and the news."""
    lines = (job.folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    with (
        transaction.atomic()
    ):  # the disk waits once, not once a report: who is interrupted starts over anyway
        for number, line in enumerate(lines, start=1):
            _receive(json.loads(line))
            progress(number, len(lines))
    items = feeds.read_folder(by=job.officer("engine"), at=moment(20, 8), folder=job.folder / "feeds")
    return {"reports": len(lines), "news_items": items}


def _receive(report: dict[str, Any]) -> None:
    place = (
        Place.objects.select_related("village", "town", "county")
        .filter(pk=int(str(report["place_code"]).ljust(12, "0")))
        .first()
    )
    # What was told before the system stood reached it, and its clocks, on its first working day.
    day = max(date.fromisoformat(report["received_on"]), REFERENCE)
    intake.receive_report(
        at=datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC), body=report["body"], place=place,
        danger=bool(report.get("danger", False)),
    )  # fmt: skip


def check_lists(job: Job, progress: Progress) -> dict[str, Any]:
    """Run the rules over the records, the night before the first door: what lists alone say need not wait for a visit."""
    return _check(job, moment(2, 22), progress)


def check(job: Job, progress: Progress) -> dict[str, Any]:
    """Run the rules over records, visits and reports."""
    danger = checks.scan_danger(by=job.officer("engine"), at=moment(20, 21), sources=nightly.STREAMS)
    return {**_check(job, moment(20, 22), progress), "danger_now": len(danger)}


def _check(job: Job, at: datetime, progress: Progress) -> dict[str, Any]:
    run = checks.run_checks(
        by=job.officer("engine"),
        at=at,
        also=(intake_queries.snapshot,),
        report_walls=intake_queries.wall_ids,
        progress=progress,
    )
    ran = [line for line in run.report if line["state"] == "ran"]
    return {"rules_run": len(ran), "rules_not_run": len(run.report) - len(ran)}


def assure(job: Job, progress: Progress) -> dict[str, Any]:
    """Draw at random, re-visit blind, reveal the seed, issue the certificate; rank suspicion apart from it."""
    overseer, campaign = job.officer("overseer"), job.campaign
    draw = assurance.hold_draw(
        at=moment(21, 9),
        campaign=campaign,
        claim_per_10000=CLAIM_PER_10000,
        throws=[(one, _thrown()) for one in (overseer, job.officer("lead"))],
    )
    progress(1, 5)
    replay = visitors.Replay(job.folder)
    assurance.receive_rechecks(
        by=job.officer("engine"),
        at=moment(22, 18),
        draw=draw,
        bodies=replay.recheck(assurance_queries.rechecks_for_replay(draw)),
    )
    progress(2, 5)
    assurance.reveal_seed(by=overseer, at=moment(23, 9), draw=draw)
    journal.checkpoint(at=moment(23, 9, 30))  # so that the certificate carries the root of a signed log
    certificate = assurance.issue_certificate(
        by=overseer, at=moment(23, 10), draw=Draw.objects.get(pk=draw.pk)
    )
    progress(3, 5)
    flagged = assurance.compute_suspicion(by=overseer, at=moment(23, 11), campaign=campaign)
    progress(4, 5)
    assurance.estimate_hidden(by=job.officer("engine"), at=moment(23, 12), campaign=campaign)
    assurance.count_board(by=job.officer("engine"), at=moment(23, 13), campaign=campaign)
    progress(5, 5)
    return {"sampled": certificate.sampled, "false": certificate.false_found, "flagged_workers": flagged}


def _thrown() -> str:
    """Throw a simulated die: in a demonstration nobody sits at the table."""
    return "".join(str(byte % 6 + 1) for byte in dice.token_bytes(24))


def account(job: Job, progress: Progress) -> dict[str, Any]:
    """Compute the four faults and the commitments."""
    by = job.officer("engine")
    accountability.compute_faults(by=by, at=moment(23, 20))
    progress(1, 2)
    accountability.compute_commitments(by=by, at=moment(23, 21))
    progress(2, 2)
    return {"faults": Fault.objects.count()}


def tell(job: Job, progress: Progress) -> dict[str, Any]:
    """Sign the log; draft, check and publish a bulletin that carries its root."""
    journal.checkpoint(at=moment(24, 8))
    bulletin = bulletins.draft_bulletin(by=job.officer("press"), at=moment(24, 8, 10), place=whole_area())
    bulletins.check_bulletin(by=job.officer("overseer"), at=moment(24, 8, 20), bulletin=bulletin)
    bulletins.publish_bulletin(by=job.officer("lead"), at=moment(24, 8, 30), bulletin=bulletin)
    checkpoint = journal.checkpoint(at=moment(24, 8, 40))
    progress(1, 1)
    return {
        "claims": bulletin.claims.count(),
        "log_size": checkpoint.size,
        "log_root": bytes(checkpoint.root).hex(),
    }
