"""Campaigns, the doors to knock on, and what came back from them."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import Household, Person


class Form(models.Model):
    """A version of a form in the field's standard shape (XLSForm compiled to an XForm)."""

    form_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    published_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form_id", "version"], name="one_form_version")]


class Campaign(models.Model):
    """A round of visits over a place, with a frozen reference date."""

    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    pretext = models.CharField(
        max_length=20, default="services"
    )  # states.PRETEXTS: what the worker says at the door
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    reference_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    certified_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # when the night's listing was erased


class VisitTask(models.Model):
    """One door to knock on, with whoever is expected behind it; also doors behind which nobody is registered."""

    class State(models.TextChoices):
        OPEN = "open"
        VISITED = "visited"  # a submission with at least one answer at the door
        CALL_BACK = "call_back"  # nobody met yet
        CLOSED = "closed"

    code = models.CharField(max_length=20, unique=True)
    # A follow-up can be asked for between campaigns; a door of a round always belongs to one.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="tasks", db_index=False
    )
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="+"
    )  # when no door is known
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, default="round")  # round | revisit | follow_up
    pretext_zh = models.CharField(max_length=100, blank=True)
    pretext_en = models.CharField(max_length=100, blank=True)
    worker = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    walk_day = models.PositiveSmallIntegerField(null=True)
    walk_order = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_on = models.DateField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "village", "walk_day", "walk_order"]),
            models.Index(fields=["worker", "state", "walk_day", "walk_order"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "dwelling"],
                condition=models.Q(purpose="round"),
                name="one_round_task_per_door",
            ),
            models.UniqueConstraint(
                fields=["campaign", "household"],
                condition=models.Q(purpose="round"),
                name="one_round_task_per_doorless_household",
            ),
            models.CheckConstraint(
                condition=models.Q(campaign__isnull=False) | ~models.Q(purpose="round"),
                name="round_task_has_a_campaign",
            ),
        ]


# What an expected person is entered with.
EXPECTED_COLUMNS = (
    "task", "person", "village", "town", "county", "outcome", "seen_alone", "needs_alone", "is_found", "excuse",
)  # fmt: skip


class Expected(models.Model):
    """A person the register expects behind a door, and whether they were seen."""

    class Outcome(models.TextChoices):
        NOT_YET = "not_yet"
        SEEN = "seen"
        AWAY = "away"  # lives here, away: a claim, to be granted
        NOT_HERE = "not_here"
        DEAD = "dead"
        NO_CONTACT = "no_contact"
        EXCUSED = "excused"  # granted by the township with a listed reason

    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, related_name="expected", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.NOT_YET)
    seen_alone = models.BooleanField(default=False)
    needs_alone = models.BooleanField(default=False)  # protected group: seeing them alone is mandatory
    is_found = models.BooleanField(
        default=False
    )  # not expected by any list: met on a visit, raises the denominator
    visit = models.ForeignKey("Visit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    excuse = models.CharField(max_length=60, blank=True)
    excused_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="expected_once_per_task")]
        indexes = [
            models.Index(fields=["village", "outcome", "id"]),
            models.Index(fields=["town", "outcome", "id"]),
        ]


class Visit(models.Model):
    """A submission as received: never edited, never overwritten. Readings of it stand beside it."""

    class State(models.TextChoices):
        APPLIED = "applied"
        QUARANTINED = (
            "quarantined"  # kept, waiting for a supervisor: unknown task, changed body, impossible date
        )
        KEPT = "kept"  # a supervisor decided it does not count; the body stays

    instance_id = models.CharField(max_length=100)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField()  # the XML as sent, zlib-compressed
    sha256 = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=10)  # phone | web | paper | replay
    state = models.CharField(max_length=12, choices=State.choices)
    problem = models.JSONField(default=dict)  # {code, zh, en} when it was quarantined
    decided_by = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, null=True, related_name="visits")
    worker = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)
    outbuildings = models.CharField(max_length=4, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    photo_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instance_id", "sha256"], name="same_submission_stored_once"),
            models.UniqueConstraint(
                fields=["instance_id"],
                condition=models.Q(state="applied"),
                name="one_applied_body_per_instance",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "started_at"]),
            models.Index(fields=["worker", "started_at"]),
            models.Index(
                fields=["state", "id"], name="visit_waiting", condition=models.Q(state="quarantined")
            ),
        ]


class Sighting(models.Model):
    """One person as one visit saw them. Two facts, never one: seen in person, and seen alone."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="sightings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="sightings")
    name = models.CharField(max_length=60, blank=True)
    sex = models.PositiveSmallIntegerField(null=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    present = models.CharField(max_length=10)
    alone = models.BooleanField(default=False)
    own_id = models.CharField(max_length=8, blank=True)
    is_unlisted = models.BooleanField(default=False)


class Finding(models.Model):
    """A need, a danger sign or a person's own words, met on a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings")
    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, null=True, related_name="findings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="findings")
    kind = models.CharField(max_length=12)  # danger | need | words
    value = models.TextField()
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    is_danger_now = models.BooleanField(default=False)


class Attachment(models.Model):
    """A file that came with a visit, by its hash; two different files of one name are both kept."""

    class Kind(models.TextChoices):
        PHOTO = "photo"
        LOG = "log"  # how the form was filled in

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="attachments")
    file_name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.PHOTO)
    pictured = models.CharField(max_length=10, blank=True)  # nobody, or people who agreed; blank: not said
    # The fingerprint of the picture and of its mirror image; none where it is too plain to be told from others.
    picture_bits = models.BigIntegerField(null=True)
    mirrored_bits = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "file_name", "sha256"], name="same_attachment_stored_once"
            )
        ]


class VisitLog(models.Model):
    """How a visit's form was filled in, as the telephone logged it: times and turns, never what was answered.

    The figures are those of `core.forms.audit`. A log that cannot be read leaves its problem and no figure.
    """

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="log")
    problem = models.JSONField(default=dict)  # {code, zh, en} when it could not be read
    screens = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(null=True)
    spread = models.FloatField(null=True)
    edits = models.FloatField(null=True)
    returns = models.FloatField(null=True)
    jumps = models.PositiveIntegerField(default=0)
    away = models.FloatField(null=True)
    resumes = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    is_mocked = models.BooleanField(default=False)


class Coverage(models.Model):
    """Materialised counters of a campaign per village: how many expected, seen, seen alone, away, not yet."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="coverage")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    doors = models.PositiveIntegerField(default=0)
    doors_visited = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    unlisted_found = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    seen_alone = models.PositiveIntegerField(default=0)
    alone_needed = models.PositiveIntegerField(default=0)
    alone_done = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)
    away = models.PositiveIntegerField(default=0)
    no_contact = models.PositiveIntegerField(default=0)
    not_here = models.PositiveIntegerField(default=0)
    dead = models.PositiveIntegerField(default=0)
    not_yet = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "village"], name="one_counter_row_per_village"),
            models.UniqueConstraint(
                fields=["campaign", "town"],
                condition=models.Q(village__isnull=True),
                name="one_counter_row_per_town_without_village",
            ),
            models.UniqueConstraint(
                fields=["campaign", "county"],
                condition=models.Q(village__isnull=True, town__isnull=True),
                name="one_counter_row_without_any_village",
            ),
        ]
