"""How deep the bottom is: draws nobody can influence, blind re-visits, exact bounds, suspicion."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.assurance.models_board import Board, BoardCell
from jiandi.rooms.assurance.models_known import KnownCase
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Expected, Visit, VisitTask

# Django looks for models here alone.
__all__ = [
    "Board", "BoardCell", "Certificate", "Difference", "Draw", "Estimate", "EstimateJob", "IndicatorMonth", "KnownCase", "Recheck", "Suspicion", "Sweep",
    "SweepArea", "SweepEntry", "SweepPerson", "Target", "Throw",
]  # fmt: skip


class Draw(models.Model):
    """A random sample of claimed sightings. Commitments and frame root first; the seed only after the last re-visit.

    Opened: the frame is frozen and the machine's part of the seed committed to. Drawn: two people have thrown dice, the
    whole seed (machine's part | first throw | second throw) is committed to, the first look is out.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="draws")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    frame_size = models.PositiveIntegerField()
    frame_root = models.CharField(max_length=64)
    frame_sha256 = models.CharField(max_length=64, blank=True)  # the frozen frame file
    machine_commitment = models.CharField(max_length=64, blank=True)
    seed_commitment = models.CharField(max_length=64, blank=True)  # empty until both have thrown
    seed_sealed = models.BinaryField()  # the machine's part, then the whole seed
    seed_revealed = models.CharField(max_length=400, blank=True)
    revealed_at = models.DateTimeField(null=True)
    plan = models.JSONField(default=list)  # pre-registered looks: [[n, allowed], ...]
    claim_per_10000 = models.PositiveIntegerField()
    call_backs = models.JSONField(default=dict)  # tries, days, hours: defined before the look
    targets_frozen = models.CharField(
        max_length=40, blank=True
    )  # moment the targeted set was frozen, if there is one
    targets_root = models.CharField(max_length=64, blank=True)


class Throw(models.Model):
    """Dice thrown by one person for a lottery's seed: sealed until the seed is public, then anybody finds them in it."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True, related_name="throws")
    sweep = models.ForeignKey("Sweep", on_delete=models.PROTECT, null=True, related_name="throws")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    thrown_at = models.DateTimeField()
    dice_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "officer"], name="one_throw_per_person"),
            models.UniqueConstraint(fields=["sweep", "officer"], name="one_throw_per_person_and_sweep"),
            models.CheckConstraint(
                condition=models.Q(draw__isnull=False) ^ models.Q(sweep__isnull=False),
                name="throw_is_for_one_lottery",
            ),
        ]


class Recheck(models.Model):
    """One sampled person, re-visited blind by an inspector from elsewhere."""

    class Result(models.TextChoices):
        WAITING = "waiting"
        TRUE = "true"
        FALSE = "false"
        UNRESOLVED = "unresolved"  # counts as false until resolved
        EXCUSED = "excused"  # neighbour-confirmed: lives here, away; counted apart

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="rechecks")
    expected = models.ForeignKey(Expected, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, null=True, related_name="+")
    ticket = models.CharField(max_length=64)
    look = models.PositiveSmallIntegerField(default=1)
    inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="rechecks")
    second_inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.WAITING)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "expected"], name="drawn_once")]
        indexes = [models.Index(fields=["inspector", "result"])]


class Target(models.Model):
    """A claim re-visited because the ranking points there: frozen before the dice, visited whole, never part of a rate."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="targets")
    expected = models.ForeignKey(Expected, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(
        VisitTask, on_delete=models.PROTECT, null=True, related_name="+"
    )  # none: drawn as well
    inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    second_inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Recheck.Result.choices, default=Recheck.Result.WAITING)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    differences = models.JSONField(default=list)  # [{kind, zh, en}]
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "expected"], name="targeted_once")]


class Difference(models.Model):
    """Where the re-visit and the first visit disagree; the worker may reply before anything is called false."""

    recheck = models.ForeignKey(Recheck, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=30)
    detail_zh = models.CharField(max_length=300)
    detail_en = models.CharField(max_length=300)
    reply = models.CharField(max_length=500, blank=True)
    replied_at = models.DateTimeField(null=True)


class Suspicion(models.Model):
    """Why a worker's visits are looked at first. Flagged for re-visit - nothing more is claimed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="suspicions")
    worker = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()
    rank = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    indicators = models.JSONField(default=list)  # [{code, zh, en}]
    is_flagged = models.BooleanField(default=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    reply = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "worker"], name="one_suspicion_per_worker")
        ]


class IndicatorMonth(models.Model):
    """What random re-visits said by the end of a month of each indicator; one that misleads too often is retired."""

    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    computed_at = models.DateTimeField()
    honest = models.PositiveIntegerField()
    rows = models.JSONField(default=list)
    retired = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "month"], name="one_line_of_indicators_a_month")
        ]


class Certificate(models.Model):
    """The sentence that may be printed, and everything needed to check it."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="certificates")
    look = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sampled = models.PositiveIntegerField()
    false_found = models.PositiveIntegerField()
    unresolved = models.PositiveIntegerField()
    excused = models.PositiveIntegerField()
    bound_per_10000 = models.FloatField()
    bound_without_unresolved_per_10000 = models.FloatField()
    claim_holds = models.BooleanField()
    sentence_zh = models.TextField()
    sentence_en = models.TextField()
    not_covered_zh = models.TextField()
    not_covered_en = models.TextField()
    villages = models.JSONField(
        default=list
    )  # [[place, claims, re-visited, counted false, at most false], ...]
    streams = models.JSONField(
        default=dict
    )  # the round's bound with the targeted set as a census, in words too
    detection = models.JSONField(
        default=dict
    )  # what known cases showed of the inspectors, beside the sentence and never in its place
    log_size = models.BigIntegerField()
    log_root = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.CharField(max_length=20, blank=True)  # checking.REASONS: what the public is told
    withdrawn_note = models.CharField(max_length=500, blank=True)  # what the public is not told

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw"], name="one_certificate_per_draw"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | (models.Q(withdrawn_by__isnull=False) & ~models.Q(withdrawn_why="")),
                name="withdrawn_by_somebody_for_a_reason",
            ),
        ]


class Estimate(models.Model):
    """A lead from list overlaps: where to look for people on no list. Never a certificate."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="estimates")
    computed_at = models.DateTimeField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    was_refused = models.BooleanField()
    sentence_zh = models.TextField()
    sentence_en = models.TextField()


class EstimateJob(models.Model):
    """A lead asked for with its slow intervals, worked out outside the request; whoever takes it up, it is done once."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="estimate_jobs")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    progress = models.FloatField(default=0.0)  # 0 to 1
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)  # when the worker last said that it lives
    finished_at = models.DateTimeField(null=True)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=300, blank=True)
    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_live_estimate_job_per_round",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0, progress__lte=1), name="progress_is_a_share"
            ),
        ]


class Sweep(models.Model):
    """Areas drawn by lottery, walked door by door by outsiders who see no roster; compared with the register after.

    Opened: the areas are frozen and the machine's part of the seed committed to. Drawn: two people have thrown dice.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="sweeps")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    frame_size = models.PositiveIntegerField()
    frame_root = models.CharField(max_length=64)
    frame_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # areas drawn, laid down before
    machine_commitment = models.CharField(
        max_length=64, blank=True
    )  # empty where the machine drew alone, once
    seed_commitment = models.CharField(max_length=64, blank=True)  # empty until both have thrown
    seed_sealed = models.BinaryField()  # the machine's part, then the whole seed
    seed_revealed = models.CharField(max_length=400, blank=True)
    linked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    sentence_zh = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)
    erroneous_zh = models.TextField(blank=True)
    erroneous_en = models.TextField(blank=True)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")


#: What a seed is made for, in front of two people.
Lottery = Draw | Sweep


class SweepArea(models.Model):
    """One area drawn: a group of doors of a village, and who from elsewhere walks it."""

    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="areas")
    ticket = models.PositiveIntegerField()
    village = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    group_no = models.PositiveSmallIntegerField()
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    swept_at = models.DateTimeField(null=True)
    listed = models.PositiveIntegerField(default=0)  # entries of the register placed here, counted at linkage

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sweep", "village", "group_no"], name="area_drawn_once")
        ]


class SweepPerson(models.Model):
    """Somebody the sweep found living in an area; names are blanked once it is settled that a list knows them."""

    class State(models.TextChoices):
        NEW = "new"  # not compared yet
        ASK = "ask"  # to be asked again at the door
        ON_LIST = "on_list"
        NO_LIST = "no_list"
        DENIED = "denied"  # met by one, denied by another: counts as on no list until a third agrees
        NOT_RESIDENT = "not_resident"  # a guest, a double entry: out of the count

    area = models.ForeignKey(SweepArea, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=60, blank=True)
    sex = models.PositiveSmallIntegerField(null=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+")
    was_met = models.BooleanField()  # met in person; else heard of next door
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    candidates = models.JSONField(default=list)
    denials = models.JSONField(
        default=list
    )  # [officer, reason] of each who denied somebody whom a colleague met
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)


class SweepEntry(models.Model):
    """An entry of the register placed in a swept area that the sweep did not find: does the person live there?"""

    class State(models.TextChoices):
        ASK = "ask"
        LIVES = "lives"  # the sweep missed them
        ERRONEOUS = "erroneous"  # moved, dead, unknown to everybody
        UNRESOLVED = "unresolved"

    area = models.ForeignKey(SweepArea, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASK)
    settled_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "person"], name="entry_asked_once")]
