"""People and households, derived from what the departments delivered; every link a judgement that can be undone."""

from __future__ import annotations

from django.db import models

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit, Wall
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.states import CHANGE

FOUND = "found"  # the kind of the standing lists: people a visit met who were on no list


class Roster(models.Model):
    """A file as a department delivered it, sealed; withdrawn, never deleted."""

    class State(models.TextChoices):
        RECEIVED = "received"  # sealed; waits until a person chooses its kind and columns
        READ = "read"  # every row accounted for
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        REPLACED = "replaced"
        STANDING = "standing"  # kept by the register itself: people found at the door

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rosters")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=12, choices=State.choices)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    reference_on = models.DateField()
    delivered_at = models.DateTimeField()
    delivered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=100, blank=True)
    header = models.JSONField(default=list)  # the header texts as delivered
    mapping = models.JSONField(
        default=dict
    )  # columns (field: heading or #n), how (guessed given remembered), sheets
    report = models.JSONField(default=dict)  # counts: rows, accepted, repaired by code, refused by code
    refusal = models.JSONField(
        default=dict
    )  # {code, zh, en} when the whole file was refused, or why it waits
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sha256"],
                condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="same_file_delivered_once",
            )
        ]


class ColumnChoice(models.Model):
    """The columns a person confirmed for a unit's files with certain headings; used again when the same headings come."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    fingerprint = models.CharField(max_length=64)  # of the headings, core.rosters.shapes
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)  # field: heading or #n
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "fingerprint"],
                condition=models.Q(superseded_at__isnull=True),
                name="one_live_choice_per_shape",
            )
        ]


class Household(models.Model):
    """People who share a household book or a door; a lead for review, never a reason to merge people."""

    code = models.CharField(max_length=16, unique=True)
    key = models.CharField(max_length=80, unique=True)  # how the register recognised it: hukou number or door
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="households")
    head_name = models.CharField(max_length=60, blank=True)
    size = models.PositiveSmallIntegerField(default=0)


# As the registers code it; shown to clerks who compare rows.
SEXES = {1: Text(zh="男", en="M"), 2: Text(zh="女", en="F")}


class Person(models.Model):
    """A person the register knows of, computed from records and judgements. The code is random and issued once."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    sex = models.PositiveSmallIntegerField(null=True)  # GB/T 2261.1: 1 male, 2 female
    birth_on = models.DateField(null=True)
    birth_precision = models.CharField(max_length=6, blank=True)  # day month year
    died_on = models.DateField(null=True)
    id_sealed = models.BinaryField(null=True)  # access.sealing; shown masked
    id_digest = models.BinaryField(max_length=16, null=True, db_index=True)  # blind index for exact search
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="people")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="people")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    is_provisional = models.BooleanField(default=False)  # known to one department only, or found on a visit
    kinds = models.CharField(max_length=300, blank=True)  # roster kinds that know the person, space separated
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")  # sealed person
    record_count = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(
        null=True
    )  # every row that named them was taken back; opens again with a row

    class Meta:
        indexes = [
            # Merged people stand apart in each, so that those who stand are counted without reading a row.
            models.Index(fields=["village", "superseded_by", "id"]),
            models.Index(fields=["town", "superseded_by", "id"]),
            models.Index(fields=["county", "superseded_by", "id"]),
            models.Index(fields=["name"]),
            models.Index(fields=["phone"], name="register_person_phone"),
            # Few are ever closed: those who count are all who stand, less these.
            models.Index(
                fields=["county", "closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="register_closed_people",
            ),
        ]


# Who counts as somebody to be seen: not merged into another, and named by more than deliveries that were taken back.
COUNTED = models.Q(superseded_by__isnull=True, closed_at__isnull=True)

# What a record is entered with; whoever it is linked to comes later.
RECORD_COLUMNS = (
    "id", "roster_id", "row_no", "role", "name", "sex", "birth_on", "id_status", "village_id", "repairs",
)  # fmt: skip


class Record(models.Model):
    """One person named by one delivered row. id = (roster id x 2^24 + row) x 8 + role, so a re-run writes the same row.

    A roster's records are found by the range of their numbers (`core.numbering.roster_records`); no index repeats it.
    """

    # Numbered by us, yet an automatic field: only then does SQLite keep the rows in this order, without an index beside.
    id = models.BigAutoField(primary_key=True)
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="records", db_index=False)
    row_no = models.PositiveIntegerField()
    role = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, blank=True)
    sex = models.PositiveSmallIntegerField(null=True)
    birth_on = models.DateField(null=True)
    id_status = models.CharField(max_length=12, blank=True)
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    repairs = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="records")
    how = models.CharField(
        max_length=12, blank=True
    )  # how the record came to the person: id alias auto new manual


class RowOutcome(models.Model):
    """A delivered row that was refused or repaired, and why; accepted rows without repair need no line."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="outcomes")
    row_no = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)  # refused | repaired | skipped
    code = models.CharField(max_length=40)
    column = models.CharField(max_length=60, blank=True)
    detail_zh = models.CharField(max_length=300)
    detail_en = models.CharField(max_length=300)
    # The later delivery in which the row is known again without this fault; set when that one is entered (mending.py).
    mended_by = models.ForeignKey(
        Roster, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["roster", "outcome", "row_no"])]


class MatchRun(models.Model):
    """One run of linkage: under which authorisation, over which rosters, with which model, and what it changed."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rosters = models.JSONField(default=list)
    is_whole = models.BooleanField(
        default=True
    )  # False: only whom visits found was looked for on the rosters
    model_version = models.CharField(max_length=60)
    report = models.JSONField(default=dict)


class Judgement(models.Model):
    """Same, not the same, or unsure: who said so, when, on what grounds. Superseded, never overwritten."""

    class Verdict(models.TextChoices):
        SAME = "same"
        NOT_SAME = "not_same"
        UNSURE = "unsure"

    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="judgements", db_constraint=False
    )
    candidate = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=300)
    score = models.FloatField(null=True)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    # What somebody saw who went there: without it a nameless row of one weak list becomes nobody else.
    visit_note = models.CharField(max_length=300, blank=True)
    # Of "same": whose rows came along, and which; undoing gives exactly these back.
    moved_from = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    moved = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "candidate"],
                condition=models.Q(superseded_at__isnull=True),
                name="one_live_judgement_per_pair",
            )
        ]


class LinkLottery(models.Model):
    """Automatic decisions of a run drawn by lot, to be looked at blind: the error the register really makes, measured."""

    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="lotteries")
    seed = models.BigIntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    joins_of = models.BigIntegerField()  # automatic joins there were to draw from
    new_of = models.BigIntegerField()  # rows made a person of their own, with somebody to compare them with
    new_alone = (
        models.BigIntegerField()
    )  # such rows that resemble nobody: they cannot be looked at side by side


class ReviewPair(models.Model):
    """A pair the engine doubts or the lot drew, waiting for a person. The default is to keep apart."""

    class State(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        NOT_SAME = "not_same"
        UNSURE = "unsure"
        GONE = "gone"  # a later run no longer doubts

    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="pairs")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    candidate = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=40)
    detail_zh = models.CharField(max_length=300)
    detail_en = models.CharField(max_length=300)
    match_weight = models.FloatField(null=True)
    margin = models.FloatField(null=True)
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    held_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)
    # How much hangs on it: 4 somebody must be seen alone, 2 one department alone knows somebody, 1 on a protection list.
    stake = models.PositiveSmallIntegerField(default=0)
    lottery = models.ForeignKey(LinkLottery, on_delete=models.PROTECT, null=True, related_name="pairs")
    is_join = models.BooleanField(default=False)  # of a lottery: a join is looked at, else somebody new

    class Meta:
        indexes = [
            models.Index(fields=["state", "village", "id"]),
            models.Index(fields=["county", "state", "-stake", "id"]),
        ]
        constraints = [models.UniqueConstraint(fields=["record", "candidate"], name="one_review_per_pair")]


class Membership(models.Model):
    """A person on a protection list: since when, by which roster."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    group = models.CharField(
        max_length=30
    )  # register/groups.py: dibao tekun orphan lbc disabled smd elderly80 ...
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="+")
    record_id = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="one_membership_per_group")]
        indexes = [models.Index(fields=["group", "person"])]


class Relation(models.Model):
    """Kin or guardianship as one row says it; contradictions stay visible side by side."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations", db_index=False)
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # spouse mother father child guardian payee same_household
    row_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other", "kind", "row_id"], name="one_relation_per_row")
        ]


# What somebody may ask to have corrected.
CORRECTABLE: dict[str, Text] = {
    "name": Text(zh="姓名", en="Name"),
    "sex": Text(zh="性别", en="Sex"),
    "birth_on": Text(zh="出生日期", en="Born on"),
    "phone": Text(zh="电话", en="Telephone"),
    "address": Text(zh="住址", en="Address"),
    "died_on": Text(zh="死亡日期", en="Died on"),
}


class ChangeRequest(models.Model):
    """A correction someone asks for; the department's row is never edited, a proposal goes back to it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="change_requests")
    field = models.CharField(max_length=30)
    proposed = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    # Accepted to stand here as well, before every row, until it is superseded or taken back; `value` as rows write it.
    stands = models.BooleanField(default=False)
    value = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=models.Q(stands=True, superseded_at__isnull=True, taken_back_at__isnull=True),
                name="one_decided_value_stands",
            )
        ]

    @property
    def is_in_force(self) -> bool:
        """Answer whether the value stands before what rows say."""
        return self.stands and self.superseded_at is None and self.taken_back_at is None

    @property
    def state(self) -> Text:
        """What became of it, in words."""
        stood = "taken_back" if self.taken_back_at else "superseded" if self.superseded_at else "stands"
        return CHANGE[
            {None: "open", False: "declined"}.get(self.accepted, stood if self.stands else "passed_on")
        ]

    @property
    def title(self) -> Text:
        """What is to be corrected, in words."""
        return CORRECTABLE.get(self.field, Text(zh=self.field, en=self.field))


# Models of their own files, known to Django because this one is: it looks for models here alone.
import jiandi.rooms.register.models_life  # noqa: E402
import jiandi.rooms.register.models_linking  # noqa: E402
import jiandi.rooms.register.models_mending  # noqa: E402
import jiandi.rooms.register.models_safeguard  # noqa: E402
import jiandi.rooms.register.models_standing  # noqa: E402
import jiandi.rooms.register.models_transfer  # noqa: E402, F401
