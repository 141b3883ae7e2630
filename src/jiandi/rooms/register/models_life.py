"""What officers write down of a person's life beside what the rosters say: who answers for them, and what happened to them."""

from __future__ import annotations

from django.db import models

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person


class Guardianship(models.Model):
    """Who answers for a person from when to when, on which paper. An entry is ended or superseded, never edited."""

    class Kind(models.TextChoices):
        GUARDIAN = "guardian"
        DELEGATED = "delegated"  # carer by the parents' letter (Minors' law art. 22)
        INTERIM = (
            "interim"  # civil affairs or the village committee, for a time (Civil Code 31; Minors' law 92)
        )
        STATE = "state"  # civil affairs, lasting (Minors' law 94)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="wards")
    guardian_name = models.CharField(max_length=100)  # an office too, or somebody the register does not know
    kind = models.CharField(max_length=10, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    document = models.CharField(
        max_length=120
    )  # court ruling, letter of delegation: number and who issued it
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    superseded_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="guardianship_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(guardian__isnull=True) | ~models.Q(guardian=models.F("person")),
                name="nobody_is_their_own_guardian",
            ),
        ]


GUARDIANSHIPS: dict[str, Text] = {
    "guardian": Text(zh="监护人", en="Guardian"),
    "delegated": Text(zh="委托照护人", en="Delegated carer"),
    "interim": Text(zh="临时监护", en="Interim guardianship"),
    "state": Text(zh="民政长期监护", en="Lasting guardianship of civil affairs"),
}


class LifeEvent(models.Model):
    """A death, birth or move as one source says it. Undone by an event of its own; nothing is taken out."""

    class Kind(models.TextChoices):
        DEATH = "death"
        BIRTH = "birth"
        MOVED_IN = "moved_in"
        MOVED_OUT = "moved_out"
        UNDONE = "undone"  # takes another event back

    class Source(models.TextChoices):
        ROSTER = "roster"
        VISIT = "visit"
        OFFICER = "officer"  # with a paper
        TRANSFER = "transfer"  # the receipt of another county's system

    class State(models.TextChoices):
        QUESTION = "question"  # one source alone, or the other side has not confirmed: changes nothing
        SETTLED = "settled"
        SUPERSEDED = "superseded"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="life_events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    effective_on = models.DateField()
    source = models.CharField(max_length=8, choices=Source.choices)
    source_id = models.BigIntegerField(null=True)  # the row, the visit or the transfer
    origin = models.CharField(max_length=40)  # who knows: two sources count as two only when these differ
    document = models.CharField(max_length=120, blank=True)
    other_place = models.CharField(max_length=100, blank=True)  # where from or where to
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")

    class Meta:
        indexes = [
            models.Index(fields=["state", "kind", "id"], name="life_events_by_state"),
            models.Index(fields=["person", "kind", "state"], name="life_events_of_a_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "source", "source_id"],
                condition=models.Q(superseded_by__isnull=True, source_id__isnull=False),
                name="one_live_event_per_source",
            ),
            models.CheckConstraint(
                condition=~models.Q(source="officer") | ~models.Q(document=""),
                name="an_officer_shows_a_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by__isnull=True) | models.Q(state="superseded"),
                name="superseded_events_say_so",
            ),
        ]
