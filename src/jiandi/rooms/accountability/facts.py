"""The counts the promises are held against: each read once, set by set, from what the rooms recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from jiandi.rooms.access.models import Checkpoint, Conflict, Event, WallEntry
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.assurance.models import Certificate, Draw, Recheck, Suspicion
from jiandi.rooms.cases.clocks import day_of
from jiandi.rooms.cases.models import (
    Case,
    LookBack,
    Measure,
    Milestone,
    Outcome,
    Referral,
    Subject,
    Verification,
    Wish,
)
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.intake.models import Item, Report
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register.models import (
    COUNTED,
    MatchRun,
    Membership,
    Person,
    ReviewPair,
    Roster,
)
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, Finding, Visit

Counts = dict[str, int]
CLOSED = ("closed", "look_back", "settled")


def _keyed(lines: Iterable[Mapping[str, Any]], key: str) -> dict[str, Counts]:
    """Turn grouped lines into counts by what they are grouped by."""
    return {
        str(line[key]): {name: int(value or 0) for name, value in line.items() if name != key}
        for line in lines
    }


class Facts:
    """What is on record at a moment. Nothing here is about one person."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    @property
    def today(self) -> date:
        """The county's day."""
        return day_of(self.at)

    # register
    @cached_property
    def rosters(self) -> dict[str, int]:
        """Rosters in force by kind."""
        read = Roster.objects.filter(state="read").values_list("kind")
        return dict(read.annotate(count=Count("pk")))

    @cached_property
    def rosters_refused(self) -> int:
        """Deliveries refused as a whole."""
        return Roster.objects.filter(state="refused").count()

    @cached_property
    def members(self) -> Counts:
        """People on each protection list."""
        return dict(
            Membership.objects.filter(ends_on__isnull=True).values_list("group").annotate(count=Count("pk"))
        )

    @cached_property
    def people(self) -> Counts:
        """People known, and those known to one department only or found on a visit."""
        known = Person.objects.filter(COUNTED)
        return known.aggregate(known=Count("pk"), provisional=Count("pk", filter=Q(is_provisional=True)))

    @cached_property
    def linkage(self) -> Counts:
        """Match runs, the authorisations they needed, and pairs waiting for a human."""
        return {
            "runs": MatchRun.objects.filter(finished_at__isnull=False).count(),
            "authorisations": Authorisation.objects.count(),
            "open_pairs": ReviewPair.objects.filter(state="open").count(),
        }

    @cached_property
    def doors(self) -> int:
        """Doors on the map, those without anybody registered among them."""
        return Dwelling.objects.count()

    # screening
    @cached_property
    def campaign(self) -> Campaign | None:
        """The latest round of visits."""
        return Campaign.objects.order_by("-starts_on", "-pk").first()

    @cached_property
    def coverage(self) -> Counts:
        """The round's counters, over all villages; empty where there was no round."""
        names = (
            "doors", "doors_visited", "listed", "unlisted_found", "seen", "seen_alone", "alone_needed", "alone_done",
            "excused", "away", "no_contact", "not_here", "not_yet",
        )  # fmt: skip
        rows = Coverage.objects.filter(campaign=self.campaign)
        sums = rows.aggregate(**{name: Sum(name) for name in names}) if self.campaign else {}
        return {name: value or 0 for name, value in sums.items()}

    @cached_property
    def groups(self) -> dict[str, Counts]:
        """For each protection list: how many are expected, seen, excused, to be seen alone and seen alone."""
        if self.campaign is None:
            return {}
        expected = Expected.objects.filter(
            task__campaign=self.campaign, task__purpose="round", person__memberships__group__isnull=False
        )
        lines = expected.values(group=F("person__memberships__group")).annotate(
            expected=Count("pk"),
            seen=Count("pk", filter=Q(outcome="seen")),
            excused=Count("pk", filter=Q(outcome="excused")),
            alone_needed=Count("pk", filter=Q(needs_alone=True)),
            alone_done=Count("pk", filter=Q(needs_alone=True, seen_alone=True)),
        )
        return _keyed(lines, "group")

    @cached_property
    def visits(self) -> Counts:
        """Submissions: how many, held back, with the outbuildings looked at, by how many units."""
        return Visit.objects.aggregate(
            total=Count("pk"),
            held=Count("pk", filter=Q(state="quarantined")),
            outbuildings=Count("pk", filter=Q(outbuildings__in=["yes", "none"])),
            met=Count("pk", filter=Q(result="met")),
            units=Count("unit", distinct=True),
        )

    @cached_property
    def findings(self) -> Counts:
        """What visits found: danger signs, needs, people's own words."""
        return dict(Finding.objects.values_list("kind").annotate(count=Count("pk")))

    # checks
    @cached_property
    def run(self) -> Run | None:
        """The last finished run of the rules."""
        return Run.objects.filter(finished_at__isnull=False).order_by("-pk").first()

    @cached_property
    def rule_states(self) -> dict[str, str]:
        """For each rule of the last run, whether it ran."""
        return {str(line["rule"]): str(line["state"]) for line in (self.run.report if self.run else [])}

    @cached_property
    def alerts(self) -> dict[str, Counts]:
        """For each rule: alerts ever, still without an answer, answered, and how many lie untouched."""
        lines = (
            Alert.objects.filter(gone_at__isnull=True)
            .values("rule")
            .annotate(
                total=Count("pk"),
                untouched=Count("pk", filter=Q(state="new")),
                answered=Count("pk", filter=Q(state__in=["confirmed", "explained"])),
            )
        )
        return _keyed(lines, "rule")

    @cached_property
    def danger(self) -> Counts:
        """Danger alerts: how many, untouched, and untouched for more than a day."""
        day_ago = self.at - timedelta(hours=24)
        return Alert.objects.filter(rule_class="danger", gone_at__isnull=True).aggregate(
            total=Count("pk"),
            untouched=Count("pk", filter=Q(state="new")),
            overdue=Count("pk", filter=Q(state="new", first_seen_at__lt=day_ago)),
        )

    @cached_property
    def oldest_open_alert(self) -> datetime | None:
        """When the oldest alert without an answer was first seen."""
        waiting = Alert.objects.filter(gone_at__isnull=True).exclude(state__in=["confirmed", "explained"])
        return waiting.aggregate(first=Min("first_seen_at"))["first"]

    # intake
    @cached_property
    def reports(self) -> Counts:
        """Reports from the public: how many, unread, taken up, answered, and what reporters said."""
        return Report.objects.aggregate(
            total=Count("pk"),
            new=Count("pk", filter=Q(state="new")),
            taken_up=Count("pk", filter=Q(state="taken_up")),
            answered=Count("pk", filter=Q(state__in=["answered", "closed"])),
            solved=Count("pk", filter=Q(solved_says_reporter=True)),
            unsolved=Count("pk", filter=Q(solved_says_reporter=False)),
        )

    @cached_property
    def news_read(self) -> int:
        """Press items read as signals."""
        return Item.objects.count()

    # cases
    @cached_property
    def cases(self) -> Counts:
        """Cases: opened, open, closed, verified, reopened, with danger now."""
        return Case.objects.aggregate(
            total=Count("pk"),
            open=Count("pk", filter=~Q(state__in=CLOSED)),
            closed=Count("pk", filter=Q(state__in=CLOSED)),
            reopened=Count("pk", filter=Q(state="reopened")),
            planned=Count("pk", filter=Q(plans__isnull=False), distinct=True),
        )

    @cached_property
    def case_checks(self) -> Counts:
        """Verifications in person: how many, holding, alone; outcomes proposed; look-backs due and done."""
        counts = Verification.objects.aggregate(
            verified=Count("pk", filter=Q(holds=True)),
            refuted=Count("pk", filter=Q(holds=False)),
            alone=Count("pk", filter=Q(holds=True, met_alone=True)),
        )
        looks = LookBack.objects.aggregate(
            looks_due=Count("pk", filter=Q(due_on__lte=self.today)),
            looks_done=Count("pk", filter=Q(done_at__isnull=False)),
            looks_late=Count("pk", filter=Q(due_on__lt=self.today, done_at__isnull=True)),
        )
        return {**counts, **looks, "proposed": Outcome.objects.count()}

    @cached_property
    def subjects(self) -> Counts:
        """People in cases, and those whose wishes were asked, alone, and again after separation."""
        protected = Subject.objects.filter(part="protected").aggregate(
            total=Count("pk"), asked_alone=Count("pk", filter=Q(wish_asked_alone=True))
        )
        again = Wish.objects.filter(after_separation=True).values("subject").distinct().count()
        children = Subject.objects.filter(part="child").count()
        return {**protected, "asked_again": again, "children": children}

    @cached_property
    def referrals(self) -> dict[str, Counts]:
        """For each kind of help: referred, done in time, done late, overdue, confirmed."""
        lines = (
            Referral.objects.exclude(state="revoked")
            .values("kind")
            .annotate(
                total=Count("pk"),
                done=Count("pk", filter=Q(state="confirmed")),
                late=Count("pk", filter=Q(answered_at__gt=F("due_at"), state__in=["answered", "confirmed"])),
                overdue=Count("pk", filter=Q(due_at__lt=self.at, state__in=["sent", "accepted", "redone"])),
                units=Count("unit", distinct=True),
            )
        )
        return _keyed(lines, "kind")

    @cached_property
    def measures(self) -> Counts:
        """Measures planned, by kind."""
        return dict(Measure.objects.values_list("kind").annotate(count=Count("pk")))

    @cached_property
    def milestones(self) -> dict[str, Counts]:
        """Steps of criminal proceedings: cases that reached each."""
        lines = Milestone.objects.values("kind").annotate(cases=Count("case", distinct=True))
        return _keyed(lines, "kind")

    # assurance
    @cached_property
    def certificate(self) -> Certificate | None:
        """The certificate last issued."""
        return Certificate.objects.filter(withdrawn_at__isnull=True).order_by("-issued_at", "-pk").first()

    @cached_property
    def rechecks(self) -> Counts:
        """Blind re-visits: drawn, done, true, false, unresolved."""
        return Recheck.objects.aggregate(
            total=Count("pk"),
            done=Count("pk", filter=~Q(result="waiting")),
            true=Count("pk", filter=Q(result="true")),
            false=Count("pk", filter=Q(result="false")),
            unresolved=Count("pk", filter=Q(result="unresolved")),
        )

    @cached_property
    def draws(self) -> int:
        """Random draws made."""
        return Draw.objects.count()

    @cached_property
    def suspicions(self) -> Counts:
        """Workers whose visits were looked at, and those flagged for re-visit."""
        return Suspicion.objects.aggregate(total=Count("pk"), flagged=Count("pk", filter=Q(is_flagged=True)))

    # access and this room
    @cached_property
    def events(self) -> dict[str, int]:
        """How often each step was taken."""
        return dict(Event.objects.values_list("verb").annotate(count=Count("pk")))

    @cached_property
    def log(self) -> dict[str, Any]:
        """The log's last signed size and when."""
        return Checkpoint.objects.aggregate(size=Max("size"), at=Max("at"))

    @cached_property
    def walls(self) -> Counts:
        """Walls standing and ties declared."""
        standing = WallEntry.objects.filter(removed_at__isnull=True)
        return {
            "walls": standing.values("wall").distinct().count(),
            "removed": WallEntry.objects.filter(removed_at__isnull=False).count(),
            "ties": Conflict.objects.count(),
        }

    @cached_property
    def faults(self) -> dict[str, Counts]:
        """For each of the four faults: found, answered by the unit, decided."""
        lines = (
            Fault.objects.filter(gone_at__isnull=True)
            .values("kind")
            .annotate(
                total=Count("pk"),
                open=Count("pk", filter=Q(state="open")),
                replied=Count("pk", filter=Q(state="replied")),
                decided=Count("pk", filter=Q(state__in=["upheld", "withdrawn"])),
                upheld=Count("pk", filter=Q(state="upheld")),
            )
        )
        return _keyed(lines, "kind")

    @cached_property
    def orders(self) -> Counts:
        """Supervision orders: issued, answered, closed, overdue."""
        return SupervisionOrder.objects.aggregate(
            total=Count("pk"),
            answered=Count("pk", filter=Q(replied_at__isnull=False)),
            closed=Count("pk", filter=Q(closed_at__isnull=False)),
            overdue=Count("pk", filter=Q(replied_at__isnull=True, due_on__lt=self.today)),
        )
