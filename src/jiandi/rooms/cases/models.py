"""From a question to an outcome that somebody not responsible for it has verified."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from jiandi.rooms.access.models import Officer, Unit, Wall
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake.models import Report
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person


class Case(models.Model):
    """One person's protection, from opening to settled. Closed is not fixed: it is looked at again."""

    class State(models.TextChoices):
        OPENED = "opened"
        ASSESSING = "assessing"
        PLANNED = "planned"
        ACTIVE = "active"
        OUTCOME_PROPOSED = "outcome_proposed"
        VERIFIED = "verified"
        RETURNED = "returned"
        CLOSED = "closed"
        LOOK_BACK = "look_back"
        SETTLED = "settled"
        REOPENED = "reopened"

    number = models.CharField(max_length=30, unique=True)  # 明溪护〔2026〕第12号
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()  # within the county and year
    code_name = models.CharField(max_length=30)  # what lists show instead of a name, never made from it
    code_name_en = models.CharField(max_length=40)
    state = models.CharField(max_length=18, choices=State.choices, default=State.OPENED)
    is_danger_now = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    second_officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="cases")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="cases")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="cases")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["county", "state", "id"]),
            models.Index(fields=["owner_unit", "state", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "serial"], name="case_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(is_danger_now=False)
                | (models.Q(second_officer__isnull=False) & ~models.Q(second_officer=models.F("opened_by"))),
                name="danger_now_opened_by_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["closed", "look_back", "settled"])
                | models.Q(closed_at__isnull=False),
                name="a_closed_case_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def code_name_zh(self) -> str:
        """The Chinese code name, so that templates can ask for either language."""
        return self.code_name

    def get_absolute_url(self) -> str:
        """Return the case's page."""
        return reverse("cases:case", args=[self.pk])


class Subject(models.Model):
    """A person in a case and in what part: protected, child of, guardian."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)  # protected | child | guardian | other
    own_wish = models.TextField(blank=True)  # the latest, in their own words
    wish_asked_alone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="subject_once_per_case")]


class Wish(models.Model):
    """What a person said they want, each time they were asked. Nothing replaces what was said before."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="wishes")
    words = models.TextField()
    asked_alone = models.BooleanField()
    after_separation = models.BooleanField(default=False)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Plan(models.Model):
    """What shall be done, agreed when the situation has been assessed. A new version supersedes the old."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    assessment = models.TextField()
    safety = models.TextField()  # how nobody who may cause harm is alerted before it is in place
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="one_plan_version")]


class Measure(models.Model):
    """One line of a plan: what, by whom, by when, and whether it happened."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(
        max_length=30
    )  # cases/measures.py: medical, identity, benefit, school, legal_aid, ...
    what = models.CharField(max_length=300)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)


class Referral(models.Model):
    """A request to a unit's inbox with the sections it carries and a clock that runs from dispatch."""

    class State(models.TextChoices):
        SENT = "sent"
        ACCEPTED = "accepted"
        RETURNED = "returned"
        ANSWERED = "answered"
        CONFIRMED = "confirmed"
        REDONE = "redone"
        REVOKED = "revoked"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, related_name="referrals")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=30)
    clock = models.CharField(max_length=40)  # id in the clock table
    ask = models.CharField(max_length=500)
    sections = models.JSONField(default=list)  # what of the case the receiver may read
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    due_note = models.CharField(
        max_length=100, blank=True
    )  # "not before ..." when a year's calendar is not loaded
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    returns = models.PositiveSmallIntegerField(default=0)
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["answered", "confirmed"])
                | models.Q(answered_at__isnull=False),
                name="an_answer_says_when",
            )
        ]

    def get_absolute_url(self) -> str:
        """Return the referral's page."""
        return reverse("cases:referral", args=[self.pk])


class ReferralStep(models.Model):
    """One move of a referral, from which its clock is derived."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=30)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Milestone(models.Model):
    """A step of the criminal proceedings. Evidence stays with the police; only dates come here."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="milestones")
    kind = models.CharField(
        max_length=20
    )  # filed | arrest | transferred | indicted | hearing | judgment | appeal
    on_date = models.DateField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Outcome(models.Model):
    """What the responsible unit says was achieved, measure by measure."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    result = models.CharField(max_length=20)  # cases/measures.py: RESULTS
    summary = models.TextField()
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()


class Verification(models.Model):
    """Somebody outside the responsible units went, saw the person alone where it was safe, and wrote their words."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="verifications")
    verifier = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    met_person = models.BooleanField()
    met_alone = models.BooleanField()
    not_alone_reason = models.CharField(max_length=200, blank=True)
    own_words = models.TextField(blank=True)
    holds = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    refuted = models.ManyToManyField(
        Referral, related_name="refuted_by"
    )  # answers the visit showed to be untrue
    # Of a death: which paper was seen and where, and what the review of the time before found.
    death_paper = models.CharField(max_length=200, blank=True)
    death_review = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(holds=False) | models.Q(met_person=True) | ~models.Q(death_paper=""),
                name="an_outcome_holds_only_if_the_person_was_met",
            ),
            models.CheckConstraint(
                condition=models.Q(holds=False)
                | models.Q(met_alone=True)
                | ~models.Q(not_alone_reason="")
                | ~models.Q(death_paper=""),
                name="met_alone_or_a_reason_why_not",
            ),
            models.CheckConstraint(
                condition=models.Q(death_paper="") | ~models.Q(death_review=""),
                name="no_death_without_its_review",
            ),
        ]


class LookBack(models.Model):
    """The look after 30 and 90 days: does it still hold?"""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="look_backs")
    days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    holds = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_on"], name="look_back_waiting", condition=models.Q(done_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "due_on"], name="one_look_back_per_term"),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True) | models.Q(holds__isnull=False),
                name="a_done_look_back_has_a_result",
            ),
        ]
