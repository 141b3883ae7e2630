"""What may be read of units, their faults, orders and promises, and by whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import area_filter, granting, has_verb, visible, walled_off
from jiandi.rooms.accountability import commitments
from jiandi.rooms.accountability.faults import QUESTIONS
from jiandi.rooms.accountability.models import CommitmentState, Fault, SupervisionOrder
from jiandi.rooms.accountability.promise import Promise

READ = "accountability.read_unit"
OVERSEES = "accountability.read_sealed_figures"
UNSEEN = Text(
    zh="这些数字只给专班和监督方看。", en="These figures are for the working group and the overseer."
)


def oversees(by: Officer, at: datetime) -> bool:
    """Answer whether the officer looks at units other than their own."""
    return has_verb(by, OVERSEES, at)


def units(by: Officer, at: datetime) -> QuerySet[Unit]:
    """Return the units an officer may look at: all in the area for the lead and the overseer, else one's own and below."""
    if oversees(by, at):
        return Unit.objects.filter(area_filter(granting(by, OVERSEES, at), prefix="place__"))
    return Unit.objects.filter(Q(pk=by.unit_id) | Q(path__startswith=by.unit.path))


def faults(by: Officer, at: datetime) -> QuerySet[Fault]:
    """Return the findings an officer may read: through the wall of what they are about, like every list."""
    if oversees(by, at):
        found = visible(Fault.objects.all(), by, READ, at=at)
    else:
        found = Fault.objects.filter(unit__in=units(by, at).values("pk")).exclude(walled_off(by))
    return found.select_related("unit")


def found_before(found: QuerySet[Fault], after: str) -> QuerySet[Fault]:
    """Return what follows a finding in a list of findings, the latest found first; all of it without one or when unknown."""
    last = found.filter(pk=int(after)).values_list("found_at", "pk").first() if after.isdigit() else None
    if last is None:
        return found
    return found.filter(Q(found_at__lt=last[0]) | Q(found_at=last[0], pk__lt=last[1]))


def fault_counts(by: Officer, at: datetime) -> dict[int, Counter[str]]:
    """Return, for each unit, how many findings of each kind stand, as this reader may know."""
    counts: dict[int, Counter[str]] = {}
    lines = faults(by, at).filter(gone_at__isnull=True).exclude(state="withdrawn").order_by()
    for unit, kind, count in lines.values_list("unit", "kind").annotate(count=Count("pk")):
        counts.setdefault(unit, Counter())[kind] = count
    return counts


def question(fault: Fault) -> Text:
    """Return what a finding is called."""
    known = QUESTIONS.get(fault.code)
    return known[0] if known else Text(zh=fault.code, en=fault.code)


def orders(by: Officer, at: datetime) -> QuerySet[SupervisionOrder]:
    """Return the supervision orders an officer may read: those of the area, or those addressed to their unit."""
    if oversees(by, at):
        found = visible(SupervisionOrder.objects.all(), by, READ, at=at)
    else:
        found = SupervisionOrder.objects.filter(unit__in=units(by, at).values("pk")).exclude(walled_off(by))
    return found.select_related("unit", "issued_by")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger with what is known of it; no state where it has not been computed yet."""

    promise: Promise
    state: str
    detail: Text
    figures: list[dict[str, object]]
    computed_at: datetime | None


NOT_COMPUTED = Text(zh="尚未计算。", en="Not computed yet.")


def ledger(by: Officer, at: datetime, *, state: str = "", theme: str = "", kind: str = "") -> list[Line]:
    """Return the rows of the ledger, filtered; figures that count alerts or cases are left out for those below."""
    known = {row.number: row for row in CommitmentState.objects.all()}
    full = oversees(by, at)
    lines = [_line(promise, known.get(number), full) for number, promise in commitments.promises().items()]
    return [
        line
        for line in lines
        if (not state or line.state == state)
        and (not theme or line.promise.theme == theme)
        and (not kind or line.promise.kind == kind)
    ]


def _line(promise: Promise, row: CommitmentState | None, full: bool) -> Line:
    if row is None:
        return Line(promise, "cannot_be_shown", NOT_COMPUTED, [], None)
    if row.is_sealed and not full:
        return Line(promise, row.state, UNSEEN, [], row.computed_at)
    return Line(promise, row.state, Text(zh=row.detail_zh, en=row.detail_en), row.figures, row.computed_at)


def tally(lines: list[Line]) -> dict[str, int]:
    """Return how many rows stand in each state."""
    counts = Counter(line.state for line in lines)
    return {state: counts[state] for state in CommitmentState.State.values}
