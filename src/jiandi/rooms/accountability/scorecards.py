"""A unit's duties by kind: how many, in time, late, missed, sent back, found true, found untrue.

Kinds are never added up, units never ranked, and no rate is given under ten duties: thin samples say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import walled_off
from jiandi.rooms.accountability.models import Scorecard
from jiandi.rooms.assurance.models import Recheck
from jiandi.rooms.cases.models import Referral
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.screening.models import VisitTask

LEAST = 10  # fewer duties than this: counts only, no rate (assurance.md: minimum samples)
DOORS, REFERRALS, ALERTS = "doors", "referrals", "alerts"
WORDS: dict[str, Text] = {
    DOORS: Text(zh="上门走访", en="Doors"),
    REFERRALS: Text(zh="转办事项", en="Referrals"),
    ALERTS: Text(zh="疑点签收", en="Alerts"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One unit's counts of one kind of duty."""

    kind: str
    duties: int = 0
    on_time: int = 0
    late: int = 0
    missed: int = 0
    returned: int = 0
    verified: int = 0
    refuted: int = 0

    @property
    def words(self) -> Text:
        """What the kind is called."""
        return WORDS[self.kind]

    @property
    def share_on_time(self) -> float | None:
        """The share done in time, or nothing where there are too few to say."""
        settled = self.on_time + self.late + self.missed
        return self.on_time / settled if settled >= LEAST else None

    @property
    def share_true(self) -> float | None:
        """The share of re-visited or verified claims found true, or nothing where there are too few."""
        checked = self.verified + self.refuted
        return self.verified / checked if checked >= LEAST else None


def doors() -> dict[int, Card]:
    """Return each unit's doors over all rounds: visited, tried without meeting anyone (late), never tried, re-visited."""
    tasks = VisitTask.objects.filter(purpose="round", worker__isnull=False).values(unit=F("worker__unit"))
    counted = tasks.annotate(
        duties=Count("pk"),
        on_time=Count("pk", filter=Q(state__in=["visited", "closed"])),
        late=Count("pk", filter=Q(state="call_back")),
        missed=Count("pk", filter=Q(state="open")),
    )
    checked = Recheck.objects.filter(original__unit__isnull=False).values(unit=F("original__unit"))
    found = {
        line["unit"]: (line["true"], line["false"])
        for line in checked.annotate(
            true=Count("pk", filter=Q(result="true")), false=Count("pk", filter=Q(result="false"))
        )
    }
    return {
        line["unit"]: Card(
            kind=DOORS,
            duties=line["duties"],
            on_time=line["on_time"],
            late=line["late"],
            missed=line["missed"],
            verified=found.get(line["unit"], (0, 0))[0],
            refuted=found.get(line["unit"], (0, 0))[1],
        )
        for line in counted
    }


def referrals(by: Officer, at: datetime, units: Iterable[int]) -> dict[int, Card]:
    """Return each unit's referrals as this reader may know of them: what a wall hides is not counted."""
    sent = Referral.objects.filter(unit__in=units).exclude(state="revoked").exclude(walled_off(by))
    answered = Q(state__in=["answered", "confirmed"])
    in_time = Q(due_at__isnull=True) | Q(answered_at__lte=F("due_at"))
    counted = sent.values("unit").annotate(
        duties=Count("pk"),
        on_time=Count("pk", filter=answered & in_time),
        late=Count("pk", filter=answered & Q(answered_at__gt=F("due_at"))),
        missed=Count("pk", filter=~answered & Q(due_at__lt=at)),
        returned=Sum("returns"),
    )
    held = Q(case__outcomes__verifications__holds=True, state="confirmed")
    verified = dict(sent.filter(held).values_list("unit").annotate(count=Count("pk", distinct=True)))
    refuted = dict(
        sent.filter(refuted_by__isnull=False).values_list("unit").annotate(count=Count("pk", distinct=True))
    )
    return {
        line["unit"]: Card(
            kind=REFERRALS,
            duties=line["duties"],
            on_time=line["on_time"],
            late=line["late"],
            missed=line["missed"],
            returned=line["returned"] or 0,
            verified=verified.get(line["unit"], 0),
            refuted=refuted.get(line["unit"], 0),
        )
        for line in counted
    }


def alerts(by: Officer, units: Iterable[int]) -> dict[int, Card]:
    """Return each unit's alerts as this reader may know of them: acknowledged, or still lying."""
    routed = Alert.objects.filter(routed_to__in=units, gone_at__isnull=True).exclude(walled_off(by))
    counted = routed.values("routed_to").annotate(
        duties=Count("pk"), missed=Count("pk", filter=Q(state="new"))
    )
    return {
        line["routed_to"]: Card(
            kind=ALERTS, duties=line["duties"], on_time=line["duties"] - line["missed"], missed=line["missed"]
        )
        for line in counted
    }


def cards(by: Officer, at: datetime, units: Iterable[int]) -> dict[int, list[Card]]:
    """Return the cards of several units for one reader, doors first."""
    wanted = list(units)
    kept = {card.unit_id: card for card in Scorecard.objects.filter(unit__in=wanted, kind=DOORS)}
    sent, lying = referrals(by, at, wanted), alerts(by, wanted)
    found: dict[int, list[Card]] = {}
    for unit in wanted:
        own = [_kept(kept[unit])] if unit in kept else []
        found[unit] = own + [table[unit] for table in (sent, lying) if unit in table]
    return found


def _kept(card: Scorecard) -> Card:
    return Card(
        kind=card.kind,
        duties=card.duties,
        on_time=card.on_time,
        late=card.late,
        missed=card.missed,
        returned=card.returned,
        verified=card.verified,
        refuted=card.refuted,
    )
