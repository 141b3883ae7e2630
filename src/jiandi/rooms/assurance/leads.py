"""Which lists could have caught a person on no other list, how they overlap, and what that suggests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Q

from jiandi.core.estimate.mse.gate import ListInfo
from jiandi.core.estimate.mse.lead import METHODS, Lead
from jiandi.core.estimate.mse.study import Study, study_overlaps
from jiandi.core.estimate.mse.tables import PatternTable, table_of
from jiandi.core.values import Text
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign

# Each of these meets people by itself. Rosters made from the household register (subsidies, allowances) are that
# register again and do not qualify; neither do visits planned from the register.
QUALIFYING: dict[str, tuple[str, ...]] = {
    "police": ("hukou", "residence", "idcard"),
    "clinics": ("clinic", "antenatal", "birth", "smd"),
    "schools": ("school",),
    "insurance": ("insurance",),
    "township": ("left_behind", "hotline"),
}


def table_for(campaign: Campaign) -> PatternTable:
    """Return how the qualifying lists overlap among the living people of a round's place."""
    place = campaign.place_id
    within = Q(county=place) | Q(county__city=place) | Q(county__province=place)
    people = Person.objects.filter(within, superseded_by__isnull=True, died_on__isnull=True)
    patterns: Counter[tuple[bool, ...]] = Counter()
    for kinds, count in people.values_list("kinds").annotate(n=Count("pk")):
        known = set(kinds.split())
        patterns[tuple(bool(known & set(group)) for group in QUALIFYING.values())] += count
    return table_of(list(QUALIFYING), patterns)


def study_for(table: PatternTable, *, draws: int) -> Study:
    """Return what a table suggests; a list nobody is on was not delivered and does not qualify."""
    sizes = table.sizes()
    return study_overlaps(table, [ListInfo(name, sizes[name] > 0) for name in table.lists], draws=draws)


def figures(study: Study, *, table: PatternTable, draws: int) -> dict[str, Any]:
    """Return what is kept of a study: counts, every method in both languages, the tests that warn, the table's hash."""
    gate, spread = study.gate, study.envelope
    return {
        "table": table.digest,
        "draws": draws,
        "seen": gate.seen,
        "lists": len(gate.qualifying),
        "overlaps": gate.overlaps,
        "qualifying": study.table.sizes(),
        "not_qualifying": list(gate.dropped),
        "methods": [_row(lead) for lead in study.leads],
        "reference": [_row(study.reference[0])] if study.reference else [],
        "envelope": [spread.least, spread.most, spread.low, spread.high] if spread else [],
        "drops": [{"covered": drop.is_covered, **_both(drop.text)} for drop in study.drops],
        "slides": [[row.xi, row.least, row.most] for row in study.slides],
    }


def _row(lead: Lead) -> dict[str, Any]:
    return {
        **_both(METHODS[lead.method]),
        "estimate": round(lead.estimate),
        "low": round(lead.low),
        # An upper end nobody could work out is kept as nothing, and said to be open.
        "high": None if lead.high == float("inf") else round(lead.high),
        "level": lead.level,
        "open": lead.open_ended,
    }


def _both(text: Text) -> dict[str, str]:
    return {"text_zh": text.zh, "text_en": text.en}
